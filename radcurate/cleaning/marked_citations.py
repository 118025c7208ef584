"""The rule for citations in brackets: numbers, authors with a year, and notes that one is missing.

`marked_citations.toml` has the words after which a number says something.
"""

import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.rules import PAGES, Edit, Example, TextRule
from radcurate.documents import Section

_ONE = r"[1-9]\d{0,2}"
_LIST = rf"{_ONE}(?:\s?(?:[,;&+–—-]|to|and)\s?{_ONE})*"
_WHERE = r"(?:,\s?(?:pp?\.|pages?|table|tab\.?|fig\.?|figure|chapter|ch\.?)\s?\d{1,4}(?:[-–]\d{1,4})?)?"
_LEAD = r"(?:(?:see|see\ also|cf\.?|as\ in|in|also)\s)?"
_SQUARE = re.compile(
    rf"(?<![ \t])[ \t]*(?:\[\s?{_LEAD}(?:refs?\.?|references?)?\s?{_LIST}{_WHERE}\s?\](?:[ \t]?[,;–-]?[ \t]?(?=\[))?)+".replace(
        r"\ ", "[ ]"
    ),
    re.IGNORECASE,
)
_ROUND = re.compile(rf"(?<![ \t])[ \t]*(?:\(\s?{_LIST}\s?\)[ \t]?)+(?=[.,;:]|\s*\n|\s*\Z)")
_REF = re.compile(
    rf"(?<![ \t])[ \t]*(?:\((?:{_LEAD})(?:refs?\.?|references?)\s{_LIST}{_WHERE}\)|,?[ \t](?:see[ ])?refs?\.[ ]?{_LIST}(?=[.,;:)]|\s*\n|\s*\Z)|,[ ]pp?\.[ ]\d{{1,4}}(?:[-–]\d{{1,4}})?(?=[.;)]|\s*\n|\s*\Z))".replace(
        r"\ ", "[ ]"
    ),
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"(?<![ \t])[ \t]*[\[(](?:(?:citation|reference|source|sources|clarification|verification|quotation|page)s?\ (?:is\ |are\ )?(?:needed|required|missing)"
    r"|(?:when|who|which|where|why|how)\?|according\ to\ whom\?|by\ whom\?|failed\ verification|dubious(?:[^\]\n)]{0,20})|unreliable\ source\??|original\ research\??|better\ source\ needed|ref(?:erence)?\??|citation|update)[\])]".replace(
        r"\ ", "[ ]"
    ),
    re.IGNORECASE,
)
_NAME = r"[A-Z][a-z'’]+(?:-[A-Z][a-z]+)?"
_CITED = rf"(?:(?:see|cf\.?|e\.g\.,?|after)\s)?(?P<name>{_NAME})(?P<more>\s(?:et\sal\.?|and\scolleagues|(?:&|and)\s{_NAME}))?,?\s(?:19|20)\d\d[a-z]?"
_AUTHOR_YEAR = re.compile(
    rf"(?<![ \t])[ \t]*[(\[]{_CITED}(?:[;,]\s(?:{_NAME}(?:\s(?:et\sal\.?|and\scolleagues|(?:&|and)\s{_NAME}))?,?\s)?(?:19|20)\d\d[a-z]?)*(?:,\s?pp?\.\s?\d+(?:[-–]\d+)?)?[)\]]"
)
_WORD_BEFORE = re.compile(r"(?P<word>[^\W\d_]+)(?:[ \t]+[\d.,–-]+)?[%:]?\Z")


@functools.cache
def _listed() -> dict[str, frozenset[str]]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {name: frozenset(words) for name, words in data.items()}


def _marked_citation(section: Section) -> Iterator[Edit]:
    """Takes out citations in brackets, with the blanks before them."""
    text = section.text
    if "[" not in text and "(" not in text and "ref" not in text and " p" not in text:
        return
    found = [match.span() for match in _SQUARE.finditer(text) if not _follows(text, match.start(), "measured")]
    found += [match.span() for match in _ROUND.finditer(text) if _round_cites(text, match)]
    found += [match.span() for pattern in (_REF, _MISSING) for match in pattern.finditer(text)]
    found += [
        match.span()
        for match in _AUTHOR_YEAR.finditer(text)
        if match["more"] or match["name"] not in _listed()["not_cited"]
    ]
    reached = 0
    for start, end in sorted(found):
        if start >= reached and start:
            while end > start and text[end - 1] in " \t":
                end -= 1
            at_line_start = text[start - 1] == "\n"
            if not at_line_start:
                yield Edit(start, end, "")
                reached = end


def _round_cites(text: str, match: re.Match[str]) -> bool:
    """True for several numbers, or for one where the word before does not say that it counts or grades."""
    several = len(re.findall(r"\d+", match[0])) > 1
    return not _follows(text, match.start(), "measured") and (several or not _follows(text, match.start(), "counted"))


def _follows(text: str, start: int, words: str) -> bool:
    """True where one of these words stands before, maybe with a number between."""
    before = _WORD_BEFORE.search(text, max(0, start - 40), start)
    name = before["word"].lower() if before else ""
    return name in _listed()[words] or name.rstrip("s") in _listed()[words]


RULES = (
    TextRule(
        "marked_citation.v1",
        _marked_citation,
        (
            Example("It is common[1]. It is round [2,3], flat[4–6].", "It is common. It is round, flat.", ""),
            Example("It is rare [1], [2] [see also 6] and common [3 to 5].", "It is rare and common.", ""),
            Example(
                "It is rare (7, 8). It is seen in most (3), and grows (see ref 8).",
                "It is rare. It is seen in most, and grows.",
                "",
            ),
            Example(
                "It is common [citation needed]. It grows (Roy 2017; Sample et al., 2010).",
                "It is common. It grows.",
                "",
            ),
            Example("It was seen in three (3), median 4 [2, 6].", "It was seen in three (3), median 4 [2, 6].", ""),
            Example("It is graded (Lugano 2014). Grade (3).", "It is graded (Lugano 2014). Grade (3).", ""),
            Example("(1) fever, (2) rash", "(1) fever, (2) rash", ""),
        ),
        PAGES,
    ),
)
