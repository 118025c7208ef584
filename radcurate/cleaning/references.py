"""Rules for lists of references, under whatever heading and in whatever journal's style. `references.toml` has words.

A reference is told by its shape: authors with initials, a year, volume and pages, or what databases print after it.
"""

import functools
import itertools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from radcurate.cleaning.rules import PAGES, Edit, Example, TextRule
from radcurate.cleaning.units import Unit, lines
from radcurate.documents import Section

_MARK = r"(?:[•◦▪*]\s*|\[\d{1,3}\]\s*|\(\d{1,3}\)\s*|\d{1,3}[.)\]]?\s+|\^\s*)?"
_LETTER = "[^\\W\\d_a-zß-öø-ÿ]"
_SURNAME = (
    r"(?:(?:van|von|de|der|den|del|di|da|la|le|el|al|ten|ter|bin)[ -]){0,3}"
    rf"(?P<name>{_LETTER}[\w'’]+(?:[- ]{_LETTER}[\w'’]+)?)"
)
_SECOND, _THIRD = _SURNAME.replace("name", "name_2"), _SURNAME.replace("name", "name_3")
_AUTHOR = re.compile(
    rf"""{_MARK}(?:
        {_SURNAME}\ {_LETTER}{{1,3}}(?=[,.;:]|\ et\ al|\ \(|\ and\ |\ &|$)     # Sample-Roy AB, …
      | {_SECOND},\ (?:{_LETTER}\.[ -]?){{1,3}}                                 # Sample, A. B., …
      | (?:{_LETTER}\.[ -]?){{1,3}}{_THIRD}(?=,|\ and\ |\ &|\ et\ al)         # A. B. Sample, …
    )""",
    re.VERBOSE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d[a-z]?(?=[\s;:.,)\]]|\Z)")
