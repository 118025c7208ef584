"""The rule for the numbers and letters of lists in a report."""

import re
from collections.abc import Iterator, Sequence

from radcurate.cleaning.rules import REPORTS, Edit, Example, TextRule
from radcurate.documents import Section

_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
# At the beginning of a line: "1.", "1)", "(1)", "#1", "1-", "1:", "a.", "A)", "ii.".
_AT_LINE = re.compile(
    r"^[ \t]*(?P<mark>\(?#?(?P<label>\d{1,2}|[A-Za-z]|[ivx]{1,4})(?:[.):]|-(?=\s)|(?<=#.)(?=\s))\s*)", re.MULTILINE
)
# After a sentence on the same line: "… is clear. 2. No effusion".
_AFTER_STOP = re.compile(r"(?<=[.!?])[ \t]+(?P<mark>\(?(?P<label>\d{1,2})[.)][ \t]*)(?=\S)")
_DECIMAL = re.compile(r"\d+\.\d")


def _list_numbering(section: Section) -> Iterator[Edit]:
    """Takes out the numbers or letters of a list that counts from its first item on; a lone number goes with a word."""
    text = section.text
    found = sorted([*_AT_LINE.finditer(text), *_AFTER_STOP.finditer(text)], key=lambda match: match.start("mark"))
    marks = [match for match in found if not _DECIMAL.match(text, match.start("label"))]
    counted = _counting(marks)
    if not counted:
        return
    alone = len(counted) == 1
    if alone and not text[counted[0].end("mark") :][:1].isalpha():
        return
    if alone and not counted[0]["label"].isdigit():
        return
    for match in counted:
        yield Edit(match.start("mark"), match.end("mark"), "")


def _counting(marks: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """The marks that count on from 1, a, A or i, the first of them at the beginning of the text or of a line."""
    for order in (
        list(map(str, range(1, 100))),
        list("abcdefghijklmnopqrstuvwxyz"),
        list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        list(_ROMAN),
    ):
        counted: list[re.Match[str]] = []
        for match in marks:
            if len(counted) < len(order) and match["label"] == order[len(counted)]:
                counted.append(match)
        if counted and counted[0].re is _AT_LINE and counted[0] is marks[0] and (len(counted) > 1 or order[0] == "1"):
            return counted
    return []


RULES = (
    TextRule(
        "list_numbering.v1",
        _list_numbering,
        (
            Example("1. Clear lungs.\n2. No effusion.", "Clear lungs.\nNo effusion."),
            Example("1. Clear lungs. 2. No effusion.", "Clear lungs. No effusion."),
            Example("1. 4 mm nodule.\n2. 12 mm cyst.", "4 mm nodule.\n12 mm cyst."),
            Example("a. Gallstones.\nb. Dilated duct.", "Gallstones.\nDilated duct."),
            Example("2.5 mm nodule.\n3.1 cm cyst.", "2.5 mm nodule.\n3.1 cm cyst."),
            Example("Lung-RADS 2. Continue screening.", "Lung-RADS 2. Continue screening."),
            Example("Items 1. and 2. above are unchanged.", "Items 1. and 2. above are unchanged."),
        ),
        REPORTS,
    ),
)
