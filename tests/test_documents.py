"""Documents survive the way through their table, and the Arrow schema agrees with the JSON Schema."""

import dataclasses

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate import schemas
from radcurate.documents import (
    DOCUMENT_SCHEMA,
    Document,
    Label,
    Patient,
    Section,
    as_published,
    bucket,
    from_row,
    redaction_marks,
)
from radcurate.records import RECORD_SCHEMA

REPORT = Document(
    document_id="demo:r1",
    source="demo",
    kind="report",
    licence="CC0-1.0",
    raw_sha256="0" * 64,
    group_id="demo:p1",
    sections=(Section("findings", "FINDINGS", "Clear lungs."), Section("impression", "IMPRESSION", "Normal.")),
    authors=("The authors",),
    tags=("normal",),
    patient=Patient("64", "F"),
    images=("im-1",),
    studied="2180-05-06T21:30:14.53",
    prior="demo:r0",
    labels=(Label("chexpert", "pleural effusion", "uncertain"),),
)


def test_a_document_is_what_its_row_says():
    assert from_row(REPORT.row()) == REPORT
    assert schemas.validator("document").is_valid(REPORT.row())
    assert pa.Table.from_pylist([REPORT.row()], schema=DOCUMENT_SCHEMA).to_pylist() == [REPORT.row()]


def test_a_label_is_present_absent_or_uncertain_and_nothing_else():
    wrong = dataclasses.replace(REPORT, labels=(Label("chexpert", "edema", "maybe"),))
    assert not schemas.validator("document").is_valid(wrong.row())


def test_a_whole_report_stands_under_its_headings_in_order():
    assert as_published(REPORT.sections) == "FINDINGS: Clear lungs.\n\nIMPRESSION: Normal."


def test_redaction_marks_of_both_kinds_are_counted():
    marked = dataclasses.replace(REPORT, sections=(Section("findings", "FINDINGS", "XXXX and ___ XXXX."),))
    assert redaction_marks(marked.row()) == 3


def test_a_missing_section_has_no_text():
    assert REPORT.text_of("findings") == "Clear lungs."
    assert REPORT.text_of("technique") == ""
    assert REPORT.section("technique") is None


@given(st.text(st.characters(codec="utf-8")), st.integers(1, 512))
def test_a_document_belongs_to_one_shard_whoever_asks(identity, count):
    assert 0 <= bucket(identity, count) < count
    assert bucket(identity, count) == bucket(identity, count)


def test_the_shard_of_a_document_is_pinned():
    assert [bucket(f"openi:CXR{number}", 8) for number in range(1, 9)] == [7, 2, 1, 2, 0, 2, 0, 3]


ARROW_TYPES = {
    "string": pa.types.is_string,
    "integer": pa.types.is_integer,
    "number": pa.types.is_floating,
    "boolean": pa.types.is_boolean,
}


def disagreements(field: pa.Field, contract: dict, at: str) -> list[str]:
    """Where an Arrow field and a JSON Schema say different things: type, nullability, names and order of fields."""
    types = contract.get("type") or ["string", *(["null"] if None in contract["enum"] else [])]
    types = [types] if isinstance(types, str) else types
    found = [] if field.nullable == ("null" in types) else [f"{at}: nullable"]
    kind = next(name for name in types if name != "null")
    if kind == "array":
        inner = field.type.value_field
        items = contract["items"]
        if items["type"] == "object":
            return found + _fields(list(inner.type), items, at)
        return found + ([] if ARROW_TYPES[items["type"]](inner.type) else [f"{at}: items"])
    if kind == "object":
        return found + _fields(list(field.type), contract, at)
    return found + ([] if ARROW_TYPES[kind](field.type) else [f"{at}: {field.type} is no {kind}"])


def _fields(fields: list[pa.Field], contract: dict, at: str) -> list[str]:
    names = [field.name for field in fields]
    wrong = [] if names == list(contract["properties"]) == contract["required"] else [f"{at}: {names}"]
    return wrong + [
        fault
        for field in fields
        if field.name in contract["properties"]
        for fault in disagreements(field, contract["properties"][field.name], f"{at}.{field.name}")
    ]


@pytest.mark.parametrize(("name", "arrow"), [("document", DOCUMENT_SCHEMA), ("record", RECORD_SCHEMA)])
def test_arrow_and_json_schema_agree_field_by_field(name, arrow):
    assert _fields(list(arrow), schemas.load(name), name) == []


@pytest.mark.parametrize("name", ["document", "record", "manifest", "recipe"])
def test_every_schema_is_a_valid_json_schema(name):
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schemas.load(name))
