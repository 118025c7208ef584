"""Labels a table of reports: CSV, JSONL or Parquet in, the same rows and a column for each label out.

In: the columns that hold the text of a report. Out: the input's columns as they are, then one a label (present 1,
absent 0, uncertain -1, not mentioned empty), then with `spans` the evidence as JSON. Some hundred rows are in memory at
a time; the file stands under its name when it is whole. What cannot be read as a row goes to
`<out>.rejected.jsonl` with its place and the reason.
"""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from radcurate.engines.local import mapped
from radcurate.errors import DataError, UsageError, nearest
from radcurate.label_writers import Columns, open_writer, output_format, scan, whole_file
from radcurate.language.labels import Labelled, label_texts, names_of, with_uncertain
from radcurate.language.report_parts import headings
from radcurate.sources import Rejected, SourceSpec, has_surrogates
from radcurate.sources.table_rows import Row, column_names, read_rows

ROWS_A_PIECE = 200
SPANS = "spans"
WORDS = {1: "present", 0: "absent", -1: "uncertain", None: "not_mentioned"}


class TableSpec(SourceSpec):
    """A table named on the command line: errors name its options."""

    def key(self, option: str) -> str:
        """The option of the command line."""
        return f"--{option}"


@dataclass(frozen=True)
class Job:
    """What is asked: the table and its columns of text, a label set, and how labels are written."""

    table: SourceSpec
    columns: tuple[str, ...]
    label_set: str
    uncertain: str = "keep"
    spans: bool = False
    prefix: str = ""

    @property
    def path(self) -> Path:
        """The input."""
        return self.table.paths[0]

    def added(self) -> tuple[str, ...]:
        """The names of the columns that are added."""
        named = (*names_of(self.label_set), *((SPANS,) if self.spans else ()))
        return tuple(f"{self.prefix}{name}" for name in named)


class Counts(NamedTuple):
    """What became of a table: rows written, those of them without text or with something else in its place, lines that
    are no rows, reports that contradict themselves, and for each label how many rows have which value."""

    rows: int
    empty: int
    not_text: int
    rejected: int
    contradicting: int
    labels: Mapping[str, Mapping[str, int]]


def job(path: Path, columns: Sequence[str], label_set: str, options: Mapping[str, Any], **how: Any) -> Job:
    """A job that can be done; raises `UsageError` or `DataError` for what is wrong with the table or the columns."""
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file\nWhat to do: name a CSV, JSONL or Parquet file of reports")
    columns = tuple(dict.fromkeys(columns))
    table = TableSpec("input", "table", (path,), {**options, "columns": dict(zip(columns, columns, strict=True))})
    there = column_names(path, table)
    for name in columns:
        if name not in there:
            shown = ", ".join(repr(one[:40]) for one in there[:20])
            raise UsageError(
                f"{path}: has no column {name!r}; nearest: {nearest(name, there)[:40]!r}\n"
                f"What to do: give --column the name of the column of the reports' text (of {shown})"
            )
        if headings().get(name.strip().lower().replace("_", " ")) == "other":
            raise UsageError(
                f"--column {name}: under that name stands why or how images were made, which makes no finding\n"
                "What to do: name the columns of findings and impression, or of whole reports"
            )
    if repeated := sorted(name for name, number in Counter(there).items() if number > 1):
        raise DataError(f"{path}: has several columns {repeated[0]!r}; one column needs one name")
    asked = Job(table, columns, label_set, **how)
    _refuse_clash(asked, there)
    # CSV and Parquet rows are read whole, so that every column is carried over.
    whole = TableSpec("input", "table", (path,), {**options, "columns": dict(zip(there, there, strict=True))})
    return Job(whole, columns, label_set, **how)


def check_out(asked: Job, out: Path) -> None:
    """Raises `UsageError` where labels cannot be written to `out`."""
    output_format(out)
    if not out.absolute().parent.is_dir():
        raise UsageError(f"{out}: there is no folder {out.parent}\nWhat to do: make it, or name another --out")
    if out.exists() and out.samefile(asked.path):
        raise UsageError(f"{out}: is the input itself\nWhat to do: name another --out")


