"""Stage `parse`: every input of a file ends in exactly one shard or in the audit."""

from pathlib import Path
from typing import Any

import pytest

from radcurate.documents import bucket, from_row
from radcurate.errors import DataError
from radcurate.sources.parse import documents_file, parse_file
from radcurate.tables import read_rows
from tests.sources.samples import archive, openi_report, table

SHARDS = 3
ROWS = "".join(f"r{number},Lungs clear.,Normal.\n" for number in range(20))


def _parse(path: Path, limit: int | None = None, source: str = "table", **options: Any) -> tuple[dict[str, int], Path]:
    options = options or dict(table(path).options) if source == "table" else {}
    folder = path.parent / "parsed"
    folder.mkdir(exist_ok=True)
    given = {"name": "clinic", "type": source, "options": options, "permission": None}
    parameters = {"source": given, "shards": SHARDS, "limit": limit}
    return parse_file([path], folder, parameters), folder


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    path = tmp_path / "reports.csv"
    path.write_text(f"id,findings,impression\n{ROWS}broken\n,Lungs clear.,No id.\n")
    return path


def test_every_input_is_kept_or_dropped_and_counted(reports: Path) -> None:
    counts, folder = _parse(reports)
    assert counts == {
        "inputs.in": 22,
        "inputs.kept": 20,
        "inputs.dropped.broken_line.v1": 1,
        "inputs.dropped.missing_id.v1": 1,
    }
    assert sum(len(list(read_rows(folder / documents_file(shard)))) for shard in range(SHARDS)) == 20


def test_a_document_is_in_the_shard_of_its_id(reports: Path) -> None:
    _, folder = _parse(reports)
    for shard in range(SHARDS):
        documents = [from_row(row) for row in read_rows(folder / documents_file(shard))]
        assert documents
        assert {bucket(document.document_id, SHARDS) for document in documents} == {shard}


def test_a_rejection_is_an_audit_row_that_names_file_and_line(reports: Path) -> None:
    _, folder = _parse(reports)
    rows = list(read_rows(folder / "dropped.parquet"))
    assert [(row["kind"], row["id"], row["locator"], row["rule"]) for row in rows] == [
        ("input", "reports.csv:22", "reports.csv:22", "broken_line.v1"),
        ("input", "reports.csv:23", "reports.csv:23", "missing_id.v1"),
    ]
    assert rows[0]["reason"] == "1 fields where the header has 3"


def test_a_rejected_member_of_an_archive_is_named_with_its_archive(tmp_path: Path) -> None:
    path = archive(tmp_path / "reports.tgz", [("a/1.xml", openi_report()), ("a/2.xml", b"<eCitation>")])
    counts, folder = _parse(path, source="openi")
    assert counts == {"inputs.in": 2, "inputs.kept": 1, "inputs.dropped.broken_xml.v1": 1}
    assert [row["locator"] for row in read_rows(folder / "dropped.parquet")] == ["reports.tgz:a/2.xml"]


@pytest.mark.parametrize(("limit", "kept", "dropped"), [(1, 1, 0), (20, 20, 0), (21, 20, 1), (50, 20, 2)])
def test_the_limit_counts_documents_and_rejections_together(reports: Path, limit: int, kept: int, dropped: int) -> None:
    counts, folder = _parse(reports, limit)
    assert counts["inputs.kept"] == kept
    assert counts["inputs.in"] == kept + dropped
    assert len(list(read_rows(folder / "dropped.parquet"))) == dropped


def test_a_row_that_breaks_the_documents_schema_is_refused_and_never_written(reports: Path) -> None:
    options = {**table(reports).options, "licence": ""}
    with pytest.raises(DataError, match=r"breaks the schema at \['licence'\]"):
        _parse(reports, **options)
