"""Source `table`: what each column becomes, and what becomes of lines and files that are broken."""

import codecs
import contextlib
import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radcurate import schemas
from radcurate.documents import REPORT_SECTIONS, Document, Patient
from radcurate.errors import DataError, RadcurateError, UsageError
from radcurate.sources import Rejected, SourceSpec
from radcurate.sources.table import check, read
from radcurate.sources.table_rows import LARGEST_FIELD
from tests.sources.samples import parted, table

HEADER = "id,findings,impression\n"
GOOD = "1,Lungs clear.,Normal chest.\n"


def _csv(tmp_path: Path, content: str | bytes, name: str = "reports.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _checked(spec: SourceSpec) -> tuple[list[Document], list[tuple[str, str]]]:
    [path] = spec.paths
    check(path, spec)
    return parted(read(path, spec))


def _rejected(spec: SourceSpec) -> Rejected:
    [rejected] = [item for item in read(spec.paths[0], spec) if isinstance(item, Rejected)]
    return rejected


def _ids(documents: list[Document]) -> list[str]:
    return [document.document_id.removeprefix("clinic:") for document in documents]


def _parquet(tmp_path: Path, rows: dict[str, Any]) -> Path:
    path = tmp_path / "reports.parquet"
    pq.write_table(pa.table(rows), path)
    return path


EVERY_COLUMN = {
    "id": "accession",
    "group": "patient",
    "split": "fold",
    "title": "name",
    "url": "link",
    "revised": "date",
    "age": "years",
    "sex": "sex",
    "modality": "machine",
    "tags": "labels",
    "images": "pictures",
    "findings": "body",
    "impression": "summary",
}
ROW = {
    "accession": "A1",
    "patient": "P9",
    "fold": "Val",
    "name": "Chest",
    "link": "https://example.org/A1",
    "date": "2020-02-01",
    "years": "60",
    "sex": "F",
    "machine": "CT",
    "labels": "nodule; effusion ;",
    "pictures": "i1;i2",
    "body": "Nodule in the left lung.",
    "summary": "Left lung nodule.",
    "unmapped": "never seen",
}


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "ndjson", "parquet"])
def test_every_format_gives_the_same_document_by_the_column_map(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"reports.{suffix}"
    if suffix == "parquet":
        pq.write_table(pa.Table.from_pylist([ROW]), path)
    elif suffix in ("jsonl", "ndjson"):
        path.write_text(json.dumps(ROW))
    else:
        delimiter = "," if suffix == "csv" else "\t"
        path.write_text(f"{delimiter.join(ROW)}\n{delimiter.join(ROW.values())}\n")
    options = {"authors": ["A. Rivera"], "systems": ["Chest"], "modality": "X-ray"}
    [document], rejected = _checked(table(path, EVERY_COLUMN, **options))
    assert rejected == []
    assert document.document_id == "clinic:A1"
    assert document.group_id == "clinic:P9"
    assert document.split == "validation"
    assert (document.title, document.url, document.revised) == ("Chest", "https://example.org/A1", "2020-02-01")
    assert document.patient == Patient("60", "F")
    assert document.modality == "CT"
    assert document.tags == ("nodule", "effusion")
    assert document.images == ("i1", "i2")
    assert [(section.name, section.heading) for section in document.sections] == [
        ("findings", "FINDINGS"),
        ("impression", "IMPRESSION"),
    ]
    assert document.text_of("findings") == "Nodule in the left lung."
    assert (document.authors, document.systems) == (("A. Rivera",), ("Chest",))
    assert document.licence_url == "https://creativecommons.org/publicdomain/zero/1.0/"


def test_without_a_group_column_each_report_is_its_own_group(tmp_path: Path) -> None:
    [document], _ = _checked(table(_csv(tmp_path, HEADER + GOOD)))
    assert document.group_id == document.document_id == "clinic:1"
    assert (document.patient, document.split, document.modality) == (None, None, None)


def test_an_empty_group_falls_back_to_the_id(tmp_path: Path) -> None:
    spec = table(_csv(tmp_path, "id,patient\n1,\n2,P\n"), {"id": "id", "group": "patient"})
    assert [document.group_id for document in _checked(spec)[0]] == ["clinic:1", "clinic:P"]


def test_spaces_around_ids_and_groups_are_none_of_them(tmp_path: Path) -> None:
    spec = table(_csv(tmp_path, "id,patient,fold\n 1 ,P, test\n2, P,test\n"), {"id": "id", "group": "patient"})
    documents, _ = _checked(spec)
    assert _ids(documents) == ["1", "2"]
    assert {document.group_id for document in documents} == {"clinic:P"}


@pytest.mark.parametrize(
    ("published", "split"),
    [("train", "train"), ("TRAIN", "train"), ("dev", "validation"), ("validate", "validation"), (" test ", "test")],
)
def test_published_splits_are_known_by_their_usual_names(tmp_path: Path, published: str, split: str) -> None:
    spec = table(_csv(tmp_path, f"id,fold\n1,{published}\n"), {"id": "id", "split": "fold"})
    assert _checked(spec)[0][0].split == split


def test_an_unknown_split_is_rejected_and_never_guessed(tmp_path: Path) -> None:
    spec = table(_csv(tmp_path, "id,fold\n1,holdout\n2,test\n3,\n"), {"id": "id", "split": "fold"})
    documents, rejected = _checked(spec)
    assert [document.split for document in documents] == ["test", None]
    assert rejected == [("reports.csv:2", "unknown_split.v1")]
    assert "'holdout'" in _rejected(spec).reason


def test_a_report_in_the_wrong_column_does_not_reach_the_audit_whole(tmp_path: Path) -> None:
    spec = table(_csv(tmp_path, f"id,fold\n1,{'The lungs are clear. ' * 50}\n"), {"id": "id", "split": "fold"})
    assert len(_rejected(spec).reason) < 200


@pytest.mark.parametrize(
    ("value", "identity"),
    [(7, "7"), (7.0, "7"), (7.5, "7.5"), ("007", "007"), (12345678901234567, "12345678901234567")],
)
def test_a_numeric_id_of_a_parquet_file_is_told_as_published(tmp_path: Path, value: object, identity: str) -> None:
    spec = table(_parquet(tmp_path, {"id": [value]}), {"id": "id"})
    assert _ids(_checked(spec)[0]) == [identity]


def test_an_id_column_that_became_float_for_a_missing_value_loses_only_that_row(tmp_path: Path) -> None:
    spec = table(_parquet(tmp_path, {"id": [1.0, None, float("nan"), 4.0]}), {"id": "id"})
    documents, rejected = _checked(spec)
    assert _ids(documents) == ["1", "4"]
    assert rejected == [("reports.parquet:2", "missing_id.v1"), ("reports.parquet:3", "missing_id.v1")]


def test_dates_and_categories_of_a_parquet_file_are_told_as_text(tmp_path: Path) -> None:
    rows = {"id": ["1"], "sex": pa.array(["F"]).dictionary_encode(), "date": [datetime.date(2020, 2, 1)]}
    spec = table(_parquet(tmp_path, rows), {"id": "id", "sex": "sex", "revised": "date"})
    [document], _ = _checked(spec)
    assert (document.revised, document.patient) == ("2020-02-01", Patient(None, "F"))


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        (["nodule", " effusion ", "", None], ("nodule", "effusion")),
        ("nodule;effusion", ("nodule", "effusion")),
        ("nodule, left", ("nodule, left",)),
        ("; ;", ()),
        ([], ()),
        (None, ()),
        ([1, 2], ("1", "2")),
    ],
)
def test_tags_are_a_list_or_text_parted_by_semicolons(tmp_path: Path, value: object, tags: tuple[str, ...]) -> None:
    path = _csv(tmp_path, json.dumps({"id": "1", "tags": value}), "reports.jsonl")
    [document], _ = _checked(table(path, {"id": "id", "tags": "tags"}))
    assert document.tags == tags


