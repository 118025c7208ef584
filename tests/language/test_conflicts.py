"""A report that contradicts itself is told so; one that says two things of two places is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.language.conflicts import conflicts
from radcurate.language.observations import observe


def reasons(findings: str, impression: str = "") -> list[str]:
    found = [*observe(findings, "findings"), *observe(impression, "impression")]
    return [conflict.reason for conflict in conflicts(found)]


@pytest.mark.parametrize(
    ("findings", "impression", "reason"),
    [
        ("There is a left effusion.", "No pleural effusion.", "polarity"),
        ("No fracture.", "Fracture of the left clavicle.", "polarity"),
        ("Heart size is normal.", "Cardiomegaly.", "polarity"),
        ("Nodule in the right upper lobe.", "Nodule in the left upper lobe.", "side"),
        ("The effusion has resolved.", "Resolving edema.", "change"),
        ("The left effusion has increased.", "Decreased left effusion.", "change"),
        ("Heart size is near top normal.", "Cardiomegaly.", "exclusion"),
        ("There is a pneumothorax.", "No acute cardiopulmonary disease.", "acuteness"),
    ],
)
def test_a_contradiction_is_found_with_its_reason(findings, impression, reason):
    assert reasons(findings, impression) == [reason]


@pytest.mark.parametrize(
    ("findings", "impression"),
    [
        ("Right effusion. No left effusion.", ""),
        ("Small effusion.", "No large effusion."),
        ("Effusion.", "Possible effusion."),
        ("Old rib fracture. Bones are intact.", ""),
        ("The effusion has resolved.", "No pleural effusion."),
        ("Nodules in the right and left lungs.", "Nodule in the left lung."),
        ("History of pneumonia. No pneumonia.", ""),
        ("Chest tube has been removed.", "Chest tube in place."),
        ("Small effusion.", "No acute cardiopulmonary disease."),
    ],
)
def test_what_can_both_be_true_is_no_conflict(findings, impression):
    assert reasons(findings, impression) == []


PIECES = st.lists(st.sampled_from(["No effusion.", "Left effusion.", "Cardiomegaly.", "Resolved edema.", "Mass."]))


@given(PIECES)
def test_conflicts_are_between_observations_of_the_report_and_the_same_each_time(pieces):
    found = observe(" ".join(pieces))
    told = conflicts(found)
    assert told == conflicts(found)
    assert all(each.one in found and each.other in found for each in told)
