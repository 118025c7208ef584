"""The rule for lines that say to whom an image or a case is owed. `credits.toml` has their words.

The authors of a page stay in its document's metadata; a credit in its text teaches nothing.
"""

import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.page_noise import PAGES
from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.cleaning.units import Unit, lines, sentences, without
from radcurate.documents import Section

_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|©")
_TITLED = re.compile(r"\b(?:Dr|Prof|Professor|Mr|Mrs|Ms|Miss)\b\.? ?[A-Z]")
_NAME = re.compile(
    r"(?:(?<=\s)|(?<=\A)|(?<=[(\[\"“]))(?:(?:[A-Z]\.? ){1,2}[A-Z][a-z'’]+(?:[- ][A-Z][a-z]+)*"  # A. B. Sample-Roy
    r"|[A-Z][a-z]+(?:[- ][A-Z][a-z'’]+)+)"  # Ana Roy
)
_ONE_NAME = re.compile(r"(?:by|from|of|thanks,?|to|:|\(c\)|©|credit:?) (?:user )?[\"“]?(?:[A-Z][a-z]+|[a-z]+_\w+)(?:['’]s?)?\b|['’]s (?:department|case|collection|archive)")
_COPYRIGHT = re.compile(r"\(c\) ?[A-Z]|© ?\d|© ?[A-Z]|\bCC[ -]?(?:BY|0)\b", re.IGNORECASE)
_LABELLED = re.compile(r"(?P<thing>[^:\n]{2,60}?)(?::|,(?= (?:Dr|Prof)\b))\s+(?P<who>[^:\n]{3,80})")
_NUMBER = re.compile(r",?\s*\b(?:rID|case|no\.?):?\s*\d+", re.IGNORECASE)
_BRACKETED = re.compile(r"(?P<bracket>[(\[](?P<inside>[^()\[\]\n]{5,160}(?:\([^()\n]{1,40}\)[^()\[\]\n]{0,60})?)[)\]])")
_LONGEST = 32


@functools.cache
def _listed() -> tuple[frozenset[str], re.Pattern[str], frozenset[str], frozenset[str]]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    credits = "|".join(rf"(?<!\w){re.escape(phrase)}(?!\w)" for phrase in data["credits"])
    return frozenset(data["things"]), re.compile(credits, re.IGNORECASE), frozenset(data["roles"]), frozenset(data["bodies"])


def _credit_line(section: Section) -> Iterator[Edit]:
    """Takes out lines, sentences and brackets that hold a credit and whom it goes to."""
    text = section.text
    gone = [_bracket(match) for match in _BRACKETED.finditer(text) if _is_credit(match["inside"])]
    for line in lines(_blanked(text, gone)):
        parts = list(sentences(line.raw))
        credited = [_is_credit(part.raw) for part in parts]
        only_captions = all(credit or _is_caption(part) for credit, part in zip(credited, parts, strict=True))
        if _is_label_and_name(line.raw) or (any(credited) and only_captions):
            gone.append(line)
            continue
        for part, credit in zip(parts, credited, strict=True):
            if credit:
                gone.append(Unit(line.start + part.start, line.start + part.end, part.raw, part.text))
    yield from without(text, _outermost(gone))


def _bracket(match: re.Match[str]) -> Unit:
    return Unit(match.start("bracket"), match.end(), match["bracket"], match["inside"])


def _blanked(text: str, units: list[Unit]) -> str:
    """The text with blanks in the place of these units, so that a sentence is judged without its brackets."""
    pieces, reached = [], 0
    for unit in units:
        pieces += [text[reached : unit.start], " " * (unit.end - unit.start)]
        reached = unit.end
    return "".join([*pieces, text[reached:]])


def _outermost(units: list[Unit]) -> list[Unit]:
    """In order, without those that lie within another."""
    kept: list[Unit] = []
    for unit in sorted(units, key=lambda unit: (unit.start, -unit.end)):
        if not kept or unit.start >= kept[-1].end:
            kept.append(unit)
    return kept


