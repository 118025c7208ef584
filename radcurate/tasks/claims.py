"""What a sentence or two claim, or that they cannot be understood whole: the reading under `inference.py`.

In: a text. Out: its claims, or None where a word of content is left that no observation covers, a redaction mark hides
one, the text points at another ("this", "above"), asks, is cut or contradicts itself.
"""

import functools
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radcurate.documents import REDACTION_MARKS
from radcurate.language.conflicts import conflicts
from radcurate.language.context import HEDGES, cue_finder
from radcurate.language.lexicon import Lexicon
from radcurate.language.lexicon.entries import Finding, Modifier, Place
from radcurate.language.mentions import Mention
from radcurate.language.observations import NONE, PRESENT, UNCERTAIN, UNKNOWN, Observation, observe
from radcurate.language.reading import mentions
from radcurate.language.sentences import Span
from radcurate.language.wording import wording

# Longer texts are no premise and no hypothesis.
MOST_CHARACTERS = 400
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_NUMBERED = re.compile(r"\s*\d{1,2}[.)]\s+")
_DEFINITE = re.compile(r"\bthe(?:\s[\w-]+){0,3}\s?$", re.IGNORECASE)
_SIDE = re.compile(r"^(?:right|left|both|bilateral) ")


@dataclass(frozen=True, slots=True)
class Claim:
    """An observation and what else its words say."""

    seen: Observation
    size: str | None
    severity: str | None
    details: frozenset[str]
    """Everything else that narrows it: acuity, distribution, number, directions, words that its name can spare."""
    places: frozenset[str]
    """Without their sides, and without those that the finding's name implies."""
    plural: bool
    definite: bool
    """The text speaks of it as known: "the nodule"."""
    away: str | None
    """The words that make it a matter of another time, person or examination, in lower case."""
    statement: str | None
    """The words of a statement that all is normal, in lower case."""

    @property
    def finding(self) -> str:
        """Its name in the lexicon."""
        return self.seen.finding

    @property
    def polarity(self) -> str:
        """present, absent, uncertain, none."""
        return self.seen.polarity

    @property
    def side(self) -> str | None:
        """right, left, bilateral."""
        return self.seen.side

    @property
    def change(self) -> str | None:
        """As the observation has it."""
        return self.seen.change

    @property
    def is_hedged(self) -> bool:
        """True for "consistent with" too, which a report's labels take as present."""
        return self.seen.cue not in ("plain", "negated")


def claims(text: str) -> tuple[Claim, ...] | None:
    """The claims of `text` in order, or None where not every word of it is understood."""
    number = _NUMBERED.match(text)
    text = text[number.end() :] if number else text
    if not text.strip() or len(text) > MOST_CHARACTERS or "?" in text or any(mark in text for mark in REDACTION_MARKS):
        return None
    found = mentions(text)
    seen = observe(text)
    if not seen or any(each.polarity == UNKNOWN for each in seen) or conflicts(seen):
        return None
    if any(each.cue == "alternatives" for each in seen) and not _offered(text, seen):
        return None
    if not _hedged_behind(text, seen):
        return None
    if _points(text) or not (all(each.polarity == NONE for each in seen) or _understood(text, found)):
        return None
    by_span = {(mention.start, mention.end): mention for mention in found}
    return tuple(_claim(text, by_span[each.start, each.end], each) for each in seen)


def _offered(text: str, seen: Sequence[Observation]) -> bool:
    """False where an "or" may be none: "no change in the pneumothorax or the effusion", "ectasia/tortuosity", and where
    a hedge may reach but one of the two."""
    changed = any(each.cue == "alternatives" and each.change not in (None, "new") for each in seen)
    return not changed and "/" not in text and not any(cue.entry.name in HEDGES for cue in cue_finder().find(text))


def _hedged_behind(text: str, seen: Sequence[Observation]) -> bool:
    """False where a word of doubt stands among findings that are there, unless all behind it and none before it is in
    doubt: "a residual left and a questionable right effusion"."""
    there = [each for each in seen if each.polarity in (PRESENT, UNCERTAIN)]
    if len({each.polarity for each in there}) < 2:
        return True
    for span in {each.sentence for each in there}:
        here = [each for each in there if each.sentence == span]
        first = min((each.cue_span[0] for each in here if each.polarity == UNCERTAIN and each.cue_span), default=None)
        if first is not None and any((each.start > first) != (each.polarity == UNCERTAIN) for each in here):
            return False
    return True


def _points(text: str) -> bool:
    """True where a word sends the reader to another sentence."""
    return any(match[0].lower() in words_of("pointing") for match in _WORD.finditer(text))


def _understood(text: str, found: list[Mention]) -> bool:
    """True where every word is a finding's, is bound to one, or says nothing of its own."""
    words = [(match[0].lower(), match.span()) for match in _WORD.finditer(text)]
    if not words or words[-1][0] in words_of("dangling"):
        return False
    if any(_slipped(text, before, mention) for before, mention in zip((None, *found), found, strict=False)):
        return False
    spans = [span for mention in found for span in words_bound(mention)]
    bound = set(spans)
    for cue in cue_finder().find(text):
        if cue.entry.name in words_of("free_cues"):
            spans.append(cue[:2])
        elif cue[:2] not in bound and not any(start <= cue.start and cue.end <= end for start, end in bound):
            return False
    for word, (start, end) in words:
        covered = any(first <= start and end <= last for first, last in spans)
        if not covered and word not in words_of("function_words"):
            return False
        # A capital within a sentence is the start of another whose full stop was lost.
        if word in words_of("function_words") and text[start].isupper() and text[:start].rstrip()[-1:].isalpha():
            return False
    return True


