"""Whether a report answers a question about a finding, and how: `report_qa.toml` holds what is asked.

In: a reading of a report and a finding: is it there (at a side), did it change, where is it, how large? Out: an
`Answered` (yes, no, maybe or not stated, with the observation that says so), for a place or a size the words as
evidence, or the name of the refusal. "No" needs a denial of that very finding at that side,
in its own words and without limit; "not stated" that the report names neither it nor anything of its family, nor calls
normal what it would lie in.
"""

import functools
import itertools
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from radcurate.documents import REDACTION_MARKS
from radcurate.language.cues import cites_prior
from radcurate.language.lexicon.entries import Place
from radcurate.language.observations import ABSENT, NONE, PRESENT, UNCERTAIN, UNKNOWN, Observation
from radcurate.language.phrases import finder
from radcurate.language.relations import family, implied
from radcurate.language.sentences import sentences
from radcurate.records import Evidence
from radcurate.tasks.change_words import LINE_OF, lines_named, outlined
from radcurate.tasks.doubts import doubt
from radcurate.tasks.finding_lines import NO_ACUTE, item
from radcurate.tasks.report_reading import Reading
from radcurate.tasks.understood import NOT_UNDERSTOOD, data, read_sentences, unclear

YES, NO, MAYBE, NOT_STATED = "yes", "no", "maybe", "not stated"
ANSWERS = (YES, NO, MAYBE, NOT_STATED)

REFUSALS = {
    **NOT_UNDERSTOOD,
    "kind_mismatch": "the report names something of the same family (granuloma and nodule), or calls the finding old",
    "qualified_denial": "the report denies the finding only in part (of a size, kind or place)",
    "implied_denial": "the report denies the finding only by calling normal what it would change",
    "covered": "the report calls the area normal without naming the finding",
    "mixed": "the report says of the finding different things in different places",
    "side_not_said": "the report does not tell the side that is asked for",
    "may_be_hidden": "a redaction mark or a word that was not read may hide the finding that the report does not name",
    "only_elsewhere": "the finding is named, but not of these images (indication, advice, another study)",
    "place_in_pieces": "the words for the place do not stand together, or more than once",
    "device_status": "the device is not simply in place: historical, or outside the body",
}

# A change that is told, and those that it denies.
DENIES = {
    "increased": ("decreased", "unchanged"),
    "decreased": ("increased", "unchanged"),
    "resolving": ("increased", "unchanged"),
    "unchanged": ("new", "increased", "decreased"),
}
_JOINTS = re.compile(r"(?:[\s,-]|\b(?:the|of|in|and|at|within|to|a|on|mid|middle|lung|side|aspect)\b)*", re.IGNORECASE)
_LED_BY = re.compile(
    r"(?:\b(?:right|left|bilateral|both|upper|lower|mid|middle|anterior|posterior|lateral|medial)\b[\s-]*)+$",
    re.IGNORECASE,
)


class Answered(NamedTuple):
    """An answer, and the observation that says so (None for what is not stated)."""

    answer: str
    one: Observation | None = None


@functools.cache
def asked() -> dict[str, Any]:
    """The tables of `report_qa.toml`."""
    return tomllib.loads(Path(__file__).with_name("report_qa.toml").read_text(encoding="utf-8"))


@functools.cache
def area_of(finding: str) -> str:
    """The area of a finding that is asked about."""
    return next(str(area) for area, names in asked()["areas"].items() if finding in names)


@functools.cache
def words(*path: str) -> re.Pattern[str]:
    """The words of a list as one pattern: `words("lists", "old")`."""
    found = functools.reduce(lambda table, key: table[key], path, asked())
    return re.compile(rf"\b(?:{'|'.join(found)})\b", re.IGNORECASE)


def answered(reading: Reading, finding: str, side: str | None = None) -> Answered | str:
    """The answer of a report to whether `finding` is there (at `side`)."""
    own = [one for one in reading.observations if one.finding == finding]
    said = [one for one in own if one.polarity != NONE]
    if not said:
        return "only_elsewhere" if own else _not_stated(reading, finding)
    if why := next(filter(None, (doubt(reading, one) for one in said)), None):
        return why
    if any(one.device_status in ("historical", "external") for one in said):
        return "device_status"
    if side is None:
        return _one_answer(reading, said)
    here = [one for one in said if one.side in (side, "bilateral", None)]
    if not here:
        return _other_side(reading, finding, side, said)
    if any(one.side is None and one.polarity != ABSENT for one in here):
        return "side_not_said"
    return _one_answer(reading, here)


