"""Rules for lines that say to whom an image or a case is owed. `credits.toml` has their words.

A credit needs whom it goes to, right after its words: "kindly lent by Ana Roy". The authors of a page stay in its
document's metadata; a credit in its text teaches nothing.
"""

import functools
import itertools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from radcurate.cleaning.rules import PAGES, Edit, Example, TextRule
from radcurate.cleaning.units import Unit, lines, sentences, without
from radcurate.documents import Section

_COURTESY = re.compile(
    r"""(?:^|(?<=[.!?:;)]\ )|(?=\())                  # a line, a sentence or a bracket of its own
        \(?(?:case|image|figure|illustration|photo)s?\ courtesy\ of\b""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_RID = re.compile(r",?\s*rID:?\s*\d+\s*\)?\.?", re.IGNORECASE)
_NAME_END = re.compile(
    r"(?<!\bDr)(?<!\bProf)(?<!\bMrs)(?<!\bMr)(?<!\bMs)(?<!\b[A-Z])\.(?=\s|\)|$)\)?|\)|$", re.MULTILINE
)
_LONGEST_COURTESY = 300

_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|©")
_FAMILY = r"[A-Z][a-z'’]+(?:-[A-Z][a-z'’]+)*"
_TITLED = r"(?:Drs?|Prof|Professor|Mr|Mrs|Ms|Miss)\b\.? ?[A-Z]"
_WHO_SURELY = re.compile(rf"(?:{_TITLED}|(?:[A-Z]\.? ){{1,2}}{_FAMILY}|user\ [\"“]?\w)")
_WHO = re.compile(
    rf"(?:{_TITLED}|(?:[A-Z]\.? ){{1,2}}{_FAMILY}|user\ [\"“]?\w"
    rf"|{_FAMILY}\ (?:\w{{2,3}}\ )?{_FAMILY}(?=\s?(?:[.,;:)\]–]|\Z|and\b|at\b|from\b|of\b)))"
)
_WHO_ALONE = re.compile(rf"{_FAMILY}(?:['’]s\ \w+|(?=\s?(?:[.,;)\]]|\Z)))")
# Small words between the words of a credit and whom it goes to: "by our colleague", "goes to the".
_BETWEEN = re.compile(r"[\s:,]*(?:(?:[a-z'’-]+|[\"“(])\s?){0,4}?(?=[A-Z\"“]|user\b)")
_THANKED = re.compile(rf"[\s,]+(?:{_FAMILY}(?:\ {_FAMILY})?\Z|{_FAMILY}\ {_FAMILY}\ for\b)")
_COPYRIGHT = re.compile(r"©\s?(?:\d{4}|[A-Z])|\(c\)\s?\d{4}|\bCC[ -]BY\b")
_LABELLED = re.compile(r"(?P<thing>[^:\n]{2,60}?)(?::|,(?= (?:Dr|Prof)\b))\s+(?P<who>[^:\n]{3,80})")
_NUMBER = re.compile(r",?\s*\b(?:rID|case|no\.?):?\s*\d+", re.IGNORECASE)
_BRACKETED = re.compile(r"[(\[](?P<inside>[^()\[\]\n]{5,160}(?:\([^()\n]{1,40}\)[^()\[\]\n]{0,60})?)[)\]]")
_LONGEST, _LONGEST_LABELLED, _MOST_WORDS = 240, 160, 24
_MOST_CAPTION = 7


@dataclass(frozen=True)
class _Words:
    """The lists of `credits.toml`; those of phrases as one pattern each."""

    needs: re.Pattern[str]
    sure: re.Pattern[str]
    owed: re.Pattern[str]
    thanks: re.Pattern[str]
    made: re.Pattern[str]
    things: frozenset[str]
    views: frozenset[str]
    places: frozenset[str]
    labels: frozenset[str]
    roles: frozenset[str]
    bodies: frozenset[str]


@functools.cache
def _listed() -> _Words:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    phrases = {name: "|".join(rf"\b{phrase}" for phrase in data[name]) for name in ("sure", "owed", "thanks", "made")}
    label = rf"\b(?:{'|'.join(data['labels'])}): "
    needs = "|".join([*phrases.values(), label, "©", r"\(c\)", r"\bCC[ -]BY"])
    return _Words(
        needs=re.compile(needs, re.IGNORECASE),
        sure=re.compile(phrases["sure"], re.IGNORECASE),
        owed=re.compile(phrases["owed"], re.IGNORECASE),
        thanks=re.compile(phrases["thanks"], re.IGNORECASE),
        made=re.compile(phrases["made"], re.IGNORECASE),
        things=frozenset(data["things"]),
        views=frozenset(data["views"]),
        places=frozenset(data["places"]),
        labels=frozenset(data["labels"]),
        roles=frozenset(data["roles"]),
        bodies=frozenset(data["bodies"]),
    )


def _courtesy_line(section: Section) -> Iterator[Edit]:
    """Takes out whom a case or image is owed to, where a page says so in the site's fixed form."""
    text, reached = section.text, 0
    for match in _COURTESY.finditer(text):
        if match.start() < reached:
            continue
        most = min(len(text), match.end() + _LONGEST_COURTESY)
        line_end = text.find("\n", match.end(), most)
        number = _RID.search(text, match.end(), most if line_end < 0 else line_end)
        name = _NAME_END.search(text, match.end())
        end = number.end() if number else name.end() if name else len(text)
        yield Edit(match.start(), end, "")
        reached = end


def _credit_line(section: Section) -> Iterator[Edit]:
    """Takes out lines, sentences and brackets that hold a credit and whom it goes to."""
    text = section.text
    gone = [
        Unit(match.start(), match.end(), match[0], match["inside"])
        for match in _BRACKETED.finditer(text)
        if _is_credit(match["inside"])
    ]
    for line in lines(_blanked(text, gone)):
        if _is_label_and_name(line.raw):
            gone.append(line)
        elif _listed().needs.search(line.raw):
            gone += _of_line(line)
    yield from without(text, _outermost(gone))


def _of_line(line: Unit) -> list[Unit]:
    """The line itself where it holds credits and captions alone, else its sentences that are credits."""
    parts = list(sentences(line.raw))
    judged = [_is_credit(part.raw) for part in parts]
    if any(judged) and all(credit or _is_caption(part) for part, credit in zip(parts, judged, strict=True)):
        return [line]
    credited = itertools.compress(parts, judged)
    return [Unit(line.start + part.start, line.start + part.end, part.raw, part.text) for part in credited]


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
    words = _listed()
    if len(text) > _LONGEST or len(_TOKEN.findall(text)) > _MOST_WORDS:
        return False
    own = text.strip(" .()[]*_")
    if _is_label_and_name(text) or _COPYRIGHT.search(own) or words.sure.search(own):
        return True
    return (
        any(_goes_to(own, match.end(), bodies=True) for match in words.owed.finditer(own))
        or any(_thanks(own, match.end()) for match in words.thanks.finditer(own))
        or any(_names_thing(own[: match.end()]) and _goes_to(own, match.end()) for match in words.made.finditer(own))
    )


def _goes_to(text: str, end: int, *, bodies: bool = False) -> bool:
    """True where somebody's name stands right after these words; with `bodies` a clinic or a family will do."""
    if bodies and any(word.lower() in _listed().bodies for word in _TOKEN.findall(text[end : end + 60])[:4]):
        return True
    between = _BETWEEN.match(text, end)
    return bool(between) and bool(_WHO.match(text, between.end()) or _WHO_ALONE.match(text, between.end()))  # type: ignore[union-attr]


def _thanks(text: str, end: int) -> bool:
    """True for thanks to a person or a clinic; "thanks to early surgery" and "thanks to Doppler" give none."""
    after = text[end : end + 80]
    between = _BETWEEN.match(after)
    if between and _WHO_SURELY.match(after, between.end()):
        return True
    if any(word.lower() in _listed().bodies for word in _TOKEN.findall(after)[:5]):
        return _names_thing(text) or len(_TOKEN.findall(text)) <= _MOST_WORDS // 2
    return bool(_THANKED.match(after))


def _names_thing(text: str) -> bool:
    return not _listed().things.isdisjoint(word.lower() for word in re.findall(r"[^\W\d_]+", text))


def _is_label_and_name(text: str) -> bool:
    """ "PA film: A. Sample, Example Infirmary": what, and who."""
    if ":" not in text and ", " not in text:
        return False
    words = _listed()
    labelled = _LABELLED.fullmatch(text.strip(" .()[]*_")) if len(text) <= _LONGEST_LABELLED else None
    if not labelled:
        return False
    label = [word.lower() for word in re.findall(r"[^\W\d_]+", labelled["thing"])]
    who = _NUMBER.sub("", labelled["who"])
    tokens = _TOKEN.findall(who)
    if not label or not set(label) <= words.things | words.views | words.labels:
        return False
    # "CT: Hampton Hump": only under a label of credits, or beside a role, two capitals make a name.
    credited = not words.labels.isdisjoint(label) or any(token.lower() in words.roles for token in tokens)
    named = _WHO_SURELY.search(who) or (_WHO.search(who) if credited else None)
    return bool(named) and all(
        (token[0].isupper() and (len(token) < 3 or not token.isupper())) or token.lower() in words.roles
        for token in tokens
    )


def _is_caption(part: Unit) -> bool:
    """True for a few words of what was imaged and how, which say nothing without the credit."""
    words = _listed()
    held = [word.lower() for word in re.findall(r"[^\W\d_]+", part.raw)]
    known = words.things | words.views | words.places
    return 0 < len(held) <= _MOST_CAPTION and ":" not in part.raw and known.issuperset(held)


RULES = (
    TextRule(
        "courtesy_line.v2",
        _courtesy_line,
        (
            Example("A cyst.\n\nCase courtesy of Dr Ana B. Roy, Demo site, rID: 12", "A cyst.\n\n", ""),
            Example("Axial CT: a cyst. Case courtesy of Ana Roy, rID: 12", "Axial CT: a cyst. ", ""),
            Example("Image courtesy of Prof. Ana Roy. It is round.", " It is round.", ""),
            Example("A cyst (case courtesy of Dr. A. Roy, rID: 12) is round.", "A cyst  is round.", ""),
            Example("He was seen as a courtesy of the ward.", "He was seen as a courtesy of the ward.", ""),
        ),
        PAGES,
    ),
    TextRule(
        "credit_line.v1",
        _credit_line,
        (
            Example("A cyst.\nPhoto: Dr Ana Roy.", "A cyst.", ""),
            Example("A cyst.\nCT and histology kindly lent by Ana Roy and her team.", "A cyst.", ""),
            Example("A cyst. Images © Roy, reproduced with permission.", "A cyst.", ""),
            Example("A cyst (image by A. Roy) is round.", "A cyst is round.", ""),
            Example("A cyst.\nAxial CT. Image by A. Roy.", "A cyst.", ""),
            Example("A cyst.\nOur thanks go to the eye clinic for the films.", "A cyst.", ""),
            Example("It is bright, courtesy of its Kupffer cells.", "It is bright, courtesy of its Kupffer cells.", ""),
            Example("Thanks to Doppler it is safe.", "Thanks to Doppler it is safe.", ""),
            Example("Described by Dr Ana Roy in 1950.", "Described by Dr Ana Roy in 1950.", ""),
            Example("Age is a contributor to Crohn disease.", "Age is a contributor to Crohn disease.", ""),
            Example("(a) fat, (b) fluid and (c) Paget disease", "(a) fat, (b) fluid and (c) Paget disease", ""),
            Example("Images acquired by a Philips system.", "Images acquired by a Philips system.", ""),
            Example("CT: Hampton Hump. Sign: Hampton hump.", "CT: Hampton Hump. Sign: Hampton hump.", ""),
        ),
        PAGES,
    ),
)