_PLACE = re.compile(
    r"\d\s?(?:\([^)\n]{1,20}\)\s?)?:\s?[eES]?\d+|\d\s?\(\d[^)\n]{0,12}\),\s?[eES]?\d+|\bpp?\. ?\d+[-–]\d+"
    r"|,\s\d{1,4}(?:\(\d{1,4}\))?,\s\d+[-–]\d+|\s\d{1,4}\s\((?:19|20)\d\d\):\s?\d+"
)
_DATABASE = re.compile(
    r"\b(?:pubmed|medline|doi|pmid|pmc ?id|isbn|issn|ibid|crossref|google scholar|epub|et[ -]al)\b|\bPMC\d{5}"
    r"|\(eds?\.\)"
    r"|\b(?:press|publishers?|publishing|springer|elsevier|wiley|thieme|edn|ed)\b[.,;]",
    re.IGNORECASE,
)
# A number or bullet, a body of people or a title, a title or a journal, and a year at the end.
_CORPORATE = re.compile(
    r"(?:[•◦▪*]|\[?\d{1,3}[.)\]])\s[A-Z][^.\n]{3,120}\. [A-Z][^.\n]{3,200}\. ?"
    r"(?:[A-Z][^.\n]{2,60}[. ] ?)?(?:19|20)\d\d\.?"
)
_YEAR_AT_END = 40
_IBID = re.compile(rf"{_MARK}(?:ibid|op\. ?cit|idem)\b.{{0,30}}", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_PREFIX = re.compile(r"(?P<heading>[A-Za-z ()]{3,40})[:.–—-]\s+(?=\S)")


@functools.cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@functools.cache
def _headings() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    data = _data()["headings"]
    return frozenset(data["of_references"]), frozenset(data["beside"]), frozenset(data["doubtful"])


def _heads(line: str) -> bool:
    """True for a heading of references, by all of its words."""
    if len(line) > 60 or line.rstrip().endswith("."):
        return line.strip().lower() in ("ref.", "refs.")
    words = [word.lower() for word in _WORD.findall(line)]
    of_references, beside, _ = _headings()
    pairs = {f"{first} {second}" for first, second in itertools.pairwise(words)}
    known = {word for pair in pairs & of_references for word in pair.split()}
    return bool(of_references & (pairs | set(words))) and all(
        word in of_references or word in beside or word in known for word in words
    )


def _may_head(line: str) -> bool:
    return _heads(line) or " ".join(word.lower() for word in _WORD.findall(line[:60])) in _headings()[2]


def _references(section: Section) -> Iterator[Edit]:
    """Takes out a section whose heading is one of references."""
    if section.text and _heads(section.heading):
        yield Edit(0, len(section.text), "")


def _reference_list(section: Section) -> Iterator[Edit]:
    """Takes out references that stand as lines of a text, with the line that heads them."""
    units = list(lines(section.text))
    reached, place = 0, 0
    while place < len(units):
        first = place
        heads = _may_head(units[place].text)
        place += heads
        marks = []
        while place < len(units) and (mark := _reference_mark(units[place].raw)):
            marks.append(mark)
            place += 1
        if _goes(units[first], heads, marks, place == len(units)):
            start, end = units[first].start, units[place - 1].end
            if end == len(section.text.rstrip()):
                start, end = len(section.text[:start].rstrip()), len(section.text)
            elif place < len(units):
                end = units[place].start
            yield Edit(max(start, reached), end, "")
            reached = end
        place = max(place, first + 1)


def _goes(head: Unit, heads: bool, marks: list[int], at_end: bool) -> bool:
    """True for references that are headed, sure, or end the text; and for a heading that has nothing under it."""
    if not marks:
        return heads and at_end and head.start > 0 and _heads(head.text)
    return heads or (at_end and head.start > 0) or 2 in marks


def _reference_mark(line: str) -> int:
    """2 for a line that is a reference by all it holds, 1 for one that may be, 0 for none."""
    if len(line) > 1500:
        return 0
    if _IBID.fullmatch(line):
        return 1
    prefix = _PREFIX.match(line)
    if prefix and _heads(prefix["heading"]):
        return 2 * bool(_reference_mark(line[prefix.end() :]))
    author, year = _author(line), _YEAR.search(line)
    place, database = _PLACE.search(line), _DATABASE.search(line)
    if author and (place or database) and (year or database):
        return 2
    # "Weber C: fractures of 1972 were …" is none.
    if author and year and year.end() > len(line) - _YEAR_AT_END and ":" not in line[:40]:
        return 1
    if (year and place and database) or (year and database and line[0] in "•0123456789[") or _CORPORATE.fullmatch(line):
        return 1
    return int(bool(year and re.search(r"\b(?:19|20)\d\d\s?(?:[A-Z][a-z]{2}\s?)?(?:\d\d?)?;\s?\d+.*:\s?\d", line)))


def _author(line: str) -> bool:
    match = _AUTHOR.match(line)
    if not match:
        return False
    name = match["name"] or match["name_2"] or match["name_3"]
    return name not in _data()["reference"]["no_names"]


RULES = (
    TextRule(
        "references.v2",
        _references,
        (
            Example("1. Placeholder A. Invented. 2020.\n2. Sample B.", "", "References"),
            Example("Sample B. Invented. 2020.", "", "Suggested reading and links"),
            Example("Histology is the reference.", "Histology is the reference.", "Reference standard"),
            Example("The literature is scarce.", "The literature is scarce.", "Literature review"),
        ),
        PAGES,
    ),
    TextRule(
        "reference_list.v2",
        _reference_list,
        (
            Example("A cyst.\nFurther reading\nSample A. Cysts. Example J 2015;2:33-40.", "A cyst.", ""),
            Example("A cyst.\n1. Sample A. Cysts. Example J. 2016;44(2):201-9.", "A cyst.", ""),
            Example("A cyst.\n\nReferences:\n1. Placeholder A. 2020.\n\nCT:\nRound.", "A cyst.\n\nCT:\nRound.", ""),
            Example("A cyst.\n\nNotes:\n• Sample, A. B. (2010). Cysts. Example Journal, 12(3), 45–50.", "A cyst.", ""),
            Example("A cyst.\nKey papers", "A cyst.", ""),
            Example(
                "Reference standard\nSurgery in 2015 was the reference.",
                "Reference standard\nSurgery in 2015 was the reference.",
                "",
            ),
            Example("Types:\n• Type II, seen since 1984.", "Types:\n• Type II, seen since 1984.", ""),
        ),
        PAGES,
    ),
)
