"""Appends the exchanges of one crawl to a snapshot, and gives back what it holds already.

In: exchanges as they came. Out: `answers-0000N.warc.gz` and `crawl.json`. A crawl that was killed left at most one
record torn, at the end of its file: the next one cuts that off and writes into a file of its own. One crawl writes
into a folder at a time.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from radcurate.errors import DataError, UsageError
from radcurate.spiders import warc, warc_writing
from radcurate.spiders.crawl_log import CrawlLog
from radcurate.spiders.on_disk import OnDisk
from radcurate.spiders.snapshot import FILES, Contents, Entry, answer_of, contents, entry_of
from radcurate.spiders.warc import Answer, Damaged, Headers, canonical


class SnapshotWriter:
    """`crawl` is what was asked for, as `crawl.json` keeps it; `clock` replaces the time of day where bytes repeat.

    Raises `UsageError` where another crawl writes into the folder, `OSError` where nothing can be written.
    """

    def __init__(self, folder: Path, crawl: Mapping[str, Any], clock: str | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._lock = _locked(folder)
        self.memory = OnDisk()
        try:
            self.held = contents(folder, Contents(self.memory.by_address(), self.memory.by_address()))
            cut = _repair(folder, self.held)
            number = max((_number(path) for path in folder.glob(FILES)), default=0) + 1
            path = folder / f"answers-{number:05d}.warc.gz"
            self.log = CrawlLog(folder, path.name, crawl, clock)
            self.log.entry["repaired"] = cut
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        except BaseException:
            os.close(self._lock)
            raise
        self._name, self._end = path.name, 0
        self.stored = 0
        self.log.save(now=True)

    @property
    def unanswered(self) -> list[str]:
        """Addresses that gave no answer that can be kept."""
        return self.log.unanswered

    def now(self) -> str:
        """The time, as WARC writes it."""
        return self.log.now()

    def describe(self, fields: Mapping[str, str]) -> None:
        """Writes the record at the head of the file: software, user agent, manners, whom the site can write to."""
        self._append(warc_writing.head(self._name, fields, self.now()))

    def store(
        self, url: str, request: bytes, status: int, headers: Headers, body: bytes, truncated: bool = False
    ) -> Answer | None:
        """Writes an answer and the request it answers, and hands both to the system before it returns the answer
        without its content coding, None where that cannot be undone.

        `request` is the request as it was sent, `body` the answer's as it came, in its content coding; of one that was
        cut off for its length (`truncated`) its first bytes. An answer that repeats what is stored for its address
        becomes a revisit record. Raises `OSError`; the file then ends as it did before.
        """
        place, date, digest = canonical(url), self.now(), warc.digest(body)
        unchanged = self._unchanged(place, status, digest)
        written, offset = warc_writing.exchange(
            place, request, status, headers, body, digest, date, truncated=truncated, unchanged=unchanged
        )
        start = self._append(written)
        self.stored += 1
        answer = warc.as_answer(place, status, headers, body, digest, date, not truncated)
        if unchanged is not None:
            self.log.counters["revisits"] += 1
            self.held.saw_again(place, date)
        elif answer is not None:
            self.held.weigh(place, entry_of(self._name, start + offset, answer))
        return answer

    def _unchanged(self, place: str, status: int, digest: str) -> warc_writing.Unchanged | None:
        held = self.held.entries.get(place)
        if held is None or not held.is_page or status not in (200, 304):
            return None
        stored = warc.payload_digest(self.folder / held.file, held.offset)
        if status == 304:
            return warc_writing.Unchanged(warc_writing.NOT_MODIFIED, held.retrieved, stored)
        return warc_writing.Unchanged(warc_writing.SAME_PAYLOAD, held.retrieved, stored) if stored == digest else None

    def note_alias(self, url: str, of: str) -> None:
        """Keeps that `url` is a second address of the page at `of`; once is enough."""
        if self.held.aliases.get(url) != of:
            self._append(warc_writing.alias(url, of, self.now()))
            self.held.aliases[url] = of

    def entry(self, url: str) -> Entry | None:
        """What counts for an address, or None."""
        return self.held.entries.get(canonical(url))

    def answer(self, url: str) -> Answer | None:
        """The stored answer that counts for an address; None where there is none, or its record is damaged."""
        entry = self.entry(url)
        answer = answer_of(self.folder, entry) if entry is not None else None
        return None if isinstance(answer, Damaged) else answer

    def close(self, why: str) -> None:
        """Ends the crawl with its reason (`finished`, or what stopped it)."""
        try:
            with contextlib.suppress(OSError):  # what the system could not take is told by `why`
                os.fsync(self._file)
            os.close(self._file)
            self.log.end(why)
        finally:
            self.memory.close()
            os.close(self._lock)

    def _append(self, written: bytes) -> int:
        """Writes all of it or nothing, and returns where it begins: what was begun is cut off again."""
        start, done = self._end, 0
        try:
            while done < len(written):
                done += os.write(self._file, memoryview(written)[done:])
        except OSError as error:
            os.ftruncate(self._file, start)
            error.filename = str(self.folder / self._name)
            raise
        self._end += done
        return start


def _locked(folder: Path) -> int:
    """The folder's lock, held until it is closed or the process ends, however it ends."""
    handle = os.open(folder, os.O_RDONLY)
    for patience in (0.05, 0.2, None):  # who only looks whether it is locked holds it for a moment
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except BlockingIOError:
            if patience is not None:
                time.sleep(patience)
    os.close(handle)
    raise UsageError(
        f"{folder}: another crawl writes into this snapshot\n"
        "What to do: wait until it ends (`radcurate harvest --status`), or name another folder"
    )


def is_locked(folder: Path) -> bool:
    """True while a crawl writes into the folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _repair(folder: Path, held: Contents) -> dict[str, Any] | None:
    """Cuts off the record that a killed crawl left torn, and nothing else; tells what was cut."""
    if held.torn is None:
        return None
    name, start = held.torn
    path = folder / name
    size = path.stat().st_size
    os.truncate(path, start)
    held.damaged = [one for one in held.damaged if one.locator != f"{name}:{start}"]
    held.torn = None
    return {"file": name, "at": start, "bytes": size - start}


def _number(path: Path) -> int:
    digits = path.name.removeprefix("answers-").removesuffix(".warc.gz")
    if not digits.isdecimal():
        raise DataError(f"{path}: a file of answers is called answers-00001.warc.gz and so on\nWhat to do: rename it")
    return int(digits)
