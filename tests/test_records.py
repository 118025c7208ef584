"""A record's id is of its content, its key is the same through versions, and it carries its rights."""

import dataclasses

import pyarrow as pa
import pytest

from radcurate import schemas
from radcurate.records import RECORD_SCHEMA, Draft, Evidence, choose, content_id, make_record, record_key
from tests.test_documents import REPORT

DRAFT = Draft(
    slot="impression",
    input="FINDINGS: Clear lungs.",
    output="Normal.",
    evidence=(Evidence("demo:r1", "impression", 0, 7),),
    rule="impression_section.v1",
)
WORDINGS = ("Write the impression.", "Summarise the findings.")


def record(draft=DRAFT, document=REPORT, generator="impression.v2", wordings=WORDINGS):
    return make_record(generator, wordings, [document], draft)


def test_a_record_keeps_to_its_schema():
    assert schemas.validator("record").is_valid(record())


def test_a_record_is_what_its_table_says():
    assert pa.Table.from_pylist([record()], schema=RECORD_SCHEMA).to_pylist() == [record()]


@pytest.mark.parametrize(
    "wrong",
    [
        {"nearest_train": 0.4},
        {"output": ""},
        {"evidence": []},
        {"licence": None},
        {"generator": "impression"},
        {"x": 1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_record_that_breaks_the_contract_is_seen(wrong):
    assert not schemas.validator("record").is_valid({**record(), **wrong})


def test_flags_are_sorted_and_of_several_documents_each_group_stands_once():
    documents = [REPORT, dataclasses.replace(REPORT, document_id="demo:r2")]
    other = dataclasses.replace(REPORT, document_id="demo:r3", group_id="demo:p0")
    draft = dataclasses.replace(DRAFT, flags=("not_in_text", "cites_prior"))
    made = make_record("nli.v2", WORDINGS, [*documents, other], draft)
    assert made["flags"] == ["cites_prior", "not_in_text"]
    assert made["document_ids"] == ["demo:r1", "demo:r2", "demo:r3"]
    assert made["group_ids"] == ["demo:p0", "demo:p1"]


def test_the_key_names_task_document_and_slot():
    assert record()["record_key"] == "impression/demo:r1/impression"
    assert record_key("nli", ["a:1", "b:2"], "pair") == "nli/a:1+b:2/pair"


@pytest.mark.parametrize(
    "change",
    [{"output": "Normal chest."}, {"input": "FINDINGS: Clear."}, {"flags": ("cites_prior",)}, {"uncertain": ("x",)}],
)
def test_other_content_has_another_id_and_the_same_key(change):
    other = record(dataclasses.replace(DRAFT, **change))
    assert other["record_id"] != record()["record_id"]
    assert other["record_key"] == record()["record_key"]


def test_another_task_version_has_another_id_and_the_same_key():
    other = record(generator="impression.v3")
    assert other["record_id"] != record()["record_id"]
    assert (other["record_key"], other["task"]) == (record()["record_key"], "impression")


def test_how_near_training_is_does_not_change_the_id():
    assert content_id({**record(), "nearest_train": 0.7}) == record()["record_id"]


def test_messages_are_instruction_with_input_and_the_answer():
    made = record()
    assert made["messages"] == [
        {"role": "user", "content": f"{made['instruction']}\n\nFINDINGS: Clear lungs."},
        {"role": "assistant", "content": "Normal."},
    ]


@pytest.mark.parametrize(
    ("licence", "restricted"), [("CC0-1.0", False), ("CC-BY-NC-ND-4.0", True), ("unheard of", True)]
)
def test_a_record_says_whether_it_may_be_published(licence, restricted):
    made = record(document=dataclasses.replace(REPORT, licence=licence))
    assert (made["licence"], made["restricted"]) == (licence, restricted)


def test_wordings_are_chosen_by_the_key_and_all_are_used():
    wordings = ("a", "b", "c", "d", "e", "f")
    chosen = [choose(wordings, f"impression/demo:r{number}/impression") for number in range(300)]
    assert set(chosen) == set(wordings)
    assert choose(wordings, "k") == choose(wordings, "k")
