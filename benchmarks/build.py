"""How fast the build is: documents/s and records/s of every stage, and the peak memory of every process.

    .venv/bin/python benchmarks/build.py [--set sources.openi.path=NLMCXR_reports.tgz] [--workers 2]

In: the bundled recipe `openi` (its archive from the cache or the path given). Out: a table on stdout, and how long
`radcurate --help` takes beside `python -c "import click"`, the two run in turns. Aims on two quiet cores: the Open-i
build under a minute, every process under 600 MB, help within 3 times the import.
"""

import argparse
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from radcurate import recipe as recipes
from radcurate.build import build
from radcurate.engines.local import LocalEngine, peak_memory, usable_cores
from radcurate.stages import Done, Finished, Stage

MEGABYTE = 1_000_000
HELP_ROUNDS = 9


@dataclass
class Stopwatch:
    """A teller that notes when stages begin and end."""

    started: float = 0.0
    seconds: dict[str, float] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    peaks: list[int] = field(default_factory=list)

    def say(self, message: str) -> None:
        print(message)

    def stage_started(self, stage: Stage, done: int) -> None:
        self.started = time.perf_counter()

    def shard_done(self, stage: Stage, done: Done) -> None:
        self.peaks.append(done.peak)

    def stage_finished(self, stage: Stage, finished: Finished, up_to_date: bool) -> None:
        self.seconds[stage.name] = time.perf_counter() - self.started
        self.counts[stage.name] = finished.counts


def time_build(settings: list[str], workers: int) -> tuple[Stopwatch, float]:
    """Builds `openi` in a fresh folder; the watch and the whole time in seconds."""
    watch = Stopwatch()
    checked = recipes.load(recipes.locate("openi"), settings)
    with tempfile.TemporaryDirectory() as folder, LocalEngine(workers) as engine:
        start = time.perf_counter()
        build(checked, Path(folder), engine, watch)
        return watch, time.perf_counter() - start


def time_help() -> tuple[float, float]:
    """Median seconds of `radcurate --help` and of `python -c "import click"`, run in turns."""
    commands = ([sys.executable, "-m", "radcurate", "--help"], [sys.executable, "-c", "import click"])
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(HELP_ROUNDS):
        for command, times in zip(commands, taken, strict=True):
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times.append(time.perf_counter() - start)
    return statistics.median(taken[0]), statistics.median(taken[1])


def worked(counts: dict[str, int]) -> tuple[int, int]:
    """Documents that a stage read or wrote, and records that it made or wrote."""
    documents = max(counts.get(name, 0) for name in ("inputs.kept", "documents.in", "documents.kept", "documents.seen"))
    records = sum(number for name, number in counts.items() if name.startswith(("records.made", "records.kept")))
    rows = sum(number for name, number in counts.items() if name.startswith("rows."))
    return documents, records or rows


def rate(number: int, seconds: float) -> str:
    return f"{number / seconds:,.0f}" if number else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--workers", type=int, default=usable_cores())
    options = parser.parse_args()
    watch, whole = time_build(options.settings, options.workers)
    table = Table(box=None, pad_edge=False)
    for name in ("stage", "seconds", "documents/s", "records/s"):
        table.add_column(name, justify="left" if name == "stage" else "right")
    for name, seconds in watch.seconds.items():
        documents, records = worked(watch.counts[name])
        table.add_row(name, f"{seconds:.2f}", rate(documents, seconds), rate(records, seconds))
    console = Console(highlight=False)
    console.print(table)
    documents = watch.counts["split"]["documents.kept"]
    records = sum(worked(counts)[1] for name, counts in watch.counts.items() if name.startswith("compare"))
    console.print(f"whole build {whole:.1f} s: {documents / whole:,.0f} documents/s, {records / whole:,.0f} records/s")
    console.print(
        f"peak memory: main process {peak_memory() / MEGABYTE:,.0f} MB, "
        f"largest worker {max(watch.peaks) / MEGABYTE:,.0f} MB"
    )
    help_seconds, click_seconds = time_help()
    ratio = help_seconds / click_seconds
    console.print(f"radcurate --help {help_seconds:.3f} s, import click {click_seconds:.3f} s: {ratio:.2f} times")
    console.print(
        f"measured with Python {platform.python_version()}, {options.workers} workers on {usable_cores()} cores"
    )


if __name__ == "__main__":
    main()
