"""What dates are made of, in words and in numbers alike: months, days, years, the words beside them.

`Written` is a date in a text, as `dates.py` gives it; whether one is a date of birth is told here.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from radcurate.cleaning.deidentify.context import before, either

LEXICON = tomllib.loads(Path(__file__).with_name("dates.toml").read_text(encoding="utf-8"))
DECEMBER, MOST_DAYS = 12, 31
DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
YEAR = r"(?:19|20)\d\d"
_UNITS = (
    r"mm|cm|m|ml|mL|mg|kg|g|HU|Hz|Gy|Fr|F|French|gauge|cc|units?|T|kVp?|mAs|mCi|MBq|s|sec|min|h|hours?|days?|weeks?|months?"
    r"|years?|yo|y/o|x"
)
NO_UNIT = rf"(?!\s?(?:{_UNITS})(?!\w)|\s?[%×°])"

STUDIES = either(LEXICON["studies"])
SHORT_CUE = re.compile(
    rf"""(?:\b(?:since|dated|as\s+of|compar(?:ed|ison|able)\s+(?:is\s+made\s+)?(?:to|with)|on\s+or\s+(?:after|about)|until|seen(?:\s+on)?|on|done|from\s+the\s+\w+\s+of
        |{either(LEXICON["cues"])}|(?:{either(LEXICON["weekdays"])})[.,]?
        |(?:{STUDIES})(?:,|(?:\s+(?:of|from|on|dated|performed|obtained|taken)(?:\s+on)?)?))\s+(?:the\s+)?)\Z""",
    re.IGNORECASE | re.VERBOSE,
)
COUNTED = re.compile(
    rf"(?<![\w-])(?:{either(LEXICON['counted'])})\.?\s+(?:\d[\d/.,-]*,?\s+(?:and\s+)?)?\Z", re.IGNORECASE
)
_BIRTH = re.compile(rf"(?<!\w)(?:{either(LEXICON['births'])})\s?[:=]?\s{{0,2}}(?:in\s+)?(?:the\s+)?\Z", re.IGNORECASE)


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


def full_year(digits: str) -> int:
    """The year of "2019", "19" and "'19"."""
    bare = digits.lstrip("'’")
    year = int(bare)
    if len(bare) > 2:
        return year
    return 2000 + year if year <= LEXICON["newest"] else 1900 + year


def is_birth(text: str, start: int) -> bool:
    """Whether the words before a date say that someone was born on it."""
    return bool(before(_BIRTH, text, start))
