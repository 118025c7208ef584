"""The rule that takes out where people are cared for: hospitals, homes, wards and practices called by a name."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.deidentify.context import Span, apart, before, either
from radcurate.cleaning.deidentify.eponyms import is_eponym
from radcurate.cleaning.deidentify.marks import PLACE
from radcurate.cleaning.deidentify.person_names import UPPER, is_no_name
from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

LEXICON = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_CAPITAL = rf"[{UPPER}](?:\.|[\w'’-]*)"
_COMMON = frozenset(LEXICON["common"].split())

_COMPANY = rf"(?:[ ](?:{either(LEXICON['companies'])})\b\.?)?"
# "Hospital for Sick Children", "Hospital of St Cross": only after a hospital.
_OF_WHOM = (
    r"(?P<whom>(?:(?<=Hospital)|(?<=Infirmary))"
    rf"(?:[ ](?:of|for)(?:[ ]the)?(?:[ ](?:(?:St|Mt)\.|{_CAPITAL}|of)){{0,3}}[ ]{_CAPITAL}))?"
)
_KINDS = "surgery|surgical|medical|practitioner|anaesthetic|anesthesia|hospital|ward|appearance|condition"
_CARE = re.compile(rf"(?<=[ ])(?:{either(LEXICON['cares'])}){_COMPANY}(?![\w-]){_OF_WHOM}")
_SAINT = re.compile(
    rf"(?<!\w)(?:St|Saint|Sts|SS)\.?[ ]{_CAPITAL}(?:[ ](?:and[ ])?{_CAPITAL}){{0,2}}?"
    rf"(?:[ ](?:{either(LEXICON['saints'])})(?!\w|[ ][{UPPER}])"
    rf"|(?<=['’]s)(?=[.,;:)]|[ ](?:on|in|by|with|where|for|and|to|last|after|before|yesterday|today)\b|\Z))"
)
_SAINTLY = re.compile(rf"\b(?:{either(LEXICON['saintly'])})\s\Z", re.IGNORECASE)
_GENERAL = re.compile(
    r"(?:\b(?:at|from|via|to)\s(?:the\s)?)"
    rf"(?P<place>(?P<first>{_CAPITAL})(?:[ ]{_CAPITAL}){{0,2}}?[ ](?:{either(LEXICON['generals'])}))"
    rf"(?=[.,;:)]|\Z|[ ](?!(?:{_KINDS})\b)[a-z\d(])"
)
# "transferred from Addenbrooke's", "scanned at Royal Berkshire": a name without a kind.
_KINDLESS = re.compile(
    rf"\b(?i:{either(LEXICON['moves'])})\s(?:at|from|to|via)\s(?:the\s)?(?P<place>(?P<first>{_CAPITAL})(?<=['’]s)|Royal\s(?P<second>{_CAPITAL}))"
    rf"(?=[.,;:)]|\Z|\s(?:on|in|last|for|yesterday|today|by|and|with|after|where)\b)"
)
_NAMED = re.compile(
    rf"(?<![\w-])(?:{either(LEXICON['foreign_cares'])})(?:[ ](?:de|di|der|in|am|la|{_CAPITAL})){{0,3}}"
    rf"[ ][{UPPER}][\w'’-]+"
)
# No name of a place is longer, its kind apart.
_LONGEST = 80
_BEFORE = re.compile(rf"(?<!\w)(?:(?:[Tt]he[ ])?(?:(?:(?:St|Mt)\.|{_CAPITAL}|of|and|&)[ ]){{1,5}})\Z")
_TITLED = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Miss|Prof|Nurse|Sister)\b\.?[ ]?\Z")


def _facility(section: Section) -> Iterator[Edit]:
    """Takes out hospitals, homes, wards and practices that are called by a name; departments stay."""
    text = section.text
    found = [*_with_kinds(text), *(match.span() for match in _NAMED.finditer(text))]
    for match in _SAINT.finditer(text):
        if match[0].split(" ")[-1] in LEXICON["saints"] or before(_SAINTLY, text, match.start()):
            found.append(match.span())
    for match in _GENERAL.finditer(text):
        if not _is_common(match["first"]):
            found.append(match.span("place"))
    for match in _KINDLESS.finditer(text):
        if _is_own(match["second"] or match["first"]):
            found.append(match.span("place"))
    yield from apart(found, PLACE)


def _with_kinds(text: str) -> Iterator[Span]:
    """Names before a word that says what kind of place it is."""
    reached = 0
    for match in _CARE.finditer(text):
        named = _BEFORE.search(text, max(reached, match.start() - _LONGEST), match.start())
        start = _named_from(text, named.start(), match.start()) if named else None
        if start is None and match["whom"] and any(_is_own(word) for word in match["whom"].split()):
            start = match.start()
        if start is not None and not before(_TITLED, text, start):
            yield start, match.end() - (text[match.end() - 1] == ".")
            reached = match.end()


def _named_from(text: str, start: int, end: int) -> int | None:
    """Where the place's own name begins; None where only common words stand before its kind."""
    words = list(re.finditer(r"\S+", text[start:end]))
    while words and _is_common(words[0][0]) and words[0][0].lower() != "the":
        words.pop(0)
    if words and words[0][0].lower() == "the" and all(_is_common(word[0]) for word in words[1:]):
        return None
    proper = [word for word in words if not _is_common(word[0])]
    return start + words[0].start() if proper else None


def _is_own(word: str) -> bool:
    return word[0].isupper() and not _is_common(word) and not is_eponym(word)


def _is_common(word: str) -> bool:
    bare = word.strip(".,'’").lower()
    return bare in _COMMON or (is_no_name(bare, titled=True) and bare not in ("memorial", "st"))


RULES = (
    TextRule(
        "facility.v2",
        _facility,
        (
            Example("CT from St. Brendan's Memorial Hospital.", "CT from [place]."),
            Example("Sent from Willowmere Nursing Home.", "Sent from [place]."),
            Example("Seen at the Fracture Clinic, Emergency Ward.", "Seen at the Fracture Clinic, Emergency Ward."),
            Example("Sent by the Brackley Hospital NHS Trust.", "Sent by [place]."),
            Example("Via Harrowdene Walk-in Centre.", "Via [place]."),
            Example("CT (St Osyth's General), now from St Osyth's.", "CT ([place]), now from [place]."),
            Example("To the Hospital for Sick Children.", "To the [place]."),
            Example(
                "Transferred from Addenbrooke's, imaged at Royal Berks.", "Transferred from [place], imaged at [place]."
            ),
            Example("Suffers from Crohn's. Treated at Home.", "Suffers from Crohn's. Treated at Home."),
            Example("Under General anaesthesia, to General Surgery.", "Under General anaesthesia, to General Surgery."),
            Example(
                "St Vitus' dance; St Jude valve; St. James grade 2.",
                "St Vitus' dance; St Jude valve; St. James grade 2.",
            ),
            Example("The Hospital was told.", "The Hospital was told."),
            Example("Magnetic Resonance Imaging of the head.", "Magnetic Resonance Imaging of the head."),
        ),
    ),
)
