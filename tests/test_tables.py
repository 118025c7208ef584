"""Parquet files: the same rows give the same bytes, and a row that breaks the contract is refused."""

import hashlib

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate import schemas
from radcurate.documents import DOCUMENT_SCHEMA
from radcurate.errors import DataError
from radcurate.tables import DROPPED_SCHEMA, ContentHash, TableWriter, count_rows, dropped_row, read_rows
from tests.test_documents import REPORT

ROWS = [dropped_row("document", f"demo:r{number}", "empty_document.v1", "no text") for number in range(4_500)]


def write(path, rows, **options):
    with TableWriter(path, DROPPED_SCHEMA, **options) as writer:
        for row in rows:
            writer.write(row)
    return path


def test_the_same_rows_give_the_same_bytes(tmp_path):
    assert write(tmp_path / "one.parquet", ROWS).read_bytes() == write(tmp_path / "two.parquet", ROWS).read_bytes()


def test_what_was_written_is_read_back_in_order(tmp_path):
    path = write(tmp_path / "rows.parquet", ROWS, rows_per_group=1_000)
    assert list(read_rows(path)) == ROWS
    assert count_rows(path) == len(ROWS)


def test_an_empty_table_keeps_its_columns(tmp_path):
    path = write(tmp_path / "empty.parquet", [])
    assert pa.parquet.read_schema(path).equals(DROPPED_SCHEMA)
    assert list(read_rows(path)) == []


def test_a_row_that_breaks_its_schema_is_refused_by_name(tmp_path):
    writer = TableWriter(tmp_path / "documents.parquet", DOCUMENT_SCHEMA, schemas.validator("document"))
    with pytest.raises(DataError, match=r"documents.parquet: a row breaks the schema.*document_id"), writer:
        writer.write({"source": "demo"})


@pytest.mark.parametrize("wrong", [{"licence": None}, {"kind": "letter"}, {"more": 1}, {"raw_sha256": "0"}])
def test_every_fault_of_a_row_is_seen_before_it_is_written(tmp_path, wrong):
    with TableWriter(tmp_path / "t.parquet", DOCUMENT_SCHEMA, schemas.validator("document")) as writer:
        with pytest.raises(DataError, match=r"t\.parquet: a row breaks the schema"):
            writer.write({**REPORT.row(), **wrong})
        writer.write(REPORT.row())
    assert (writer.rows, list(read_rows(tmp_path / "t.parquet"))) == (1, [REPORT.row()])


def test_columns_are_read_by_name(tmp_path):
    path = write(tmp_path / "rows.parquet", ROWS[:2])
    assert list(read_rows(path, ["id"])) == [{"id": "demo:r0"}, {"id": "demo:r1"}]


def test_the_content_hash_of_no_rows_and_of_one_are_pinned():
    content = ContentHash()
    assert content.hexdigest() == "0" * 64
    content.add({"b": [1, None], "a": "ä"})
    assert content.hexdigest() == hashlib.sha256('{"a":"ä","b":[1,null]}'.encode()).hexdigest()


@given(st.lists(st.sampled_from(ROWS[:5]), max_size=8), st.randoms())
def test_the_content_hash_knows_no_order_but_counts_repeats(rows, random):
    def digest(some):
        content = ContentHash()
        for row in some:
            content.add(row)
        return content.hexdigest()

    shuffled = random.sample(rows, len(rows))
    assert digest(rows) == digest(shuffled)
    assert digest([*rows, ROWS[0]]) != digest(rows)
    assert digest([*rows, ROWS[0], ROWS[0]]) != digest(rows)
