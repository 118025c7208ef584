"""How much of what could lead to a person goes, how much else goes with it, and how fast each rule is.

    .venv/bin/python -m benchmarks.deidentify [--rounds 3]

In: the planted identifiers and look-alikes of `tests/cleaning/sets`, and those held out, that were written after the
rules; for speed the reports of the demo, repeated. Out: on stdout recall by label, false alarms, documents/s by rule.

An identifier is gone when every letter and digit of it lies within an edit; words in lower case of a name or date
("van", "of") may stand. A false alarm is a look-alike text in which anything was edited. Aims: recall 0.99, false
alarms 1%.
"""

import argparse
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import radcurate.demo
from radcurate.cleaning import TextRule, deidentify
from radcurate.cleaning.apply import Audited, clean_document
from radcurate.documents import Document, Section

SETS = Path(__file__).parent.parent / "tests/cleaning/sets"
PAIRS = (
    ("identifiers", "lookalikes"),
    ("identifiers_held_out", "lookalikes_held_out"),
    ("identifiers_held_out2", "lookalikes_held_out2"),
    ("identifiers_held_out3", "lookalikes_held_out3"),
)
FACILITY = "facility"
REPEATED = 20

RULES = [rule for rule in deidentify.RULES if isinstance(rule, TextRule)]
_RUN = re.compile(r"[^\W_]+")

Row = dict[str, Any]


@dataclass(frozen=True)
class Measured:
    """Identifiers by label, those gone and missed; edits outside any; look-alikes, those edited, keeps lost."""

    planted: Counter[str]
    gone: Counter[str]
    missed: list[tuple[str, str, str]]
    beyond: list[tuple[str, str, str]]
    texts: int
    alarms: list[tuple[str, str]]
    lost: list[tuple[str, str]]

    def recall(self, labels: Iterable[str] | None = None) -> float:
        """The share of identifiers gone, of these labels or all."""
        chosen = set(self.planted if labels is None else labels)
        planted = sum(count for label, count in self.planted.items() if label in chosen)
        return sum(count for label, count in self.gone.items() if label in chosen) / planted

    @property
    def false_alarms(self) -> float:
        """The share of look-alike texts that were edited."""
        return len(self.alarms) / self.texts


def rows(name: str) -> list[Row]:
    """The lines of a planted set."""
    return [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def document(row: Row) -> Document:
    """A document of one section that holds the row's text."""
    section = Section(row["section"], row["section"].upper(), row["text"])
    return Document(row["id"], "planted", row["kind"], "CC0-1.0", "0" * 64, row["id"], (section,))


def measure(identifiers: Sequence[Row], lookalikes: Sequence[Row]) -> Measured:
    """Runs all rules over both sets."""
    measured = Measured(Counter(), Counter(), [], [], len(lookalikes), [], [])
    for row in identifiers:
        _, edits, _ = clean_document(document(row), RULES)
        covered = {place for edit in edits for place in range(edit.start, edit.end)}
        planted = set()
        for span in row["spans"]:
            start = row["text"].index(span["text"])
            planted |= set(range(start, start + len(span["text"])))
            measured.planted[span["label"]] += 1
            if _is_gone(span["text"], start, covered):
                measured.gone[span["label"]] += 1
            else:
                measured.missed.append((row["id"], span["label"], span["text"]))
        measured.beyond.extend(_beyond(row, edits, planted))
    for row in lookalikes:
        cleaned, edits, _ = clean_document(document(row), RULES)
        measured.alarms.extend((row["id"], edit.rule) for edit in edits[:1])
        text = cleaned.sections[0].text if cleaned.sections else ""
        measured.lost.extend((row["id"], kept) for kept in row["keep"] if kept not in text)
    return measured


def _is_gone(text: str, start: int, covered: set[int]) -> bool:
    left = [run[0] for run in _RUN.finditer(text) if not covered >= set(range(start + run.start(), start + run.end()))]
    return all(word.islower() and word.isalpha() for word in left)


def _beyond(row: Row, edits: Sequence[Audited], planted: set[int]) -> Iterable[tuple[str, str, str]]:
    for edit in edits:
        outside = [at for at in range(edit.start, edit.end) if row["text"][at].isalnum() and at not in planted]
        if outside:
            yield row["id"], edit.rule, row["text"][edit.start : edit.end]


def speed(documents: Sequence[Document], rounds: int) -> dict[str, float]:
    """Documents/s of each rule, the median over rounds in which the rules take turns."""
    times: dict[str, list[float]] = {rule.id: [] for rule in RULES}
    for _ in range(rounds):
        for rule in RULES:
            start = time.perf_counter()
            for one in documents:
                for section in one.sections:
                    list(rule.propose(section))
            times[rule.id].append(time.perf_counter() - start)
    return {rule: len(documents) / statistics.median(seconds) for rule, seconds in times.items()}


def demo_reports() -> list[Document]:
    """The reports of the demo, a document each."""
    path = Path(radcurate.demo.__file__).parent / "reports.jsonl"
    names = ("indication", "technique", "comparison", "findings", "impression", "addendum")
    reports = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Document(
            row["id"],
            "demo",
            "report",
            "CC0-1.0",
            "0" * 64,
            row["id"],
            tuple(Section(name, name.upper(), row[name]) for name in names if row.get(name)),
        )
        for row in reports
    ]


def _shown(measured: Measured, title: str) -> Table:
    table = Table("label", "planted", "gone", "recall", title=title)
    for label, count in measured.planted.most_common():
        gone = measured.gone[label]
        table.add_row(label, str(count), str(gone), f"{gone / count:.4f}")
    others = [label for label in measured.planted if label != FACILITY]
    table.add_row("all but facility", "", "", f"{measured.recall(others):.4f}")
    table.add_row("all", str(measured.planted.total()), str(measured.gone.total()), f"{measured.recall():.4f}")
    return table


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of timing")
    rounds = parser.parse_args().rounds
    console = Console()
    for identifiers, lookalikes in PAIRS:
        measured = measure(rows(identifiers), rows(lookalikes))
        console.print(_shown(measured, identifiers))
        console.print(f"{lookalikes}: {len(measured.alarms)} of {measured.texts} edited, {measured.false_alarms:.2%}")
        for what in ("missed", "beyond", "alarms", "lost"):
            console.print(f"  {what}: {getattr(measured, what)}")
    documents = demo_reports() * REPEATED
    table = Table("rule", "documents/s", title=f"{len(documents):,} demo reports, median of {rounds} rounds")
    for rule, pace in sorted(speed(documents, rounds).items(), key=lambda item: item[1]):
        table.add_row(rule, f"{pace:,.0f}")
    console.print(table)


if __name__ == "__main__":
    main()
