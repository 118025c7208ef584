"""Stages `resolve` and `split`: copies go by a stated order, and no group is ever in two splits."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radcurate.splits import SPLITS, split_of
from tests.shards import report, rows, split

PUBLISHED = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([None, *SPLITS]), st.sampled_from(["Clear.", "A mass.", "Edema."])),
    max_size=12,
)


def documents_of(drawn):
    return [report(f"r{number}", text, group=f"p{group}", split=given) for number, (group, given, text) in drawn]


def outcome(folders):
    kept = {row["document_id"]: row["split"] for row in rows(folders, "documents")}
    return kept, {(row["id"], row["rule"], row["kept_id"]) for row in rows(folders, "dropped")}


@settings(max_examples=25)
@given(PUBLISHED)
def test_no_group_is_in_two_splits_and_no_document_disappears(tmp_path_factory, drawn):
    documents = documents_of(enumerate(drawn))
    folders = split(tmp_path_factory.mktemp("split"), [documents])
    kept = rows(folders, "documents")
    by_group = {}
    for row in kept:
        by_group.setdefault(row["group_id"], set()).add(row["split"])
    assert all(len(splits) == 1 and splits <= set(SPLITS) for splits in by_group.values())
    assert {row["group_id"] for row in kept} == {document.group_id for document in documents}
    assert len(kept) + len(rows(folders, "dropped")) == len(documents)


@settings(max_examples=25)
@given(PUBLISHED)
def test_of_every_text_of_a_group_that_stays_one_copy_is_left(tmp_path_factory, drawn):
    documents = documents_of(enumerate(drawn))
    folders = split(tmp_path_factory.mktemp("split"), [documents])
    kept, dropped = rows(folders, "documents"), rows(folders, "dropped")
    texts = [(row["group_id"], row["sections"][0]["text"]) for row in kept]
    assert len(texts) == len(set(texts))
    ids = {row["document_id"] for row in kept}
    assert all(row["kept_id"] in ids for row in dropped if row["rule"] == "exact_duplicate.v1")


def test_a_published_split_is_honoured_and_the_rest_of_its_group_joins_it(tmp_path):
    documents = [report("r1", "Clear.", group="p1", split="test"), report("r2", "A mass.", group="p1")]
    kept, dropped = outcome(split(tmp_path, [documents]))
    assert (kept, dropped) == ({"here:r1": "test", "here:r2": "test"}, set())
    assert split_of("here:p1") != "test", "else the hash would have given the same"


@pytest.mark.parametrize(
    ("published", "strictest"),
    [(("train", "test"), "test"), (("train", "validation"), "validation"), (("validation", "test"), "test")],
)
def test_a_group_in_two_published_splits_keeps_the_strictest_and_the_rest_is_audited(tmp_path, published, strictest):
    documents = [report(one, f"Film of {one}.", group="p1", split=one) for one in published]
    folders = split(tmp_path, [documents])
    other = next(one for one in published if one != strictest)
    assert outcome(folders) == (
        {f"here:{strictest}": strictest},
        {(f"here:{other}", "group_in_two_splits.v1", None)},
    )
    reason = rows(folders, "dropped")[0]["reason"]
    assert reason == f"the collection has group here:p1 in {strictest} too, so its {other} documents go"


def test_a_copy_that_the_split_takes_out_is_no_survivor(tmp_path):
    documents = [
        report("a", "Clear.", group="p1", split="train"),
        report("b", "Clear.", group="p1", split="test"),
        report("c", "Clear.", group="p1"),
    ]
    assert outcome(split(tmp_path, [documents])) == (
        {"here:b": "test"},
        {("here:a", "group_in_two_splits.v1", None), ("here:c", "exact_duplicate.v1", "here:b")},
    )


def test_without_a_published_split_the_group_alone_decides(tmp_path):
    documents = [report(f"r{number}", f"Film {number}.", group=f"p{number % 40}") for number in range(80)]
    kept, _ = outcome(split(tmp_path, [documents]))
    assert set(kept.values()) == set(SPLITS)
    assert kept == {document.document_id: split_of(document.group_id) for document in documents}


@pytest.mark.parametrize("change", [{"revised": "2020-01-01"}, {"tags": ("normal",)}, {"licence": "CC-BY-4.0"}])
def test_nothing_but_the_group_changes_a_split(tmp_path, change):
    plain, _ = outcome(split(tmp_path / "plain", [[report("r1", "Clear.", group="p120")]]))
    changed = [report("r1", "Another text.", group="p120", **change), report("r2", "More.", group="p121")]
    assert outcome(split(tmp_path / "changed", [changed], shards=5))[0]["here:r1"] == plain["here:r1"]


def test_a_report_is_a_copy_within_its_group_alone(tmp_path):
    documents = [
        report("r1", "The lungs are clear.", group="p1"),
        report("r2", "the lungs  are CLEAR.", group="p1"),
        report("r3", "The lungs are clear.", group="p2"),
    ]
    kept, dropped = outcome(split(tmp_path, [documents]))
    assert set(kept) == {"here:r1", "here:r3"}
    assert dropped == {("here:r2", "exact_duplicate.v1", "here:r1")}


@pytest.mark.parametrize("kind", ["article", "case"])
def test_articles_and_cases_are_copies_everywhere(tmp_path, kind):
    documents = [report(name, sections={"discussion": "A thin-walled cyst."}, kind=kind) for name in ("b", "a", "c")]
    kept, dropped = outcome(split(tmp_path, [documents]))
    assert set(kept) == {"here:a"}
    assert dropped == {(f"here:{name}", "exact_duplicate.v1", "here:a") for name in ("b", "c")}


def test_a_copy_names_what_was_kept_and_how_alike_they_are(tmp_path):
    documents = [report("r1", "Clear.", group="p1"), report("r2", "Clear.", group="p1", revised="2020-01-01")]
    (row,) = rows(split(tmp_path, [documents]), "dropped")
    assert (row["kind"], row["id"], row["kept_id"], row["similarity"]) == ("document", "here:r1", "here:r2", 1.0)
    assert row["reason"] == "the same text as the document that is kept"


@pytest.mark.parametrize("seed", range(3))
def test_survivors_and_splits_do_not_depend_on_arrival(tmp_path, seed):
    chance = random.Random(seed)
    documents = [
        report(f"r{number}", chance.choice(["Clear.", "A mass."]), group=f"p{number % 7}", split=chance.choice(given))
        for number, given in enumerate([[None], [None, *SPLITS]] * 10)
    ]
    shuffled = chance.sample(documents, len(documents))
    plain = outcome(split(tmp_path / "plain", [documents]))
    assert outcome(split(tmp_path / "shuffled", [shuffled[:9], shuffled[9:]])) == plain
    assert outcome(split(tmp_path / "shards", [shuffled], shards=3)) == plain
