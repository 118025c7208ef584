"""Whether the sentences of a report are understood whole, word for word: the reports of which a list may miss nothing.

In: a reading. Out: the reason why a sentence is not, one of `NOT_UNDERSTOOD`, or None. Every word must be a finding's,
be bound to one, state that something is normal, or be one of the words of `understood.toml` that say nothing of their
own; and it must be certain which finding a place belongs to. What is only advice is passed over.
"""

import functools
import itertools
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from radcurate.documents import REDACTION_MARKS
from radcurate.language.context import HEDGES, cue_finder
from radcurate.language.lexicon import Lexicon
from radcurate.language.lexicon.entries import Finding, Normal, Place, Predicate, Subject
from radcurate.language.mentions import Mention
from radcurate.language.observations import ABSENT, NONE, PRESENT, UNCERTAIN, Observation
from radcurate.language.phrases import Match, finder
from radcurate.language.reading import mentions
from radcurate.language.report_parts import parts
from radcurate.language.sentences import Span, sentences
from radcurate.tasks.claims import words_bound
from radcurate.tasks.finding_lines import item
from radcurate.tasks.report_reading import Reading

NOT_UNDERSTOOD = {
    "uncovered_words": "a sentence has words that no finding, place, cue or statement of normality accounts for",
    "redacted_words": "a redaction mark stands in a sentence, and what it hid may be a finding or a part of one",
    "coordination": "findings or places are joined in one sentence, and it is not certain what belongs to which",
    "place_lost": "a finding has a place that the answer cannot tell (a direction, a level, an organ beside its own)",
    "hedge_unsure": "a word of doubt stands among several findings, and it is not certain which of them it governs",
    "renamed": "the words of a finding say more, less or another thing than its name in the lexicon",
    "not_of_these_images": "a finding is told of another time or examination, beside what is told of these images",
}

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")
_SIDE = re.compile(r"^(?:right|left|both|bilateral) ")
NOWHERE: tuple[str, tuple[str, ...]] = ("", ())
# What parts two findings, so that a denial does not go on by a word that was lost ("no pneumothorax large effusion").
_PARTED = re.compile(r"[,;:.]|\b(?:and|with|but|or|is|are|there|has|have|to|in)\b", re.IGNORECASE)
# Doubt of the place alone, and "lung volumes are low normal".
_SOMEWHERE = re.compile(r"\b(?:probably|possibly|likely|perhaps)\s+(?:with)?in\b", re.IGNORECASE)
_STILL_NORMAL = re.compile(r"[\s-]+normal\b", re.IGNORECASE)
_ADVICE = ("recommendation", "hypothetical")


class Sentence(NamedTuple):
    """A sentence, with what is named there and what is observed of it; spans are of `text`, the part of a section that
    was read; `place` is the section and the span there."""

    place: tuple[str, Span]
    text: str
    span: Span
    mentions: Sequence[Mention]
    observations: Sequence[Observation]

    @property
    def words(self) -> str:
        """Its text."""
        return self.text[slice(*self.span)]


def not_understood(reading: Reading, places: bool = True) -> str | None:
    """Why a report is not understood whole, or None; without `places` where only what is there counts, not where."""
    return next(filter(None, (unclear(sentence, places) for sentence in read_sentences(reading))), None)


def read_sentences(reading: Reading) -> Iterator[Sentence]:
    """The sentences that count, in order."""
    for name in reading.sections:
        text = reading.document.text_of(name)
        observations = [one for one in reading.observations if one.section == name]
        for part in parts(text):
            if part.counts:
                named = mentions(text[part.start : part.end])
                for start, end in sentences(text[part.start : part.end]):
                    whole = (part.start + start, part.start + end)
                    yield Sentence(
                        (name, whole),
                        text[part.start : part.end],
                        (start, end),
                        [each for each in named if each.sentence == (start, end)],
                        [each for each in observations if each.sentence == whole],
                    )


def unclear(sentence: Sentence, places: bool = True) -> str | None:
    """Why one sentence is not understood, or None; without `places` where it does not matter what they belong to."""
    told = [one for one in sentence.observations if not (one.statement or one.kind == "statement")]
    if told and all(one.polarity == NONE and one.cue in _ADVICE for one in told):
        return None
    if any(one.polarity == NONE for one in told):
        return "not_of_these_images"
    if not told and _is_advice(sentence.words):
        return None
    if any(mark in sentence.words for mark in REDACTION_MARKS):
        return "redacted_words"
    if left(sentence):
        return "uncovered_words"
    return (places and _misplaced(sentence)) or _hedged(sentence) or _renamed(sentence)


