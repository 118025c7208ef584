"""Answers that are lists: their items, and how many of them another answer names.

An item is what a bullet or a number stands before, without what is said of it: `Warthin tumor: older smokers` is
`warthin tumor`. In: two answers. Out: counts for an F1.
"""

import re

from radcurate.tasks.phrases import words_of
from radcurate.tasks.scoring import set_counts

FEWEST_ITEMS = 2

_ITEM = re.compile(r"^[ \t]*(?:[•◦▪*-]|\d+[.)])[ \t]+(\S.*)$", re.MULTILINE)
# What ends the name of an item: what is said of it follows.
_SAID_OF_IT = re.compile(r"\s*(?:[:;(,]|\s[-–—]\s|\.(?:\s|$)|\b(?:which|who|whose|where)\b).*$", re.DOTALL)
_PARTING = re.compile(r"[\n,;]|\.(?=\s|$)|\b(?:and|or)\b")


def items(text: str) -> set[str]:
    """The items of a list, each as the stems of its words; empty where the text has fewer than two."""
    found = {name for match in _ITEM.finditer(text) if (name := _named(match[1]))}
    return found if len(found) >= FEWEST_ITEMS else set()


def item_counts(reference: str, answer: str) -> dict[str, float]:
    """`set_counts` of the items where the reference is a list, else zeros; an answer may part its items by commas."""
    wanted = items(reference)
    given = items(answer) or {name for part in _PARTING.split(answer) if (name := _named(part))}
    return set_counts(wanted, given if wanted else set())


def _named(item: str) -> str:
    return " ".join(words_of(_SAID_OF_IT.sub("", item, count=1)))
