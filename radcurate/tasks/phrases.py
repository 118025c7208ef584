"""Whether a text names a thing: its words side by side, whatever their case, number, hyphens and spelling.

`Haemangiomas` is named by `hemangioma`, `renal angio-myolipoma` by `renal angiomyolipoma`, `vertebrae` by `vertebra`.
"""

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+")
_HYPHENED = re.compile(r"[^\W_]+(?:[-\u2010\u2011][^\W_]+)*")
_HYPHEN = re.compile(r"[-\u2010\u2011]")
# What English, Latin and Greek nouns end in, in one number or the other: mass(es), biops(y|ies), thromb(us|i),
# metastas(is|es), vertebra(e), diverticul(um|a).
_PLURAL = re.compile(r"(?<!s)s$")
_ENDING = re.compile(r"(?:um|[aeiuy]+)$")
SHORTEST_STEM = 3
_ARTICLES = frozenset(("a", "an", "the"))

Found = tuple[str, int, int]


def stem(word: str) -> str:
    """What the numbers and spellings of a word share: `oedema` and `edema`, `Tumours` and `tumor`."""
    lower = word.lower().replace("æ", "ae").replace("œ", "oe").replace("ae", "e").replace("oe", "e")
    if len(lower) <= SHORTEST_STEM:
        return lower
    single = _PLURAL.sub("", lower).replace("tumour", "tumor").replace("isation", "ization")
    bare = _ENDING.sub("", single)
    return bare if len(bare) >= SHORTEST_STEM else single


def find(text: str, phrase: str) -> tuple[int, int] | None:
    """Where `text` first names `phrase`: start and end, or None. A hyphen stands for a space or for nothing."""
    for pattern in (_WORD, _HYPHENED):
        wanted = [word for word, _, _ in _words(phrase, pattern)]
        given = _words(text, pattern)
        for place in range(len(given) - len(wanted) + 1) if wanted else ():
            if all(given[place + number][0] == word for number, word in enumerate(wanted)):
                return given[place][1], given[place + len(wanted) - 1][2]
    return None


def holds_all(text: str, phrase: str) -> bool:
    """True where `text` holds every word of `phrase`, in whatever order."""
    return {word for word, _, _ in _words(phrase, _WORD)} <= {word for word, _, _ in _words(text, _WORD)}


def words_of(text: str) -> list[str]:
    """The stems of the words of `text`, in their order, without articles."""
    return [word for word, _, _ in _words(text, _WORD) if word not in _ARTICLES]


def _words(text: str, pattern: re.Pattern[str]) -> Sequence[Found]:
    return [(stem(_HYPHEN.sub("", match.group())), *match.span()) for match in pattern.finditer(text)]
