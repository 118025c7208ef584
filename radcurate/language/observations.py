"""Observations: what a report says of each finding, as a value.

`observe(text)` gives the observations of a text, `observe_document(document)` those of its sections.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from radcurate.language.context import HEDGES, NOT_HERE
from radcurate.language.lexicon import Lexicon
from radcurate.language.lexicon.entries import Finding, Normal, Place, Subject
from radcurate.language.reading import Mention, mentions
from radcurate.language.sentences import Span


@dataclass(frozen=True, slots=True)
class Observation:
    """A finding at `text[start:end]` and what is said of it."""

    finding: str
    kind: str
    polarity: str
    cue: str
    qualifier: str | None
    side: str | None
    places: tuple[str, ...]
    region: str | None
    size: str | None
    severity: str | None
    change: str | None
    device_status: str | None
    start: int
    end: int
    cue_span: Span | None
    sentence: Span
    section: str | None = None


# Sections that never make a finding.
SILENT = {"indication": "historical", "recommendation": "recommendation", "technique": "hypothetical", "comparison": "historical"}

_GENERAL = frozenset({"lobar", "segmental"})
_WORD = re.compile(r"[A-Za-z][\w-]*")
_NOT_QUALIFYING = frozenset(
    "a an any the of for to in on by evidence sign signs suggestion radiographic radiographically visible visualized identifiable plain film associated other underlying"
    " congestive airspace air space alveolar parenchymal perinephric surgical free finding findings line area areas focus foci region regions than pleural pulmonary lung lungs thoracic evident such further and or xxxx xxx apparent demonstrable"
    " detectable either imaging appreciable convincingly seen noted identified this".split()
) - {"evident"}


def observe(text: str, section: str | None = None) -> tuple[Observation, ...]:
    """The observations of `text`, in its order."""
    lexicon = Lexicon.load()
    return tuple(
        observation for mention in mentions(text) for observation in _observations(text, mention, lexicon, section)
    )


def _observations(text: str, mention: Mention, lexicon: Lexicon, section: str | None) -> Iterator[Observation]:
    entry = mention.entry
    named = [lexicon.findings[name] for name in entry.denies] if isinstance(entry, Normal | Subject) else [entry]
    for finding in named:
        yield _observation(text, mention, finding, lexicon, section)


def _side(mention: Mention) -> str | None:
    sides = set()
    for match in mention.places:
        place = match.entry
        if place.side and place.side != "midline" and place.region not in ("heart", "vessel", "aorta", "airway"):
            if place.name.startswith(("right", "left", "both", "bilateral")) or place.name == "lingula":
                sides.add(place.side)
    if not sides:
        return None
    return sides.pop() if len(sides) == 1 else "bilateral"


def _observation(text: str, mention: Mention, finding: Finding, lexicon: Lexicon, section: str | None) -> Observation:
    places = tuple(dict.fromkeys(match.entry.name for match in mention.places if match.entry.kind not in ("side", "direction")))
    region = next((match.entry.region for match in mention.places if match.entry.region != "any"), None)
    if region and isinstance(mention.entry, Finding):
        finding = lexicon.reading(finding, region)
    normal = not isinstance(mention.entry, Finding)
    polarity, cue, span = _polarity(mention, normal)
    if section in SILENT:
        polarity, cue = "none", SILENT[section]
    change = mention.change.entry.name if mention.change and mention.change.entry.name != "persists" else None
    status = None
    if finding.is_device:
        status = "external" if finding.region == "external" else "present"
        if mention.status:
            status = mention.status.entry.name
            status = "present" if status == "repositioned" else status
        if change == "resolved":
            status, change = "removed", None
        if status == "removed" and polarity in ("present", "uncertain"):
            polarity, cue, span = "absent", "negated", (mention.status or mention.change)[:2]
        if cue == "historical":
            status = "historical"
    elif change == "resolved" and polarity == "present":
        polarity, cue, span = "absent", "negated", mention.change[:2]
    modifiers = {match.entry.kind: match.entry.name for match in mention.modifiers}
    size = text[mention.measure[0] : mention.measure[1]] if mention.measure else modifiers.get("size")
    return Observation(
        finding.name, finding.kind, polarity, cue, _qualifier(text, mention) if polarity == "absent" and not normal else None,
        _side(mention), places, region, size, modifiers.get("severity"), change, status,
        mention.start, mention.end, span, mention.sentence, section,
    )  # fmt: skip


def _polarity(mention: Mention, normal: bool) -> tuple[str, str, Span | None]:
    if mention.away:
        name = mention.away.entry.name
        cue = {"other": "historical", "elsewhere": "historical"}.get(name, name)
        return "none", cue, mention.away[:2]
    if mention.redacted:
        return "unknown", "plain", mention.redacted[:2]
    if mention.negated:
        if normal and mention.negated.entry.__class__.__name__ == "Cue":
            return "unknown", "negated", mention.negated[:2]
        return "absent", "negated", mention.negated[:2]
    if normal:
        return "absent", "negated", (mention.start, mention.end)
    if mention.hedge:
        name = mention.hedge.entry.name
        return "present" if name == "compatible" else "uncertain", name, mention.hedge[:2]
    if mention.alternative:
        return "uncertain", "alternatives", mention.alternative[:2]
    return "present", "plain", None


def _qualifier(text: str, mention: Mention) -> str | None:
    """What a denial is limited to: the words between it and the finding, and those that the finding's own name can
    spare ("focal consolidation")."""
    if mention.negated is None:
        return None
    words = []
    if mention.gap < mention.start:
        places = [match[:2] for match in mention.places]
        for word in _WORD.finditer(text, mention.gap, mention.start):
            if any(start <= word.start() and word.end() <= end for start, end in places) and word[0].lower() not in _GENERAL:
                continue
            words.append(word[0].lower())
    else:
        words += [text[match.start : match.end].lower() for match in mention.modifiers if match.end <= mention.start]
    if not mention.entry.is_device:
        words += _spare(text[mention.start : mention.end].lower(), mention.entry.name)
    return " ".join(word for word in words if word not in _NOT_QUALIFYING) or None


@functools.lru_cache(maxsize=4096)
def _spare(phrase: str, finding: str) -> tuple[str, ...]:
    """The words at the start of a phrase without which it names the same finding; sides and organs left out."""
    known = Lexicon.load().phrases
    if phrase.split(None, 1)[0] in _GENERAL:
        return (phrase.split(None, 1)[0],)
    words = " ".join(phrase.replace("-", " ").split()).split()
    for first in range(len(words) - 1, 0, -1):
        if any(getattr(entry, "name", None) == finding for entry in known.get(" ".join(words[first:]), ())):
            return tuple(
                word
                for word in words[:first]
                if word in _GENERAL or not any(isinstance(entry, Place) for entry in known.get(word, ()))
            )
    return ()
