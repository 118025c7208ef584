"""A snapshot: the folder in which crawls keep every request and answer as WARC, and the only thing parsing reads.

    crawl.json                 one entry for each crawl with what became of it (`crawl_log.py`)
    answers-00001.warc.gz …    one file a crawl; each record a gzip member of its own, written whole before parsing

Of several answers from one address the newest page counts, else the newest answer; one that repeats the body of the
one that counts leaves that standing. A page is an answer with status 200 that is neither empty nor a challenge. A noted
alias of an address with a page does not count. The fingerprint is the sha256 of the sorted list of addresses and body
digests of the answers that count. Whoever reads a snapshot holds an index of all addresses in memory, about 400 bytes
each; a crawl holds it on disk. Answers are read in the order of their addresses, so that the order of requests leaves
no trace.
"""

import contextlib
import hashlib
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from radcurate.errors import UsageError
from radcurate.spiders import warc
from radcurate.spiders.crawl_log import ABOUT, SCRATCH
from radcurate.spiders.warc import Answer, Damaged, canonical

__all__ = ["Answer", "Damaged", "answers", "canonical", "fingerprint", "index", "refuse_other", "revisions"]

FILES = "answers-*.warc.gz"
# Every crawl has a file of its own, and a system lets a process open so many.
MOST_OPEN = 64
PERMISSIONS = "permission*.toml"
# Answers by which a site says that a page is no longer there; the page that was counts on.
_GONE = frozenset((301, 308, 404, 410))


@dataclass(slots=True)
class Entry:
    """Where the answer that counts for an address stands, file name and its record's first byte; `size` of its body,
    `is_page` for one that can be read, `checked` when the site last said that it still holds."""

    file: str
    offset: int
    status: int
    retrieved: str
    sha256: str
    size: int
    is_page: bool
    checked: str


@dataclass
class Contents:
    """What a snapshot holds: the answers that count by address (aliases included), aliases with the address that they
    stand for, damaged records, and where the last file breaks off."""

    entries: MutableMapping[str, Entry] = field(default_factory=dict)
    aliases: MutableMapping[str, str] = field(default_factory=dict)
    damaged: list[Damaged] = field(default_factory=list)
    torn: tuple[str, int] | None = None

    def add(self, found: warc.Found) -> None:
        """Takes in one record; those of a file come in their order."""
        self.torn = (found.file, found.start) if found.torn else None
        match found.held:
            case Damaged() as damaged:
                self.damaged.append(damaged)
            case warc.Alias(url, of):
                self.aliases[url] = of
            case warc.Revisit(url, retrieved):
                self.saw_again(url, retrieved)
            case Answer() as answer:
                self.weigh(answer.url, entry_of(found.file, found.start, answer))
            case None:
                pass

    def saw_again(self, url: str, when: str) -> None:
        """What counts for the address held still then."""
        held = self.entries.get(url)
        if held is not None:
            self._checked(url, held, when)

    def weigh(self, url: str, entry: Entry) -> None:
        """Takes in an answer: it counts, or what counted before it does."""
        held = self.entries.get(url)
        same = held is not None and (entry.status, entry.sha256) == (held.status, held.sha256)
        if held is None or (not same and _rank(entry) > _rank(held)):
            self.entries[url] = entry
        elif same or entry.status in _GONE:
            self._checked(url, held, entry.checked)

    def _checked(self, url: str, held: Entry, when: str) -> None:
        if when > held.checked:
            held.checked = when
            self.entries[url] = held

    def counting(self) -> dict[str, Entry]:
        """The answers that count, by address: an alias of a page is none."""
        return {url: entry for url, entry in self.entries.items() if not self.stands_elsewhere(url)}

    def stands_elsewhere(self, url: str) -> bool:
        """True for an alias of an address whose page is here."""
        of = self.aliases.get(url)
        held = self.entries.get(of) if of is not None else None
        return held is not None and held.is_page


