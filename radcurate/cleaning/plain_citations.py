"""The rule for citation numbers that stand in running text like any other. `plain_citations.toml` has its words."""

import functools
import itertools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.broken_words import known_words
from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

_SENTENCE = 300
_NUMBERS = r"[1-9]\d?(?:(?:,\s?|[-–])[1-9]\d?){0,12}"
# What follows a citation is no number: "at 3 and 12 months", "1, 2 and 4", "on May 1, 2009", "experiment 1: 0.9".
_NO_NUMBER = (
    r"(?!\s?(?:[.,;:)]|and|or|to|vs\.?|versus|through|[–-])?\s?(?:and\s|or\s|to\s)?[A-Z]?[≈~±<>=]?\d)(?!\s?[:=])"
)
# A word, or a number with its unit or percent sign, then the numbers, then the end of what is cited.
_SPACED = re.compile(
    rf"(?<![A-Za-z-])(?P<word>[A-Za-z][a-z-]{{1,40}}|\d\s?(?:[mc]m[²³]?|%))(?P<gap>[ \t]{{1,8}})(?P<cited>{_NUMBERS})"
    rf"{_NO_NUMBER}(?=[.,;](?!\d)|:\s|\s*\Z|[ \t]{{1,8}}(?P<next>[a-z]+)\b(?!\ (?:more|fewer|less|p\b)))"
)
_GLUED = re.compile(
    rf"(?P<word>(?<![\w-])[A-Za-z]?[a-z]{{3,40}})(?P<cited>{_NUMBERS}){_NO_NUMBER}(?=[.,;](?!\d)|\s*\Z)"
)
# "4 of 10 7,8.": after a number nothing is numbered.
_AFTER_NUMBER = re.compile(r"\bof \d\d?(?P<gap>[ \t]{1,8})[1-9]\d?(?:[,–-][1-9]\d?){1,12}(?=[.;](?!\d)|\s*\Z)")
# "another cause, 3." where no other number stands in the sentence.
_AFTER_COMMA = re.compile(r"(?P<before>[a-z)]{3}),[ \t][1-9]\d?(?=\.(?!\d)|\s*\Z)")
_SEVERAL = re.compile(r"[1-9]\d?(?:,\s?[1-9]\d?){1,12}")


def _plain_citation(section: Section) -> Iterator[Edit]:
    """Takes out numbers that point to references and stand in the text as plain figures."""
    text = section.text
    found = [(match.start("gap"), match.end("cited")) for match in _SPACED.finditer(text) if _is_cited(match)]
    found += [match.span("cited") for match in _GLUED.finditer(text) if match["word"].lower() in known_words()]
    found += [(match.start("gap"), match.end()) for match in _AFTER_NUMBER.finditer(text)]
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
    """True where the sentence so far holds no other number, and no list is counted ("globulin, 3. Peroxidase")."""
    before = text[max(0, match.start() - _SENTENCE) : match.start()]
    sentence = re.split(r"[.!?\n]", before)[-1]
    listed = re.search(r"(?<![\d.])\d\.\s", before) or sentence.endswith("evidence")
    return not listed and not any(character.isdigit() for character in sentence)


def _is_cited(match: re.Match[str]) -> bool:
    """True for numbers that rise, after a word that numbers nothing, where the sentence ends, pauses or goes on."""
    numbered, goes_on, after_measure, _ = _words()
    word, following = match["word"], match["next"]
    cited = [int(number) for number in re.findall(r"\d+", match["cited"])]
    if any(first >= second for first, second in itertools.pairwise(cited)):
        return False
    last = word.lower().rpartition("-")[2]
    if (last in numbered or last.rstrip("s") in numbered) and not _is_counted(match):
        return False
    if word[0].isupper():  # "Fraction 3, which …", "Patient 2": a name of its own, unless the sentence ends
        begins = match.start() == 0 or match.string[match.start() - 2 : match.start() - 1] in ".:\n"
        return not begins and following is None and match.string[match.end() : match.end() + 1] in ".;"
    measure = not word[0].isalpha() or word in ("mm", "cm")
    return following is None or following in goes_on or (measure and following in after_measure)


def _is_counted(match: re.Match[str]) -> bool:
    """True for "within 12 weeks 6" and "5 patients 4, 5": what has a number before it needs none after."""
    digit_before = re.search(r"\d\s\Z", match.string[max(0, match.start() - 2) : match.start()])
    return bool(digit_before) and match["word"] in _words()[3]


@functools.cache
def _words() -> tuple[frozenset[str], ...]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(frozenset(data[name]) for name in ("numbered", "goes_on", "after_measure", "counted"))


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
            Example(
                "Antibodies cause 9 of 10 cases, exon 2, hsp90.", "Antibodies cause 9 of 10 cases, exon 2, hsp90.", ""
            ),
            Example(
                "It was seen after birth 3 and 12 months later.", "It was seen after birth 3 and 12 months later.", ""
            ),
            Example("On March 1, 2019 and June 2.", "On March 1, 2019 and June 2.", ""),
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
