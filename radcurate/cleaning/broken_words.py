"""The rule for words that a line break cuts in two, with or without a hyphen.

`broken_words.toml` and `.json` have what it knows of words.
"""

import functools
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.rules import REPORTS, Edit, Example, TextRule
from radcurate.documents import Section

_HYPHEN = re.compile(r"(?<![\w-])(?P<left>[A-Za-z][A-Za-z0-9]{0,20})-[ \t]*\n[ \t]*(?P<right>[A-Za-z0-9]+)")
_PLAIN = re.compile(r"(?<![\w-])(?P<left>[A-Za-z][a-z]{2,20})\n(?P<right>[a-z]{3,20})\b")


def _broken_word(section: Section) -> Iterator[Edit]:
    """Puts together a word that a line break cut: the hyphen goes where it was the line's, and stays in a compound."""
    if "\n" not in section.text:
        return
    for match in _HYPHEN.finditer(section.text):
        hyphen = "-" if _is_compound(match["left"], match["right"]) else ""
        yield Edit(match.end("left"), match.start("right"), hyphen)
    for match in _PLAIN.finditer(section.text):
        if _is_cut(match["left"].lower(), match["right"]):
            yield Edit(match.end("left"), match.start("right"), "")


def _is_compound(left: str, right: str) -> bool:
    words, compound, combining = _known()
    if len(left) == 1 or left[-1].isdigit() or right[0].isdigit() or right[0].isupper():
        return True
    if left.lower() in compound and right.lower() in words:
        return True
    if left.lower() in combining or (left + right).lower() in words:
        return False
    return left.lower() in words and right.lower() in words


def _is_cut(left: str, right: str) -> bool:
    """True where the two are one word, and are not two words that follow one another."""
    words, _, combining = _known()
    return left + right in words and (left in combining or left not in words or right not in words)


def known_words() -> frozenset[str]:
    """The words of `broken_words.json`, small."""
    return _known()[0]


@functools.cache
def _known() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    words = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return frozenset(words), frozenset(data["compound"]), frozenset(data["combining"])


RULES = (
    TextRule(
        "broken_word.v1",
        _broken_word,
        (
            Example("No pneumo-\nthorax.", "No pneumothorax."),
            Example("A consoli\ndation and cardio\nmegaly.", "A consolidation and cardiomegaly."),
            Example("A right-\nsided arch, T2-\nweighted, L4-\nL5.", "A right-sided arch, T2-weighted, L4-L5."),
            Example("Clear lungs\nand heart.", "Clear lungs\nand heart."),
            Example("Pre- and post-contrast\nimages.", "Pre- and post-contrast\nimages."),
            Example("The lower\nlobe is clear.", "The lower\nlobe is clear."),
        ),
        REPORTS,
    ),
)
