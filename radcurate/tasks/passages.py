"""Passages of an article's section: its pieces with their places, and a part of it that ends where an answer may end.

The text is as page objects leave it: blocks are parted by an empty line, the items of a list and the rows of a table
stand line by line, a sub-heading is a line that ends with a colon, and the next line follows it at once.

The rule of a cut: a passage ends after a whole paragraph, list or table, and never before a block that takes back,
narrows or warns of what stands before it (`[qualifies]` of the TOML file: unless, except, however, contraindicated …).
Such a block comes along where it fits; else the passage ends before what the block qualifies. A `strict` passage is
whole, or leaves out no such block and none that tells a risk (`[warns]`), wherever it stands.
"""

import functools
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radcurate.language.sentences import Span

MOST_WORDS = 200
# How far a block that qualifies the one before may lengthen an answer.
MOST_WORDS_QUALIFIED = 270

_BLOCK = re.compile(r"\S(?:(?!\n[ \t]*\n).)*", re.DOTALL)
_HEADING = re.compile(r"(?![•◦▪]|\d+\. )[^\n|]{1,80}:(?=\n)")
_ITEM = re.compile(r"^(?:[•◦▪]|\d+\.) ", re.MULTILINE)


@dataclass(frozen=True)
class Piece:
    """A sub-heading line, or a block (paragraph, list, table) without its sub-headings."""

    text: str
    start: int
    end: int
    is_heading: bool = False

    @property
    def words(self) -> int:
        return sum(any(map(str.isalnum, word)) for word in self.text.split())


def pieces(text: str) -> list[Piece]:
    """The pieces of a section's text in their order; captions of figures are left out."""
    found = []
    for block in _BLOCK.finditer(text):
        start, end = block.start(), block.start() + len(block.group().rstrip())
        while heading := _HEADING.match(text, start, end):
            found.append(Piece(heading.group(), start, heading.end(), is_heading=True))
            start = heading.end() + 1
        if not _pattern("caption").match(text, start, end):
            found.append(Piece(text[start:end], start, end))
    return found


def finished(parts: Sequence[Piece]) -> tuple[list[list[Piece]], list[Piece]]:
    """Units that an answer may end after: a block with the sub-headings and lead-ins before it; and what is left open
    at the end, a lead-in or sub-heading that nothing follows."""
    units: list[list[Piece]] = []
    waiting: list[Piece] = []
    for piece in parts:
        waiting.append(piece)
        if not piece.is_heading and not _pattern("lead_in").search(piece.text):
            units.append(waiting)
            waiting = []
    return units, waiting


def ended(units: Sequence[Sequence[Piece]], left_open: Sequence[Piece] = (), strict: bool = False) -> list[Piece]:
    """As many units as the rule of a cut allows; [] for none. What is `left_open` after them is never part of it."""
    following = [*units, left_open]
    count = _fitting(units, MOST_WORDS)
    while 0 < count < len(units) and _qualifies(units[count]):
        if _words(units[: count + 1]) > MOST_WORDS_QUALIFIED:
            break
        count += 1
    while count and _qualifies(following[count]):
        count -= 1
    if strict and any(_qualifies(unit) or _holds(unit, "warns") for unit in following[count:]):
        return []
    return [piece for unit in units[:count] for piece in unit]


def _fitting(units: Sequence[Sequence[Piece]], most: int) -> int:
    count = 0
    while count < len(units) and _words(units[: count + 1]) <= most:
        count += 1
    # A first block that is only a little longer is better whole than not at all.
    return count or int(bool(units) and _words(units[:1]) <= MOST_WORDS_QUALIFIED)


def _words(units: Sequence[Sequence[Piece]]) -> int:
    return sum(piece.words for unit in units for piece in unit)


def _qualifies(unit: Sequence[Piece]) -> bool:
    return _holds(unit, "qualifies")


def _holds(unit: Sequence[Piece], name: str) -> bool:
    return any(_pattern(name).search(piece.text) for piece in unit)


def holds_list(piece: Piece) -> bool:
    """True of a block with two items or more."""
    return len(_ITEM.findall(piece.text)) > 1


def joined(text: str, parts: Sequence[Piece]) -> str:
    """The pieces as they stand in `text`; where something between two was left out, an empty line parts them."""
    output, before = "", None
    for piece in parts:
        if before:
            gap = text[before.end : piece.start]
            output += gap if not gap.strip() else "\n" if before.is_heading else "\n\n"
        output += piece.text
        before = piece
    return output


def spans(text: str, parts: Sequence[Piece]) -> Iterator[Span]:
    """Where the pieces stand; neighbours are one span."""
    start = end = None
    for piece in parts:
        if end is not None and text[end : piece.start].strip():
            yield start or 0, end
            start = None
        start, end = piece.start if start is None else start, piece.end
    if end is not None:
        yield start or 0, end


@functools.cache
def _pattern(name: str) -> re.Pattern[str]:
    data: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return re.compile("|".join(f"(?:{one})" for one in data[name]["patterns"]))
