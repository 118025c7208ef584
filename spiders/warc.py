"""What the records of a WARC file hold (`warc_writing.py` writes them).

In: files of gzip members, one record each. Out: for every record an `Answer`, a `Revisit`, an `Alias`, or `Damaged`;
other kinds tell nothing here. A record that was cut off, changed or too large is `Damaged`, and reading goes on with
the next.
"""

import functools
import hashlib
import mmap
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from w3lib.url import canonicalize_url

from radcurate.spiders.challenge import challenge
from radcurate.spiders.coding import MOST_BYTES, decoded
from radcurate.spiders.warc_record import Record, http_answer, parsed

ALIAS = "alias-of"
_MEMBER = b"\x1f\x8b\x08"
# A chunk of gzip unpacks to 16 MB at most, so that little more than the limit is ever held.
_CHUNK = 16 * 1024
_MOST_BYTES = MOST_BYTES + 1_000_000
_SHA256 = "sha256:"

Headers = Sequence[tuple[str, str]]
Bytes = mmap.mmap | bytes


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

    @functools.cached_property
    def guard(self) -> str | None:
        """The guard whose challenge page this is, by its content; None for a page."""
        return challenge(self.body)


@dataclass(frozen=True)
class Revisit:
    """An address that was asked again and had not changed."""

    url: str
    retrieved: str


@dataclass(frozen=True)
class Alias:
    """A second address of the page at `of`."""

    url: str
    of: str


@dataclass(frozen=True)
class Damaged:
    """A record that cannot be read whole: which file, at which of its bytes, and what is wrong."""

    locator: str
    reason: str


@dataclass(frozen=True)
class Found:
    """What stands in a file from byte `start` to byte `end`, None for a record that tells nothing here; `torn` where a
    record breaks off and nothing follows."""

    file: str
    start: int
    end: int
    held: Answer | Revisit | Alias | Damaged | None
    torn: bool = False


@functools.lru_cache(maxsize=4096)  # a crawl asks for an address's form at every step that its page takes
def canonical(url: str) -> str:
    """The form under which an address is stored: its query sorted, no fragment."""
    return str(canonicalize_url(url))


def digest(body: bytes) -> str:
    """A payload's digest, as its record tells it."""
    return f"{_SHA256}{hashlib.sha256(body).hexdigest()}"


def read(path: Path) -> Iterator[Found]:
    """What every record of a file holds that tells something, in their order."""
    with mapped(path) as data:
        yield from (found for found in read_stretch(data, path.name, 0, len(data)) if found.held is not None)


def read_stretch(data: Bytes, name: str, start: int, stop: int) -> Iterator[Found]:
    """What every record holds that begins before byte `stop`, from the one that begins at `start` on, in their order;
    `data` are the bytes of the file of that name."""
    offset = start
    while offset < min(stop, len(data)):
        member, end = unpacked(data, offset)
        held = _held(member, f"{name}:{offset}")
        yield Found(name, offset, end, held, torn=member is None and end == len(data))
        offset = end


def read_at(data: Bytes, offset: int, name: str) -> Answer | Revisit | Alias | Damaged | None:
    """What the record holds that begins there in the bytes of the file of that name."""
    return _held(unpacked(data, offset)[0], f"{name}:{offset}")


def payload_digest(path: Path, offset: int) -> str:
    """The payload digest that the record which begins there tells; '' where it tells none."""
    with mapped(path) as data:
        member, _ = unpacked(data, offset)
    record = parsed(member) if member else None
    return record.fields.get("warc-payload-digest", "") if record is not None else ""


@contextmanager
def mapped(path: Path) -> Iterator[Bytes]:
    """The file's bytes, read where they are asked for; of an empty file none."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield data


def unpacked(data: Bytes, start: int) -> tuple[bytes | None, int]:
    """The gzip member that begins there, None where it is not whole or holds more than a crawl ever stores in one, and
    where the next one begins."""
    inflate = zlib.decompressobj(wbits=31)
    parts, end, size = [], start, 0
    try:
        while not inflate.eof and end < len(data) and size <= _MOST_BYTES:
            parts.append(inflate.decompress(data[end : end + _CHUNK]))
            size += len(parts[-1])
            end = min(end + _CHUNK, len(data))
    except zlib.error:
        return None, next_record(data, start + 1)
    if not inflate.eof or size > _MOST_BYTES:
        return None, next_record(data, start + 1)
    return b"".join(parts), end - len(inflate.unused_data)


def next_record(data: Bytes, start: int) -> int:
    """Where the next gzip member with a WARC record seems to begin, or the end of the file."""
    while (start := data.find(_MEMBER, start)) >= 0:
        try:
            if zlib.decompressobj(wbits=31).decompress(data[start : start + _CHUNK], 5) == b"WARC/":
                return start
        except zlib.error:
            pass
        start += 1
    return len(data)


def _held(member: bytes | None, place: str) -> Answer | Revisit | Alias | Damaged | None:
    if member is None:
        return Damaged(place, "the record was cut off, changed, or is too large: it cannot be unpacked")
    record = parsed(member)
    if record is None:
        return Damaged(place, "this part of the file holds no whole WARC record, or more than one")
    read: Callable[[Record, str], Answer | Revisit | Alias | Damaged | None]
    read = _READERS.get(record.fields.get("warc-type", ""), _nothing)
    return read(record, place)


def _nothing(record: Record, place: str) -> None:
    return None


def _read_answer(record: Record, place: str) -> Answer | Damaged:
    url, date = record.fields.get("warc-target-uri"), record.fields.get("warc-date")
    http = http_answer(record.block)
    if http is None or not url or not date:
        return Damaged(place, "this part of the file holds no whole WARC record, or more than one")
    status, headers, raw = http
    own = digest(raw)
    if record.fields.get("warc-payload-digest") != own:
        return Damaged(place, "the stored body is not the one that was answered (its digest differs)")
    answer = as_answer(url, status, headers, raw, own, date, "warc-truncated" not in record.fields)
    return answer or Damaged(place, "the answer's content coding cannot be undone")


def as_answer(
    url: str, status: int, headers: Headers, body: bytes, told: str, date: str, whole: bool = True
) -> Answer | None:
    """An answer whose body is still in its content coding, `told` that body's digest; None where the coding cannot be
    undone."""
    found = decoded(body, ",".join(value for name, value in headers if name.lower() == "content-encoding"), whole)
    if found is None:
        return None
    of = told if found.body is body else digest(found.body)
    return Answer(url, status, headers, found.body, of.removeprefix(_SHA256), date, found.whole)


def _read_revisit(record: Record, place: str) -> Revisit | None:
    """None where another tool's record names another address: ours speak of their own alone."""
    url, date = record.fields.get("warc-target-uri"), record.fields.get("warc-date")
    own = record.fields.get("warc-refers-to-target-uri") == url
    return Revisit(url, date) if own and url and date else None


def _read_alias(record: Record, place: str) -> Alias | None:
    url = record.fields.get("warc-target-uri")
    name, _, of = record.block.decode("utf-8", "replace").strip().partition(": ")
    return Alias(url, of) if name == ALIAS and of and url else None


_READERS: Mapping[str, Any] = {"response": _read_answer, "revisit": _read_revisit, "metadata": _read_alias}
