"""Rules for the headings of articles and cases that got into their text. `headings.toml` has names of sub-headings."""

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from radcurate.cleaning.rules import PAGES, Edit, Example, TextRule
from radcurate.documents import Section


@functools.cache
def subheadings() -> str:
    """A pattern of the names of sub-headings, as sites print them: longer ones first."""
    names = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["subheadings"]
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def _glued_heading(section: Section) -> Iterator[Edit]:
    """Takes out a section's heading that stands again at the head of its text, grown together with the first word."""
    heading = section.heading
    following = section.text[len(heading) : len(heading) + 1]
    if heading[-1:].islower() and section.text.startswith(heading) and following.isupper():
        yield Edit(0, len(heading), "")


@functools.cache
def _glued() -> re.Pattern[str]:
    # The next word begins with a capital and goes on small, or is the same abbreviation again.
    return re.compile(rf"(?:(?<=\n)|(?<=\. )|\A)(?:{subheadings()})(?=[A-Z][a-z]|(?<=[a-z])A [a-z]|(?:CT|MRI) [a-z])")


def _glued_subheading(section: Section) -> Iterator[Edit]:
    """Parts a sub-heading from the word that it is grown together with, by a line break."""
    for match in _glued().finditer(section.text):
        yield Edit(match.end() - 1, match.end(), f"{section.text[match.end() - 1]}\n")


def _bare_heading(section: Section) -> Iterable[Edit]:
    """Takes out a heading without any text of its own: parsing hands it on as the section's text."""
    return [Edit(0, len(section.text), "")] if section.text and section.text == section.heading else []


RULES = (
    TextRule(
        "glued_heading.v1",
        _glued_heading,
        (
            Example("EpidemiologyIt is common.", "It is common.", "Epidemiology"),
            Example("Epidemiology is the study of it.", "Epidemiology is the study of it.", "Epidemiology"),
            Example("CTA shows it.", "CTA shows it.", "CT"),
        ),
        PAGES,
    ),
    TextRule(
        "glued_subheading.v1",
        _glued_subheading,
        (
            Example("A cyst.\nUltrasoundIt is hypoechoic.", "A cyst.\nUltrasound\nIt is hypoechoic.", ""),
            Example("CTCT shows it.", "CT\nCT shows it.", ""),
            Example("CTA shows it. Ultrasound-guided biopsy.", "CTA shows it. Ultrasound-guided biopsy.", ""),
        ),
        PAGES,
    ),
    TextRule(
        "bare_heading.v1",
        _bare_heading,
        (
            Example("Radiographic features", "", "Radiographic features"),
            Example("Radiographic features vary.", "Radiographic features vary.", "Radiographic features"),
        ),
        PAGES,
    ),
)
