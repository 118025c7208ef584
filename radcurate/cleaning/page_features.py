"""What the trained judge of page text looks at: words, pairs of words, parts of words, kinds of words, and form.

In: a line, a sentence or a span of a section's text. Out: the features by name, `words` (whose weights are shared out
over the length of the text) and `form`. `page_features.toml` has the kinds of words. Nothing here knows a weight.
"""

import functools
import itertools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+|[^\w\s]")
_YEAR = re.compile(r"(?:19|20)\d\d")
# A word of no kind, and how many kinds of a word are paired with its neighbour's.
_OTHER, _MOST_KINDS = ("other",), 3
_MONEY = frozenset("$£€")
# Arrows up and down say how a signal or a value is.
_ARROWS = frozenset("→←»«›‹▸▶►◀▼▲⇨↗↩➜➔⟶")
_PARTING = frozenset("|·•/›>»→")
_LONGEST_PART, _SHORTEST_PART = 5, 3
_LONGEST_SHAPE = 20
_BRACKETS = "()[]{}<>/|^ "
_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SIZES = (1, 2, 3, 4, 6, 9, 13, 20, 30, 45)
_URL = re.compile(r"https?:|www\.|\b\w+\.(?:org|com|example|net)\b|@\w", re.IGNORECASE)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DATE = re.compile(
    rf"\b\d{{1,2}} {_MONTH}|\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}}[./]\d{{1,2}}[./](?:19|20)?\d\d\b"
    r"|(?:Jan|Feb|March|April|May|June|July|August|Sept|Oct|Nov|Dec)\w* \d{1,2}\b"
    r"|(?:March|April|June|July|\w+ber|\w+uary|August) (?:19|20)\d\d"
)
_ITEM = re.compile(r"(?:[•◦▪*–-]|\d{1,2}[.)])\s")
_INITIALS = re.compile(r"\b[A-Z]\. ?[A-Z][a-z]|\b[A-Z][a-z]+ [A-Z]{1,2}\b[,.]")
_TITLED = re.compile(r"\b(?:Dr|Prof|Mr|Mrs|Ms)\.? [A-Z]")
_TWO_NAMES = re.compile(r"[a-z:,] (?:[A-Z][a-z]+ ){1,2}[A-Z][a-z]+|^[A-Z][a-z]+ [A-Z][a-z]+\b")
_PLACE = re.compile(r"\d{4}\s?;\s?\d|\d\s?\(\d+\)\s?[:,]|\d+\s?:\s?[eE]?\d+[–-]\d|\bpp?\. ?\d")
_MEASURE = re.compile(
    r"\d\s?(?:mm|cm|ml|mL|HU|%|°|kg|mg|mSv|mGy|ms|T|Gy|MBq|ng|nmol|mmol|IU|U|L|Hz|kHz|MHz|kV|years?|weeks?|months?|days?|hours?)(?![a-z])"
)


@functools.cache
def _kinds() -> Mapping[str, tuple[str, ...]]:
    """The kinds of every listed word."""
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    found: dict[str, tuple[str, ...]] = {}
    for kind, words in data["classes"].items():
        for word in words.split():
            found[word] = (*found.get(word, ()), kind)
    return found


def tokens(text: str) -> list[str]:
    """Small words, shapes of numbers ("0", "00", "year"), and every other sign by itself."""
    return [_token(token) for token in _TOKEN.findall(text)]


def _token(token: str) -> str:
    if token[0].isdigit():
        return "year" if len(token) == 4 and _YEAR.fullmatch(token) else "0" * min(len(token), 5)
    if token[0].isalpha() or len(token) > 1:
        return "ultrasound" if token == "US" else token.lower().replace("’", "'")
    if token in _MONEY:
        return "money"
    if token in _ARROWS:
        return "arrow"
    return "emoji" if ord(token) > 0x2600 and not 0x3000 <= ord(token) <= 0x9FFF else token


def word_features(word: str) -> Iterator[str]:
    """Of one token: itself, its kinds, and its parts of three to five letters."""
    yield f"w {word}"
    kinds = _kinds()
    for kind in kinds.get(word, ()):
        yield f"k {kind}"
    if not word[0].isalpha():
        return
    if "-" in word:
        for part in word.split("-"):
            if part in kinds:
                yield from (f"k {kind}" for kind in kinds[part])
    framed = f"<{word}>"
    for size in range(_SHORTEST_PART, _LONGEST_PART + 1):
        for start in range(len(framed) - size + 1):
            yield f"c {framed[start : start + size]}"


def pair_features(words: Sequence[str]) -> Iterator[str]:
    """Of tokens side by side: the pairs, with where the text begins and ends, and the pairs of their kinds."""
    before = "^"
    for word in words:
        yield f"p {before} {word}"
        before = word
    yield f"p {before} $"
    kinds = _kinds()
    for first, second in itertools.pairwise(words):
        for one in kinds.get(first, _OTHER)[:_MOST_KINDS]:
            yield from (f"q {one} {other}" for other in kinds.get(second, _OTHER)[:_MOST_KINDS])