def entry_of(file: str, offset: int, answer: Answer) -> Entry:
    """Where an answer stands, and what of it decides whether it counts."""
    is_page = answer.status == 200 and bool(answer.body.strip()) and answer.guard is None
    when = sys.intern(answer.retrieved)
    return Entry(sys.intern(file), offset, answer.status, when, answer.sha256, len(answer.body), is_page, checked=when)


def _rank(entry: Entry) -> tuple[bool, bool, str, str]:
    return entry.is_page, entry.status == 200, entry.retrieved, entry.sha256


def contents(folder: Path, held: Contents | None = None) -> Contents:
    """Reads every record of a snapshot once, into `held` where that is given."""
    held = Contents() if held is None else held
    for path in sorted(folder.glob(FILES)):
        held.torn = None
        for found in warc.read(path):
            held.add(found)
    return held


def index(folder: Path) -> dict[str, Entry]:
    """The answers that count, by address."""
    return contents(folder).counting()


def fingerprint(entries: Mapping[str, Entry]) -> str:
    """The snapshot's sha256, whatever the order and the number of requests."""
    lines = sorted(f"{url} {entry.sha256}" for url, entry in entries.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def answers(folder: Path) -> Iterator[Answer | Damaged]:
    """Every record that is damaged, then the answers that count in the order of their addresses."""
    held = contents(folder)
    yield from held.damaged
    with Reader(folder) as reader:
        for _, entry in sorted(held.counting().items()):
            yield reader.answer(entry)


def answer_of(folder: Path, entry: Entry) -> Answer | Damaged:
    """The answer that an entry points to."""
    with Reader(folder) as reader:
        return reader.answer(entry)


class Reader:
    """Reads answers of one snapshot; its files are opened once, not for every answer. Use it in a `with`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open = contextlib.ExitStack()
        self._files: dict[str, warc.Bytes] = {}

    def answer(self, entry: Entry) -> Answer | Damaged:
        """The answer that an entry points to."""
        held = warc.read_at(self._bytes(entry.file), entry.offset, entry.file)
        if not isinstance(held, Answer | Damaged):
            return Damaged(f"{entry.file}:{entry.offset}", "the file changed while it was read")
        return held

    def _bytes(self, name: str) -> warc.Bytes:
        if name not in self._files:
            if len(self._files) >= MOST_OPEN:
                self._close()
            self._files[name] = self._open.enter_context(warc.mapped(self._folder / name))
        return self._files[name]

    def _close(self) -> None:
        self._files.clear()
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()


def revisions(folder: Path, url: str) -> list[Entry]:
    """Every answer that an address gave, the oldest first; one that repeats the one before is none of its own."""
    found: list[Entry] = []
    for path in sorted(folder.glob(FILES)):
        for record in warc.read(path):
            if isinstance(record.held, Answer) and record.held.url == canonical(url):
                found.append(entry_of(record.file, record.start, record.held))
    found.sort(key=lambda entry: entry.retrieved)
    before = [None, *((entry.status, entry.sha256) for entry in found)]
    return [entry for entry, last in zip(found, before, strict=False) if (entry.status, entry.sha256) != last]


def refuse_foreign(folder: Path) -> None:
    """Raises `UsageError` where something else than a snapshot, begun or whole, lies in a folder to harvest into."""
    names = (ABOUT, SCRATCH, FILES, PERMISSIONS)
    for path in folder.iterdir() if folder.exists() else ():
        if not any(path.match(name) for name in names):
            raise UsageError(
                f"{folder}: is no snapshot (it holds {path.name})\n"
                "What to do: name a folder of its own; `radcurate harvest --snapshot DIR` makes it"
            )


def refuse_other(folder: Path) -> None:
    """Raises `UsageError` where the folder is no snapshot."""
    if not (folder / ABOUT).is_file() or not any(folder.glob(FILES)):
        raise UsageError(
            f"{folder}: is no snapshot (it has no {ABOUT} or no {FILES})\n"
            "What to do: `radcurate harvest --snapshot DIR` makes one"
        )
