"""What makes a passage of an article no answer: it points elsewhere, holds leftovers, or lacks its beginning or end.

In: the pieces that an answer would be made of. Out: a reason among `REFUSALS`, or None. The words are data:
`passage_faults.toml`.
"""

import functools
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from radcurate.documents import REDACTION_MARKS
from radcurate.tasks.passages import Piece

FEWEST_WORDS = 6

REFUSALS = {
    "too_short": f"the answer has fewer than {FEWEST_WORDS} words",
    "refers_elsewhere": "the answer sends its reader to another page or section, a figure, a table or another study",
    "no_antecedent": "the answer opens with a word for something that neither its question nor its title names",
    "leftovers": "the answer holds what is no text of an article: marks of citations, addresses, markup, site lines",
    "redacted": "the answer holds a mark that stands where a name, a date or a word was",
    "fragment": "the answer begins in the middle of something or ends there",
}

_BULLET = re.compile(r"(?:[•◦▪]|\d+\.) ")
_ENUMERATED = re.compile(r"(?:(?<=\s)|^)[a-z\d]{1,2}\)", re.MULTILINE)


def fault_of(parts: Sequence[Piece], under_heading: bool = False) -> str | None:
    """The first reason that holds of these pieces; `under_heading` where an answer puts a heading before them."""
    if sum(piece.words for piece in parts if not piece.is_heading) < FEWEST_WORDS:
        return "too_short"
    for reason in ("leftovers", "refers_elsewhere"):
        if any(_pattern(reason).search(piece.text) for piece in parts):
            return reason
    if any(mark in piece.text for piece in parts for mark in REDACTION_MARKS) or _holds(parts, "redacted"):
        return "redacted"
    # "This is the first test" speaks of its heading ("Ultrasound:"); without one, of nothing that is named.
    bare_this = not under_heading and not parts[0].is_heading and _pattern("bare_this").match(_opening(parts))
    if bare_this or _pattern("no_antecedent").match(_opening(parts)):
        return "no_antecedent"
    return "fragment" if _is_fragment(parts) else None


def opens_with_pronoun(parts: Sequence[Piece]) -> bool:
    """True where the first block says "It is …" of what only a title names."""
    return bool(_pattern("pronoun").match(_opening(parts)))


def _opening(parts: Sequence[Piece]) -> str:
    first = next((piece.text for piece in parts if not piece.is_heading), "")
    return _BULLET.sub("", first, count=1)


def _holds(parts: Sequence[Piece], name: str) -> bool:
    return any(_pattern(name).search(piece.text) for piece in parts)


def _is_fragment(parts: Sequence[Piece]) -> bool:
    first = next(piece.text for piece in parts if not piece.is_heading)
    if not _BULLET.match(first) and "|" not in first and _pattern("middle").match(first):
        return True
    return bool(_pattern("open_end").search(parts[-1].text)) or any(map(_brackets_differ, parts))


def _brackets_differ(piece: Piece) -> bool:
    """True where one is opened and not closed, or closed and not opened, save those of enumerations ("a) single")."""
    extra = piece.text.count(")") - piece.text.count("(")
    numbered = len(_ENUMERATED.findall(piece.text))
    return not 0 <= extra <= numbered or piece.text.count("[") != piece.text.count("]")


@functools.cache
def _pattern(name: str) -> re.Pattern[str]:
    data: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return re.compile("|".join(f"(?:{one})" for one in data[name]["patterns"]))
