"""Dates whose month is a word: "14 March 2019", "Mar. 14, '19", "24. Oktober 2017", "the first of May".

In: a text. Out: its dates, in no order; some may overlap. Months of other languages need a year beside them, and a
month that is another word too ("may", "mar") needs one or a word before it that leads to a date.
"""

import itertools
import re
from collections.abc import Iterator

from radcurate.cleaning.deidentify.context import before, either
from radcurate.cleaning.deidentify.date_parts import (
    COUNTED,
    DAY,
    LEXICON,
    NO_UNIT,
    SHORT_CUE,
    YEAR,
    Written,
    full_year,
    is_birth,
)

_MONTHS = {word: number for number, words in enumerate(LEXICON["months"], 1) for word in words}
_FOREIGN = {word: number for number, words in enumerate(LEXICON["foreign_months"], 1) for word in words}
# Shorter ones are other words beside a year: "two years ago 2012", "data set 2019".
_FOREIGN_NAMES = [word for word in _FOREIGN if len(word) > 3 or word in ("mai", "maj")]
_ORDINALS = {word: number for number, word in enumerate(LEXICON["ordinals"], 1)}
_ORDINAL = either(_ORDINALS).replace(r"\s", r"[\s-]")
_DOUBTFUL = frozenset(LEXICON["doubtful"])

_MONTH = rf"(?P<month>{either(list(_MONTHS))})"
_ANY_MONTH = rf"(?P<month>{either([*_FOREIGN, *_MONTHS])})"
# Quicker to look for than a date: a word of letters, a numeral behind a number.
_LETTERS = re.compile(r"[^\W\d_]+")
_SOME_ROMAN = re.compile(r"\d[./\s-][ivxIVX]")
_SOME_SIGN = re.compile(r"[年년]")
_DAY_FIRST = re.compile(
    rf"(?:\bthe\s+)?(?<![\w./:,-]){DAY}(?P<ordinal>st|nd|rd|th)?(?:[\s-]{{0,2}}|[/.])(?:of\s+)?{_MONTH}(?![^\W\d_])\.?"
    rf"(?:(?:,\s?|\s|[-/.]|\s-\s)?(?P<year>{YEAR}|(?<=[\s/.-])\d\d|['’]\d\d)(?!\d|[:/.-]\d){NO_UNIT})?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"(?<![\w-]){_MONTH}\.?[\s-]{{1,2}}{DAY}(?P<ordinal>st|nd|rd|th)?(?![\d/%]|[:.]\d|-\d{{1,2}}\b|(?<=\d)[a-z]){NO_UNIT}"
    rf"(?:,?[\s-]\s?(?P<year>{YEAR}|(?<=-)\d\d|['’]\d\d)(?!\d))?",
    re.IGNORECASE,
)
_MONTH_YEAR = re.compile(
    rf"(?:(?<![\w-])|(?<=mid-)|(?<=late-)|(?<=early-))(?P<month>{either([*_FOREIGN_NAMES, *_MONTHS])})\.?"
    rf"(?:,?\s|\s?[-/]\s?|\s+(?:of|de|del)\s+)(?P<year>{YEAR}|['’]\d\d)(?![\d-]|\.\d){NO_UNIT}",
    re.IGNORECASE,
)
# "24. Oktober 2017", "1er mars 2014", "3 de marzo de 2018".
_FOREIGN_DAY = re.compile(
    rf"(?<![\w./:,-]){DAY}(?:\.|er|º|°)?\s?(?:de\s|di\s|d['’])?{_ANY_MONTH}(?![^\W\d_])\.?"
    rf",?\s?(?:de\s|del\s)?(?P<year>{YEAR})(?!\d|[:/.-]\d){NO_UNIT}",
    re.IGNORECASE,
)
# "the first of May", "twenty-first of March 2019".
_MONTH_IN_FULL = either(word for word in _MONTHS if len(word) > 4 or word in ("may", "june", "july"))
_SPELT = re.compile(
    rf"(?:\bthe\s+)?\b(?P<day>{_ORDINAL})\s+of\s+(?P<month>{_MONTH_IN_FULL})(?!\w)"
    rf"(?:,?\s+(?P<year>{YEAR})(?!\d))?",
    re.IGNORECASE,
)
_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_ROMAN = re.compile(
    rf"(?<![\w./:-]){DAY}(?:(?P<by>[./-])(?P<month>{either(_ROMANS)})(?P=by)(?P<year>{YEAR}|\d\d)"
    rf"|\s(?-i:(?P<upper>{either(map(str.upper, _ROMANS))}))\s(?P<late>{YEAR}))(?![\w/]|[.-]\d){NO_UNIT}",
    re.IGNORECASE,
)
_FAR_EAST = re.compile(rf"(?<!\d)(?P<year>{YEAR})\s?[年년]\s?(?P<month>1[0-2]|0?[1-9])\s?[月월](?:\s?{DAY}\s?[日일])?")


