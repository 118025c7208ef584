"""Observations: what a report says of each finding, as values.

In: a text (`observe`) or a document (`observe_document`). Out: observations in the order of the text, each with the
spans it stands on; `docs/language.md` tells what each field means. The same text gives the same observations always;
time grows with the length of the text; no text raises an error. `conflicts.py` finds those that contradict each other.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from radcurate.documents import Document
from radcurate.language.context import Cue
from radcurate.language.lexicon import Lexicon
from radcurate.language.lexicon.entries import Finding, Place
from radcurate.language.mentions import Mention
from radcurate.language.phrases import Match
from radcurate.language.reading import mentions
from radcurate.language.sentences import Span
from radcurate.language.wording import wording

PRESENT, ABSENT, UNCERTAIN, UNKNOWN, NONE = "present", "absent", "uncertain", "unknown", "none"

# Sections that name findings and never make one, and the class of the cue that their name is.
SILENT = {
    "indication": "hypothetical",
    "history": "historical",
    "presentation": "hypothetical",
    "recommendation": "recommendation",
    "technique": "hypothetical",
    "comparison": "historical",
}
_WORD = re.compile(r"[A-Za-z][\w-]*")
# Names of places that tell a side.
_SIDED = ("right", "left", "both", "bilateral", "lingula")


class Observation(NamedTuple):
    """A finding at `text[start:end]` and what is said of it; `None` and `()` where nothing is said.

    A tuple: a frozen dataclass of so many fields takes three times as long to make.
    """

    finding: str
    """Its name in the lexicon (a mass of the breast is `breast mass`)."""
    kind: str
    """finding, diagnosis, device, variant, postoperative, quality (as in the lexicon); statement: of a whole film."""
    polarity: str
    """present, absent, uncertain; unknown: a redaction mark stands where a word of meaning was, or the words are a
    fragment; none: named, but nothing is said of these images."""
    cue: str
    """plain, compatible, probable, suggestive, possible, alternatives; negated; historical (another time, person or
    examination), hypothetical, recommendation. Of an unknown polarity: what can be read beside the mark."""
    qualifier: str | None
    """What a denial is limited to: "no *large* effusion"."""
    side: str | None
    """right, left, bilateral."""
    places: tuple[str, ...]
    """Lobes, zones, bones, levels, organs: names of the lexicon, in the order of the text."""
    region: str | None
    """The lexicon's region of the first of `places`."""
    size: str | None
    """A measure as written ("2.4 cm"), else tiny, small, medium, large."""
    severity: str | None
    """minimal, mild, moderate, severe."""
    change: str | None
    """new, increased, decreased, unchanged, resolving, resolved."""
    device_status: str | None
    """Of a device: present, removed, exchanged, historical, external."""
    start: int
    end: int
    cue_span: Span | None
    """The words that make the polarity what it is."""
    sentence: Span
    section: str | None = None
    statement: bool = False
    """True where a statement that all is normal denies it ("heart size is normal")."""


def observe(text: str, section: str | None = None) -> tuple[Observation, ...]:
    """The observations of `text`; a section of `SILENT` makes none of present, absent, uncertain or unknown."""
    silent = SILENT.get(_standard(section)) if section else None
    return tuple(
        _observation(text, mention, finding, section, silent)
        for mention in mentions(text)
        for finding in _findings(mention)
    )


def observe_document(document: Document) -> tuple[Observation, ...]:
    """The observations of every section, in their order; spans are of the section that `section` names."""
    return tuple(each for section in document.sections for each in observe(section.text, section.name))


def _standard(section: str) -> str:
    """`findings_2` is a findings section."""
    name, _, number = section.rpartition("_")
    return name if name and number.isdigit() else section


def _findings(mention: Mention) -> Iterator[Finding | None]:
    """The findings that a mention is of: None for a statement of the whole examination."""
    entry = mention.entry
    if isinstance(entry, Finding):
        yield entry
    elif entry.denies:
        findings = Lexicon.load().findings
        yield from (findings[name] for name in entry.denies)
    elif entry.name in wording("whole_examination"):
        yield None


