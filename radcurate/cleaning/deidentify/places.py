"""The rule that takes out where people are cared for: hospitals, homes, wards and practices called by a name."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.deidentify.context import before, either
from radcurate.cleaning.deidentify.marks import PLACE
from radcurate.cleaning.deidentify.person_names import UPPER, is_no_name
from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

LEXICON = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_CAPITAL = rf"[{UPPER}](?:\.|[\w'’-]*)"
_COMMON = frozenset(LEXICON["common"].split())

_CARE = re.compile(rf"(?<=[ ])(?:{either(LEXICON['cares'])})(?:[ ](?:Ltd|LLC|Inc|PLC|Trust|Foundation)\b\.?)?(?![\w-])")
_NAMED = re.compile(
    rf"(?:{either(LEXICON['foreign_cares'])})(?:[ ](?:de|di|der|in|am|la|{_CAPITAL})){{0,3}}[ ][{UPPER}][\w'’-]+"
)
# No name of a place is longer, its kind apart.
_LONGEST = 80
_BEFORE = re.compile(rf"(?<!\w)(?:(?:[Tt]he[ ])?(?:(?:(?:St|Mt)\.|{_CAPITAL}|of|and|&)[ ]){{1,5}})\Z")
_TITLED = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Miss|Prof|Nurse|Sister)\b\.?[ ]?\Z")


def _facility(section: Section) -> Iterator[Edit]:
    """Takes out hospitals, homes, wards and practices that are called by a name; departments stay."""
    text, reached = section.text, 0
    for match in _CARE.finditer(text):
        named = _BEFORE.search(text, max(reached, match.start() - _LONGEST), match.start())
        start = _named_from(text, named.start(), match.start()) if named else None
        if start is not None and not before(_TITLED, text, start):
            yield Edit(start, match.end() - (text[match.end() - 1] == "."), PLACE)
            reached = match.end()
    for match in _NAMED.finditer(text):
        if match.start() >= reached:
            yield Edit(match.start(), match.end(), PLACE)


def _named_from(text: str, start: int, end: int) -> int | None:
    """Where the place's own name begins; None where only common words stand before its kind."""
    words = list(re.finditer(r"\S+", text[start:end]))
    while words and _is_common(words[0][0]) and words[0][0].lower() != "the":
        words.pop(0)
    if words and words[0][0].lower() == "the" and all(_is_common(word[0]) for word in words[1:]):
        return None
    proper = [word for word in words if not _is_common(word[0])]
    return start + words[0].start() if proper else None


def _is_common(word: str) -> bool:
    bare = word.strip(".,'’").lower()
    return bare in _COMMON or (is_no_name(bare, titled=True) and bare not in ("memorial", "st"))


RULES = (
    TextRule(
        "facility.v1",
        _facility,
        (
            Example("CT from St. Brendan's Memorial Hospital.", "CT from [place]."),
            Example("Sent from Willowmere Nursing Home.", "Sent from [place]."),
            Example("Seen at the Fracture Clinic, Emergency Ward.", "Seen at the Fracture Clinic, Emergency Ward."),
            Example("The Hospital was told.", "The Hospital was told."),
            Example("Magnetic Resonance Imaging of the head.", "Magnetic Resonance Imaging of the head."),
        ),
    ),
)
