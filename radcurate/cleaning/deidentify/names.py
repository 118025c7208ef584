"""Rules that take out names of people: after titles, before degrees, in fields, and after words that lead to a person.

In: a section. Out: edits that put `[name]` in the place of the name alone; titles, degrees and fields stay, so that the
sentence does. A name that is used as an eponym stays (`eponyms.py`), and so do those who described a sign or disease.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from radcurate.cleaning.deidentify.context import before, either
from radcurate.cleaning.deidentify.eponyms import is_eponym
from radcurate.cleaning.deidentify.marks import NAME
from radcurate.cleaning.deidentify.person_names import LEXICON as PERSON
from radcurate.cleaning.deidentify.person_names import NEVER, UPPER, Name, is_person, name_from, name_until
from radcurate.cleaning.rules import PAGES, REPORTS, Edit, Example, TextRule
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
_CUE = re.compile(rf"(?:\b(?:{either(LEXICON['cues'])})|:)\s+\Z", re.IGNORECASE)
_SURNAME = re.compile(r"[^\W\d_]{3,}\b")
_NEXT = re.compile(r"\s*(?:,\s*and|,|&|/|;|\band\b)\s*")
_SENTENCE_END = re.compile(r"(?<!\bDr)(?<!\bDrs)(?<!\bProf)(?<!\b[A-Z])[.!?](?=\s|\Z)|\n")
_HISTORY = re.compile(rf"\b(?:{'|'.join(LEXICON['history'])})", re.IGNORECASE)

_DEGREES = either(PERSON["degrees"])
_DEGREE = re.compile(rf"(?P<comma>,?)[ ](?:(?:{_DEGREES})|(?P<short>{either(PERSON['comma_degrees'])}))(?!\w)")

# What parts a field from what stands in it, and the field's name before that.
_PARTED = re.compile(rf"(?:\s?:|\s?–|\s-)\s{{0,3}}(?=['’{UPPER}])")
_FIELD = re.compile(
    rf"(?<![\w-])(?:(?P<role>(?:{either(LEXICON['field_roles'])})(?:\sname)?|{either(LEXICON['field_verbs'])})"
    rf"|(?P<person>{either(LEXICON['field_people'])}))\Z",
    re.IGNORECASE,
)
_BORN = re.compile(r"(?<!\w)(?:DOB|D\.O\.B|date of birth|MRN|MR ?#|MR number)(?![a-z])", re.IGNORECASE)
_BEFORE_BORN = re.compile(r"(?:,?\s{1,3}|\s\()(?:[\d\[][\w/.\]-]{3,11}\s{1,3})?\Z")
_INVERTED = re.compile(rf"^(?=[{UPPER}'’-]{{3,40}}, [{UPPER}])", re.MULTILINE)
_INVERTED_AFTER = re.compile(
    r"\s+(?:was|is|has|had|presents|presented|returned|attended|underwent|aged?|MR|MRN|DOB|ID)\b"
)
_CAPITAL = re.compile(rf"(?<=[\s,:])[{UPPER}](?=\.|\w|['’])")


def _edit(name: Name) -> Edit:
    return Edit(name.start, name.end, NAME)


def _titled_name(section: Section) -> Iterator[Edit]:
    """Takes out the name after a title: Dr, Prof, Mrs, Nurse; several after a plural one. MR, MS and PA in capitals are
    titles only after a word such as "by" or "with", or where a person acts; so is DR without a full stop."""
    text, reached = section.text, 0
    for match in _TITLE.finditer(text):
        if match.start() < reached or not _is_title(text, match):
            continue
        for name in _after_title(text, match):
            yield _edit(name)
            reached = name.end


def _is_title(text: str, match: re.Match[str]) -> bool:
    title, at = match["title"], match.end()
    if title in _AMBIGUOUS and (title, match["stop"]) != ("DR", "."):
        name = name_from(text, at, titled=True)
        if name is None:
            return False
        if before(_CUE, text, match.start()):
            return name.shouted or name.full
        # "Compared with the prior MR. Hepatic lesions" against "MR. SMITH WAS SCANNED".
        return bool(match["stop"]) and name.shouted and bool(_ACTS.match(text, name.end))
    if not match["gap"] and not match["stop"]:
        return False
    if title.lower() in ("doctor", "sister", "nurse", "father", "judge", "officer"):
        return title[0].isupper()
    return True


def _after_title(text: str, match: re.Match[str]) -> Iterator[Name]:
    title, at = match["title"], match.end()
    name = name_from(text, at, titled=True)
    if name is None and title.islower() and match["stop"]:
        word = _SURNAME.match(text, at)
        name = Name(at, word.end(), (word[0],)) if word and word[0].islower() and word[0] not in NEVER else None
    if name is None or not is_person(text, name, title) or _describes(text, name):
        return
    yield name
    while title.lower() in _PLURAL:
        following = _NEXT.match(text, name.end)
        name = name_from(text, following.end(), titled=True) if following else None
        if name is None:
            return
        yield name


def _describes(text: str, name: Name) -> bool:
    """Whether the sentence tells of whoever gave an eponym its name."""
    if not is_eponym(name.words[-1]):
        return False
    ends = [0, *(end.end() for end in _SENTENCE_END.finditer(text, max(0, name.start - 300), name.start))]
    after = _SENTENCE_END.search(text, name.end, name.end + 300)
    return bool(_HISTORY.search(text, max(ends[-1], name.start - 300), after.end() if after else name.end + 300))


def _degreed_name(section: Section) -> Iterator[Edit]:
    """Takes out the name before a degree or a licence: MD, RN, FRCR; short ones only after a comma."""
    text, reached = section.text, 0
    for match in _DEGREE.finditer(text):
        name = None if match["short"] and not match["comma"] else name_until(text, match.start())
        if name and name.start >= reached and (name.full or _lone(name, match)) and is_person(text, name):
            yield _edit(name)
            reached = name.end


def _lone(name: Name, match: re.Match[str]) -> bool:
    return bool(match["comma"]) and not match["short"] and not is_eponym(name.words[0])


def _field_name(section: Section) -> Iterator[Edit]:
    """Takes out the names in a field: "Referring physician: …", "Patient: SMITH, JOHN", "cc: …"."""
    text, reached = section.text, 0
    for parted in _PARTED.finditer(text):
        field = before(_FIELD, text, parted.start())
        name = name_from(text, parted.end(), titled=True, inverted=True) if field and parted.end() >= reached else None
        while name and (name.full or (field and field["role"])) and is_person(text, name):
            yield _edit(name)
            reached = name.end
            name = _joined(text, name)


def _joined(text: str, name: Name) -> Name | None:
    """The full name that follows after "and", a comma or a semicolon."""
    following = _NEXT.match(text, name.end)
    other = name_from(text, following.end()) if following and following.end() > name.end else None
    return other if other and other.full else None


def _header_name(section: Section) -> Iterator[Edit]:
    """Takes out a name that stands before a date of birth or a record number, or opens a line as "SMITH, JOHN was"."""
    text, reached = section.text, 0
    names = []
    for born in _BORN.finditer(text):
        gap = before(_BEFORE_BORN, text, born.start())
        names.append(name_until(text, gap.start()) if gap else None)
    for line in _INVERTED.finditer(text):
        name = name_from(text, line.start(), inverted=True)
        names.append(name if name and _INVERTED_AFTER.match(text, name.end) else None)
    for name in sorted(filter(None, names), key=lambda name: name.start):
        if name.full and name.start >= reached and is_person(text, name):
            yield _edit(name)
            reached = name.end


def _led_to(what: str, cues: Iterable[str]) -> Callable[[Section], Iterator[Edit]]:
    """Takes out a full name after one of these words; a letter's "To" leads to one where it opens a line."""
    cue = re.compile(rf"(?:(?<![\w-])(?:{either(cues)})|^to)(?:['’]s)?[,:]?\s{{1,2}}\Z", re.IGNORECASE | re.MULTILINE)

    def propose(section: Section) -> Iterator[Edit]:
        text, reached = section.text, 0
        for capital in _CAPITAL.finditer(text):
            name = name_from(text, capital.start()) if capital.start() >= reached else None
            # No word of a name leads to another.
            reached = name.end if name else reached
            if name is None or not name.full or not before(cue, text, name.start):
                continue
            while name and not name.shouted and is_person(text, name):
                yield _edit(name)
                reached = name.end
                name = _joined(text, name)

    propose.__doc__ = what
    return propose


