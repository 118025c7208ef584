"""Dates in numbers alone: "03/14/2019", "2019-03-14", "20190314", "3/2019", and "4/3" where words say that it is one.

In: a section. Out: its dates, in no order; some may overlap. Ratios, levels, scores, doses and the numbers of standards
are written alike.
"""

import re
from collections.abc import Iterator

from radcurate.cleaning.deidentify.context import before
from radcurate.cleaning.deidentify.date_parts import (
    COUNTED,
    DECEMBER,
    MOST_DAYS,
    NO_UNIT,
    SHORT_CUE,
    STUDIES,
    YEAR,
    Written,
    full_year,
    is_birth,
)
from radcurate.documents import Section

_SOME_DATE = re.compile(r"\d[/.-]['’]?\d|\d{8}|(?i:birth|dob)")
# Where a date may begin and end: a stroke before or behind it parts two dates of one form.
_HEAD = r"(?:(?<![\w./:-])|(?<=\d{4}-)|(?<=/\d\d-))"
_END = r"(?![\w/]|\.\d|-\d(?!\d?[/.]\d{1,2}[/.]\d\d|\d?/\d{4}))"
_NUMERIC = re.compile(
    rf"{_HEAD}(?P<one>\d{{1,2}})(?P<by>[/.-])(?P<two>\d{{1,2}})(?P=by)(?P<year>{YEAR}|['’]?\d\d(?!\d){NO_UNIT}){_END}"
)
_YEAR_FIRST = re.compile(
    rf"(?<![\w./:-])(?<!\[date )(?P<year>{YEAR})(?P<by>[/.-])(?P<month>\d{{1,2}})(?P=by)(?P<day>\d{{1,2}})"
    r"(?:T\d\d:?\d\d(?::?\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\w/]|[.-]\d)"
)
_DIGITS = re.compile(
    rf"(?<![\w./-])(?P<year>{YEAR})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?:T\d{{4,6}})?(?![\w/]|[.-]\d){NO_UNIT}"
)
_DIGITS_YEAR_LAST = re.compile(
    rf"(?<![\w./-])(?P<day>0[1-9]|[12]\d|3[01])(?P<month>0[1-9]|1[0-2])(?P<year>{YEAR})(?![\w/]|[.-]\d){NO_UNIT}"
)
_DIGITS_CUE = re.compile(
    r"(?:\b(?:on|performed|acquired|from|of|since|at|exam|study|taken|dob|born|\w+ed)|:)\s+\Z", re.IGNORECASE
)
_NUMBER_YEAR = re.compile(rf"{_HEAD}(?P<month>0?[1-9]|1[0-2])(?P<by>[/-])(?P<year>{YEAR}|['’]\d\d){_END}{NO_UNIT}")
_YEAR_NUMBER = re.compile(rf"(?<![\w./:-])(?P<year>{YEAR})/(?P<month>0[1-9])(?![\w/]|[.-]\d){NO_UNIT}")
# A standard's number: "NEMA NU 2-2018".
_STANDARD = re.compile(r"(?P<body>[A-Z]{2,})\s\Z")
_STUDY = re.compile(rf"(?:{STUDIES})", re.IGNORECASE)
# The publisher took out the year and left day and month.
_REDACTED_YEAR = re.compile(r"(?<![\w./:-])\d{1,2}/\d{1,3}(?=/?\s?(?:XX|__)|/\s)")
_SHORT = re.compile(r"(?<![\w./:-])(?P<one>\d{1,2})[/-](?P<two>\d{1,2})(?![\w/:%-]|\.\d)")
_CLOSED = re.compile(
    r"\s*(?:[.,;:)?!]|\Z|\n|(?:at|by|and|to|the|with|with|was|is|are|has|shows?|showed|for|which|there|when|but|XXXX|___|[ap]m)\b|&|\d{1,2}:?\d\d\b)"
)
_TIMED = re.compile(r"\s+(?:at\s+)?(?:[01]?\d|2[0-3]):[0-5]\d(?!\s*(?:o'?clock|position|axis))")
_AFTER_COMMA = re.compile(r",\s+\Z")
# Days, months and weeks are counted so: "3/7" is three days.
_SPANS = (7, 12, 24)
_LISTED = re.compile(r"\s?(?:,|and|&|,\s?and|to|through)\s")
_BIRTH_YEAR = re.compile(
    rf"(?<!\w)(?:D\.?O\.?B\.?|date of birth|birth\s?date)\s?[:=]?\s{{0,2}}(?P<year>{YEAR})(?![\w/.-])", re.IGNORECASE
)
_LINE_START = re.compile(r"^\s{0,8}\Z", re.MULTILINE)


