"""The shared measures give the values that are worked out here by hand, and are never not a number."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.tasks.scoring import averages, label_counts, label_f1, micro_f1, rouge_l, same_words, set_counts

WORDS = st.lists(st.sampled_from(["no", "small", "effusion", "left", "1"]), max_size=8)
TERMS = st.sets(st.sampled_from("abcdef"))


def lcs(one: list[str], other: list[str]) -> int:
    """The textbook recursion."""
    if not one or not other:
        return 0
    if one[-1] == other[-1]:
        return lcs(one[:-1], other[:-1]) + 1
    return max(lcs(one[:-1], other), lcs(one, other[:-1]))


@pytest.mark.parametrize(
    ("reference", "answer", "value"),
    [
        ("No acute disease.", "no acute disease", 1.0),
        ("No acute cardiopulmonary disease", "No acute disease", 6 / 7),
        ("small left pleural effusion", "left small effusion", 4 / 7),
        ("one two three four", "four three two one", 1 / 4),
        ("a a a", "a", 1 / 2),
        ("3.5 cm nodule", "3 5 cm", 6 / 7),
        ("clear", "effusion", 0.0),
        ("clear", "", 0.0),
        ("...", "clear", 0.0),
    ],
)
def test_rouge_l_is_the_value_worked_out_by_hand(reference, answer, value):
    assert rouge_l(reference, answer) == pytest.approx(value)


@given(WORDS, WORDS)
def test_rouge_l_is_the_f1_of_the_longest_common_subsequence(one, other):
    expected = 2 * lcs(one, other) / (len(one) + len(other)) if one and other else 0.0
    assert rouge_l(" ".join(one), " ".join(other)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("reference", "answer", "same"),
    [("No  effusion.", " No effusion.\n", 1.0), ("No effusion.", "no effusion.", 0.0), ("No effusion.", "", 0.0)],
)
def test_the_same_words_may_be_spaced_otherwise(reference, answer, same):
    assert same_words(reference, answer) == same


def test_counts_are_right_wrong_and_missed_and_what_is_open_is_wrong_neither_way():
    assert set_counts(["a", "b", "c"], ["b", "c", "d", "e", "e"], ["e"]) == {
        "true_positives": 2.0,
        "false_positives": 1.0,
        "false_negatives": 1.0,
    }


@given(TERMS, TERMS, TERMS)
def test_counts_add_up_to_what_was_wanted_and_what_was_said(wanted, given_, left_open):
    counts = set_counts(wanted, given_, left_open)
    assert counts["true_positives"] + counts["false_negatives"] == len(wanted)
    assert counts["true_positives"] + counts["false_positives"] == len(given_ - (left_open - wanted))


def test_micro_f1_is_over_summed_counts():
    scores = [set_counts("abc", "ab"), set_counts("d", "xyz")]
    assert micro_f1(scores) == pytest.approx(2 * 2 / (2 * 2 + 3 + 2))


@pytest.mark.parametrize("scores", [[], [set_counts("", "")], [set_counts("", "e", "e")]])
def test_micro_f1_is_none_where_nothing_was_to_find_and_nothing_said(scores):
    assert micro_f1(scores) is None


@given(st.lists(st.tuples(TERMS, TERMS), max_size=5))
def test_micro_f1_is_none_or_between_nought_and_one(pairs):
    value = micro_f1([set_counts(*pair) for pair in pairs])
    assert value is None or (0.0 <= value <= 1.0 and not math.isnan(value))


def test_a_malformed_answer_is_counted_and_lowers_the_mean():
    scores = [{"malformed": 0.0, "exact": 1.0}, {"malformed": 1.0, "exact": 0.0}]
    assert averages(scores, ("exact",)) == {"answers": 2.0, "malformed": 1.0, "exact": 0.5}


def test_no_answers_have_no_mean():
    assert averages([], ("exact",)) == {"answers": 0.0, "malformed": 0.0}


def test_f1_of_labels_is_over_all_over_each_and_of_each():
    scores = [label_counts("ab", "ac", "d"), label_counts("a", "ad", "d"), label_counts("", "")]
    # a: 2 hits; b: 1 missed; c: 1 extra; d is left open.
    assert label_f1(scores) == pytest.approx(
        {"micro_f1": 4 / (4 + 1 + 1), "macro_f1": 1 / 3, "f1/a": 1.0, "f1/b": 0.0, "f1/c": 0.0}
    )
    assert label_f1([label_counts("", "")]) == {}


@given(st.lists(st.tuples(TERMS, TERMS, TERMS), max_size=5))
def test_f1_of_labels_is_never_beyond_its_bounds(answers):
    values = label_f1([label_counts(*sides) for sides in answers])
    assert all(0.0 <= value <= 1.0 for value in values.values())
    assert values.get("micro_f1") == micro_f1([set_counts(*sides) for sides in answers])
