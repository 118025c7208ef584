"""Source `table`: reports in CSV, JSONL or Parquet files, by the column map of the recipe.

A line that is broken is rejected with its number, and the rest goes on; a file that cannot be read at all, or lacks a
column that the recipe names, is refused before anything is written.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from radcurate.documents import REPORT_SECTIONS, Document, Patient, Section
from radcurate.errors import DataError, UsageError, nearest
from radcurate.licences import licence_url
from radcurate.sources import Rejected, SourceSpec, has_surrogates
from radcurate.sources.headings import cut_report
from radcurate.sources.table_rows import Row, column_names, read_rows
from radcurate.splits import ALIASES

LISTS = ("tags", "images")
# Of a file that is no table at all, an error shows no more than this.
MOST_SHOWN, LONGEST_SHOWN = 20, 40


def check(path: Path, spec: SourceSpec) -> None:
    """Refuses an empty file, an unknown format, a wrong encoding and a missing column."""
    columns = column_names(path, spec)
    if not columns:
        raise DataError(f"{path}: has no columns")
    for target, column in spec.options["columns"].items():
        if column not in columns:
            raise UsageError(
                f"{path}: has no column {column!r}, which `sources.{spec.name}.columns.{target}` names; "
                f"nearest: '{_shown([nearest(column, columns)])}' (of {_shown(columns)})"
            )
        if columns.count(column) > 1:
            raise DataError(f"{path}: has {columns.count(column)} columns {column!r}; one column needs one name")


def read(path: Path, spec: SourceSpec) -> Iterator[Document | Rejected]:
    """One document or rejection for each row; a locator is `file:line` (Parquet: `file:row`), both from 1."""
    for line, row in read_rows(path, spec):
        yield row if isinstance(row, Rejected) else _document(row, f"{path.name}:{line}", spec)


def _shown(names: Sequence[str]) -> str:
    """Column names as an error prints them: cut, and what no terminal can show spelt out."""
    shown = [repr(name[:LONGEST_SHOWN])[1:-1] for name in names[:MOST_SHOWN]]
    return ", ".join(shown if len(names) <= MOST_SHOWN else [*shown, "…"])


def _document(row: Row, locator: str, spec: SourceSpec) -> Document | Rejected:
    columns = spec.options["columns"]
    if columns["id"] not in row:
        return Rejected(locator, "missing_id.v1", f"has no {columns['id']!r}, which the recipe takes the id from")
    values = {target: row.get(column) for target, column in columns.items()}
    identity = _name(values["id"])
    if identity is None:
        return Rejected(locator, "missing_id.v1", f"{columns['id']!r} is empty")
    for target, value in values.items():
        if not _fits(value, target):
            reason = f"{columns[target]!r} holds a {type(value).__name__}, where text is expected"
            return Rejected(locator, "wrong_type.v1", reason)
    published = _name(values.get("split"))
    if published is not None and published.lower() not in ALIASES:
        reason = f"split is {published[:LONGEST_SHOWN]!r}; known: {', '.join(sorted(ALIASES))}"
        return Rejected(locator, "unknown_split.v1", reason)
    canonical = json.dumps(row, sort_keys=True, default=str)
    if any(has_surrogates(text) for value in values.values() for text in _texts(value)):
        return Rejected(locator, "wrong_encoding.v1", f"is not {spec.options.get('encoding', 'utf-8')}")
    licence = spec.options["licence"]
    age, sex = _name(values.get("age")), _name(values.get("sex"))
    return Document(
        document_id=f"{spec.name}:{identity}",
        source=spec.name,
        kind="report",
        title=_name(values.get("title")),
        url=_name(values.get("url")),
        licence=licence,
        licence_url=spec.options.get("licence_url") or licence_url(licence),
        authors=tuple(spec.options.get("authors", ())),
        revised=_name(values.get("revised")),
        raw_sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        group_id=f"{spec.name}:{_name(values.get('group')) or identity}",
        split=ALIASES[published.lower()] if published else None,
        systems=tuple(spec.options.get("systems", ())),
        tags=_listed(values.get("tags")),
        modality=_name(values.get("modality")) or spec.options.get("modality"),
        patient=Patient(age, sex) if age or sex else None,
        images=_listed(values.get("images")),
        sections=_sections(values),
    )


def _sections(values: Row) -> tuple[Section, ...]:
    own = {name: text for name in REPORT_SECTIONS if (text := _text(values.get(name)))}
    report = _text(values.get("report"))
    cut = tuple(section for section in cut_report(report) if section.name not in own) if report else ()
    return (*cut, *(Section(name, name.upper(), text) for name, text in own.items()))


def _fits(value: Any, target: str) -> bool:
    """True for what can be told as text; of lists (of such) only tags and images."""
    if isinstance(value, list) and target in LISTS:
        return all(_fits(item, "") for item in value)
    return not isinstance(value, (list, tuple, dict, bytes))


def _text(value: Any) -> str | None:
    """A cell as text; None for an empty one. A whole number that came as a float loses its `.0`."""
    if value is None or value != value:
        return None
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return text if text.strip() else None


def _name(value: Any) -> str | None:
    """A cell that names something: spaces around it are none of it."""
    text = _text(value)
    return text.strip() if text else None


def _listed(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else str(value or "").split(";")
    return tuple(text for item in items if (text := str(item or "").strip()))


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
