"""The rule for citations in brackets: numbers, authors with a year, and notes that one is missing.

A number in brackets may count or measure too ("cirrhosis (38)", "a median of 2 [1-4]"), so that each form asks for what
stands before and after it. `marked_citations.toml` has the words after which a number says something.
"""

import functools
import itertools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.rules import PAGES, Edit, Example, TextRule
from radcurate.documents import Section

# Blanks before a bracket are taken from the first of them alone: a long run of blanks is read once.
_BLANKS = r"(?<![ \t])[ \t]*"
_ONE = r"[1-9]\d{0,2}"
_LIST = rf"{_ONE}(?:\s?(?:[,;&–—-]|to|and)\s?{_ONE}){{0,12}}"
_WHERE = r"(?:,\s?(?:pp?\.|pages?|table|tab\.?|fig\.?|figure|chapter|ch\.?)\s?\d{1,4}(?:[-–]\d{1,4})?)?"
_LEAD = r"(?:(?:see|see\ also|cf\.?|as\ in|in|also)\s)?"
_ENDS = r"(?=[.;)]|\s*\n|\s*\Z)"
_SQUARE = re.compile(
    rf"{_BLANKS}(?:\[\s?{_LEAD}(?:refs?\.?|references?)?\s?{_LIST}{_WHERE}\s?\](?:[ \t]?[,;–-]?[ \t]?(?=\[))?"
    r")+(?![\w-])",
    re.IGNORECASE,
)
_ROUND = re.compile(rf"(?<=[A-Za-z%)])[ \t]{{0,2}}(?:\(\s?{_LIST}\s?\)[ \t]?)+(?=[.,;:](?!\d)|\s*\n|\s*\Z)")
_REF = re.compile(
    rf"""{_BLANKS}(?:
        \({_LEAD}(?:refs?\.?|references?)\s{_LIST}{_WHERE}\)
      | ,?[ \t](?:see\ )?refs?\.\ ?{_LIST}(?=,|{_ENDS[3:-1]})
      | ,\ pp?\.\ \d{{1,4}}(?:[-–]\d{{1,4}})?{_ENDS}
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_MISSING = re.compile(
    rf"""{_BLANKS}[\[(](?:
        (?:citation|reference|source|sources|clarification|verification|quotation|page)s?\ (?:is\ |are\ )?
        (?:needed|required|missing)
      | (?:when|who|which|where|why|how)\? | according\ to\ whom\? | by\ whom\? | failed\ verification
      | dubious[^\]\n)]{{0,20}} | unreliable\ source\?? | original\ research\?? | better\ source\ needed
      | ref(?:erence)?\?? | citation | update
    )[\])]""",
    re.IGNORECASE | re.VERBOSE,
)
_NAME = r"[A-Z][a-z'’]+(?:-[A-Z][a-z]+)?"
_OTHERS = rf"\s(?:et\sal\.?|and\scolleagues|(?:&|and)\s{_NAME})"
_PLAIN_YEAR = r"(?:19|20)\d\d[a-z]?"
_AUTHOR_YEAR = re.compile(
    rf"""{_BLANKS}[(\[](?:(?:see|cf\.?|e\.g\.,?|after)\s)?
        (?P<name>{_NAME})(?P<more>{_OTHERS})?,?\s{_PLAIN_YEAR}
        (?:[;,]\s(?:{_NAME}(?:{_OTHERS})?,?\s)?{_PLAIN_YEAR}){{0,12}}
        (?:,\s?pp?\.\s?\d{{1,4}}(?:[-–]\d{{1,4}})?)?[)\]]""",
    re.VERBOSE,
)
_BEFORE = 40
_WORD_BEFORE = re.compile(r"(?P<word>[^\W\d_]+)(?:[ \t]+[\d.,–-]+)?[%:]?\Z")
_NUMBER_BEFORE = re.compile(r"(?P<number>\d{1,6}(?:\.\d{1,4})?)\s?%?\Z")
_MEASURED_AFTER = re.compile(r"\s?(?:[=+%±]|years|months|weeks|days|hours|mm|cm|ml|kg)")
_SENTENCE = 400
_SENTENCE_END = re.compile(r"[.!?](?=\s)|\n")
_COUNTED = re.compile(r"\(\s?\d{1,4}\s?\)")
_NUMBER = re.compile(r"\d+")
_LONGEST_RANGE = 8


@functools.cache
def _listed() -> dict[str, frozenset[str]]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {name: frozenset(words) for name, words in data.items()}


def _marked_citation(section: Section) -> Iterator[Edit]:
    """Takes out citations in brackets, with the blanks before them."""
    text = section.text
    if "[" not in text and "(" not in text and "ref" not in text and ", p" not in text:
        return
    found = [match.span() for match in _SQUARE.finditer(text) if _square_cites(text, match)]
    found += [match.span() for match in _ROUND.finditer(text) if _round_cites(text, match)]
    found += [match.span() for pattern in (_REF, _MISSING) for match in pattern.finditer(text)]
    found += [match.span() for match in _AUTHOR_YEAR.finditer(text) if _names_a_work(match)]
    reached = 0
    for start, end in sorted(found):
        end = start + len(text[start:end].rstrip(" \t"))
        if start >= max(reached, 1) and text[start - 1] != "\n":
            yield Edit(start, end, "")
            reached = end


def _names_a_work(match: re.Match[str]) -> bool:
    return bool(match["more"]) or match["name"].split("-")[0] not in _listed()["not_cited"]


def _square_cites(text: str, match: re.Match[str]) -> bool:
    """False for a measure: "32 [27-38]%", "[2, 6] mm after a median of 4", and for indices of a formula."""
    if _follows(text, match.start(), "measured"):
        return False
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    numbers = _numbers(match[0])
    if len(numbers) == 1 or "][" in match[0]:
        return not (_NUMBER_BEFORE.search(before) and _MEASURED_AFTER.match(text, match.end()))
    return not _lies_within(before, numbers) and _are_references(numbers, match[0])


def _round_cites(text: str, match: re.Match[str]) -> bool:
    """True for several numbers, or a lone one where none other in the sentence counts as it does."""
    if _follows(text, match.start(), "measured"):
        return False
    numbers = _numbers(match[0])
    if len(numbers) > 1:
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        return not _lies_within(before, numbers) and _are_references(numbers, match[0])
    return not _follows(text, match.start(), "counted") and not _counts_around(text, match)


def _numbers(text: str) -> list[int]:
    """The numbers of references, without the tables and pages of one."""
    return [int(number) for number in _NUMBER.findall(re.sub(r",\s?[a-z].*", "", text, flags=re.IGNORECASE))]


def _lies_within(before: str, numbers: list[int]) -> bool:
    """True for "2 [1-4]" and "80 (70, 90)": what was measured lies between its limits."""
    measured = _NUMBER_BEFORE.search(before)
    return bool(measured) and numbers[0] <= float(measured["number"]) <= numbers[-1]  # type: ignore[index]


def _are_references(numbers: list[int], text: str) -> bool:
    """True for numbers that rise, where a range is a short one: "[27-38]" measures."""
    rising = all(first < second for first, second in itertools.pairwise(numbers))
    ranges = len(numbers) == 2 and re.search(r"\d\s?(?:[–—-]|to)\s?\d", text)
    return rising and not (ranges and numbers[1] - numbers[0] > _LONGEST_RANGE)


def _counts_around(text: str, match: re.Match[str]) -> bool:
    """True where another lone number stands in round brackets in the sentence: "cirrhosis (38), cholangitis (22)"."""
    before = _SENTENCE_END.split(text[max(0, match.start() - _SENTENCE) : match.start()])[-1]
    after = _SENTENCE_END.split(text[match.end() : match.end() + _SENTENCE], maxsplit=1)[0]
    return bool(_COUNTED.search(before) or _COUNTED.search(after))


def _follows(text: str, start: int, words: str) -> bool:
    """True where one of these words stands before, maybe with a number between."""
    before = _WORD_BEFORE.search(text[max(0, start - _BEFORE) : start])
    name = before["word"].lower() if before else ""
    return name in _listed()[words] or name.rstrip("s") in _listed()[words]


RULES = (
    TextRule(
        "marked_citation.v1",
        _marked_citation,
        (
            Example("It is common[1]. It is round [2,3], flat[4–6].", "It is common. It is round, flat.", ""),
            Example("It is rare [1], [2] [see also 6] and common [3 to 5].", "It is rare and common.", ""),
            Example("It is rare (7, 8). It grows in most (3).", "It is rare. It grows in most.", ""),
            Example("It is seen in most (5)(6), and grows (see ref 8).", "It is seen in most, and grows.", ""),
            Example("It is common [citation needed].", "It is common.", ""),
            Example("It grows (Roy 2017; Sample et al., 2010).", "It grows.", ""),
            Example("It was seen in three (3), median 4 [2, 6].", "It was seen in three (3), median 4 [2, 6].", ""),
            Example("It is graded (Lugano 2014). Grade (3).", "It is graded (Lugano 2014). Grade (3).", ""),
            Example(
                "cirrhosis (38), cholangitis (22), cysts (11).", "cirrhosis (38), cholangitis (22), cysts (11).", ""
            ),
            Example("a delay of 2 [1-4] days, a volume (30-80).", "a delay of 2 [1-4] days, a volume (30-80).", ""),
            Example("imidazo[2,1-b]thiazole, U(3)O(8), [3,4]b", "imidazo[2,1-b]thiazole, U(3)O(8), [3,4]b", ""),
            Example("(1) fever, (2) rash", "(1) fever, (2) rash", ""),
        ),
        PAGES,
    ),
)
