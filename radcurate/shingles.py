"""Word shingles as 64-bit hashes, and the exact Jaccard similarity of many texts with many others."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

SIZE = 5
_WORD = re.compile(r"\w+")

Hashes = npt.NDArray[np.uint64]


def shingles(text: str) -> Hashes:
    """The sorted, distinct hashes of the word 5-shingles of `text`, lower-cased; of all words where they are fewer."""
    words = _WORD.findall(text.lower())
    runs = {" ".join(words[start : start + SIZE]) for start in range(max(1, len(words) - SIZE + 1))}
    digests = b"".join(hashlib.blake2b(run.encode(), digest_size=8).digest() for run in sorted(runs))
    return np.unique(np.frombuffer(digests, dtype="<u8"))


def best_jaccard(queries: Sequence[Hashes], corpus: Sequence[Hashes]) -> npt.NDArray[np.float64]:
    """For each query the highest Jaccard similarity with a text of `corpus`; 0 where the corpus is empty.

    Exact: every shared shingle is counted through an inverted index of the corpus.
    """
    if not corpus or not queries:
        return np.zeros(len(queries))
    sizes = np.array([len(text) for text in corpus])
    postings = np.concatenate(corpus)
    owners = np.repeat(np.arange(len(corpus)), sizes)
    order = np.argsort(postings, kind="stable")
    postings, owners = postings[order], owners[order]
    best = np.zeros(len(queries))
    for number, query in enumerate(queries):
        starts = np.searchsorted(postings, query, side="left")
        ends = np.searchsorted(postings, query, side="right")
        hits = [owners[start:end] for start, end in zip(starts, ends, strict=True) if end > start]
        if hits:
            shared = np.bincount(np.concatenate(hits), minlength=len(corpus))
            best[number] = (shared / (len(query) + sizes - shared)).max()
    return best
