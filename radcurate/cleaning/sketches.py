"""What near-duplicates are found by, written to files: the shingles of every document, and the keys of its bands.

In: batches of texts of one shard, each with a salt (texts of different salts never meet). Out, in one folder:
`shingles.u64` (hashes, document after document), `ends.npy` (where each document's end), `keys.npy` (bands ×
documents). Documents go by their row in the shard. One batch of texts is in memory at a time, and 8 bytes for each
document and band.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from radcurate.cleaning.minhash import Bands, band_keys, signatures
from radcurate.shingles import Hashes, Sizes, bulk_shingles

SHINGLES, ENDS, KEYS = "shingles.u64", "ends.npy", "keys.npy"
# The key of a document without a word; no other has it but by chance, and it leads nowhere.
NO_KEY = np.uint64(0)


class SketchWriter:
    """Writes the sketches of one shard. Use it in a `with`."""

    def __init__(self, folder: Path, cut: Bands) -> None:
        self._folder = folder
        self._cut = cut
        self._shingles = (folder / SHINGLES).open("wb")
        self._sizes: list[Sizes] = [np.empty(0, np.int64)]
        self._keys: list[Hashes] = [np.empty((0, cut.bands), np.uint64)]

    def add(self, texts: Sequence[str], salts: Sequence[int]) -> None:
        """Sketches the shard's next documents."""
        hashes, sizes = bulk_shingles(texts)
        hashes.tofile(self._shingles)
        self._sizes.append(sizes)
        keys = np.full((len(sizes), self._cut.bands), NO_KEY)
        worded = sizes > 0
        found = signatures(hashes, sizes[worded], self._cut.bands * self._cut.rows)
        keys[worded] = band_keys(found, self._cut, np.asarray(salts, np.uint64)[worded])
        self._keys.append(keys)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._shingles.close()
        if kind is None:
            np.save(self._folder / ENDS, np.cumsum(np.concatenate(self._sizes)))
            np.save(self._folder / KEYS, np.ascontiguousarray(np.concatenate(self._keys).T))


def read_keys(folder: Path, band: int) -> Hashes:
    """The keys of one band, a document after the other."""
    keys: Hashes = np.load(folder / KEYS, mmap_mode="r")[band]
    return keys


@dataclass(frozen=True)
class Sketches:
    """The shingles of chosen documents, read from their shards when they are asked for."""

    folders: Sequence[Path]
    shards: npt.NDArray[np.intp]
    starts: Sizes
    sizes: Sizes

    def distinct(self, documents: npt.NDArray[np.intp]) -> tuple[Hashes, Sizes]:
        """The distinct shingles of these documents, a row each, filled up with `FILLER`, and how many each has."""
        rows = np.full((len(documents), int(self.sizes[documents].max(initial=0))), FILLER)
        shards = self.shards[documents]
        starts, sizes = self.starts[documents].tolist(), self.sizes[documents].tolist()
        for shard in np.unique(shards).tolist():
            hashes = np.memmap(self.folders[shard] / SHINGLES, np.uint64, "r")
            for row in np.flatnonzero(shards == shard).tolist():
                rows[row, : sizes[row]] = hashes[starts[row] : starts[row] + sizes[row]]
        rows.sort(axis=1)
        rows[:, 1:][rows[:, 1:] == rows[:, :-1]] = FILLER
        return rows, np.count_nonzero(rows != FILLER, axis=1)


# Stands for no shingle; that one has this very hash has a chance of 2**-64.
FILLER = np.uint64(2**64 - 1)


def open_sketches(folders: Sequence[Path], shards: npt.NDArray[np.intp], rows: npt.NDArray[np.intp]) -> Sketches:
    """The sketches of documents, each of at least one word, given by shard (a place in `folders`) and row."""
    starts, sizes = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
    for shard in np.unique(shards).tolist():
        ends = np.concatenate([[0], np.load(folders[shard] / ENDS)])
        own = shards == shard
        starts[own] = ends[rows[own]]
        sizes[own] = ends[rows[own] + 1] - starts[own]
    return Sketches(folders, shards, starts, sizes)
