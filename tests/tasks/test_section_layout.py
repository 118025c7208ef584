"""How a report is printed: published headings or others, an impression with numbers or without."""

from collections import Counter

import pytest
from hypothesis import given

from radcurate.tasks.section_layout import laid_out, printed, with_numbers, without_numbers
from tests.shards import report
from tests.tasks.observation_tasks import TEXTS

TEXT = {"findings": "Small left effusion. Cardiomegaly.", "impression": "Effusion. Cardiomegaly."}


def reports(count=400, **texts):
    return [report(f"r{number}", **(texts or TEXT)) for number in range(count)]


@pytest.mark.parametrize(
    ("plain", "numbered"),
    [
        ("Effusion. Cardiomegaly.", "1. Effusion. 2. Cardiomegaly."),
        ("Effusion. No change.\nCardiomegaly.", "1. Effusion. No change.\n2. Cardiomegaly."),
        ("Effusion.", "Effusion."),
        ("Effusion. is not seen.", "Effusion. is not seen."),
    ],
)
def test_lines_or_sentences_are_numbered_where_there_are_several(plain, numbered):
    assert with_numbers(plain) == numbered
    assert without_numbers(numbered) == plain
    assert with_numbers(numbered) == numbered


@pytest.mark.parametrize(
    "text",
    ["Lung-RADS 2. Continue.", "2. Effusion.", "2.5 cm mass.", "Nodule of 3. 1. Effusion.", "In 1. and 2. above."],
)
def test_a_number_that_counts_no_items_stays(text):
    assert without_numbers(text) == text


@given(TEXTS)
def test_numbers_put_in_can_be_taken_out(text):
    if without_numbers(text) == text:
        assert without_numbers(with_numbers(text)) == text


def test_half_of_the_impressions_are_numbered_and_no_findings():
    texts = [printed(one, ("findings", "impression"), "t") for one in reports()]
    numbered = sum(one["impression"].startswith("1. ") for one in texts)
    assert 160 <= numbered <= 240
    assert {one["findings"] for one in texts} == {TEXT["findings"]}


def test_half_of_those_that_are_published_with_numbers_lose_them():
    published = {"findings": "1. Effusion.\n2. Mass.", "impression": "1) Effusion.\n2) Mass."}
    texts = Counter(tuple(printed(one, published, "t").values()) for one in reports(**published))
    assert set(texts) == {tuple(published.values()), ("Effusion.\nMass.",) * 2}
    assert min(texts.values()) > 160


def test_half_of_the_reports_keep_their_headings_and_the_others_get_those_of_the_data():
    inputs = Counter(laid_out(one, TEXT, "t") for one in reports())
    published = f"FINDINGS: {TEXT['findings']}\n\nIMPRESSION: {TEXT['impression']}"
    assert 160 <= inputs[published] <= 270
    others = "\n".join(inputs)
    for heading in ("Findings:\n", "FINDINGS\n", "REPORT: ", "Observations: ", "CONCLUSION: ", "Opinion: "):
        assert heading in others


def test_blank_sections_are_not_printed():
    assert printed(report("r1", "Effusion.", " \n"), ("findings", "impression"), "t") == {"findings": "Effusion."}
