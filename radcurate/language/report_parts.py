"""The parts of a report that say what its images show, so that an indication or an advice never makes a finding.

In: a whole report, with headings or without. Out: the spans of its text, each under its heading, and whether it counts;
`report_parts.toml` holds the headings. Text before the first heading counts.
"""

import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

# A line in capitals: what else than a colon can make a heading.
_CAPITALS = re.compile(r"^[ \t*#]*[A-Z][A-Z /-]+[ \t\r*]*$", re.MULTILINE)


class Part(NamedTuple):
    """`text[start:end]` stands under `heading` (lower case, empty before the first); `counts`: it tells findings."""

    heading: str
    start: int
    end: int
    counts: bool


@functools.cache
def headings() -> dict[str, str]:
    """Every heading, lower case, and its list: `counts`, `places` or `other`."""
    return {heading: name for name in ("counts", "places", "other") for heading in _lists()[name]}


@functools.cache
def _lists() -> dict[str, list[str]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@functools.cache
def _pattern() -> re.Pattern[str]:
    """A heading ends in a colon and stands at the start of a line, after a stop or, in capitals, anywhere; or it fills
    its line in capitals. Capitals at the start of a line with a colon are one too, whatever they say."""
    longest_first = sorted(headings(), key=len, reverse=True)
    words = "|".join(re.escape(heading) for heading in longest_first)
    capitals = "|".join(re.escape(heading.upper()) for heading in longest_first)
    return re.compile(
        rf"(?:(?:^[ \t*#]*|(?<=[.;!?][ \t])[ \t]*)(?P<colon>(?i:{words}))|(?<![\w-])(?P<capitals>{capitals})"
        rf"|^[ \t*#]*(?P<unknown>[A-Z][A-Z ,&/()-]{{2,60}}[A-Z)]))[ \t*]*:[*]*"
        rf"|^[ \t*#]*(?P<line>{capitals})[ \t\r*]*$",
        re.MULTILINE,
    )


def parts(text: str) -> Iterator[Part]:
    """The parts of `text` in order; with the headings between them they are the whole of it, blank ones left out."""
    heading, start, counts = "", 0, True
    for match in _pattern().finditer(text) if ":" in text or _CAPITALS.search(text) else ():
        if text[start : match.start()].strip():
            yield Part(heading, start, match.start(), counts)
        heading = (match["colon"] or match["capitals"] or match["unknown"] or match["line"]).lower()
        kind = headings().get(heading) or _guessed(heading)
        start = match.start() if kind == "places" else match.end()
        counts = kind != "other"
    if text[start:].strip():
        yield Part(heading, start, len(text), counts)


def _guessed(heading: str) -> str:
    return "other" if set(re.findall(r"\w+", heading)) & set(_lists()["other_words"]) else "places"
