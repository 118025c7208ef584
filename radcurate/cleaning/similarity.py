"""The true Jaccard similarity of many pairs of documents, by their distinct word shingles.

In: pairs of ranks, and where the shingles of each rank are to be had. About `VALUES` shingles are in memory at a time;
of two documents that hold more, their own.
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from radcurate.cleaning.sketches import FILLER
from radcurate.shingles import Hashes, Sizes

VALUES = 1 << 22

Ranks = npt.NDArray[np.intp]
Scores = npt.NDArray[np.float64]


class Shingled(Protocol):
    """Gives the shingles of documents, named by their rank."""

    @property
    def sizes(self) -> Sizes:
        """How many shingles each document has, repeats included."""

    def distinct(self, documents: Ranks) -> tuple[Hashes, Sizes]:
        """A row for each document, filled up with `FILLER`, and how many shingles each has."""


def jaccard(sketches: Shingled, left: Ranks, right: Ranks, threshold: float) -> Scores:
    """The true Jaccard similarity of pairs of documents; 0 for a pair whose sizes alone put it under `threshold`."""
    scores = np.zeros(len(left))
    widths = np.maximum(sketches.sizes[left], sketches.sizes[right])
    order = np.argsort(widths, kind="stable")
    start = 0
    while start < len(order):
        most = VALUES // (2 * widths[order[start]]) + 1
        room = 2 * widths[order[start : start + most]] * np.arange(1, min(most, len(order) - start) + 1)
        stop = start + max(1, int(np.searchsorted(room, VALUES, side="right")))
        chosen = order[start:stop]
        scores[chosen] = _jaccard(sketches, left[chosen], right[chosen], threshold)
        start = stop
    return scores


def _jaccard(sketches: Shingled, left: Ranks, right: Ranks, threshold: float) -> Scores:
    documents, places = np.unique(np.concatenate([left, right]), return_inverse=True)
    rows, sizes = sketches.distinct(documents)
    one, other = places[: len(left)], places[len(left) :]
    scores = np.zeros(len(left))
    smaller, larger = np.minimum(sizes[one], sizes[other]), np.maximum(sizes[one], sizes[other])
    able = np.flatnonzero(smaller / larger >= threshold)
    both = np.concatenate([rows[one[able]], rows[other[able]]], axis=1)
    both.sort(axis=1)
    shared = np.count_nonzero((both[:, 1:] == both[:, :-1]) & (both[:, 1:] != FILLER), axis=1)
    scores[able] = shared / (sizes[one[able]] + sizes[other[able]] - shared)
    return scores
