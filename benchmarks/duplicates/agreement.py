"""The same answer by another way: datasketch's sketches and index with radcurate's hash function, and sets of words."""

import json
from collections.abc import Mapping
from pathlib import Path

from datasketch import MinHash, MinHashLSH

from benchmarks.duplicates.corpus import jaccard, shingles
from benchmarks.duplicates.method import BANDS, PERMUTATIONS, ROWS, THRESHOLD
from radcurate.cleaning.minhash import SCHEME, SEED, bands_for, hash_for_datasketch


def assert_agreement(path: Path, limit: int) -> None:
    """Raises `AssertionError` where radcurate keeps another id, or names another, on the first documents."""
    from benchmarks.duplicates.measure import OURS, run

    cut = bands_for(THRESHOLD)
    assert (cut.bands, cut.rows) == (BANDS, ROWS)
    found = run(_python(), OURS, path, limit).removed
    assert found == _walk(path, limit)
    assert found


def _python() -> str:
    import sys

    return sys.executable


def _walk(path: Path, limit: int) -> Mapping[str, str | None]:
    """Each document in turn: kept, unless a kept candidate is like it; then the most similar counts, the first of
    equals."""
    lsh = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, ROWS))
    sets: dict[str, set[str]] = {}
    removed: dict[str, str | None] = {}
    with path.open(encoding="utf-8") as lines:
        for line, _ in zip(lines, range(limit), strict=False):
            row = json.loads(line)
            own = shingles(row["text"])
            sketch = MinHash(PERMUTATIONS, seed=SEED, scheme=SCHEME, hashfunc=hash_for_datasketch)
            sketch.update_batch([one.encode() for one in own])
            places = {identity: place for place, identity in enumerate(sets)}
            alike = [(jaccard(own, sets[other]), -places[other], other) for other in lsh.query(sketch)]
            best = max(alike, default=(0.0, 0, ""))
            if best[0] >= THRESHOLD:
                removed[row["id"]] = best[2]
            else:
                sets[row["id"]] = own
                lsh.insert(row["id"], sketch)
    return removed
