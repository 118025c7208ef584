"""Rules that take out names by what stands behind them, and names that stand alone beside a word for a person.

In: a section of a report or case. Out: edits that put `[name]` in the place of the name. "Edwina Charcroft,
podiatrist", "Ana Roy agrees", "her daughter Yevgenia", "d/w Harbottle, surgical SHO". Teams ("discussed with Plastics")
and eponyms stay; `lone_names.toml` has the words.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.deidentify.context import before, either
from radcurate.cleaning.deidentify.eponyms import is_eponym
from radcurate.cleaning.deidentify.history import dates_from_history
from radcurate.cleaning.deidentify.led_names import PATIENTS
from radcurate.cleaning.deidentify.marks import NAME
from radcurate.cleaning.deidentify.person_names import LETTER, UPPER, Name, is_person, is_team, name_from
from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

LEXICON = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

_CAPITAL = re.compile(rf"(?<![\w.'’\]-])[{UPPER}](?=\.|\w|['’])")
# "podiatrist", "our surgical SHO", "the on-call registrar".
_IS_ROLE = rf"(?:(?:the|a|an|our|my|his|her|their)\s)?(?:[\w/-]{{1,20}}\s){{0,3}}?(?i:{either(LEXICON['roles'])})\b"
_APPOSED = re.compile(
    rf"(?:,\s|\s[–-]\s|\s\(|\n){_IS_ROLE}(?![\w-]|\s(?:of|in|with|to|aware|informed|notified|told|review|opinion|case|patient|history)\b)"
)
_ACTS = re.compile(rf"['’]s\s(?:{either(LEXICON['owned'])})\b|(?:,\s[\w\s]{{1,30}},)?\s(?:{either(LEXICON['acts'])})\b")
_LONE_ACTS = re.compile(rf"(?:(?:/|\s(?:and|&)\s)[{UPPER}]{LETTER}+)?\s(?:{either(LEXICON['lone_acts'])})\b")
_OTHER = re.compile(rf"(?:/|\s(?:and|&)\s)(?P<name>[{UPPER}]{LETTER}+)(?!\w)")
# Where a word stands alone: a stop follows, or a small word, and no further word of a name or a thing.
_ALONE = re.compile(
    r"(?:['’]s)?(?:\s?[.,;:)?!]|\Z|\n|\s(?:at|by|on|via|in|from|and|who|over|about|regarding|for|was|is|has|had|were|came|will|says|said|with|during|today|yesterday|this)\b|\s\d)"
)
# After a relation in lower case any small word may follow: "her son Mateusz interpreted".
_VERB = re.compile(r"\s[a-z]{2,}")
_KIN = re.compile(rf"(?<![\w-])(?:{either(LEXICON['kin'])})\s\Z")
_RELATION = re.compile(
    rf"(?:(?<![\w-])(?:{either(LEXICON['relations'])})(?:,\s|\s)|(?<!\w)(?i:{either(LEXICON['relations'])}),\s)\Z"
)
_TOLD = re.compile(rf"(?<![\w-])(?i:{either(LEXICON['told'])})\s\Z")
# No person: "the Doppler", "an Amplatzer", "no Foley".
_ARTICLE = re.compile(r"\b(?:the|a|an|no|this|that|of|some|any|each)\s\Z", re.IGNORECASE)


def _apposed_name(section: Section) -> Iterator[Edit]:
    """Takes out a full name by what follows it: what the person is, or what only persons do."""
    text, reached = section.text, 0
    for capital in _CAPITAL.finditer(text):
        name = name_from(text, capital.start()) if capital.start() >= reached else None
        if name is None:
            continue
        reached = name.end
        if not name.full or name.shouted or not (_APPOSED.match(text, name.end) or _ACTS.match(text, name.end)):
            continue
        if (
            is_person(text, name)
            and not is_team(name)
            and not _is_eponymous(name)
            and not dates_from_history(text, name)
        ):
            yield Edit(name.start, name.end, NAME)


def _is_eponymous(name: Name) -> bool:
    """Whether the last word is an eponym, or all are one that is written with hyphens: "Charcot Marie Tooth"."""
    return is_eponym(name.words[-1]) or is_eponym("-".join(name.words))


def _lone_name(section: Section) -> Iterator[Edit]:
    """Takes out a first name or surname alone: after a relation or who was told, or before what only persons do."""
    text, reached = section.text, 0
    for capital in _CAPITAL.finditer(text):
        name = name_from(text, capital.start()) if capital.start() >= reached else None
        if name is None:
            continue
        reached = name.end
        if name.full or not _may_be_lone(text, name):
            continue
        if _LONE_ACTS.match(text, name.end):
            yield Edit(name.start, name.end, NAME)
            if other := _OTHER.match(text, name.end):
                yield Edit(*other.span("name"), NAME)
                reached = other.end()
        elif _is_led_to(text, name):
            yield Edit(name.start, name.end, NAME)


def _may_be_lone(text: str, name: Name) -> bool:
    word = name.words[0]
    if word.isupper() or is_team(name) or len(word) < 3 or not is_person(text, name):
        return False
    return not before(_ARTICLE, text, name.start)


def _is_led_to(text: str, name: Name) -> bool:
    """Whether a word before leads to a person. Whoever is told is one, though an eponym: "mother, Crohn" is none."""
    if _ALONE.match(text, name.end) and before(_TOLD, text, name.start):
        return True
    if is_eponym(name.words[0]):
        return False
    if _ALONE.match(text, name.end) and before(_RELATION, text, name.start):
        return True
    return bool(_VERB.match(text, name.end) and before(_KIN, text, name.start))


RULES: tuple[TextRule, ...] = (
    TextRule(
        "apposed_name.v1",
        _apposed_name,
        (
            Example("Edwina Charcroft, podiatrist, has asked.", "[name], podiatrist, has asked."),
            Example("Ana Roy was phoned. Bo Ek (surgical SHO).", "[name] was phoned. [name] (surgical SHO)."),
            Example("Weber Ankle, student. Crohn, mother.", "Weber Ankle, student. Crohn, mother."),
            Example(
                "Nils Westermark, a radiologist, described it in 1938.",
                "Nils Westermark, a radiologist, described it in 1938.",
            ),
            Example("Free Air - surgeon notified.", "Free Air - surgeon notified."),
            Example("Charcot Marie Tooth presented with falls.", "Charcot Marie Tooth presented with falls."),
            Example("Acute Pain Service was called.", "Acute Pain Service was called."),
        ),
        PATIENTS,
        surrogates=True,
    ),
    TextRule(
        "lone_name.v1",
        _lone_name,
        (
            Example(
                "With her daughter, Yevgenia. Scrub nurse Ngozi.", "With her daughter, [name]. Scrub nurse [name]."
            ),
            Example("d/w Harbottle, surgical SHO. Told Okafor at 5.", "d/w [name], surgical SHO. Told [name] at 5."),
            Example("Smith and Jones concur. Told Baker at 5.", "[name] and [name] concur. Told [name] at 5."),
            Example("Sorensen/Whitlow agree. Corisande went home.", "[name]/[name] agree. [name] went home."),
            Example("Reviewed by Drs. Told Capt. XXXX.", "Reviewed by Drs. Told Capt. XXXX."),
            Example("Discussed with Plastics. Told Transplant at 5.", "Discussed with Plastics. Told Transplant at 5."),
            Example("Sister has Lynch syndrome. Mother, Crohn.", "Sister has Lynch syndrome. Mother, Crohn."),
            Example("The patient Declined. His mother, Italian.", "The patient Declined. His mother, Italian."),
        ),
        PATIENTS,
        surrogates=True,
    ),
)
