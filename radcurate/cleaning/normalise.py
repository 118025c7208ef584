"""Rules that change how text is encoded and spaced, never what it says."""

import re
import unicodedata
from collections.abc import Iterator

from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

# Zero-width and directional marks, soft hyphens, byte-order marks, and control characters that are no white space.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]+")
_TOKEN = re.compile(r"\S+")
_EDGE = re.compile(r"\A\s+|\s+\Z")
_LINE_END = re.compile(r"\r\n?|\n")
_BREAKS = re.compile(r"[^\S\r\n]*[\r\n]\s*")
_SPACES = re.compile(r"[^\S\r\n]+")


def _invisible(section: Section) -> Iterator[Edit]:
    """Takes out zero-width and directional marks, soft hyphens, byte-order marks and control characters."""
    for match in _INVISIBLE.finditer(section.text):
        yield Edit(match.start(), match.end(), "")


def _unicode_nfc(section: Section) -> Iterator[Edit]:
    """Composes letters and their accents (Unicode NFC); superscripts and fractions stay what they are."""
    if unicodedata.is_normalized("NFC", section.text):
        return
    for match in _TOKEN.finditer(section.text):
        composed = unicodedata.normalize("NFC", match[0])
        if composed != match[0]:
            yield Edit(match.start(), match.end(), composed)


def _spaces(section: Section) -> Iterator[Edit]:
    """One plain space for any run of blanks, at most one empty line, none at the edges."""
    text = section.text
    for match in _EDGE.finditer(text):
        yield Edit(match.start(), match.end(), "")
    first, last = len(text) - len(text.lstrip()), len(text.rstrip())
    for match in _BREAKS.finditer(text, first, last):
        breaks = "\n\n" if len(_LINE_END.findall(match[0])) > 1 else "\n"
        if match[0] != breaks:
            yield Edit(match.start(), match.end(), breaks)
    for match in _SPACES.finditer(text, first, last):
        beside_break = any(character in "\r\n" for character in (text[match.start() - 1], text[match.end()]))
        if match[0] != " " and not beside_break:
            yield Edit(match.start(), match.end(), " ")


RULES = (
    TextRule(
        "invisible.v1",
        _invisible,
        (
            Example("pleural\u200b effusion", "pleural effusion"),
            Example("\ufeffNo effu\u00adsion.\x00", "No effusion."),
            Example("10⁹, Tc-99m, T2, H₂O, 3 × 4 mm, 37 °C", "10⁹, Tc-99m, T2, H₂O, 3 × 4 mm, 37 °C"),
        ),
    ),
    TextRule(
        "unicode_nfc.v1",
        _unicode_nfc,
        (
            Example("Me\u0301nie\u0300re", "Ménière"),
            Example("Sjo\u0308gren", "Sjögren"),
            Example("10⁹ stays a superscript, ½ a fraction", "10⁹ stays a superscript, ½ a fraction"),
        ),
    ),
    TextRule(
        "spaces.v1",
        _spaces,
        (
            Example("  The heart\u00a0is  normal. ", "The heart is normal."),
            Example("1. Clear.\n\n\n \n2. Normal.", "1. Clear.\n\n2. Normal."),
            Example("end \n start", "end\nstart"),
            Example("one\r\ntwo\rthree\x0cfour", "one\ntwo\nthree four"),
            Example("One.\nTwo.\n\nThree.", "One.\nTwo.\n\nThree."),
        ),
    ),
)