def test_a_list_of_tags_in_a_parquet_file_is_kept_in_order(tmp_path: Path) -> None:
    spec = table(_parquet(tmp_path, {"id": ["1"], "tags": [["b", "a"]]}), {"id": "id", "tags": "tags"})
    assert _checked(spec)[0][0].tags == ("b", "a")


def test_a_report_column_is_cut_at_its_headings(tmp_path: Path) -> None:
    report = '"HISTORY: Cough.\nFINDINGS: Lungs clear.\nIMPRESSION: Normal chest."'
    [document], _ = _checked(table(_csv(tmp_path, f"id,text\n1,{report}\n"), {"id": "id", "report": "text"}))
    assert [section.name for section in document.sections] == ["indication", "findings", "impression"]


def test_a_section_with_a_column_of_its_own_comes_from_there(tmp_path: Path) -> None:
    content = 'id,text,summary\n1,"FINDINGS: Lungs clear. \nIMPRESSION: From the report.",From the column.\n'
    spec = table(_csv(tmp_path, content), {"id": "id", "report": "text", "impression": "summary"})
    [document], _ = _checked(spec)
    assert [section.name for section in document.sections] == ["findings", "impression"]
    assert document.text_of("impression") == "From the column."


def test_sections_of_columns_come_in_the_order_of_a_report(tmp_path: Path) -> None:
    columns = {name: name for name in ("id", *reversed(REPORT_SECTIONS))}
    content = ",".join(columns) + "\n" + ",".join(["x"] * len(columns)) + "\n"
    [document], _ = _checked(table(_csv(tmp_path, content), columns))
    assert tuple(section.name for section in document.sections) == REPORT_SECTIONS