def in_words(text: str) -> Iterator[Written]:
    """The dates of a text whose month is a word, a Roman numeral or a sign."""
    words = set(_LETTERS.findall(text.lower()))
    if not words.isdisjoint(_MONTHS):
        for match in itertools.chain(_DAY_FIRST.finditer(text), _MONTH_FIRST.finditer(text)):
            if match["year"] or _is_month(text, match):
                yield _written(text, match, _MONTHS[match["month"].lower()])
        for match in _SPELT.finditer(text):
            day = _ORDINALS[" ".join(match["day"].lower().replace("-", " ").split())]
            year = int(match["year"]) if match["year"] else None
            yield Written(*match.span(), year, _MONTHS[match["month"].lower()], day, is_birth(text, match.start()))
    if not words.isdisjoint(_MONTHS) or not words.isdisjoint(_FOREIGN):
        for match in itertools.chain(_MONTH_YEAR.finditer(text), _FOREIGN_DAY.finditer(text)):
            month = match["month"].lower()
            if month in _MONTHS or not match["month"].isupper():  # "MARS 2019"
                yield _written(text, match, _MONTHS.get(month) or _FOREIGN[month])
    yield from _in_signs(text)


def _in_signs(text: str) -> Iterator[Written]:
    for match in _ROMAN.finditer(text) if _SOME_ROMAN.search(text) else ():
        if not before(COUNTED, text, match.start()):
            month = _ROMANS.index((match["month"] or match["upper"]).lower()) + 1
            year = full_year(match["year"] or match["late"])
            yield Written(*match.span(), year, month, int(match["day"]), is_birth(text, match.start()))
    for match in _FAR_EAST.finditer(text) if _SOME_SIGN.search(text) else ():
        yield _written(text, match, int(match["month"]))


def _written(text: str, match: re.Match[str], month: int) -> Written:
    day = match.groupdict().get("day")
    year = full_year(match["year"]) if match["year"] else None
    # The full stop after "4 Oct." is left to the sentence.
    end = match.end() - (text[match.end() - 1] == ".")
    return Written(match.start(), end, year, month, int(day) if day else None, is_birth(text, match.start()))


def _is_month(text: str, match: re.Match[str]) -> bool:
    """Whether a day and a word without a year are a date ("May 7"), and not a verb or a short form ("image 3 may")."""
    month, groups = match["month"], match.groupdict()
    if month.islower() and month in _DOUBTFUL:
        return False
    if text[match.end("day") : match.start("month")] == ".":  # "segment 3.May" has lost a blank
        return False
    if groups["ordinal"] or before(SHORT_CUE, text, match.start()):
        return True
    if month.lower() in _DOUBTFUL and match.start("day") < match.start("month"):
        return month.istitle() and month.lower() not in ("may", "march")
    if month.lower() in _DOUBTFUL and month.isupper():
        return False
    return not before(COUNTED, text, match.start())
