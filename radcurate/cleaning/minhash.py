"""MinHash signatures of many documents at once, bit-equal to those of `datasketch.MinHash`, and their bands' keys.

In: the hashes of word shingles (`radcurate.shingles`). Out: 64-bit keys, so many a document as there are bands; two
documents that share one are candidates for a true comparison. The permutations are datasketch's (scheme `affine32`):
`MinHash(128, seed=1, scheme="affine32", hashfunc=hash_for_datasketch)` gives the same signature, shingle by shingle.
"""

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from radcurate.shingles import Hashes, Sizes, mixed, shingle_hash

PERMUTATIONS = 128
SEED = 1
SCHEME = "affine32"
LOW = 2**32 - 1
# The chance that two documents exactly as alike as the threshold share no band; higher pairs miss less.
MOST_MISSED = 0.01
# Shingles that are permuted at once: they and the permuted ones stay in the processor's cache.
BLOCK = 1 << 16

Signatures = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Bands:
    """How a signature is cut: `bands` pieces of `rows` values; equal pieces make two documents candidates."""

    bands: int
    rows: int

    def chance(self, similarity: float) -> float:
        """That two documents of this Jaccard similarity share a band (Leskovec, Rajaraman and Ullman, section 3.4)."""
        return float(1 - (1 - similarity**self.rows) ** self.bands)


def bands_for(threshold: float) -> Bands:
    """The longest bands with which a pair at `threshold` is missed in 1 of 100 cases at most: 21 of 6 for 0.8."""
    cuts = [Bands(PERMUTATIONS // rows, rows) for rows in range(PERMUTATIONS, 0, -1)]
    return next(cut for cut in cuts if 1 - cut.chance(threshold) <= MOST_MISSED)


def hash_for_datasketch(shingle: bytes) -> int:
    """A shingle's 32-bit hash, for `MinHash(hashfunc=…)`: words in lower case with a blank between, as UTF-8."""
    return shingle_hash(shingle) & LOW


def signatures(hashes: Hashes, sizes: Sizes, permutations: int = PERMUTATIONS) -> Signatures:
    """A row of `permutations` minima for each document, which has one shingle at least; `hashes` come document by
    document, so many of each as `sizes` tells."""
    multipliers, addends = _permutations()
    found = np.empty((permutations, len(sizes)), np.uint32)
    for first, last, start, end in _blocks(sizes):
        values = _premixed((hashes[start:end] & np.uint64(LOW)).astype(np.uint32))
        starts = np.cumsum(sizes[first:last]) - sizes[first:last]
        permuted = np.empty_like(values)
        for number in range(permutations):
            np.multiply(values, multipliers[number], out=permuted)
            np.add(permuted, addends[number], out=permuted)
            np.minimum.reduceat(permuted, starts, out=found[number, first:last])
    return found.T


def _blocks(sizes: Sizes) -> list[tuple[int, int, int, int]]:
    """First and last document and first and last shingle of blocks of about `BLOCK` shingles."""
    ends = np.cumsum(sizes)
    marks = np.searchsorted(ends, np.arange(BLOCK, (ends[-1] if len(ends) else 0) + BLOCK, BLOCK), side="left") + 1
    cuts = [0, *np.unique(np.minimum(marks, len(sizes))).tolist()] if len(sizes) else [0]
    reached = [0, *(int(ends[cut - 1]) for cut in cuts[1:])]
    return [(cuts[n], cuts[n + 1], reached[n], reached[n + 1]) for n in range(len(cuts) - 1)]


@functools.cache
def _permutations() -> tuple[Signatures, Signatures]:
    from datasketch import MinHash

    multipliers, addends = MinHash(PERMUTATIONS, seed=SEED, scheme=SCHEME).permutations
    return np.asarray(multipliers, np.uint32), np.asarray(addends, np.uint32)


def _premixed(values: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """MurmurHash3's 32-bit finaliser, which datasketch puts before its permutations."""
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        values = (values ^ (values >> np.uint32(shift))) * np.uint32(factor)
    return values


def band_keys(found: Signatures, cut: Bands, salts: Hashes) -> Hashes:
    """A key for each document and band, as (documents, bands): equal where the band's number, its values and the
    document's salt are. Keys that are equal by chance alone cost one comparison more."""
    keys = mixed(np.arange(cut.bands, dtype=np.uint64) + salts[:, None] * np.uint64(PERMUTATIONS))
    pieces = found[:, : cut.bands * cut.rows].reshape(len(found), cut.bands, cut.rows)
    for row in range(cut.rows):
        keys = mixed(keys + pieces[:, :, row])
    return keys
