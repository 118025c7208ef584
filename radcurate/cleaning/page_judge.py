"""The trained judge of page text: how surely a piece is the site's, and a span a citation or a credit.

`page_judge.tsv` has the weights, whole numbers that `python -m benchmarks.page_judge.train` learnt from marked rows; a
score is a whole number too, the same on every machine. Above nought a piece is noise more likely than not; how far
above it must be is for the rules that ask. `reasons` tells which features a score comes from.
"""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from pathlib import Path

from radcurate.cleaning import page_features as features

BIAS = "bias"
# What is shared out over the root of the number of words is so in whole numbers.
_ROOT = 64
_WORDS_HELD, _PIECES_HELD = 1 << 15, 1 << 12
_BEFORE, _AFTER = 60, 30

Weights = Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Judge:
    """What each feature weighs for a piece (a line or a sentence) and for a span; others weigh nothing."""

    piece: Weights
    span: Weights

    def piece_score(self, text: str) -> int:
        """The score of a line or a sentence, which holds a character at least; the last ones are remembered."""
        return self._pieces(text)

    def _piece_score(self, text: str) -> int:
        words = features.tokens(text)
        form = sum(self.piece.get(name, 0) for name in set(features.form_features(text, words)))
        return self.piece.get(BIAS, 0) + form + self._of_words(words, self.piece, self._piece_word)

    def span_score(self, text: str, start: int, end: int) -> int:
        """The score of the span from `start` to `end`, with what stands before and after it on its line."""
        form = sum(self.span.get(name, 0) for name in set(span_form(text, start, end)))
        words = features.tokens(text[start:end])
        return self.span.get(BIAS, 0) + form + self._of_words(words, self.span, self._span_word)

    def reasons(self, text: str) -> list[tuple[str, int]]:
        """The features of a piece that weigh anything, the strongest first."""
        words = features.tokens(text)
        found = {*features.form_features(text, words), *features.pair_features(words)}
        found.update(name for word in words for name in features.word_features(word))
        return sorted(
            ((name, self.piece[name]) for name in found if name in self.piece), key=lambda one: (-abs(one[1]), one)
        )

    def _of_words(self, words: Sequence[str], weights: Weights, of_word: "functools._lru_cache_wrapper[int]") -> int:
        total = sum(of_word(word) for word in set(words))
        total += sum(weights.get(name, 0) for name in set(features.pair_features(words)))
        return total * _ROOT // max(isqrt(len(words) * _ROOT * _ROOT), _ROOT)

    @functools.cached_property
    def _pieces(self) -> "functools._lru_cache_wrapper[int]":
        return functools.lru_cache(_PIECES_HELD)(self._piece_score)

    @functools.cached_property
    def _piece_word(self) -> "functools._lru_cache_wrapper[int]":
        return _remembered(self.piece)

    @functools.cached_property
    def _span_word(self) -> "functools._lru_cache_wrapper[int]":
        return _remembered(self.span)


def _remembered(weights: Weights) -> "functools._lru_cache_wrapper[int]":
    """What a word weighs with its parts and kinds; the last words are remembered."""
    return functools.lru_cache(_WORDS_HELD)(
        lambda word: sum(weights.get(name, 0) for name in features.word_features(word))
    )


def span_form(text: str, start: int, end: int) -> Iterator[str]:
    """The features of a span's form and place."""
    line = text.rfind("\n", max(0, start - _BEFORE), start) + 1 or max(0, start - _BEFORE)
    return features.span_features(text[line:start], text[start:end], text[end : end + _AFTER].partition("\n")[0])


def read(rows: Iterable[str]) -> Judge:
    """The judge of rows of feature, weight for pieces, weight for spans, parted by tabs; nought weighs nothing."""
    parted = [row.rstrip("\n").split("\t") for row in rows]
    return Judge(
        {name: int(weight) for name, weight, _ in parted if weight != "0"},
        {name: int(weight) for name, _, weight in parted if weight != "0"},
    )


@functools.cache
def trained() -> Judge:
    """The judge of the weights that are packaged."""
    return read(Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8").splitlines())
