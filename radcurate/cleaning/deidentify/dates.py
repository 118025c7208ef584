"""Rules that take out dates. By default the year stays: `03/14/2019`, `14 March 2019` and `3/2019` become `2019`.

In: a section. Out: edits. A date without a year becomes `[date]`, and so does a date of birth with its year; a year
alone, weekdays and times of day stay. `4/3` is a date only where the words beside it say so: ratios, levels, scores and
doses are written like that too. `shifted_date.v1` moves dates for each group instead, by the recipe's key.
"""

import itertools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from radcurate.cleaning.deidentify.context import before, either
from radcurate.cleaning.deidentify.marks import DATE
from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

LEXICON = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_MONTHS = {word: number for number, words in enumerate(LEXICON["months"], 1) for word in words}
DECEMBER, MOST_DAYS = 12, 31
_DOUBTFUL = frozenset(LEXICON["doubtful"])


@dataclass(frozen=True)
class Written:
    """A date in a text: its span and what it says; `birth` where it is a date of birth, `ambiguous` where day and month
    are both numbers that could be the other."""

    start: int
    end: int
    year: int | None
    month: int | None = None
    day: int | None = None
    birth: bool = False
    ambiguous: bool = False


_SOME_DIGIT = re.compile(r"\d")
_PARTED_DIGITS = re.compile(r"\d[/.-]\d|\d{8}|(?i:birth|dob)")
_MONTH = rf"(?P<month>{either(list(_MONTHS))})"
_MONTH_WORD = re.compile(_MONTH, re.IGNORECASE)
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_YEAR = r"(?:19|20)\d\d"
_UNITS = (
    r"mm|cm|m|ml|mL|mg|kg|g|HU|Hz|Gy|Fr|F|French|gauge|cc|units?|T|kVp?|mAs|mCi|MBq|s|sec|min|h|hours?|days?|weeks?|months?"
    r"|years?|yo|y/o|x"
)
_NO_UNIT = rf"(?!\s?(?:{_UNITS})(?!\w)|\s?[%×°])"
_DAY_FIRST = re.compile(
    rf"(?:\bthe\s+)?(?<![\w./:,-]){_DAY}(?P<ordinal>st|nd|rd|th)?[\s-]{{0,2}}(?:of\s+)?{_MONTH}(?![^\W\d_])\.?"
    rf"(?:(?:,\s?|\s|-|\s-\s)?(?P<year>{_YEAR}|(?<=[\s-])\d\d)(?![\d:/]|\.\d|-\d){_NO_UNIT})?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"(?<![\w-]){_MONTH}\.?[\s-]{{1,2}}{_DAY}(?P<ordinal>st|nd|rd|th)?(?![\d/:%]|\.\d|-\d{{1,2}}\b|(?<=\d)[a-z]){_NO_UNIT}"
    rf"(?:,?[\s-]\s?(?P<year>{_YEAR}|(?<=-)\d\d)(?!\d))?",
    re.IGNORECASE,
)
_MONTH_YEAR = re.compile(
    rf"(?<![\w-]){_MONTH}\.?(?:,?\s|\s?[-/]\s?|\s+of\s+)(?P<year>{_YEAR})(?![\d-]|\.\d){_NO_UNIT}", re.IGNORECASE
)
_NUMERIC = re.compile(
    rf"(?<![\w./:-])(?P<one>\d{{1,2}})(?P<by>[/.-])(?P<two>\d{{1,2}})(?P=by)(?P<year>{_YEAR}|\d\d)"
    rf"(?![\w/]|[.-]\d){_NO_UNIT}"
)
_YEAR_FIRST = re.compile(
    rf"(?<![\w./:-])(?<!\[date )(?P<year>{_YEAR})(?P<by>[/.-])(?P<month>\d{{1,2}})(?P=by)(?P<day>\d{{1,2}})"
    r"(?:T\d\d:\d\d(?::\d\d)?(?:\.\d+)?Z?)?(?![\w/]|[.-]\d)"
)
_DIGITS = re.compile(
    rf"(?<![\w./-])(?P<year>{_YEAR})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?![\w/]|[.-]\d)"
)
_DIGITS_CUE = re.compile(
    r"(?:\b(?:on|dated?|performed|acquired|from|of|since|at|exam|study|taken)|:)\s+\Z", re.IGNORECASE
)
_NUMBER_YEAR = re.compile(rf"(?<![\w./:-])(?P<month>0?[1-9]|1[0-2])[/-](?P<year>{_YEAR})(?![\w/]|[.-]\d){_NO_UNIT}")
# The publisher took out the year and left day and month.
_REDACTED_YEAR = re.compile(r"(?<![\w./:-])\d{1,2}/\d{1,3}(?=/?\s?(?:XX|__)|/\s)")
_PAIR = r"(?<![\w./:-])(?P<one>\d{1,2})[/-](?P<two>\d{1,2})(?![\w/:%-]|\.\d)"
_SHORT = re.compile(_PAIR)
_CLOSED = re.compile(
    r"\s*(?:[.,;:)?!]|\Z|\n|(?:at|by|and|to|the|with|with|was|is|are|has|shows?|showed|for|which|there|when|but|XXXX|___|[ap]m)\b|&|\d{1,2}:?\d\d\b)"
)
_TIMED = re.compile(r"\s+(?:at\s+)?(?:[01]?\d|2[0-3]):[0-5]\d(?!\s*(?:o'?clock|position|axis))")
_STUDIES = either(LEXICON["studies"])
_SHORT_CUE = re.compile(
    rf"""(?:\b(?:since|dated|as\s+of|compar(?:ed|ison|able)\s+(?:is\s+made\s+)?(?:to|with)|on\s+or\s+(?:after|about)|until|seen(?:\s+on)?|on|done|from\s+the\s+\w+\s+of
        |(?:{_STUDIES})(?:\s+(?:of|from|on|dated|performed|obtained|taken)(?:\s+on)?)?)\s+(?:the\s+)?)\Z""",
    re.IGNORECASE | re.VERBOSE,
)
_LISTED = re.compile(r"\s?(?:,|and|&|,\s?and|to|through)\s")
_COUNTED = re.compile(
    rf"(?<![\w-])(?:{either(LEXICON['counted'])})\.?\s+(?:\d[\d/.,-]*,?\s+(?:and\s+)?)?\Z", re.IGNORECASE
)
_BIRTH = re.compile(rf"(?<!\w)(?:{either(LEXICON['births'])})\s?[:=]?\s{{0,2}}(?:in\s+)?(?:the\s+)?\Z", re.IGNORECASE)
_BIRTH_YEAR = re.compile(
    rf"(?<!\w)(?:D\.?O\.?B\.?|date of birth|birth\s?date)\s?[:=]?\s{{0,2}}(?P<year>{_YEAR})(?![\w/.-])", re.IGNORECASE
)
_LINE_START = re.compile(r"^\s{0,8}\Z", re.MULTILINE)


