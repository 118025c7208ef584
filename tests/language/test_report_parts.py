"""Parts of reports: what stands under an indication, a technique or a recommendation does not count, the rest does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.language.report_parts import headings, parts


def _counted(text: str) -> list[str]:
    return [text[part.start : part.end].strip() for part in parts(text) if part.counts]


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("Lungs are clear.", ["Lungs are clear."]),
        ("INDICATION: Pneumonia.\nFINDINGS: Clear.\nIMPRESSION: Normal.", ["Clear.", "Normal."]),
        ("FINDINGS: Clear. IMPRESSION: Normal. RECOMMENDATION: CT of the nodule.", ["Clear.", "Normal."]),
        ("HISTORY\nFever\nFINDINGS\nClear", ["Clear"]),
        ("Clinical history: pneumonia. Findings: Clear. Impression: Normal.", ["Clear.", "Normal."]),
        ("**INDICATION:** Pneumonia.\n**FINDINGS:** Clear.", ["Clear."]),
        ("Clear lungs. There is a summary: none.", ["Clear lungs. There is a summary: none."]),
        ("INDICATION: Cough.\nLUNGS: Clear.\nHEART: Large.", ["LUNGS: Clear.", "HEART: Large."]),
        ("REASON FOR EXAM: Effusion\nCHEST, TWO VIEWS: Clear.", ["CHEST, TWO VIEWS: Clear."]),
        ("ADDITIONAL HISTORY: Effusion\nIMPRESSION: Clear.", ["Clear."]),
        ("FINAL REPORT\nEXAMINATION: Chest.\nFINDINGS: Clear.", ["Clear."]),
        ("WET READ: Clear.\nADDENDUM: There is a nodule.", ["Clear.", "There is a nodule."]),
        ("", []),
        ("FINDINGS:\nIMPRESSION: \n", []),
    ],
)
def test_what_stands_under_other_headings_does_not_count(text, counted):
    assert _counted(text) == counted


@pytest.mark.parametrize("heading", sorted(headings()))
def test_every_heading_opens_a_part_that_counts_by_its_list(heading):
    text = f"First.\n{heading.upper()}: Second."
    first, second = parts(text)
    assert text[first.start : first.end] == "First.\n"
    assert second.counts is (headings()[heading] != "other")
    assert second.heading == heading


@given(st.lists(st.sampled_from(["FINDINGS:", "Plan: ", "HISTORY\n", "\n", ". ", "lungs", "LUNGS:", ":", "ABC: "])))
def test_parts_are_in_order_and_apart(pieces):
    text = "".join(pieces)
    reached = 0
    for part in parts(text):
        assert reached <= part.start < part.end <= len(text)
        reached = part.end


def test_a_text_of_colons_and_capitals_takes_no_time_out_of_proportion():
    assert len(list(parts("A B C D: " * 20_000))) >= 1
    assert len(list(parts("A " * 100_000))) == 1
