"""Rules for what a wiki's templates put around and into the text of its articles.

The text is that of the source `mediawiki`: what stands around an article is a section of its own ("Wiki hatnotes" …),
and a mark of a reference is in brackets.
"""

import re
from collections.abc import Iterable, Iterator

from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

ARTICLES = ("article",)
FURNITURE = ("Wiki hatnotes", "Wiki notices", "Wiki navigation")

# What editors ask of each other; numbers and letters point to references and notes.
_ASKED = "|".join(
    re.escape(words)
    for words in (
        "according to whom?", "better source needed", "by whom?", "citation needed", "clarification needed", "dubious",
        "failed verification", "medical citation needed", "needs update", "page needed", "update", "when?", "where?",
        "which?", "who?", "why?",
    )
)  # fmt: skip
_MARK = re.compile(
    rf"[^\S\n]*\[(?:(?:(?:note|nb|n|fn) )?\d{{1,3}}\](?![A-Z])|[a-z]\](?=[\s.,;:)\[]|\Z)|(?i:{_ASKED})\])"
)
_LINKS = re.compile(
    r"(?:see also|external links|notes|footnotes|citations|bibliography|sources|gallery)\s*:?", re.IGNORECASE
)


def _reference_mark(section: Section) -> Iterator[Edit]:
    """Takes out marks in brackets that point to references and notes, or that ask for some."""
    for match in _MARK.finditer(section.text):
        yield Edit(match.start(), match.end(), "")


def _furniture(section: Section) -> Iterable[Edit]:
    """Takes out lines that lead to other articles, notices to editors and boxes of links."""
    return [Edit(0, len(section.text), "")] if section.heading in FURNITURE and section.text else []


def _link_section(section: Section) -> Iterable[Edit]:
    """Takes out a section that holds but links or notes, by its heading."""
    whole = _LINKS.fullmatch(section.heading.strip())
    return [Edit(0, len(section.text), "")] if whole and section.text else []


RULES = (
    TextRule(
        "reference_mark.v1",
        _reference_mark,
        (
            Example("It is common.[1][2] It is round [note 3].", "It is common. It is round.", ""),
            Example("On CT[12] and MRI[a] it is flat.[citation needed]", "On CT and MRI it is flat.", ""),
            Example("The range is [0, 3]; [18]F-FDG, [18F]FDG.", "The range is [0, 3]; [18]F-FDG, [18F]FDG.", ""),
            Example("An interval [a, b] stays.", "An interval [a, b] stays.", ""),
        ),
        ARTICLES,
    ),
    TextRule(
        "wiki_furniture.v1",
        _furniture,
        (
            Example("Not to be confused with a chip.", "", "Wiki hatnotes"),
            Example("This article needs more sources. (May 2024)", "", "Wiki notices"),
            Example("Bone fractures\n\n\u2022 Colles\n\u2022 Smith", "", "Wiki navigation"),
            Example("Specialty | Radiology", "Specialty | Radiology", "Infobox"),
        ),
        ARTICLES,
    ),
    TextRule(
        "link_section.v1",
        _link_section,
        (
            Example("\u2022 Bone age\n\u2022 Skeletal survey", "", "See also"),
            Example("1. An invented note.", "", "Notes"),
            Example("Sources of error are many.", "Sources of error are many.", "Sources of error"),
        ),
        ARTICLES,
    ),
)
