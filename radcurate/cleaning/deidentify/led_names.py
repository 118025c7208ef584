"""Rules that take out full names after words that lead to a person: who was told, did, is related, is thanked.

In: a section. Out: edits that put `[name]` in the place of the name (`led_names.toml` has the words). A name that is
used as an eponym stays (`eponyms.py`), and so does whoever is named with the year of a discovery.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from radcurate.cleaning.deidentify.context import before, either
from radcurate.cleaning.deidentify.history import dates_from_history
from radcurate.cleaning.deidentify.marks import NAME
from radcurate.cleaning.deidentify.person_names import UPPER, Name, is_person, is_team, name_from, name_joined
from radcurate.cleaning.rules import PAGES, REPORTS, Edit, Example, TextRule
from radcurate.documents import Section

LEXICON = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

# Kinds of documents that tell of patients.
PATIENTS = (*REPORTS, "case")
# "closed by Amplatzer", "made by Siemens": not by a person.
_THING_BY = re.compile(rf"\b(?:{'|'.join(LEXICON['things'])})\w*\s+by\s+\Z", re.IGNORECASE)
_CAPITAL = re.compile(rf"(?<=[\s,:(])[{UPPER}](?=\.|\w|['’])")


# "podiatrist", "physicians", "mother is", "a miner called".
_PEOPLE = either(LEXICON["people"])
_ROLE = rf"(?:{either(LEXICON['roles'])}|\w{{2,20}}(?:ologist|iatrist|therapist|ician|grapher)|(?:{_PEOPLE})(?=\s))s?"
_IS = r"(?:,?\s(?:is|was|named|called|known\sas|by\sthe\sname\sof))?"
_CALLED = rf"(?:{_PEOPLE}|\w{{2,20}}(?:er|or|ist|man|woman|ant|ian))s?,?\s(?:named|called|known\sas|by\sthe\sname\sof)"


def _led_to(what: str, cues: str) -> Callable[[Section], Iterator[Edit]]:
    """Takes out a full name after words of this pattern; a letter's "To" leads to one where it opens a line."""
    cue = re.compile(rf"(?:(?<![\w-])(?:{cues})|^to)(?:['’]s)?[,:]?\s{{1,2}}\(?\Z", re.IGNORECASE | re.MULTILINE)

    def propose(section: Section) -> Iterator[Edit]:
        text, reached = section.text, 0
        for capital in _CAPITAL.finditer(text):
            name = name_from(text, capital.start()) if capital.start() >= reached else None
            # No word of a name leads to another.
            reached = name.end if name else reached
            if name is None or not name.full or not before(cue, text, name.start):
                continue
            while name and not name.shouted and _is_meant(text, name):
                yield Edit(name.start, name.end, NAME)
                reached = name.end
                name = name_joined(text, name)

    propose.__doc__ = what
    return propose


def _is_meant(text: str, name: Name) -> bool:
    if not is_person(text, name) or is_team(name) or dates_from_history(text, name):
        return False
    return not before(_THING_BY, text, name.start)


RULES: tuple[TextRule, ...] = (
    TextRule(
        "told_name.v2",
        _led_to(
            "Takes out whom a report says was told, and by whom something was done: a full name.",
            rf"{either(LEXICON['told'])}|by|\w{{2,20}}ed\sfor",
        ),
        (
            Example("Discussed with Elinor Pascoe by phone.", "Discussed with [name] by phone."),
            Example("Read by Ana Roy and Bo Lindqvist.", "Read by [name] and [name]."),
            Example("Over-read by S. T. Yama-Reyes, fellow.", "Over-read by [name], fellow."),
            Example("I, Hester Quarry, agree. Signed, Þór Ægisson", "I, [name], agree. Signed, [name]"),
            Example("At the request of Solomon Laird's doctor.", "At the request of [name]'s doctor."),
            Example(
                "Told the Labour Ward. Closed by Amplatzer Disc.", "Told the Labour Ward. Closed by Amplatzer Disc."
            ),
            Example("By Right Hip view. Imaged by Siemens Vision.", "By Right Hip view. Imaged by Siemens Vision."),
            Example("As described by Nils Westermark in 1938.", "As described by Nils Westermark in 1938."),
            Example("Discussed with Vascular Surgery.", "Discussed with Vascular Surgery."),
            Example("Reported to the ward: Swan-Ganz in place.", "Reported to the ward: Swan-Ganz in place."),
        ),
        REPORTS,
        surrogates=True,
    ),
    TextRule(
        "role_name.v2",
        _led_to("Takes out a full name after a role or a relation: technologist, nurse, daughter.", _ROLE + _IS),
        (
            Example("Daughter, Philomena Grey, came.", "Daughter, [name], came."),
            Example("The technologist Dwayne Purcell agreed.", "The technologist [name] agreed."),
            Example("Mother is Shanthi Peru. Podiatrist Ana Roy.", "Mother is [name]. Podiatrist [name]."),
            Example("Relayed to the resident (Tobias Lind).", "Relayed to the resident ([name])."),
            Example("With my colleague Ambrose Teller, who agreed.", "With my colleague [name], who agreed."),
            Example("Sister has Lynch syndrome.", "Sister has Lynch syndrome."),
            Example("The ward doctor Weber B fracture was known.", "The ward doctor Weber B fracture was known."),
        ),
        surrogates=True,
    ),
    TextRule(
        "called_name.v1",
        _led_to("Takes out the full name of someone who is called by it: a man called, a miner named.", _CALLED),
        (
            Example("A retired miner called Ifor Bevan coughed.", "A retired miner called [name] coughed."),
            Example("A sign called Aunt Minnie; a man called in.", "A sign called Aunt Minnie; a man called in."),
        ),
        PATIENTS,
        surrogates=True,
    ),
    TextRule(
        "credited_name.v2",
        _led_to(
            "Takes out whom a page thanks, and who wrote it or gave its images; who discovered something stays.",
            either(LEXICON["credited"]),
        ),
        (
            Example("Image courtesy of Henrik Dahlstrom.", "Image courtesy of [name].", ""),
            Example("Written by Ana Roy, edited by Bo Ek.", "Written by [name], edited by [name].", ""),
            Example("Sent by Fritjof Aas, annotated by P. Q. Fair.", "Sent by [name], annotated by [name].", ""),
            Example("Courtesy of the Teaching Archive.", "Courtesy of the Teaching Archive.", ""),
            Example("First described by Nils Westermark.", "First described by Nils Westermark.", ""),
        ),
        PAGES,
        surrogates=True,
    ),
)
