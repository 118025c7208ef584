"""A snapshot: the folder in which a crawl keeps every request and answer as WARC, and the only thing parsing reads.

    snapshot.json              the site's address, and one entry for each crawl with what became of it
    answers-00001.warc.gz …    one file a crawl; each record a gzip member of its own, written whole before parsing

Of several answers from one address the newest with status 200 counts, else the newest. The fingerprint is the sha256
of the sorted list of addresses and payload digests of those; an index of them is held in memory, about 300 bytes an
address. They are read in the order of their addresses, so that the order of requests leaves no trace. A record that was
cut off or changed is `Damaged`, and reading goes on with the next.
"""

import hashlib
import io
import json
import mmap
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from w3lib.url import canonicalize_url
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from radcurate.errors import DataError, UsageError
from radcurate.spiders.coding import decoded

ABOUT = "snapshot.json"
FILES = "answers-*.warc.gz"
_MEMBER = b"\x1f\x8b\x08"
_CHUNK = 16 * 1024

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """A stored answer: `body` without its transfer and content coding, `sha256` of that, `retrieved` as ISO 8601; of
    one that is not `whole`, being too large, `body` is the beginning."""

    url: str
    status: int
    headers: Headers
    body: bytes
    sha256: str
    retrieved: str
    whole: bool = True


@dataclass(frozen=True)
class Damaged:
    """A record that cannot be read whole: which file, at which of its bytes, and what is wrong."""

    locator: str
    reason: str


def canonical(url: str) -> str:
    """The form under which an address is stored: its query sorted, no fragment."""
    return str(canonicalize_url(url))


