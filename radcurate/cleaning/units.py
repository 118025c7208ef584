"""The lines and sentences of a section as spans, for rules that take out whole ones and never a part of one."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from radcurate.cleaning.rules import Edit

_LINE = re.compile(r"[^\n]+")
# A full stop after a title, an initial or a degree ends no sentence, nor does one before a letter or digit.
_END = re.compile(r"(?<!\bDr)(?<!\bDrs)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bProf)(?<!\b[A-Z])[.!?]+(?=[\s)\]]|\Z)")
_DECORATION = " \t*-=_~[]()<>#|"


@dataclass(frozen=True)
class Unit:
    """A line or a sentence: its span in the section, its text as it stands, and that without decoration, odd spacing
    and last full stop."""

    start: int
    end: int
    raw: str
    text: str


def lines(text: str) -> Iterator[Unit]:
    """The lines of a text that hold any."""
    for match in _LINE.finditer(text):
        if match[0].strip():
            yield _unit(text, match.start(), match.end())


def sentences(text: str) -> Iterator[Unit]:
    """The sentences of a text, line by line; one that runs over a line break is two."""
    for line in _LINE.finditer(text):
        start = line.start()
        for end in _END.finditer(text, line.start(), line.end()):
            yield _unit(text, start, end.end())
            start = end.end()
        if text[start : line.end()].strip():
            yield _unit(text, start, line.end())


def _unit(text: str, start: int, end: int) -> Unit:
    """The span without the spaces at its ends."""
    own = text[start:end]
    start, end = end - len(own.lstrip()), start + len(own.rstrip())
    raw = text[start:end]
    return Unit(start, end, raw, " ".join(raw.strip(_DECORATION).rstrip(".!? ").strip(_DECORATION).split()))


def without(text: str, units: Sequence[Unit]) -> Iterator[Edit]:
    """Takes these units out, which stand in order: with the line break of a line that is left empty, else with the
    blanks before, or at the beginning of a line after, what is taken out."""
    reached = 0
    for start, end in _joined(text, units):
        while start > reached and text[start - 1] in " \t":
            start -= 1
        while end < len(text) and text[end] in " \t)]":
            end += 1
        begins, ends = start == 0 or text[start - 1] == "\n", end == len(text) or text[end] == "\n"
        if begins and ends and end < len(text):
            end += 1
        elif begins and ends and start > reached:
            start -= 1
        yield Edit(start, end, "" if begins or ends else " ")
        reached = end


def _joined(text: str, units: Sequence[Unit]) -> list[tuple[int, int]]:
    """The spans of the units; those with nothing but white space between them as one."""
    spans: list[tuple[int, int]] = []
    for unit in units:
        if spans and not text[spans[-1][1] : unit.start].strip():
            spans[-1] = (spans[-1][0], unit.end)
        else:
            spans.append((unit.start, unit.end))
    return spans
