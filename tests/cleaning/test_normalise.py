"""Normalising changes how text is encoded and spaced, never what it says."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.cleaning import normalise
from radcurate.cleaning.apply import clean_section
from radcurate.documents import Section
from tests.cleaning.test_rules import ANY_TEXT


def normalised(text: str) -> str:
    return clean_section(Section("findings", "FINDINGS", text), normalise.RULES)[0].text


@given(ANY_TEXT)
def test_normal_text_has_single_blanks_and_no_more_than_one_empty_line(text):
    assert re.fullmatch(r"(?:\S+(?: |\n\n?)?)*", normalised(text))
    assert normalised(text) == normalised(text).strip()


@given(ANY_TEXT)
def test_normal_text_is_composed(text):
    assert unicodedata.is_normalized("NFC", normalised(text))


@given(st.text(st.characters(codec="ascii", min_codepoint=33, max_codepoint=126)))
def test_plain_words_stay_as_they_are(text):
    assert normalised(text) == text


@given(ANY_TEXT)
def test_only_blanks_and_invisible_marks_are_lost(text):
    def visible(some: str) -> str:
        return "".join(unicodedata.normalize("NFC", normalise._INVISIBLE.sub("", some)).split())

    assert "".join(normalised(text).split()) == visible(text)


def test_composing_one_word_changes_no_superscript_ligature_or_fraction_beside_it():
    text = "10⁹/L, H₂O, ½, ﬁlm, Ⅱ, ²⁰¹Tl"
    assert normalised(f"Me\u0301nie\u0300re: {text}") == f"Ménière: {text}"
    assert normalised("10⁹e\u0301") == "10⁹é"


@pytest.mark.parametrize("blank", ["\u00a0", "\u2003", "\u2028", "\t", "\x0c", "\x1c", "\x85", "   "])
def test_any_blank_becomes_one_space(blank):
    assert normalised(f"small{blank}effusion") == "small effusion"


@pytest.mark.parametrize("mark", ["\u200b", "\u200e", "\u202a", "\u2060", "\ufeff", "\u00ad", "\x00", "\x7f", "\x9f"])
def test_invisible_marks_go_without_a_trace(mark):
    assert normalised(f"pneumo{mark}thorax") == "pneumothorax"


@pytest.mark.parametrize(
    ("break_", "kept"),
    [("\n", "\n"), ("\r\n", "\n"), ("\r", "\n"), ("\n\n", "\n\n"), ("\r\n\r\n", "\n\n"), (" \n \n\n ", "\n\n")],
)
def test_a_line_break_stays_and_a_paragraph_is_one_empty_line(break_, kept):
    assert normalised(f"1. Clear.{break_}2. Normal.") == f"1. Clear.{kept}2. Normal."
