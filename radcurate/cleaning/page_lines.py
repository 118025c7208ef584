"""Rules for lines that a site prints around the text of articles and cases, where they came as text.

`page_lines.toml` has the patterns and the names of sub-headings.
"""

import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from radcurate.cleaning.page_noise import PAGES
from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.cleaning.units import lines
from radcurate.documents import Section

_ANSWER = re.compile(r"[a-e]\) .*")


@functools.cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@functools.cache
def site_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a site's line or sentence of a fixed form needs to hold, and the forms."""
    data = _data()["site_line"]
    return re.compile(data["needs"], re.IGNORECASE), re.compile("|".join(data["patterns"]), re.IGNORECASE)


def _choices(section: Section) -> Iterator[Edit]:
    """Takes out the answers to choose from that stand under a quiz question's line."""
    items = list(lines(section.text))
    asked = False
    for unit in items:
        asked = bool(re.match(r"Q\d{0,2}[:.] ", unit.text)) or (asked and bool(_ANSWER.fullmatch(unit.text)))
        if asked and _ANSWER.fullmatch(unit.text):
            yield Edit(max(0, unit.start - 1), unit.end, "")


@functools.cache
def _glued() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(_data()["subheadings"]["names"], key=len, reverse=True))
    # The next word begins with a capital and goes on small, or is the same abbreviation again.
    return re.compile(rf"(?:(?<=\n)|(?<=\. )|\A)(?P<name>{names})(?=[A-Z][a-z]|(?<=[a-z])A [a-z]|(?:CT|MRI) [a-z])")


def _glued_subheading(section: Section) -> Iterator[Edit]:
    """Parts a sub-heading from the word that it is grown together with, by a line break."""
    for match in _glued().finditer(section.text):
        yield Edit(match.end() - 1, match.end(), f"{section.text[match.end() - 1]}\n")


@functools.cache
def _box() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(_data()["subheadings"]["names"], key=len, reverse=True))
    images = r"Images:?\s*(?:Cases and figures|Imaging differential diagnosis)"
    by_line = rf"On this page:?[ \t]*\n(?:[ \t]*(?:Article:?|Images:?|Cases and figures|{names})[ \t]*(?:\n|\Z))+"
    headed = (
        rf"(?:(?<=\n)|\A)Article:[ \t]*\n(?:[ \t]*(?:{names})[ \t]*\n)+"
        r"[ \t]*Images:[ \t]*\n[ \t]*Cases and figures[ \t]*(?:\n|\Z)"
    )
    on_one_line = rf"On this page:\s*Article:\s*(?:(?:{names})\s*)+{images}\s*"
    return re.compile(rf"(?:(?<=\n)|\A)(?:{by_line}|{on_one_line})|{headed}")


def _page_box(section: Section) -> Iterator[Edit]:
    """Takes out the list of a page's parts where it came as lines or as one line, by the names of the parts."""
    if "Article" not in section.text:
        return
    for match in _box().finditer(section.text):
        yield Edit(match.start(), match.end(), "")


RULES = (
    TextRule(
        "page_box.v1",
        _page_box,
        (
            Example(
                "On this page:\nArticle:\nPathology\nCT\nImages:\nCases and figures\nA cyst is round.",
                "A cyst is round.",
                "",
            ),
            Example(
                "On this page: Article: Pathology CT Images: Cases and figures A cyst is round.", "A cyst is round.", ""
            ),
            Example(
                "Pathology\nA cyst.\nImages: axial CT shows it.", "Pathology\nA cyst.\nImages: axial CT shows it.", ""
            ),
        ),
        PAGES,
    ),
    TextRule(
        "quiz_choices.v1",
        _choices,
        (
            Example("A cyst.\nQ1. Which is right?\na) a tumour\nb) a stone", "A cyst.\nQ1. Which is right?", ""),
            Example("There are types:\na) solid\nb) cystic", "There are types:\na) solid\nb) cystic", ""),
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
)
