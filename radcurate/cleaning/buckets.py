"""The buckets of candidates, by documents in order of survival: who shares one with whom, and who of them is kept.

In: the folders of buckets (`candidates.py`) and the rank of every document in them: 0 survives first. The lists lie in
files without a name (12 bytes for each document and band), which the system keeps in memory while there is space; in
memory for certain are 16 bytes a bucket.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from radcurate.cleaning.candidates import SIZES, read_members
from radcurate.shingles import Hashes

# Pairs that are handed out at a time, or so.
PAIRS = 1 << 20

Ranks = npt.NDArray[np.intp]


class Buckets:
    """Documents are named by their rank; `keep` notes them in that order."""

    def __init__(self, folders: Sequence[Path], ranks_of: Callable[[Hashes], Ranks], scratch: Path) -> None:
        self._bands: list[tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]] = []
        sizes = [np.load(folder / SIZES) for folder in folders]
        counted = np.concatenate([np.empty(0, np.int64), *sizes])
        self._starts = np.cumsum(counted) - counted
        self._counts = np.zeros(len(counted), np.int32)
        self._kept = _spilled(int(counted.sum()), scratch)
        first = 0
        for folder, own in zip(folders, sizes, strict=True):
            ranks = ranks_of(read_members(folder)).astype(np.uint32)
            order = np.argsort(ranks, kind="stable")
            band = (_spilled(len(ranks), scratch), _spilled(len(ranks), scratch))
            band[0][:] = ranks[order]
            band[1][:] = np.repeat(np.arange(first, first + len(own), dtype=np.uint32), own)[order]
            self._bands.append(band)
            first += len(own)

    def _entries(self, low: int, high: int) -> tuple[Ranks, Ranks]:
        """Rank and bucket of each entry of the documents from `low` to `high`."""
        ranks, buckets = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
        for own, of in self._bands:
            start, end = np.searchsorted(own, np.array([low, high], np.uint32))
            ranks.append(own[start:end].astype(np.intp))
            buckets.append(of[start:end].astype(np.intp))
        return np.concatenate(ranks), np.concatenate(buckets)

    def _entries_of(self, ranks: Ranks) -> tuple[Ranks, Ranks]:
        if not len(ranks):
            return ranks, ranks
        low = int(ranks[0])
        wanted = np.zeros(int(ranks[-1]) + 1 - low, np.bool_)
        wanted[ranks - low] = True
        own, buckets = self._entries(low, int(ranks[-1]) + 1)
        chosen = wanted[own - low]
        return own[chosen], buckets[chosen]

    def keep(self, ranks: Ranks) -> npt.NDArray[np.int32]:
        """Notes these documents, later than all before, as kept; returns how many each bucket had kept before."""
        before = self._counts.copy()
        own, buckets = self._entries_of(ranks)
        order = np.lexsort((own, buckets))
        own, buckets = own[order], buckets[order]
        self._kept[self._starts[buckets] + before[buckets] + _places(buckets)] = own
        np.add.at(self._counts, buckets, 1)
        return before

    def with_kept(self, documents: Ranks, since: npt.NDArray[np.int32] | None = None) -> Iterator[tuple[Ranks, Ranks]]:
        """Pairs of one of `documents` with a kept one that shares a bucket, `PAIRS` or so at a time; only with those
        kept since the buckets had so many."""
        ranks, buckets = self._entries_of(documents)
        begin = since[buckets] if since is not None else np.zeros(len(buckets), np.int32)
        numbers = (self._counts[buckets] - begin).astype(np.int64)
        ends = np.cumsum(numbers)
        start = 0
        while start < len(ranks):
            done = ends[start] - numbers[start]
            stop = max(start + 1, int(np.searchsorted(ends, done + PAIRS, side="right")))
            own = numbers[start:stop]
            at = np.repeat(self._starts[buckets[start:stop]] + begin[start:stop], own) + _counted(own)
            yield _distinct(np.repeat(ranks[start:stop], own), self._kept[at].astype(np.intp))
            start = stop

    def pairs_within(self, ranks: Ranks) -> int:
        """How many pairs of these documents share a bucket, counted once for each bucket."""
        _, buckets = self._entries_of(ranks)
        counts = np.unique(buckets, return_counts=True)[1]
        return int((counts * (counts - 1) // 2).sum())

    def within(self, ranks: Ranks) -> tuple[Ranks, Ranks]:
        """The pairs of these documents that share a bucket, the better one first."""
        own, buckets = self._entries_of(ranks)
        order = np.lexsort((own, buckets))
        own, buckets = own[order], buckets[order]
        places = _places(buckets)
        seconds = np.repeat(np.arange(len(own)), places)
        firsts = seconds - np.repeat(places, places) + _counted(places)
        return _distinct(own[firsts], own[seconds])


def _spilled(length: int, folder: Path) -> npt.NDArray[np.uint32]:
    """Room for so many numbers, in a file without a name, which the system keeps in memory while there is space."""
    if not length:
        return np.empty(0, np.uint32)
    with tempfile.TemporaryFile(dir=folder) as file:
        return np.memmap(file, np.uint32, "w+", shape=length)


def _places(ordered: Ranks) -> Ranks:
    """Of sorted values the place of each among its equals: 0, 1, 2, …"""
    if not len(ordered):
        return np.empty(0, np.intp)
    begins = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return np.arange(len(ordered)) - np.repeat(begins, np.diff(begins, append=len(ordered)))


def _counted(numbers: npt.NDArray[np.int64]) -> Ranks:
    """0 … n-1 for each n, one after the other."""
    return np.arange(int(numbers.sum())) - np.repeat(np.cumsum(numbers) - numbers, numbers)


def _distinct(left: Ranks, right: Ranks) -> tuple[Ranks, Ranks]:
    pairs = np.unique(left << 32 | right)
    return pairs >> 32, pairs & 0xFFFFFFFF
