"""Parquet files: the same rows give the same bytes, and a row that breaks the contract is refused."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate import schemas
from radcurate.documents import DOCUMENT_SCHEMA
from radcurate.errors import DataError
from radcurate.tables import DROPPED_SCHEMA, ContentHash, TableWriter, count_rows, dropped_row, read_rows

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
