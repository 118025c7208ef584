"""Noise is put in by the hash of a key: the same always, of every kind, and none that the text cannot hold."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.documents import REDACTION_MARKS, as_published
from radcurate.tasks.noise_undone import undone
from radcurate.tasks.noise_words import noise
from radcurate.tasks.report_noise import Draws, noisy
from tests.shards import report

DOCUMENT = report(
    "r1",
    "The heart, hila and lungs are normal. There is no pleural effusion. The bones are intact.",
    "Mild scoliosis of the thoracic spine. No acute cardiopulmonary disease.",
    sections={"comparison": "Chest radiograph.", "indication": "Cough, fever and night sweats for three weeks."},
)
CLEAN = as_published(DOCUMENT.sections)
KEYS = [f"key {number}" for number in range(600)]


def test_the_same_key_gives_the_same_noise_and_other_keys_other_noise():
    assert noisy(DOCUMENT.sections, "a") == noisy(DOCUMENT.sections, "a")
    assert len({noisy(DOCUMENT.sections, key) for key in KEYS}) > 500


def test_each_kind_is_put_in_about_as_often_as_its_share_says():
    found = Counter(kind for key in KEYS for kind in undone(noisy(DOCUMENT.sections, key)).kinds)
    for kind, told in noise()["kinds"].items():
        assert 0.3 * told["share"] < found[kind] / len(KEYS) < 1.3 * told["share"], kind


def test_nearly_all_noise_is_undone_to_the_letter():
    assert sum(undone(noisy(DOCUMENT.sections, key)).text == CLEAN for key in KEYS) > 0.97 * len(KEYS)


@pytest.mark.parametrize("comparison", ["None.", "No prior films.", "Not available."])
def test_no_prior_is_invented_where_the_comparison_says_there_is_none(comparison):
    document = report("r1", DOCUMENT.text_of("findings"), sections={"comparison": comparison})
    said = [noisy(document.sections, key).lower() for key in KEYS]
    assert not any(word in text for text in said for word in ("prior study", "previous", "prior radiograph"))


def test_what_a_redaction_mark_stands_in_is_said_once():
    document = report("r1", "XXXX of the left lung.", "XXXX disease of the lung.")
    for key in KEYS[:200]:
        assert noisy(document.sections, key).count("of the left") <= 1


@given(st.text("ab", max_size=20), st.text("ab", max_size=20))
def test_chances_are_even_enough_to_tell_questions_apart(key, question):
    assert 0.0 <= Draws(key).chance(question) < 1.0
    assert Draws(key).chance(question) == Draws(key).chance(question)


WORDS = st.sampled_from(["The", "lungs", "no", "effusion", "XXXX", "___", ",", ".", ";", "2.5", "cm", "period", "a"])


@given(st.lists(WORDS, min_size=1, max_size=40).map(" ".join), st.integers(0, 50))
def test_no_redaction_mark_of_the_report_is_lost(text, number):
    document = report("r1", text, text)
    for mark in REDACTION_MARKS:
        assert noisy(document.sections, f"{number}").count(mark) >= as_published(document.sections).count(mark)
