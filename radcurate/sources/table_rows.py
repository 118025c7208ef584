"""The rows of a CSV, JSONL or Parquet file, and the names of its columns.

A row comes with its line (Parquet: its row) from 1, and as a `Rejected` where it cannot be read.
"""

import codecs
import csv
import json
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from radcurate.errors import DataError, UsageError, one_line
from radcurate.sources import Rejected, SourceSpec

FORMATS = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
LARGEST_FIELD = 10_000_000
BOM = "\ufeff"
# UTF-32 first: its mark begins like that of UTF-16.
FOREIGN_BOMS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

Row = Mapping[str, Any]
Rows = Iterator[tuple[int, Row | Rejected]]
CsvRows = Iterator[tuple[int, list[str] | Rejected]]


def column_names(path: Path, spec: SourceSpec) -> list[str]:
    """The columns of the file (of JSONL: the keys of its lines, read on until every column of the recipe was met).

    Raises `UsageError` for an unknown format or another encoding, `DataError` for an empty or damaged file.
    """
    kind = _format(path, spec)
    if kind == "parquet":
        try:
            return list(pq.read_schema(path).names)
        except (pa.ArrowException, OSError, UnicodeError) as error:
            raise DataError(f"{path}: is no Parquet file, or a damaged one: {one_line(error)}") from error
    _check_encoding(path, spec)
    try:
        return _jsonl_columns(path, spec) if kind == "jsonl" else _csv_columns(path, spec)
    except UnicodeError as error:
        raise _undecodable(path, 0, error) from error


def read_rows(path: Path, spec: SourceSpec) -> Rows:
    """Every row of the file; raises `DataError` where it cannot be read any further."""
    reader = {"csv": _read_csv, "jsonl": _read_jsonl, "parquet": _read_parquet}[_format(path, spec)]
    line = 0
    try:
        for line, row in reader(path, spec):
            yield line, row
    except UnicodeError as error:
        raise _undecodable(path, line, error) from error


def _format(path: Path, spec: SourceSpec) -> str:
    kind = spec.options.get("format") or FORMATS.get(path.suffix.lower())
    if kind is None:
        raise UsageError(f"{path}: its suffix tells no format; set `{spec.key('format')}` to csv, jsonl or parquet")
    return str(kind)


def _check_encoding(path: Path, spec: SourceSpec) -> None:
    encoding = spec.options.get("encoding", "utf-8")
    try:
        codec = codecs.lookup(encoding).name
        "".encode(encoding)
    except (LookupError, ValueError) as error:
        raise UsageError(f"`{spec.key('encoding')}` is {encoding!r}, no text encoding of Python") from error
    with path.open("rb") as file:
        start = file.read(4096)
    if not start.strip():
        raise DataError(f"{path}: is empty")
    foreign = next((name for bom, name in FOREIGN_BOMS.items() if start.startswith(bom)), None)
    if foreign and not codec.startswith(foreign):
        raise UsageError(f"{path}: is {foreign.upper()}, not {encoding}; set `{spec.key('encoding')}` to {foreign!r}")


def _undecodable(path: Path, line: int, error: UnicodeError) -> DataError:
    return DataError(f"{path}: cannot be decoded after line {line}: {error}")


def _csv_columns(path: Path, spec: SourceSpec) -> list[str]:
    if spec.options.get("delimiter", ",") in '"\r\n':
        raise UsageError(f"`{spec.key('delimiter')}` is {spec.options['delimiter']!r}, which cannot part columns")
    with _open(path, spec) as file:
        return _header(_csv_rows(file, path, spec), path)


def _header(rows: CsvRows, path: Path) -> list[str]:
    header = next(rows, (0, []))[1]
    if isinstance(header, Rejected):
        raise DataError(f"{path}: its first line cannot be read: {header.reason}")
    if not header:
        raise DataError(f"{path}: is empty; a CSV file begins with a line of column names")
    return header


