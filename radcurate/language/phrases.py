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

_JOINTS = "-‐‑–\t\n\r\v\f\u00a0\u2009\u202f "
_AS_BLANK = str.maketrans({**dict.fromkeys(_JOINTS, " "), "’": "'"})
_RUN = re.compile(f"[{_JOINTS}]{{2,}}")
# A blank line, or a dash with a blank before it.
_PART = re.compile(r"\n[^\S\n]*\n|\s[-‐‑–]|[-‐‑–]{2}")
_BREAK = "\n"


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
        self._meanings = tuple(meanings.values())
        self._automaton = ahocorasick_rs.AhoCorasick(
            self.phrases, implementation=ahocorasick_rs.Implementation.ContiguousNFA
        )

    def occurrences(self, text: str) -> list[Occurrence]:
        """Every phrase that begins and ends at the edge of a word, those inside longer ones too."""
        flat, offsets = flattened(text)
        padded = f" {flat} "
        found = [
            occurrence
            for occurrence in self._automaton.find_matches_as_indexes(flat, overlapping=True)
            if not (padded[occurrence[1]].isalnum() or padded[occurrence[2] + 1].isalnum())
        ]
        if offsets is None:
            return found
        return [(number, offsets[start], offsets[end - 1] + 1) for number, start, end in found]

    def find(self, text: str) -> list[Match]:
        """The matches that count, in order of the text: in each layer (findings with blockers and statements, places,
        modifiers, subjects, predicates) the longest of those that overlap; what a blocker covers counts in none."""
        found = self.occurrences(text)
        found.sort(key=lambda occurrence: (occurrence[1] - occurrence[2], occurrence[1]))
        taken = {layer: bytearray(len(text)) for layer in dict.fromkeys(LAYERS.values())}
        matches = []
        for number, start, end in found:
            for entry in self._meanings[number]:
                layer = taken[LAYERS[type(entry)]]
                if not any(layer[start:end]):
                    matches.append(Match(start, end, entry))
                    for covered in taken.values() if isinstance(entry, Blocker) else (layer,):
                        covered[start:end] = b"\1" * (end - start)
        matches.sort(key=lambda match: match[:2])
        return matches


@functools.cache
def finder() -> PhraseFinder:
    """The finder over the whole lexicon, built once a process."""
    return PhraseFinder(Lexicon.load().phrases)


def flattened(text: str) -> tuple[str, Sequence[int] | None]:
    """`text` in lower case with each joint as one blank, and where each of its characters stands in `text`: None where
    it has the same length, place for place."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(low if len(low := character.lower()) == 1 else character for character in text)
    if _RUN.search(lower) is None:
        return lower.translate(_AS_BLANK), None
    pieces: list[str] = []
    offsets: list[int] = []
    done = 0
    for run in _RUN.finditer(lower):
        pieces += (lower[done : run.start()].translate(_AS_BLANK), _BREAK if _PART.search(run[0]) else " ")
        offsets += range(done, run.start() + 1)
        done = run.end()
    pieces.append(lower[done:].translate(_AS_BLANK))
    offsets += range(done, len(lower))
    return "".join(pieces), offsets
