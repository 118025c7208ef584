"""Near-duplicates: radcurate beside datasketch (two ways), rensa and datatrove, each in a process of its own.

In: how many documents. Out: a table of documents/s, peak memory, recall and precision; radcurate runs before each of
the others, and the ratio is of the median of its runs. Asserted: both ways of datasketch remove the same ids; radcurate
removes the same each time, each for a kept one that is like it in plain sets of words; and on the first documents what
datasketch's index with radcurate's hash function and true similarities removes.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.duplicates import corpus
from benchmarks.duplicates.agreement import assert_agreement
from benchmarks.duplicates.truth import Marks, Truth, marks, true_pairs, truth

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parent.parent / ".venv-duplicates"
MEGABYTE = 1_000_000
OURS = "ours"
# Each with the goal: radcurate is to be so many times as fast.
OTHERS: Mapping[str, float | None] = {
    "datasketch_one_by_one": 50,
    "datasketch_generator": 8,
    "rensa_pairs": 2,
    "datatrove_stages": None,
}


@dataclass(frozen=True)
class Run:
    """One run of one method: wall clock and processor time in seconds, memory in bytes (`before`: with the texts)."""

    documents: int
    seconds: float
    worked: float
    peak: int
    before: int
    removed: Mapping[str, str | None]

    @property
    def rate(self) -> float:
        """Documents per second."""
        return self.documents / self.seconds


def environment() -> Path:
    """The Python of the other methods' environment, made when it is not there."""
    python = ENVIRONMENT / "bin/python"
    wanted = (HERE / "requirements.txt").read_text(encoding="utf-8")
    made = ENVIRONMENT / "made-from.txt"
    if not made.is_file() or made.read_text(encoding="utf-8") != wanted:
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--requirement", str(HERE / "requirements.txt")]
        subprocess.run(install, check=True)
        made.write_text(wanted, encoding="utf-8")
    return python


def run(python: Path | str, method: str, path: Path, limit: int | None = None) -> Run:
    """Runs a method on the collection, in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        command = [str(python), str(HERE / f"{method}.py"), str(path), str(result)]
        command += ["--limit", str(limit)] if limit else []
        surroundings = {**os.environ, "PYTHONPATH": str(HERE.parent.parent)} if method == OURS else None
        subprocess.run(command, check=True, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return Run(**found)


def compare(console: Console, documents: int, slow: int) -> None:
    """All methods side by side; datatrove on the first `slow` documents."""
    python = environment()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "corpus.jsonl"
        corpus.write(path, documents)
        known, known_slow = truth(path), truth(path, slow)
        console.print(
            f"near-duplicates: {documents:,} documents of {_mean_length(known):,.0f} characters, "
            f"{len(known.goes):,} to go for a kept one at 0.8 or more"
        )
        assert_agreement(path, min(documents, 2000))
        own: list[Run] = []
        runs: dict[str, Run] = {}
        for method in OTHERS:
            own.append(run(sys.executable, OURS, path))
            console.print(f"  {OURS}: {own[-1].rate:,.0f} documents/s", highlight=False)
            runs[method] = run(python, method, path, slow if method == "datatrove_stages" else None)
            console.print(f"  {method}: {runs[method].rate:,.0f} documents/s", highlight=False)
    assert all(other.removed == own[0].removed for other in own)
    assert true_pairs(own[0].removed, known)
    assert runs["datasketch_one_by_one"].removed.keys() == runs["datasketch_generator"].removed.keys()
    rate = statistics.median(one.rate for one in own)
    table = Table(box=None, pad_edge=False)
    names = (
        "method",
        "documents",
        "documents/s",
        "CPU s",
        "peak MB",
        "of it texts",
        "recall",
        "at 0.8",
        "precision",
        "ours is",
    )
    for name in names:
        table.add_column(name, justify="left" if name == "method" else "right", no_wrap=True)
    _add(table, "radcurate", own[0], rate, marks(own[0].removed, known), "")
    for method, one in runs.items():
        judged = marks(one.removed, known_slow if one.documents < documents else known)
        goal = OTHERS[method]
        spared = (one.worked / one.documents) / (statistics.median(each.worked for each in own) / documents)
        ratio = f"{rate / one.rate:,.1f}× ({spared:,.1f}× by CPU)" + (f", goal {goal:g}" if goal else "")
        _add(table, method, one, one.rate, judged, ratio)
    console.print(table)


def _mean_length(known: Truth) -> float:
    return sum(map(len, known.texts.values())) / len(known.texts)


def _add(table: Table, name: str, one: Run, rate: float, judged: Marks, ratio: str) -> None:
    table.add_row(
        name,
        f"{one.documents:,}",
        f"{rate:,.0f}",
        f"{one.worked:.1f}",
        f"{one.peak / MEGABYTE:,.0f}",
        f"{one.before / MEGABYTE:,.0f}",
        f"{judged.recall:.4f}",
        f"{judged.recall_at_threshold:.4f}",
        f"{judged.precision:.4f}",
        ratio,
    )


def grow(console: Console, documents: int, more: int) -> None:
    """radcurate alone on a collection and on a larger one: how time and memory grow."""
    found = []
    for count in (documents, more):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "corpus.jsonl"
            corpus.write(path, count)
            found.append(run(sys.executable, OURS, path))
            judged = marks(found[-1].removed, truth(path))
        last = found[-1]
        console.print(
            f"{count:,} documents: {last.seconds:.1f} s ({last.worked:.1f} s CPU), peak {last.peak / MEGABYTE:,.0f} MB "
            f"(texts alone {last.before / MEGABYTE:,.0f}), recall {judged.recall:.4f}, precision {judged.precision:.4f}"
        )
    wall, worked = found[1].seconds / found[0].seconds, found[1].worked / found[0].worked
    console.print(
        f"{more / documents:g} times the documents take {wall:.1f} times as long, {worked:.1f} times the CPU time "
        "(goal: at most 12 times for 10)"
    )