def test_empty_sections_are_none(tmp_path: Path) -> None:
    [document], _ = _checked(table(_csv(tmp_path, HEADER + "1, ,Normal chest.\n")))
    assert [section.name for section in document.sections] == ["impression"]


@pytest.mark.parametrize("identity", ["", " ", "\t"])
def test_an_empty_id_is_rejected(tmp_path: Path, identity: str) -> None:
    documents, rejected = _checked(table(_csv(tmp_path, f"{HEADER}{identity},Lungs clear.,Normal.\n{GOOD}")))
    assert _ids(documents) == ["1"]
    assert rejected == [("reports.csv:2", "missing_id.v1")]


def test_an_object_without_the_id_is_rejected(tmp_path: Path) -> None:
    content = '{"id": "1", "findings": "x", "impression": "y"}\n{"findings": "x"}\n{"id": null}\n{"id": "4"}\n'
    documents, rejected = _checked(table(_csv(tmp_path, content, "reports.jsonl")))
    assert _ids(documents) == ["1", "4"]
    assert rejected == [("reports.jsonl:2", "missing_id.v1"), ("reports.jsonl:3", "missing_id.v1")]


def test_one_id_twice_is_two_documents_here_and_left_to_cleaning(tmp_path: Path) -> None:
    assert _ids(_checked(table(_csv(tmp_path, HEADER + GOOD + GOOD)))[0]) == ["1", "1"]


def test_the_raw_digest_is_of_the_whole_row(tmp_path: Path) -> None:
    first = _checked(table(_csv(tmp_path, "id,other\n1,a\n"), {"id": "id"}))[0][0]
    second = _checked(table(_csv(tmp_path, "id,other\n1,b\n"), {"id": "id"}))[0][0]
    assert first.raw_sha256 != second.raw_sha256


# Broken lines


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2,too few", "2 fields where the header has 3"),
        ("2,one,too,many", "4 fields where the header has 3"),
        ('2,"Lungs "clear".",x', "',' expected after '\"'"),
        ('2,"never closed,x', "unexpected end of data"),
    ],
)
def test_a_broken_csv_line_is_rejected_by_number_and_the_rest_goes_on(tmp_path: Path, line: str, reason: str) -> None:
    spec = table(_csv(tmp_path, f"{HEADER}{GOOD}{line}\n3,Heart enlarged.,Cardiomegaly.\n4,x,y\n"))
    documents, rejected = _checked(spec)
    assert _ids(documents) == ["1", "3", "4"]
    assert rejected == [("reports.csv:3", "broken_line.v1")]
    assert reason in _rejected(spec).reason


