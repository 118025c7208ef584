"""Premises and hypotheses from the sentences of neighbouring reports, in triples: one hypothesis, one premise a label.

In: the reports of one split that stand together in a shard. Out: for each report the triples whose hypothesis is its
own, and the passages that got none, with the reason. Every hypothesis has each label once, and its three premises have
as many words of negation and nearly the same words in common with it, so neither the hypothesis alone nor a count of
words tells the label. What is chosen hangs on the texts and ids alone. Time grows with the number of distinct passages:
each is held against a bounded number of others.
"""

import hashlib
import re
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from radcurate.documents import Document
from radcurate.language.conflicts import conflicts
from radcurate.language.cues import has_inner_heading
from radcurate.language.observations import ABSENT, PRESENT, observe_document
from radcurate.language.relations import family
from radcurate.language.sentences import sentences
from radcurate.records import Refusal
from radcurate.tasks.claims import Claim, claims
from radcurate.tasks.inference import CONTRADICTION, ENTAILMENT, LABELS, Verdict, infer

SECTIONS = ("findings", "impression")
FEWEST_WORDS, MOST_WORDS = 3, 40
# Passages that one is held against: those that assert its findings, those that deny them, those of their families, any.
MOST_ASSERTING, MOST_DENYING, MOST_NEAR, MOST_OTHERS = 24, 24, 8, 12
# Triples of one hypothesis text among neighbours.
MOST_TRIPLES = 4
# How far apart the shares of common words of the three premises may lie.
MOST_SPREAD = 0.2
# What a triple is worth, in shares of common words, that has each label in the other direction too.
TURNABLE = 1.0
# Premises of one label from which a triple is put together.
MOST_ALIKE = 8

REFUSALS = {
    "no_sections": "the report has neither findings nor an impression",
    "section_repeated": "the report has findings or an impression more than once, which may differ",
    "inner_heading": "a section holds headings of its own (other body parts, or sections that were lost)",
    "conflicting": "the report contradicts itself",
    "not_understood": "a word of the sentence is covered by no observation, it points at another, or a mark hides a word",
    "length": "the passage has fewer than three words or more than forty",
    "repeated": "other reports near by have given this hypothesis as often as it may stand",
    "balanced_away": "no premise near by for each of the three labels, alike in words of negation and in common words",
}

NEGATIONS = frozenset({"no", "not", "without", "none", "nor", "neither", "never", "absent", "absence", "free", "negative", "cannot"})
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


@dataclass(frozen=True, eq=False)
class _Text:
    """A text that passages share, what it claims, and what a count of words sees of it."""

    text: str
    claims: tuple[Claim, ...]
    words: frozenset[str]
    negations: int

    def common(self, other: "_Text") -> float:
        """The share of common words among all (Jaccard)."""
        return len(self.words & other.words) / len(self.words | other.words)


@dataclass(frozen=True)
class _Candidate:
    premise: _Text
    verdict: Verdict
    common: float
    back: str | None
    """The label of the other direction."""


Triple = tuple[_Candidate, ...]
Made = Mapping[str, Sequence[Pair | Refusal]]


def triples(documents: Sequence[Document]) -> Made:
    """By id of the hypothesis's report: its pairs, three by three, and what was refused."""
    made: dict[str, list[Pair | Refusal]] = {document.document_id: [] for document in documents}
    standing: dict[_Text, list[Passage]] = defaultdict(list)
    known: dict[str, _Text | None] = {}
    for document in documents:
        reason = _refusal(document)
        if reason:
            made[document.document_id].append(Refusal("report", reason))
            continue
        for passage in _passages(document):
            said = _read(passage.text, known)
            if isinstance(said, _Text):
                standing[said].append(passage)
            else:
                made[document.document_id].append(Refusal(passage.slot, said))
    chosen, pairs = _chosen({text: len(passages) for text, passages in standing.items()})
    placed: list[tuple[_Text, Sequence[Pair]]] = []
    for hypothesis, passages in standing.items():
        passages.sort(key=lambda one: _lot(f"{one.document.document_id}/{one.slot}"))
        found = chosen[hypothesis]
        for passage, triple in zip(passages, found, strict=False):
            there = [Pair(_placed(standing[one.premise], passage), passage, one.verdict) for one in triple]
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
    placed: Sequence[tuple[_Text, Sequence[Pair]]], texts: Mapping[str, _Text], pairs: Collection[tuple[_Text, _Text]]
) -> Iterator[Pair]:
    """The same pairs in the other direction, of triples that have each label once in that direction too. As many of
    hypotheses that assert as of those that deny, so that what now is the hypothesis tells nothing by its polarity."""
    turned: dict[bool, list[Sequence[Pair]]] = {True: [], False: []}
    for text, triple in placed:
        back = []
        for pair in triple:
            other = texts[pair.premise.text]
            verdict = infer(text.claims, other.claims)
            if verdict and (text, other) not in pairs:
                back.append(Pair(pair.hypothesis, pair.premise, verdict))
        if {pair.verdict.label for pair in back} == set(LABELS):
            turned[any(claim.polarity == PRESENT for claim in text.claims)].append(back)
    few = max(map(len, turned.values()))
    for each in turned.values():
        for back in sorted(each, key=lambda one: _lot(f"turned/{one[0].premise.text}/{one[0].hypothesis.text}"))[:few]:
            yield from back


