"""Undoing the content coding of an answer without trusting it: never more than `MOST_BYTES` come out of it.

A few megabytes of gzip can claim gigabytes, and gzip within gzip far more; both are undone up to the limit and no
further. The crawl asks for gzip alone, so any other coding cannot be undone.
"""

import zlib
from dataclasses import dataclass

MOST_BYTES = 20_000_000
MOST_CODINGS = 4
MOST_MEMBERS = 1_000
_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Decoded:
    """A body without its coding; where it is not `whole`, its first bytes."""

    body: bytes
    whole: bool


def decoded(body: bytes, coding: str, whole: bool = True, most: int = MOST_BYTES) -> Decoded | None:
    """Undoes the codings that a `Content-Encoding` lists; None where one is unknown or the body is broken.

    `whole` is false for a body that was cut off on its way. At most `most` bytes come out, of any step.
    """
    names = [name.strip().lower() for name in coding.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if not body or not names:
        return Decoded(body[:most], whole and len(body) <= most)
    if len(names) > MOST_CODINGS or any(name not in ("gzip", "x-gzip") for name in names):
        return None
    for _ in names:
        found = _unzipped(body, whole, most)
        if found is None:
            return None
        body, whole = found.body, found.whole
    return Decoded(body, whole)


def _unzipped(body: bytes, whole: bool, most: int) -> Decoded | None:
    """The first `most` bytes that the gzip members of a body hold, one after the other."""
    out, view, at = bytearray(), memoryview(body), 0
    for _ in range(MOST_MEMBERS):
        inflate = zlib.decompressobj(wbits=31)
        rest: bytes | memoryview = b""
        while not inflate.eof:
            if not rest:
                rest = view[at : at + _CHUNK]
                at += len(rest)
            if not rest:
                # It breaks off. Of a body that was cut what came is taken, else it is broken.
                return None if whole else Decoded(bytes(out), False)
            try:
                out += inflate.decompress(rest, most + 1 - len(out))
            except zlib.error:
                return None
            if len(out) > most:
                return Decoded(bytes(out[:most]), False)
            rest = inflate.unconsumed_tail
        at -= len(inflate.unused_data)
        if bytes(view[at : at + 2]) != b"\x1f\x8b":
            return Decoded(bytes(out), whole)
    return None
