"""Whether a text names a diagnosis, in its own words or in others for the same disease.

In: a text and a diagnosis. Out: true or false; where in doubt, true, for a flag too many costs less than one too few.
Compared are words by their stems (`phrases.py`), whole names of one disease, and words of one family (`renal`,
`kidney`; `fractured`, `fracture`). The names are data: `diagnosis_names.toml`.
"""

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from radcurate.language.sentences import sentences
from radcurate.tasks.phrases import find, stem, words_of

_SMALL = frozenset(stem(word) for word in ("of", "in", "with", "due", "to", "from", "by", "at", "on", "and"))


def names(texts: Iterable[str], diagnosis: str) -> bool:
    """True where one of `texts` names `diagnosis`: whole, bare (`Ruptured renal angiomyolipoma`: angiomyolipoma), by
    another name of the disease, or with all its words in one sentence (`the lateral tibial plateau is fractured`)."""
    bare = bare_diagnosis(diagnosis)
    short = [phrase for phrase in (bare, last_words(bare)) if phrase]
    phrases = [diagnosis, *short, *other_names(diagnosis)]
    wanted = [_families(phrase) - _SMALL for phrase in short]
    return any(_names(text, phrases, wanted) for text in texts)


def _names(text: str, phrases: Sequence[str], wanted: Sequence[set[str]]) -> bool:
    if any(find(text, phrase) for phrase in phrases):
        return True
    said = _families(text)
    # Sentences are looked at where the whole text has the words.
    if not any(one <= said for one in wanted):
        return False
    read = [_families(text[start:end]) for start, end in sentences(text)]
    return any(one <= words for one in wanted for words in read)


def bare_diagnosis(diagnosis: str) -> str:
    """The diagnosis without what came of it, where it sits and how it is."""
    bare = diagnosis
    for pattern in _patterns("after"):
        bare = pattern.sub("", bare, count=1) or bare
    while (shorter := _patterns("before")[0].sub("", bare, count=1)) != bare and shorter:
        bare = shorter
    return diagnosis if _patterns("too_bare")[0].fullmatch(bare) else bare


def last_words(bare: str) -> str | None:
    """The last word where it names a disease by itself, else two where the last is a kind of disease; or None."""
    *before, last = bare.split()
    if _patterns("too_bare")[0].fullmatch(last):
        return f"{before[-1]} {last}" if before else None
    return last if _patterns("telling")[0].fullmatch(last) else None


def other_names(diagnosis: str) -> Iterator[str]:
    """The names of every disease that `diagnosis` names."""
    said = f" {' '.join(words_of(diagnosis))} "
    for group, stems in _synonyms():
        if any(f" {name} " in said for name in stems):
            yield from group


@functools.cache
def _synonyms() -> list[tuple[list[str], list[str]]]:
    """Groups of names, with the stems of each name."""
    return [(group, [" ".join(words_of(name)) for name in group]) for group in _data()["synonyms"]["groups"]]


def _families(text: str) -> set[str]:
    """The stems of a text, each word that has kin as the first of its family."""
    families = _word_families()
    return {families.get(word, word) for word in words_of(text)}


@functools.cache
def _word_families() -> dict[str, str]:
    families: dict[str, str] = {}
    for group in _data()["words"]["groups"]:
        first, *others = group.split()
        families |= {stem(word): stem(first) for word in (first, *others)}
    return families


@functools.cache
def _patterns(name: str) -> list[re.Pattern[str]]:
    start = "^" if name == "before" else ""
    return [re.compile(start + pattern, re.IGNORECASE) for pattern in _data()["bare"][name]]


@functools.cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
