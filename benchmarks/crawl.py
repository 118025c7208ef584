"""How fast a site is crawled into a snapshot and read from it, beside a plain Scrapy spider that only counts.

    .venv/bin/python -m benchmarks.crawl [--rounds 5] [--pages 2000] [--lean] [--memory]

In: `benchmarks.site`, on loopback, on a core of its own, without any delay. In every round the plain spider
(`benchmarks.plain_spider`) and radcurate's (`benchmarks.own_spider`) crawl the same pages, each in a new process on the
other core, as many at once as Scrapy's own settings have it, and the snapshot is read into documents: by one process
that keeps them, and as `radcurate build` does it, by as many workers as it takes here by default, into Parquet. The
site tells the seconds from the first page that was asked for to the last, so that starting a process counts for
neither; workers are started before they are timed. radcurate's spiders do without what Scrapy does for items and
statistics (`crawl.SETTINGS`); `--lean` gives the plain spider those settings too, to tell what else a crawl costs.
Out: medians, and of the ratios within each round the median and the spread: by pages/s, and by CPU, which binds a
crawl on loopback and is disturbed less by a busy machine. Aims: 0.85 of the plain spider's pages/s with WARC, and
documents at 4 times the pages/s of the crawl. With `--memory` the crawl's peak at 2,000 and at 20,000 pages too.
"""

import argparse
import contextlib
import importlib
import json
import math
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.build import Stopwatch
from radcurate.build import shard_count
from radcurate.documents import Document
from radcurate.engines.local import LocalEngine, usable_cores
from radcurate.inputs import Given, Input, describe
from radcurate.parse_stages import run_parse
from radcurate.sources import SourceSpec
from radcurate.sources.radiopaedia import read
from radcurate.stages import run

SIZES = {"as the demo site has them": 0, "in a frame of real size": 60_000}
LINES_TOLD = 20
SPEC = SourceSpec("site", "radiopaedia", (), {"licence": "CC0-1.0"})


@dataclass(frozen=True)
class Crawled:
    """Pages/s by the site's clock, the milliseconds of CPU that a page took, the peak of the process in MB."""

    speed: float
    cpu: float
    megabytes: float


@dataclass(frozen=True)
class Round:
    """One round: both crawls, and the snapshot read by one process and by workers."""

    plain: Crawled
    own: Crawled
    documents: Crawled
    parsed: Crawled
    stages: dict[str, float]


