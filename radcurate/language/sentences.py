"""Sentences of a report, as character spans: spaCy's sentencizer proposes, the rules of `sentences.toml` dispose.

In: any text. Out: start and end of each sentence, in order; together they hold every character that is no white space.
The sentencizer cuts after stops that its tokenizer knows as such. The rules undo the cuts after abbreviations, units,
initials and the numbers of lists, and add those that reports leave out: at the end of a line, before an item of a
list, before a word that opens a sentence ("normal The lungs"), after a stop without a space.
"""

import functools
import itertools
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from radcurate.language.sentencizer import Word, proposed, skip_blanks, stop_words

# Signs of print that say nothing of findings: no-break spaces, and raised figures, which cite sources.
_PRINT = re.compile(r"[\u00a0\u202f]|\s?[⁰¹²³⁴-⁹]+(?:[,–-][⁰¹²³⁴-⁹]+)*")

# A text beyond this is read in pieces, cut at white space, so that memory stays bounded.
LONGEST = 100_000

Span = tuple[int, int]

# The number or letter of an item, or a mark or bracket that opens a sentence: it stays with what follows.
_MARKER = re.compile(
    r"(?:[^\w\s]*\s*\(?(?:\d{1,2}|[A-Za-z])[.)]\s*)+|#\d{1,2}|[-*•–+?#(\[\"“'\s]+|[^\n.]{1,60}:\s+\(?\d{1,2}[.)]"
)
_LONGEST_MARKER = 80
# An item on a line of its own: "1. ", "2) ", "(3) ", "#4 ", "a. ", "- ".
_ITEM = re.compile(r"(?:\(?\d{1,2}[.)]|#\d{1,2}|[A-Za-z][.)]|[-*•–+])\s")
# The number of an item within a line, and what may stand before it.
_INLINE = re.compile(r"(?:(?<=[\w.:;])[ \t]+|^)\(?(\d{1,2})[.)](?=\s+\S)")
_UNSPACED = re.compile(r"(?<=[^\W_])[.?!]+(?=[^\W_])")
_AFTER_STOP = re.compile(r"\s+[\"“(\[]?([A-Z\d_])")
_ENDS = ".?!…\"”')]"
_LOST_STOP = re.compile(r"[ \t](?<=[a-z\dX][ \t])[ \t]*(?=[A-Z])")
_CAPITALISED = re.compile(r"[A-Z][a-z]+\b(?!\.\s*\d)")
_LINE_BREAK = re.compile(r"\n\s*")
_OPENING = re.compile(r"(?<=\s)[(\[\"“#*•–+-]+\s*$")
_OPENS = frozenset('_?(["“#*•–+-')
_LEVEL = re.compile(r"[ctlsr]?\d+", re.IGNORECASE)
_ADDRESS = re.compile(r"@|//|www\.|\.(?:org|com|edu|net|gov)\b", re.IGNORECASE)
_ALPHANUMERIC = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class Rules:
    """The words of `sentences.toml`."""

    abbreviations: frozenset[str]
    before_number: frozenset[str]
    may_end: frozenset[str]
    openers: frozenset[str]
    open_ended: frozenset[str]


@functools.cache
def _rules() -> Rules:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    keys = ("abbreviations", "before_number", "may_end", "openers", "open_ended")
    return Rules(*(frozenset(data[key]) for key in keys))


def without_print(text: str) -> str:
    """`text` with blanks for the signs of print that no sentence depends on; all else stays in its place."""
    return _PRINT.sub(lambda signs: " " * len(signs[0]), text)


def sentences(text: str) -> list[Span]:
    """Start and end of each sentence of `text`, blanks at the edges left out; a list number stays with its item."""
    if text.isascii():
        return _in_pieces(text)
    return _with_print(text, _in_pieces(without_print(text)))


def _with_print(text: str, spans: Sequence[Span]) -> list[Span]:
    """The sentences of `text`, found without its signs of print: raised figures belong to the sentence before them,
    those that open the text to the first."""
    starts = [skip_blanks(text, 0), *(start for start, _ in spans[1:]), len(text)]
    found = [(start, _last(text, start, after)) for start, after in itertools.pairwise(starts)]
    return [(start, end) for start, end in found if start < end]


def _in_pieces(text: str) -> list[Span]:
    """The sentences of a text of any length, so much at a time."""
    if len(text) <= LONGEST:
        return _sentences(text)
    spans: list[Span] = []
    begin = 0
    while begin < len(text):
        end = begin + LONGEST
        if end < len(text):
            blank = max(text.rfind("\n", begin, end), text.rfind(" ", begin, end))
            end = blank + 1 if blank > begin else end
        spans += [(begin + start, begin + stop) for start, stop in _sentences(text[begin:end])]
        begin = end
    return spans


def _sentences(text: str) -> list[Span]:
    """The sentences of a text of bounded length."""
    rules = _rules()
    words = stop_words(text)
    cuts = [*proposed(text, words), *_unproposed(text, words, rules)]
    # Brackets and marks that the sentencizer leaves before a cut open the next sentence.
    cuts = sorted({_before_opening(text, skip_blanks(text, cut)) for cut in cuts})
    cuts.append(len(text))
    spans = []
    start = skip_blanks(text, 0)
    for number, cut in enumerate(cuts[:-1]):
        if start < cut < len(text) and not _joined(text, start, cut, cuts[number + 1], rules):
            spans.append((start, _last(text, start, cut)))
            start = cut
    if start < len(text):
        spans.append((start, _last(text, start, len(text))))
    return spans


# What it does not know.


