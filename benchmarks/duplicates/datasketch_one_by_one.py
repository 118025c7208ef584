"""datasketch as its first example has it: a MinHash for each document, updated shingle by shingle, and MinHashLSH."""

import re
from collections.abc import Mapping, Sequence

from datasketch import MinHash, MinHashLSH
from method import BANDS, PERMUTATIONS, ROWS, main


def one_by_one(ids: Sequence[str], texts: Sequence[str]) -> Mapping[str, str | None]:
    """Each document is asked for and, where nothing is like it, put in."""
    lsh = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, ROWS))
    removed: dict[str, str | None] = {}
    for identity, text in zip(ids, texts, strict=True):
        words = re.findall(r"\w+", text.lower())
        sketch = MinHash(num_perm=PERMUTATIONS)
        for start in range(max(1, len(words) - 4)):
            sketch.update(" ".join(words[start : start + 5]).encode("utf8"))
        found = lsh.query(sketch)
        if found:
            removed[identity] = min(found)
        else:
            lsh.insert(identity, sketch)
    return removed


if __name__ == "__main__":
    main(one_by_one)
