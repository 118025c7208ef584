"""Cues of negation, doubt, time and change, and where their scope ends: `context.tsv`, found by one automaton.

In: a text. Out: its cues in order, the longest at each place. A class says what a cue does (ConText, Harkema 2009,
takes the same three steps: a cue, a direction, what ends its scope):

negated                                     the finding is denied
probable, compatible, suggestive, possible  it is hedged; the names are the cue classes of an observation
historical, hypothetical, recommendation, other, elsewhere
                                            it is not of these images: another time, a condition, advice, another
                                            person, another examination
new, increased, decreased, unchanged, resolving, resolved, persists
                                            change (`persists`: there before and now, no word of change)
removed, exchanged, repositioned, external  what became of a device (`replaced`: by what follows, whatever that is)
redacted                                    a redaction mark where a word of meaning was
pseudo                                      looks like a cue and is none
end, with, given, verb, opener, and, or, versus
                                            what ends, suspends or passes on a scope
over                                        weighs one possibility against the next ("favor atelectasis over pneumonia")
sides                                       both sides are meant ("right greater than left")
exam, told                                  another examination, and the verb that tells what it showed

and a direction: `forward` (of what follows), `list` (forward, and of all that is listed there), `backward` (of what
stands before), `either` (of what follows at once, otherwise of what stands before), or none.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from radcurate.errors import DataError
from radcurate.language.lexicon.patterns import phrases
from radcurate.language.phrases import PhraseFinder

# The weakest last.
HEDGES = {name: strength for strength, name in enumerate(("compatible", "probable", "suggestive", "possible"))}
NOT_HERE = frozenset({"historical", "hypothetical", "recommendation", "other", "elsewhere"})
CHANGES = frozenset({"new", "increased", "decreased", "unchanged", "resolving", "resolved", "persists"})
STATUSES = frozenset({"removed", "exchanged", "replaced", "repositioned", "external"})
BOUNDS = frozenset(
    {"pseudo", "end", "with", "given", "verb", "opener", "and", "or", "versus", "over", "exam", "told", "sides"}
)
CLASSES = frozenset({"negated", "redacted", *HEDGES}) | NOT_HERE | CHANGES | STATUSES | BOUNDS
DIRECTIONS = frozenset({"forward", "list", "backward", "either", "-"})


@dataclass(frozen=True, slots=True)
class Cue:
    """What a phrase of `context.tsv` does."""

    name: str
    direction: str


@functools.cache
def cue_finder() -> PhraseFinder:
    """The finder over all cues, built once a process."""
    meanings: dict[str, tuple[Cue, ...]] = {}
    for cue, patterns in _rows():
        meanings.update(dict.fromkeys(phrases(patterns, {}, {}), (cue,)))
    return PhraseFinder(meanings, {Cue: "cue"})


def _rows() -> Iterator[tuple[Cue, str]]:
    """Each row of the table, with the groups named so far."""
    groups: dict[str, str] = {}
    for number, line in enumerate(Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if cells[0].startswith("@") and len(cells) == 2:
            groups[cells[0][1:]] = _expanded(cells[1], groups)
        elif len(cells) == 3 and cells[0] in CLASSES and cells[1] in DIRECTIONS:
            yield Cue(cells[0], cells[1]), _expanded(cells[2], groups)
        else:
            raise DataError(f"context.tsv, line {number}: expected a class, a direction and phrases")


def _expanded(patterns: str, groups: dict[str, str]) -> str:
    """`patterns` with each `<name>` replaced, so that groups may use groups."""
    for name, group in groups.items():
        patterns = patterns.replace(f"<{name}>", group)
    return patterns
