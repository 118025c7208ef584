"""The sections of articles and cases of every site: standard names for their headings, and none twice in a document."""

import functools
import itertools
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from radcurate.documents import Section

LONGEST_NAME = 80
# Name, heading, text and modality of a section.
Named = tuple[str, str, str, str | None]


def unique_sections(sections: Iterable[Named]) -> tuple[Section, ...]:
    """Sections with text under names of their own: the second of a name is `findings_2`."""
    named: dict[str, Section] = {}
    numbers: dict[str, Iterator[int]] = {}
    for name, heading, text, modality in sections:
        if text:
            count = numbers.setdefault(name, itertools.count(1))
            free = (name if number == 1 else f"{name}_{number}" for number in count)
            own = next(candidate for candidate in free if candidate not in named)
            named[own] = Section(own, heading, text, modality)
    return tuple(named.values())


def section_name(heading: str) -> str:
    """The standard name of an article's heading, or a slug of it: `Radiographic features` → `radiographic_features`."""
    plain = " ".join(heading.lower().rstrip(":").split())
    return _names().get(plain) or re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_NAME] or "section"


@functools.cache
def _names() -> dict[str, str]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {heading: name for name, headings in data["section_names"].items() for heading in headings}