def test_a_quote_that_never_closes_makes_no_report_of_two(tmp_path: Path) -> None:
    spec = table(_csv(tmp_path, 'id,findings\n1,"Lungs clear.\n2,"Heart enlarged."\n3,x\n'), {"id": "id"})
    documents, rejected = _checked(spec)
    assert _ids(documents) == ["2", "3"]
    assert rejected == [("reports.csv:2", "broken_line.v1")]


def test_every_line_of_many_broken_ones_is_told_by_its_own_number(tmp_path: Path) -> None:
    lines = "".join(f'{number},"open\n{number}b,Lungs clear.,Normal.\n' for number in range(2_000))
    documents, rejected = _checked(table(_csv(tmp_path, HEADER + lines)))
    assert len(documents) == 2_000
    assert rejected == [(f"reports.csv:{number}", "broken_line.v1") for number in range(2, 4_002, 2)]


def test_a_row_over_several_lines_is_named_by_its_first_and_blank_lines_are_none(tmp_path: Path) -> None:
    content = f'{HEADER}\n1,"Lungs\nare\nclear.",Normal.\n\nbroken\n{GOOD}also broken\n'
    documents, rejected = _checked(table(_csv(tmp_path, content)))
    assert documents[0].text_of("findings") == "Lungs\nare\nclear."
    assert [locator for locator, _ in rejected] == ["reports.csv:7", "reports.csv:9"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_line_ends(tmp_path: Path, ending: str) -> None:
    path = _csv(tmp_path, (HEADER + GOOD + "broken\n" + GOOD).replace("\n", ending))
    documents, rejected = _checked(table(path))
    assert (len(documents), rejected) == (2, [("reports.csv:3", "broken_line.v1")])


def test_a_field_over_the_limit_is_rejected_and_the_rest_goes_on(tmp_path: Path) -> None:
    spec = table(_csv(tmp_path, f"{HEADER}1,{'x' * (LARGEST_FIELD + 1)},y\n2,x,y\n"))
    documents, rejected = _checked(spec)
    assert _ids(documents) == ["2"]
    assert rejected == [("reports.csv:2", "broken_line.v1")]
    assert "field limit" in _rejected(spec).reason


def test_a_nul_byte_stays_in_its_text_and_breaks_no_line(tmp_path: Path) -> None:
    documents, rejected = _checked(table(_csv(tmp_path, f"{HEADER}1,Lungs\0clear.,Normal.\n2,x,y\n")))
    assert (_ids(documents), rejected) == (["1", "2"], [])
    assert documents[0].text_of("findings") == "Lungs\0clear."


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is no JSON"),
        ('{"id": "2"', "is no JSON"),
        ("2,Lungs clear.", "is no JSON"),
        ("[1, 2]", "is a JSON list"),
        ('"text"', "is a JSON str"),
        ("null", "is a JSON NoneType"),
        ('{"id": ' + "[" * 100_000, "is no JSON"),
        ('{"id": ' + "9" * 5_000 + "}", "is no JSON"),
    ],
)
def test_a_broken_json_line_is_rejected_by_number_and_the_rest_goes_on(tmp_path: Path, line: str, reason: str) -> None:
    good = '{"id": "%s", "findings": "Lungs clear.", "impression": "Normal."}\n'
    spec = table(_csv(tmp_path, f"{good % 1}\n{line}\n{good % 3}", "reports.jsonl"))
    documents, rejected = _checked(spec)
    assert _ids(documents) == ["1", "3"]
    assert rejected == [("reports.jsonl:3", "broken_line.v1")]
    assert reason in _rejected(spec).reason


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"id": "1", "findings": ["Lungs clear."]}, "findings"),
        ({"id": "1", "findings": {"text": "Lungs clear."}}, "findings"),
        ({"id": ["1"]}, "id"),
        ({"id": "1", "tags": {"a": 1}}, "tags"),
        ({"id": "1", "tags": [["a"]]}, "tags"),
    ],
)
def test_a_value_that_is_no_text_is_rejected_and_never_printed_into_a_section(
    tmp_path: Path, row: dict[str, object], column: str
) -> None:
    path = _csv(tmp_path, json.dumps({"id": "0", "findings": "x", "tags": []}) + "\n" + json.dumps(row), "r.jsonl")
    spec = table(path, {"id": "id", "findings": "findings", "tags": "tags"})
    documents, rejected = _checked(spec)
    assert (_ids(documents), rejected) == (["0"], [("r.jsonl:2", "wrong_type.v1")])
    assert repr(column) in _rejected(spec).reason


