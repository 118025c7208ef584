"""How fast the tasks that read reports derive records, what each takes of a build, and whether memory stays flat.

    .venv/bin/python -m benchmarks.task_speed [--task NAME]... [--reports N] [--times 4]

In: the reports of Open-i where the archive is at hand (`make data`), else those of the demo, as JSONL, once and
`--times` over (copies under names and groups of their own), cleaned by the rules of the recipe `openi`. A task at a
time is built in a process of its own, one core, on documents that are cleaned already. Out: two tables on stdout.

speed       records/s and reports/s of the stage `derive`, and what all stages of the task take of one build with all
            of them (from the file to the compared records). Aim: no task over a third.
memory      the peak of the process that builds the task, for the reports once and `--times` over. Aim: flat.

Times are processor time, which other work on the machine touches least.
"""

import argparse
import json
import platform
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from radcurate.engines.local import LocalEngine, in_own_process, peak_memory
from radcurate.stages import Done, Finished, Stage

MEGABYTE = 1_000_000
SECTIONS = ("indication", "technique", "comparison", "findings", "impression", "addendum")
# Reads no reports, so a build of it does no more than what all tasks share.
NO_REPORTS = "case_diagnosis"
RECIPE = """\
name = "{release}"
version = "1.0.0"
title = "Reports to measure tasks with"

[sources.measured]
type = "table"
path = "reports.jsonl"
licence = "CC0-1.0"

[sources.measured.columns]
id = "id"
group = "id"
tags = "tags"
{sections}

[cleaning]
rules = {rules}

[tasks.{task}]
generator = "{generator}"
"""


@dataclass
class Clock:
    """A teller that notes the processor time and the counts of every stage that had something to do."""

    began: float = 0.0
    seconds: dict[str, float] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def say(self, message: str) -> None:
        """Nothing is measured there."""

    def stage_started(self, stage: Stage, done: int) -> None:
        self.began = time.process_time()

    def shard_done(self, stage: Stage, done: Done) -> None:
        """Stages are measured whole."""

    def stage_finished(self, stage: Stage, finished: Finished, up_to_date: bool) -> None:
        if not up_to_date:
            self.seconds[stage.name] = time.process_time() - self.began
        self.counts[stage.name] = finished.counts


@dataclass(frozen=True)
class Measured:
    """Of one build: processor seconds and counts by stage, and the peak of its process in bytes."""

    seconds: dict[str, float]
    counts: dict[str, dict[str, int]]
    peak: int


def report_tasks() -> dict[str, str]:
    """The ids of the tasks that read reports, by name."""
    from radcurate import tasks

    return {
        generator.rpartition(".")[0]: generator
        for generator in tasks.available()
        if "report" in tasks.load(generator).KINDS
    }


def write_reports(folder: Path, most: int | None, times: int) -> tuple[str, int]:
    """`reports.jsonl`, the first `most` reports so many times; the collection's name and how many there are."""
    from benchmarks.language import OPENI
    from radcurate import recipe as recipes
    from radcurate.documents import Document
    from radcurate.sources import load

    archive = next((path for path in OPENI if path.is_file()), None)
    name = "openi" if archive else "demo"
    settings = (f"sources.openi.path={archive}",) if archive else ()
    documents = [
        document
        for source in recipes.load(recipes.locate(name), settings).sources
        for path in (source.paths if source.type != "radiopaedia" else ())
        for document in load(source.type).read(path, source)
        if isinstance(document, Document)
    ][:most]
    with (folder / "reports.jsonl").open("w", encoding="utf-8") as file:
        for document in documents:
            texts = {section: document.text_of(section) for section in SECTIONS}
            for copy in range(times):
                identity = f"{document.document_id.replace(':', '-')}-{copy}"
                row = {"id": identity, "tags": list(document.tags), **texts}
                file.write(f"{json.dumps(row, ensure_ascii=False)}\n")
    return name, len(documents) * times


