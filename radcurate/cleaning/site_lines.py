"""The rules for what a site says of itself on the pages of articles and cases. `site_words.toml` has its language.

A sentence is the site's by its form, by a phrase that medicine does not use, or by its words alone: all of them are of
that language. A line goes whole where each of its sentences is the site's; of any other line those sentences go.
"""

import functools
import itertools
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from radcurate.cleaning.rules import PAGES, Edit, Example, TextRule
from radcurate.cleaning.units import Unit, lines, sentences, without
from radcurate.documents import Section

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[€$£]")
_LABEL = re.compile(r"[^:→»▸–—]{2,60}?\s?(?:[:→»▸]|[–—-]\s)")
_LINKS = re.compile(r"(?:[•◦▪] |\d+\. )?[^.:;?!]{2,90}")
# Longer sentences and lines are prose, even with a stray word of the site.
_LONGEST = 45
_LONGEST_FORM, _LONGEST_LINE = 300, 200
_MOST_FOREIGN = 3

Phrases = dict[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True)
class _Language:
    """The lists of `site_words.toml`; phrases by their first word. `own`: all words that are the site's."""

    phrases: Phrases
    weak: Phrases
    labels: Phrases
    list_headings: Phrases
    forms: re.Pattern[str]
    signs: re.Pattern[str]
    persons: frozenset[str]
    sure: frozenset[str]
    tells: frozenset[str]
    viewer: frozenset[str]
    pictured: frozenset[str]
    verbs: frozenset[str]
    own: frozenset[str]


@functools.cache
def _language() -> _Language:
    data = tomllib.loads(Path(__file__).with_name("site_words.toml").read_text(encoding="utf-8"))
    words = {
        name: frozenset(data[name]) for name in ("persons", "sure", "tells", "viewer", "pictured", "verbs", "words")
    }
    return _Language(
        phrases=_by_first_word(data["phrases"]),
        weak=_by_first_word(data["weak"]),
        labels=_by_first_word(data["labels"]),
        list_headings=_by_first_word(data["list_headings"]),
        forms=re.compile("|".join(data["forms"]), re.IGNORECASE),
        signs=re.compile("|".join(data["signs"])),
        persons=words["persons"],
        sure=words["sure"],
        tells=words["tells"],
        viewer=words["viewer"],
        pictured=words["pictured"],
        verbs=words["verbs"],
        own=frozenset().union(*(words[name] for name in ("persons", "sure", "tells", "viewer", "words"))),
    )


def _by_first_word(patterns: Sequence[str]) -> Phrases:
    found: dict[str, list[tuple[str, ...]]] = {}
    for pattern in patterns:
        for phrase in itertools.product(*(word.split("|") for word in pattern.split())):
            found.setdefault(phrase[0], []).append(phrase)
    return {first: tuple(phrases) for first, phrases in found.items()}


def _words(text: str) -> list[str]:
    """The words, small and without numbers; "US" is ultrasound, not the pronoun."""
    return ["ultrasound" if word == "US" else word.lower().replace("’", "'") for word in _WORD.findall(text)]


def _holds(words: list[str], phrases: Phrases) -> bool:
    return any(
        tuple(words[place : place + len(phrase)]) == phrase
        for place, word in enumerate(words)
        for phrase in phrases.get(word, ())
    )


def _is_one_of(words: list[str], phrases: Phrases) -> bool:
    return bool(words) and tuple(words) in phrases.get(words[0], ())


def _is_site(unit: Unit) -> bool:
    """True for a line or sentence that is the site's by its form, by a phrase, or by its words alone."""
    language = _language()
    if _is_of_form(unit):
        return True
    words = _words(unit.raw)
    if not words or len(words) > _LONGEST:
        return False
    if _holds(words, language.phrases) or language.signs.search(unit.raw):
        return True
    # What begins small is the rest of a sentence: "after i.v. challenge."
    return not unit.raw[0].islower() and _is_by_words(words)


def _is_of_form(unit: Unit) -> bool:
    forms = _language().forms
    return len(unit.raw) <= _LONGEST_FORM and bool(forms.fullmatch(unit.text) or forms.fullmatch(unit.raw))


def _is_by_words(words: list[str]) -> bool:
    """True where all words are the site's and one tells so; speaking to a reader, it may use some others too."""
    language, held = _language(), frozenset(words)
    sure = not held.isdisjoint(language.sure) or _holds(words, language.weak)
    viewer = not held.isdisjoint(language.viewer)
    if not sure and not viewer and held.isdisjoint(language.tells):
        return False
    foreign = held - language.own - (language.verbs if sure else frozenset()) - (language.pictured if viewer else set())
    return not foreign or (sure and not held.isdisjoint(language.persons) and len(foreign) <= _MOST_FOREIGN)


