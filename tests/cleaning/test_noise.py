"""What reporting systems leave in a text goes; what a radiologist said never goes with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.cleaning import RULES, chosen
from radcurate.cleaning.apply import clean_section
from radcurate.documents import Section

TEXT_RULES = chosen(tuple(rule.id for rule in RULES if hasattr(rule, "propose")))


def cleaned(text: str, rule: str, heading: str = "FINDINGS") -> str:
    return clean_section(Section("findings", heading, text), chosen((rule,)))[0].text


@pytest.mark.parametrize(
    ("text", "heading", "kept"),
    [
        ("findings: Clear.", "FINDINGS", "Clear."),
        ("FINDINGS :\n Clear.", "Findings", "Clear."),
        ("FINDINGS: " * 30 + "Clear.", "FINDINGS", "Clear."),
        ("Clear. FINDINGS: more", "FINDINGS", "Clear. FINDINGS: more"),
        ("TECHNIQUE: PA.", "FINDINGS", "TECHNIQUE: PA."),
        ("Finding (s): Clear.", "FINDING (S)", "Clear."),
        (": Clear.", "", ": Clear."),
    ],
)
def test_a_sections_own_heading_goes_from_its_beginning_alone(text, heading, kept):
    assert cleaned(text, "repeated_heading.v2", heading) == kept


@pytest.mark.parametrize(
    "signature",
    [
        "Electronically signed by XXXX",
        "Electronically signed by: XXXX, XXXX 21:37",
        "Dictated by: Jane Doe, MD",
        "Dictated and signed by J.R. Doe, M.D. on 3/4/2019 at 10:30 pm.",
        "Transcribed by: ___ on ___",
        "Dictated by Jane Doe, M.D. XXXX.",
        "Reviewed and signed by Dr. Doe.",
        "Signed on XXXX.",
        "Signed by:",
    ],
)
@pytest.mark.parametrize("text", ["No effusion.\n{}", "No effusion. {}", "{}\nNo effusion.", "No\neffusion.\n{}\n"])
def test_a_signature_goes_and_the_finding_beside_it_stays(signature, text):
    once, _ = clean_section(Section("findings", "FINDINGS", text.format(signature)), TEXT_RULES)
    assert once.text.replace("\n", " ") == "No effusion."


@pytest.mark.parametrize(
    "text",
    [
        "Clear. Signed by XXXX The heart is large.",
        "Clear. Electronically signed by Jane Doe and there is a mass.",
        "Rotation is dictated by the scoliosis.",
        "Dictated by the body habitus, exposure is low.",
        "The study was signed out by the resident.",
    ],
)
def test_a_signature_that_cannot_be_told_from_a_finding_stays(text):
    assert cleaned(text, "signature_line.v1") == text


@given(
    st.sampled_from(["Signed by", "Electronically signed by:", "Dictated by", "Transcribed by:"]),
    st.lists(st.sampled_from(["XXXX", "Dr.", "J.R.", "Doe", "M.D.", "on", "3/4", "at", "10:30", "."]), max_size=6),
    st.sampled_from(["No effusion is seen.", "There is a mass in the left lung.", "Heart size is normal."]),
)
def test_no_finding_goes_with_a_signature(opening, names, finding):
    assert finding in cleaned(f"Clear. {opening} {' '.join(names)} {finding}", "signature_line.v1")


def test_lines_are_joined_within_a_sentence_alone():
    text = "There is a small\nleft effusion,\nnew.\nThe heart\nis large:\n- 1\n(probably)"
    assert (
        cleaned(text, "wrapped_line.v1") == "There is a small left effusion, new.\nThe heart is large:\n- 1\n(probably)"
    )


@pytest.mark.parametrize(
    ("text", "kept"),
    [("Clear. .", "Clear."), ("Clear. . .\n.", "Clear."), ("Normal! .", "Normal!"), ("at .5 cm .", "at .5 cm .")],
)
def test_a_stop_that_stands_alone_after_a_sentence_goes(text, kept):
    assert cleaned(text, "stray_stop.v1") == kept
