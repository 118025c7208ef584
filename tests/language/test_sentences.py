"""Sentences are spans of the text: none is lost, none overlaps, list numbers stay with their items."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.language.sentences import sentences

PIECES = st.sampled_from(
    [
        "1.",
        "2)",
        "(3)",
        "12.",
        "Dr.",
        "a.m.",
        "3.5 cm",
        "No effusion",
        "Clear",
        "XXXX",
        ".",
        "..",
        "?",
        " ",
        "\n",
        "\n\n",
    ]
)
TEXT = st.one_of(st.text(st.characters(codec="utf-8")), st.lists(PIECES, max_size=20).map(" ".join))


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@given(TEXT)
def test_spans_are_in_order_apart_and_have_no_blanks_at_their_edges(text):
    spans = sentences(text)
    assert all(start < end for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)


@given(TEXT)
def test_no_character_but_blanks_lies_outside_every_sentence(text):
    covered = "".join(cut(text))
    assert "".join(covered.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The heart is large. No effusion.", ["The heart is large.", "No effusion."]),
        ("1. Clear lungs. 2. Normal heart.", ["1. Clear lungs.", "2. Normal heart."]),
        ("1) Clear lungs\n2) Normal heart", ["1) Clear lungs", "2) Normal heart"]),
        ("1.\n2. Clear lungs.", ["1.\n2. Clear lungs."]),
        ("Small effusions 2.", ["Small effusions 2."]),
        ("Clear lungs. 2.", ["Clear lungs.", "2."]),
        ("Discussed with Dr. Doe at 6 a.m. today.", ["Discussed with Dr. Doe at 6 a.m. today."]),
        ("A 3.5 cm mass at T12.", ["A 3.5 cm mass at T12."]),
        ("Is this a mass? Yes!", ["Is this a mass?", "Yes!"]),
        ("Clear lungs\nNormal heart", ["Clear lungs", "Normal heart"]),
        ("   ", []),
        ("", []),
    ],
)
def test_a_report_is_cut_where_a_reader_would(text, found):
    assert cut(text) == found
