"""Whether a text is in another language than English, by its script and its small words (`foreign.toml`)."""

import functools
import re
import tomllib
from pathlib import Path

# Of letters, how many may be of another script: names of genes and units hold a few Greek ones.
MOST_NOT_LATIN = 0.2
# Small words of one other language that tell it.
FEWEST_FOREIGN = 3

_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")


def is_foreign(text: str) -> bool:
    """True where over a fifth of the letters are not Latin, or another language has more small words than English."""
    letters = sum(map(str.isalpha, text))
    if letters and 1 - len(_LATIN.findall(text)) / letters > MOST_NOT_LATIN:
        return True
    words = _WORD.findall(text.lower())
    languages = _small_words()
    counts = {language: sum(word in small for word in words) for language, small in languages.items()}
    english = counts.pop("en")
    return max(counts.values()) >= FEWEST_FOREIGN and max(counts.values()) > english


@functools.cache
def _small_words() -> dict[str, frozenset[str]]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {language: frozenset(words.split()) for language, words in data["small_words"].items()}