class SnapshotWriter:
    """Appends the exchanges of one crawl to a file of its own; `clock` replaces the time of day where bytes repeat."""

    def __init__(self, folder: Path, crawl: Mapping[str, Any], clock: str | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        number = len(list(folder.glob(FILES))) + 1
        self._folder, self._clock = folder, clock
        self._file = (folder / f"answers-{number:05d}.warc.gz").open("xb")
        self._crawl = {"file": Path(self._file.name).name, **crawl, "begun": self.now(), "ended": None, "why": None}
        self.stored = 0
        self.unanswered: list[str] = []
        self._about()

    def now(self) -> str:
        """The time, as WARC writes it."""
        return self._clock or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def store(
        self, url: str, request: bytes, status: int, headers: Headers, body: bytes, truncated: bool = False
    ) -> None:
        """Writes an answer and the request it answers, and hands both to the system before it returns.

        `request` is the request as it was sent, `body` the answer's as it came, in its content coding; of one that was
        cut off for its length (`truncated`) its first bytes.
        """
        out = io.BytesIO()
        writer = WARCWriter(out, gzip=True, warc_version="1.1")
        dated = {"WARC-Date": self.now()}
        cut = {"WARC-Truncated": "length"} if truncated else {}
        answer = writer.create_warc_record(
            canonical(url),
            "response",
            payload=io.BytesIO(body),
            length=len(body),
            warc_headers_dict={**dated, **cut, "WARC-Payload-Digest": _digest(body)},
            http_headers=StatusAndHeaders(f"{status} {_reason(status)}", list(headers), protocol="HTTP/1.1"),
        )
        asked = writer.create_warc_record(
            canonical(url), "request", payload=io.BytesIO(request), length=len(request), warc_headers_dict=dated
        )
        writer.write_request_response_pair(asked, answer)
        self._file.write(out.getvalue())
        self._file.flush()
        self.stored += 1

    def close(self, why: str) -> None:
        """Ends the crawl with its reason (`finished`, or what stopped it) and the addresses that never answered."""
        os.fsync(self._file.fileno())
        self._file.close()
        self._crawl.update(ended=self.now(), why=why, unanswered=sorted(set(self.unanswered)))
        self._about()

    def _about(self) -> None:
        path = self._folder / ABOUT
        crawls = [crawl for crawl in about(self._folder) if crawl["file"] != self._crawl["file"]]
        scratch = path.with_suffix(".tmp")
        scratch.write_text(json.dumps({"crawls": [*crawls, self._crawl]}, indent=2) + "\n", encoding="utf-8")
        os.replace(scratch, path)


def about(folder: Path) -> list[dict[str, Any]]:
    """The crawls that a snapshot says it holds; none where it is not begun."""
    path = folder / ABOUT
    if not path.exists():
        return []
    try:
        crawls: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["crawls"]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: is no description of a snapshot: {error}") from error
    return crawls


def refuse_other(folder: Path) -> None:
    """Raises `UsageError` where the folder is no snapshot."""
    if not (folder / ABOUT).is_file() or not any(folder.glob(FILES)):
        raise UsageError(
            f"{folder}: is no snapshot (it has no {ABOUT} or no {FILES})\n"
            "What to do: `radcurate harvest --snapshot DIR` makes one"
        )


@dataclass(frozen=True)
class Entry:
    """Where the answer that counts for an address stands, file name and its record's first byte; `size` of its body."""

    file: str
    offset: int
    status: int
    retrieved: str
    sha256: str
    size: int


def index(folder: Path) -> dict[str, Entry]:
    """The answers that count, by address."""
    return _counting(_stored(folder))


def _counting(stored: Iterable[tuple[str, int, Answer | Damaged]]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for name, offset, answer in stored:
        if isinstance(answer, Answer):
            entry = Entry(name, offset, answer.status, answer.retrieved, answer.sha256, len(answer.body))
            if answer.url not in found or _rank(entry) > _rank(found[answer.url]):
                found[answer.url] = entry
    return found


def _rank(entry: Entry) -> tuple[bool, str, str]:
    return entry.status == 200, entry.retrieved, entry.sha256


def fingerprint(entries: Mapping[str, Entry]) -> str:
    """The snapshot's sha256, whatever the order and the number of requests."""
    lines = sorted(f"{url} {entry.sha256}" for url, entry in entries.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def answers(folder: Path) -> Iterator[Answer | Damaged]:
    """Every record that is damaged, then the answers that count in the order of their addresses."""
    damaged: list[Damaged] = []
    entries = _counting(_without_damaged(_stored(folder), damaged))
    yield from damaged
    for _, entry in sorted(entries.items()):
        with _mapped(folder / entry.file) as data:
            answer = _answer(_unpacked(data, entry.offset)[0], entry.file, entry.offset)
        if answer is not None:
            yield answer


def _without_damaged(
    stored: Iterable[tuple[str, int, Answer | Damaged]], damaged: list[Damaged]
) -> Iterator[tuple[str, int, Answer | Damaged]]:
    for name, offset, answer in stored:
        if isinstance(answer, Damaged):
            damaged.append(answer)
        else:
            yield name, offset, answer


def _stored(folder: Path) -> Iterator[tuple[str, int, Answer | Damaged]]:
    """Every stored answer with its file and its record's first byte."""
    for path in sorted(folder.glob(FILES)):
        with _mapped(path) as data:
            offset = 0
            while offset < len(data):
                record, end = _unpacked(data, offset)
                answer = _answer(record, path.name, offset)
                if answer is not None:
                    yield path.name, offset, answer
                offset = end


@contextmanager
def _mapped(path: Path) -> Iterator[mmap.mmap | bytes]:
    """The file's bytes, read where they are asked for; of an empty file none."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield data


def _unpacked(data: mmap.mmap | bytes, start: int) -> tuple[bytes | None, int]:
    """The gzip member that begins there, None where it is not whole, and where the next one begins."""
    inflate = zlib.decompressobj(wbits=31)
    parts, end = [], start
    try:
        while not inflate.eof and end < len(data):
            parts.append(inflate.decompress(data[end : end + _CHUNK]))
            end = min(end + _CHUNK, len(data))
    except zlib.error:
        return None, _next_record(data, start + 1)
    if not inflate.eof:
        return None, _next_record(data, start + 1)
    return b"".join(parts), end - len(inflate.unused_data)


def _next_record(data: mmap.mmap | bytes, start: int) -> int:
    """Where the next gzip member with a WARC record begins, or the end of the file."""
    while (start := data.find(_MEMBER, start)) >= 0:
        try:
            if zlib.decompressobj(wbits=31).decompress(data[start : start + _CHUNK], 5) == b"WARC/":
                return start
        except zlib.error:
            pass
        start += 1
    return len(data)


def _answer(member: bytes | None, file: str, offset: int) -> Answer | Damaged | None:
    """The answer that a gzip member holds; None for a record of another kind."""
    place = f"{file}:{offset}"
    if member is None:
        return Damaged(place, "the record was cut off or changed: it cannot be unpacked")
    try:
        records = iter(ArchiveIterator(io.BytesIO(member)))
        record = next(records, None)
        answer = _read_record(record, place) if record is not None and record.rec_type == "response" else None
        if record is None or next(records, None) is not None:
            return Damaged(place, "this part of the file holds no WARC record, or more than one")
    except (ArchiveLoadFailed, EOFError, ValueError, AttributeError):
        # warcio raises an AttributeError where a header that it needs is missing.
        return Damaged(place, "this part of the file holds no whole WARC record")
    return answer


def _read_record(record: ArcWarcRecord, place: str) -> Answer | Damaged:
    raw = record.raw_stream.read()
    if record.rec_headers.get_header("WARC-Payload-Digest") != _digest(raw):
        return Damaged(place, "the stored body is not the one that was answered (its digest differs)")
    headers = [(name, value) for name, value in record.http_headers.headers]
    coding = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    found = decoded(raw, coding, whole=record.rec_headers.get_header("WARC-Truncated") is None)
    if found is None:
        return Damaged(place, "the answer's content coding cannot be undone")
    return Answer(
        url=record.rec_headers.get_header("WARC-Target-URI"),
        status=int(record.http_headers.get_statuscode()),
        headers=headers,
        body=found.body,
        sha256=hashlib.sha256(found.body).hexdigest(),
        retrieved=record.rec_headers.get_header("WARC-Date"),
        whole=found.whole,
    )


def _reason(status: int) -> str:
    """The standard words of a status: Scrapy does not keep those that came."""
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown"


def _digest(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"
