"""What every mutator of pages shares: what it makes, and the places at which a page takes something in."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

UTF_8 = "text/html; charset=utf-8"
# After what a thing is put in, by the name of the place. "paragraph" is in text, "start" before any.
PLACES = {
    "start": r'<div class="(?:body user-generated-content|sub-section study-findings body)">',
    "paragraph": r"<p>[^<]{20}",
    "heading": r'<h4 id="nav_[^>]*>|<div class="study-desc"><h2>',
    "title": r'<h1 class="header-title">[^<]{3}',
    "name": r'<div class="author-info">[^<]*<a [^>]*>[^<]{2}',
    "head": r'<meta charset="utf-8">',
    "end": r"</main>",
}


@dataclass(frozen=True)
class Served:
    """What a mutator makes of a page: the bytes that come over the wire, and what the headers say of them."""

    body: bytes
    content_type: str = UTF_8
    coding: str = ""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """As an answer has them."""
        said = (("Content-Type", self.content_type), ("Content-Encoding", self.coding))
        return tuple((name, value) for name, value in said if value)


@dataclass(frozen=True)
class Mutator:
    """A way to break a page, the number of which among `PAGES` it is given too; `then`,
    `why` and `differs` as in hostile.toml.

    `meant` gives the page as it should be read where what was done to it is unseen.
    """

    name: str
    apply: Callable[[str, random.Random, int], Served]
    then: str = ""
    why: str = ""
    differs: str = ""
    meant: Callable[[str], str] = str


def put(page: str, place: str, html: str) -> str:
    """The page with this behind the first such place, or in a paragraph where it has none."""
    found = re.search(PLACES[place], page) or re.search(PLACES["paragraph"], page)
    assert found, f"the page has no {place}"
    return page[: found.end()] + html + page[found.end() :]


def foreign(page: str) -> str:
    """The page with characters that are not ASCII, but in which windows-1252 and cp037 have any part."""
    return (
        page.replace("&#8203;", "").replace("&nbsp;", " \xa0\xb5\xe9 ").replace("<p>", "<p>M\xe9ni\xe8re, 5\xa0\xb5m. ")
    )
