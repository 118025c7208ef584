"""What two texts say of findings is compared whatever their words, and only of chest reports in scores."""

import pytest

from radcurate.tasks.said_findings import is_chest, said_findings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("FINDINGS: Small left effusion.", "FINDINGS: There is a small effusion on the left."),
        ("FINDINGS: No effusion. No effusion.", "FINDINGS: No effusion."),
        ("INDICATION: Effusion?\n\nFINDINGS: Clear lungs.", "INDICATION: Cough.\n\nFINDINGS: Clear lungs."),
    ],
)
def test_wording_repeats_and_the_indication_make_no_difference(one, other):
    assert said_findings(one) == said_findings(other)


@pytest.mark.parametrize(
    "other",
    [
        "No left effusion.",
        "Small right effusion.",
        "Large left effusion.",
        "Small left effusion, unchanged.",
        "Possible small left effusion.",
        "Small left effusion. Cardiomegaly.",
    ],
)
def test_polarity_side_size_change_doubt_and_number_of_findings_do(other):
    assert said_findings(f"FINDINGS: {other}") != said_findings("FINDINGS: Small left effusion.")


@pytest.mark.parametrize(("systems", "expected"), [(["Chest"], True), (["chest", "Head"], True), (["Head"], False)])
def test_a_chest_report_is_told_by_its_systems(systems, expected):
    assert is_chest({"systems": systems}) is expected
