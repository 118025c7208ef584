"""Sitemaps: what a site says it holds (sitemaps.org). In: the bytes of a sitemap, plain or gzip'ed. Out: its addresses.

Read with defusedxml: a document type is refused, and with it every entity; what is unpacked is bounded.
"""

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

# The protocol allows 50 MB and 50,000 addresses a sitemap.
MOST_BYTES = 52_428_800
MOST_ADDRESSES = 50_000
_GZIP = b"\x1f\x8b"


class SitemapError(Exception):
    """Bytes that are no sitemap, or a dangerous one."""


@dataclass(frozen=True)
class Place:
    """An address in a sitemap and the day (ISO 8601, in UTC) on which it was last revised, where it states one."""

    address: str
    revised: str | None


@dataclass(frozen=True)
class Sitemap:
    """Either an index, whose places are sitemaps, or a list of pages."""

    is_index: bool
    places: tuple[Place, ...]


def read(body: bytes) -> Sitemap:
    """Raises `SitemapError`."""
    kinds: list[str] = []
    places = tuple(_places(_unpacked(body), kinds))
    if not kinds or kinds[0] not in ("sitemapindex", "urlset"):
        raise SitemapError(f"its root is <{kinds[0] if kinds else ''}>, which is no sitemap's")
    return Sitemap(kinds[0] == "sitemapindex", places)


def _places(text: bytes, kinds: list[str]) -> Iterator[Place]:
    address, revised, count = "", None, 0
    try:
        for event, element in iterparse(io.BytesIO(text), events=("start", "end"), forbid_dtd=True):
            name = element.tag.rpartition("}")[2]
            if event == "start":
                if not kinds:
                    kinds.append(name)
            elif name == "loc":
                address = (element.text or "").strip()
            elif name == "lastmod":
                revised = _day(element.text or "")
            elif name in ("url", "sitemap"):
                if address:
                    count += 1
                    if count > MOST_ADDRESSES:
                        raise SitemapError(f"it names more than {MOST_ADDRESSES:,} addresses")
                    yield Place(address, revised)
                address, revised = "", None
                element.clear()
    except DefusedXmlException as error:
        raise SitemapError(f"it declares a document type or entities ({type(error).__name__})") from error
    except (ParseError, ValueError, LookupError) as error:
        raise SitemapError(f"it is no XML ({error})") from error


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(_GZIP):
        return body
    inflate = zlib.decompressobj(wbits=31)
    try:
        text = inflate.decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        raise SitemapError("it cannot be unpacked") from error
    if len(text) > MOST_BYTES:
        raise SitemapError(f"it unpacks to more than {MOST_BYTES:,} bytes")
    return text


def _day(text: str) -> str | None:
    """The day of a W3C date (`2026-01-31`, `2026-01-31T08:00:00+02:00`); None for one in no such form."""
    try:
        if len(text.strip()) <= len("2026-01-31"):
            return date.fromisoformat(text.strip()).isoformat()
        when = datetime.fromisoformat(text.strip())
        return (when.astimezone(UTC) if when.tzinfo else when).date().isoformat()
    except (ValueError, OverflowError):
        return None