def dates_in(section: Section) -> list[Written]:
    """The dates of a section in their order, none within another."""
    text = section.text
    if not _SOME_DIGIT.search(text):
        return []
    found = list(_in_words(text)) if _MONTH_WORD.search(text) else []
    if _PARTED_DIGITS.search(text):
        found += [*_in_numbers(text), *_short(section)]
    kept: list[Written] = []
    for date in sorted(found, key=lambda date: (date.start, -date.end)):
        if not kept or date.start >= kept[-1].end:
            kept.append(date)
    return kept


def _in_words(text: str) -> Iterator[Written]:
    for match in itertools.chain(_DAY_FIRST.finditer(text), _MONTH_FIRST.finditer(text)):
        year = _full_year(match["year"]) if match["year"] else None
        if year or _is_month(text, match):
            yield _written(text, match, year)
    for match in _MONTH_YEAR.finditer(text):
        yield _written(text, match, int(match["year"]))


def _written(text: str, match: re.Match[str], year: int | None) -> Written:
    groups = match.groupdict()
    month = _MONTHS.get(groups["month"].lower()) or int(groups["month"])
    day = int(groups["day"]) if groups.get("day") else None
    return Written(match.start(), match.end() - _stop(text, match), year, month, day, _is_birth(text, match.start()))


def _stop(text: str, match: re.Match[str]) -> int:
    """The full stop after "4 Oct." is left to the sentence."""
    return int(text[match.end() - 1] == ".")


