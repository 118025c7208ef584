"""Cuts of MIMIC-CXR reports: headings, wet reads, addenda, text under no heading, and lines that the margin broke."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.documents import REPORT_SECTIONS
from radcurate.sources import mimic_cxr_text
from radcurate.sources.mimic_cxr_text import sections, unwrapped
from tests.sources import mimic_layout as layout


def _cut(text: str) -> list[tuple[str, str, str]]:
    return [(section.name, section.heading, section.text) for section in sections(text)]


def _names(text: str) -> list[str]:
    return [section.name for section in sections(text)]


def _data() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(mimic_cxr_text.__file__).with_suffix(".toml").read_text(encoding="utf-8"))


# Headings


def test_a_report_is_cut_at_its_headings_in_their_order() -> None:
    assert _cut(layout.EFFUSION) == [
        ("technique", "EXAMINATION", "CHEST (PA AND LAT)"),
        ("indication", "INDICATION", "___ year old woman with dyspnea  // effusion?"),
        ("technique_2", "TECHNIQUE", "Chest PA and lateral"),
        ("comparison", "COMPARISON", "Chest radiograph from ___."),
        (
            "findings",
            "FINDINGS",
            "The right costophrenic angle is blunted on both views, in keeping with a small pleural effusion.  The "
            "left lung is clear.  There is no pneumothorax.  Cardiac size is normal.",
        ),
        ("impression", "IMPRESSION", "1.  Small right pleural effusion.\n2.  No pneumothorax."),
    ]


@pytest.mark.parametrize(
    "heading", [heading for headings in _data()["sections"].values() for heading in headings], ids=str
)
def test_every_heading_of_the_list_opens_its_section_on_a_line_and_within_one(heading: str) -> None:
    name = next(name for name, headings in _data()["sections"].items() if heading in headings)
    assert _cut(f" {heading.upper()}: Text.") == [(name, heading.upper(), "Text.")]
    assert _cut(f" {heading.upper()} :\n\n  Text.") == [(name, heading.upper(), "Text.")]
    assert _cut(f" {heading.capitalize()}: Text.") == [(name, heading.capitalize(), "Text.")]
    assert _cut(f"NOTE: Seen at 3 pm. {heading.upper()}: Text.")[1] == (name, heading.upper(), "Text.")


def test_sections_have_the_names_of_other_sources_or_names_of_their_own() -> None:
    own = {"findings_and_impression", "recommendation", "notification"}
    assert set(_data()["sections"]) == {*REPORT_SECTIONS, *own} - {"addendum"}
    assert set(_data()["parts"]) == {"final_report", "wet_read", "addendum"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("HISTORY: Cough. COMPARISON: None. FINDINGS: Clear.", 3, id="after a stop"),
        pytest.param("HISTORY: Cough  COMPARISON: ___  FINDINGS: Clear.", 3, id="after a gap and a mark"),
        pytest.param("HISTORY: Cough COMPARISON: None FINDINGS: Clear.", 3, id="after a word"),
        pytest.param("HISTORY: COUGH.\tCOMPARISON: NONE,\nFINDINGS: CLEAR.", 3, id="in a report in capitals"),
        pytest.param("HISTORY: Cough. Comparison: none. findings: clear.", 1, id="not in small letters"),
        pytest.param("HISTORY: Cough, PLEASE SEE COMPARISON: none", 1, id="not at the end of a phrase in capitals"),
        pytest.param("HISTORY: Cough.COMPARISON: none", 1, id="not within a word"),
    ],
)
def test_headings_run_on_within_a_line(text: str, names: int) -> None:
    assert _names(text) == ["indication", "comparison", "findings"][:names]


def test_findings_and_impression_is_a_section_of_its_own_and_neither_of_the_two() -> None:
    for heading in ("FINDINGS AND IMPRESSION", "FINDINGS/IMPRESSION", "IMPRESSION AND FINDINGS"):
        found = ("findings_and_impression", heading, "Clear lungs.")
        assert _cut(f" {heading}:  Clear lungs.") == [found]
        assert _cut(f" COMPARISON: None. {heading}: Clear lungs.") == [("comparison", "COMPARISON", "None."), found]


@pytest.mark.parametrize("text", ["Findings are unchanged.", "The impression: none.", "See the findings\nsection."])
def test_what_only_looks_like_a_heading_cuts_nothing(text: str) -> None:
    assert _names(text) == ["report"]


def test_a_section_that_comes_again_has_a_name_of_its_own() -> None:
    assert _names("FINDINGS: One. IMPRESSION: Two. FINDINGS: Three.") == ["findings", "impression", "findings_2"]
    assert _names("FINDINGS 2: One.\n FINDINGS: Two.\n IMPRESSION: Four.") == ["findings_2", "findings", "impression"]
    assert _names("FINDINGS 2: One.\n FINDINGS: Two.\n FINDINGS: Three.") == ["findings_2", "findings", "findings_3"]


def test_a_heading_that_is_not_known_opens_a_section_before_the_findings() -> None:
    text = " COMPARISON:  None.\n\n CHEST, 2 VIEWS:  Clear lungs.\n\n IMPRESSION:  Normal."
    assert _cut(text) == [
        ("comparison", "COMPARISON", "None."),
        ("chest_2_views", "CHEST, 2 VIEWS", "Clear lungs."),
        ("impression", "IMPRESSION", "Normal."),
    ]


@pytest.mark.parametrize("name", ["FINDINGS", "IMPRESSION", "FINDINGS AND IMPRESSION", "RECOMMENDATION(S)"])
def test_within_findings_or_an_impression_it_stays_in_the_text_on_a_line_of_its_own(name: str) -> None:
    [(_, _, text)] = _cut(f" {name}:\n The film is rotated and\n LINES: Catheter in place.\n HEART: Normal size.")
    assert text == "The film is rotated and\nLINES: Catheter in place.\nHEART: Normal size."


def test_a_title_that_is_all_of_its_section_is_kept_as_text() -> None:
    text = f"{layout.TITLE}\n CHEST, PA AND LATERAL:\n\n FINDINGS: Clear lungs."
    assert _cut(text) == [("report", "", "CHEST, PA AND LATERAL"), ("findings", "FINDINGS", "Clear lungs.")]


# Text under no heading


def test_text_under_no_heading_is_the_section_report_and_its_last_paragraph_no_impression() -> None:
    [(name, heading, text)] = _cut(layout.UNHEADED)
    assert (name, heading) == ("report", "")
    assert text.endswith("over the stomach.\n\nLungs are clear.")


def test_text_under_the_title_has_the_title_for_its_heading() -> None:
    assert _cut(f"{layout.TITLE}\n Clear lungs.\n") == [("report", "FINAL REPORT", "Clear lungs.")]


@pytest.mark.parametrize(
    "text", ["", " \n\t\r\n", layout.TITLE, f"{layout.RULE}\n{layout.TITLE}\n FINDINGS:\n IMPRESSION: "]
)
def test_a_report_of_titles_and_empty_headings_has_no_section(text: str) -> None:
    assert _cut(text) == []


# Wet reads and addenda


def test_a_wet_read_is_one_section_with_who_signed_it_and_when_and_its_findings_are_not_those_of_the_report() -> None:
    wet, *final = _cut(layout.WET_READ)
    assert wet == (
        "wet_read",
        "WET READ",
        "___ ___ ___ 9:47 PM\nNo acute fracture.  Follow-up by the attending to come.\nFINDINGS: ribs intact.",
    )
    assert [name for name, _, _ in final] == ["indication", "findings", "impression"]
    assert final[1][2].startswith("The lateral aspect of the left sixth rib")


def test_addenda_before_and_after_the_report_are_sections_with_all_their_headings() -> None:
    found = _cut(layout.ADDENDA)
    assert [name for name, _, _ in found] == [
        "addendum",
        "indication",
        "findings_and_impression",
        "recommendation",
        "notification",
        "addendum_2",
    ]
    assert found[0][2] == "A second reader agrees.  IMPRESSION: as below."
    assert found[-1][2] == "The catheter was withdrawn by 2 cm after this film."


def test_an_addendum_after_the_impression_is_none_of_it() -> None:
    text = (
        "FINDINGS: Clear.\n IMPRESSION: Normal.\n ADDENDUM: Rib fracture.\n IMPRESSION: Rib fracture.\n FINDINGS: Rib."
    )
    assert _names(text) == ["findings", "impression", "addendum"]


@pytest.mark.parametrize(
    "title", ["WET READ: ___ 3 PM\n", "ADDENDUM:\n", "FINAL ADDENDUM\n", "WET READ VERSION #1  \n"]
)
def test_without_a_final_report_the_sections_below_the_title_are_those_of_the_report(title: str) -> None:
    names = _names(f"{title} No change.\n FINDINGS: Clear.\n IMPRESSION: Normal.")
    assert names[1:] == ["findings", "impression"]
    assert names[0] in ("wet_read", "addendum")


@pytest.mark.parametrize("line", ["ADDENDUM TO FOLLOW IN THE MORNING", "An ADDENDUM: see below", "wet read: normal"])
def test_a_title_within_a_sentence_parts_nothing(line: str) -> None:
    assert {"addendum", "wet_read"}.isdisjoint(_names(f"FINDINGS: Clear.\n {line}"))


def test_lines_of_underscores_are_layout_and_marks_stay() -> None:
    text = f"FINDINGS: Seen by ___ on ___.\n___\n{layout.RULE}\n IMPRESSION: Normal, ___."
    assert _cut(text) == [
        ("findings", "FINDINGS", "Seen by ___ on ___.\n___"),
        ("impression", "IMPRESSION", "Normal, ___."),
    ]


# Lines


@pytest.mark.parametrize(
    ("wrapped", "whole"),
    [
        pytest.param("There is a 3\n mm nodule.", "There is a 3 mm nodule.", id="before a unit"),
        pytest.param(
            "compared with\n ___ and with\n CT.", "compared with ___ and with CT.", id="before and after a mark"
        ),
        pytest.param("x" * 75 + ".\n Clear.", "x" * 75 + ". Clear.", id="a full line that ends a sentence"),
        pytest.param("Clear lungs.\n Normal heart.", "Clear lungs.\nNormal heart.", id="a short line"),
        pytest.param("1. No edema\n2. No effusion", "1. No edema\n2. No effusion", id="a list"),
        pytest.param("a nodule of\n2.5 cm", "a nodule of 2.5 cm", id="a decimal is no list"),
        pytest.param("- edema\n- effusion\n  on the left", "- edema\n- effusion on the left", id="a list with dashes"),
        pytest.param("Clear lungs\n\n \n Normal heart", "Clear lungs\n\nNormal heart", id="a paragraph"),
        pytest.param("\n\n  Clear.  \n\n", "Clear.", id="blanks around"),
    ],
)
def test_lines_are_joined_where_the_margin_broke_a_sentence(wrapped: str, whole: str) -> None:
    assert unwrapped(wrapped) == whole


WORDS = ["lungs", "clear", "___", "effusion.", "3", "mm", "(left)", "Heart", "normal,"]


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=40), min_size=1, max_size=3))
def test_a_text_that_is_wrapped_at_the_margin_is_the_same_again(paragraphs: list[list[str]]) -> None:
    def wrapped(words: list[str]) -> str:
        lines = [""]
        for word in words:
            if len(lines[-1]) + len(word) > 78:
                lines.append("")
            lines[-1] += f" {word}"
        return "\n".join(lines)

    text = "\n \n".join(wrapped(words) for words in paragraphs)
    assert unwrapped(text) == "\n\n".join(" ".join(words) for words in paragraphs)


HEADINGS = ["FINDINGS:", "IMPRESSION:", "HISTORY:", "FINDINGS AND IMPRESSION:", "CHEST, 2 VIEWS:", "LUNGS:"]
TITLES = ["FINAL REPORT", "WET READ: ___ 9 PM", "ADDENDUM:", layout.RULE]
MARKS = ["\n", "\n\n", "\r\n", "___", "1.", ":", "\u2028"]
PIECES = st.sampled_from([*HEADINGS, *TITLES, *MARKS])


@given(st.lists(PIECES | st.just("word"), max_size=40), st.sampled_from([" ", "\n ", "  "]))
def test_no_word_is_lost_and_none_is_told_twice(pieces: list[str], gap: str) -> None:
    numbered = [f"word{number}" if piece == "word" else piece for number, piece in enumerate(pieces)]
    found = sections(gap.join(numbered))
    told = [word for section in found for word in re.findall(r"word\d+", section.text)]
    assert told == [piece for piece in numbered if piece.startswith("word")]
    assert len({section.name for section in found}) == len(found)
    assert all(section.text == section.text.strip() != "" for section in found)


@given(st.text(max_size=400))
def test_any_text_is_cut_without_loss_of_letters_beside_headings(text: str) -> None:
    found = sections(text)
    letters = re.sub(r"[\s_\-=:]", "", text)
    told = re.sub(r"[\s_\-=:]", "", "".join(section.heading + section.text for section in found))
    assert len(told) <= len(letters)
    if not re.search(r"[A-Z]", text):
        assert told == letters


@pytest.mark.parametrize(
    "text", ["FINDINGS: x " * 20_000, "a\n" * 100_000, "ABC: x\n" * 20_000, "WET READ: " + "1" * 200_000]
)
def test_a_long_text_is_cut_too(text: str) -> None:
    assert sections(text)