@contextlib.contextmanager
def served(pages: int, size: int) -> Iterator[str]:
    """The address of a site with so many pages of this size."""
    command = [sys.executable, "-m", "benchmarks.site", "--pages", str(pages), "--size", str(size)]
    core = min(os.sched_getaffinity(0))
    with subprocess.Popen([*command, "--core", str(core)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def crawled(module: str, address: str, pages: int, *arguments: str) -> Crawled:
    """What a crawl of every page came to; raises `RuntimeError` where pages are missing."""
    core = max(os.sched_getaffinity(0))
    done = subprocess.run(
        [sys.executable, "-m", module, address, *arguments],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    if done.returncode:
        last = "\n".join(done.stderr.splitlines()[-LINES_TOLD:])
        raise RuntimeError(f"{module} ended with {done.returncode}, the last that it said:\n{last}")
    sys.stderr.write(done.stderr)
    found = json.loads(done.stdout)
    with urllib.request.urlopen(f"{address}/counted") as answer:
        asked, seconds = json.load(answer)
    if not found["pages"] == asked == pages:
        raise RuntimeError(f"{module} has {found['pages']:,} of {pages:,} pages, the site was asked for {asked:,}")
    return Crawled((pages - 1) / seconds, found["cpu"] / pages * 1000, found["kb"] / 1000)


def documents_of(snapshot: Path, pages: int) -> Crawled:
    """What reading the documents of a snapshot in this process came to."""
    start, used = time.perf_counter(), time.process_time()
    count = sum(isinstance(found, Document) for found in read(snapshot, SPEC))
    if count != pages:
        raise RuntimeError(f"{count:,} documents of {pages:,} pages")
    speed = pages / (time.perf_counter() - start)
    return Crawled(speed, (time.process_time() - used) / pages * 1000, math.nan)


def parsed_by(engine: LocalEngine, snapshot: Path, pages: int, work: Path) -> tuple[Crawled, dict[str, float]]:
    """What the stages of a build that come to the documents took for a snapshot, and each of them in seconds; `engine`
    has its workers."""
    told = describe(SPEC, snapshot)
    given = Given(replace(SPEC, paths=(snapshot,)), (Input(SPEC.name, snapshot.name, told.sha256, told.bytes),), None)
    watch, start, used = Stopwatch(), time.perf_counter(), processor_time()
    parse = run_parse(lambda stage: run(stage, work, engine, watch), [given], shard_count(told.bytes), None)
    if parse.counts["inputs.kept"] != pages:
        raise RuntimeError(f"{parse.counts['inputs.kept']:,} documents of {pages:,} pages")
    speed = pages / (time.perf_counter() - start)
    return Crawled(speed, (processor_time() - used) / pages * 1000, math.nan), watch.seconds


def processor_time() -> float:
    """The seconds of processor time that this process and its workers have used."""
    workers = (psutil.Process(worker.pid).cpu_times() for worker in multiprocessing.active_children())
    return time.process_time() + sum(used.user + used.system for used in workers)


def imported() -> dict[str, int]:
    """What a worker does before it is timed."""
    importlib.import_module("radcurate.sources.slices")
    importlib.import_module("radcurate.sources.snapshot_index")
    importlib.import_module("radcurate.sources.radiopaedia")
    return {}


def one_round(engine: LocalEngine, address: str, pages: int, lean: bool) -> Round:
    """Plain, own, and the snapshot read."""
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Path(folder) / "snapshot"
        plain = crawled("benchmarks.plain_spider", address, pages, *(["lean"] if lean else []))
        own = crawled("benchmarks.own_spider", address, pages, str(snapshot))
        documents = documents_of(snapshot, pages)
        return Round(plain, own, documents, *parsed_by(engine, snapshot, pages, Path(folder) / "stages"))


def show(console: Console, rounds: int, pages: int = 2000, *, lean: bool = False, memory: bool = False) -> None:
    """Crawls, and prints a table for each size of page."""
    workers = usable_cores()
    with LocalEngine(workers) as engine:
        list(engine.run([(number, imported) for number in range(8 * workers)]))
        for title, size in SIZES.items():
            with served(pages, size) as address:
                done = [one_round(engine, address, pages, lean) for _ in range(rounds)]
            console.print(speeds(done, f"{pages:,} pages {title}", workers, lean))
            shares = ((name, statistics.median(one.stages[name] for one in done)) for name in done[0].stages)
            console.print("workers: " + ", ".join(f"{name} {each / pages * 1000:.2f} ms/page" for name, each in shares))
    if memory:
        console.print(peaks((2_000, 20_000)))


def speeds(done: list[Round], title: str, workers: int, lean: bool) -> Table:
    """A table of medians, and of the ratios within each round."""
    plain, own, read_again = [one.plain for one in done], [one.own for one in done], [one.documents for one in done]
    parsed = [one.parsed for one in done]
    table = Table("", "pages/s", "CPU ms/page", "peak MB", "pages/s, ratio", "CPU, ratio", title=title)
    table.add_row("plain spider, our settings" if lean else "plain spider, counts", *_medians(plain), "", "")
    table.add_row("crawl into a snapshot", *_medians(own), *_ratios(own, plain, "plain"))
    table.add_row("snapshot to documents", *_medians(read_again)[:2], "", *_ratios(read_again, own, "crawl"))
    table.add_row(f"with {workers} workers, as Parquet", *_medians(parsed)[:2], "", *_ratios(parsed, own, "crawl"))
    return table


def _medians(crawls: list[Crawled]) -> tuple[str, str, str]:
    speed, cpu, megabytes = (
        statistics.median(getattr(one, what) for one in crawls) for what in ("speed", "cpu", "megabytes")
    )
    return f"{speed:,.0f}", f"{cpu:.2f}", f"{megabytes:,.0f}"


def _ratios(own: list[Crawled], other: list[Crawled], name: str) -> tuple[str, str]:
    speed = [one.speed / two.speed for one, two in zip(own, other, strict=True)]
    cpu = [two.cpu / one.cpu for one, two in zip(own, other, strict=True)]
    return _spread(speed, name), _spread(cpu, name)


def _spread(ratios: list[float], name: str) -> str:
    return f"{statistics.median(ratios):.2f} of {name} ({min(ratios):.2f} to {max(ratios):.2f})"


def peaks(counts: tuple[int, ...]) -> Table:
    """The peak of the crawling process for each number of pages."""
    table = Table("pages", "crawl, peak MB", "pages/s", title="memory")
    for pages in counts:
        with served(pages, 0) as address, tempfile.TemporaryDirectory() as folder:
            own = crawled("benchmarks.own_spider", address, pages, f"{folder}/snapshot")
        table.add_row(f"{pages:,}", f"{own.megabytes:,.0f}", f"{own.speed:,.0f}")
    return table


def main() -> None:
    """Crawls, compares, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--lean", action="store_true")
    parser.add_argument("--memory", action="store_true")
    asked = parser.parse_args()
    show(Console(), asked.rounds, asked.pages, lean=asked.lean, memory=asked.memory)


if __name__ == "__main__":
    main()
