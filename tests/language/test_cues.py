"""Cues are found in the sentences written beside them and in no other; the cases that real reports taught are kept."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.language import cues
from radcurate.language.cues import cites_prior, cue_set, has_inner_heading, is_communication
from radcurate.language.sentences import sentences
from tests.openi import clean_reports, published_reports, report_text

KINDS = sorted(tomllib.loads(Path(cues.__file__).with_suffix(".toml").read_text(encoding="utf-8")))
SENTENCES = [
    (kind, sentence, wanted) for kind in KINDS for wanted in ("yes", "no") for sentence in cues.examples(kind)[wanted]
]


@pytest.mark.parametrize(("kind", "sentence", "wanted"), SENTENCES)
def test_a_cue_is_found_in_its_examples_alone(kind, sentence, wanted):
    found = [sentence[start:end] for start, end in cue_set(kind).find(sentence)]
    assert bool(found) is (wanted == "yes"), found


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_examples_of_both_sorts(kind):
    assert cues.examples(kind)["yes"]
    assert cues.examples(kind)["no"]


@pytest.mark.parametrize("kind", KINDS)
@given(text=st.text(st.characters(codec="utf-8")))
def test_any_text_can_be_searched_and_spans_lie_within_it(kind, text):
    assert all(0 <= start <= end <= len(text) for start, end in cue_set(kind).find(text))


def test_an_exception_excuses_the_cue_that_it_covers_and_no_other():
    assert not cites_prior("Follow-up to document resolution is recommended.")
    assert cites_prior("Follow-up to document resolution of the new opacity is recommended.")
    assert cites_prior("Right larger than left effusion, which is new.")


def test_the_three_questions_ask_different_cues():
    assert cites_prior("Stable cardiomegaly.")
    assert is_communication("Results were called to the ward.")
    assert has_inner_heading("Clear. Left ribs. No fracture.")
    assert not is_communication("Stable cardiomegaly.")
    assert not has_inner_heading("Results were called to the ward.")


def test_headings_are_told_by_their_capitals():
    assert has_inner_heading("Clear lungs. IMPRESSION: Normal.")
    assert not has_inner_heading("Clear lungs, impression: normal.")


@pytest.mark.parametrize("number", ["CXR157", "CXR249", "CXR2907", "CXR55", "CXR681", "CXR1998", "CXR2570", "CXR3509"])
def test_these_impressions_cite_a_prior(openi_reports, number):
    assert cites_prior(clean_reports(openi_reports)[number].text_of("impression"))


@pytest.mark.parametrize(
    "number", ["CXR177", "CXR451", "CXR3249", "CXR3377", "CXR2150", "CXR541", "CXR3974", "CXR1122"]
)
def test_sides_symptoms_and_recommendations_cite_none(openi_reports, number):
    assert not cites_prior(clean_reports(openi_reports)[number].text_of("impression"))


def test_stable_and_unchanged_are_comparisons_wherever_they_stand(openi_reports):
    texts = [report_text(document) for document in clean_reports(openi_reports).values()]
    plain = [text for text in texts if re.search(r"\b(?:stable|unchanged)\b", text, re.IGNORECASE)]
    assert len(plain) == 777
    assert all(cites_prior(text) for text in plain)


@pytest.mark.parametrize(
    ("number", "sentences_that_tell"), [("CXR9", 3), ("CXR60", 1), ("CXR249", 1), ("CXR2907", 1), ("CXR123", 2)]
)
def test_notifications_of_real_reports_are_found(openi_reports, number, sentences_that_tell):
    impression = clean_reports(openi_reports)[number].text_of("impression")
    told = [is_communication(impression[start:end]) for start, end in sentences(impression)]
    assert sum(told) == sentences_that_tell
    assert told[-sentences_that_tell:] == [True] * sentences_that_tell


def telling(documents) -> set[str]:
    """The reports whose impression holds a sentence that tells of the reporting, and nothing of the images."""
    texts = {number: document.text_of("impression") for number, document in documents.items()}
    return {number for number, text in texts.items() if any(is_communication(text[a:b]) for a, b in sentences(text))}


def test_notifications_are_rare_among_real_impressions(openi_reports):
    assert 35 <= len(telling(published_reports(openi_reports))) <= 50


def test_cleaning_takes_out_the_ends_of_reports_among_them_and_no_notification(openi_reports):
    gone = telling(published_reports(openi_reports)) - telling(clean_reports(openi_reports))
    assert gone == {"CXR180", "CXR739", "CXR1448", "CXR3144"}  # `report_marker.v1`


@pytest.mark.parametrize("number", ["CXR1823", "CXR206", "CXR3278", "CXR157", "CXR1770", "CXR2415"])
def test_reports_of_several_body_parts_or_with_lost_headings_are_found(openi_reports, number):
    assert has_inner_heading(report_text(clean_reports(openi_reports)[number]))
