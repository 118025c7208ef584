"""Dates keep their year, or move by one number of weeks for each group; ratios, levels and scores are no dates."""

import datetime
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.cleaning import chosen
from radcurate.cleaning.apply import clean_section
from radcurate.cleaning.deidentify.shifts import FEWEST_WEEKS, MOST_WEEKS, weeks_back
from radcurate.cleaning.rules import Shift
from radcurate.documents import Section

DATES, MOVED = chosen(("date.v2", "shifted_date.v2"))
KEY = b"0123456789abcdef0123456789abcdef"
DAYS = st.dates(datetime.date(1950, 1, 1), datetime.date(2049, 12, 31))
FORMS = (
    "%m/%d/%Y", "%Y-%m-%d", "%B %d, %Y", "%d %b %Y", "%d-%b-%Y", "%B %-d, %Y", "%-d %B %Y", "%-m/%-d/%Y", "%Y/%m/%d",
)  # fmt: skip


def cleaned(text: str, name: str = "findings", rule=DATES) -> str:
    return clean_section(Section(name, name.upper(), text), [rule])[0].text


def moved(text: str, group: str = "p1", *, key: bytes = KEY, day_first: bool = False) -> str:
    return cleaned(text, rule=MOVED.rule_for(Shift(key, day_first), group))


@given(DAYS, st.sampled_from(FORMS))
def test_a_date_in_any_form_becomes_its_year(day, form):
    assert cleaned(f"Compared with {day.strftime(form)}, no change.") == f"Compared with {day.year}, no change."


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("6/8 and 6/9, portable", "[date] and [date], portable"),
        ("11/7/ XXXX", "[date]/ XXXX"),
        ("None since 12/29/07.", "None since 2007."),
        ("12/29/77.", "1977."),
    ],
)
def test_the_section_of_earlier_studies_names_dates(text, after):
    assert cleaned(text, "comparison") == after


@pytest.mark.parametrize(
    "text",
    [
        *("6/8 nodes, 19/33.", "Power 4/5 since the fall.", "2/7 of fever.", "Ribs 3/4 on the left.", "Image 3/14."),
        *(
            "From April to August.",
            "in 2012",
            "the 1970s",
            "May represent scar.",
            "image 3 may show it",
        ),
        *("L4/5 and T10/11", "10-12-15 mm", "31/12/8 mm", "6.2/4.1/5.0 cm", "version 2.1.19", "at 12:00 position"),
    ],
)
def test_what_only_looks_like_a_date_stays(text):
    assert cleaned(text) == text


@pytest.mark.parametrize(
    ("text", "after"),
    [
        *((f"Seen {day}.", "Seen 2015.") for day in ("21.i.2015", "21-IV-2015", "21 XII 2015", "3 de marzo de 2015")),
        *(
            (f"Seen {day}.", "Seen 2015.")
            for day in ("24. Oktober 2015", "1er mai 2015", "20150722", "Jan 4 '15", "1/7/'15")
        ),
        ("In mid-August 2015: clear.", "In mid-2015: clear."),
        ("On the twenty-first of March.", "On [date]."),
        ("21 Aug 2015: BI-RADS 4.", "2015: BI-RADS 4."),
    ],
)
def test_dates_of_other_forms_and_languages_keep_their_year(text, after):
    assert cleaned(text) == after


@pytest.mark.parametrize(
    "text", ["Two years ago 2012", "Data set 2019", "MARS 2019", "NEMA NU 2-2018", "TR/TE 2000/12"]
)
def test_words_that_are_months_elsewhere_and_numbers_of_standards_are_no_dates(text):
    assert cleaned(text) == text


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("DOB 07/19/1956", "DOB [date]"),
        ("Date of birth: 1931", "Date of birth: [date]"),
        ("Born on 8 August 2019 at 31 weeks.", "Born on [date] at 31 weeks."),
    ],
)
def test_a_date_of_birth_goes_with_its_year(text, after):
    assert cleaned(text) == after


@given(DAYS, DAYS, st.text(max_size=8), st.sampled_from(FORMS), st.sampled_from(FORMS))
def test_the_time_between_two_dates_of_a_group_and_their_weekdays_stay(one, other, group, form, other_form):
    text = moved(f"Since {one.strftime(form)} and since {other.strftime(other_form)}.", group)
    first, second = map(datetime.date.fromisoformat, re.findall(r"\[date (\S+)\]", text))
    assert second - first == other - one
    assert (first.weekday(), second.weekday()) == (one.weekday(), other.weekday())
    assert datetime.timedelta(weeks=FEWEST_WEEKS) <= one - first <= datetime.timedelta(weeks=MOST_WEEKS)


@given(st.text(max_size=20))
def test_moving_again_moves_nothing(group):
    once = moved("Since 3/14/2019, May 2016, 14 Mar 19 and 6/8.", group)
    assert moved(once, group) == once


def test_groups_and_keys_move_by_numbers_of_their_own():
    groups = {weeks_back(Shift(KEY), f"p{number}") for number in range(200)}
    assert len(groups) > 100
    assert weeks_back(Shift(KEY), "p1") != weeks_back(Shift(b"another key of thirty-two letters"), "p1")


def test_the_recipe_says_whether_the_day_comes_first():
    assert moved("03/04/2019 to 20/04/2019", day_first=True) != moved("03/04/2019 to 20/04/2019")
    days = re.findall(r"\d{4}-\d\d-\d\d", moved("03/04/2019 to 20/04/2019", day_first=True))
    first, second = map(datetime.date.fromisoformat, days)
    assert (second - first).days == 17


def test_what_cannot_be_moved_becomes_a_mark():
    assert (
        moved("Called on June 11. DOB 1/2/1950. Film of 02/30/2019.") == "Called on [date]. DOB [date]. Film of [date]."
    )


def test_a_key_is_shown_nowhere():
    assert KEY.decode() not in repr(Shift(KEY))