def _is_credit(text: str) -> bool:
    if len(text) > 240:
        return False
    _, credits, _, bodies = _listed()
    own = text.strip(" .()[]*_")
    if _is_label_and_name(text):
        return True
    found = credits.search(own)
    words = _TOKEN.findall(own)
    if len(words) > _LONGEST or not (found or _COPYRIGHT.search(own)):
        return False
    if found and found[0].lower() == "courtesy" and not _courtesy_of_somebody(own, found.end()):
        return False
    named = _TITLED.search(own) or _NAME.search(own, found.start() if found else 0) or _ONE_NAME.search(own)
    if found and found[0].lower() in ("permission", "consent", "reuse", "thanks", "thank", "grateful", "gratitude"):
        named = named or (not bodies.isdisjoint(word.lower() for word in words))
        named = named and _about_images(own)
    return bool(named or _COPYRIGHT.search(own) or (found and not bodies.isdisjoint(word.lower() for word in words) and _about_images(own)))


def _is_label_and_name(text: str) -> bool:
    """ "PA film: A. Sample, Example Infirmary": what, and who."""
    things, _, roles, _ = _listed()
    labelled = _LABELLED.fullmatch(text.strip(" .()[]*_")) if len(text) <= 160 else None
    return bool(labelled) and _is_of(labelled["thing"], things) and _is_who(labelled["who"], roles)  # type: ignore[index]


def _is_caption(part: Unit) -> bool:
    """True for a few words of what was imaged and how, which say nothing without the credit."""
    words = [word.lower() for word in _TOKEN.findall(part.raw.replace("-", " "))]
    foreign = [word for word in words if word not in _listed()[0]]
    return bool(words) and ":" not in part.raw and len(words) <= 7 and len(foreign) < min(len(words), 2)


def _courtesy_of_somebody(text: str, end: int) -> bool:
    bodies = _listed()[3]
    after = text[end : end + 80]
    words = {word.lower() for word in _TOKEN.findall(after)[:8]}
    return bool(_TITLED.search(after) or _NAME.search(after) or after[:1] == ":" or not bodies.isdisjoint(words))


def _about_images(text: str) -> bool:
    """True where what is credited is named, or nothing but thanks is said."""
    things = _listed()[0] - {"and", "of", "the", "with", "by", "in", "t", "x", "ct", "mri"}
    words = [word.lower() for word in _TOKEN.findall(text)]
    return not things.isdisjoint(words) or words[:1] in (["thanks"], ["with"], ["acknowledgement"], ["our"], ["reproduced"], ["special"], ["many"])


def _is_of(text: str, listed: frozenset[str]) -> bool:
    words = [word.lower() for word in re.findall(r"[^\W\d_]+", text)]
    return bool(words) and all(word in listed for word in words)


def _is_who(text: str, roles: frozenset[str]) -> bool:
    """True for a name, with who somebody is and where, and nothing else."""
    text = _NUMBER.sub("", text)
    if not (_TITLED.search(text) or _NAME.search(text)):
        return False
    return all(word[0].isupper() and (len(word) < 3 or not word.isupper()) or word.lower() in roles for word in _TOKEN.findall(text))


RULES = (
    TextRule(
        "credit_line.v1",
        _credit_line,
        (
            Example("A cyst.\nPhoto: Dr Ana Roy.", "A cyst.", ""),
            Example("A cyst.\nCT and histology kindly lent by Ana Roy and her team.", "A cyst.", ""),
            Example("A cyst. Images (c) Roy, reproduced with permission.", "A cyst.", ""),
            Example("A cyst (image by A. Roy) is round.", "A cyst is round.", ""),
            Example("A cyst.\nOur thanks go to the eye clinic for the films.", "A cyst.", ""),
            Example("The scar is bright, courtesy of its Kupffer cells.", "The scar is bright, courtesy of its Kupffer cells.", ""),
            Example("Thanks to fat it is bright.", "Thanks to fat it is bright.", ""),
            Example("Described by Dr Ana Roy in 1950.", "Described by Dr Ana Roy in 1950.", ""),
            Example("Informed consent was obtained.", "Informed consent was obtained.", ""),
            Example("Sign: Hampton hump.", "Sign: Hampton hump.", ""),
        ),
        PAGES,
    ),
)