def left(sentence: Sentence) -> list[str]:
    """The words that nothing accounts for."""
    findings = [each for each in sentence.mentions if isinstance(each.entry, Finding)]
    spans = [span for each in sentence.mentions for span in words_bound(each)]
    begin = sentence.span[0]
    for match in finder().find(sentence.words):
        normal = isinstance(match.entry, Normal | Subject | Predicate)
        if normal or (isinstance(match.entry, Place) and not findings):
            spans.append((begin + match.start, begin + match.end))
    for cue in cue_finder().find(sentence.words):
        if cue.entry.name in data()["free_cues"]:
            spans.append((begin + cue.start, begin + cue.end))
    silent = _silent() if findings else _silent() | frozenset(data()["normal"])
    found = [
        word[0].lower()
        for word in _WORD.finditer(sentence.text, *sentence.span)
        if word[0].lower() not in silent
        and not any(start <= word.start() and word.end() <= end for start, end in spans)
    ]
    if not found and not findings and not _states(sentence.words):
        return ["(nothing said)"]
    return found


def _states(words: str) -> bool:
    """True for a sentence without a finding that says something is as it should be, or names nothing at all."""
    matches = finder().find(words)
    named = any(isinstance(match.entry, Place | Subject) for match in matches)
    said = any(isinstance(match.entry, Predicate | Normal) for match in matches) or any(
        word[0].lower() in data()["states"] for word in _WORD.finditer(words)
    )
    return said or not named


def _is_advice(words: str) -> bool:
    return any(cue.entry.name == "recommendation" for cue in cue_finder().find(words))


def _misplaced(sentence: Sentence) -> str | None:
    """Why the places of the findings in a sentence are not certain."""
    pairs = _pairs(sentence)
    for mention, one in pairs:
        if any(_is_lost(match, mention, one, sentence) for match in mention.places):
            return "place_lost"
        if (one.kind == "device" and len(item(one).places) > 1) or _is_elsewhere(one):
            return "place_lost"
    if len(pairs) == 1:
        return None
    if any(one.polarity == ABSENT and _place(one) != NOWHERE for _, one in pairs) or _limits_many(pairs):
        return "coordination"
    there = [(mention, one) for mention, one in pairs if one.polarity != ABSENT]
    placed = [(mention, one) for mention, one in there if _place(one) != NOWHERE]
    beside = [
        (mention, one) for mention, one in there if one.finding not in data()["never_placed"] or _place(one) != NOWHERE
    ]
    if not placed or _shared(beside):
        return None
    apart = all(_stands_before(mention, sentence.text) for mention, _ in placed)
    bare = any(one.kind != "device" and _place(one) == NOWHERE for _, one in beside)
    return None if apart and not bare else "coordination"


def _is_elsewhere(one: Observation) -> bool:
    """True for a place that says nothing of where ("vertebra"), or is none of a finding of the spine ("shoulder")."""
    places = Lexicon.load().places
    return any(
        name in data()["no_place"] or ("spine" in one.finding and "spine" not in (places[name].kind, *name.split()))
        for name in item(one).places
    )


def _limits_many(pairs: Sequence[tuple[Mention, Observation]]) -> bool:
    """True where a word before the first of several that are denied may limit all: "no suspicious mass or nodule"."""
    denied = [one for _, one in pairs if one.polarity == ABSENT]
    limits = [set((one.qualifier or "").split()) & set(data()["limits_all"]) for one in denied]
    return any(before and not before & after for before, after in itertools.pairwise(limits))


def _place(one: Observation) -> tuple[str, tuple[str, ...]]:
    """Side and places as an answer tells them."""
    return item(one).side, item(one).places


def _shared(pairs: Sequence[tuple[Mention, Observation]]) -> bool:
    """True where all are of the lung and have the same place, which stands behind them, or before what is offered as
    their cause or in doubt; "left atelectasis and opacity" may be of one side or of any."""
    findings = Lexicon.load().findings
    last = max(mention.end for mention, _ in pairs)
    behind = any(match.start >= last for mention, _ in pairs for match in mention.places)
    stated = sum(one.cue == "plain" for _, one in pairs)
    return (
        len({_place(one) for _, one in pairs}) == 1
        and all(findings[one.finding].region == "lung" for _, one in pairs)
        and (behind or stated < 2)
    )