RULES: tuple[TextRule, ...] = (
    TextRule(
        "titled_name.v1",
        _titled_name,
        (
            Example("Discussed with Dr. Helena Marsh.", "Discussed with Dr. [name]."),
            Example("Drs. Lee and Okafor agree.", "Drs. [name] and [name] agree."),
            Example("In Mrs. Tillman's case, dr. pruitt was told.", "In Mrs. [name]'s case, dr. [name] was told."),
            Example("Told to Dr. van der Berg and Dr. J. R. Halloway.", "Told to Dr. [name] and Dr. [name]."),
            Example("ATTENDING: DR PAPADOPOULOS", "ATTENDING: DR [name]"),
            Example("Dr. Murphy was called.", "Dr. [name] was called."),
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
        "degreed_name.v1",
        _degreed_name,
        (
            Example("Reported by Tobias Wren, MD.", "Reported by [name], MD."),
            Example("Fenella Crabtree MBBS FRANZCR", "[name] MBBS FRANZCR"),
            Example("Dictated for BEAUMONT, CLAIRE, MD.", "Dictated for [name], MD."),
            Example("In Duchenne MD fat replaces muscle.", "In Duchenne MD fat replaces muscle."),
            Example("Chest, PA and lateral.", "Chest, PA and lateral."),
        ),
        surrogates=True,
    ),
    TextRule(
        "field_name.v1",
        _field_name,
        (
            Example("Referring physician: Harriet Vanstone", "Referring physician: [name]"),
            Example("Patient: SMITH, JOHN\nClear.", "Patient: [name]\nClear."),
            Example("CC: Constance Mayhew; Burak Aydin", "CC: [name]; [name]"),
            Example("CC: Right Flank Pain", "CC: Right Flank Pain"),
            Example("Referring physician: Unknown.", "Referring physician: Unknown."),
            Example("Referring diagnosis: Graves disease.", "Referring diagnosis: Graves disease."),
        ),
        surrogates=True,
    ),
    TextRule(
        "header_name.v1",
        _header_name,
        (
            Example("John Alder, DOB 1961, MRN 6609", "[name], DOB 1961, MRN 6609"),
            Example("RODRIGUEZ, MARIA was examined.", "[name] was examined."),
            Example("CHEST, LATERAL is rotated.", "CHEST, LATERAL is rotated."),
        ),
        REPORTS,
        surrogates=True,
    ),
    TextRule(
        "told_name.v1",
        _led_to(
            "Takes out whom a report says was told, and by whom something was done: a full name.",
            [*LEXICON["told"], *LEXICON["done"]],
        ),
        (
            Example("Discussed with Elinor Pascoe by phone.", "Discussed with [name] by phone."),
            Example("Read by Ana Roy and Bo Lindqvist.", "Read by [name] and [name]."),
            Example("Discussed with Vascular Surgery.", "Discussed with Vascular Surgery."),
            Example("Reported to the ward: Swan-Ganz in place.", "Reported to the ward: Swan-Ganz in place."),
        ),
        REPORTS,
        surrogates=True,
    ),
    TextRule(
        "role_name.v1",
        _led_to("Takes out a full name after a role or a relation: technologist, nurse, daughter.", LEXICON["roles"]),
        (
            Example("Daughter, Philomena Grey, came.", "Daughter, [name], came."),
            Example("The technologist Dwayne Purcell agreed.", "The technologist [name] agreed."),
            Example("Sister has Lynch syndrome.", "Sister has Lynch syndrome."),
            Example("The ward doctor Weber B fracture was known.", "The ward doctor Weber B fracture was known."),
        ),
        surrogates=True,
    ),
    TextRule(
        "credited_name.v1",
        _led_to(
            "Takes out whom a page thanks, and who wrote it or gave its images; who discovered something stays.",
            LEXICON["credited"],
        ),
        (
            Example("Image courtesy of Henrik Dahlstrom.", "Image courtesy of [name].", ""),
            Example("Written by Ana Roy, edited by Bo Ek.", "Written by [name], edited by [name].", ""),
            Example("Courtesy of the Teaching Archive.", "Courtesy of the Teaching Archive.", ""),
            Example("First described by Nils Westermark.", "First described by Nils Westermark.", ""),
        ),
        PAGES,
        surrogates=True,
    ),
)