def form_features(text: str, words: Sequence[str]) -> Iterator[str]:
    """Of the text as a whole: its length, its ends, capitals, dates, names, and what share of its words is which."""
    count = len(words)
    letters = [word for word in words if word[0].isalpha()]
    yield f"f words {sum(count > size for size in _SIZES)}"
    last = "letter" if text[-1].isalnum() else text[-1]
    yield f"f last {last}"
    sorts = {"small": str.islower, "capital": str.isupper, "digit": str.isdigit}
    yield f"f first {next((sort for sort, holds in sorts.items() if holds(text[0])), 'sign')}"
    for name, pattern in _FORMS:
        if pattern.search(text):
            yield f"f {name}"
    raw = [token for token in _TOKEN.findall(text) if token[0].isalpha()]
    capitals = sum(token[0].isupper() for token in raw[1:])
    if len(raw) > 1:
        yield f"f capitals {4 * capitals // (len(raw) - 1)}"
    if len(text) > 6 and text.isupper():
        yield "f upper"
    parting = sum(word in _PARTING for word in words)
    if parting:
        yield f"f parting {min(parting, 4)}"
    kinds = _kinds()
    held = [kinds.get(word, ()) for word in letters]
    if letters:
        clinical = sum("clinical" in kind for kind in held)
        yield f"f clinical {min(4, 8 * clinical // len(letters))}"
        site = sum(bool(set(kind) - {"clinical"}) for kind in held)
        yield f"f site {6 * site // len(letters)}"
        present = {one for kind in held for one in kind}
        for one in sorted(present):
            yield f"f has {one}"
        yield from (f"f first {kind}" for kind in held[0])
        yield from (f"f end {kind}" for kind in held[-1])
    else:
        yield "f no letters"


def span_features(before: str, span: str, after: str) -> Iterator[str]:
    """Of a span within a sentence, such as a bracket: its signs and numbers, and what stands on both sides of it."""
    inside = span.strip()
    yield f"s shape {_shape(inside)[:_LONGEST_SHAPE]}"
    yield f"s signs {inside[0]}{inside[-1] if len(inside) > 1 else ''}"
    yield f"s gap {_sort(before[-1:])}{'_' if span[0].isspace() else ''}"
    yield f"s begins {_sort(inside[:1])} {_sort(inside.strip(_BRACKETS)[:1])}"
    yield f"s words {min(sum(token[0].isalpha() for token in tokens(inside)), 6)}"
    yield from _number_features(before, inside)
    kinds = _kinds()
    left = tokens(before)[-2:]
    for place, word in enumerate(reversed(left)):
        yield f"l{place} {word}"
        yield from (f"l{place} k {kind}" for kind in kinds.get(word, ()))
        if place == 0 and word[0].isalpha():
            yield from (f"l0 e {word[-size:]}" for size in (2, 3, 4))
    right = tokens(after)[:2]
    for place, word in enumerate(right):
        yield f"r{place} {word}"
    yield f"s after {_sort(after[:1]) if after else 'end'}"
    if not after.strip(" .;,:)"):
        yield f"s last {_sort(inside[:1])}"
    if not before.strip():
        yield "s at line"
    for name, pattern in _FORMS:
        if pattern.search(inside):
            yield f"s {name}"


def _number_features(before: str, inside: str) -> Iterator[str]:
    numbers = [int(number) for number in re.findall(r"\d+", inside.translate(_LOWERED))]
    if not numbers:
        return
    yield f"n count {min(len(numbers), 4)}"
    yield f"n most {sum(max(numbers) > size for size in (5, 12, 30, 60, 99, 300, 1900))}"
    if len(numbers) > 1:
        rising = all(first < second for first, second in itertools.pairwise(numbers))
        apart = sum(max(numbers) - min(numbers) > size for size in (1, 4, 10, 30))
        yield f"n {'rising' if rising else 'falling'} {apart}"
    measured = re.search(r"(\d+)(?:\.\d+)?\s?(%|[a-z]{1,3})?\s?$", before)
    if measured:
        yield f"n after number {measured[2] or ''}"
        if numbers[0] <= int(measured[1][:9]) <= numbers[-1]:
            yield "n around number"
    if re.search(r"\d\.\d", inside):
        yield "n decimal"


def _shape(text: str) -> str:
    """ "[0, a 0]" for "[12, Table 2]"."""
    return re.sub(r"[^\W\d_]+(?: [^\W\d_]+)*", "a", re.sub(r"[0-9]+", "0", text))


def _sort(character: str) -> str:
    if not character:
        return "none"
    if character.isdigit():
        return "digit" if character.isascii() else "raised"
    if character.isalpha():
        return "letter" if character.islower() else "capital"
    return "space" if character.isspace() else character


_FORMS = (
    ("url", _URL), ("date", _DATE), ("item", _ITEM), ("initials", _INITIALS), ("titled", _TITLED),
    ("names", _TWO_NAMES), ("place", _PLACE), ("measure", _MEASURE),
)  # fmt: skip
