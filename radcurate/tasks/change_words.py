"""Words of change in a sentence that are bound to no finding, and sentences that only say that things are as they were.

`change_words.toml` holds the words. In: a sentence. Out: the lines of a change summary that its words belong to, or
what is steady.
"""

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from radcurate.language.sentences import Span

# The line of a change of `observations.py`.
LINE_OF = {
    "new": "new",
    "increased": "worse",
    "decreased": "better",
    "resolving": "better",
    "unchanged": "unchanged",
    "resolved": "resolved",
}

# A stable outline says nothing of a finding that is named behind it.
_OUTLINE = re.compile(r"\b(?:silhouettes?|contours?|size|hila|hilar|mediastinum)\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z]+")


def lines_named(text: str, sentence: Span, names: Iterable[Span]) -> set[str]:
    """The lines whose words stand in the sentence outside the `names` of its findings."""
    named = list(names)
    return {line for line, pattern in _patterns().items() if _outside(pattern, text, sentence, named)}


def outlined(text: str, sentence: Span, names: Iterable[Span]) -> bool:
    """True where the word of change may be said of an outline ("stable silhouette with mild cardiomegaly")."""
    return _outside(_OUTLINE, text, sentence, list(names))


def _outside(pattern: re.Pattern[str], text: str, sentence: Span, names: Sequence[Span]) -> bool:
    words = pattern.finditer(text, *sentence)
    return any(not any(start <= word.start() < end for start, end in names) for word in words)


def steady(sentence: str) -> str | None:
    """What a sentence calls unchanged without saying how it is ("Stable cardiomediastinal silhouette"), or None."""
    words = _WORD.findall(sentence.lower())
    known = _data()["steady"]
    if not _patterns()["unchanged"].search(sentence):
        return None
    subjects = [word for word in words if word not in known["words"]]
    said = " ".join(subjects)
    return next((name for name, phrases in known["subjects"].items() if said in phrases), None)


@functools.cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    return {line: re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE) for line, words in _data()["words"].items()}


@functools.cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
