"""The stage `release`: tables in files of a stated size, their content hash, and no row that nobody counted."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from radcurate.documents import DOCUMENT_SCHEMA
from radcurate.errors import DataError
from radcurate.records import RECORD_SCHEMA
from radcurate.release import shards
from radcurate.tables import DROPPED_SCHEMA, EDITED_SCHEMA, ContentHash, TableWriter, dropped_row
from tests.releases import rows_of


def _drops(count: int, first: int = 0) -> list[dict]:
    return [dropped_row("input", f"file:{number}", "broken_line.v1", "bad") for number in range(first, first + count)]


def _feed(folder: Path, rows: list[dict]) -> Path:
    folder.mkdir()
    with TableWriter(folder / "dropped.parquet", DROPPED_SCHEMA) as writer:
        for row in rows:
            writer.write(row)
    return folder


@pytest.mark.parametrize(
    ("rows", "files"), [(0, 1), (1, 1), (99_999, 1), (100_000, 1), (100_001, 2), (200_000, 2), (200_001, 3)]
)
def test_a_file_holds_up_to_100_000_rows_and_an_empty_table_has_one(rows: int, files: int) -> None:
    assert shards.file_count(rows) == files


def test_file_names_are_those_of_the_hub() -> None:
    assert shards.file_name("train", 0, 1) == "train-00000-of-00001.parquet"
    assert shards.file_name("validation", 11, 12) == "validation-00011-of-00012.parquet"


def test_rows_keep_their_order_through_files_and_feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "ROWS_PER_FILE", 3)
    feeds = [_feed(tmp_path / "a", _drops(2)), _feed(tmp_path / "b", []), _feed(tmp_path / "c", _drops(5, 2))]
    out = tmp_path / "out"
    out.mkdir()
    counts = shards.write_audit(feeds, out, {"dropped": 7, "edited": 0})
    assert [path.name for path in sorted((out / "audit").glob("dropped-*"))] == [
        "dropped-00000-of-00003.parquet",
        "dropped-00001-of-00003.parquet",
        "dropped-00002-of-00003.parquet",
    ]
    assert rows_of(out, "audit/dropped") == _drops(7)
    assert counts == {"rows.audit.dropped": 7, "rows.audit.edited": 0}


def test_the_content_hash_is_that_of_all_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "ROWS_PER_FILE", 3)
    out = tmp_path / "out"
    out.mkdir()
    shards.write_audit([_feed(tmp_path / "a", _drops(7))], out, {"dropped": 7, "edited": 0})
    expected = ContentHash()
    for row in reversed(_drops(7)):
        expected.add(row)
    content = json.loads((out / shards.CONTENT).read_text())
    assert content == {"audit/dropped": expected.hexdigest(), "audit/edited": ContentHash().hexdigest()}


@pytest.mark.parametrize("counted", [2, 4])
def test_rows_that_the_stages_did_not_count_stop_the_build(tmp_path: Path, counted: int) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(DataError, match=rf"audit/dropped: the stages counted {counted} rows"):
        shards.write_audit([_feed(tmp_path / "a", _drops(3))], out, {"dropped": counted, "edited": 0})


def test_empty_tables_have_their_schema(tmp_path: Path) -> None:
    shards.write_folder([], tmp_path, {"table": "documents", "rows": 0})
    shards.write_folder([], tmp_path, {"table": "audit", "dropped": 0, "edited": 0})
    shards.write_folder([], tmp_path, {"table": "records", "task": "nli", "train": 0, "validation": 0, "test": 0})
    schemas = {
        path.relative_to(tmp_path).as_posix(): pq.read_schema(path) for path in sorted(tmp_path.rglob("*.parquet"))
    }
    assert schemas == {
        "audit/dropped-00000-of-00001.parquet": DROPPED_SCHEMA,
        "audit/edited-00000-of-00001.parquet": EDITED_SCHEMA,
        "documents/documents-00000-of-00001.parquet": DOCUMENT_SCHEMA,
        "nli/test-00000-of-00001.parquet": RECORD_SCHEMA,
        "nli/train-00000-of-00001.parquet": RECORD_SCHEMA,
        "nli/validation-00000-of-00001.parquet": RECORD_SCHEMA,
    }


def test_files_are_written_for_the_hub(demo_release: Path) -> None:
    metadata = pq.read_metadata(demo_release / "impression" / "train-00000-of-00001.parquet")
    column = metadata.row_group(0).column(0)
    assert column.compression == "ZSTD"
    assert column.has_offset_index
    assert column.has_column_index
