"""Parquet files, written so that the same rows give the same bytes.

zstd level 3, page index and content-defined chunking (a new version re-uploads only what changed). Rows are checked
against the JSON Schema of their table before they are written: pyarrow itself lets nulls pass in a field marked
non-nullable and drops unknown keys.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import jsonschema_rs
import pyarrow as pa
import pyarrow.parquet as pq

from radcurate.errors import DataError

ROWS_PER_GROUP = 2_000

DROPPED_SCHEMA = pa.schema(
    [
        pa.field("kind", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("locator", pa.string()),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("kept_id", pa.string()),
        pa.field("similarity", pa.float64()),
    ]
)

EDITED_SCHEMA = pa.schema(
    [
        pa.field("document_id", pa.string(), nullable=False),
        pa.field("section", pa.string(), nullable=False),
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("replacement", pa.string(), nullable=False),
    ]
)


def dropped_row(
    kind: str,
    identity: str,
    rule: str,
    reason: str,
    *,
    locator: str | None = None,
    kept_id: str | None = None,
    similarity: float | None = None,
) -> dict[str, Any]:
    """A row of `audit/dropped`: `kind` is input, document or record."""
    return {
        "kind": kind,
        "id": identity,
        "locator": locator,
        "rule": rule,
        "reason": reason,
        "kept_id": kept_id,
        "similarity": similarity,
    }


def refuse_faulty(row: Mapping[str, Any], validator: jsonschema_rs.Validator, name: str) -> None:
    """Raises `DataError` for a row that breaks the JSON Schema of the table in the file of that name, with its first
    fault."""
    if not validator.is_valid(row):
        fault = next(validator.iter_errors(row))
        raise DataError(f"{name}: a row breaks the schema at {list(fault.instance_path)}: {fault.message}")


class TableWriter:
    """Writes rows to one Parquet file in groups of `rows_per_group`; `rows` counts them. Use it in a `with`.

    With `handed` the file is one that a later stage reads once and whole: it is written without what serves to find
    something in it (statistics, page index) or to store it (dictionaries, chunks by content).
    """

    def __init__(
        self,
        path: Path,
        schema: pa.Schema,
        validator: jsonschema_rs.Validator | None = None,
        rows_per_group: int = ROWS_PER_GROUP,
        *,
        handed: bool = False,
    ) -> None:
        self.rows = 0
        self._path = path
        self._schema = schema
        self._validator = validator
        self._rows_per_group = rows_per_group
        self._buffer: list[Mapping[str, Any]] = []
        self._waiting: list[pa.Table] = []
        self._file = pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            compression_level=3,
            use_content_defined_chunking=not handed,
            use_dictionary=not handed,
            write_statistics=not handed,
            write_page_index=not handed,
        )

    def write(self, row: Mapping[str, Any]) -> None:
        """Adds one row; a row that breaks the table's JSON Schema is an error that names its first fault."""
        if self._validator is not None:
            refuse_faulty(row, self._validator, self._path.name)
        self._buffer.append(row)
        self.rows += 1
        if len(self._buffer) >= self._rows_per_group:
            self.end_group()

    def write_table(self, table: pa.Table) -> None:
        """Adds rows that were checked before; a file takes either rows or tables."""
        self._waiting.append(table)
        self.rows += table.num_rows
        while sum(waiting.num_rows for waiting in self._waiting) >= self._rows_per_group:
            whole = pa.concat_tables(self._waiting)
            self._waiting = [whole.slice(self._rows_per_group)]
            self._file.write_table(whole.slice(0, self._rows_per_group).combine_chunks())

    def end_group(self) -> None:
        """Ends the group of rows; one without any leaves no trace."""
        if self._buffer:
            self._file.write_table(pa.Table.from_pylist(self._buffer, schema=self._schema))
            self._buffer = []
        elif any(waiting.num_rows for waiting in self._waiting):
            self._file.write_table(pa.concat_tables(self._waiting).combine_chunks())
            self._waiting = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.end_group()
        self._file.close()


def read_rows(path: Path, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a Parquet file, one batch in memory at a time."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=ROWS_PER_GROUP, columns=columns):
            yield from batch.to_pylist()


def count_rows(path: Path) -> int:
    """How many rows a Parquet file holds, from its footer."""
    return int(pq.read_metadata(path).num_rows)


class ContentHash:
    """An order-free hash of a table: the sum, modulo 2^256, of the sha256 of each row's canonical JSON."""

    def __init__(self) -> None:
        self._sum = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Counts one row in; equal rows count as often as they come."""
        canonical = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        self._sum += int.from_bytes(hashlib.sha256(canonical.encode()).digest(), "big")

    def hexdigest(self) -> str:
        """64 hex digits."""
        return f"{self._sum % 2**256:064x}"


def file_sha256(path: Path) -> str:
    """The sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