def test_binary_cells_of_a_parquet_file_are_rejected(tmp_path: Path) -> None:
    spec = table(_parquet(tmp_path, {"id": ["1"], "findings": [b"Lungs clear."]}), {"id": "id", "findings": "findings"})
    assert _checked(spec) == ([], [("reports.parquet:1", "wrong_type.v1")])


# Encodings


def test_latin1_bytes_in_a_utf8_file_are_rejected_by_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    content = HEADER.encode() + "2,Sténose trachéale.,x\n".encode("latin-1") + GOOD.encode()
    spec = table(_csv(tmp_path, content))
    documents, rejected = _checked(spec)
    assert _ids(documents) == ["1"]
    assert rejected == [("reports.csv:2", "wrong_encoding.v1")]
    assert _rejected(spec).reason == "is not utf-8"


def test_the_recipe_may_name_another_encoding(tmp_path: Path) -> None:
    content = (HEADER + "2,Sténose trachéale.,x\n").encode("latin-1")
    [document], _ = _checked(table(_csv(tmp_path, content), encoding="latin-1"))
    assert document.text_of("findings") == "Sténose trachéale."


@pytest.mark.parametrize("name", ["reports.csv", "reports.jsonl"])
@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("utf-8-sig", None),
        ("utf-8-sig", "UTF8"),
        ("utf-16", "utf-16"),
        ("utf-16", "UTF_16"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
    ],
)
def test_a_byte_order_mark_is_no_part_of_the_first_column(
    tmp_path: Path, name: str, written: str, named: str | None
) -> None:
    text = HEADER + GOOD if name.endswith("csv") else '{"id": "1", "findings": "Lungs clear.", "impression": "x"}\n'
    path = _csv(tmp_path, ("\ufeff" + text if written == "utf-16-be" else text).encode(written), name)
    [document], rejected = _checked(table(path, **({"encoding": named} if named else {})))
    assert (document.document_id, rejected) == ("clinic:1", [])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_foreign_byte_order_mark_is_refused_with_the_key_to_set(tmp_path: Path, encoding: str) -> None:
    path = _csv(tmp_path, (HEADER + GOOD).encode(encoding))
    with pytest.raises(UsageError, match=rf"is {encoding.upper()}.*`sources\.clinic\.encoding` to '{encoding}'"):
        check(path, table(path))


@pytest.mark.parametrize("encoding", ["klingon", "hex", "rot13", "utf\0", ""])
def test_an_encoding_that_python_does_not_know_is_refused(tmp_path: Path, encoding: str) -> None:
    path = _csv(tmp_path, HEADER + GOOD)
    with pytest.raises(UsageError, match=r"`sources\.clinic\.encoding`"):
        check(path, table(path, encoding=encoding))


@pytest.mark.parametrize("name", ["reports.csv", "reports.jsonl"])
def test_a_file_that_cannot_be_decoded_as_the_recipe_says_is_refused(tmp_path: Path, name: str) -> None:
    path = _csv(tmp_path, b"id,findings,impression\n1", name)
    with pytest.raises(DataError, match="cannot be decoded"):
        check(path, table(path, encoding="utf-16"))


def test_a_file_that_cannot_be_decoded_any_further_is_refused_with_the_last_line(tmp_path: Path) -> None:
    path = _csv(tmp_path, (HEADER + GOOD * 5_000).encode("utf-16") + b"\x00\xd8x")
    with pytest.raises(DataError, match=r"reports\.csv: cannot be decoded after line 5001"):
        list(read(path, table(path, encoding="utf-16")))


