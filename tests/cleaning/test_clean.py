"""Stage `clean`: what comes is kept or dropped and counted, and the order in which it came leaves no trace."""

import dataclasses
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radcurate.cleaning import RULES, KeyedRule, TextRule
from radcurate.cleaning.apply import replay
from tests.shards import cleaned, report, rows

# Three documents of one id: the longest, a newer revision and an older one of the same length.
SAME = [
    report("same", "A long text of findings.", revised="2001-01-01"),
    report("same", "Short and new.", revised="2020-05-05"),
    report("same", "Short and old.", revised="2019-05-05"),
]
# One that moves dates needs a key of the recipe.
RULE_IDS = tuple(rule.id for rule in RULES if not isinstance(rule, KeyedRule))


def summed(counts):
    return {name: sum(count.get(name, 0) for count in counts) for name in set().union(*counts)}


def test_documents_in_are_kept_or_dropped_and_every_drop_has_a_row(tmp_path):
    arrivals = [[*SAME, report("r1", "Clear."), report("r2", "  ")], [report("r1", "Clear. "), report("r3", "\n")]]
    folders, counts = cleaned(tmp_path, arrivals)
    total = summed(counts)
    kept, dropped = rows(folders, "documents"), rows(folders, "dropped")
    assert total["documents.in"] == 7 == len(kept) + len(dropped)
    assert total["documents.clean"] == len(kept) == 2
    assert {(row["id"], row["rule"], row["kept_id"]) for row in dropped} == {
        ("here:same", "duplicate_id.v1", "here:same"),
        ("here:r1", "duplicate_id.v1", "here:r1"),
        ("here:r2", "empty_document.v1", None),
        ("here:r3", "empty_document.v1", None),
    }
    assert {name: count for name, count in total.items() if "dropped" in name} == {
        "documents.dropped.duplicate_id.v1": 3,
        "documents.dropped.empty_document.v1": 2,
    }


@pytest.mark.parametrize(
    ("documents", "kept"),
    [
        (SAME, "A long text of findings."),
        (SAME[1:], "Short and new."),
        ([SAME[2], dataclasses.replace(SAME[1], revised=None)], "Short and old."),
        ([report("same", "One.", raw_sha256="b" * 64), report("same", "Two.", raw_sha256="a" * 64)], "Two."),
    ],
    ids=["longest", "newest", "dated", "hash"],
)
@pytest.mark.parametrize("seed", range(4))
def test_of_one_id_the_survivor_is_the_same_in_any_order_of_arrival(tmp_path, documents, kept, seed):
    shuffled = random.Random(seed).sample(documents, len(documents))
    parts = [shuffled[:1], shuffled[1:]] if seed % 2 else [shuffled]
    folders, _ = cleaned(tmp_path, parts)
    (survivor,) = rows(folders, "documents")
    assert survivor["sections"][0]["text"] == kept


def test_the_order_of_files_and_lines_leaves_no_trace_in_any_byte(tmp_path):
    documents = [report(f"r{number}", f"Findings of {number} .  .") for number in range(20)] + SAME
    shuffled = random.Random(1).sample(documents, len(documents))
    one, _ = cleaned(tmp_path / "one", [documents], RULE_IDS)
    other, _ = cleaned(tmp_path / "other", [shuffled[:7], shuffled[7:]], RULE_IDS)
    for name in ("documents", "edited", "dropped", "signatures"):
        for left, right in zip(one, other, strict=True):
            assert (left / f"{name}.parquet").read_bytes() == (right / f"{name}.parquet").read_bytes()


@settings(max_examples=20)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=40), max_size=4))
def test_the_audited_edits_redo_every_clean_section(tmp_path_factory, texts):
    documents = [report(f"r{number}", f"FINDINGS:  {text}\n .") for number, text in enumerate(texts)]
    editing = (*(rule.id for rule in RULES if isinstance(rule, TextRule)), "empty_document.v1")
    folders, _ = cleaned(tmp_path_factory.mktemp("clean"), [documents], editing)
    edits, kept = rows(folders, "edited"), {row["document_id"]: row for row in rows(folders, "documents")}
    for document in documents:
        own = [edit for edit in edits if edit["document_id"] == document.document_id]
        clean = kept.get(document.document_id, {"sections": []})["sections"]
        assert replay(document.text_of("findings"), own) == (clean[0]["text"] if clean else "")


def test_edits_are_counted_by_rule(tmp_path):
    folders, counts = cleaned(tmp_path, [[report("r1", "XXXX  and ___ .", "XXXX")]], RULE_IDS)
    assert summed(counts)["edits.spaces.v1"] == len(rows(folders, "edited")) == 1


def test_every_document_leaves_its_group_and_what_duplicates_share(tmp_path):
    arrivals = [[report("r1", "Clear.", group="p1", split="test"), report("r2", "Clear.", group="p1")]]
    found = rows(cleaned(tmp_path, arrivals)[0], "signatures")
    assert {row["signature"] for row in found if row["rule"] == "group"} == {"here:p1"}
    assert len({row["signature"] for row in found if row["rule"] == "exact_duplicate.v1"}) == 1
    assert len({row["bucket"] for row in found}) == 1, "one part decides on copies and on the split of a group"
    assert {(row["document_id"], row["split"]) for row in found} == {("here:r1", "test"), ("here:r2", None)}


def test_a_shard_holds_its_documents_in_order_of_their_ids(tmp_path):
    documents = [report(f"r{number}", "Clear.") for number in range(12)]
    folders, _ = cleaned(tmp_path, [documents[::-1]])
    for folder in folders:
        ids = [row["document_id"] for row in rows([folder], "documents")]
        assert len(ids) > 1
        assert ids == sorted(ids)


def test_a_dropped_document_leaves_no_signature(tmp_path):
    assert rows(cleaned(tmp_path, [[report("r1", " ")]])[0], "signatures") == []