def build_task(folder: Path, name: str, generator: str) -> Measured:
    """Builds a release of one task in `folder`, where what other tasks share with it stands already."""
    from radcurate import recipe as recipes
    from radcurate.build import build

    rules = json.dumps(recipes.load(recipes.locate("openi"), ("sources.openi.path=.",)).rules)
    columns = "\n".join(f'{section} = "{section}"' for section in SECTIONS)
    recipe = folder / f"{name}.toml"
    text = RECIPE.format(release=name.replace("_", "-"), task=name, generator=generator, rules=rules, sections=columns)
    recipe.write_text(text, encoding="utf-8")
    clock = Clock()
    with LocalEngine(1) as engine:
        build(recipes.load(recipe), folder / "out", engine, clock)
    return Measured(clock.seconds, clock.counts, peak_memory())


def measured(
    folder: Path, most: int | None, times: int, tasks: dict[str, str]
) -> tuple[str, int, Measured, dict[str, Measured]]:
    """The collection, how many reports, what all tasks share, and each task."""
    folder.mkdir()
    name, count = in_own_process(write_reports, folder, most, times)
    shared = in_own_process(build_task, folder, NO_REPORTS, f"{NO_REPORTS}.v1")
    return name, count, shared, {task: in_own_process(build_task, folder, task, tasks[task]) for task in tasks}


def own_seconds(task: str, one: Measured) -> float:
    """What the stages of the task took: `derive/nli` to `compare/nli`."""
    return sum(seconds for stage, seconds in one.seconds.items() if stage.endswith(f"/{task}"))


def speed_table(name: str, reports: int, shared: Measured, each: dict[str, Measured]) -> Table:
    """Records/s and shares, slowest first."""
    before = sum(seconds for stage, seconds in shared.seconds.items() if "/" not in stage and stage != "release")
    whole = before + sum(own_seconds(task, one) for task, one in each.items())
    table = Table(
        f"{reports:,} reports of {name}", "records", "derive s", "records/s", "reports/s", "share of the build"
    )
    table.add_row("before all tasks", "", "", "", "", f"{before / whole:.1%}")
    for task, one in sorted(each.items(), key=lambda item: -own_seconds(*item)):
        records = Counter(one.counts[f"derive/{task}"])["records.made"]
        seconds = one.seconds[f"derive/{task}"]
        share = own_seconds(task, one) / whole
        numbers = (f"{records:,}", f"{seconds:.1f}", f"{records / seconds:,.0f}", f"{reports / seconds:,.0f}")
        table.add_row(task, *numbers, f"{share:.1%}")
    return table


def memory_table(counts: tuple[int, int], once: dict[str, Measured], over: dict[str, Measured]) -> Table:
    """Peaks for the reports once and several times over."""
    table = Table("peak memory (MB)", *(f"{count:,} reports" for count in counts), "ratio")
    for task in once:
        peaks = (once[task].peak / MEGABYTE, over[task].peak / MEGABYTE)
        table.add_row(task, *(f"{peak:,.0f}" for peak in peaks), f"{peaks[1] / peaks[0]:.2f}")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", dest="tasks", action="append", default=[], metavar="NAME", help="default: all")
    parser.add_argument("--reports", type=int, metavar="N", help="the first N reports (default: all)")
    parser.add_argument("--times", type=int, default=4, help="how many times over for the memory (default: 4; 1: not)")
    options = parser.parse_args()
    known = in_own_process(report_tasks)
    if unknown := set(options.tasks) - known.keys():
        parser.error(f"no task that reads reports: {', '.join(sorted(unknown))} (of {', '.join(known)})")
    tasks = {task: known[task] for task in options.tasks or known}
    console = Console(highlight=False, width=120)
    with tempfile.TemporaryDirectory() as folder:
        name, count, shared, once = measured(Path(folder) / "once", options.reports, 1, tasks)
        console.print(speed_table(name, count, shared, once))
        if options.times > 1:
            _, more, _, over = measured(Path(folder) / "over", options.reports, options.times, tasks)
            console.print(memory_table((count, more), once, over))
    console.print(f"measured with Python {platform.python_version()}, one process")


if __name__ == "__main__":
    main()
