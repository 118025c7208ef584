"""What of one text stands in another: the same finding or a kind of it, as sure, at that side."""

import pytest

from radcurate.language.observations import observe
from radcurate.tasks.report_support import is_supported


@pytest.mark.parametrize(
    ("told", "given", "supported"),
    [
        ("Left effusion.", "Small left pleural effusion.", True),
        ("Effusion.", "Small left pleural effusion.", True),
        ("Left effusion.", "Small pleural effusion.", False),
        ("Left effusion.", "Right pleural effusion.", False),
        ("Bilateral effusions.", "Left pleural effusion. Right pleural effusion.", True),
        ("Bilateral effusions.", "Left pleural effusion.", False),
        ("Fracture.", "Fracture of the left ribs.", True),
        ("Rib fracture.", "There is a fracture.", False),
        ("Pneumonia.", "Opacity in the right lung.", False),
        ("Possible effusion.", "There is an effusion.", True),
        ("Effusion.", "There may be an effusion.", False),
        ("No effusion.", "No effusion or pneumothorax.", True),
        ("No effusion.", "The lungs are clear.", False),
        ("No effusion.", "No left effusion.", False),
        ("No left effusion.", "No effusion.", True),
        ("No effusion.", "No large effusion.", False),
        ("No large effusion.", "No large effusion.", True),
        ("No rib fracture.", "No fracture.", True),
        ("No fracture.", "No rib fracture.", False),
        ("The lungs are clear.", "No focal airspace opacity.", True),
        ("The lungs are clear.", "Heart size is normal.", False),
        ("Normal heart.", "Heart size is normal.", True),
        ("No acute cardiopulmonary disease.", "Heart size is normal.", True),
        ("No acute pulmonary disease.", "The lungs are clear.", True),
        ("CT is recommended to exclude a mass.", "The lungs are clear.", True),
    ],
)
def test_a_finding_is_supported_by_what_says_at_least_as_much(told, given, supported):
    observations = observe(told)
    assert observations
    assert all(is_supported(one, observe(given)) for one in observations) is supported