def _one_answer(reading: Reading, said: Sequence[Observation]) -> Answered | str:
    """The answer where all that is said of the finding agrees."""
    polarities = {one.polarity for one in said}
    if ABSENT not in polarities and (why := _unclear(reading, said)):
        return why
    if len(polarities) > 1 or UNKNOWN in polarities:
        return "mixed"
    if polarities == {PRESENT}:
        if any(words("lists", "old").search(reading.sentence(one)) for one in said):
            return "kind_mismatch"
        return Answered(YES, _plainest(reading, said))
    if polarities == {UNCERTAIN}:
        return Answered(MAYBE, _plainest(reading, said))
    named = [one for one in said if not one.statement]
    if not named:
        return "implied_denial"
    plain = [one for one in named if not one.qualifier and not _limited(one) and not _limited_before(reading, one)]
    return Answered(NO, plain[0]) if plain else "qualified_denial"


def _unclear(reading: Reading, said: Sequence[Observation]) -> str | None:
    """Why a sentence that tells of the finding is not understood whole."""
    spans = {(one.section, one.sentence) for one in said}
    return next(
        filter(None, (unclear(each, places=False) for each in read_sentences(reading) if each.place in spans)), None
    )


def _plainest(reading: Reading, said: Sequence[Observation]) -> Observation:
    """The first of those that name the finding with most of its own words."""

    def own_words(one: Observation) -> int:
        phrase = reading.document.text_of(str(one.section))[one.start : one.end].lower()
        return sum(word in phrase for word in one.finding.split())

    return max(said, key=own_words)


def _limited_before(reading: Reading, one: Observation) -> bool:
    """True where a word that limits what is denied before it may limit it too: "no suspicious mass or nodule"."""
    text = reading.document.text_of(str(one.section))
    start = one.cue_span[1] if one.cue_span and one.cue_span[1] <= one.start else one.sentence[0]
    return any(word.strip(",") in data()["limits_all"] for word in text[start : one.start].lower().split())


def _limited(one: Observation) -> bool:
    """True for a denial at one side or place, or of a change."""
    return bool(one.side) or any(place not in ("lung", "pleura", "both lungs", "bone") for place in one.places)


def _other_side(reading: Reading, finding: str, side: str, said: Sequence[Observation]) -> Answered | str:
    """Not stated, where only the other side is spoken of and nothing says that this one is without."""
    if any(one.polarity == ABSENT for one in said):
        return "side_not_said"
    related = family(finding) - {finding}
    if any(one.finding in related for one in reading.observations):
        return "kind_mismatch"
    text = reading.text
    if re.search(rf"\b(?:{side}|bilateral\w*|both|contralateral)\b|\bbi(?:basilar|basal|apical)", text, re.IGNORECASE):
        return "side_not_said"
    if any(words("lists", "only").search(reading.sentence(one)) for one in said):
        return "side_not_said"
    return _unhidden(reading) or Answered(NOT_STATED)


def _not_stated(reading: Reading, finding: str) -> Answered | str:
    related = family(finding)
    if any(one.finding in related or finding in implied(one.finding) for one in reading.observations):
        return "kind_mismatch"
    statements = {one.finding for one in reading.observations if one.kind == "statement"}
    if statements - {NO_ACUTE} or (statements and finding in asked()["lists"]["acute"]):
        return "covered"
    hidden = _unhidden(reading)
    if hidden:
        return hidden
    shown = reading.document
    for name in reading.sections:
        text = shown.text_of(name)
        for start, end in sentences(text):
            sentence = text[start:end]
            if words("lists", "normal").search(sentence) and (
                words("words", area_of(finding)).search(sentence) or _covers_all(sentence)
            ):
                return "covered"
    return Answered(NOT_STATED)


def _covers_all(sentence: str) -> bool:
    """True for "Normal chest" and "Negative examination", not for "no acute disease of the chest"."""
    return bool(words("words", "whole").search(sentence)) and not re.search(
        r"\b(?:acute|active)\b", sentence, re.IGNORECASE
    )


