"""Sentences of a report, as character spans: spaCy's sentencizer proposes, the rules of `sentences.toml` dispose.

In: any text. Out: start and end of each sentence, in order; together they hold every character that is no white space.
The sentencizer cuts after stops that its tokenizer knows as such. The rules undo the cuts after abbreviations, units,
initials and the numbers of lists, and add those that reports leave out: at the end of a line, before an item of a
list, before a word that opens a sentence ("normal The lungs"), after a stop without a space.
"""

import functools
import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import spacy
from spacy.language import Language

# A text beyond this is read in pieces, cut at white space, so that memory stays bounded.
LONGEST = 100_000

Span = tuple[int, int]

# The number or letter of an item, or a mark or bracket that opens a sentence: it stays with what follows.
_MARKER = re.compile(r"(?:[^\w\s]*\s*\(?(?:\d{1,2}|[A-Za-z])[.)]\s*)+|#\d{1,2}|[-*•–+?#(\[\"“'\s]+|[^\n.]{1,60}:\s+\(?\d{1,2}[.)]")
# An item on a line of its own: "1. ", "2) ", "(3) ", "#4 ", "a. ", "- ".
_ITEM = re.compile(r"(?:\(?\d{1,2}[.)]|#\d{1,2}|[A-Za-z][.)]|[-*•–+])\s")
# The number of an item within a line.
_INLINE = re.compile(r"(?<=[\w.:;])[ \t]+(?=\(?(\d{1,2})[.)]\s+\S)|^\s*\(?(\d{1,2})[.)](?=\s+\S)|:\s+(\d{1,2})[.)](?=\s+\S)")
_UNSPACED = re.compile(r"(?<=[^\W_])[.?!]+(?=[^\W_])|(?<=X)\.(?=[^\W_])")
# A stop that the tokenizer keeps within a word: doubled, after a redaction mark, a unit or an abbreviation.
_SPACED = re.compile(r"(\S+)[.?!…][\"”')\]]*\s+(?=[\"“(\[]?[A-Z\d_])")
_LINE_BREAK = re.compile(r"[^\S\n]*\n\s*")
_LAST_WORD = re.compile(r"[^\s(\[\"“]*$")
_OPENING = re.compile(r"(?<=\s)[(\[\"“#*•–+-]+\s*$")
_LEVEL = re.compile(r"[ctlsr]?\d+", re.IGNORECASE)
_ADDRESS = re.compile(r"@|//|www\.|\.(?:org|com|edu|net|gov)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Rules:
    """The words of `sentences.toml`."""

    abbreviations: frozenset[str]
    before_number: frozenset[str]
    may_end: frozenset[str]
    open_ended: frozenset[str]
    opener: re.Pattern[str]
    lost_stop: re.Pattern[str]


@functools.cache
def _rules() -> Rules:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    openers = "|".join(data["openers"])
    return Rules(
        *(frozenset(data[key]) for key in ("abbreviations", "before_number", "may_end", "open_ended")),
        opener=re.compile(rf"(?:{openers})\b"),
        lost_stop=re.compile(rf"(?<=[a-z\dX])[ \t]+(?=(?:{openers})\b(?!\.\s*\d))"),
    )


@functools.cache
def _pipeline() -> Language:
    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    return pipeline


def sentences(text: str) -> list[Span]:
    """Start and end of each sentence of `text`, blanks at the edges left out; a list number stays with its item."""
    spans: list[Span] = []
    begin = 0
    while begin < len(text):
        end = len(text)
        if end - begin > LONGEST:
            blank = max(text.rfind("\n", begin, begin + LONGEST), text.rfind(" ", begin, begin + LONGEST))
            end = blank + 1 if blank > begin else begin + LONGEST
        piece = text if (begin, end) == (0, len(text)) else text[begin:end]
        spans += [(begin + start, begin + stop) for start, stop in _sentences(piece)]
        begin = end
    return spans


def _sentences(text: str) -> Iterator[Span]:
    """The sentences of a text of bounded length."""
    rules = _rules()
    proposed = {sentence.start_char for sentence in _pipeline()(text).sents}
    proposed.update(_unproposed(text, rules))
    start = _skip_blanks(text, 0)
    # Brackets and marks that the sentencizer leaves before a cut open the next sentence.
    cuts = sorted({_before_opening(text, _skip_blanks(text, cut)) for cut in proposed})
    for number, cut in enumerate(cuts):
        following = cuts[number + 1] if number + 1 < len(cuts) else len(text)
        if start < cut < len(text) and not _joined(text, start, cut, following, rules):
            yield start, _last(text, start, cut)
            start = cut
    if start < len(text):
        yield start, _last(text, start, len(text))


def _unproposed(text: str, rules: Rules) -> Iterator[int]:
    """Cuts that the sentencizer does not know of."""
    has_stops = any(stop in text for stop in ".?!")
    if has_stops:
        for match in _SPACED.finditer(text):
            word = match[1].rstrip(".?!…\"”')]")
            if match[1] != word or word.lower() in rules.may_end or word.isupper() or word.endswith("V"):
                redacted = "." in word and text.startswith(("XXXX", "___"), match.end())
                if len(word) > 1 and not redacted:
                    yield match.end()
        for match in _UNSPACED.finditer(text):
            if _ends_unspaced(text, match.start(), match.end()):
                yield match.end()
    for match in rules.lost_stop.finditer(text):
        if _last_word(text, 0, match.start()) not in rules.open_ended:
            yield match.end()
    if "\n" in text:
        for match in _LINE_BREAK.finditer(text):
            if _ends_line(text, match, has_stops, rules):
                yield match.end()
    expected = 1
    for match in _INLINE.finditer(text):
        number = int(match[1] or match[2] or match[3])
        if number == expected and (number > 1 or not match[1] or text[match.start() - 1] in ".:"):
            expected += 1
            if match[1] and number > 1:
                yield match.end()


def _ends_unspaced(text: str, start: int, end: int) -> bool:
    """True where a stop between two characters ends a sentence: not in a number, an abbreviation, an address."""
    left = text[max(0, start - 3) : start]
    right = text[end : end + 2]
    if end - start > 1:
        return right[0].isupper()
    if right[0].isdigit():
        return len(left) == 3 and left.isalpha()
    word_start, word_end = start, end
    while word_start and not text[word_start - 1].isspace() and start - word_start < 80:
        word_start -= 1
    while word_end < len(text) and not text[word_end].isspace() and word_end - end < 80:
        word_end += 1
    if _ADDRESS.search(text, word_start, word_end):
        return False
    if right[0].isupper():
        return (left[-1].islower() or left[-1].isdigit() or left[-2:].isupper()) and len(left) > 1 and right.isalpha()
    return len(left) == 3 and left.isalpha() and right.isalpha() and text[end - 1] == "."


def _ends_line(text: str, line_break: re.Match[str], has_stops: bool, rules: Rules) -> bool:
    """True where a sentence ends with its line."""
    if line_break[0].count("\n") > 1:
        return True
    before = text[max(0, line_break.start() - 1) : line_break.start()]
    if before == ",":
        return False
    if _ITEM.match(text, line_break.end()) or before in ".?!:":
        return True
    if _last_word(text, 0, line_break.start()) in rules.open_ended:
        return False
    following = text[line_break.end() : line_break.end() + 1]
    return not has_stops or not (following.islower() or following.isdigit())


def _joined(text: str, start: int, cut: int, following: int, rules: Rules) -> bool:
    """True where what stands before a cut and after it is one sentence."""
    if _MARKER.fullmatch(text, start, _last(text, start, cut)):
        return True
    if not any(map(str.isalnum, text[cut:following])) and text[cut] not in "_?([\"“#*•–+-":
        return True
    end = _last(text, start, cut)
    if "\n" in text[end:cut]:
        return False
    if text[cut] in ",;":
        return True
    after = text[cut]
    before = text[end - 1]
    if before == "?" and end == cut and (end < 2 or not text[end - 2].isalnum()):
        return True
    word = _last_word(text, start, end)
    if before not in ".…)\"”'":
        return False
    if word in rules.abbreviations or (after.isdigit() and word in rules.before_number):
        return True
    if after.islower():
        if word in rules.may_end or len(word) == 1 or _LEVEL.fullmatch(word) or before in ")…" or text.endswith("..", 0, end):
            return True
        return False
    # An initial: "J. R. Doe".
    initial = len(word.rpartition(".")[2]) == 1 and word.replace(".", "").isalpha() and word not in rules.may_end
    return initial and not rules.opener.match(text, cut)


def _last_word(text: str, start: int, end: int) -> str:
    """The word that ends at `end`, in lower case and without stops at its end."""
    match = _LAST_WORD.search(text, max(start, end - 20), end)
    return match[0].rstrip(".?!…\"”')],;:").lower() if match else ""


def _before_opening(text: str, cut: int) -> int:
    """The cut before an opening bracket or mark, where one stands before it."""
    match = _OPENING.search(text, max(0, cut - 6), cut)
    return match.start() if match else cut


def _skip_blanks(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _last(text: str, start: int, end: int) -> int:
    """Where the text between ends without its blanks."""
    while end > start and text[end - 1].isspace():
        end -= 1
    return end
