"""Rules that take out names after titles and before degrees: "Dr. Helena Marsh", "Tobias Wren, MD".

In: a section. Out: edits that put `[name]` in the place of the name alone; titles and degrees stay, so that the
sentence does. A name that is used as an eponym stays (`eponyms.py`), and so do those who described a sign or disease.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.deidentify.context import before, either
from radcurate.cleaning.deidentify.eponyms import is_eponym
from radcurate.cleaning.deidentify.history import tells_of_discovery
from radcurate.cleaning.deidentify.marks import NAME
from radcurate.cleaning.deidentify.person_names import LEXICON as PERSON
from radcurate.cleaning.deidentify.person_names import NEVER, NEXT, UPPER, Name, is_person, name_from, name_until
from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

LEXICON = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

_TITLES, _PLURALS = LEXICON["titles"], LEXICON["plural_titles"]
_TITLE = re.compile(
    rf"(?<![\w.'’-])(?P<title>{either([*_TITLES, *_PLURALS, *map(str.upper, [*_TITLES, *_PLURALS])])}|dr|drs|prof)"
    rf"(?P<stop>\.?)(?P<gap>\s{{0,2}})(?=['’{UPPER}a-zß-ÿ])"
)
_PLURAL = frozenset(word.lower() for word in _PLURALS)
_AMBIGUOUS = frozenset(LEXICON["ambiguous"])
_ACTS = re.compile(r"\s(?:WAS|IS|HAS|HAD|WILL|DID|DECLINED|RETURNED|PRESENTED|PRESENTS|REPORTS)\b")
_TOLD = re.compile(
    r"\s(?:(?:WAS|IS|HAS BEEN)\s)?(?:INFORMED|TOLD|NOTIFIED|AWARE|PAGED|CALLED|AGREES|CONCURS|PRESENT)\b"
)
_CUE = re.compile(rf"(?:\b(?:{either(LEXICON['cues'])})|:)\s+\Z", re.IGNORECASE)
_SURNAME = re.compile(r"[^\W\d_]{3,}\b")

_DEGREES = either(PERSON["degrees"])
_DEGREE = re.compile(rf"(?P<comma>,?)[ ](?:(?:{_DEGREES})|(?P<short>{either(PERSON['comma_degrees'])}))(?!\w)")


def _titled_name(section: Section) -> Iterator[Edit]:
    """Takes out the name after a title: Dr, Prof, Mrs, Nurse; several after a plural one. MR, MS and PA in capitals are
    titles only after a word such as "by" or "with", or where a person acts; so is DR without a full stop."""
    text, reached = section.text, 0
    for match in _TITLE.finditer(text):
        if match.start() < reached or not _is_title(text, match):
            continue
        for name in _after_title(text, match):
            yield Edit(name.start, name.end, NAME)
            reached = name.end


def _is_title(text: str, match: re.Match[str]) -> bool:
    title, at = match["title"], match.end()
    if not match["gap"] and not match["stop"]:  # "DRIVE"
        return False
    if title in _AMBIGUOUS and (title, match["stop"]) != ("DR", "."):
        name = name_from(text, at, titled=True)
        if name is None:
            return False
        if before(_CUE, text, match.start()):
            return name.shouted or name.full
        if title == "DR" and name.shouted and _TOLD.match(text, name.end):
            return True
        # "Compared with the prior MR. Hepatic lesions" against "MR. SMITH WAS SCANNED".
        return bool(match["stop"]) and name.shouted and bool(_ACTS.match(text, name.end))
    return title[0].isupper() or title in ("dr", "drs", "prof")


def _after_title(text: str, match: re.Match[str]) -> Iterator[Name]:
    title, at = match["title"], match.end()
    name = name_from(text, at, titled=True)
    if name is None and title.islower() and match["stop"]:
        word = _SURNAME.match(text, at)
        name = Name(at, word.end(), (word[0],)) if word and word[0].islower() and word[0] not in NEVER else None
    if (
        name is None
        or not is_person(text, name, title)
        or (is_eponym(name.words[-1]) and tells_of_discovery(text, name))
    ):
        return
    yield name
    while title.lower() in _PLURAL:
        following = NEXT.match(text, name.end)
        name = name_from(text, following.end(), titled=True) if following else None
        if name is None:
            return
        yield name


def _degreed_name(section: Section) -> Iterator[Edit]:
    """Takes out the name before a degree or a licence: MD, RN, FRCR; short ones only after a comma."""
    text, reached = section.text, 0
    for match in _DEGREE.finditer(text):
        name = None if match["short"] and not match["comma"] else name_until(text, match.start())
        if name and name.start >= reached and (name.full or _lone(name, match)) and is_person(text, name):
            yield Edit(name.start, name.end, NAME)
            reached = name.end


def _lone(name: Name, match: re.Match[str]) -> bool:
    return bool(match["comma"]) and not match["short"] and not is_eponym(name.words[0])


RULES: tuple[TextRule, ...] = (
    TextRule(
        "titled_name.v2",
        _titled_name,
        (
            Example("Discussed with Dr. Helena Marsh.", "Discussed with Dr. [name]."),
            Example("Drs. Lee and Okafor agree.", "Drs. [name] and [name] agree."),
            Example("In Mrs. Tillman's case, dr. pruitt was told.", "In Mrs. [name]'s case, dr. [name] was told."),
            Example("Told to Dr. van der Berg and Dr. J. R. Halloway.", "Told to Dr. [name] and Dr. [name]."),
            Example("ATTENDING: DR PAPADOPOULOS", "ATTENDING: DR [name]"),
            Example("Dr. Murphy was called.", "Dr. [name] was called."),
            Example(
                "Seen with Dr. d'Ancona; Mrs. May Bond may return.", "Seen with Dr. [name]; Mrs. [name] may return."
            ),
            Example("Lt Col Barnaby Stroud, Baby Kowalewska.", "Lt Col [name], Baby [name]."),
            Example("Dr. Will Young will review a young man.", "Dr. [name] will review a young man."),
            Example("DR HALVORSEN INFORMED. SHO Patel aware.", "DR [name] INFORMED. SHO [name] aware."),
            Example("CISS and DRIVE are alike. Baby aspirin.", "CISS and DRIVE are alike. Baby aspirin."),
            Example("Called the Dr. Will need a film. Lt Hip.", "Called the Dr. Will need a film. Lt Hip."),
            Example("Sister Mary Joseph nodule.", "Sister Mary Joseph nodule."),
            Example("MR Brain, MS Plaques, DR Chest.", "MR Brain, MS Plaques, DR Chest."),
            Example("As on the prior MR. Hepatic cysts.", "As on the prior MR. Hepatic cysts."),
            Example("Dr. to correlate. Miss Rate is low.", "Dr. to correlate. Miss Rate is low."),
            Example("Dr. XXXX and Dr. ___ were told.", "Dr. XXXX and Dr. ___ were told."),
            Example("It was described by Dr. Peter Kerley.", "It was described by Dr. Peter Kerley."),
        ),
        surrogates=True,
    ),
    TextRule(
        "degreed_name.v2",
        _degreed_name,
        (
            Example("Reported by Tobias Wren, MD.", "Reported by [name], MD."),
            Example("Fenella Crabtree MBBS FRANZCR", "[name] MBBS FRANZCR"),
            Example("Dictated for BEAUMONT, CLAIRE, MD.", "Dictated for [name], MD."),
            Example("Films by Gwen Achter, MRT(R).", "Films by [name], MRT(R)."),
            Example("In Duchenne MD fat replaces muscle.", "In Duchenne MD fat replaces muscle."),
            Example("Chest, PA and lateral.", "Chest, PA and lateral."),
        ),
        surrogates=True,
    ),
)
