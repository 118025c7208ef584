"""The rule for citation numbers that stand in running text like any other. `plain_citations.toml` has its words."""

import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

_SENTENCE = 300
_NUMBERS = r"[1-9]\d?(?:(?:,\s?|[-–])[1-9]\d?)*"
# A word, or a number with its unit or percent sign, then the numbers, then the end of what is cited.
_SPACED = re.compile(
    rf"(?<![A-Za-z-])(?P<word>[A-Za-z][a-z-]+|\d\s?(?:[mc]m[²³]?|%))(?P<gap>[ \t]+)(?P<cited>{_NUMBERS})"
    r"(?=[.,;:)](?!\d)|\s*\Z|[ \t]+(?P<next>[a-z]+)\b)"
)
_GLUED = re.compile(rf"(?<=[a-z]{{3}})(?P<cited>{_NUMBERS})(?=[.,;](?!\d)|\s*\Z)")
# "4 of 10 7,8." and "within 12 weeks 6.": after a number, or a number and its unit of time, nothing is numbered.
_AFTER_NUMBER = re.compile(r"\bof \d\d?(?P<gap>[ \t]+)[1-9]\d?(?:[,–-][1-9]\d?)+(?=[.;](?!\d)|\s*\Z)")
_AFTER_TIME = re.compile(rf"(?<=\d )(?:minute|hour|day|week|month|year)s(?P<gap>[ \t]+){_NUMBERS}(?=[.;](?!\d)|\s*\Z)")
# "another cause, 3." where no other number stands in the sentence.
_AFTER_COMMA = re.compile(r"(?P<before>[a-z)]{3}),[ \t][1-9]\d?(?=\.(?!\d)|\s*\Z)")
_SEVERAL = re.compile(r"[1-9]\d?(?:,\s?[1-9]\d?)+")


def _plain_citation(section: Section) -> Iterator[Edit]:
    """Takes out numbers that point to references and stand in the text as plain figures."""
    text = section.text
    found = [(match.start("gap"), match.end("cited")) for match in _SPACED.finditer(text) if _is_cited(match)]
    found += [match.span("cited") for match in _GLUED.finditer(text)]
    found += [(match.start("gap"), match.end()) for match in _AFTER_NUMBER.finditer(text)]
    found += [(match.start("gap"), match.end()) for match in _AFTER_TIME.finditer(text)]
    found += [(match.end("before"), match.end()) for match in _AFTER_COMMA.finditer(text) if _is_alone(text, match)]
    reached = 0
    for start, end in sorted(found):
        if start >= reached:
            yield Edit(start, end, "")
            reached = end


def _case_citation(section: Section) -> Iterator[Edit]:
    """Takes out several plain numbers at the end of a clause: cases count too much for a lone one to be told."""
    for match in _SPACED.finditer(section.text):
        if match["next"] is None and _SEVERAL.fullmatch(match["cited"]) and _is_cited(match):
            yield Edit(match.start("gap"), match.end("cited"), "")


def _is_alone(text: str, match: re.Match[str]) -> bool:
    """True where the sentence so far holds no other number."""
    start = max(0, match.start() - _SENTENCE)
    sentence = re.split(r"[.!?\n]", text[start : match.start()])[-1]
    return not any(character.isdigit() for character in sentence)


def _is_cited(match: re.Match[str]) -> bool:
    goes_on = _words()[1]
    word = match["word"].lower()
    if word in numbered() or word.rstrip("s") in numbered():
        return False
    following = match["next"]
    if following is None:
        return True
    # "seen in 30% 2 of lesions": after a percent sign or a unit a lone number counts nothing.
    return following in goes_on


def numbered() -> frozenset[str]:
    """The words after which a number says something."""
    return _words()[0]


@functools.cache
def _words() -> tuple[frozenset[str], frozenset[str]]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return frozenset(data["numbered"]), frozenset(data["goes_on"])


RULES = (
    TextRule(
        "plain_citation.v2",
        _plain_citation,
        (
            Example("It is commoner in women 1,2. Men are spared 3.", "It is commoner in women. Men are spared.", ""),
            Example(
                "It is seen after radiotherapy 7 and in lymphoedema 7-9.",
                "It is seen after radiotherapy and in lymphoedema.",
                "",
            ),
            Example(
                "It resolves within 12 weeks 6. It recurs in 4 of 10 7,8.",
                "It resolves within 12 weeks. It recurs in 4 of 10.",
                "",
            ),
            Example("Falls are another cause, 3. It is rare.", "Falls are another cause. It is rare.", ""),
            Example("Scores are 2 in women, in men, 3.", "Scores are 2 in women, in men, 3.", ""),
            Example("Incidence rises with age1.", "Incidence rises with age.", ""),
            Example(
                "Grades 1, 2 and 3, type 2, in zone 1, up to 4.", "Grades 1, 2 and 3, type 2, in zone 1, up to 4.", ""
            ),
            Example("Signal is high on T2. The risk is 1 in 4.", "Signal is high on T2. The risk is 1 in 4.", ""),
        ),
        ("article",),
    ),
    TextRule(
        "case_citation.v1",
        _case_citation,
        (
            Example(
                "An early operation lowers the risk 3, 4. It was done.",
                "An early operation lowers the risk. It was done.",
                "",
            ),
            Example(
                "Gravida 3, para 2. Ribs 5, 6. Teeth 18-28. He left on day 3.",
                "Gravida 3, para 2. Ribs 5, 6. Teeth 18-28. He left on day 3.",
                "",
            ),
        ),
        ("case",),
    ),
)
