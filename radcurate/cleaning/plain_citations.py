"""The rule for citation numbers that stand in running text like any other. `plain_citations.toml` has its words."""

import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

# Cases cite nothing, and count much ("gravida 3, para 2").
ARTICLES = ("article",)
_NUMBERS = r"[1-9]\d?(?:(?:,\s?|[-–])[1-9]\d?)*"
# A word, or a number with its unit or percent sign, then the numbers, then the end of what is cited.
_SPACED = re.compile(
    rf"(?<![A-Za-z-])(?P<word>[A-Za-z][a-z-]+|\d\s?(?:mm|cm|%))(?P<gap>[ \t]+)(?P<cited>{_NUMBERS})"
    r"(?=[.,;:)](?!\d)|\s*\Z|[ \t]+(?P<next>[a-z]+)\b)"
)
_GLUED = re.compile(rf"(?<=[a-z]{{3}})(?P<cited>{_NUMBERS})(?=[.,;](?!\d)|\s*\Z)")
_BRACKETED = re.compile(rf"(?<![ \t])[ \t]+\[{_NUMBERS}\](?=[.,;:)]|\s)")


def _plain_citation(section: Section) -> Iterator[Edit]:
    """Takes out numbers that point to references and stand in the text as plain figures, or in brackets."""
    text = section.text
    found = [(match.start("gap"), match.end("cited")) for match in _SPACED.finditer(text) if _is_cited(match)]
    found += [match.span("cited") for match in _GLUED.finditer(text)]
    found += [match.span() for match in _BRACKETED.finditer(text)]
    reached = 0
    for start, end in sorted(found):
        if start >= reached:
            yield Edit(start, end, "")
            reached = end


def _is_cited(match: re.Match[str]) -> bool:
    numbered, goes_on = _words()
    word = match["word"].lower()
    if word in numbered or word.rstrip("s") in numbered:
        return False
    following = match["next"]
    if following is None:
        return True
    # "seen in 30% 2 of lesions": after a percent sign or a unit a lone number counts nothing.
    return following in goes_on


@functools.cache
def _words() -> tuple[frozenset[str], frozenset[str]]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return frozenset(data["numbered"]), frozenset(data["goes_on"])


RULES = (
    TextRule(
        "plain_citation.v1",
        _plain_citation,
        (
            Example("It is commoner in women 1,2. Men are spared 3.", "It is commoner in women. Men are spared.", ""),
            Example(
                "It is seen after radiotherapy 7 and in lymphoedema 7-9.",
                "It is seen after radiotherapy and in lymphoedema.",
                "",
            ),
            Example(
                "It is rare in Africa [4-6] and common elsewhere [7].", "It is rare in Africa and common elsewhere.", ""
            ),
            Example("Incidence rises with age1.", "Incidence rises with age.", ""),
            Example(
                "Grades 1, 2 and 3, type 2, in zone 1, up to 4.", "Grades 1, 2 and 3, type 2, in zone 1, up to 4.", ""
            ),
            Example("Signal is high on T2. The risk is 1 in 4.", "Signal is high on T2. The risk is 1 in 4.", ""),
        ),
        ARTICLES,
    ),
)
