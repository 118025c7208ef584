"""radcurate: the functions of its stages `sketch`, `candidates` and `near`, one after the other in one process."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import datasketch  # noqa: F401  (radcurate imports it when it first needs it; here before the clock starts, as others do)
import numpy as np
from method import THRESHOLD, main

from radcurate.cleaning.buckets import Buckets
from radcurate.cleaning.candidates import ROW_BITS, candidates, write_buckets
from radcurate.cleaning.minhash import bands_for
from radcurate.cleaning.near_duplicates import near_duplicates
from radcurate.cleaning.sketches import SketchWriter, open_sketches

SHARD = 4096
BATCH = 256


def ours(ids: Sequence[str], texts: Sequence[str]) -> Mapping[str, str | None]:
    """Texts → shingles → signatures → bands → decisions by true similarity, by way of files, as in a build."""
    with tempfile.TemporaryDirectory() as folder:
        return {ids[rank]: ids[kept] for rank, kept in _near(Path(folder), texts)}


def _near(work: Path, texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    cut = bands_for(THRESHOLD)
    shards = [_folder(work / f"shard-{start}") for start in range(0, len(texts), SHARD)]
    for number, shard in enumerate(shards):
        with SketchWriter(shard, cut) as sketches:
            for start in range(number * SHARD, min(len(texts), (number + 1) * SHARD), BATCH):
                batch = texts[start : min(start + BATCH, (number + 1) * SHARD)]
                sketches.add(batch, [0] * len(batch))
    bands = [_folder(work / f"band-{band}") for band in range(cut.bands)]
    for band, folder in enumerate(bands):
        write_buckets(shards, folder, band, 0)
    numbers = candidates(bands)
    of, rows = (numbers >> ROW_BITS).astype(np.intp), (numbers & np.uint64(2**32 - 1)).astype(np.intp)
    places = of * SHARD + rows
    lengths = np.array([len(texts[place]) for place in places.tolist()], np.int64)
    # The collection is sorted by length and id, so the place decides between equals.
    order = np.lexsort((places, -lengths))
    ranks = np.empty(len(order), np.intp)
    ranks[order] = np.arange(len(order))
    buckets = Buckets(bands, lambda members: ranks[np.searchsorted(numbers, members)], work)
    sketches_of = open_sketches(shards, of[order], rows[order])
    for near in near_duplicates(buckets, sketches_of, THRESHOLD, 0):
        yield int(places[order[near.rank]]), int(places[order[near.kept]])


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


if __name__ == "__main__":
    main(ours)