def _jsonl_columns(path: Path, spec: SourceSpec) -> list[str]:
    wanted = set(spec.options["columns"].values())
    seen: dict[str, None] = {}
    for _, row in _read_jsonl(path, spec):
        if not isinstance(row, Rejected):
            seen.update(dict.fromkeys(row))
            if wanted <= seen.keys():
                break
    if not seen:
        raise DataError(f"{path}: no line of it is a JSON object with a key")
    return list(seen)


def _open(path: Path, spec: SourceSpec) -> TextIO:
    """Opens a text file so that bytes of another encoding survive as surrogates, which `_document` rejects by line."""
    return path.open(encoding=spec.options.get("encoding", "utf-8"), errors="surrogateescape", newline="")


class _Lines:
    """The lines of a CSV file without its byte order mark; a broken record gives all but its first line back."""

    def __init__(self, file: TextIO) -> None:
        self.number = 0
        self._fresh = file
        self._back: deque[str] = deque()
        self._record: list[str] = []

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._fresh)
        self.number += 1
        self._record.append(line)
        return line if self.number > 1 else line.removeprefix(BOM)

    def begin_record(self) -> int:
        """The number of the line that comes next."""
        self._record = []
        return self.number + 1

    def give_back(self) -> None:
        """All lines since `begin_record` but the first come again."""
        self._back.extendleft(reversed(self._record[1:]))
        self.number -= len(self._record) - 1


def _csv_rows(file: TextIO, path: Path, spec: SourceSpec) -> CsvRows:
    """Each row with the line it starts on; blank lines are none.

    Of a record that breaks (a quote that never closes, say) only the first line is given up: read on from its end, it
    would take others with it, or two reports would be one.
    """
    csv.field_size_limit(LARGEST_FIELD)
    delimiter = spec.options.get("delimiter", "\t" if path.suffix.lower() == ".tsv" else ",")
    lines = _Lines(file)
    while True:
        line = lines.begin_record()
        try:
            row = next(csv.reader(lines, delimiter=delimiter, strict=True))
        except StopIteration:
            return
        except csv.Error as error:
            lines.give_back()
            yield line, Rejected(f"{path.name}:{line}", "broken_line.v1", str(error))
            continue
        if row:
            yield line, row


def _read_csv(path: Path, spec: SourceSpec) -> Rows:
    with _open(path, spec) as file:
        rows = _csv_rows(file, path, spec)
        header = _header(rows, path)
        for line, row in rows:
            if isinstance(row, Rejected):
                yield line, row
            elif len(row) != len(header):
                reason = f"{len(row)} fields where the header has {len(header)}"
                yield line, Rejected(f"{path.name}:{line}", "broken_line.v1", reason)
            else:
                yield line, dict(zip(header, row, strict=True))


def _read_jsonl(path: Path, spec: SourceSpec) -> Rows:
    with _open(path, spec) as file:
        for line, text in enumerate(file, 1):
            if not text.strip():
                continue
            try:
                row = json.loads(text.removeprefix(BOM))
            except (ValueError, RecursionError) as error:
                yield line, Rejected(f"{path.name}:{line}", "broken_line.v1", f"is no JSON: {error}")
                continue
            if isinstance(row, dict):
                yield line, row
            else:
                yield (
                    line,
                    Rejected(f"{path.name}:{line}", "broken_line.v1", f"is a JSON {type(row).__name__}, no object"),
                )


def _read_parquet(path: Path, spec: SourceSpec) -> Rows:
    columns = sorted(set(spec.options["columns"].values()))
    line = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=1_000, columns=columns):
                for row in _parquet_rows(batch):
                    line += 1
                    yield line, Rejected(f"{path.name}:{line}", "broken_line.v1", row) if isinstance(row, str) else row
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path}: is damaged after row {line}: {one_line(error)}") from error


def _parquet_rows(batch: pa.RecordBatch) -> Iterator[Row | str]:
    """The rows of a batch; for one that Python cannot hold (text that is no UTF-8, a date out of range) the reason."""
    try:
        yield from batch.to_pylist()
    except (ValueError, OverflowError) as error:
        if batch.num_rows == 1:
            yield f"cannot be read: {error}"
        else:
            for index in range(batch.num_rows):
                yield from _parquet_rows(batch.slice(index, 1))