def _unhidden(reading: Reading) -> str | None:
    """Why the report may name the finding unread, or None."""
    text = reading.text
    return "may_be_hidden" if any(mark in text for mark in REDACTION_MARKS) or reading.missed() else None


def changed(reading: Reading, own: Sequence[Observation], asked_for: str) -> Answered | str:
    """Whether a finding that is present changed so: its own words tell, or no word of the report compares."""
    if len({one.polarity for one in own}) > 1:
        return "mixed"
    if why := next(filter(None, (doubt(reading, one) for one in own)), None):
        return why
    changes = {one.change for one in own if one.change}
    if len(changes) > 1 or len({one.side for one in own if one.change}) > 1:
        return "mixed"
    if not changes:
        return "mixed" if cites_prior(reading.text) else Answered(NOT_STATED)
    told = next(one for one in own if one.change)
    if not cites_prior(reading.sentence(told)) or _shares_its_sentence(reading, told):
        return "mixed"
    text, names = reading.document.text_of(str(told.section)), [(told.start, told.end)]
    if outlined(text, told.sentence, names) or lines_named(text, told.sentence, names) - {LINE_OF[str(told.change)]}:
        return "mixed"
    if told.change == asked_for or (told.change, asked_for) == ("resolving", "decreased"):
        return Answered(YES, told)
    return Answered(NO, told) if asked_for in DENIES.get(str(told.change), ()) else "mixed"


def _shares_its_sentence(reading: Reading, told: Observation) -> bool:
    """True where another finding stands beside it, of which the word of change may be said."""
    return any(
        one.finding != told.finding and (one.section, one.sentence) == (told.section, told.sentence)
        for one in reading.observations
    )


def _only_one(reading: Reading, own: Sequence[Observation]) -> Observation | str:
    """The one observation that tells a finding is there."""
    if len(own) != 1 or own[0].polarity != PRESENT:
        return "mixed"
    return doubt(reading, own[0]) or own[0]


def _misread(reading: Reading, one: Observation) -> str | None:
    """Why the sentence of a finding is not understood whole, its places too."""
    place = (one.section, one.sentence)
    return next(filter(None, (unclear(each) for each in read_sentences(reading) if each.place == place)), None)


def place_words(reading: Reading, own: Sequence[Observation]) -> Evidence | str:
    """The words of the sentence that name the places, with the side before them."""
    one = _only_one(reading, own)
    if isinstance(one, str):
        return one
    if why := _misread(reading, one):
        return why
    text, (first, last) = reading.document.text_of(str(one.section)), one.sentence
    wanted = item(one).places
    found = [
        (first + match.start, first + match.end)
        for match in finder().find(text[first:last])
        if isinstance(match.entry, Place) and match.entry.name in wanted
    ]
    if len(found) != len(wanted):
        return "place_in_pieces"
    start, end = found[0][0], max(stop for _, stop in found)
    for (_, before), (after, _) in itertools.pairwise(found):
        if not _JOINTS.fullmatch(text, before, max(before, after)):
            return "place_in_pieces"
    led = _LED_BY.search(text[first:start])
    start = first + led.start() if led else start
    if start < one.end and one.start < end:
        return "place_in_pieces"
    if one.side and item(one).side and one.side not in text[start:end].lower():
        return "place_in_pieces"
    return Evidence(reading.document.document_id, str(one.section), start, end)


def size_words(reading: Reading, own: Sequence[Observation]) -> Evidence | str:
    """The measure, which stands once in its sentence and is the only one there."""
    one = _only_one(reading, own)
    if isinstance(one, str):
        return one
    if why := _misread(reading, one):
        return why
    text, (first, last) = reading.document.text_of(str(one.section)), one.sentence
    if not one.size or len(re.findall(r"\d\s?(?:mm|cm)\b", text[first:last])) != 1:
        return "place_in_pieces"
    start = text.find(one.size, first, last)
    if start < 0 or text.find(one.size, start + 1, last) >= 0:
        return "place_in_pieces"
    return Evidence(reading.document.document_id, str(one.section), start, start + len(one.size))