def in_numbers(section: Section) -> Iterator[Written]:
    """The dates of a section in numbers alone."""
    if _SOME_DATE.search(section.text):
        yield from _with_years(section.text)
        yield from _short(section)


def _with_years(text: str) -> Iterator[Written]:
    for match in _NUMERIC.finditer(text):
        one, two = int(match["one"]), int(match["two"])
        if not _are_month_and_day(one, two) or before(COUNTED, text, match.start()):
            continue
        month, day = (two, one) if one > DECEMBER else (one, two)
        birth = is_birth(text, match.start())
        yield Written(*match.span(), full_year(match["year"]), month, day, birth, ambiguous=day <= DECEMBER)
    for match in _YEAR_FIRST.finditer(text):
        if 0 < int(match["month"]) <= DECEMBER and 0 < int(match["day"]) <= MOST_DAYS:
            yield _written(text, match)
    for match in _DIGITS.finditer(text):
        yield _written(text, match)
    for match in _DIGITS_YEAR_LAST.finditer(text):
        if before(_DIGITS_CUE, text, match.start()):
            yield _written(text, match)
    for match in _NUMBER_YEAR.finditer(text):
        if not before(COUNTED, text, match.start()) and not _is_standard(text, match):
            yield _written(text, match)
    for match in _YEAR_NUMBER.finditer(text):
        if not before(COUNTED, text, match.start()):
            yield _written(text, match)
    for match in _BIRTH_YEAR.finditer(text):
        yield Written(*match.span("year"), int(match["year"]), birth=True)


def _written(text: str, match: re.Match[str]) -> Written:
    day = match.groupdict().get("day")
    birth = is_birth(text, match.start())
    return Written(*match.span(), full_year(match["year"]), int(match["month"]), int(day) if day else None, birth)


def _is_standard(text: str, match: re.Match[str]) -> bool:
    body = before(_STANDARD, text, match.start())
    return match["by"] == "-" and body is not None and not _STUDY.fullmatch(body["body"])


def _are_month_and_day(one: int, two: int) -> bool:
    return 0 < min(one, two) <= DECEMBER and max(one, two) <= MOST_DAYS


def _short(section: Section) -> Iterator[Written]:
    """Dates without a year in numbers: the words beside them say that they are."""
    text, reached = section.text, -1
    for match in _REDACTED_YEAR.finditer(text):
        yield Written(*match.span(), None)
    for match in _SHORT.finditer(text):
        one, two = int(match["one"]), int(match["two"])
        if not _are_month_and_day(one, two) or before(COUNTED, text, match.start()):
            continue
        listed = reached >= 0 and _LISTED.fullmatch(text, reached, match.start())
        cued = listed or before(SHORT_CUE, text, match.start()) or _is_bare(section, match)
        timed = _TIMED.match(text, match.end()) and "/" in match[0]
        if not (listed or timed) and two in _SPANS and before(_AFTER_COMMA, text, match.start()):
            continue
        if timed or ("/" in match[0] and cued and _CLOSED.match(text, match.end())):
            yield Written(*match.span(), None)
            reached = match.end()


def _is_bare(section: Section, match: re.Match[str]) -> bool:
    """Whether a pair of numbers opens a line of the section that names earlier studies: "4/3, portable"."""
    compared = section.name.partition("_")[0] == "comparison"
    return compared and bool(before(_LINE_START, section.text, match.start()))