def _chosen(texts: Mapping[_Text, int]) -> tuple[Mapping[_Text, Sequence[Triple]], Collection[tuple[_Text, _Text]]]:
    """The triples of each text, no more than it has passages. Where a premise can be a hypothesis itself, with this
    hypothesis among its premises, it becomes one: so both directions of a pair stand side by side."""
    search = _Search(texts)
    for _ in range(MOST_TRIPLES):
        for start in sorted(texts, key=lambda text: _lot(text.text)):
            turns: deque[tuple[_Text, _Text | None]] = deque([(start, None)])
            while turns:
                hypothesis, reverse_of = turns.popleft()
                triple = search.add(hypothesis, reverse_of)
                turns.extend((one.premise, hypothesis) for one in triple or ())
    return search.chosen, search.pairs


class _Search:
    """What was chosen so far, and the candidates that were looked up."""

    def __init__(self, texts: Mapping[_Text, int]) -> None:
        self.texts = texts
        self.everything = sorted(texts, key=lambda text: _lot(text.text))
        self.asserting, self.denying = (_by_finding(self.everything, polarity) for polarity in (PRESENT, ABSENT))
        self.candidates: dict[_Text, Mapping[str, list[_Candidate]]] = {}
        self.chosen: dict[_Text, list[Triple]] = {text: [] for text in texts}
        self.pairs: set[tuple[_Text, _Text]] = set()

    def add(self, hypothesis: _Text, reverse_of: _Text | None) -> Triple | None:
        """One more triple of a hypothesis, with `reverse_of` among its premises; None where there is none."""
        full = len(self.chosen[hypothesis]) == min(MOST_TRIPLES, self.texts[hypothesis])
        if full or (reverse_of and (reverse_of, hypothesis) in self.pairs):
            return None
        candidates = {
            label: [one for one in each if (one.premise, hypothesis) not in self.pairs]
            for label, each in self._found(hypothesis).items()
        }
        if reverse_of:
            verdict = infer(reverse_of.claims, hypothesis.claims)
            if not verdict or reverse_of.words == hypothesis.words:
                return None
            candidates[verdict.label] = [_candidate(reverse_of, hypothesis, verdict)]
        triple = _most_alike(candidates)
        if triple:
            self.chosen[hypothesis].append(triple)
            self.pairs.update((one.premise, hypothesis) for one in triple)
        return triple

    def _found(self, hypothesis: _Text) -> Mapping[str, list[_Candidate]]:
        """Premises by label; none where nothing decides."""
        if hypothesis not in self.candidates:
            self.candidates[hypothesis] = self._looked_up(hypothesis)
        return self.candidates[hypothesis]

    def _looked_up(self, hypothesis: _Text) -> Mapping[str, list[_Candidate]]:
        lot = hypothesis.text
        findings = {claim.finding for claim in hypothesis.claims}
        own = [*self._of(self.asserting, findings, lot, MOST_ASSERTING), *self._of(self.denying, findings, lot, MOST_DENYING)]
        found: dict[str, list[_Candidate]] = {label: [] for label in LABELS}
        _sort(own, hypothesis, found)
        if found[ENTAILMENT] and found[CONTRADICTION]:
            near = sorted(set().union(*(family(finding) for finding in sorted(findings))) - findings)
            other = dict.fromkeys(self._of(self.asserting, near, lot, MOST_NEAR))
            other.update(dict.fromkeys(_sample(self.everything, lot, MOST_OTHERS)))
            _sort([one for one in other if one not in own], hypothesis, found)
        return found

    @staticmethod
    def _of(named: Mapping[str, Sequence[_Text]], findings: Iterable[str], lot: str, most: int) -> Sequence[_Text]:
        texts = dict.fromkeys(text for finding in sorted(findings) for text in named.get(finding, ()))
        return _sample(list(texts), lot, most)


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


