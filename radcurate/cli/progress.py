"""What long work prints while it runs, on stderr: a bar that counts what is finished, or a line a stage of a build."""

import contextlib
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from radcurate.stages import Done, Finished, Stage

# What a stage's functions count of what they have worked through.
COUNTED = ("inputs.in", "documents.in", "documents.kept", "documents.seen", "records.kept")


class BuildProgress:
    """A `Teller` for people. Bars only on a terminal; `quiet` silences all."""

    def __init__(self, quiet: bool) -> None:
        self._console = Console(stderr=True, quiet=quiet, highlight=False, soft_wrap=True)
        self._bars = Progress(
            TextColumn("{task.description:<28}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=quiet or not self._console.is_terminal,
        )
        self._bar: TaskID | None = None
        self._started = 0.0

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def say(self, message: str) -> None:
        """One line."""
        self._console.print(message, markup=False)

    def stage_started(self, stage: Stage, done: int) -> None:
        """A bar over what the stage will count; where nobody knows that yet, over its shards."""
        self._started = time.perf_counter()
        if done:
            self.say(f"{stage.name:<28} {done} of {len(stage.units)} shards already done")
        self._bar = self._bars.add_task(stage.name, total=stage.total or len(stage.units))
        if done and not stage.total:
            self._bars.advance(self._bar, done)

    def shard_done(self, stage: Stage, done: Done) -> None:
        """Moves the bar on."""
        if self._bar is not None:
            self._bars.advance(self._bar, _worked(done) if stage.total else 1)

    def stage_finished(self, stage: Stage, finished: Finished, up_to_date: bool) -> None:
        """One line with what the stage counted."""
        if self._bar is not None:
            self._bars.remove_task(self._bar)
            self._bar = None
        seconds = "up to date" if up_to_date else f"{time.perf_counter() - self._started:.1f} s"
        self.say(f"{stage.name:<28} {seconds:>10}  {_summary(finished)}".rstrip())


def _worked(done: Done) -> int:
    for prefix in COUNTED:
        if worked := sum(number for name, number in done.counts.items() if name.startswith(prefix)):
            return worked
    return 0


def _summary(finished: Finished) -> str:
    counts = finished.counts
    kept = {
        noun: sum(number for name, number in counts.items() if name.startswith(prefix))
        for prefix, noun in (
            ("answers.", "answers"),
            ("inputs.kept", "documents"),
            ("documents.clean", "documents"),
            ("documents.kept", "documents"),
            ("edits.", "edits"),
            ("records.made", "records"),
            ("records.kept", "records"),
            ("rows.", "rows"),
        )
        if any(name.startswith(prefix) for name in counts)
    }
    dropped = sum(number for name, number in counts.items() if ".dropped." in name)
    parts = [f"{number:,} {noun}" for noun, number in kept.items()]
    return ", ".join([*parts, f"{dropped:,} dropped"] if dropped else parts)


@contextlib.contextmanager
def counting(what: str, total: int, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A bar over `total` pieces, on stderr and only on a terminal; call what it gives with how many more are done."""
    console = Console(stderr=True, quiet=quiet)
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bars:
        bar = bars.add_task(what, total=total)
        yield lambda done: bars.advance(bar, done)
