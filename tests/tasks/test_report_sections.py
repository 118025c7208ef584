"""Why a report's findings and impression cannot be used, each reason for itself."""

import pytest

from radcurate.tasks.report_sections import REFUSALS, holds_nothing, refusal_of_sections
from tests.shards import report

SOUND = {"findings": "The lungs are clear.", "impression": "Normal chest."}
REFUSED = [
    ("no_findings", {"impression": "Normal chest."}),
    ("no_impression", {"findings": "The lungs are clear."}),
    ("inner_heading", {**SOUND, "findings": "Chest. Clear. Left ribs. No fracture."}),
    ("inner_heading", {**SOUND, "impression": "Chest: 1. Clear. Right knee: 1. Normal."}),
    ("section_repeated", {**SOUND, "sections": {"findings_2": "There is an effusion."}}),
    ("section_repeated", {**SOUND, "sections": {"impression_2": "Effusion."}}),
]


@pytest.mark.parametrize(("reason", "fields"), REFUSED)
def test_a_report_is_refused_with_its_reason(reason, fields):
    assert refusal_of_sections(report("r1", **fields)) == reason


def test_a_sound_report_is_not_refused():
    assert refusal_of_sections(report("r1", **SOUND, sections={"comparison": "Chest. None."})) is None


def test_every_listed_reason_is_reached():
    assert {reason for reason, _ in REFUSED} == set(REFUSALS)


@pytest.mark.parametrize(
    "text",
    ["", "Please", "XXXX XXXX XXXX.", "Clear 1 2 3.", "AP and lateral chest films.", "Two views. Frontal film."],
)
def test_these_texts_hold_nothing(text):
    assert holds_nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        "The lungs are clear.",
        "AP and lateral views. The lungs are clear.",
        "XXXX no focal opacity",
        "Frontal view shows a mass.",
    ],
)
def test_these_texts_hold_a_finding(text):
    assert not holds_nothing(text)


def test_the_order_of_sections_does_not_matter():
    turned = {name: SOUND[name] for name in ("impression", "findings")}
    assert refusal_of_sections(report("r1", sections=turned)) is None
