"""rensa as its README has it: `RMinHashDeduplicator.add_pairs` over lists of shingles; it judges by the sketch.

Its bands must divide 128 permutations: 32 of 4 rows, so that candidates are no fewer than those of the other methods.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from method import PERMUTATIONS, THRESHOLD, main
from rensa import RMinHashDeduplicator

BANDS = 32


def shingled(ids: Sequence[str], texts: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    for identity, text in zip(ids, texts, strict=True):
        words = re.findall(r"\w+", text.lower())
        yield identity, [" ".join(words[start : start + 5]) for start in range(max(1, len(words) - 4))]


def add_pairs(ids: Sequence[str], texts: Sequence[str]) -> Mapping[str, str | None]:
    """Which documents it does not add."""
    deduplicator = RMinHashDeduplicator(threshold=THRESHOLD, num_perm=PERMUTATIONS, use_lsh=True, num_bands=BANDS)
    kept = deduplicator.add_pairs(shingled(ids, texts))
    return {identity: None for identity, keep in zip(ids, kept, strict=True) if not keep}


if __name__ == "__main__":
    main(add_pairs)
