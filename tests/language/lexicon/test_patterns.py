"""Short patterns name the phrases that a reader would expect, and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.errors import DataError
from radcurate.language.lexicon.patterns import expand, phrases


@pytest.mark.parametrize(
    ("patterns", "named"),
    [
        ("effusion", ["effusion"]),
        ("nodule(|s)", ["nodule", "nodules"]),
        ("(lung|pulmonary) mass(|es)", ["lung mass", "lung masses", "pulmonary mass", "pulmonary masses"]),
        ("pleur(al (fluid|rind)|isy); x-ray", ["pleural fluid", "pleural rind", "pleurisy", "x ray"]),
        ("(left |)base", ["left base", "base"]),
        ("a (|b) c", ["a c", "a b c"]),
        (";;", []),
    ],
)
def test_a_pattern_names(patterns, named):
    assert phrases(patterns, {}, {}) == named


def test_macros_stand_for_their_groups():
    assert phrases("heart<is> large", {"is": "( is|)"}, {}) == ["heart is large", "heart large"]


def test_other_spellings_are_added_at_the_start_of_a_word_only():
    spellings = {"edema": "oedema"}
    assert phrases("edema of lymphedema", {}, spellings) == ["edema of lymphedema", "oedema of lymphedema"]


@pytest.mark.parametrize("patterns", ["(", ")", "a|b", "(a;b)", "a (b (c) d"])
def test_brackets_that_do_not_match_are_refused(patterns):
    with pytest.raises(DataError, match="brackets do not match"):
        expand(patterns)


@given(st.text(st.sampled_from("ab (|);"), max_size=12))
def test_any_pattern_is_expanded_or_refused(patterns):
    try:
        named = expand(patterns)
    except DataError:
        return
    assert all(not set("(|);") & set(phrase) for phrase in named)