def _slipped(text: str, before: Mention | None, mention: Mention) -> bool:
    """True where a word between two findings, or between what is looked at and a finding, was lost in dictation: "no
    pneumothorax large effusion", "the lungs focal consolidation"."""
    described = sorted(match[:2] for match in (*mention.places, *mention.modifiers) if match.end <= mention.start)

    def nothing_but_description(start: int) -> bool:
        for first, last in described:
            if start <= first:
                if text[start:first].strip():
                    return False
                start = last
        return not text[start : mention.start].strip()

    run_on = before and before.sentence == mention.sentence and before.end < mention.start
    if run_on and before and nothing_but_description(before.end):
        return True
    plural = (match for match in mention.places if match.end <= mention.start and text[match.end - 1] == "s")
    return any(nothing_but_description(match.end) for match in plural)


def words_bound(mention: Mention) -> Iterator[Span]:
    """The words of a mention: its name, and whatever is bound to it."""
    yield mention.start, mention.end
    single = (mention.negated, mention.hedge, mention.away, mention.alternative, mention.change, mention.status)
    for match in (*single, *mention.places, *mention.modifiers):
        if match:
            yield match[:2]
    if mention.measure:
        yield mention.measure


def _claim(text: str, mention: Mention, seen: Observation) -> Claim:
    phrase = text[mention.start : mention.end].lower()
    size, severity = (None if seen.finding in words_of("sizes") else seen.size), seen.severity
    details: set[str] = set()
    for kind, name in (
        *((match.entry.kind, match.entry.name) for match in mention.modifiers),
        *(_descriptions(phrase, seen.finding) if isinstance(mention.entry, Finding) else ()),
    ):
        if kind == "size":
            # "The heart is slightly large" is no large cardiomegaly.
            size = size or (None if seen.finding in words_of("sizes") else name)
        elif kind == "severity":
            severity = severity or name
        elif kind != "change":
            details.add(name)
    details.update(match.entry.name for match in mention.places if match.entry.kind == "direction")
    details.update(match.entry.name for match in mention.places if match.entry.name in ("unilateral", "midline"))
    own = Lexicon.load().findings[seen.finding].region if seen.kind != "statement" else None
    unsaid = {own, "unilateral", "chest", "thorax", "pleura", "pleural space"}
    places: set[str] = set()
    for match in mention.places:
        name = _SIDE.sub("", match.entry.name)
        word = text[match.start : match.end].lower()
        if word in data()["two_in_one"]:
            places.add(data()["two_in_one"][word])
        elif match.entry.kind not in ("side", "direction") and name not in unsaid:
            # "Free air under the diaphragm" is the finding's own place, "left basilar atelectasis" is not.
            within = mention.start <= match.start and match.end <= mention.end
            if not (within and match.entry.kind not in ("lobe", "zone", "segment", "bone", "spine", "level")):
                places.add(name)
    return Claim(
        seen=seen,
        size=size,
        severity=severity,
        details=frozenset(details),
        places=frozenset(name for name in places if not set(name.split()) <= set(seen.finding.split())),
        plural=phrase.endswith("s") and not phrase.endswith(("ss", "is", "us")),
        away=text[slice(*mention.away[:2])].lower() if mention.away else None,
        definite=bool(_DEFINITE.search(text, mention.sentence[0], mention.start)),
        statement=_statement(text, mention),
    )


def _statement(text: str, mention: Mention) -> str | None:
    """A statement of normality, with the predicate that a list of subjects shares."""
    if isinstance(mention.entry, Finding):
        return None
    predicate = text[slice(*mention.negated[:2])] if mention.negated else ""
    return f"{text[mention.start : mention.end]} {predicate}".strip().lower()


@functools.lru_cache(maxsize=4096)
def _descriptions(phrase: str, finding: str) -> tuple[tuple[str, str], ...]:
    """Kind and name of what describes a finding in its own phrase: modifiers, and the words at its start without which
    it names the same finding."""
    known = Lexicon.load().phrases
    words = phrase.replace("-", " ").split()
    # "Mildly enlarged heart": wherever in the phrase it stands.
    within = tuple(
        (entry.kind, entry.name)
        for word in words
        if word not in finding.split()
        for entry in known.get(word, ())
        if isinstance(entry, Modifier)
    )
    within += tuple(("word", word) for word in words if word in words_of("natures") and word not in finding.split())
    for first in range(len(words) - 1, 0, -1):
        if any(getattr(entry, "name", None) == finding for entry in known.get(" ".join(words[first:]), ())):
            spared = (word for word in words[:first] if word not in wording("limits_nothing"))
            other = (
                word for word in spared if not any(isinstance(one, Modifier | Place) for one in known.get(word, ()))
            )
            return (*within, *(("word", word) for word in other))
    return within


def canonical(word: str) -> str:
    """The lexicon's name of a modifier ("big" is large), or the word itself."""
    entries = Lexicon.load().phrases.get(word, ())
    return next((entry.name for entry in entries if isinstance(entry, Modifier)), word)


@functools.cache
def words_of(name: str) -> frozenset[str]:
    """The list called `name` in `nli.toml`."""
    return frozenset(data()[name])


@functools.cache
def data() -> dict[str, Any]:
    """`nli.toml` as it stands."""
    return tomllib.loads(Path(__file__).with_name("nli.toml").read_text(encoding="utf-8"))
