"""Documents that share the key of a band: candidates, which the true similarity then judges.

In: the folders of sketches (`sketches.py`), one a shard. Out: `members.u64`, the documents of each bucket of two or
more, bucket after bucket in order of key, and `sizes.npy`, how many each holds. A document is a number: its shard in
the high 32 bits, its row in the low ones. About `ENTRIES` keys are in memory at a time; the others wait in their files.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from radcurate.cleaning.sketches import NO_KEY, read_keys
from radcurate.shingles import Hashes

MEMBERS, SIZES = "members.u64", "sizes.npy"
ENTRIES = 1 << 22
ROW_BITS = np.uint64(32)


def write_buckets(folders: Sequence[Path], output: Path, band: int, seen: int) -> int:
    """Writes the buckets of one band; the last `seen` folders hold documents that need no comparing with one another.

    Returns how many entries there are.
    """
    documents = sum(len(read_keys(folder, band)) for folder in folders)
    sizes: list[npt.NDArray[np.int64]] = [np.empty(0, np.int64)]
    with (output / MEMBERS).open("wb") as members:
        for low, high in _ranges(documents):
            keys, numbers = _entries(folders, band, low, high)
            found, counts = _shared(keys, numbers, (len(folders) - seen) << int(ROW_BITS))
            found.tofile(members)
            sizes.append(counts)
    counted = np.concatenate(sizes)
    np.save(output / SIZES, counted)
    return int(counted.sum())


def _ranges(documents: int) -> Iterator[tuple[int, int]]:
    """The range of keys in parts that hold `ENTRIES` or so each: the keys are spread evenly."""
    parts = -(-documents // ENTRIES)
    for part in range(parts):
        yield part * 2**64 // parts, (part + 1) * 2**64 // parts - 1


def _entries(folders: Sequence[Path], band: int, low: int, high: int) -> tuple[Hashes, Hashes]:
    keys, numbers = [], []
    for shard, folder in enumerate(folders):
        own = read_keys(folder, band)
        rows = np.flatnonzero((own >= np.uint64(low)) & (own <= np.uint64(high)) & (own != NO_KEY))
        keys.append(own[rows])
        numbers.append(rows.astype(np.uint64) | np.uint64(shard) << ROW_BITS)
    return np.concatenate(keys), np.concatenate(numbers)


def _shared(keys: Hashes, numbers: Hashes, first_seen: int) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """The documents under keys that two or more have, one of them at least below `first_seen`, and their counts."""
    ordered = np.sort(keys)
    again = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    place = np.searchsorted(again, keys)
    chosen = np.flatnonzero(again[np.minimum(place, len(again) - 1)] == keys) if len(again) else np.empty(0, np.intp)
    place, numbers = place[chosen], numbers[chosen]
    order = np.argsort(place, kind="stable")
    place, numbers = place[order], numbers[order]
    new = np.bincount(place, numbers < np.uint64(first_seen), minlength=len(again)) > 0
    return numbers[new[place]], np.bincount(place, minlength=len(again))[new]


def candidates(folders: Sequence[Path]) -> Hashes:
    """The numbers of all documents that are in any bucket, sorted."""
    found = np.empty(0, np.uint64)
    for folder in folders:
        found = np.union1d(found, read_members(folder))
    return found


def read_members(folder: Path) -> Hashes:
    """The documents of a band's buckets, one after the other."""
    path = folder / MEMBERS
    return np.memmap(path, np.uint64, "r") if path.stat().st_size else np.empty(0, np.uint64)
