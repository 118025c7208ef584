"""Sentences of a report, as character spans, by spaCy's sentencizer (its tokenizer knows `Dr.` and `a.m.`)."""

import functools
import re

import spacy
from spacy.language import Language

LONGEST = 1_000_000
# A list number is the start of its item, not a sentence: "1." and "2)".
_NUMBER = re.compile(r"\(?\d{1,2}[.)]")

Span = tuple[int, int]


@functools.cache
def _pipeline() -> Language:
    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    pipeline.max_length = LONGEST
    return pipeline


def sentences(text: str) -> list[Span]:
    """Start and end of each sentence of `text`, blanks at the edges left out; a list number stays with its item."""
    spans: list[Span] = []
    number: int | None = None
    for sentence in _pipeline()(text[:LONGEST]).sents:
        for start, end in _lines(text, sentence.start_char, sentence.end_char):
            if _NUMBER.fullmatch(text, start, end):
                number = start if number is None else number
                continue
            spans.append((start if number is None else number, end))
            number = None
    if number is not None:
        spans.append((number, len(text.rstrip())))
    return spans


def _lines(text: str, start: int, end: int) -> list[Span]:
    """A line break ends a sentence too (wrapped lines were joined by cleaning)."""
    return [(start + match.start(), start + match.end()) for match in re.finditer(r"\S(?:[^\n]*\S)?", text[start:end])]