def test_a_lone_surrogate_in_a_json_line_is_rejected(tmp_path: Path) -> None:
    content = '{"id": "1", "findings": "a\\ud800b", "impression": ""}\n{"id": "2", "findings": "\\ud83d\\ude00"}\n'
    documents, rejected = _checked(table(_csv(tmp_path, content, "reports.jsonl")))
    assert _ids(documents) == ["2"]
    assert rejected == [("reports.jsonl:1", "wrong_encoding.v1")]


@pytest.mark.parametrize("column", ["id", "tags", "fold"])
def test_a_lone_surrogate_in_any_column_that_the_recipe_maps_is_rejected(tmp_path: Path, column: str) -> None:
    row = {"id": "1", "tags": ["a"], "fold": "", column: ["\ud800"] if column == "tags" else "\ud800"}
    path = _csv(tmp_path, json.dumps(row), "reports.jsonl")
    [found] = read(path, table(path, {"id": "id", "tags": "tags", "split": "fold"}))
    assert isinstance(found, Rejected)
    (found.locator + found.rule + found.reason).encode()


def test_a_lone_surrogate_in_a_column_that_the_recipe_leaves_alone_does_no_harm(tmp_path: Path) -> None:
    path = _csv(tmp_path, '{"id": "1", "other": "\\ud800"}', "reports.jsonl")
    assert len(_checked(table(path, {"id": "id"}))[0]) == 1


# Files that are refused


@pytest.mark.parametrize("name", ["reports.csv", "reports.jsonl"])
@pytest.mark.parametrize("content", [b"", b"\n\n", b" \r\n ", codecs.BOM_UTF8])
def test_an_empty_file_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = _csv(tmp_path, content, name)
    with pytest.raises(DataError, match=r"reports\.\w+: (is empty|no line of it is a JSON object)"):
        check(path, table(path))


def test_a_header_alone_is_a_file_without_reports(tmp_path: Path) -> None:
    assert _checked(table(_csv(tmp_path, HEADER))) == ([], [])


def test_a_header_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = _csv(tmp_path, '"id,findings\n1,x\n')
    with pytest.raises(DataError, match="its first line cannot be read"):
        check(path, table(path))


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_missing_column_is_refused_with_file_key_and_the_nearest_column(tmp_path: Path, suffix: str) -> None:
    rows = {"id": ["1"], "finding": ["Lungs clear."]}
    if suffix == "parquet":
        path = _parquet(tmp_path, rows)
    else:
        text = "id,finding\n1,x\n" if suffix == "csv" else '{"id": "1"}\n{"finding": "x"}\n'
        path = _csv(tmp_path, text, f"reports.{suffix}")
    with pytest.raises(UsageError) as refused:
        check(path, table(path, {"id": "id", "findings": "findings"}))
    message = str(refused.value)
    assert message.startswith(f"{path}: has no column 'findings'")
    assert "`sources.clinic.columns.findings`" in message
    assert "nearest: 'finding' (of id, finding)" in message


def test_columns_of_a_file_that_is_no_table_are_shown_cut_and_spelt_out(tmp_path: Path) -> None:
    path = _csv(tmp_path, bytes(byte for byte in range(256) if byte not in b'\r\n"') * 40)
    with pytest.raises(UsageError) as refused:
        check(path, table(path))
    message = str(refused.value)
    assert len(message) < 3_000
    assert message.removeprefix(str(path)).isprintable()


def test_a_column_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = _csv(tmp_path, "id,findings,findings\n1,x,y\n")
    with pytest.raises(DataError, match="has 2 columns 'findings'"):
        check(path, table(path, {"id": "id", "findings": "findings"}))


def test_an_optional_json_column_is_looked_for_in_all_lines(tmp_path: Path) -> None:
    content = '{"id": "1"}\n' * 50 + '{"id": "2", "findings": "x", "impression": "y"}\n'
    path = _csv(tmp_path, content, "reports.jsonl")
    check(path, table(path))