def label_table(
    asked: Job, columns: Columns, out: Path, workers: int, advance: Callable[[int], None] = lambda rows: None
) -> Counts:
    """Writes `out` and returns the counts; `columns` is what `scan` says of the input, and `advance` hears how many
    rows were written."""
    check_out(asked, out)
    _refuse_clash(asked, columns.types)
    counted: Counter[str] = Counter()
    values: dict[str, Counter[str]] = {name: Counter() for name in names_of(asked.label_set)}
    rejects = out.with_name(f"{out.name}.rejected.jsonl")
    with open_writer(out, columns, asked.added(), spans=asked.spans) as writer, whole_file(rejects) as rejected:
        for piece in mapped(_Labeller(asked), _pieces(asked, rejected, counted), workers):
            for row, made in piece:
                writer.write(row, made.values, made.spans)
                counted[made.state] += 1
                counted["contradicting"] += made.contradicts
                for found, value in zip(values.values(), made.values, strict=True):
                    found[WORDS[value]] += 1
            advance(len(piece))
    rows = sum(counted[state] for state in ("labelled", "empty", "not_text"))
    labels = {name: dict(sorted(found.items())) for name, found in values.items()}
    return Counts(rows, counted["empty"], counted["not_text"], counted["rejected"], counted["contradicting"], labels)


def first_texts(asked: Job, number: int) -> Iterator[dict[str, str]]:
    """The texts of the first rows that can be read."""
    rows = (row for row in _rows(asked) if not isinstance(row, Rejected))
    return (_texts(row, asked.columns)[0] for row in itertools.islice(rows, number))


class _Made(NamedTuple):
    """What was made of a row: `state` is labelled, empty or not_text."""

    values: tuple[int | None, ...]
    spans: str | None
    state: str
    contradicts: bool


@dataclass(frozen=True)
class _Labeller:
    """Labels a piece of rows; it is what a worker process runs."""

    asked: Job

    def __call__(self, rows: list[Row]) -> list[tuple[Row, _Made]]:
        return [(row, self._made(row)) for row in rows]

    def _made(self, row: Row) -> _Made:
        texts, state = _texts(row, self.asked.columns)
        found = label_texts(texts, self.asked.label_set)
        values = tuple(with_uncertain(one.value, self.asked.uncertain) for one in found.values())
        spans = evidence(found) if self.asked.spans else None
        return _Made(values, spans, state, any(one.conflict is not None for one in found.values()))


def _texts(row: Row, columns: Sequence[str]) -> tuple[dict[str, str], str]:
    """The texts of a row by their columns, and what the row is: labelled, empty or not_text."""
    values = {name: row.get(name) for name in columns}
    texts = {name: value for name, value in values.items() if isinstance(value, str) and value.strip()}
    if texts:
        return texts, "labelled"
    other = any(value is not None and value == value and not isinstance(value, str) for value in values.values())
    return {}, "not_text" if other else "empty"


def evidence(found: Mapping[str, Labelled]) -> str:
    """The evidence of each label that has any, as JSON."""
    told = {
        name: {"conflict": one.conflict, "evidence": [_piece(piece._asdict()) for piece in one.evidence]}
        for name, one in found.items()
        if one.evidence
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _piece(piece: dict[str, Any]) -> dict[str, Any]:
    """A mention under the names of a table: the part of a report is a column."""
    return {"column": piece.pop("part"), **piece}


def _pieces(asked: Job, rejected: TextIO, counted: Counter[str]) -> Iterator[list[Row]]:
    """The rows in pieces; what is none is written to `rejected` and counted."""
    piece: list[Row] = []
    for row in _rows(asked):
        if isinstance(row, Rejected):
            rejected.write(f"{json.dumps(asdict(row), sort_keys=True)}\n")
            counted["rejected"] += 1
            continue
        piece.append(row)
        if len(piece) == ROWS_A_PIECE:
            yield piece
            piece = []
    if piece:
        yield piece


def _rows(asked: Job) -> Iterator[Row | Rejected]:
    for line, row in read_rows(asked.path, asked.table):
        if not isinstance(row, Rejected) and any(isinstance(one, str) and has_surrogates(one) for one in row.values()):
            encoding = asked.table.options.get("encoding", "utf-8")
            yield Rejected(f"{asked.path.name}:{line}", "wrong_encoding.v1", f"is not {encoding}")
        else:
            yield row


def _refuse_clash(asked: Job, there: Sequence[str] | Mapping[str, Any]) -> None:
    if clashing := [name for name in asked.added() if name in there]:
        raise UsageError(
            f"{asked.path}: has columns {', '.join(map(repr, clashing))} already, where labels would be written\n"
            "What to do: rename them there, or put a word before the labels' names, as in --prefix radcurate_"
        )


__all__ = ["Columns", "Counts", "Job", "check_out", "evidence", "first_texts", "job", "label_table", "scan"]
