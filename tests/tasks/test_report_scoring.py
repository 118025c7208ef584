"""Free text on chest films: findings, sides, denials, numbers and priors, each counted apart."""

import pytest
from hypothesis import given

from radcurate.tasks import report_scoring
from tests.tasks.observation_tasks import TEXTS

REFERENCE = "Small left pleural effusion, 12 mm nodule. No pneumothorax."
GIVEN = "INDICATION: Cough.\n\nFINDINGS: Left effusion. A 12 mm nodule. No pneumothorax. Rib fracture at T12."


def of(answer, reference=REFERENCE, given=GIVEN):
    return report_scoring.compared(reference, answer, given)


def errors(answer, **texts):
    return {name: of(answer, **texts)[name] for name in report_scoring.ERRORS if of(answer, **texts)[name]}


def test_observations_are_findings_with_their_polarity():
    found = of("Left effusion. Pneumothorax.")
    assert (found["observation_hits"], found["observation_extra"], found["observation_missed"]) == (1.0, 1.0, 2.0)


def test_positive_findings_are_those_that_are_there_or_may_be():
    found = of("Possible left effusion. No pneumothorax. No nodule.")
    assert (found["positive_hits"], found["positive_extra"], found["positive_missed"]) == (1.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (REFERENCE, {}),
        ("", {}),
        ("Small right effusion.", {"side_errors": 1.0}),
        ("Bilateral effusions.", {"side_errors": 1.0}),
        ("Small effusion.", {}),
        ("No effusion.", {"negation_errors": 1.0}),
        ("Left pneumothorax.", {"negation_errors": 1.0}),
        ("No large effusion.", {}),
        ("No fracture.", {"negation_errors": 1.0}),
        ("Left effusion, 15 mm nodule.", {"number_errors": 1.0}),
        ("Left effusion, 1.2 cm nodule.", {}),
        ("Left effusion. Two nodules.", {"number_errors": 1.0}),
        ("1. Left effusion.\n2. A nodule.", {}),
        ("Rib fracture at T12.", {}),
        ("Rib fracture at T11.", {"number_errors": 1.0}),
        ("Unchanged left effusion.", {"invented_prior": 1.0}),
    ],
)
def test_each_error_is_counted_apart_and_only_where_neither_input_nor_reference_says_so(answer, expected):
    assert errors(answer) == expected


def test_the_name_of_a_comparison_is_no_prior_but_what_is_said_of_one_is():
    named = "COMPARISON: Two views of last year.\n\nFINDINGS: Left effusion."
    assert errors("Unchanged left effusion.", given=named) == {"invented_prior": 1.0}
    assert errors("Unchanged left effusion.", given="FINDINGS: The left effusion is stable.") == {}


def test_an_indication_affirms_and_denies_nothing():
    asked = "INDICATION: Pneumonia?\n\nFINDINGS: Left effusion."
    assert errors("No pneumonia.", given=asked) == {}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("A 2.4 x 3 cm mass.", {"24 mm", "30 mm"}),
        ("A 2.40-cm mass and a 7mm one.", {"24 mm", "7 mm"}),
        ("1. Two nodules. 2. Fifth rib.", {"2", "5"}),
        ("The 5th rib and L-1.", {"5", "l1"}),
        ("One nodule.", set()),
        ("Film 10 of 12.", {"10", "12"}),
    ],
)
def test_numbers_are_measures_in_mm_levels_and_counts(text, numbers):
    assert report_scoring.numbers(text) == numbers


def test_a_summary_tells_abnormal_reports_apart_and_the_share_of_answers_with_an_error():
    normal = of("Clear lungs.", reference="Clear lungs.", given="The lungs are clear.")
    some = [of("Right effusion. No pneumothorax."), of(REFERENCE), normal]
    found = report_scoring.summarised(some)
    assert found["side_errors"] == pytest.approx(1 / 3)
    assert found["abnormal_side_errors"] == pytest.approx(1 / 2)
    assert found["abnormal_share"] == pytest.approx(2 / 3)
    assert found["abnormal_positive_recall"] == pytest.approx(3 / 4)
    assert found["positive_f1"] == found["abnormal_positive_f1"] == pytest.approx(6 / 7)
    assert found["observation_recall"] == pytest.approx(6 / 7)


def test_where_no_answer_is_of_a_chest_report_there_is_no_such_value():
    assert report_scoring.summarised([{"malformed": 0.0, "rouge_l": 1.0}]) == {}
    assert report_scoring.summarised([]) == {}


def test_answers_on_other_reports_count_in_no_value():
    both = [of(REFERENCE), {"malformed": 0.0, "rouge_l": 0.0}]
    found = report_scoring.summarised(both)
    assert (found["observation_f1"], found["chest_share"]) == (1.0, 0.5)


@given(TEXTS, TEXTS, TEXTS)
def test_any_texts_get_numbers_and_a_text_against_itself_has_no_invented_part(reference, answer, given):
    found = report_scoring.compared(reference, answer, given)
    assert all(value >= 0.0 for value in found.values())
    same = report_scoring.compared(reference, reference, given)
    assert (
        same["observation_extra"]
        == same["observation_missed"]
        == same["number_errors"]
        == same["invented_prior"]
        == 0.0
    )
