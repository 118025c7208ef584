"""Word shingles as 64-bit hashes, of many texts at once, and the exact Jaccard similarity of texts.

A word is a run of letters, digits and underscores of any script (`\\w` of Python's `re`) in the lower-cased text; all
else only parts words. A shingle is 5 words in a row; a text of fewer words is one shingle of them all, so case,
spacing and punctuation never count. Its hash is polynomial over characters, then over words (`shingle_hash` defines
it), so whole blocks of text are hashed at once; that two different shingles share one has a chance of about 2**-64.
"""

import functools
import re
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

SIZE = 5
# Odd, drawn at random once: the multipliers of characters and of words.
_CHARACTER, _WORD = 0x9F1C3A87D5B2E66B, 0xC64D2B91E07A53F5
_MIX = ((33, 0xFF51AFD7ED558CCD), (33, 0xC4CEB9FE1A85EC53), (33, 1))
# Characters that are hashed at once: the arrays of one block stay in the processor's cache.
BLOCK = 1 << 17
_ALL = 2**64

Hashes = npt.NDArray[np.uint64]
Sizes = npt.NDArray[np.int64]


def shingle_hash(shingle: bytes) -> int:
    """The hash of one shingle, given as its words with a blank between, in UTF-8: what `bulk_shingles` computes."""
    value = 0
    for number, word in enumerate(shingle.decode("utf-8", "surrogatepass").split(" ")):
        character = sum(ord(one) * pow(_CHARACTER, place, _ALL) for place, one in enumerate(word)) % _ALL
        value += _mixed_number(character) * pow(_WORD, number, _ALL)
    return _mixed_number(value % _ALL)


def _mixed_number(value: int) -> int:
    for shift, factor in _MIX:
        value = (value ^ (value >> shift)) * factor % _ALL
    return value


def bulk_shingles(texts: Sequence[str]) -> tuple[Hashes, Sizes]:
    """The hashes of each text's shingles, repeats included, text after text, and how many each text has.

    A text without a word has none.
    """
    lowered = [text.lower() for text in texts]
    parts = [_block(block) for block in _blocks(lowered)]
    if not parts:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    return np.concatenate([hashes for hashes, _ in parts]), np.concatenate([sizes for _, sizes in parts])


def shingles(text: str) -> Hashes:
    """The sorted, distinct hashes of one text's shingles; of a text without a word that of the empty shingle."""
    hashes, _ = bulk_shingles([text])
    return np.unique(hashes) if len(hashes) else np.zeros(1, np.uint64)


def _blocks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Runs of texts of up to `BLOCK` characters together; a longer text is one alone."""
    start = length = 0
    for end, text in enumerate(texts):
        if length and length + len(text) > BLOCK:
            yield texts[start:end]
            start, length = end, 0
        length += len(text)
    if start < len(texts):
        yield texts[start:]


def _block(texts: Sequence[str]) -> tuple[Hashes, Sizes]:
    hashes, per_text = _words(texts)
    sizes = np.where(per_text < SIZE, np.minimum(per_text, 1), per_text - SIZE + 1)
    first = np.cumsum(per_text) - per_text
    if len(hashes) < SIZE:
        runs = np.zeros(len(hashes), np.uint64)
    else:
        runs = hashes[: len(hashes) - SIZE + 1].copy()
        for number in range(1, SIZE):
            runs += hashes[number : len(hashes) - SIZE + 1 + number] * np.uint64(pow(_WORD, number, _ALL))
        runs = np.concatenate([runs, np.zeros(SIZE - 1, np.uint64)])
    for text in np.flatnonzero((per_text < SIZE) & (per_text > 0)):
        own = hashes[first[text] : first[text] + per_text[text]]
        factors = np.array([pow(_WORD, number, _ALL) for number in range(len(own))], np.uint64)
        runs[first[text]] = (own * factors).sum()
    # A run is a shingle where it begins at one of its text's first words, so many as the text has shingles.
    starts = np.repeat(first - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
    return mixed(runs[starts]), sizes


def _words(texts: Sequence[str]) -> tuple[Hashes, Sizes]:
    """The hashes of all words, and how many words each text has."""
    joined = "\n".join(texts)
    if joined.isascii():
        characters: npt.NDArray[np.unsignedinteger] = np.frombuffer(joined.encode("ascii"), np.uint8)
    else:
        characters = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    within = np.zeros(len(characters) + 2, np.bool_)
    np.take(_word_characters(_table_end(characters)), characters, out=within[1:-1], mode="clip")
    edges = np.flatnonzero(within[1:] != within[:-1])
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return np.empty(0, np.uint64), np.zeros(len(texts), np.int64)
    powers, inverses = _powers(len(characters))
    weighted = characters * powers[: len(characters)]
    # What is no word between two words counts for nothing: the sum from one edge to the next takes words and gaps.
    sums = np.add.reduceat(weighted, edges[: 2 * len(starts) - (ends[-1] == len(characters))])[::2]
    limits = np.cumsum(np.fromiter((len(text) + 1 for text in texts), np.int64, len(texts)))
    per_text = np.diff(np.searchsorted(starts, limits), prepend=0)
    return mixed(sums * inverses[starts]), per_text


def _table_end(characters: npt.NDArray[np.unsignedinteger]) -> int:
    """Where a table of characters may end: most texts need no more than the scripts of Europe and its neighbours."""
    highest = characters.max(initial=0)
    return next(end for end in (0x80, 0x3000, 0x110000) if highest < end)


@functools.cache
def _word_characters(end: int) -> npt.NDArray[np.bool_]:
    """Of every code point before `end` whether it is part of a word."""
    found = np.zeros(end, np.bool_)
    everything = "".join(map(chr, range(end)))
    for match in re.finditer(r"\w+", everything):
        found[match.start() : match.end()] = True
    return found


def _powers(length: int) -> tuple[Hashes, Hashes]:
    """The powers of the characters' multiplier from 0 to `length` at least, and of its inverse."""
    return _block_powers() if length <= 2 * BLOCK else _powers_to(length)


@functools.cache
def _block_powers() -> tuple[Hashes, Hashes]:
    return _powers_to(2 * BLOCK)


def _powers_to(length: int) -> tuple[Hashes, Hashes]:
    inverse = pow(_CHARACTER, -1, _ALL)
    return tuple(_geometric(np.uint64(base), length + 1) for base in (_CHARACTER, inverse))  # type: ignore[return-value]


def _geometric(base: np.uint64, length: int) -> Hashes:
    factors = np.full(length, base, np.uint64)
    factors[0] = 1
    return np.multiply.accumulate(factors)


def mixed(values: Hashes) -> Hashes:
    """MurmurHash3's finaliser, a bijection on 64 bits that spreads every bit over all."""
    for shift, factor in _MIX:
        values = (values ^ (values >> np.uint64(shift))) * np.uint64(factor)
    return values


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
