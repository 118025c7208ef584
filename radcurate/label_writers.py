"""Writes rows with their labels as CSV, JSONL or Parquet, the format told by the suffix.

In: the input's rows and the labels of each. Out: a file that appears under its name when it is whole.
"""

import contextlib
import csv
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from radcurate.errors import UsageError
from radcurate.sources import Rejected, SourceSpec
from radcurate.sources.table_rows import FORMATS, Row, read_rows
from radcurate.tables import ROWS_PER_GROUP

PARTIAL = ".partial"


@dataclass(frozen=True)
class Columns:
    """The input's columns with their Arrow types, in order, and how many rows it has."""

    types: Mapping[str, pa.DataType]
    rows: int
    schema: pa.Schema | None = None


def scan(table: SourceSpec) -> Columns:
    """Reads the input once for its columns and the number of its rows: of a Parquet file the footer, of others all."""
    path = table.paths[0]
    kind = table.options.get("format") or FORMATS[path.suffix.lower()]
    if kind == "parquet":
        schema = pq.read_schema(path)
        return Columns(dict(zip(schema.names, schema.types, strict=True)), pq.read_metadata(path).num_rows, schema)
    types: dict[str, pa.DataType] = {}
    if kind == "csv":
        types = dict.fromkeys(table.options["columns"], pa.string())
    rows = 0
    for _, row in read_rows(path, table):
        if isinstance(row, Rejected):
            continue
        rows += 1
        if kind == "jsonl":
            for name, value in row.items():
                types[name] = _wider(types.get(name), value)
    return Columns({name: pa.string() if pa.types.is_null(kind) else kind for name, kind in types.items()}, rows)


def _wider(known: pa.DataType | None, value: Any) -> pa.DataType:
    """The Arrow type that holds `value` and what came before; strings hold anything, as JSON where it is no string."""
    own = pa.string()
    if value is None:
        own = pa.null()
    elif isinstance(value, bool):
        own = pa.bool_()
    elif isinstance(value, int) and -(2**63) <= value < 2**63:
        own = pa.int64()
    elif isinstance(value, float):
        own = pa.float64()
    if known is None or known == own or pa.types.is_null(known):
        return own
    if pa.types.is_null(own):
        return known
    return pa.float64() if {known, own} == {pa.int64(), pa.float64()} else pa.string()


class Writer(ABC):
    """Writes the rows of one file."""

    @abstractmethod
    def write(self, row: Row, labels: Sequence[int | None], spans: str | None) -> None:
        """Adds a row."""

    @abstractmethod
    def finish(self) -> None:
        """Writes what is still in memory."""


class _Csv(Writer):
    def __init__(self, path: Path, columns: Columns, labels: Sequence[str], files: contextlib.ExitStack) -> None:
        delimiter = "\t" if path.suffixes[-2].lower() == ".tsv" else ","
        file = files.enter_context(path.open("w", encoding="utf-8", newline=""))
        self._names = tuple(columns.types)
        self._rows = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        self._rows.writerow((*self._names, *labels))

    def write(self, row: Row, labels: Sequence[int | None], spans: str | None) -> None:
        own = (_cell(row.get(name)) for name in self._names)
        self._rows.writerow((*own, *labels, *(() if spans is None else (spans,))))

    def finish(self) -> None:
        """Nothing is kept back."""


class _Jsonl(Writer):
    def __init__(self, path: Path, columns: Columns, labels: Sequence[str], files: contextlib.ExitStack) -> None:
        self._file = files.enter_context(path.open("w", encoding="utf-8", newline=""))
        self._names = tuple(columns.types)
        self._labels = labels

    def write(self, row: Row, labels: Sequence[int | None], spans: str | None) -> None:
        added: list[Any] = [*labels, *(() if spans is None else (json.loads(spans),))]
        own = {name: row[name] for name in self._names if name in row}
        told = {**own, **dict(zip(self._labels, added, strict=True))}
        self._file.write(f"{json.dumps(told, ensure_ascii=False, default=str)}\n")

    def finish(self) -> None:
        """Nothing is kept back."""


class _Parquet(Writer):
    def __init__(
        self, path: Path, columns: Columns, labels: Sequence[str], spans: bool, files: contextlib.ExitStack
    ) -> None:
        schema = columns.schema or pa.schema(list(columns.types.items()))
        for number, name in enumerate(labels):
            last = spans and number == len(labels) - 1
            schema = schema.append(pa.field(name, pa.string() if last else pa.int8()))
        self._schema = schema.remove_metadata()
        self._text = (
            frozenset() if columns.schema else {name for name, kind in columns.types.items() if kind == "string"}
        )
        self._labels = labels
        self._rows: list[dict[str, Any]] = []
        self._file = files.enter_context(pq.ParquetWriter(path, self._schema, compression="zstd", compression_level=3))

    def write(self, row: Row, labels: Sequence[int | None], spans: str | None) -> None:
        own = {name: _cell(value) if name in self._text and value is not None else value for name, value in row.items()}
        added: list[Any] = [*labels, *(() if spans is None else (spans,))]
        self._rows.append({**own, **dict(zip(self._labels, added, strict=True))})
        if len(self._rows) >= ROWS_PER_GROUP:
            self.finish()

    def finish(self) -> None:
        if self._rows:
            self._file.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
            self._rows = []


def _cell(value: Any) -> str:
    """A value as one cell of text: nothing as nothing, text as it is, anything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


@contextlib.contextmanager
def open_writer(out: Path, columns: Columns, labels: Sequence[str], *, spans: bool) -> Iterator[Writer]:
    """A writer whose file stands at `out` when the block ends without an error, and is not there otherwise."""
    kind = output_format(out)
    partial = out.with_name(f"{out.name}{PARTIAL}")
    try:
        with contextlib.ExitStack() as files:
            writer: Writer
            if kind == "csv":
                writer = _Csv(partial, columns, labels, files)
            elif kind == "jsonl":
                writer = _Jsonl(partial, columns, labels, files)
            else:
                writer = _Parquet(partial, columns, labels, spans, files)
            yield writer
            writer.finish()
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """A text file that stands at `path` when the block ends without an error, if anything was written to it."""
    partial = path.with_name(f"{path.name}{PARTIAL}")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            yield file
        if partial.stat().st_size:
            partial.replace(path)
        else:
            path.unlink(missing_ok=True)
    finally:
        partial.unlink(missing_ok=True)


def output_format(out: Path) -> str:
    """The format that a suffix tells; raises `UsageError` for any other."""
    kind = FORMATS.get(out.suffix.lower())
    if kind is None:
        raise UsageError(f"{out}: its suffix tells no format; name the file .csv, .tsv, .jsonl or .parquet")
    return kind