def _is_month(text: str, match: re.Match[str]) -> bool:
    """Whether a day and a word without a year are a date ("May 7"), and not a verb or a short form ("image 3 may")."""
    month, groups = match["month"], match.groupdict()
    if month.islower() and month in _DOUBTFUL:
        return False
    if groups["ordinal"] or before(_SHORT_CUE, text, match.start()):
        return True
    if month.lower() in _DOUBTFUL and match.start("day") < match.start("month"):
        return month.istitle() and month.lower() not in ("may", "march")
    if month.lower() in _DOUBTFUL and month.isupper():
        return False
    return not before(_COUNTED, text, match.start())


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return 2000 + year if year <= LEXICON["newest"] else 1900 + year


def _in_numbers(text: str) -> Iterator[Written]:
    for match in _NUMERIC.finditer(text):
        one, two = int(match["one"]), int(match["two"])
        if not _are_month_and_day(one, two) or before(_COUNTED, text, match.start()):
            continue
        month, day = (two, one) if one > DECEMBER else (one, two)
        birth = _is_birth(text, match.start())
        yield Written(*match.span(), _full_year(match["year"]), month, day, birth, ambiguous=day <= DECEMBER)
    for match in _YEAR_FIRST.finditer(text):
        if 0 < int(match["month"]) <= DECEMBER and 0 < int(match["day"]) <= MOST_DAYS:
            yield _written(text, match, int(match["year"]))
    for match in _DIGITS.finditer(text):
        if before(_DIGITS_CUE, text, match.start()):
            yield _written(text, match, int(match["year"]))
    for match in _NUMBER_YEAR.finditer(text):
        if not before(_COUNTED, text, match.start()):
            yield _written(text, match, int(match["year"]))
    for match in _BIRTH_YEAR.finditer(text):
        yield Written(*match.span("year"), int(match["year"]), birth=True)


def _are_month_and_day(one: int, two: int) -> bool:
    return 0 < min(one, two) <= DECEMBER and max(one, two) <= MOST_DAYS


def _is_birth(text: str, start: int) -> bool:
    return bool(before(_BIRTH, text, start))


def _short(section: Section) -> Iterator[Written]:
    """Dates without a year in numbers: the words beside them say that they are."""
    text, reached = section.text, -1
    for match in _REDACTED_YEAR.finditer(text):
        yield Written(*match.span(), None)
    for match in _SHORT.finditer(text):
        if not _are_month_and_day(int(match["one"]), int(match["two"])) or before(_COUNTED, text, match.start()):
            continue
        listed = reached >= 0 and _LISTED.fullmatch(text, reached, match.start())
        cued = listed or before(_SHORT_CUE, text, match.start()) or _is_bare(section, match)
        timed = _TIMED.match(text, match.end()) and "/" in match[0]
        if timed or ("/" in match[0] and cued and _CLOSED.match(text, match.end())):
            yield Written(*match.span(), None)
            reached = match.end()


def _is_bare(section: Section, match: re.Match[str]) -> bool:
    """Whether a pair of numbers opens a line of the section that names earlier studies: "4/3, portable"."""
    compared = section.name.partition("_")[0] == "comparison"
    return compared and bool(before(_LINE_START, section.text, match.start()))


def _date(section: Section) -> Iterator[Edit]:
    """Writes a date as its year, one without a year as `[date]`, and a date of birth as `[date]`, its year too."""
    for date in dates_in(section):
        kept = DATE if date.birth or date.year is None else str(date.year)
        if section.text[date.start : date.end] != kept:
            yield Edit(date.start, date.end, kept)


RULES = (
    TextRule(
        "date.v1",
        _date,
        (
            Example("Compared with 03/14/2019 and 2 Jan 2018.", "Compared with 2019 and 2018."),
            Example("Since May 2016, 11/7/16 and 4/2012.", "Since 2016, 2016 and 2012."),
            Example("On Friday 13th of March at 5:40 pm.", "On Friday [date] at 5:40 pm."),
            Example("Films from 4/3 and 4/4. DOB: 07/19/1956.", "Films from [date] and [date]. DOB: [date]."),
            Example("Compared to 4/19/ XXXX.", "Compared to [date]/ XXXX."),
            Example("CT ratio 12/33, L4/5, power 4/5, 3/12 of cough", "CT ratio 12/33, L4/5, power 4/5, 3/12 of cough"),
            Example("May represent scar. March fracture, 2012.", "May represent scar. March fracture, 2012."),
            Example("Ribs 10-11-12; 31/12/8 mm; 10-12-15 mm.", "Ribs 10-11-12; 31/12/8 mm; 10-12-15 mm."),
            Example("Peaks from April to August.", "Peaks from April to August."),
        ),
        surrogates=True,
    ),
)
