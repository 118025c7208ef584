"""Names of people that are names of signs, diseases, lines, classifications, devices, anatomy and procedures.

In: `eponyms.tsv` (eponym, kind, source). Such a name stays, also after a word that looks like a title, wherever it is
used as an eponym: the whole phrase stands on the list, or a head follows it ("sign", "grade", a Roman numeral).
"""

import csv
import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_suffix(".tsv")
KINDS = ("sign", "disease", "line", "classification", "device", "anatomy", "procedure", "person")

# What an eponym stands before.
HEADS = tuple(tomllib.loads(FILE.with_suffix(".toml").read_text(encoding="utf-8"))["heads"].split())
_HEAD = rf"(?:{'|'.join(HEADS)})\b"
_TITLED_FOLLOWED = re.compile(rf"(?:['’]s?)?[ \n]{_HEAD}")
# "Weber B", "Bosniak IIF", "Hawkins 2", "Carman meniscus sign".
_FOLLOWED = re.compile(
    rf"""(?:['’]s?)?[ \n](?:[IVX]+[A-F]?\b|\d[A-C]?\b|[A-D]\b
        |(?:(?!(?:a|an|and|for|in|of|on|that|the|to|with)[ ])\w+[ ])?{_HEAD})""",
    re.VERBOSE,
)
# What may follow the first name of an eponym: "and Hess", "fat pad".
_WORD = re.compile(r"[\w'’-]+")
_MOST_WORDS, _LONGEST = 3, 40


@dataclass(frozen=True)
class Eponym:
    """One row of the list; `source` is the page or file in which it was read, or `none`."""

    name: str
    kind: str
    source: str


@functools.cache
def eponyms() -> tuple[Eponym, ...]:
    """The list, in its order."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(Eponym(row["eponym"], row["kind"], row["source"]) for row in csv.DictReader(file, delimiter="\t"))


def folded(text: str) -> str:
    """Lower case, plain apostrophes and hyphens, no possessive: "Swyer–James" and "swyer-james" are one."""
    return re.sub(r"'s?$", "", text.lower().replace("’", "'").replace("–", "-"))


@functools.cache
def _known() -> frozenset[str]:
    return frozenset(folded(eponym.name) for eponym in eponyms())


@functools.cache
def _words() -> frozenset[str]:
    return frozenset(word for name in _known() for word in name.split())


def is_eponym(name: str) -> bool:
    """Whether the whole name, or its last word, is on the list."""
    whole = folded(name)
    return whole in _known() or whole.rpartition(" ")[2] in _words()


def _phrase_end(text: str, start: int, end: int) -> int | None:
    """Where an eponym of several words ends that begins with the name: "Hunt" of "Hunt and Hess", "Hoffa fat pad"."""
    words = list(_WORD.finditer(text, end, end + _LONGEST))[:_MOST_WORDS]
    ends = [word.end() for word in words if folded(text[start : word.end()]) in _known()]
    return ends[-1] if ends else None


def stands_as_eponym(text: str, start: int, end: int, before: str = "") -> bool:
    """Whether the name at `start` to `end` is used as an eponym there; `before` is a title that may belong to it."""
    name = text[start:end]
    if (" " in name and folded(name) in _known()) or (before and folded(f"{before} {name}") in _known()):
        return True
    followed = _TITLED_FOLLOWED if before else _FOLLOWED
    phrase = _phrase_end(text, start, end)
    if phrase is not None:
        return not before or followed.match(text, phrase) is not None
    return is_eponym(name) and followed.match(text, end) is not None