@pytest.mark.parametrize("content", ["1\n2\n", "no json\n", "{}\n"])
def test_a_json_file_without_any_key_is_refused(tmp_path: Path, content: str) -> None:
    path = _csv(tmp_path, content, "reports.jsonl")
    with pytest.raises(DataError, match="no line of it is a JSON object"):
        check(path, table(path))


def test_a_suffix_that_tells_no_format_is_refused_with_the_key_to_set(tmp_path: Path) -> None:
    path = _csv(tmp_path, HEADER + GOOD, "reports.txt")
    with pytest.raises(UsageError, match=r"`sources\.clinic\.format` to csv, jsonl or parquet"):
        check(path, table(path))
    assert len(_checked(table(path, format="csv"))[0]) == 1


@pytest.mark.parametrize("delimiter", ['"', "\n", "\r"])
def test_a_delimiter_that_cannot_part_columns_is_refused(tmp_path: Path, delimiter: str) -> None:
    path = _csv(tmp_path, HEADER + GOOD)
    with pytest.raises(UsageError, match=r"`sources\.clinic\.delimiter`"):
        check(path, table(path, delimiter=delimiter))


def test_the_recipe_may_name_another_delimiter(tmp_path: Path) -> None:
    path = _csv(tmp_path, (HEADER + GOOD).replace(",", ";"))
    assert _ids(_checked(table(path, delimiter=";"))[0]) == ["1"]


# Parquet


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1PAR1", b"id,findings\n", b"PAR1" + bytes(200) + b"PAR1"])
def test_a_file_that_is_no_parquet_file_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = _csv(tmp_path, content, "reports.parquet")
    with pytest.raises(DataError, match=r"reports\.parquet: is no Parquet file") as refused:
        check(path, table(path))
    assert "\n" not in str(refused.value)


def test_a_parquet_file_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    path = _parquet(tmp_path, {"id": ["1"], "findings": ["x"], "impression": ["y"]})
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match="is no Parquet file, or a damaged one"):
            check(path, table(path))


def test_a_parquet_file_whose_column_names_are_not_utf8_is_refused(tmp_path: Path) -> None:
    path = _parquet(tmp_path, {"patient": ["1"]})
    path.write_bytes(path.read_bytes().replace(b"patient", b"p\xfftient"))
    with pytest.raises(DataError, match="is no Parquet file, or a damaged one"):
        check(path, table(path, {"id": "patient"}))


def test_a_parquet_file_with_a_damaged_page_is_refused_with_the_last_row(tmp_path: Path) -> None:
    path = tmp_path / "reports.parquet"
    rows = {"id": [str(number) for number in range(3_000)]}
    pq.write_table(pa.table(rows), path, row_group_size=1_000, compression="zstd", use_dictionary=False)
    place = pq.read_metadata(path).row_group(2).column(0).data_page_offset
    content = bytearray(path.read_bytes())
    content[place : place + 200] = bytes(200)
    path.write_bytes(content)
    spec = table(path, {"id": "id"})
    check(path, spec)
    with pytest.raises(DataError, match=r"reports\.parquet: is damaged after row 2000") as refused:
        list(read(path, spec))
    assert "\n" not in str(refused.value)


def test_text_of_a_parquet_file_that_is_not_utf8_loses_only_its_row(tmp_path: Path) -> None:
    texts = pa.array([b"Lungs clear.", "Sténose".encode("latin-1"), b"x"]).view(pa.string())
    spec = table(_parquet(tmp_path, {"id": ["1", "2", "3"], "findings": texts}), {"id": "id", "findings": "findings"})
    documents, rejected = _checked(spec)
    assert _ids(documents) == ["1", "3"]
    assert rejected == [("reports.parquet:2", "broken_line.v1")]
    assert "utf-8" in _rejected(spec).reason


def test_a_date_out_of_pythons_range_loses_only_its_row(tmp_path: Path) -> None:
    dates = pa.array([0, 10**8], pa.int32()).view(pa.date32())
    spec = table(_parquet(tmp_path, {"id": ["1", "2"], "date": dates}), {"id": "id", "revised": "date"})
    documents, rejected = _checked(spec)
    assert (_ids(documents), rejected) == (["1"], [("reports.parquet:2", "broken_line.v1")])


