"""Cuts of whole reports into sections: which lines are headings, and which only look like them."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.documents import REPORT_SECTIONS
from radcurate.sources import headings
from radcurate.sources.headings import cut_report


def _cut(text: str) -> list[tuple[str, str, str]]:
    return [(section.name, section.heading, section.text.strip()) for section in cut_report(text)]


def test_a_report_is_cut_at_its_headings_in_their_order() -> None:
    text = "INDICATION: Cough.\nCOMPARISON: None.\nFINDINGS: Lungs clear.\nNo effusion.\nIMPRESSION: Normal chest."
    assert _cut(text) == [
        ("indication", "INDICATION", "Cough."),
        ("comparison", "COMPARISON", "None."),
        ("findings", "FINDINGS", "Lungs clear.\nNo effusion."),
        ("impression", "IMPRESSION", "Normal chest."),
    ]


def test_text_before_the_first_heading_is_findings() -> None:
    assert _cut("Lungs clear.\nIMPRESSION: Normal chest.") == [
        ("findings", "FINDINGS", "Lungs clear."),
        ("impression", "IMPRESSION", "Normal chest."),
    ]


def test_a_report_without_headings_is_findings_as_a_whole() -> None:
    assert _cut("The heart is enlarged.") == [("findings", "FINDINGS", "The heart is enlarged.")]


@pytest.mark.parametrize("text", ["", " \n\t", "FINDINGS:", "FINDINGS:\nIMPRESSION: \n"])
def test_sections_without_text_are_left_out(text: str) -> None:
    assert _cut(text) == []


def test_a_section_that_comes_again_has_a_name_of_its_own() -> None:
    text = "FINDINGS: Line in place.\nIMPRESSION: Line in place.\nFINDINGS: Lungs clear.\nFINDINGS: Ribs intact."
    assert [name for name, _, _ in _cut(text)] == ["findings", "impression", "findings_2", "findings_3"]


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("Conclusion: No fracture.", "Conclusion"),
        ("impression : No fracture.", "impression"),
        ("\tOPINION:No fracture.", "OPINION"),
        ("IMPRESSION\nNo fracture.", "IMPRESSION"),
        ("  IMPRESSIONS  \nNo fracture.", "IMPRESSIONS"),
        ("IMPRESSION\r\nNo fracture.", "IMPRESSION"),
    ],
)
def test_a_heading_keeps_its_published_words(line: str, heading: str) -> None:
    assert _cut(f"Ribs intact.\n{line}")[1] == ("impression", heading, "No fracture.")


@pytest.mark.parametrize(
    "text",
    [
        "Findings are unchanged.",
        "There is a summary: none.",
        "Impression\nno fracture.",
        "Examination of the ribs shows no fracture.",
        "FINDINGS WERE TELEPHONED",
    ],
)
def test_what_only_looks_like_a_heading_cuts_nothing(text: str) -> None:
    assert _cut(text) == [("findings", "FINDINGS", text)]


def test_the_longer_of_two_headings_is_taken() -> None:
    assert _cut("Clinical history: Fall.\nHistory: Fall.") == [
        ("indication", "Clinical history", "Fall."),
        ("indication_2", "History", "Fall."),
    ]


def test_every_heading_of_the_list_is_cut_to_its_standard_section() -> None:
    data = tomllib.loads(Path(headings.__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    assert set(data) == set(REPORT_SECTIONS)
    for name, words in data.items():
        for word in words:
            assert _cut(f"{word.capitalize()}: Text.")[0][:2] == (name, word.capitalize())
            assert _cut(f"{word.upper()}\nText.")[0][:2] == (name, word.upper())


@given(
    st.lists(
        st.sampled_from(["FINDINGS:", "Impression:", "HISTORY", "\n", "\r\n", " lungs", "clear.", ":"]), max_size=20
    )
)
def test_names_are_unique_and_the_text_of_the_sections_is_the_reports_in_its_order(parts: list[str]) -> None:
    text = " ".join(parts).replace(" \n ", "\n")
    sections = cut_report(text)
    assert len({section.name for section in sections}) == len(sections)
    place = 0
    for section in sections:
        place = text.index(section.text, place) + len(section.text)
    assert all(section.text.strip() for section in sections)
