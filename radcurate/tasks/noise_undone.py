"""Undoes the noise of `noise_words.toml` from a noisy report alone, kind by kind: what proves that it can be undone.

In: a report as text, its sections under headings that `language/report_parts.toml` knows. Out: the clean text. What is
clean already stays as it is, and a text that does not is no clean one. Redaction marks stay where they stand, save in a
signature, which leaves whole.
"""

import functools
import itertools
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from radcurate.documents import REDACTION_MARKS
from radcurate.language.cues import cites_prior
from radcurate.language.report_parts import headings
from radcurate.language.sentences import sentences
from radcurate.tasks.noise_words import names_prior_alone, noise

_PARAGRAPH = "\n\n"
_BROKEN = re.compile(r"(?<![.?!:;\s])[ \t]*+\n[ \t]*+(?!\n)")
_DOUBLED = re.compile(r"(?<=\w)([.,])\1+")
_BLANKS = re.compile(r"(?<=\S)[ \t]{2,}")
_BEFORE_SIGN = re.compile(r"(?<=\w)[ \t]+(?=[.,;:?](?:\s|\Z))")
_STRAY_SIGN = re.compile(r"(?<=: )[.,;:][ \t]*|(?<=\w)[,;:]+(?=\n\n|\Z)")
_NONE_AFTER = re.compile(r"(?<=[a-z]{2}\.)(?=[A-Z][a-z])|(?<=[a-z],)(?=[a-z])")
_NUMBER = re.compile(r"\(?(\d{1,2})[.)][ \t]+(?=\S)")


class Undone(NamedTuple):
    """A text without noise, and the kinds of noise that were taken out of it, in the order in which they were."""

    text: str
    kinds: tuple[str, ...]


def undone(text: str) -> Undone:
    """The text without noise."""
    kinds = []
    for kind, step in STEPS.items():
        before, text = text, step(text)
        if text != before:
            kinds.append(kind)
    return Undone(text, tuple(kinds))


def _any_of(phrases: list[str]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))


# Of a whole text.


@functools.cache
def _signature() -> re.Pattern[str]:
    words = noise()["signature"]
    return re.compile(
        rf"(?<!\s)(?P<gap>\s*+)(?:(?:{_any_of(words['signed'])})\b.*|(?:{_any_of(words['lines'])})\.?(?=\s|\Z))"
    )


def _without_signature(text: str) -> str:
    """Without lines that tell who signed or mark a page, and such sentences at the end of a line."""
    before = ""
    while before != text:
        before, text = text, _signature().sub(lambda found: "" if _opens(found) else found[0], text).lstrip("\n")
    return text


def _opens(found: re.Match[str]) -> bool:
    """True where a match begins with a line or a sentence; its `gap` is the white space before it."""
    begin, gap = found.start(), found["gap"]
    return begin == 0 or "\n" in gap or (bool(gap) and found.string[begin - 1] in ".!?")


@functools.cache
def _spoken(sign: str) -> re.Pattern[str]:
    words = _any_of(noise()["spoken"][sign])
    if sign == "paragraph":
        return re.compile(rf"(?<!\s)\s*+\b(?:{words})\b\s*+")
    return re.compile(rf"(?<=[A-Za-z0-9)])\s+(?:{words})(?=\s|\Z)")


@functools.cache
def _heading() -> re.Pattern[str]:
    known = [heading for heading, kind in headings().items() if kind != "places"]
    capitals = _any_of([heading.upper() for heading in known])
    return re.compile(
        rf"(?<!\s)(?P<gap>\s*+)(?:(?<![\w-])(?P<capitals>{capitals})|(?P<heading>(?i:{_any_of(known)})))\s*+:\s*+"
    )


def found_headings(text: str) -> Iterator[re.Match[str]]:
    """The headings of a text with the blanks around them and their colon: those in capitals stand anywhere, others
    where a line or a sentence begins."""
    return (found for found in _heading().finditer(text) if found["capitals"] or _opens(found))


def _under_headings(text: str) -> str:
    """With a blank line before each heading and a blank after its colon."""
    pieces, reached = [], 0
    for found in found_headings(text):
        pieces += [text[reached : found.start()], f"{_PARAGRAPH}{found['capitals'] or found['heading']}: "]
        reached = found.end()
    return "".join([*pieces, text[reached:]]).lstrip("\n")


def _spaced(text: str) -> str:
    text = _BEFORE_SIGN.sub("", _BLANKS.sub(" ", text))
    return _STRAY_SIGN.sub("", _NONE_AFTER.sub(" ", text))


