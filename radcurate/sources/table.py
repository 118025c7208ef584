"""Source `table`: reports in CSV, JSONL or Parquet files, by the column map of the recipe.

A line that is broken is rejected with its number, and the rest goes on; a file that cannot be read at all, or lacks a
column that the recipe names, is refused before anything is written.
"""

import codecs
import csv
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from radcurate.documents import REPORT_SECTIONS, Document, Patient, Section
from radcurate.errors import DataError, UsageError, nearest
from radcurate.licences import licence_url
from radcurate.sources import Rejected, SourceSpec, has_surrogates
from radcurate.sources.headings import cut_report
from radcurate.splits import ALIASES

FORMATS = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
LARGEST_FIELD = 10_000_000
FOREIGN_BOMS = {codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}

Row = Mapping[str, Any]


def check(path: Path, spec: SourceSpec) -> None:
    """Refuses an empty file, an unknown format, a wrong encoding and a missing column."""
    kind = _format(path, spec)
    if kind == "parquet":
        try:
            columns = pq.read_schema(path).names
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{path}: is no Parquet file, or a damaged one: {error}") from error
    else:
        _check_encoding(path, spec)
        columns = _jsonl_columns(path, spec) if kind == "jsonl" else _csv_columns(path, spec)
    for target, column in spec.options["columns"].items():
        if column not in columns:
            raise UsageError(
                f"{path}: has no column {column!r}, which `sources.{spec.name}.columns.{target}` names; "
                f"nearest: {nearest(column, columns)!r} (of {', '.join(columns)})"
            )


def read(path: Path, spec: SourceSpec) -> Iterator[Document | Rejected]:
    """One document or rejection for each row; a locator is `file:line` (Parquet: `file:row`), both from 1."""
    reader = {"csv": _read_csv, "jsonl": _read_jsonl, "parquet": _read_parquet}[_format(path, spec)]
    try:
        for line, row in reader(path, spec):
            yield row if isinstance(row, Rejected) else _document(row, f"{path.name}:{line}", spec)
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not {error.encoding} at byte {error.start}: {error.reason}") from error


def _format(path: Path, spec: SourceSpec) -> str:
    kind = spec.options.get("format") or FORMATS.get(path.suffix.lower())
    if kind is None:
        raise UsageError(
            f"{path}: its suffix tells no format; set `sources.{spec.name}.format` to csv, jsonl or parquet"
        )
    return str(kind)


def _check_encoding(path: Path, spec: SourceSpec) -> None:
    encoding = spec.options.get("encoding", "utf-8")
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise UsageError(f"`sources.{spec.name}.encoding` is {encoding!r}, which Python does not know") from error
    with path.open("rb") as file:
        start = file.read(4096)
    if not start.strip():
        raise DataError(f"{path}: is empty")
    foreign = next((name for bom, name in FOREIGN_BOMS.items() if start.startswith(bom)), None)
    if foreign and not encoding.lower().startswith(foreign):
        raise UsageError(
            f"{path}: is {foreign.upper()}, not {encoding}; set `sources.{spec.name}.encoding` to {foreign!r}"
        )


def _csv_columns(path: Path, spec: SourceSpec) -> list[str]:
    with _open(path, spec) as file:
        header = next(_csv_rows(file, path, spec), (0, []))[1]
    if isinstance(header, Rejected):
        raise DataError(f"{path}: its first line cannot be read: {header.reason}")
    if not header:
        raise DataError(f"{path}: is empty; a CSV file begins with a line of column names")
    return header


def _jsonl_columns(path: Path, spec: SourceSpec) -> list[str]:
    """The keys of its lines, read on until every column of the recipe was met."""
    wanted = set(spec.options["columns"].values())
    seen: dict[str, None] = {}
    for _, row in _read_jsonl(path, spec):
        if not isinstance(row, Rejected):
            seen.update(dict.fromkeys(row))
            if wanted <= seen.keys():
                break
    if not seen:
        raise DataError(f"{path}: no line of it is a JSON object")
    return list(seen)


def _open(path: Path, spec: SourceSpec) -> TextIO:
    """Opens a text file so that bytes of another encoding survive as surrogates, which `_document` rejects by line."""
    encoding = spec.options.get("encoding", "utf-8")
    name = "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
    return path.open(encoding=name, errors="surrogateescape", newline="")


