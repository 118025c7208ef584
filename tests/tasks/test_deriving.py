"""Stages `derive` and `compare`: every record is made or refused with its reason, and none held out is a repeat."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radcurate.records import content_id
from radcurate.splits import SPLITS
from radcurate.tables import read_rows
from tests.shards import compared, derived, report, rows

TASK = "impression.v2"
CLEAR = "The lungs are clear and the heart is of normal size."


def one(name, split, findings=CLEAR, impression="Normal chest.", **fields):
    return report(name, findings, impression, split=split, **fields)


def kept(folders):
    return [
        {**row, "split": split}
        for folder in folders
        for split in SPLITS
        for row in read_rows(folder / split / "records.parquet")
    ]


def run(folder, shards, leave_out=()):
    derive_folders, made = derived(folder, shards, TASK, leave_out)
    folders, counts = compared(folder, derive_folders)
    return folders, made, counts


DOCUMENTS = [
    one("a", "train"),
    one("b", "train", impression="Stable chest."),
    one("c", "train", impression="", findings="No effusion is seen."),
    one("d", "test", findings="A mass is seen."),
    one("e", "test", kind="case"),
]


def test_records_in_are_made_or_dropped_with_their_reason(tmp_path):
    folders, counts = derived(tmp_path, [DOCUMENTS[:2], DOCUMENTS[2:]], TASK, ["cites_prior"])
    dropped = rows(folders, "dropped")
    assert counts["records.in"] == 4
    assert counts["records.made"] == len(rows(folders, "records")) == 2
    assert {(row["id"], row["rule"], row["reason"], row["locator"]) for row in dropped} == {
        ("impression/here:b/impression", TASK, "cites_prior", "here:b"),
        ("impression/here:c/impression", TASK, "no_impression", "here:c"),
    }
    assert {row["kind"] for row in dropped} == {"record"}
    assert {name: count for name, count in counts.items() if "dropped" in name} == {
        "records.dropped.cites_prior": 1,
        "records.dropped.no_impression": 1,
    }
    assert {name: count for name, count in counts.items() if name.startswith("documents.")} == {
        "documents.seen.report": 4,
        "documents.used": 2,
    }


def test_a_flag_leaves_a_record_out_where_the_recipe_says_so_alone(tmp_path):
    folders, _ = derived(tmp_path, [DOCUMENTS[:2]], TASK)
    assert {row["document_ids"][0]: row["flags"] for row in rows(folders, "records")} == {
        "here:a": [],
        "here:b": ["cites_prior"],
    }


@pytest.mark.parametrize("held_out", ["validation", "test"])
@pytest.mark.parametrize(
    "findings", [CLEAR, "the LUNGS are clear and\nthe heart  is of normal size."], ids=["equal", "spaced otherwise"]
)
def test_a_held_out_record_that_repeats_a_training_input_is_left_out_and_names_it(tmp_path, held_out, findings):
    shards = [[one("h", held_out, findings, "Another impression.")], [one("t", "train")]]
    folders, _, counts = run(tmp_path, shards)
    (training,) = kept(folders)
    (row,) = rows(folders, "dropped")
    assert training["document_ids"] == ["here:t"]
    assert row == {
        "kind": "record",
        "id": "impression/here:h/impression",
        "locator": "here:h",
        "rule": "repeats_training_input.v1",
        "reason": f"its input equals that of a training record, so it is no {held_out} record",
        "kept_id": training["record_id"],
        "similarity": 1.0,
    }
    assert counts["records.dropped.repeats_training_input.v1"] == 1


def test_of_several_equal_training_records_the_same_one_is_named_in_any_order(tmp_path):
    shards = [[one("t1", "train")], [one("t2", "train"), one("h", "test")], [one("t3", "train")]]
    named = set()
    for number, order in enumerate(([0, 1, 2], [2, 1, 0], [1, 0, 2])):
        folders, *_ = run(tmp_path / str(number), [shards[place] for place in order])
        training = sorted(row["record_id"] for row in kept(folders))
        named |= {row["kept_id"] for row in rows(folders, "dropped")}
        assert named == {training[0]}


def test_training_records_may_repeat_each_other_and_so_may_held_out_ones(tmp_path):
    shards = [
        [one("t1", "train"), one("t2", "train")],
        [one(f"h{number}", "test", "A mass.  No nodes seen.") for number in (1, 2)],
    ]
    folders, *_ = run(tmp_path, shards)
    assert len(kept(folders)) == 4
    assert rows(folders, "dropped") == []


# --- links ----------------------------------------------------------------------------------------------------------

TESTED = "https://site.example/articles/tested"
LINKED = one("article", "test", "A mass is seen.", url=TESTED)


def linking(folder, document, *others):
    """Ids of what is made of `document`, which stands in another shard than `others`, and the dropped rows."""
    folders, counts = derived(folder, [[document], list(others)], TASK)
    return [row["document_ids"][0] for row in rows(folders, "records")], rows(folders, "dropped"), counts


@pytest.mark.parametrize("links", [(TESTED,), ("https://site.example/articles/other", TESTED)])
def test_a_training_record_whose_document_names_a_test_document_is_left_out_and_says_so(tmp_path, links):
    made, dropped, counts = linking(tmp_path, one("case", "train", links=links), LINKED)
    assert made == ["here:article"]
    assert dropped == [
        {
            "kind": "record",
            "id": "impression/here:case/impression",
            "locator": "here:case",
            "rule": "links_test_document.v1",
            "reason": "its document names one of the test split as related, so it is no training record",
            "kept_id": "here:article",
            "similarity": None,
        }
    ]
    assert counts["records.dropped.links_test_document.v1"] == 1
    assert counts["records.in"] == counts["records.made"] + 1 == 2
    assert counts["documents.used"] == 2


def test_a_test_document_of_the_same_shard_is_found_too(tmp_path):
    folders, _ = derived(tmp_path, [[LINKED, one("case", "train", links=(TESTED,))]], TASK)
    assert [row["rule"] for row in rows(folders, "dropped")] == ["links_test_document.v1"]


@pytest.mark.parametrize(
    ("own", "other"),
    [("train", "train"), ("train", "validation"), ("validation", "test"), ("test", "test"), ("test", "train")],
)
def test_links_between_other_splits_cost_no_record(tmp_path, own, other):
    named = one("article", other, "A mass is seen.", url=TESTED)
    made, dropped, _ = linking(tmp_path, one("case", own, links=(TESTED,)), named)
    assert (sorted(made), dropped) == (["here:article", "here:case"], [])


@pytest.mark.parametrize("link", [f"{TESTED}-1", "https://site.example/articles/", "/articles/tested"])
def test_a_link_to_another_address_costs_no_record(tmp_path, link):
    made, dropped, _ = linking(tmp_path, one("case", "train", links=(link,)), LINKED)
    assert (sorted(made), dropped) == (["here:article", "here:case"], [])


def test_a_refusal_of_the_task_comes_before_the_link(tmp_path):
    _, dropped, _ = linking(tmp_path, one("case", "train", impression="", links=(TESTED,)), LINKED)
    assert [(row["rule"], row["reason"]) for row in dropped] == [(TASK, "no_impression")]


def test_what_is_left_out_for_its_link_is_no_training_input_that_others_could_repeat(tmp_path):
    shards = [[one("case", "train", links=(TESTED,)), LINKED], [one("h", "test")]]
    folders, *_ = run(tmp_path, shards)
    assert sorted(row["document_ids"][0] for row in kept(folders)) == ["here:article", "here:h"]


# --- near to training -------------------------------------------------------------------------------------------------

WORDS = st.lists(st.sampled_from(["there", "which", "could", "these", "other", "where"]), max_size=12).map(
    lambda words: ["No", "mass", "is", "seen.", *words]
)
DRAWN = st.lists(st.tuples(st.sampled_from(SPLITS), WORDS), min_size=1, max_size=9)


NINE = "no mass is seen in the left lung"


def shingled(text):
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[start : start + 5]) for start in range(max(1, len(words) - 4))}


@settings(max_examples=25)
@given(DRAWN)
def test_nearest_train_is_the_jaccard_that_sets_give_from_a_half_upwards_and_null_below(tmp_path_factory, drawn):
    documents = [one(str(number), split, " ".join(words)) for number, (split, words) in enumerate(drawn)]
    folders, made, counts = run(tmp_path_factory.mktemp("nearest"), [documents[::2], documents[1::2]])
    found = kept(folders)
    training = {row["input"] for row in found if row["split"] == "train"}
    for row in found:
        own = shingled(row["input"])
        best = max((len(own & shingled(text)) / len(own | shingled(text)) for text in training), default=0.0)
        expected = best if row["split"] != "train" and best >= 0.5 else None
        assert row["nearest_train"] == (None if expected is None else pytest.approx(expected))
        assert row["split"] == "train" or row["input"] not in training
    dropped = rows(folders, "dropped")
    assert made["records.made"] == len(found) + len(dropped) == len(documents)
    assert sum(count for name, count in counts.items() if name.startswith("records.kept.")) == len(found)


@pytest.mark.parametrize(
    ("words", "nearest"),
    [
        (f"{NINE} today", 5 / 7),
        ("no mass is seen in the left other today", 4 / 8),
        ("no mass is seen in the same other today", None),
    ],
    ids=["over a half", "a half", "under a half (3 of 9)"],
)
def test_nearest_train_is_told_from_a_half_upwards(tmp_path, words, nearest):
    """Inputs of ten words, of which the first is the heading, have six shingles each."""
    shards = [[one("t", "train", f"{NINE} base"), one("h", "test", words)]]
    folders, *_ = run(tmp_path, shards)
    assert [row["nearest_train"] for row in kept(folders) if row["split"] == "test"] == [nearest]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_nearest_training_record_may_lie_in_any_shard(tmp_path, order):
    shards = [
        [one("near", "train", f"{NINE} base")],
        [one("h", "test", f"{NINE} today")],
        [one("far", "train", "there is one other nodule over these two")],
    ]
    folders, *_ = run(tmp_path, [shards[place] for place in order])
    assert [row["nearest_train"] for row in kept(folders) if row["split"] == "test"] == [5 / 7]


def test_records_are_written_under_the_split_of_their_document(tmp_path):
    documents = [one(split, split, f"No nodule, film {number} of three.") for number, split in enumerate(SPLITS)]
    folders, *_ = run(tmp_path, [documents])
    assert {row["document_ids"][0]: row["split"] for row in kept(folders)} == {
        f"here:{split}": split for split in SPLITS
    }


def test_what_training_says_does_not_change_the_id_of_a_record(tmp_path):
    shards = [[one("t", "train"), one("h", "test", f"{CLEAR} No nodes.")]]
    folders, *_ = run(tmp_path, shards)
    held_out = next(row for row in kept(folders) if row["split"] == "test")
    assert held_out["nearest_train"] > 0.5
    assert held_out.pop("split") == "test"
    assert held_out["record_id"] == content_id(held_out)


@pytest.mark.parametrize("seed", range(2))
def test_how_documents_are_sharded_changes_no_record(tmp_path, seed):
    chance = random.Random(seed)
    vocabulary = ["heart", "lungs", "large", "clear", "small", "effusion", "left"]
    documents = [
        one(str(number), chance.choice(SPLITS), " ".join(chance.choices(vocabulary, k=6)), f"Film {number}.")
        for number in range(30)
    ]
    outcomes = []
    for parts in (1, 4):
        shuffled = chance.sample(documents, len(documents))
        folders, *_ = run(tmp_path / str(parts), [shuffled[part::parts] for part in range(parts)])
        outcomes.append(
            (
                sorted((row["record_id"], row["split"], row["nearest_train"]) for row in kept(folders)),
                sorted((row["id"], row["kept_id"]) for row in rows(folders, "dropped")),
            )
        )
    assert outcomes[0] == outcomes[1]


def test_shards_without_documents_or_without_training_are_no_trouble(tmp_path):
    folders, *_ = run(tmp_path, [[], [one("h", "test")]])
    (row,) = kept(folders)
    assert row["nearest_train"] is None


@pytest.mark.parametrize("together", [True, False], ids=["in one shard", "in two shards"])
def test_a_task_that_reads_priors_finds_the_report_before_wherever_it_lies(tmp_path, together):
    prior = one("before", "train", "There is a small left pleural effusion.", group="p")
    later = one("after", "train", "The left effusion has decreased.", "", group="p", prior=prior.document_id)
    shards = [[prior, later]] if together else [[prior], [later]]
    folders, _ = derived(tmp_path, shards, "change_summary.v3")
    both = [row for row in rows(folders, "records") if row["record_key"].endswith("/change_from_prior")]
    assert [row["document_ids"] for row in both] == [["here:after", "here:before"]]


@pytest.mark.parametrize("fields", [{"split": "test"}, {"licence": "CC-BY-4.0"}, {"source": "there"}])
def test_a_report_before_of_another_split_source_or_licence_is_no_part_of_a_record(tmp_path, fields):
    prior = report("before", "There is a small left pleural effusion.", **{"split": "train", **fields})
    later = one("after", "train", "The left effusion has decreased.", "", prior=prior.document_id)
    folders, _ = derived(tmp_path, [[prior, later]], "change_summary.v3")
    keys = {row["id"]: row["reason"] for row in rows(folders, "dropped")}
    assert keys["change_summary/here:after/change_from_prior"] == "no_prior"
