"""Which documents are nearly another one: in order of survival, each is kept unless one that is kept is like it.

In: the buckets of candidates, by documents in order of survival, and their sketches. Out: pairs of a document that goes
and the most similar of the kept ones before it (the first of equals), with their true Jaccard similarity, which is the
threshold at least. A chain A~B~C thus never takes C for the sake of A that it is not like.

Documents are taken in blocks; a block is compared with the kept ones of its buckets, then within itself. A block whose
own pairs would be over `PAIRS` is halved, so ten thousand versions of one page cost about ten thousand comparisons with
it, not fifty million. In memory: one block and its pairs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from radcurate.cleaning.buckets import PAIRS, Buckets, Ranks
from radcurate.cleaning.similarity import Scores, Shingled, jaccard

BLOCK = 1 << 13


@dataclass(frozen=True)
class Nearly:
    """A document that goes, the one that is kept, both by rank, and how alike they are."""

    rank: int
    kept: int
    similarity: float


def near_duplicates(buckets: Buckets, sketches: Shingled, threshold: float, seen: int) -> Iterator[Nearly]:
    """Decides on documents 0, 1, 2, …, in this order of survival; the first `seen` are kept whatever they are like."""
    documents = len(sketches.sizes)
    buckets.keep(np.arange(seen))
    low, step = seen, BLOCK
    while low < documents:
        best = _Best(low, min(low + step, documents))
        for left, right in buckets.with_kept(np.arange(best.low, best.high)):
            best.add(left, right, jaccard(sketches, left, right, threshold), threshold)
        while buckets.pairs_within(best.open(threshold)) > PAIRS and step > 1:
            step //= 2
            best = best.cut(low + step)
        undecided = best.open(threshold)
        left, right = buckets.within(undecided)
        scores = jaccard(sketches, left, right, threshold)
        alike = scores >= threshold
        left, right, scores = left[alike], right[alike], scores[alike]
        kept = _greedy(undecided, left, right)
        by_kept = np.isin(left, kept)
        before = buckets.keep(kept)
        # Documents that an earlier block's survivor takes may be more like one of this block.
        taken = np.setdiff1d(np.arange(best.low, best.high), undecided, assume_unique=True)
        best.add(right[by_kept], left[by_kept], scores[by_kept], threshold)
        for left, right in buckets.with_kept(taken, before):
            left, right = left[right < left], right[right < left]
            best.add(left, right, jaccard(sketches, left, right, threshold), threshold)
        yield from best.found(threshold)
        low, step = best.high, min(2 * step, BLOCK)


class _Best:
    """Of each document of a block the most similar kept one so far."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high
        self.scores: Scores = np.zeros(high - low)
        self.kept: Ranks = np.zeros(high - low, np.intp)

    def add(self, ranks: Ranks, kept: Ranks, scores: Scores, threshold: float) -> None:
        """Notes similarities of documents with kept ones; of equal ones the first kept counts."""
        for rank, other, score in zip(
            *(values[scores >= threshold].tolist() for values in (ranks, kept, scores)), strict=True
        ):
            place = rank - self.low
            if (score, -other) > (self.scores[place], -self.kept[place]):
                self.scores[place], self.kept[place] = score, other

    def open(self, threshold: float) -> Ranks:
        """The documents that no kept one is like so far."""
        return np.flatnonzero(self.scores < threshold) + self.low

    def cut(self, high: int) -> "_Best":
        """The block's documents before `high`."""
        shorter = _Best(self.low, min(high, self.high))
        shorter.scores, shorter.kept = self.scores[: high - self.low], self.kept[: high - self.low]
        return shorter

    def found(self, threshold: float) -> Iterator[Nearly]:
        """What goes, in order."""
        for place in np.flatnonzero(self.scores >= threshold).tolist():
            yield Nearly(self.low + place, int(self.kept[place]), float(self.scores[place]))


def _greedy(ranks: Ranks, firsts: Ranks, seconds: Ranks) -> Ranks:
    """Those of `ranks` that are kept, given all pairs among them that are alike, the better one first."""
    gone: set[int] = set()
    for index in np.lexsort((firsts, seconds)).tolist():
        if int(firsts[index]) not in gone:
            gone.add(int(seconds[index]))
    return ranks[~np.isin(ranks, list(gone))] if gone else ranks
