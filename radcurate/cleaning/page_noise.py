"""Rules for notes, quizzes, advertising and links to revisions that a site's templates put into articles and cases.

The text is that of a page object: blocks parted by an empty line, items and rows line by line, sub-headings on lines
that end with a colon (docs/harvest.md).
"""

import re
from collections.abc import Callable, Iterator

from radcurate.cleaning.rules import PAGES, Edit, Example, TextRule
from radcurate.cleaning.units import lines
from radcurate.documents import Section

_BASIC = re.compile(
    r"""^(?:this\ is\ a\ )?basic\ article\ for\ (?:
          medical\ students(?:\ and\ other\ non-radiologists)?\ (?=(?-i:[A-Z]))   # grown together with the text
        | [^.\n]*(?:\.|$)\s*)
        (?:for\ a\ more\ in-depth\ reference\ article,\ see\ [^.\n]*(?:\.|$)\s*)?""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_REVISIONS = re.compile(
    r"^(?:see|view) full revision history(?: and disclosures)?\.?$\n*", re.IGNORECASE | re.MULTILINE
)
_ANSWER = re.compile(r"[a-e]\) .*")
_QUIZ = r"quiz(?:zes)?(?: questions?)?|multiple choice questions?|question of the day|test your(?:self| knowledge)"
_PROMOTED = r"promoted(?: articles?| content)?(?: \(advertising\))?|advertisements?|advertising|sponsored content"


def _matches(pattern: re.Pattern[str]) -> Callable[[Section], Iterator[Edit]]:
    """Takes out whatever the pattern matches."""

    def propose(section: Section) -> Iterator[Edit]:
        for match in pattern.finditer(section.text):
            if match.group():
                yield Edit(match.start(), match.end(), "")

    return propose


def _under(headings: str) -> Callable[[Section], Iterator[Edit]]:
    """Takes out a section under one of these headings, and what stands under such a sub-heading within another."""
    whole = re.compile(rf"(?:{headings})\s*:?", re.IGNORECASE)
    # To the next sub-heading (a line that ends with a colon, before a line that is no item) or to the end.
    within = re.compile(rf"^(?:{headings}):\n.*?(?=^[^\n•◦▪]*:\n(?!\n)|\Z)", re.IGNORECASE | re.MULTILINE | re.DOTALL)

    def propose(section: Section) -> Iterator[Edit]:
        if whole.fullmatch(section.heading.strip()):
            yield from [Edit(0, len(section.text), "")] if section.text else []
        else:
            yield from (Edit(match.start(), match.end(), "") for match in within.finditer(section.text))

    return propose


def _choices(section: Section) -> Iterator[Edit]:
    """Takes out the answers to choose from that stand under a quiz question's line."""
    items = list(lines(section.text))
    asked = False
    for unit in items:
        asked = bool(re.match(r"Q\d{0,2}[:.] ", unit.text)) or (asked and bool(_ANSWER.fullmatch(unit.text)))
        if asked and _ANSWER.fullmatch(unit.text):
            yield Edit(max(0, unit.start - 1), unit.end, "")


RULES = (
    TextRule(
        "basic_article.v2",
        _matches(_BASIC),
        (
            Example(
                "This is a basic article for medical students and other non-radiologists.\n\nA cyst.", "A cyst.", ""
            ),
            Example("This is a basic article for medical students\n\nA cyst.", "A cyst.", ""),
            Example("This is a basic technique for students.", "This is a basic technique for students.", ""),
        ),
        PAGES,
    ),
    TextRule(
        "quiz.v1",
        _under(_QUIZ),
        (
            Example("Start quiz", "", "Quiz"),
            Example("Question 12 of the day: sign in to answer.", "", "Multiple choice questions"),
            Example("A cyst.\n\nQuiz questions:\nStart quiz\n\nCT:\nRound.", "A cyst.\n\nCT:\nRound.", "Pathology"),
            Example("A quizzical look is no sign.", "A quizzical look is no sign.", "Clinical presentation"),
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
        "promoted.v1",
        _under(_PROMOTED),
        (
            Example("• Course: book your seat", "", "Promoted articles (advertising)"),
            Example("Growth is promoted by oestrogen.", "Growth is promoted by oestrogen.", "Pathology"),
        ),
        PAGES,
    ),
    TextRule(
        "revision_history.v1",
        _matches(_REVISIONS),
        (
            Example("A cyst.\n\nSee full revision history", "A cyst.\n\n", ""),
            Example("View full revision history and disclosures\n\nA cyst.", "A cyst.", ""),
            Example("See full revision of the staging history.", "See full revision of the staging history.", ""),
        ),
        PAGES,
    ),
)
