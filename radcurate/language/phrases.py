"""Phrases of the lexicon in a text, fast: one Aho-Corasick automaton over all phrases, each with a blank on both sides.

In: any text. Out: matches with character offsets into that very text. Case does not matter; within a phrase a hyphen,
an apostrophe, a blank, a line break or a run of blanks all read as one blank, and nothing else does: a phrase never
crosses a blank line, a dash between blanks ("effusion - left") or a sign of punctuation.
"""

import functools
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import ahocorasick_rs

from radcurate.language.lexicon import Lexicon
from radcurate.language.lexicon.entries import LAYERS, Blocker

Occurrence = tuple[int, int, int]
"""The number of a phrase, start and end."""

# Every character becomes one byte, so that places stay true and the automaton, all of whose phrases are ASCII, reads
# bytes: lower case, joints as a blank, a letter or digit beyond ASCII as _LETTER, any other sign as _SIGN.
JOINTS = "-\t\n\r\v\f '"
_BEYOND_ASCII = {ord(sign): joint for sign, joint in {"‐": "-", "‑": "-", "–": "-", "\u00a0": " ", "’": "'"}.items()}
_LETTER, _SIGN = "\x81", "\x80"
# Raised figures are signs: "tumour¹" cites a source.
_LETTERS_BEYOND = re.compile(r"[^\W\x00-\x7f⁰¹²³⁴-⁹]")


def _flat(code: int) -> str:
    character = chr(code)
    if character in JOINTS:
        return " "
    return character.lower() if character == _LETTER or (character.isascii() and character.isalnum()) else _SIGN


_FLAT = bytes(ord(_flat(code)) for code in range(256))
_SIGN_AS_BLANK = bytes(ord(" ") if chr(code) == _SIGN else code for code in range(256))
# Blanks that stand for one: those between two words. (Any other run stays as long as it is: no phrase holds two.)
_RUN = re.compile(rb"  (?<=[^ \x80]  ) *(?=[^ \x80])")
# A blank line, a dash with a blank before it, a quotation mark: the words on both sides belong to no one phrase.
_PART = re.compile(r"\n[^\S\n]*\n|\s[-‐‑–'’]|[-‐‑–'’]{2}|['’]\s")
# A sign that alone parts two words ("mass/nodule"): both begin or end there, and no phrase goes across.
_LONE = re.compile(rb"\x80(?<=[^ \x80]\x80)(?=[^ \x80])")


# Of an occurrence, and of a match.
_START, _SPAN = itemgetter(1), itemgetter(0, 1)


class Flat(NamedTuple):
    """A text as the automaton reads it: where each byte stands in the text (None: place for place), its lone signs."""

    text: bytes
    places: Sequence[int] | None
    lone: Sequence[int]


class Match(NamedTuple):
    """A phrase of the lexicon at `text[start:end]` and what it means: an entry of the lexicon, or, where readers of
    whole sentences put their own signs among the phrases, one of theirs."""

    start: int
    end: int
    entry: Any


class PhraseFinder:
    """Finds the phrases of a lexicon; building it takes about as long as reading the lexicon, so do it once."""

    def __init__(self, meanings: Mapping[str, tuple[Any, ...]], layers_of: Mapping[type, str] = LAYERS) -> None:
        """`meanings` as in `Lexicon.phrases`: lower case, single blanks, no hyphens; `layers_of` the type of each."""
        self.phrases: Sequence[str] = tuple(meanings)
        layers = {layer: number for number, layer in enumerate(dict.fromkeys(layers_of.values()))}
        self._layers = len(layers)
        in_layers = {
            id(entries): tuple((layers[layers_of[type(entry)]], entry) for entry in entries)
            for entries in meanings.values()
        }
        self._meanings = [in_layers[id(entries)] for entries in meanings.values()]
        self._automaton = ahocorasick_rs.BytesAhoCorasick(
            [f" {phrase} ".replace("'", " ").encode("ascii") for phrase in self.phrases],
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
        )

    def occurrences(self, text: str) -> list[Occurrence]:
        """Every phrase that begins and ends at the edge of a word, those inside longer ones too."""
        flat = flattened(text)
        padded = b" " + flat.text + b" "
        # The blanks around a phrase: the first takes the place of the padding, the last is cut off.
        found = [
            (number, start, end - 2)
            for number, start, end in self._automaton.find_matches_as_indexes(padded, overlapping=True)
        ]
        if flat.lone:
            lone = flat.lone
            found = [each for each in found if bisect_left(lone, each[1]) == bisect_left(lone, each[2])]
        if flat.places is None:
            return found
        places = flat.places
        return [(number, places[start], places[end - 1] + 1) for number, start, end in found]

    def find(self, text: str) -> list[Match]:
        """The matches that count, in order of the text: in each layer (findings with blockers and statements, places,
        modifiers, subjects, predicates) the longest of those that overlap; what a blocker covers counts in none."""
        found = self.occurrences(text)
        # The longest first; of the same length, the first.
        found.sort(key=_START)
        found.sort(key=lambda occurrence: occurrence[1] - occurrence[2])
        taken = [bytearray(len(text)) for _ in range(self._layers)]
        matches = []
        for number, start, end in found:
            for layer, entry in self._meanings[number]:
                # Those before are no shorter, so one that overlaps covers the first or the last character.
                if not (taken[layer][start] or taken[layer][end - 1]):
                    matches.append(Match(start, end, entry))
                    for covered in taken if type(entry) is Blocker else (taken[layer],):
                        covered[start:end] = b"\1" * (end - start)
        matches.sort(key=_SPAN)
        return matches


@functools.cache
def finder() -> PhraseFinder:
    """The finder over the whole lexicon, built once a process."""
    return PhraseFinder(Lexicon.load().phrases)


def flattened(text: str) -> Flat:
    """`text` with a byte for each character, runs of blanks between words as one blank."""
    if text.isascii():
        flat = text.encode("ascii").translate(_FLAT)
    else:
        known = _LETTERS_BEYOND.sub(_LETTER, text.translate(_BEYOND_ASCII))
        flat = re.sub(r"[^\x00-\x7f\x81]", _SIGN, known).encode("latin-1").translate(_FLAT)
    places: list[int] | None = None
    runs = _runs(text, flat) if _RUN.search(flat) else []
    if runs:
        pieces: list[bytes] = []
        places = []
        done = 0
        for start, end in runs:
            pieces.append(flat[done : start + 1])
            places += range(done, start + 1)
            done = end
        places += range(done, len(flat))
        flat = b"".join((*pieces, flat[done:]))
    lone = [sign.start() for sign in _LONE.finditer(flat)] if _LONE.search(flat) else []
    return Flat(flat.translate(_SIGN_AS_BLANK), places, lone)


def _runs(text: str, flat: bytes) -> list[tuple[int, int]]:
    """Where blanks between words stand for one."""
    return [run.span() for run in _RUN.finditer(flat) if not _PART.search(text[run.start() : run.end()])]