def _observation(
    text: str, mention: Mention, finding: Finding | None, section: str | None, silent: str | None
) -> Observation:
    entry = mention.entry
    statement = type(entry) is not Finding
    places, region = _places(mention) if mention.places else ((), None)
    if region and finding and not statement:
        finding = Lexicon.load().reading(finding, region)
    polarity, cue, span = _polarity(mention, statement)
    change = mention.change.entry.name if mention.change else None
    if change == "persists":
        change = None
    status = None
    if finding and finding.kind == "device":
        status = _status(mention, finding, change, cue)
        if change == "resolved":
            change = None
    if (change == "resolved" or status == "removed") and polarity in (PRESENT, UNCERTAIN):
        gone = mention.status if status == "removed" and mention.status else mention.change
        polarity, cue, span = ABSENT, "negated", gone[:2] if gone else span
    if silent:
        polarity, cue = NONE, cue if cue == "historical" else silent
    size = severity = None
    for match in mention.modifiers:
        if match.entry.kind == "size":
            size = match.entry.name
        elif match.entry.kind == "severity":
            severity = match.entry.name
    if mention.measure:
        size = text[mention.measure[0] : mention.measure[1]]
    return Observation(
        finding=finding.name if finding else entry.name,
        kind=finding.kind if finding else "statement",
        polarity=polarity,
        cue=cue,
        qualifier=_qualifier(text, mention) if polarity == ABSENT and not statement else None,
        side=_side(mention.places) if mention.places else None,
        places=places,
        region=region,
        size=size,
        severity=severity,
        change=change,
        device_status=status,
        start=mention.start,
        end=mention.end,
        cue_span=span,
        sentence=mention.sentence,
        section=section,
        statement=statement,
    )


def _places(mention: Mention) -> tuple[tuple[str, ...], str | None]:
    """The places that are no mere side or direction, each once, and the region of the first that has one."""
    names: dict[str, None] = {}
    region = None
    for match in mention.places:
        place = match.entry
        if place.kind != "side" and place.kind != "direction":
            names[place.name] = None
            region = region or (place.region if place.region != "any" else None)
    return tuple(names), region


def _polarity(mention: Mention, statement: bool) -> tuple[str, str, Span | None]:
    """Polarity, class of the cue and its span: what is not of these images counts before what is unreadable, that
    before a denial, a denial before a hedge, a hedge before "or". What a mark hides may still be denied or hedged."""
    if mention.away:
        name = mention.away.entry.name
        return NONE, name if name in ("hypothetical", "recommendation") else "historical", mention.away[:2]
    polarity, name, span = PRESENT, "plain", None
    if mention.negated:
        # "No heart size normal" is a slip of dictation.
        slip = statement and type(mention.negated.entry) is Cue
        polarity, name, span = UNKNOWN if slip else ABSENT, "negated", mention.negated[:2]
    elif statement:
        polarity, name, span = ABSENT, "negated", (mention.start, mention.end)
    elif mention.hedge:
        name, span = mention.hedge.entry.name, mention.hedge[:2]
        polarity = PRESENT if name == "compatible" else UNCERTAIN
    elif mention.alternative:
        polarity, name, span = UNCERTAIN, "alternatives", mention.alternative[:2]
    return (UNKNOWN, name, mention.redacted[:2]) if mention.redacted else (polarity, name, span)


def _status(mention: Mention, device: Finding, change: str | None, cue: str) -> str:
    """What became of a device. One that lies outside the body is external, whatever is said."""
    if cue == "historical":
        return "historical"
    if change == "resolved":
        return "removed"
    said = mention.status.entry.name if mention.status else None
    if said in ("removed", "exchanged", "external"):
        return str(said)
    return "external" if device.region == "external" else "present"


def _side(places: Sequence[Match]) -> str | None:
    without = wording("without_side")
    sides = {
        match.entry.side
        for match in places
        if match.entry.side and match.entry.region not in without and match.entry.name.startswith(_SIDED)
    }
    if len(sides) > 1:
        return "bilateral"
    return sides.pop() if sides else None


def _qualifier(text: str, mention: Mention) -> str | None:
    """What a denial is limited to: the words between it and the finding, and those that the finding's own name can
    spare ("focal consolidation")."""
    if mention.negated is None:
        return None
    words: list[str] = []
    if mention.gap < mention.start:
        places = [match[:2] for match in mention.places]
        for word in _WORD.finditer(text, mention.gap, mention.start):
            name = word[0].lower()
            if name in wording("extent") or not any(
                start <= word.start() and word.end() <= end for start, end in places
            ):
                words.append(name)
    else:
        words += [text[match.start : match.end].lower() for match in mention.modifiers if match.end <= mention.start]
    if not (isinstance(mention.entry, Finding) and mention.entry.is_device):
        words += _spare(text[mention.start : mention.end].lower(), mention.entry.name)
    return " ".join(word for word in words if word not in wording("limits_nothing")) or None


@functools.lru_cache(maxsize=4096)
def _spare(phrase: str, finding: str) -> tuple[str, ...]:
    """The words at the start of a phrase without which it names the same finding; sides and organs left out."""
    known = Lexicon.load().phrases
    words = phrase.replace("-", " ").split()
    if words[0] in wording("extent"):
        return (words[0],)
    for first in range(len(words) - 1, 0, -1):
        if any(entry.name == finding for entry in known.get(" ".join(words[first:]), ())):
            return tuple(
                word for word in words[:first] if not any(isinstance(entry, Place) for entry in known.get(word, ()))
            )
    return ()
