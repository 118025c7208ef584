"""What was decoded wrongly is decoded anew, where it can be told what was meant; all else stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.cleaning import chosen
from radcurate.cleaning.apply import clean_section
from radcurate.cleaning.encoding import damage
from radcurate.documents import Section

MOJIBAKE = chosen(("mojibake.v1",))
GOOD = [
    "Ménière’s",
    "Behçet",
    "37 °C",
    "±2 mm",
    "3 × 4",
    "T8–T9",
    "“sail” sign",
    "naïve",
    "Sjögren",
    "½",
    "20 µm",
    "≥ 5",
]


def repaired(text: str) -> str:
    return clean_section(Section("findings", "FINDINGS", text), MOJIBAKE)[0].text


@pytest.mark.parametrize("text", GOOD)
@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
def test_utf_8_that_was_read_in_another_charset_is_read_again(text, wrong):
    try:
        misread = text.encode().decode(wrong)
    except UnicodeDecodeError:
        pytest.skip("this charset has no such characters")
    assert repaired(f"A {misread} here.") == f"A {text} here."


@pytest.mark.parametrize("text", [*GOOD, "Ã", "fallÃ", "São Paulo", "Ångström", "Łódź", "müssen", "10⁹/L", "ﬁbrosis"])
def test_what_was_read_rightly_stays(text):
    assert repaired(f"A {text} here.") == f"A {text} here."


@given(text=st.text(st.characters(codec="latin-1", exclude_categories=("Cc",)), max_size=60))
def test_repair_comes_to_rest_and_touches_no_plain_letter(text):
    once = repaired(text)
    assert repaired(once) == once
    assert [one for one in once if one.isascii() and one.isalnum()] == [
        one for one in text if one.isascii() and one.isalnum()
    ]


def test_damage_counts_what_is_lost():
    assert (damage("M\ufffdni\ufffdre"), damage("Ménière"), damage("Clear lungs.")) == (2, 0, 0)
