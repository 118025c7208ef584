"""A text names a thing whatever its case, number, hyphens and spelling, and whole words alone count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.tasks.phrases import find, holds_all

NAMED = [
    ("Bilateral pleural effusions.", "pleural effusion"),
    ("Several MASSES are seen.", "mass"),
    ("Biopsies were taken.", "biopsy"),
    ("Osteolytic metastases", "osteolytic metastasis"),
    ("Thrombi fill the vein.", "thrombus"),
    ("The vertebrae are intact.", "vertebra"),
    ("A single diverticulum.", "diverticula"),
    ("Cerebral edema", "cerebral oedema"),
    ("haemangioma of the liver", "hemangioma"),
    ("a giant cell tumor", "Giant cell tumour"),
    ("embolization of the artery", "embolisation"),
    ("A ring-enhancing lesion", "enhancing lesion"),
    ("non accidental injury", "non-accidental injury"),
    ("nonaccidental injury", "non-accidental injuries"),
    ("non-accidental injury", "nonaccidental injury"),
    ("renal\ncell carcinoma", "renal cell carcinoma"),
    ("PET/CT shows uptake", "pet-ct"),
]


@pytest.mark.parametrize(("text", "phrase"), NAMED)
def test_a_phrase_is_found_in_another_number_spelling_or_hyphenation(text, phrase):
    assert find(text, phrase)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("A renal mass.", "adrenal mass"),
        ("Pleural thickening and an effusion.", "pleural effusion"),
        ("Cell carcinoma, renal", "renal cell carcinoma"),
        ("A pneumothorax.", "pneumonia"),
        ("Lung.", "lung abscess"),
        ("Anything at all.", ""),
        ("", "lung"),
    ],
)
def test_other_words_and_another_order_are_not_found(text, phrase):
    assert find(text, phrase) is None


def test_the_span_is_that_of_the_words_as_they_stand():
    text = "No doubt: Pulmonary Emboli, on both sides."
    start, end = find(text, "pulmonary embolus")
    assert text[start:end] == "Pulmonary Emboli"


@given(st.text(max_size=40), st.text(max_size=20))
def test_a_span_lies_within_any_text(text, phrase):
    span = find(text, phrase)
    assert span is None or 0 <= span[0] < span[1] <= len(text)


@given(st.lists(st.sampled_from(["hila", "renal", "cysts", "re-bleed", "Ödem"]), min_size=1, max_size=6).map(" ".join))
def test_a_text_names_itself(text):
    assert find(text, text) == (0, len(text))


def test_words_in_any_order_are_all_held():
    assert holds_all("A fracture of the lateral tibial plateau.", "Lateral tibial plateau fractures")
    assert not holds_all("A fracture of the tibial shaft.", "Lateral tibial plateau fractures")
