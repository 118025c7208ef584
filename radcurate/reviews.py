"""Corrections by people: a file of verdicts on records, which a build applies, and the sample that is drawn for it.

    radcurate inspect releases/demo/1.0.0 --for-review 50 --out reviews.csv

A CSV file with a row a record: `record_key`, `verdict` (`reject` or `fix`; `right` and nothing change nothing),
`new_output` (of a fix), `reason` and `by`. A record's key is the same through rebuilds and versions, and so is what was
said of it. With the column `output`, the answer that the reader saw, a verdict is left alone where the record has
another answer by now: it was about something that is no longer there.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radcurate.errors import UsageError, nearest
from radcurate.records import content_id

RULE = "review.v1"
NEEDED = ("record_key", "verdict", "new_output", "reason", "by")
# What the drawn sample shows beside what the reader fills in.
SHOWN = ("record_key", "task", "split", "instruction", "input", "output", "evidence", "flags", "uncertain")
VERDICTS = ("reject", "fix", "right", "")
DELIMITERS = (",", ";", "\t")
# What stands before a record's key where the audit names a section.
OUTPUT = "@output "
LONGEST_CELL = 10_000_000

Row = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What a person said of a record; `seen` is the answer that they read, None where the file does not tell."""

    record_key: str
    verdict: str
    new_output: str
    reason: str
    by: str
    seen: str | None

    def is_about(self, record: Mapping[str, Any]) -> bool:
        """False where the record has another answer by now than the one that was read; spacing, which spreadsheets
        change, aside."""
        return self.seen is None or self.seen.split() == record["output"].split()

    def told(self) -> str:
        """The reason as the audit keeps it."""
        return f"{self.reason} (rejected by {self.by})"


def load(path: Path) -> dict[str, Verdict]:
    """The verdicts that change something, by record key; `UsageError` names file, line and column."""
    found: dict[str, Verdict] = {}
    lines: dict[str, int] = {}
    for line, row in _rows(path):
        key, verdict = row["record_key"].strip(), row["verdict"].strip().lower()
        if not key:
            raise UsageError(f"{path}:{line}: `record_key` is empty")
        if verdict not in VERDICTS:
            closest = nearest(verdict, VERDICTS[:3])
            raise UsageError(f"{path}:{line}: `verdict` is {verdict!r}; nearest allowed: {closest!r} (or nothing)")
        if key in lines:
            raise UsageError(f"{path}:{line}: {key} has a verdict in line {lines[key]} already; keep one")
        lines[key] = line
        if verdict in ("reject", "fix"):
            for column in ("reason", "by", *(["new_output"] if verdict == "fix" else [])):
                if not row[column].strip():
                    raise UsageError(f"{path}:{line}: a {verdict} needs `{column}`, which is empty")
            by, reason = " ".join(row["by"].split()), " ".join(row["reason"].split())
            found[key] = Verdict(key, verdict, row["new_output"].strip(), reason, by, row.get("output"))
    return found


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line numbers and rows of the CSV file, in whatever of three forms spreadsheets write it."""
    csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            delimiter = max(DELIMITERS, key=file.readline().count)
            file.seek(0)
            reader = csv.DictReader(file, delimiter=delimiter, strict=True)
            missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
            if missing:
                raise UsageError(f"{path}: has no column `{missing[0]}`; expected {', '.join(NEEDED)}")
            for row in reader:
                if None in row or None in row.values():
                    raise UsageError(f"{path}:{reader.line_num}: has more or fewer cells than the first line")
                yield reader.line_num, row
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 at byte {error.start}; save the verdicts as UTF-8") from error
    except csv.Error as error:
        raise UsageError(f"{path}: is no CSV: {error}") from error


def fixed(record: Mapping[str, Any], verdict: Verdict) -> Row:
    """The record with the new answer; its rule says that a person gave it."""
    *before, last = record["messages"]
    row = {
        **record,
        "output": verdict.new_output,
        "messages": [*before, {**last, "content": verdict.new_output}],
        "rule": RULE,
    }
    return {**row, "record_id": content_id(row)}


def edited_row(record: Mapping[str, Any], verdict: Verdict) -> Row:
    """The row of `audit/edited` for a fix: the whole answer of the record was replaced."""
    return {
        "document_id": record["document_ids"][0],
        "section": section_of(record["record_key"]),
        "start": 0,
        "end": len(record["output"]),
        "rule": RULE,
        "replacement": verdict.new_output,
    }


def section_of(record_key: str) -> str:
    """What stands for a section in the audit of a record's answer."""
    return f"{OUTPUT}{record_key}"


def write_sample(path: Path, samples: Iterable[Mapping[str, Any]]) -> int:
    """Writes records (`record`, `split`, `documents` each) with empty cells for verdicts; returns how many."""
    if path.exists():
        raise UsageError(f"{path}: is there already; verdicts may stand in it\nGive another --out, or move it away")
    number = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*SHOWN, *(name for name in NEEDED if name not in SHOWN)], restval="")
        writer.writeheader()
        for sample in samples:
            record = sample["record"]
            row = {name: record[name] for name in SHOWN if name in record}
            row["evidence"] = " … ".join(_cited(record, sample["documents"]))
            row["flags"], row["uncertain"] = ", ".join(record["flags"]), ", ".join(record["uncertain"])
            writer.writerow({**row, "split": sample["split"]})
            number += 1
    return number


def _cited(record: Mapping[str, Any], documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The text that each piece of evidence cites; of a field its name."""
    texts = {(row["document_id"], part["name"]): part["text"] for row in documents for part in row["sections"]}
    for piece in record["evidence"]:
        text = texts.get((piece["document_id"], piece["section"]))
        yield piece["section"] if text is None else text[piece["start"] : piece["end"]]
