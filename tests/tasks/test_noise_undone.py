"""Noise is taken out of a text kind by kind; a clean text stays as it is."""

import re
from collections import Counter

import pytest
from hypothesis import given

from radcurate.tasks.noise_undone import STEPS, undone
from radcurate.tasks.noise_words import noise
from tests.tasks.observation_tasks import TEXTS

CLEAN = "INDICATION: Cough, fever.\n\nFINDINGS: The lungs are clear. No effusion.\n\nIMPRESSION: No acute disease."
# Of each kind: texts that become CLEAN.
NOISY = {
    "signature": [
        f"{CLEAN}\n\nElectronically signed by the attending radiologist on ___",
        f"{CLEAN} Dictated by XXXX, M.D.",
        f"{CLEAN}\nPage 1 of 2",
        f"*** FINAL REPORT ***\n{CLEAN}",
        f"{CLEAN}\nDictated by ___ at XXXX\nEND OF REPORT",
    ],
    "spoken_paragraph": [CLEAN.replace("\n\nIMPRESSION", " new paragraph IMPRESSION")],
    "heading_run_in": [
        CLEAN.replace("\n\nIMPRESSION: ", " IMPRESSION:"),
        CLEAN.replace("\n\n", "\n"),
        CLEAN.replace(": ", ":"),
    ],
    "hard_break": [CLEAN.replace("lungs are", "lungs\nare").replace("acute disease", "acute\ndisease")],
    "spoken_stop": [CLEAN.replace("clear.", "clear period"), CLEAN.replace("effusion.", "effusion full stop")],
    "spoken_comma": [CLEAN.replace("Cough, fever", "Cough comma fever")],
    "doubled_sign": [CLEAN.replace("clear.", "clear.."), CLEAN.replace("Cough,", "Cough,,")],
    "spacing": [
        CLEAN.replace("lungs are", "lungs  are"),
        CLEAN.replace("clear. No", "clear.No"),
        CLEAN.replace("clear.", "clear ."),
        CLEAN.replace("Cough, ", "Cough,"),
    ],
    "lost_stop": [CLEAN.replace("clear. No", "clear No")],
    "list_number": [
        CLEAN.replace("The lungs", "1. The lungs").replace("No effusion", "2. No effusion"),
        CLEAN.replace("No acute", "1) No acute"),
    ],
    "prior_reference": [
        CLEAN.replace("The lungs", "Prior examinations were reviewed. The lungs"),
        CLEAN.replace("No acute", "Comparison is made to the prior study. No acute"),
    ],
    "repeated_sentence": [CLEAN.replace("No effusion.", "No effusion. No effusion.")],
    "lost_capital": [CLEAN.replace("No", "no").replace("The", "the")],
    "repeated_section": [
        CLEAN.replace("INDICATION: Cough, fever.", "INDICATION: Cough, fever.\n\nINDICATION: Cough, fever.")
    ],
}
TRIED = [(kind, text) for kind, texts in NOISY.items() for text in texts]


def test_every_kind_has_a_share_a_meaning_and_a_step():
    assert list(NOISY) == list(STEPS)
    assert set(STEPS) == set(noise()["kinds"])
    assert all(told["what"] and 0 < told["share"] <= 1 for told in noise()["kinds"].values())


@pytest.mark.parametrize(("kind", "text"), TRIED)
def test_each_kind_is_named_and_undone(kind, text):
    assert undone(text) == (CLEAN, (kind,))


def test_a_clause_on_the_prior_leaves_and_the_sentence_gets_its_capital_back():
    text = CLEAN.replace("The lungs", "Compared to the prior study, the lungs")
    assert undone(text).text == CLEAN


@pytest.mark.parametrize(
    "text",
    [
        CLEAN,
        "FINDINGS: Compared to the prior study, the effusion has increased.",
        "FINDINGS: Stable cardiomegaly since the prior study.",
        "FINDINGS: Nodule of 1.5 cm. The L4.5 level.",
        "FINDINGS: XXXX of the lung. XXXX of the lung.",
        "IMPRESSION: XXXX disease.\n\nIMPRESSION: XXXX disease.",
        "INDICATION: cough",
        "FINDINGS: Normal heart.\nClear lungs.",
        "IMPRESSION: Findings were discussed with Dr. XXXX by telephone.",
    ],
)
def test_what_is_no_noise_stays(text):
    assert undone(text) == (text, ())


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", text.lower()))


@given(TEXTS)
def test_of_any_text_words_are_taken_and_never_added(text):
    for whole in (text, f"FINDINGS: {text}"):
        assert words(undone(whole).text) <= words(whole)


@pytest.mark.parametrize(
    "piece", ["\n", " ", " \n", "FINDINGS: ", "Clear. ", "period ", "Signed by ", "new paragraph "]
)
def test_a_long_text_is_undone_in_time_that_grows_with_it(piece):
    assert len(undone(f"FINDINGS: a{piece * 30_000}b").text) <= 10 + 30_000 * (len(piece) + 2)