def _csv_rows(file: TextIO, path: Path, spec: SourceSpec) -> Iterator[tuple[int, list[str] | Rejected]]:
    """Each row with the line it starts on; blank lines are none."""
    csv.field_size_limit(min(LARGEST_FIELD, sys.maxsize))
    default = "\t" if path.suffix.lower() == ".tsv" else ","
    reader = csv.reader(file, delimiter=spec.options.get("delimiter", default))
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, Rejected(f"{path.name}:{line}", "broken_line.v1", str(error))
            continue
        if row:
            yield line, row


def _read_csv(path: Path, spec: SourceSpec) -> Iterator[tuple[int, Row | Rejected]]:
    with _open(path, spec) as file:
        rows = _csv_rows(file, path, spec)
        header = next(rows)[1]
        for line, row in rows:
            if isinstance(header, Rejected) or isinstance(row, Rejected):
                yield line, row if isinstance(row, Rejected) else Rejected(path.name, "broken_line.v1", "has no header")
            elif len(row) != len(header):
                reason = f"{len(row)} fields where the header has {len(header)}"
                yield line, Rejected(f"{path.name}:{line}", "broken_line.v1", reason)
            else:
                yield line, dict(zip(header, row, strict=True))


def _read_jsonl(path: Path, spec: SourceSpec) -> Iterator[tuple[int, Row | Rejected]]:
    with _open(path, spec) as file:
        for line, text in enumerate(file, 1):
            if not text.strip():
                continue
            try:
                row = json.loads(text)
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


def _read_parquet(path: Path, spec: SourceSpec) -> Iterator[tuple[int, Row | Rejected]]:
    columns = sorted(set(spec.options["columns"].values()))
    line = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=1_000, columns=columns):
                for row in batch.to_pylist():
                    line += 1
                    yield line, row
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path}: is damaged after row {line}: {error}") from error


def _document(row: Row, locator: str, spec: SourceSpec) -> Document | Rejected:
    columns = spec.options["columns"]
    missing = sorted(column for column in columns.values() if column not in row)
    if columns["id"] in missing:
        return Rejected(locator, "missing_id.v1", f"has no {columns['id']!r}, which the recipe takes the id from")
    values = {target: row.get(column) for target, column in columns.items()}
    identity = _text(values["id"])
    if identity is None:
        return Rejected(locator, "missing_id.v1", f"{columns['id']!r} is empty")
    published = _text(values.get("split"))
    if published is not None and published.lower() not in ALIASES:
        return Rejected(locator, "unknown_split.v1", f"split is {published!r}; known: {', '.join(sorted(ALIASES))}")
    canonical = json.dumps(row, sort_keys=True, default=str)
    if any(has_surrogates(text) for value in values.values() for text in _texts(value)):
        return Rejected(locator, "wrong_encoding.v1", f"is not {spec.options.get('encoding', 'utf-8')}")
    licence = spec.options["licence"]
    age, sex = _text(values.get("age")), _text(values.get("sex"))
    return Document(
        document_id=f"{spec.name}:{identity}",
        source=spec.name,
        kind="report",
        title=_text(values.get("title")),
        url=_text(values.get("url")),
        licence=licence,
        licence_url=spec.options.get("licence_url") or licence_url(licence),
        authors=tuple(spec.options.get("authors", ())),
        revised=_text(values.get("revised")),
        raw_sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        group_id=f"{spec.name}:{_text(values.get('group')) or identity}",
        split=ALIASES[published.lower()] if published else None,
        systems=tuple(spec.options.get("systems", ())),
        tags=_listed(values.get("tags")),
        modality=_text(values.get("modality")) or spec.options.get("modality"),
        patient=Patient(age, sex) if age or sex else None,
        images=_listed(values.get("images")),
        sections=_sections(values),
    )


def _sections(values: Row) -> tuple[Section, ...]:
    own = {name: text for name in REPORT_SECTIONS if (text := _text(values.get(name)))}
    report = _text(values.get("report"))
    cut = tuple(section for section in cut_report(report) if section.name not in own) if report else ()
    return (*cut, *(Section(name, name.upper(), text) for name, text in own.items()))


def _text(value: Any) -> str | None:
    """A cell as text; None for an empty one. A whole number that came as a float loses its `.0`."""
    if value is None or value != value:
        return None
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return text if text.strip() else None


def _listed(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else str(value or "").split(";")
    return tuple(text for item in items if (text := str(item or "").strip()))


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
