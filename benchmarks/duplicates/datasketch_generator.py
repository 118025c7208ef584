"""datasketch as its page on speed has it: `MinHash.generator` over batches of shingles, and MinHashLSH."""

import re
from collections.abc import Iterator, Mapping, Sequence

from datasketch import MinHash, MinHashLSH
from method import BANDS, PERMUTATIONS, ROWS, main


def shingled(texts: Sequence[str]) -> Iterator[list[bytes]]:
    for text in texts:
        words = re.findall(r"\w+", text.lower())
        yield [" ".join(words[start : start + 5]).encode("utf8") for start in range(max(1, len(words) - 4))]


def generator(ids: Sequence[str], texts: Sequence[str]) -> Mapping[str, str | None]:
    """Each document is asked for and, where nothing is like it, put in."""
    lsh = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, ROWS))
    removed: dict[str, str | None] = {}
    for identity, sketch in zip(ids, MinHash.generator(shingled(texts), num_perm=PERMUTATIONS), strict=True):
        found = lsh.query(sketch)
        if found:
            removed[identity] = min(found)
        else:
            lsh.insert(identity, sketch)
    return removed


if __name__ == "__main__":
    main(generator)