def test_a_parquet_file_without_columns_is_refused(tmp_path: Path) -> None:
    path = _parquet(tmp_path, {})
    with pytest.raises(DataError, match="has no columns"):
        check(path, table(path))


# Anything at all

WILD = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CSV_PIECES = st.sampled_from([b"id", b",", b'"', b'""', b"\n", b"\r\n", b"\r", b"\0", b"\xe9", b"x", b" ", b"train"])
JSON_PIECES = st.sampled_from(
    [
        b'{"id"',
        b":",
        b'"1"',
        b"1e999",
        b"NaN",
        b",",
        b'"findings"',
        b"}",
        b"[",
        b"]",
        b"\n",
        b'"\\ud800"',
        b"\xff",
        b"{",
    ]
)
COLUMNS = {"id": "id", "findings": "findings", "split": "fold", "tags": "tags"}


def _valid(item: Document | Rejected) -> bool:
    """True for what the next stage can write."""
    if isinstance(item, Rejected):
        return bool((item.locator + item.rule + item.reason).encode())
    return bool(
        schemas.validator("document").is_valid(item.row()) and json.dumps(item.row(), ensure_ascii=False).encode()
    )


def _read_on(path: Path, spec: SourceSpec) -> Iterator[Document | Rejected]:
    """What is read until the end, or until the file is refused."""
    with contextlib.suppress(RadcurateError):
        yield from read(path, spec)


def _refusal(path: Path, spec: SourceSpec) -> str:
    """Why `check` refuses the file, or an empty text."""
    try:
        check(path, spec)
    except RadcurateError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "ascii", "shift_jis"])
@WILD
@given(content=st.one_of(st.binary(max_size=200), st.lists(CSV_PIECES, max_size=40).map(b"".join)))
def test_any_bytes_as_csv_are_read_or_refused(tmp_path: Path, encoding: str, content: bytes) -> None:
    path = _csv(tmp_path, b"id,findings,fold,tags\n" + content)
    spec = table(path, COLUMNS, encoding=encoding)
    assert all(map(_valid, _read_on(path, spec)))
    assert "\n" not in _refusal(path, spec)


@WILD
@given(content=st.one_of(st.binary(max_size=200), st.lists(JSON_PIECES, max_size=40).map(b"".join)))
def test_any_bytes_as_jsonl_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = _csv(tmp_path, content, "reports.jsonl")
    spec = table(path, COLUMNS)
    assert all(map(_valid, _read_on(path, spec)))
    assert "\n" not in _refusal(path, spec)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), min_size=1, max_size=12)


@WILD
@given(rows=st.lists(st.one_of(st.none(), st.dictionaries(st.sampled_from(list(COLUMNS.values())), TEXT)), max_size=12))
def test_of_jsonl_every_line_is_a_document_or_a_rejection_with_its_number(
    tmp_path: Path, rows: list[dict[str, str] | None]
) -> None:
    lines = ["{broken" if row is None else json.dumps(row) for row in rows]
    path = _csv(tmp_path, "\n".join(lines), "reports.jsonl")
    documents, rejected = parted(read(path, table(path, COLUMNS)))
    assert len(documents) + len(rejected) == len(rows)
    broken = [f"reports.jsonl:{line}" for line, row in enumerate(rows, 1) if row is None]
    assert [locator for locator, rule in rejected if rule == "broken_line.v1"] == broken


@WILD
@given(rows=st.lists(st.lists(TEXT, min_size=1, max_size=4), max_size=12))
def test_of_csv_every_row_is_a_document_or_a_rejection(tmp_path: Path, rows: list[list[str]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path = _csv(tmp_path, "\n".join([HEADER.strip(), *quoted]))
    documents, rejected = parted(read(path, table(path)))
    assert len(documents) + len(rejected) == len(rows)
    assert [locator for locator, rule in rejected if rule == "broken_line.v1"] == [
        f"reports.csv:{line}" for line, row in enumerate(rows, 2) if len(row) != 3
    ]
