"""The rule that takes out dates. By default the year stays: `03/14/2019`, `14 March 2019` and `3/2019` become `2019`.

In: a section. Out: edits. A date without a year becomes `[date]`, and so does a date of birth with its year; a year
alone, weekdays and times of day stay. `4/3` is a date only where the words beside it say so: ratios, levels, scores and
doses are written like that too. `shifted_date.v2` moves dates for each group instead, by the recipe's key.
"""

import re
from collections.abc import Iterator

from radcurate.cleaning.deidentify.date_numbers import in_numbers
from radcurate.cleaning.deidentify.date_parts import Written
from radcurate.cleaning.deidentify.date_words import in_words
from radcurate.cleaning.deidentify.marks import DATE
from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

# No digit and no word for a day: "the first of May".
_SOME_DAY = re.compile(r"\d|\bof\b")


def dates_in(section: Section) -> list[Written]:
    """The dates of a section in their order, none within another."""
    if not _SOME_DAY.search(section.text):
        return []
    kept: list[Written] = []
    for date in sorted([*in_words(section.text), *in_numbers(section)], key=lambda date: (date.start, -date.end)):
        if not kept or date.start >= kept[-1].end:
            kept.append(date)
    return kept


def _date(section: Section) -> Iterator[Edit]:
    """Writes a date as its year, one without a year as `[date]`, and a date of birth as `[date]`, its year too."""
    for date in dates_in(section):
        kept = DATE if date.birth or date.year is None else str(date.year)
        if section.text[date.start : date.end] != kept:
            yield Edit(date.start, date.end, kept)


RULES = (
    TextRule(
        "date.v2",
        _date,
        (
            Example("Compared with 03/14/2019 and 2 Jan 2018.", "Compared with 2019 and 2018."),
            Example("Since May 2016, 11/7/16 and 4/2012.", "Since 2016, 2016 and 2012."),
            Example("On Friday 13th of March at 5:40 pm.", "On Friday [date] at 5:40 pm."),
            Example("Films from 4/3 and 4/4. DOB: 07/19/1956.", "Films from [date] and [date]. DOB: [date]."),
            Example("Compared to 4/19/ XXXX.", "Compared to [date]/ XXXX."),
            Example("21.iv.2015, 14 Mar '09, 20190314", "2015, 2009, 2019"),
            Example("Vom 24. Oktober 2017; le 5 mars 2014.", "Vom 2017; le 2014."),
            Example("On the first of May. Chest, 10/10, erect.", "On [date]. Chest, [date], erect."),
            Example("NEMA NU 2-2018, ASTM 9-2013, MARS 2019", "NEMA NU 2-2018, ASTM 9-2013, MARS 2019"),
            Example("The first of four. Chest, 3/7, grade I 2019.", "The first of four. Chest, 3/7, grade I 2019."),
            Example("CT ratio 12/33, L4/5, power 4/5, 3/12 of cough", "CT ratio 12/33, L4/5, power 4/5, 3/12 of cough"),
            Example("May represent scar. March fracture, 2012.", "May represent scar. March fracture, 2012."),
            Example("Ribs 10-11-12; 31/12/8 mm; 10-12-15 mm.", "Ribs 10-11-12; 31/12/8 mm; 10-12-15 mm."),
            Example("Peaks from April to August.", "Peaks from April to August."),
        ),
        surrogates=True,
    ),
)
