"""Phrases of the lexicon in a text, fast: one Aho-Corasick automaton over all phrases, word boundaries checked after.

In: any text. Out: matches with character offsets into that very text. Case does not matter; within a phrase a hyphen, a
blank, a line break or a run of blanks all read as one blank, and nothing else does: a phrase never crosses a blank
line, a dash between blanks ("effusion - left") or a sign of punctuation.
"""

import functools
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import ahocorasick_rs

from radcurate.language.lexicon import Lexicon
from radcurate.language.lexicon.entries import LAYERS, Blocker, Entry

Occurrence = tuple[int, int, int]
"""The number of a phrase, start and end."""

# Every character becomes one byte, so that places stay true and the automaton, all of whose phrases are ASCII, reads
# bytes: lower case, joints as a blank, a letter or digit beyond ASCII as _LETTER, any other sign beyond it as _SIGN.
_JOINTS = "-\t\n\r\v\f "
_BEYOND_ASCII = {ord(sign): joint for sign, joint in {"‐": "-", "‑": "-", "–": "-", "\u00a0": " ", "’": "'"}.items()}
_LETTER, _SIGN = "\x81", "\x80"
_FLAT = bytes(ord(" ") if chr(code) in _JOINTS else bytes([code]).lower()[0] for code in range(256))
_IN_WORD = bytes(chr(code).isalnum() if code < 128 else chr(code) == _LETTER for code in range(256))
# Blanks that stand for one: those between two words. (Any other run stays as long as it is: no phrase holds two.)
_RUN = re.compile(rb"(?<=\w)  +(?=\w)")
# A blank line, or a dash with a blank before it: the words on both sides belong to no one phrase.
_PART = re.compile(r"\n[^\S\n]*\n|\s[-‐‑–]|[-‐‑–]{2}")


class Match(NamedTuple):
    """A phrase of the lexicon at `text[start:end]` and what it means."""

    start: int
    end: int
    entry: Entry


class PhraseFinder:
    """Finds the phrases of a lexicon; building it takes about as long as reading the lexicon, so do it once."""

    def __init__(self, meanings: Mapping[str, tuple[Entry, ...]]) -> None:
        """`meanings` as in `Lexicon.phrases`: lower case, single blanks, no hyphens."""
        self.phrases: Sequence[str] = tuple(meanings)
        layers = {layer: number for number, layer in enumerate(dict.fromkeys(LAYERS.values()))}
        self._layers = len(layers)
        self._meanings = [[(layers[LAYERS[type(entry)]], entry) for entry in entries] for entries in meanings.values()]
        self._automaton = ahocorasick_rs.BytesAhoCorasick(
            [phrase.encode("ascii") for phrase in self.phrases],
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
        )

    def occurrences(self, text: str) -> list[Occurrence]:
        """Every phrase that begins and ends at the edge of a word, those inside longer ones too."""
        flat, offsets = flattened(text)
        in_word = b"\0" + flat.translate(_IN_WORD) + b"\0"
        found = [
            occurrence
            for occurrence in self._automaton.find_matches_as_indexes(flat, overlapping=True)
            if not (in_word[occurrence[1]] or in_word[occurrence[2] + 1])
        ]
        if offsets is None:
            return found
        return [(number, offsets[start], offsets[end - 1] + 1) for number, start, end in found]

    def find(self, text: str) -> list[Match]:
        """The matches that count, in order of the text: in each layer (findings with blockers and statements, places,
        modifiers, subjects, predicates) the longest of those that overlap; what a blocker covers counts in none."""
        found = self.occurrences(text)
        found.sort(key=lambda occurrence: (occurrence[1] - occurrence[2], occurrence[1]))
        taken = [bytearray(len(text)) for _ in range(self._layers)]
        matches = []
        for number, start, end in found:
            for layer, entry in self._meanings[number]:
                # Those before are no shorter, so one that overlaps covers the first or the last character.
                if not (taken[layer][start] or taken[layer][end - 1]):
                    matches.append(Match(start, end, entry))
                    for covered in taken if isinstance(entry, Blocker) else (taken[layer],):
                        covered[start:end] = b"\1" * (end - start)
        matches.sort(key=lambda match: match[:2])
        return matches


@functools.cache
def finder() -> PhraseFinder:
    """The finder over the whole lexicon, built once a process."""
    return PhraseFinder(Lexicon.load().phrases)


def flattened(text: str) -> tuple[bytes, Sequence[int] | None]:
    """`text` with a byte for each character, lower case, joints as one blank; and where each byte stands in `text`:
    None where the two have the same length, place for place."""
    if text.isascii():
        flat = text.encode("ascii").translate(_FLAT)
    else:
        known = re.sub(r"[^\W\x00-\x7f]", _LETTER, text.translate(_BEYOND_ASCII))
        flat = re.sub(r"[^\x00-\x7f\x81]", _SIGN, known).encode("latin-1").translate(_FLAT)
    runs = [run.span() for run in _RUN.finditer(flat)] if b"  " in flat else []
    runs = [(start, end) for start, end in runs if not _PART.search(text[start:end])]
    if not runs:
        return flat, None
    pieces: list[bytes] = []
    offsets: list[int] = []
    done = 0
    for start, end in runs:
        pieces.append(flat[done : start + 1])
        offsets += range(done, start + 1)
        done = end
    return b"".join((*pieces, flat[done:])), (*offsets, *range(done, len(flat)))
