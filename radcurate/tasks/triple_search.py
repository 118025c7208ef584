"""The search for triples: a hypothesis, and for each label a premise that words alone do not give away.

In: texts with their claims, and how often each stands among the documents. Out: for each text its triples. Every
hypothesis has each label as often; its three premises have as many words of negation, and over all triples the shares
of words that they have in common with it are level between the labels. What is chosen hangs on the texts alone.
"""

import hashlib
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from radcurate.language.observations import ABSENT, PRESENT
from radcurate.language.relations import family
from radcurate.tasks.claims import Claim
from radcurate.tasks.inference import infer
from radcurate.tasks.verdicts import CONTRADICTION, ENTAILMENT, LABELS, Verdict

# Passages that one is held against: those that assert its findings, those that deny them, those of their families, any.
MOST_ASSERTING, MOST_DENYING, MOST_NEAR, MOST_OTHERS = 24, 24, 8, 12
# Triples of one hypothesis text among neighbours.
MOST_TRIPLES = 4
# How far apart the shares of common words of the three premises may lie.
MOST_SPREAD = 0.5
# What a triple is worth, in shares of common words, that has each label in the other direction too; what it costs that
# the triples so far are out of level.
TURNABLE, TILTED = 1.0, 2.0
# How far from level the shares of common words may be in the end: in all, and a triple more.
LEAST_TILT, MORE_TILT = 1.0, 0.005
# Premises of one label from which a triple is put together.
MOST_ALIKE = 8

NEGATIONS = frozenset(
    {"no", "not", "without", "none", "nor", "neither", "never", "absent", "absence", "free", "negative", "cannot"}
)


@dataclass(frozen=True, eq=False)
class Text:
    """A text that passages share, what it claims, and what a count of words sees of it."""

    text: str
    claims: tuple[Claim, ...]
    words: frozenset[str]
    negations: int

    def common(self, other: "Text") -> tuple[float, ...]:
        """The shares of common words: among all (Jaccard), among its own, among the other's."""
        both = len(self.words & other.words)
        return both / len(self.words | other.words), both / len(self.words), both / len(other.words)


@dataclass(frozen=True)
class Candidate:
    premise: Text
    verdict: Verdict
    common: tuple[float, ...]
    back: str | None
    """The label of the other direction."""


Triple = tuple[Candidate, ...]


def chosen_triples(texts: Mapping[Text, int]) -> tuple[Mapping[Text, Sequence[Triple]], Collection[tuple[Text, Text]]]:
    """The triples of each text, no more than it has passages. Where a premise can be a hypothesis itself, with this
    hypothesis among its premises, it becomes one: so both directions of a pair stand side by side."""
    search = _Search(texts)
    for _ in range(MOST_TRIPLES):
        for start in sorted(texts, key=lambda text: lot(text.text)):
            turns: deque[tuple[Text, Text | None]] = deque([(start, None)])
            while turns:
                hypothesis, reverse_of = turns.popleft()
                triple = search.add(hypothesis, reverse_of)
                turns.extend((one.premise, hypothesis) for one in triple or ())
    search.level_out()
    return search.chosen, search.pairs


class Level:
    """Keeps a value as high, summed over all triples, for one label as for another."""

    def __init__(self) -> None:
        self.sums = [0.0] * len(LABELS)

    def tilt(self, values: Sequence[float]) -> float:
        """Below nought where the values of a triple, label by label, make up for what went before."""
        middle = sum(values) / len(values)
        return sum(before * (value - middle) for before, value in zip(self.sums, values, strict=True))

    def add(self, values: Sequence[float]) -> None:
        """Counts the values of a triple that was chosen."""
        middle = sum(values) / len(values)
        self.sums = [before + value - middle for before, value in zip(self.sums, values, strict=True)]


