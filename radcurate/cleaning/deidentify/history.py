"""Who discovered, described or named something: persons of the history of radiology, who stay on pages.

In: a text and a name in it. Out: whether its sentence tells of a discovery (`history.toml` has the words).
"""

import re
import tomllib
from pathlib import Path

from radcurate.cleaning.deidentify.person_names import Name

LEXICON = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_SENTENCE_END = re.compile(r"(?<!\bDr)(?<!\bDrs)(?<!\bProf)(?<!\b[A-Z])[.!?](?=\s|\Z)|\n")
_HISTORY = re.compile(rf"\b(?:{'|'.join(LEXICON['verbs'])})", re.IGNORECASE)
_OLD_YEAR = re.compile(r"\b1[6-9]\d\d\b")
# No sentence that is looked at is longer, on either side of the name.
_LONGEST = 300


def tells_of_discovery(text: str, name: Name) -> bool:
    """Whether the sentence tells of a discovery, an invention or a first description."""
    return bool(_HISTORY.search(*_sentence(text, name)))


def dates_from_history(text: str, name: Name) -> bool:
    """Whether the sentence tells of a discovery and of the year of it: "Nils Westermark described it in 1938"."""
    return tells_of_discovery(text, name) and bool(_OLD_YEAR.search(*_sentence(text, name)))


def _sentence(text: str, name: Name) -> tuple[str, int, int]:
    floor = max(0, name.start - _LONGEST)
    ends = [0, *(end.end() for end in _SENTENCE_END.finditer(text, floor, name.start))]
    after = _SENTENCE_END.search(text, name.end, name.end + _LONGEST)
    return text, max(ends[-1], floor), after.end() if after else name.end + _LONGEST