def _is_labelled(unit: Unit) -> bool:
    label = _LABEL.match(unit.text)
    return bool(label) and _is_one_of(_words(label[0]), _language().labels)  # type: ignore[index]


def _goes_along(unit: Unit) -> bool:
    """True for a sentence that is the site's beside one that is: a question, or one with a word of its own."""
    language, words = _language(), _words(unit.raw)
    foreign = [word for word in words if word not in language.own]
    told = not (language.sure | language.persons | language.tells).isdisjoint(words)
    return unit.raw.endswith("?") or not foreign or (told and len(foreign) <= _MOST_FOREIGN)


def _site_line(section: Section) -> Iterator[Edit]:
    """Takes out lines and sentences of advertising, navigation, viewers, metadata, appeals and quizzes."""
    gone: list[Unit] = []
    for line in lines(section.text):
        gone += [line] if _is_labelled(line) or _is_whole(line) else _of_line(line)
    yield from without(section.text, gone)


def _is_whole(line: Unit) -> bool:
    """True for a line that is the site's as it stands: "Case no. 91005 – status: published" is no sentence."""
    return len(line.raw) <= _LONGEST_LINE and _is_by_words([word for word in _words(line.raw) if word != "no"])


def _of_line(line: Unit) -> list[Unit]:
    """The line itself where all of it is the site's, else those of its sentences that are."""
    parts = list(sentences(line.raw))
    judged = [_is_site(part) for part in parts]
    whole = any(judged) and all(site or _goes_along(part) for part, site in zip(parts, judged, strict=True))
    if whole or _is_of_form(line):
        return [line]
    site = itertools.compress(parts, judged)
    return [Unit(line.start + part.start, line.start + part.end, part.raw, part.text) for part in site]


def _page_links(section: Section) -> Iterator[Edit]:
    """Takes out a section that lists other pages: its heading says so, and all of its lines are short ones."""
    listed = bool(section.text) and _is_one_of(_words(section.heading), _language().list_headings)
    if listed and all(_LINKS.fullmatch(unit.raw) for unit in lines(section.text)):
        yield Edit(0, len(section.text), "")


RULES = (
    TextRule(
        "site_line.v2",
        _site_line,
        (
            Example("A cyst.\nShare article\nAdd to playlist", "A cyst.", ""),
            Example("A cyst.\nLast revised by Ana Roy on 12 Jun 2020", "A cyst.", ""),
            Example("A cyst.\nQuiz questions\nQ: Which nerve is at risk?\nShow answer", "A cyst.", ""),
            Example("A cyst.\nWant to learn more? Book a seat at the chest course now.", "A cyst.", ""),
            Example("A cyst.\nAxial | Coronal: choose a stack\nImage 3 of 12: scroll or drag", "A cyst.", ""),
            Example("A cyst. Test your knowledge. It is round.", "A cyst. It is round.", ""),
            Example("Thanks to early treatment it healed.", "Thanks to early treatment it healed.", ""),
            Example("Revision of the prosthesis is needed.", "Revision of the prosthesis is needed.", ""),
            Example("The lesions share a capsule. US shows it.", "The lesions share a capsule. US shows it.", ""),
            Example("Scroll through the stack to trace it.", "Scroll through the stack to trace it.", ""),
            Example("Our patients drank coffee, free of charge.", "Our patients drank coffee, free of charge.", ""),
            Example("Biopsy may reveal the diagnosis.", "Biopsy may reveal the diagnosis.", ""),
            Example("Revised McDonald criteria of 2017.", "Revised McDonald criteria of 2017.", ""),
            Example("Can you lift your arm? was the question.", "Can you lift your arm? was the question.", ""),
            Example("Models learn more of the main text.", "Models learn more of the main text.", ""),
        ),
        PAGES,
    ),
    TextRule(
        "page_links.v1",
        _page_links,
        (
            Example("• Hepatic cyst\n• Abscess", "", "See also"),
            Example("It is told from an abscess by its wall.", "It is told from an abscess by its wall.", "See also"),
            Example("• Hepatic cyst\n• Abscess", "• Hepatic cyst\n• Abscess", "Differential diagnosis"),
        ),
        PAGES,
    ),
)