class _Search:
    """What was chosen so far, and the candidates that were looked up."""

    def __init__(self, texts: Mapping[Text, int]) -> None:
        self.texts = texts
        self.everything = sorted(texts, key=lambda text: lot(text.text))
        self.asserting, self.denying = (_by_finding(self.everything, polarity) for polarity in (PRESENT, ABSENT))
        self.candidates: dict[Text, Mapping[str, list[Candidate]]] = {}
        self.chosen: dict[Text, list[Triple]] = {text: [] for text in texts}
        self.pairs: set[tuple[Text, Text]] = set()
        self.levels = [Level() for _ in range(3)]

    def add(self, hypothesis: Text, reverse_of: Text | None) -> Triple | None:
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
        triple = _most_alike(candidates, self.levels)
        if triple:
            for level, values in zip(self.levels, _measures(triple), strict=True):
                level.add(values)
            self.chosen[hypothesis].append(triple)
            self.pairs.update((one.premise, hypothesis) for one in triple)
        return triple

    def level_out(self) -> None:
        """Drops the triples that tilt most until the labels are level."""
        left = [(hypothesis, triple) for hypothesis, each in self.chosen.items() for triple in each]
        while left and max(abs(total) for level in self.levels for total in level.sums) > LEAST_TILT + MORE_TILT * len(
            left
        ):
            worst = max(range(len(left)), key=lambda number: self._tilt(_measures(left[number][1])))
            hypothesis, triple = left.pop(worst)
            for level, values in zip(self.levels, _measures(triple), strict=True):
                level.add([-value for value in values])
            self.chosen[hypothesis].remove(triple)
            self.pairs.difference_update((one.premise, hypothesis) for one in triple)

    def _tilt(self, measures: Sequence[Sequence[float]]) -> float:
        return sum(level.tilt(values) for level, values in zip(self.levels, measures, strict=True))

    def _found(self, hypothesis: Text) -> Mapping[str, list[Candidate]]:
        """Premises by label; none where nothing decides."""
        if hypothesis not in self.candidates:
            self.candidates[hypothesis] = self._looked_up(hypothesis)
        return self.candidates[hypothesis]

    def _looked_up(self, hypothesis: Text) -> Mapping[str, list[Candidate]]:
        drawn = hypothesis.text
        findings = {claim.finding for claim in hypothesis.claims}
        own = [
            *self._of(self.asserting, findings, drawn, MOST_ASSERTING),
            *self._of(self.denying, findings, drawn, MOST_DENYING),
        ]
        found: dict[str, list[Candidate]] = {label: [] for label in LABELS}
        _sort(own, hypothesis, found)
        if found[ENTAILMENT] and found[CONTRADICTION]:
            near = sorted(set().union(*(family(finding) for finding in sorted(findings))) - findings)
            other = dict.fromkeys(self._of(self.asserting, near, drawn, MOST_NEAR))
            other.update(dict.fromkeys(_sample(self.everything, drawn, MOST_OTHERS)))
            _sort([one for one in other if one not in own], hypothesis, found)
        return found

    @staticmethod
    def _of(named: Mapping[str, Sequence[Text]], findings: Iterable[str], drawn: str, most: int) -> Sequence[Text]:
        texts = dict.fromkeys(text for finding in sorted(findings) for text in named.get(finding, ()))
        return _sample(list(texts), drawn, most)


def _by_finding(texts: Sequence[Text], polarity: str) -> Mapping[str, Sequence[Text]]:
    named: dict[str, list[Text]] = defaultdict(list)
    for text in texts:
        for finding in sorted(
            {claim.finding for claim in text.claims if (claim.polarity == ABSENT) == (polarity == ABSENT)}
        ):
            named[finding].append(text)
    return named


def _sort(premises: Iterable[Text], hypothesis: Text, found: Mapping[str, list[Candidate]]) -> None:
    for premise in dict.fromkeys(premises):
        verdict = infer(premise.claims, hypothesis.claims) if premise.words != hypothesis.words else None
        if verdict:
            found[verdict.label].append(_candidate(premise, hypothesis, verdict))


def _candidate(premise: Text, hypothesis: Text, verdict: Verdict) -> Candidate:
    back = infer(hypothesis.claims, premise.claims)
    return Candidate(premise, verdict, premise.common(hypothesis), back.label if back else None)


def _sample(texts: Sequence[Text], drawn: str, most: int) -> Sequence[Text]:
    """At most so many of them, from a place that the lot of `drawn` decides on, at even steps."""
    if len(texts) <= most:
        return texts
    first = int(lot(drawn)[:8], 16)
    step = len(texts) // most
    return [texts[(first + number * step) % len(texts)] for number in range(most)]


def _most_alike(candidates: Mapping[str, Sequence[Candidate]], levels: Sequence[Level]) -> Triple | None:
    """A premise for each label with as many words of negation, their shares of common words as near as can be."""
    ranked = []
    fewest = min(candidates.values(), key=len)
    for negations in sorted({one.premise.negations for one in fewest}):
        alike = [[one for one in candidates[label] if one.premise.negations == negations] for label in LABELS]
        if all(alike):
            few = min(alike, key=len)
            middle = sorted(one.common for one in few)[len(few) // 2]
            for triple in product(*(_nearest(each, middle) for each in alike)):
                measures = _measures(triple)
                spread = max(max(values) - min(values) for values in measures)
                if spread <= MOST_SPREAD:
                    tilt = TILTED * sum(level.tilt(values) for level, values in zip(levels, measures, strict=True))
                    turnable = len({one.back for one in triple} & set(LABELS)) == len(LABELS)
                    cost = spread + tilt - TURNABLE * turnable
                    ranked.append((cost, [one.premise.text for one in triple], triple))
    return min(ranked, key=lambda one: one[:2])[2] if ranked else None


def _measures(triple: Triple) -> Sequence[Sequence[float]]:
    """The shares of common words, measure by measure, each label by label."""
    return list(zip(*(one.common for one in triple), strict=True))


def _nearest(candidates: Sequence[Candidate], middle: tuple[float, ...]) -> Sequence[Candidate]:
    def apart(one: Candidate) -> float:
        return max(abs(mine - other) for mine, other in zip(one.common, middle, strict=True))

    return sorted(candidates, key=lambda one: (apart(one), one.premise.text))[:MOST_ALIKE]


def lot(text: str) -> str:
    """What a draw by the hash of a text goes by."""
    return hashlib.sha256(f"nli:{text}".encode()).hexdigest()