def _unproposed(text: str, words: Sequence[Word], rules: Rules) -> Iterator[int]:
    """Cuts that the sentencizer does not make."""
    for begin, end, word in words:
        plain = word.rstrip(_ENDS)
        if plain != word and _ends_spaced(text, word, plain, end, rules):
            yield end
        if not plain.isalnum():
            for stop in _UNSPACED.finditer(plain):
                if _ends_unspaced(plain, stop.start(), stop.end()):
                    yield begin + stop.end()
    for blank in _LOST_STOP.finditer(text):
        opener = _CAPITALISED.match(text, blank.end())
        if opener and opener[0] in rules.openers and _last_word(text, 0, blank.start()) not in rules.open_ended:
            yield blank.end()
    if "\n" in text:
        for line_break in _LINE_BREAK.finditer(text):
            if _ends_line(text, line_break, bool(words), rules):
                yield line_break.end()
    expected = 1
    numbered = ")" in text or any(word[0].isdigit() or word[0] == "(" for _, _, word in words)
    for item in _INLINE.finditer(text) if numbered else ():
        before = text[item.start() - 1] if item.start() else ""
        if int(item[1]) == expected and (expected > 1 or before in ("", ".", ":")):
            if expected > 1 and before != ";":
                yield skip_blanks(text, item.start())
            expected += 1


def _ends_spaced(text: str, word: str, plain: str, end: int, rules: Rules) -> bool:
    """True where a stop ends a sentence that the tokenizer keeps in its word: doubled, or after a redaction mark, a
    unit or an abbreviation that may end one."""
    doubled = len(word) - len(plain) > 1 and word[len(plain)] in ".…"
    ends = doubled or plain.isupper() or plain.endswith("V") or plain.lstrip('(["“').lower() in rules.may_end
    following = _AFTER_STOP.match(text, end) if ends and len(plain) > 1 else None
    return following is not None and not ("." in plain and text.startswith(("XXXX", "___"), following.start(1)))


def _ends_unspaced(word: str, start: int, end: int) -> bool:
    """True where a stop within a word ends a sentence: not in a number, an abbreviation, an address."""
    left, right = word[max(0, start - 3) : start], word[end : end + 2]
    if end - start > 1:
        return right[0].isupper()
    if right[0].isdigit():
        return len(left) == 3 and left.isalpha()
    if _ADDRESS.search(word, max(0, start - 80), end + 80):
        return False
    if right[0].isupper():
        return (
            len(right) == 2
            and right.isalpha()
            and len(left) > 1
            and (left[-1].islower() or left[-1].isdigit() or left[-2:].isupper())
        )
    return len(left) == 3 and len(right) == 2 and (left + right).isalpha() and word[start] == "."


def _ends_line(text: str, line_break: re.Match[str], has_stops: bool, rules: Rules) -> bool:
    """True where a sentence ends with its line."""
    if line_break[0].count("\n") > 1:
        return True
    end = _last(text, 0, line_break.start())
    before = text[max(0, end - 1) : end]
    if before == ",":
        return False
    if before in ".?!:" or _ITEM.match(text, line_break.end()):
        return True
    if _last_word(text, 0, end) in rules.open_ended:
        return False
    following = text[line_break.end() : line_break.end() + 1]
    return not has_stops or not (following.islower() or following.isdigit())


# What the rules undo.


def _joined(text: str, start: int, cut: int, following: int, rules: Rules) -> bool:
    """True where what stands before a cut and after it is one sentence."""
    end = _last(text, start, cut)
    if end - start <= _LONGEST_MARKER and not text[end - 3 : end - 1].isalpha() and _MARKER.fullmatch(text, start, end):
        return True
    after = text[cut]
    if not after.isalnum():
        if after not in _OPENS and not _ALPHANUMERIC.search(text, cut, following):
            return True
        if after in ",;" and "\n" not in text[end:cut]:
            return True
    before = text[end - 1]
    if before == "?":
        return end == cut and (end < 2 or not text[end - 2].isalnum())
    if before not in ".…)\"”'" or "\n" in text[end:cut]:
        return False
    word = _last_word(text, start, end)
    if word in rules.abbreviations or (after.isdigit() and word in rules.before_number):
        return True
    if after.islower():
        doubled = text.endswith("..", 0, end)
        return doubled or before in ")…" or len(word) == 1 or word in rules.may_end or bool(_LEVEL.fullmatch(word))
    # An initial: "J. R. Doe".
    if len(word.rpartition(".")[2]) != 1 or word in rules.may_end or not word.replace(".", "").isalpha():
        return False
    opener = _CAPITALISED.match(text, cut)
    return not (opener and opener[0] in rules.openers)


def _last_word(text: str, start: int, end: int) -> str:
    """The word that ends at `end`, in lower case and without stops at its end."""
    words = text[max(start, end - 20) : end]
    if not words or words[-1].isspace():
        return ""
    word = words.rsplit(None, 1)[-1]
    for opening in '(["“':
        word = word.rpartition(opening)[2]
    return word.rstrip(".?!…\"”')],;:").lower()


def _before_opening(text: str, cut: int) -> int:
    """The cut before an opening bracket or mark, where one stands before it."""
    if cut < 2 or text[cut - 1].isalnum() or (text[cut - 1] == " " and text[cut - 2] not in _OPENS):
        return cut
    match = _OPENING.search(text, max(0, cut - 6), cut)
    return match.start() if match else cut


def _last(text: str, start: int, end: int) -> int:
    """Where the text between ends without its blanks."""
    while end > start and text[end - 1].isspace():
        end -= 1
    return end
