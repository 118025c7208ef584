"""The local engine: worker processes on this machine, or none at all with one worker."""

import contextlib
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from types import TracebackType
from typing import Self, TypeVar

from radcurate.errors import DataError
from radcurate.stages import Call, Done

S = TypeVar("S")
T = TypeVar("T")

# So many pieces of a stream are handed to each worker ahead of what is awaited: memory stays flat.
AHEAD = 2
# Bytes. Twice as many that were freed stay with a process, for what it needs next.
KEPT = 16 * 1024 * 1024


def in_own_process(function: Callable[..., T], *arguments: object) -> T:
    """What `function` returns or raises, run in a fresh process that ends with this one; Ctrl-C asks it to end.

    Raises `DataError` where that process was killed.
    """
    before = set(multiprocessing.active_children())
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_begin_work) as pool:
        try:
            with _interrupts_held():
                future = pool.submit(function, *arguments)
            return future.result()
        except KeyboardInterrupt:
            for process in set(multiprocessing.active_children()) - before:
                process.terminate()
            raise
        except BrokenProcessPool as error:
            raise DataError(f"the process of {function.__name__} was killed (out of memory?): run again") from error


def mapped(function: Callable[[S], T], pieces: Iterable[S], workers: int) -> Iterator[T]:
    """What `function` gives for each piece, in their order, a few pieces in memory at a time.

    Raises `DataError` where a worker process was killed.
    """
    if workers == 1:
        yield from map(function, pieces)
        return
    stream = iter(pieces)
    waiting: deque[Future[T]] = deque()
    with (
        ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_begin_work) as pool,
        contextlib.ExitStack() as undone,
    ):
        undone.callback(lambda: [future.cancel() for future in waiting])
        try:
            for piece in stream:
                with _interrupts_held():
                    waiting.append(pool.submit(function, piece))
                if len(waiting) > AHEAD * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise DataError("a worker process was killed (out of memory?): run again with fewer --workers") from error


class LocalEngine:
    """`workers` processes, started with the first stage that has more than one shard and kept for the whole build."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._resources = contextlib.ExitStack()
        self._pool: ProcessPoolExecutor | None = None

    def run(self, calls: Sequence[tuple[int, Call]]) -> Iterator[Done]:
        """Runs the calls and yields each as it is done; the first that fails stops the rest."""
        if self._workers == 1 or len(calls) < 2:
            yield from (_timed(index, call) for index, call in calls)
            return
        pool = self._started()
        futures: list[Future[Done]] = []
        try:
            with _interrupts_held():
                futures.extend(pool.submit(_timed, index, call) for index, call in calls)
            for future in as_completed(futures):
                yield future.result()
        except BrokenProcessPool as error:
            raise DataError(
                "a worker process was killed (out of memory?): run again with fewer --workers; finished shards are kept"
            ) from error
        except BaseException:
            for future in futures:
                future.cancel()
            raise

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = self._resources.enter_context(
                ProcessPoolExecutor(self._workers, multiprocessing.get_context("spawn"), initializer=_begin_work)
            )
        return self._pool

    def __enter__(self) -> Self:
        keep_freed_memory()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resources.close()


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C waits until the workers are started: they inherit that, so it ends the build without their tracebacks.

    The pool exists before: with its queues Python starts its resource tracker, which lets Ctrl-C through again.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _timed(index: int, call: Call) -> Done:
    start = time.perf_counter()
    counts = call()
    return Done(index, counts, time.perf_counter() - start, peak_memory())


def peak_memory() -> int:
    """The largest resident size of this process so far, in bytes (Linux counts kibibytes, macOS bytes).

    Linux counts that of the process which started this one too, at that moment.
    """
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def keep_freed_memory() -> None:
    """Lets this process keep some memory that it freed, instead of giving it back and asking for it again at once.

    The tree of a page is more memory than glibc keeps by itself, and to get it anew for every page took as long as to
    parse the page. A large block that is freed raises what glibc keeps to twice its size (`mallopt(3)`,
    `M_MMAP_THRESHOLD`); where memory is managed otherwise it does nothing.
    """
    bytearray(KEPT)


def _begin_work() -> None:
    keep_freed_memory()
    _leave_with_parent()


def _leave_with_parent() -> None:
    """A worker ends when the build is killed: otherwise it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent.sentinel,), daemon=True).start()


def _exit_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def usable_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
