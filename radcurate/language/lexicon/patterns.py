"""Phrases written short: `pleural (effusion(|s)|fluid)` names three; `;` parts one pattern from the next.

In: the last column of the lexicon's tables. Out: every phrase it names, lower case, one space between words, with the
British spellings and other variants of `spellings.tsv`. `<is>` and `<degree>` stand for the groups of `macros.tsv`.
"""

import functools
import itertools
import re
from collections.abc import Mapping

from radcurate.errors import DataError

_MARK = re.compile(r"[()|;]")


def phrases(patterns: str, macros: Mapping[str, str], spellings: Mapping[str, str]) -> list[str]:
    """Every phrase that `patterns` name, in the order written, each once; a wrong bracket raises `DataError`."""
    for name, group in macros.items():
        patterns = patterns.replace(f"<{name}>", group)
    patterns = _variants(tuple(spellings)).sub(lambda match: f"({match[0]}|{spellings[match[0]]})", patterns)
    named = (phrase if phrase.isalnum() else " ".join(phrase.split()) for phrase in expand(patterns.replace("-", " ")))
    return list(dict.fromkeys(phrase for phrase in named if phrase))


@functools.cache
def _variants(written: tuple[str, ...]) -> re.Pattern[str]:
    """What has another spelling, at the start of a word."""
    return re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, written))})") if written else re.compile(r"(?!)")


def expand(patterns: str) -> list[str]:
    """The phrases of `patterns` as they stand, spaces and all."""
    pieces = _MARK.split(patterns)
    marks = [*_MARK.findall(patterns), ";"]
    done: list[str] = []
    # Of each open bracket: the choices so far, and the words that stand before and within the present one.
    choices: list[list[str]] = [[]]
    words: list[list[str]] = [[""]]
    for piece, mark in zip(pieces, marks, strict=True):
        words[-1] = [word + piece for word in words[-1]] if piece else words[-1]
        if mark == "(":
            choices.append([])
            words.append([""])
        elif mark == "|" and len(words) > 1:
            choices[-1] += words[-1]
            words[-1] = [""]
        elif mark == ")" and len(words) > 1:
            inner = choices.pop() + words.pop()
            words[-1] = [before + choice for before, choice in itertools.product(words[-1], inner)]
        elif mark == ";" and len(words) == 1:
            done += words[0]
            words = [[""]]
        else:
            raise DataError(f"lexicon: brackets do not match near {piece + mark!r} in {patterns!r}")
    return done
