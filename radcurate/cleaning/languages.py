"""Rules that keep English: by script, and by the common words of languages, of which spaCy has lists.

`judging.toml` has the thresholds.
"""

import functools
import importlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from radcurate.cleaning.judging import limits_of, text_of, words_of
from radcurate.cleaning.rules import DocumentRule, Judged
from radcurate.documents import Document

_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")


def _not_english(document: Document) -> str | None:
    """Drops a document in another language than English, by its script or by its common words."""
    limits, text = limits_of("not_english"), text_of(document)
    letters = sum(map(str.isalpha, text))
    foreign = letters - len(_LATIN.findall(text))
    if letters and foreign / letters > limits["most_not_latin"]:
        return f"{foreign / letters:.0%} of its letters are not Latin"
    words = words_of(text)
    if len(words) < limits["fewest_words"]:
        return None
    language, other, english = _common(words)
    if _many(other, words, limits) and other > limits["times_english"] * english:
        return f"{other} of its {len(words):,} words are common in {language}, {english} in English"
    return None


def _mixed_languages(document: Document) -> str | None:
    """Drops a document whose English holds many common words of another language, as a machine's translation does."""
    limits, words = limits_of("mixed_languages"), words_of(text_of(document))
    if len(words) < limits["fewest_words"]:
        return None
    language, other, _ = _common(words)
    return f"{other / len(words):.0%} of its words are common in {language}" if _many(other, words, limits) else None


def _many(other: int, words: Sequence[str], limits: Mapping[str, Any]) -> bool:
    return bool(other >= limits["fewest_other"] and other / len(words) >= limits["other_share"])


def _common(words: Sequence[str]) -> tuple[str, int, int]:
    """The other language with most of its common words here, how many they are, and how many are common in English."""
    counted = Counter(words)
    known = _common_words()
    found: Counter[str] = Counter()
    english = 0
    for word, times in counted.items():
        languages = known.get(word, ())
        english += times * ("en" in languages)
        for language in languages:
            found[language] += times
    del found["en"]
    language, other = min(found.items(), key=lambda item: (-item[1], item[0]), default=("none", 0))
    return language, other, english


@functools.cache
def _common_words() -> dict[str, tuple[str, ...]]:
    """The languages in which each word is common; a word that English has too tells of English alone."""
    found: dict[str, list[str]] = {}
    for language, word in _listed():
        found.setdefault(word, []).append(language)
    return {word: ("en",) if "en" in languages else tuple(languages) for word, languages in found.items()}


def _listed() -> Iterator[tuple[str, str]]:
    for language in ("en", *limits_of("not_english")["languages"]):
        # spaCy counts single letters among the common words of some languages: they are bullets and sides here.
        words = importlib.import_module(f"spacy.lang.{language}.stop_words").STOP_WORDS
        yield from ((language, word) for word in sorted(words) if len(word) > 1)


_ENGLISH = (
    "The scaphoid is broken more often than any other carpal bone, because the force of a fall on the outstretched "
    "hand passes through its waist. Its blood comes in from the distal pole, so that a fracture of the waist may "
    "leave the proximal pole without any. Films can be normal at first; MRI shows the fracture within a day."
)
_GERMAN = (
    "Das Kahnbein bricht von allen Knochen der Handwurzel am häufigsten, weil die Kraft eines Sturzes auf die Hand "
    "durch seine Mitte geht. Das Blut kommt von der Seite der Finger, und deshalb kann der andere Teil nach einem "
    "Bruch ohne Blut bleiben."
)
_MIXED = (
    "The fracture of the scaphoid es muy frecuente in young men and con una caída on the hand. The blood comes from "
    "the distal pole, por lo tanto the proximal part puede quedar without supply. MRI shows the fracture sin retraso, "
    "and the treatment depends on the lugar of it, como siempre."
)
RULES = (
    DocumentRule(
        "not_english.v1",
        _not_english,
        (
            Judged(_ENGLISH, None),
            Judged(_GERMAN, "are common in de"),
            Judged("心臓の大きさは正常です。肺野に異常を認めません。", "of its letters are not Latin"),
            Judged(
                "Cor pulmonale, situs inversus, os odontoideum and pectus excavatum are Latin names in English.", None
            ),
        ),
    ),
    DocumentRule("mixed_languages.v1", _mixed_languages, (Judged(_ENGLISH, None), Judged(_MIXED, "are common in es"))),
)
