"""The rule that moves dates instead of taking them out: by whole weeks, the same for all documents of a group.

In: a section, and what the recipe says of dates (`Shift`: the key, which comes first of day and month). Out: edits that
write `[date 2013-05-01]`. Intervals between dates of a group stay, and so do weekdays; another group's dates move by
another number of weeks. Who does not have the key cannot undo it, and a release holds no more of it than its sha256.
"""

import datetime
import hmac

from radcurate.cleaning.deidentify.date_parts import Written
from radcurate.cleaning.deidentify.dates import dates_in
from radcurate.cleaning.deidentify.marks import DATE
from radcurate.cleaning.rules import Edit, Example, KeyedRule, Shift, TextRule
from radcurate.documents import Section

# One year back at least, and ten at most.
FEWEST_WEEKS, MOST_WEEKS = 52, 520
# A month alone is moved as its middle.
_MIDDLE = 15


def weeks_back(shift: Shift, group_id: str) -> int:
    """By how many weeks the dates of a group are moved back: an HMAC-SHA256 of its id under the recipe's key."""
    digest = hmac.digest(shift.key, group_id.encode(), "sha256")
    return FEWEST_WEEKS + int.from_bytes(digest[:8], "big") % (MOST_WEEKS - FEWEST_WEEKS + 1)


def shifted(date: Written, weeks: int, *, day_first: bool = False) -> str:
    """What stands for a date: `[date 2013-05-01]`, of a month and year `[date 2013-05]`; `[date]` without a year, for a
    date of birth and for one that is none (30 February)."""
    if date.birth or date.year is None or date.month is None:
        return DATE
    month, day = date.month, date.day or _MIDDLE
    if day_first and date.ambiguous:
        month, day = day, month
    try:
        moved = datetime.date(date.year, month, day) - datetime.timedelta(weeks=weeks)
    except ValueError:
        return DATE
    return f"[date {moved.isoformat() if date.day else moved.isoformat()[:7]}]"


def _rule_for(shift: Shift, group_id: str) -> TextRule:
    weeks = weeks_back(shift, group_id)

    def propose(section: Section) -> list[Edit]:
        """Moves the dates of a group's documents by one number of weeks, so that the time between them stays."""
        return [
            Edit(date.start, date.end, after)
            for date in dates_in(section)
            if (after := shifted(date, weeks, day_first=shift.day_first)) != section.text[date.start : date.end]
        ]

    return TextRule("shifted_date.v2", propose, _EXAMPLES, surrogates=True)


# Of the key and group of `KeyedRule.example`: 461 weeks back.
_EXAMPLES = (
    Example("Compared with 03/14/2019 and 3/21/19.", "Compared with [date 2010-05-13] and [date 2010-05-20]."),
    Example("Since May 2016. Called on June 11.", "Since [date 2007-07]. Called on [date]."),
    Example("DOB: 07/19/1956, CT ratio 12/33, in 2012", "DOB: [date], CT ratio 12/33, in 2012"),
    Example("CT ratio 12/33, 3/12 of cough", "CT ratio 12/33, 3/12 of cough"),
)

RULES = (KeyedRule("shifted_date.v2", _rule_for),)