def _pairs(sentence: Sentence) -> list[tuple[Mention, Observation]]:
    """The mentions of findings with what is observed of them, flaws of the image left out."""
    named = [each for each in sentence.mentions if isinstance(each.entry, Finding) and each.entry.kind != "quality"]
    offset = sentence.place[1][0] - sentence.span[0]
    by_span = {(one.start - offset, one.end - offset): one for one in sentence.observations if not one.statement}
    return [(each, by_span[each.start, each.end]) for each in named if (each.start, each.end) in by_span]


def _is_lost(match: Match, mention: Mention, one: Observation, sentence: Sentence) -> bool:
    """True for a place of a finding that neither its name nor its item tells."""
    if one.polarity == ABSENT and any(
        each is not mention and each.start <= match.start and match.end <= each.end for each in sentence.mentions
    ):
        return False
    place, told = match.entry, item(one)
    if one.polarity == ABSENT and one.qualifier and sentence.text[match.start : match.end].lower() in one.qualifier:
        return False
    sided = bool(told.side or any(Lexicon.load().places[name].side for name in told.places))
    if place.side and not sided and one.finding not in data()["both_sides"]:
        return True
    bare = _SIDE.sub("", place.name)
    if place.kind == "side":
        return place.side is None
    if any(bare in name for name in told.places):
        return False
    # "Aorta" is said by "aortic ectasia".
    said = all(word[:4] in one.finding for word in bare.split())
    return not (said or bare in data()["wide"] or one.finding in data()["said_by_the_name"].get(bare, ()))


def _stands_before(mention: Mention, text: str) -> bool:
    """True where every place stands right before the finding or within its name, described at most."""
    described = sorted((match[:2] for match in (*mention.places, *mention.modifiers)), reverse=True)
    start = mention.start
    for first, last in described:
        if first >= mention.start:
            if last > mention.end:
                return False
        elif text[last:start].strip(" -"):
            return all(match.start > first or match[:2] != (first, last) for match in mention.places)
        else:
            start = first
    return True


def _hedged(sentence: Sentence) -> str | None:
    """Doubt is certain where all that is there is doubtful, or what is plain stands before the word of doubt."""
    if _SOMEWHERE.search(sentence.words):
        return "hedge_unsure"
    there = [(m, one) for m, one in _pairs(sentence) if one.polarity in (PRESENT, UNCERTAIN)]
    begin = sentence.span[0]
    hedges = [begin + cue.start for cue in cue_finder().find(sentence.words) if cue.entry.name in HEDGES]
    if not hedges and all(one.cue != "alternatives" for _, one in there):
        return None
    if len({one.polarity for _, one in there}) < 2:
        backward = any(first > m.end for first in hedges for m, one in there if one.polarity == UNCERTAIN)
        return "hedge_unsure" if len(there) > 1 and backward else None
    if not hedges or len(hedges) > 1:
        return "hedge_unsure"
    right = all((m.start < hedges[0]) == (one.polarity == PRESENT) for m, one in there)
    return None if right else "hedge_unsure"


def _renamed(sentence: Sentence) -> str | None:
    """Names are listed; the limit of a denial that is an adverb ("not significantly enlarged") goes with none."""
    for (before, denied), (mention, one) in itertools.pairwise(_pairs(sentence)):
        run_on = denied.polarity == ABSENT != one.polarity and before.end < mention.start
        if run_on and not _PARTED.search(sentence.text, before.end, mention.start):
            return "coordination"
    for mention, one in _pairs(sentence):
        if one.polarity != ABSENT and "low" in one.finding and _STILL_NORMAL.match(sentence.text, mention.end):
            return "renamed"
        phrase = " ".join(sentence.text[mention.start : mention.end].lower().replace("-", " ").split())
        words = f"{one.qualifier or ''} {one.finding}".split()
        adverb = (one.qualifier or "").endswith("ly") or len(set(words)) < len(words)
        more = any(stem in phrase for stem in data()["says_more"].get(one.finding, ()))
        if adverb or more or phrase in data()["renamed"].get(one.finding, ()):
            return "renamed"
    return None


@functools.cache
def _silent() -> frozenset[str]:
    return frozenset(data()["silent"])


@functools.cache
def data() -> dict[str, Any]:
    """`understood.toml`."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
