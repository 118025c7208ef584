"""The bar of `radcurate harvest`: finished pages of those known, on stderr, from what the crawl writes of itself."""

import contextlib
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from radcurate.errors import RadcurateError
from radcurate.spiders.crawl_log import about

EVERY = 0.5


class CrawlProgress:
    """Shows the bar while it is entered, on a terminal and unless `quiet`. It reads `crawl.json`, which is renamed into
    place whole; the crawl has a process of its own."""

    def __init__(self, folder: Path, quiet: bool, console: Console | None = None) -> None:
        self._folder = folder
        console = console or Console(stderr=True)
        self._shown = not quiet and console.is_terminal
        self._bar = Progress(
            TextColumn("{task.description:<24}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not self._shown,
        )
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._before = self._crawls()

    def __enter__(self) -> Self:
        if self._shown:
            self._bar.start()
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._shown:
            self._thread.join()
            self._bar.stop()

    def _watch(self) -> None:
        tasks = {}
        while True:
            ended = self._over.wait(EVERY)
            crawls = about(self._folder) if self._crawls() > self._before else []
            for spider, pages in crawls[-1]["pages"].items() if crawls else ():
                if spider not in tasks:
                    tasks[spider] = self._bar.add_task(spider, total=None)
                self._bar.update(tasks[spider], total=pages["known"], completed=pages["finished"])
            if ended:
                return

    def _crawls(self) -> int:
        with contextlib.suppress(RadcurateError, OSError):
            return len(about(self._folder))
        return 0
