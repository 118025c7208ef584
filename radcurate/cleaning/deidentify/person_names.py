"""What a person's name is made of: where one that begins here ends, and where one that ends here begins.

In: a text and a place in it. Out: a `Name`, its span and its words, or None. A name is up to five capitalised words and
initials on one line, with particles ("van der") between; words that name no person end it (`person_names.toml`).
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from radcurate.cleaning.deidentify.eponyms import HEADS, stands_as_eponym

LEXICON = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
DEGREES = frozenset([*LEXICON["degrees"], *LEXICON["comma_degrees"]])
NEVER = frozenset(LEXICON["never"].split())
SELDOM = frozenset(LEXICON["seldom"].split())
_TEAMS = frozenset(LEXICON["teams"].split())
GIVEN = frozenset(LEXICON["given"].split())

# Capitals of Latin script, those with accents included, of Vietnamese too.
UPPER = "".join(chr(code) for code in (*range(0x250), *range(0x1E00, 0x1F00)) if chr(code).isupper())
LETTER = r"[^\W\d_]"
WORD = rf"[{UPPER}](?:['’]{LETTER})?{LETTER}+(?:['’](?!s\b){LETTER}+|-{LETTER}+)*"
_PARTICLES = "|".join(re.escape(particle) for particle in sorted(LEXICON["particles"], key=len, reverse=True))
_PART = re.compile(
    rf"""(?P<initial>[{UPPER}]\.(?:[ -]?[{UPPER}]\.){{0,3}})
       | (?P<particle>(?i:{_PARTICLES})(?=[ ][^\W\d_]))
       | (?P<word>(?:(?:al|el|ad|as|ar|ould)-|(?:d|l|dell|dall|sant|n|’t|'t)['’ ](?=[{UPPER}]))?{WORD})
       | (?P<letter>[{UPPER}]\b(?!['’/.-]))""",
    re.VERBOSE,
)
_DEGREE = re.compile(rf"(?:{'|'.join(map(re.escape, sorted(DEGREES, key=len, reverse=True)))})(?![\w.])")
# "Mrs. May returned", but "the Dr. Will need to know".
_AFTER_LONE = re.compile(
    r"['’]s\b|[.,;:)?!]|\Z|\s(?:was|is|has|had|will|may|agree[sd]?|returned|presents|presented|who|and|on|at|by|from|in)\b"
)
# Ends of words that name procedures, specialties and diseases.
_MEDICAL = re.compile(
    r"(?:graph(?:y|ic|ies)|ograms?|oscopy|ology|ologist|ectomy|ostomy|otomy|itis|osis|(?:a?e|œ)mia|iatrics?|opathy|plasty|iatrists?|therapists?|icians?|graphers?|ologists?)\Z",
    re.IGNORECASE,
)
_REDACTED = re.compile(r"X{2,}\Z")
# What parts two names.
NEXT = re.compile(r"\s*(?:,\s*and|,|&|/|;|\band\b)\s*")
LONGEST = 5
# No name is longer; names that end somewhere are looked for so far back.
MOST_CHARACTERS = 80


@dataclass(frozen=True)
class Name:
    """A name's span in the text, and its words without particles and initials."""

    start: int
    end: int
    words: tuple[str, ...]
    initials: int = 0

    @property
    def full(self) -> bool:
        """Whether it has more than a lone word: a first name or an initial, and a surname."""
        return len(self.words) + self.initials > 1

    @property
    def shouted(self) -> bool:
        """Whether it is written in capitals."""
        return all(word.isupper() for word in self.words)


def is_no_name(word: str, *, titled: bool = False) -> bool:
    """Whether a word, by itself or by its first half ("Chest-tube"), ends a name; after a title fewer words do."""
    first = re.split(r"['’-]", word.lower())[0] if "-" in word else word.lower()
    if word in DEGREES or first in NEVER or word.lower() in NEVER or _REDACTED.match(word) or _MEDICAL.search(word):
        return True
    return not titled and first in SELDOM


def name_from(text: str, start: int, *, titled: bool = False, inverted: bool = False) -> Name | None:
    """The name that begins at `start`; `inverted` takes "SMITH, JOHN A." too. None where no word of a name stands."""
    words: list[str] = []
    initials = 0
    at = end = start
    while len(words) < LONGEST and initials < LONGEST:
        part = _PART.match(text, at)
        if part is None or (words and _DEGREE.match(text, at)):
            break
        if part["word"]:
            given = titled and not words and _is_given(text, part)
            if _breaks_off(words, part["word"]) or (
                not given and is_no_name(part["word"], titled=titled or bool(words))
            ):
                break
            words.append(part["word"])
            end = part.end()
        elif part["initial"] or part["letter"]:
            if words and not _goes_on(text, part, inverted):
                break
            initials += 1
            end = part.end() if words else end
        at = part.end()
        if inverted and len(words) == 1 and text.startswith(", ", at) and _given(text, at + 2, words[0]):
            at += 1
        if not text.startswith(" ", at):
            if part["initial"] and not words:
                continue
            break
        at += 1
    if not words:
        return None
    return Name(start, end, tuple(words), initials)


def _is_given(text: str, part: re.Match[str]) -> bool:
    """Whether a word such as "Will" or "May" is a name after a title: a surname follows, or what a person does."""
    if part["word"].lower() not in GIVEN:
        return False
    following = _PART.match(text, part.end() + 1) if text.startswith(" ", part.end()) else None
    if following and following["word"]:
        return not is_no_name(following["word"], titled=True)
    return bool(_AFTER_LONE.match(text, part.end()))


def _goes_on(text: str, part: re.Match[str], inverted: bool) -> bool:
    """Whether an initial within a name is one: a word of the name follows, or it closes "OKORO, EMMANUEL C."."""
    following = _PART.match(text, part.end() + 1) if text.startswith(" ", part.end()) else None
    if following and following["word"] and not is_no_name(following["word"]):
        return True
    return inverted and not text[part.end() : part.end() + 1].isalnum()


def _given(text: str, at: int, surname: str) -> bool:
    """Whether a given name or initial follows the comma after a surname."""
    part = _PART.match(text, at)
    if part is None or part["particle"]:
        return False
    word = part["word"]
    return not word or (not is_no_name(word) and word.isupper() == surname.isupper())


def _breaks_off(words: list[str], word: str) -> bool:
    """Whether a word in capitals after others that are not ("Fenn CT"), or the reverse, is no more of the name."""
    return bool(words) and word.isupper() != words[0].isupper()


def name_until(text: str, end: int) -> Name | None:
    """The longest name that ends at `end`, where a degree or a date of birth follows."""
    floor = max(0, end - MOST_CHARACTERS)
    floor = max(floor, text.rfind("\n", floor, end) + 1)
    for start in _starts(text, floor, end):
        name = name_from(text, start, inverted=True)
        if name and name.end == end:
            return name
    return None


def _starts(text: str, floor: int, end: int) -> list[int]:
    """Where words begin that may open a name, from the left; a word that names no person is passed by."""
    starts: list[int] = []
    for part in re.finditer(rf"(?<!\w)(?:(?:{_PARTICLES})(?= )|[{UPPER}])", text[floor:end]):
        starts.append(floor + part.start())
    return starts


def name_joined(text: str, name: Name) -> Name | None:
    """The full name that follows another after "and", a comma or a semicolon."""
    following = NEXT.match(text, name.end)
    other = name_from(text, following.end()) if following and following.end() > name.end else None
    return other if other and other.full else None


def is_team(name: Name) -> bool:
    """Whether a word of the name says that it is a team, a place, a people or a thing: "Labour Ward", "Cath Lab"."""
    return any(word.lower() in _TEAMS for word in name.words) or (name.full and name.words[-1].lower() in HEADS)


def is_person(text: str, name: Name, title: str = "") -> bool:
    """Whether a name is not used as an eponym where it stands."""
    return not stands_as_eponym(text, name.start, name.end, title)
