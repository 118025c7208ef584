"""Cuts a whole report into sections at its headings; `headings.toml` holds the headings."""

import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.documents import Section

LEAD = "findings"


@functools.cache
def _names() -> dict[str, str]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {heading: name for name, headings in data.items() for heading in headings}


@functools.cache
def _pattern() -> re.Pattern[str]:
    """A heading stands at the start of a line and ends in a colon, or fills its line in capitals."""
    words = "|".join(re.escape(heading) for heading in sorted(_names(), key=len, reverse=True))
    return re.compile(rf"^[ \t]*(?:(?P<colon>(?i:{words}))[ \t]*:|(?P<line>{words.upper()})[ \t\r]*$)", re.MULTILINE)


def cut_report(text: str) -> tuple[Section, ...]:
    """The sections of `text` in their order, empty ones left out; text before the first heading is findings.

    Section names are unique: a second findings section is `findings_2`.
    """
    seen: dict[str, int] = {}
    sections = []
    for heading, body in _pieces(text):
        if not body.strip():
            continue
        name = _names()[heading.lower()] if heading else LEAD
        seen[name] = seen.get(name, 0) + 1
        unique = name if seen[name] == 1 else f"{name}_{seen[name]}"
        sections.append(Section(unique, heading or LEAD.upper(), body))
    return tuple(sections)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    matches = list(_pattern().finditer(text))
    starts = [match.start() for match in matches] + [len(text)]
    yield "", text[: starts[0]]
    for match, end in zip(matches, starts[1:], strict=True):
        yield match["colon"] or match["line"], text[match.end() : end]
