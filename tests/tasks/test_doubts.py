"""Findings of which it is not sure what a report says, and why."""

import pytest

from radcurate.tasks.doubts import DOUBTS, doubt
from radcurate.tasks.report_reading import Reading, read_report
from tests.shards import report


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("No XXXX consolidation is seen.", "redacted_modifier"),
        ("There is ___ pleural effusion here.", "redacted_modifier"),
        ("Pleural effusions or pneumothorax.", "fragment"),
        ("The lungs are clear airspace disease.", "fragment"),
        ("Vascular congestion appears within limits of normal.", "fragment"),
        ("Left basilar opacity compatible with scar/atelectasis.", "alternatives"),
        ("Left basilar opacity compatible with scar or atelectasis.", "alternatives"),
        ("Heart size at the upper limits of normal is seen.", None),
        ("Left basilar opacity compatible with atelectasis.", None),
        ("No XXXX infiltrates or masses are seen.", "redacted_modifier"),
        ("The nodular density of the right upper lobe is not well-seen today.", "fragment"),
        ("Concerning findings for fibrosis of the lung bases.", "fragment"),
        ("Right-to-left mediastinal shift is present.", "fragment"),
    ],
)
def test_what_dictation_or_redaction_left_open_is_doubted_with_its_reason(text, reason):
    one = read_report(report("r1", text), "any")
    assert isinstance(one, Reading)
    assert one.observations
    assert reason in (None, *DOUBTS)
    assert next((why for each in one.observations if (why := doubt(one, each))), None) == reason