# Of the sections that tell findings, one at a time.


def _in_bodies(step: Callable[[str], str]) -> Callable[[str], str]:
    """The step for a whole text: what it does to what stands under the headings of findings and impression."""

    def whole(text: str) -> str:
        return _PARAGRAPH.join(
            heading + step(body) if tells_findings(heading) else heading + body for heading, body in _sections(text)
        )

    return whole


def _sections(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split(_PARAGRAPH):
        found = next(found_headings(part), None)
        end = found.end() if found and found.start() == 0 else 0
        yield part[:end], part[end:]


def tells_findings(heading: str) -> bool:
    """True for the heading of findings or an impression, with its colon or without."""
    return headings().get(heading.rstrip(": ").lower()) == "counts"


def _with_stops(body: str) -> str:
    """A stop where a sentence ends within a line without a sign."""
    characters = list(body)
    for (_, end), (start, _) in itertools.pairwise(sentences(body)):
        if body[end - 1].isalnum() and body[end:start] == " ":
            characters[end - 1] += "."
    return "".join(characters)


def without_numbers(body: str) -> str:
    """Without the numbers of sentences that count from 1 on."""
    counted: list[re.Match[str]] = []
    for start, _ in sentences(body):
        number = _NUMBER.match(body, start)
        if number and int(number[1]) == len(counted) + 1:
            counted.append(number)
    for number in reversed(counted):
        body = body[: number.start()] + body[number.end() :]
    return body


@functools.cache
def _clause() -> re.Pattern[str]:
    prior = noise()["prior"]
    words = _any_of([*prior["tells"], *prior["words"]])
    return re.compile(rf"(?i:{_any_of(prior['clause_opens'])})(?: (?i:{words}))+, (?=[a-z])")


def _without_priors(body: str) -> str:
    """Without sentences that name an earlier study alone, and such clauses before a sentence that does not compare."""
    if not any(word in body.lower() for word in noise()["prior"]["tells"]):
        return body
    for start, end in reversed(sentences(body)):
        clause = _clause().match(body, start, end)
        if clause and names_prior_alone(clause[0]) and not cites_prior(body[clause.end() : end]):
            body = body[:start] + body[clause.end() :]
    return _without(body, lambda sentence, _: names_prior_alone(sentence))


def may_repeat(text: str) -> bool:
    """False for a text with a redaction mark: nobody knows whether it says the same the second time."""
    return not any(mark in text for mark in REDACTION_MARKS)


def _without_repeats(body: str) -> str:
    return _without(body, lambda sentence, before: sentence.lower() == before.lower() and may_repeat(sentence))


def _without(body: str, leaves: Callable[[str, str], bool]) -> str:
    """Without the sentences that leave, given with the one before, and the blanks before each."""
    kept, reached, before = "", 0, ""
    for start, end in sentences(body):
        sentence = body[start:end]
        if not leaves(sentence, before):
            kept += body[reached:end] if kept else sentence
            before = sentence
        reached = end
    return kept


def _with_capitals(body: str) -> str:
    """Sentences begin with capital letters; of English alone, for "µg" is no word."""
    characters = list(body)
    for start, _ in sentences(body):
        if body[start].isascii():
            characters[start] = body[start].upper()
    return "".join(characters)


def _without_repeated_sections(text: str) -> str:
    kept: list[str] = []
    for part in text.split(_PARAGRAPH):
        if not kept or part != kept[-1] or not may_repeat(part):
            kept.append(part)
    return _PARAGRAPH.join(kept)


STEPS: dict[str, Callable[[str], str]] = {
    "signature": _without_signature,
    "spoken_paragraph": lambda text: _spoken("paragraph").sub(_PARAGRAPH, text),
    "heading_run_in": _under_headings,
    "hard_break": lambda text: _BROKEN.sub(" ", text),
    "spoken_stop": lambda text: _spoken("stop").sub(".", text),
    "spoken_comma": lambda text: _spoken("comma").sub(",", text),
    "doubled_sign": lambda text: _DOUBLED.sub(r"\1", text),
    "spacing": _spaced,
    "lost_stop": _in_bodies(_with_stops),
    "list_number": _in_bodies(without_numbers),
    "prior_reference": _in_bodies(_without_priors),
    "repeated_sentence": _in_bodies(_without_repeats),
    "lost_capital": _in_bodies(_with_capitals),
    "repeated_section": _without_repeated_sections,
}