def _read(text: str, known: dict[str, _Text | None]) -> _Text | str:
    """The text as it is understood, or why it is not used."""
    if text not in known:
        words = _WORD.findall(text.lower())
        if not FEWEST_WORDS <= len(words) <= MOST_WORDS:
            return "length"
        said = claims(text)
        known[text] = _Text(text, said, frozenset(words), sum(word in NEGATIONS for word in words)) if said else None
    return known[text] or "not_understood"


def _by_finding(texts: Sequence[_Text], polarity: str) -> Mapping[str, Sequence[_Text]]:
    named: dict[str, list[_Text]] = defaultdict(list)
    for text in texts:
        for finding in sorted({claim.finding for claim in text.claims if (claim.polarity == ABSENT) == (polarity == ABSENT)}):
            named[finding].append(text)
    return named


def _sort(premises: Iterable[_Text], hypothesis: _Text, found: Mapping[str, list[_Candidate]]) -> None:
    for premise in dict.fromkeys(premises):
        verdict = infer(premise.claims, hypothesis.claims) if premise.words != hypothesis.words else None
        if verdict:
            found[verdict.label].append(_candidate(premise, hypothesis, verdict))


def _candidate(premise: _Text, hypothesis: _Text, verdict: Verdict) -> _Candidate:
    back = infer(hypothesis.claims, premise.claims)
    return _Candidate(premise, verdict, premise.common(hypothesis), back.label if back else None)


def _sample(texts: Sequence[_Text], lot: str, most: int) -> Sequence[_Text]:
    """At most so many of them, from a place that the lot decides on, at even steps."""
    if len(texts) <= most:
        return texts
    first = int(_lot(lot)[:8], 16)
    step = len(texts) // most
    return [texts[(first + number * step) % len(texts)] for number in range(most)]


def _most_alike(candidates: Mapping[str, Sequence[_Candidate]]) -> Triple | None:
    """A premise for each label with as many words of negation, their shares of common words as near as can be."""
    ranked = []
    fewest = min(candidates.values(), key=len)
    for negations in sorted({one.premise.negations for one in fewest}):
        alike = [[one for one in candidates[label] if one.premise.negations == negations] for label in LABELS]
        if all(alike):
            few = min(alike, key=len)
            middle = sorted(one.common for one in few)[len(few) // 2]
            for triple in product(*(_nearest(each, middle) for each in alike)):
                shares = [one.common for one in triple]
                spread = max(shares) - min(shares)
                if spread <= MOST_SPREAD:
                    ranked.append((spread - TURNABLE * (len({one.back for one in triple} & set(LABELS)) == len(LABELS)), [one.premise.text for one in triple], triple))
    return min(ranked, key=lambda one: one[:2])[2] if ranked else None


def _nearest(candidates: Sequence[_Candidate], middle: float) -> Sequence[_Candidate]:
    return sorted(candidates, key=lambda one: (abs(one.common - middle), one.premise.text))[:MOST_ALIKE]


def _placed(passages: Sequence[Passage], hypothesis: Passage) -> Passage:
    """Where the premise's text is taken from: another section of the same report, else any other report."""
    same = [one for one in passages if one.document is hypothesis.document]
    other = [one for one in passages if one.document is not hypothesis.document]
    apart = [one for one in same if one.section != hypothesis.section]
    pick = apart or other or same
    return min(pick, key=lambda one: _lot(f"{hypothesis.document.document_id}/{one.document.document_id}/{one.slot}"))


def _lot(text: str) -> str:
    return hashlib.sha256(f"nli:{text}".encode()).hexdigest()
