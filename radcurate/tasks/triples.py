"""Premises and hypotheses from the sentences of neighbouring reports, in triples: one hypothesis, one premise a label.

In: the reports of one split that stand together in a shard. Out: for each report the triples whose hypothesis is its
own, then those of its premises in the other direction, and the passages that got none, with the reason.
`triple_search.py` chooses. Time grows with the number of distinct passages: each is held against a bounded number.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from radcurate.documents import Document
from radcurate.language.conflicts import conflicts
from radcurate.language.cues import has_inner_heading
from radcurate.language.observations import PRESENT, observe_document
from radcurate.language.sentences import sentences
from radcurate.records import Refusal
from radcurate.tasks.claims import claims
from radcurate.tasks.inference import infer
from radcurate.tasks.triple_search import NEGATIONS, Level, Text, chosen_triples, lot
from radcurate.tasks.verdicts import LABELS, Verdict

SECTIONS = ("findings", "impression")
FEWEST_WORDS, MOST_WORDS = 3, 40
# How little out of level a triple in the other direction may be and still be taken.
SLACK = 0.1

REFUSALS = {
    "no_sections": "the report has neither findings nor an impression",
    "section_repeated": "the report has findings or an impression more than once, which may differ",
    "inner_heading": "a section holds headings of its own (other body parts, or sections that were lost)",
    "conflicting": "the report contradicts itself",
    "not_understood": "a word is covered by no observation, a mark hides one, or the sentence points elsewhere",
    "length": "the passage has fewer than three words or more than forty",
    "same_section": "a premise of the triple stands nowhere but in the hypothesis's own section",
    "repeated": "other reports near by have given this hypothesis as often as it may stand",
    "balanced_away": "no premise near by for each of the three labels, alike in words of negation and in common words",
}

_WORD = re.compile(r"[a-z0-9]+")
_NUMBERED = re.compile(r"\d{1,2}[.)]\s+")


@dataclass(frozen=True)
class Passage:
    """One or two sentences of a report's section."""

    document: Document
    section: str
    start: int
    end: int
    text: str

    @property
    def slot(self) -> str:
        """What names it within its document."""
        return f"{self.section}-{self.start}-{self.end}"


@dataclass(frozen=True)
class Pair:
    """A premise for a hypothesis, and what it makes of it."""

    premise: Passage
    hypothesis: Passage
    verdict: Verdict


Made = Mapping[str, Sequence[Pair | Refusal]]


def triples(documents: Sequence[Document]) -> Made:
    """By id of the hypothesis's report: its pairs, three by three, and what was refused."""
    made: dict[str, list[Pair | Refusal]] = {document.document_id: [] for document in documents}
    standing: dict[Text, list[Passage]] = defaultdict(list)
    known: dict[str, Text | None] = {}
    for document in documents:
        reason = _refusal(document)
        if reason:
            made[document.document_id].append(Refusal("report", reason))
            continue
        for passage in _passages(document):
            said = _read(passage.text, known)
            if isinstance(said, Text):
                standing[said].append(passage)
            else:
                made[document.document_id].append(Refusal(passage.slot, said))
    chosen, pairs = chosen_triples({text: len(passages) for text, passages in standing.items()})
    placed: list[tuple[Text, Sequence[Pair]]] = []
    for hypothesis, passages in standing.items():
        passages.sort(key=lambda one: lot(f"{one.document.document_id}/{one.slot}"))
        found = chosen[hypothesis]
        for passage, triple in zip(passages, found, strict=False):
            there = [
                Pair(premise, passage, one.verdict)
                for one in triple
                if (premise := _placed(standing[one.premise], passage))
            ]
            if len(there) < len(triple):
                made[passage.document.document_id].append(Refusal(passage.slot, "same_section"))
                continue
            made[passage.document.document_id] += there
            placed.append((hypothesis, there))
        for passage in passages[len(found) :]:
            reason = "repeated" if found else "balanced_away"
            made[passage.document.document_id].append(Refusal(passage.slot, reason))
    texts = {text.text: text for text in standing}
    for pair in _turned(placed, texts, pairs):
        made[pair.hypothesis.document.document_id].append(pair)
    return made


def _turned(
    placed: Sequence[tuple[Text, Sequence[Pair]]], texts: Mapping[str, Text], pairs: Collection[tuple[Text, Text]]
) -> Iterator[Pair]:
    """The same pairs in the other direction, of triples that have each label once in that direction too; those that
    keep common words, and whether a hypothesis asserts or denies, level between the labels."""
    levels = [Level() for _ in range(4)]
    for text, triple in sorted(placed, key=lambda one: lot(f"turned/{one[0].text}/{one[1][0].premise.text}")):
        back = []
        for pair in triple:
            other = texts[pair.premise.text]
            verdict = infer(text.claims, other.claims)
            if verdict and (text, other) not in pairs:
                back.append((Pair(pair.hypothesis, pair.premise, verdict), other))
        back.sort(key=lambda one: LABELS.index(one[0].verdict.label))
        if [pair.verdict.label for pair, _ in back] != list(LABELS):
            continue
        shares = zip(*(text.common(other) for _, other in back), strict=True)
        asserts = [float(any(claim.polarity == PRESENT for claim in other.claims)) for _, other in back]
        measures = [*shares, asserts]
        if all(level.tilt(values) <= SLACK for level, values in zip(levels, measures, strict=True)):
            for level, values in zip(levels, measures, strict=True):
                level.add(values)
            yield from (pair for pair, _ in back)


def _refusal(document: Document) -> str | None:
    if not any(document.text_of(name) for name in SECTIONS):
        return "no_sections"
    if document.section("findings_2") or document.section("impression_2"):
        return "section_repeated"
    if any(has_inner_heading(document.text_of(name)) for name in SECTIONS):
        return "inner_heading"
    return "conflicting" if conflicts(observe_document(document)) else None


def _passages(document: Document) -> Iterator[Passage]:
    """Every sentence, and every two that follow one another in a line."""
    for section in SECTIONS:
        text = document.text_of(section)
        spans = [_unnumbered(text, start, end) for start, end in sentences(text)]
        for place, (start, end) in enumerate(spans):
            yield Passage(document, section, start, end, " ".join(text[start:end].split()))
            if place + 1 < len(spans):
                last = spans[place + 1][1]
                if text[end : spans[place + 1][0]] == " ":
                    yield Passage(document, section, start, last, " ".join(text[start:last].split()))


def _unnumbered(text: str, start: int, end: int) -> tuple[int, int]:
    number = _NUMBERED.match(text, start, end)
    return (number.end() if number else start), end


def _read(text: str, known: dict[str, Text | None]) -> Text | str:
    """The text as it is understood, or why it is not used."""
    if text not in known:
        words = _WORD.findall(text.lower())
        if not FEWEST_WORDS <= len(words) <= MOST_WORDS:
            return "length"
        said = claims(text)
        known[text] = Text(text, said, frozenset(words), sum(word in NEGATIONS for word in words)) if said else None
    return known[text] or "not_understood"


def _placed(passages: Sequence[Passage], hypothesis: Passage) -> Passage | None:
    """Where the premise's text is taken from: another section of the same report, else any other report; None where it
    stands beside the hypothesis alone."""
    same = [one for one in passages if one.document is hypothesis.document]
    other = [one for one in passages if one.document is not hypothesis.document]
    apart = [one for one in same if one.section != hypothesis.section]

    def drawn(one: Passage) -> str:
        return lot(f"{hypothesis.document.document_id}/{one.document.document_id}/{one.slot}")

    return min(apart or other, key=drawn, default=None)
