"""Rules that take out names in fields and headers: "Referring physician: Ana Roy", "Ana Roy, DOB 1961".

In: a section. Out: edits that put `[name]` in the place of the name alone; the field stays (`field_names.toml`).
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.deidentify.context import REACH, before, either
from radcurate.cleaning.deidentify.marks import NAME
from radcurate.cleaning.deidentify.person_names import UPPER, is_person, name_from, name_joined, name_until
from radcurate.cleaning.rules import REPORTS, Edit, Example, TextRule
from radcurate.documents import Section

LEXICON = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

# What parts a field from what stands in it, and the field's name before that.
_PARTED = re.compile(rf"(?:\s?[:=]|\s?–|\s-)\s{{0,3}}(?=['’{UPPER}])")
_FIELD = re.compile(
    rf"(?<![\w-])(?:(?P<role>(?:{either(LEXICON['roles'])})(?:\sname)?|{either(LEXICON['verbs'])}|\w{{2,20}}ed(?:\s\w{{2,20}}ly)?\sby)"
    rf"|(?P<person>{either(LEXICON['people'])}))\Z",
    re.IGNORECASE,
)
_BORN = re.compile(
    r"(?<!\w)(?:(?:DOB|D\.O\.B|date of birth|born|b\.|MRN|MR ?#|MR number)(?![a-z])"
    rf"|(?:{either(LEXICON['numbers'])})(?:\s(?:no\.?|nr\.?|number))?[:#]?\s?\d)",
    re.IGNORECASE,
)
# "Ana Roy, 93, of", "Ana Roy (48)", "Ana Roy, 48F", "Ana Roy, 48 years": an age behind a name.
_AGED = re.compile(r"(?:,\s|\s\()\d{1,3}(?=,\s|\)|\s?(?:[MF]|yo|y/o|y|yrs?|years?|year-old)\b|-year)")
_BEFORE_BORN = re.compile(r"(?:,?\s{1,3}|\s\()(?:[\d\[][\w/.\]-]{3,11}\s{1,3})?\Z")
_INVERTED = re.compile(rf"^(?=[{UPPER}'’-]{{3,40}}, [{UPPER}])", re.MULTILINE)
_INVERTED_AFTER = re.compile(
    r"\s+(?:was|is|has|had|presents|presented|returned|attended|underwent|aged?|MR|MRN|DOB|ID)\b"
)


_LAST_WORDS = frozenset(
    word.split()[-1].lower() for words in ("roles", "verbs", "people") for word in LEXICON[words]
) | {"by", "name"}


def _field_name(section: Section) -> Iterator[Edit]:
    """Takes out the names in a field: "Referring physician: …", "Patient: SMITH, JOHN", "cc: …"."""
    text, reached = section.text, 0
    for parted in _PARTED.finditer(text):
        field = before(_FIELD, text, parted.start()) if _may_be_field(text, parted.start()) else None
        name = name_from(text, parted.end(), titled=True, inverted=True) if field and parted.end() >= reached else None
        while name and (name.full or (field and field["role"])) and is_person(text, name):
            yield Edit(name.start, name.end, NAME)
            reached = name.end
            name = name_joined(text, name)


def _may_be_field(text: str, end: int) -> bool:
    """Whether the word before the colon ends the name of any field: quicker than to look for each."""
    words = text[max(0, end - REACH) : end].split()
    return bool(words) and words[-1].lower().rpartition("(")[2] in _LAST_WORDS


def _header_name(section: Section) -> Iterator[Edit]:
    """Takes out a name before a date of birth, an age or a record number, or that opens a line as "SMITH, JOHN was"."""
    text, reached = section.text, 0
    names = []
    for born in _BORN.finditer(text):
        gap = before(_BEFORE_BORN, text, born.start())
        names.append(name_until(text, gap.start()) if gap else None)
    names += [name_until(text, aged.start()) for aged in _AGED.finditer(text)]
    for line in _INVERTED.finditer(text):
        name = name_from(text, line.start(), inverted=True)
        names.append(name if name and _INVERTED_AFTER.match(text, name.end) else None)
    for name in sorted(filter(None, names), key=lambda name: name.start):
        if name.full and name.start >= reached and is_person(text, name):
            yield Edit(name.start, name.end, NAME)
            reached = name.end


RULES: tuple[TextRule, ...] = (
    TextRule(
        "field_name.v2",
        _field_name,
        (
            Example("Referring physician: Harriet Vanstone", "Referring physician: [name]"),
            Example("Patient: SMITH, JOHN\nClear.", "Patient: [name]\nClear."),
            Example("CC: Constance Mayhew; Burak Aydin", "CC: [name]; [name]"),
            Example("Child: Rafferty Moon. Reg: T. Obi", "Child: [name]. Reg: [name]"),
            Example("DICTATED BY: LEMUEL OYIN M.D. D: 1/2/2012", "DICTATED BY: [name] M.D. D: 1/2/2012"),
            Example("CC: Right Flank Pain", "CC: Right Flank Pain"),
            Example("Referring physician: Unknown.", "Referring physician: Unknown."),
            Example("Referring diagnosis: Graves disease.", "Referring diagnosis: Graves disease."),
        ),
        surrogates=True,
    ),
    TextRule(
        "header_name.v2",
        _header_name,
        (
            Example("John Alder, DOB 1961, MRN 6609", "[name], DOB 1961, MRN 6609"),
            Example("Viktor Malec, 93, of Thornwick: fall.", "[name], 93, of Thornwick: fall."),
            Example("Rosa Achter, NHS 999 660 4412, pain.", "[name], NHS 999 660 4412, pain."),
            Example("Images 4, 12, 18. Kellgren-Lawrence, 3.", "Images 4, 12, 18. Kellgren-Lawrence, 3."),
            Example("RODRIGUEZ, MARIA was examined.", "[name] was examined."),
            Example("CHEST, LATERAL is rotated.", "CHEST, LATERAL is rotated."),
        ),
        REPORTS,
        surrogates=True,
    ),
)
