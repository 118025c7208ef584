"""Whether a report answers a question about a finding, and how: `report_qa.toml` holds what is asked.

In: a reading of a report, a finding, and the side asked for or none. Out: an `Answered` (yes, no, maybe or not stated,
with the observation that says so), or the name of the refusal. "No" needs a denial of that very finding at that side,
in its own words and without limit; "not stated" that the report names neither it nor anything of its family, nor calls
normal what it would lie in.
"""

import functools
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from radcurate.documents import REDACTION_MARKS
from radcurate.language.observations import ABSENT, NONE, PRESENT, UNCERTAIN, UNKNOWN, Observation
from radcurate.language.relations import family, implied
from radcurate.language.sentences import sentences
from radcurate.tasks.finding_lines import NO_ACUTE
from radcurate.tasks.report_reading import Reading, doubt

YES, NO, MAYBE, NOT_STATED = "yes", "no", "maybe", "not stated"
ANSWERS = (YES, NO, MAYBE, NOT_STATED)

REFUSALS = {
    "kind_mismatch": "the report names something of the same family (granuloma and nodule), or calls the finding old",
    "qualified_denial": "the report denies the finding only in part (of a size, kind or place)",
    "implied_denial": "the report denies the finding only by calling normal what it would change",
    "covered": "the report calls the area normal without naming the finding",
    "mixed": "the report says of the finding different things in different places",
    "side_not_said": "the report does not tell the side that is asked for",
    "may_be_hidden": "a redaction mark or a word that was not read may hide the finding that the report does not name",
    "only_elsewhere": "the finding is named, but not of these images (indication, advice, another study)",
    "device_status": "the device is not simply in place: historical, or outside the body",
}


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
    if len(polarities) > 1 or UNKNOWN in polarities:
        return "mixed"
    if polarities == {PRESENT}:
        if any(words("lists", "old").search(reading.sentence(one)) for one in said):
            return "kind_mismatch"
        return Answered(YES, said[0])
    if polarities == {UNCERTAIN}:
        return Answered(MAYBE, said[0])
    named = [one for one in said if not one.statement]
    if not named:
        return "implied_denial"
    plain = [one for one in named if not one.qualifier and not _limited(one)]
    return Answered(NO, plain[0]) if plain else "qualified_denial"


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
