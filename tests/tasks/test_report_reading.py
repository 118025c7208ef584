"""What the tasks on observations read of a report, and which reports none of them may use."""

from dataclasses import replace

import pytest
from hypothesis import given

from radcurate import tasks
from radcurate.documents import Label
from radcurate.records import Draft, Refusal
from radcurate.tasks import abnormality_labels, change_summary, device_labels, findings_extraction, report_qa
from radcurate.tasks.report_reading import REFUSALS, Reading, read_report
from tests.openi import clean_reports
from tests.shards import report
from tests.tasks.observation_tasks import BAD, TEXTS, derived

TASKS = (findings_extraction, abnormality_labels, device_labels, report_qa, change_summary)
names = pytest.mark.parametrize("task", TASKS, ids=[task.ID for task in TASKS])


@names
@pytest.mark.parametrize(("reason", "document"), BAD, ids=[f"{reason}-{n}" for n, (reason, _) in enumerate(BAD)])
def test_bad_input_makes_no_record_and_one_refusal_by_its_reason(task, reason, document):
    (made,) = derived(task, document)
    assert isinstance(made, Refusal)
    assert made.reason == reason


def test_every_reason_is_reached():
    assert {reason for reason, _ in BAD} == set(REFUSALS)


@names
@given(TEXTS, TEXTS)
def test_of_any_text_every_piece_of_evidence_resolves_and_every_reason_is_listed(task, findings, impression):
    document = report("r1", findings, impression, sections={"indication": "Pain."})
    for made in derived(task, document):
        if isinstance(made, Refusal):
            assert made.reason in task.REFUSALS
            continue
        assert made.evidence
        for piece in made.evidence:
            assert 0 <= piece.start < piece.end <= len(document.text_of(piece.section))
        scores = task.score({"output": made.output, "uncertain": made.uncertain, "rule": made.rule}, made.output)
        assert (scores["exact"], scores["malformed"]) == (1.0, 0.0)


def reading(*texts: str, **fields) -> Reading:
    found = read_report(report("r1", *texts, **fields), "any")
    assert isinstance(found, Reading), found
    return found


def test_inputs_are_the_findings_alone_with_the_indication_or_the_whole_report():
    texts = ("The lungs are clear.", "No pneumothorax.")
    shown = set()
    for number in range(40):
        one = read_report(report(f"r{number}", *texts, sections={"indication": "Pain.", "technique": "PA."}), "any")
        assert isinstance(one, Reading)
        shown.add((one.shown, one.sections))
    findings = f"FINDINGS: {texts[0]}"
    assert shown == {
        (findings, ("findings",)),
        (f"INDICATION: Pain.\n\n{findings}", ("findings",)),
        (
            f"INDICATION: Pain.\n\nTECHNIQUE: PA.\n\n{findings}\n\nIMPRESSION: {texts[1]}",
            ("findings", "impression"),
        ),
    }


def test_what_the_impression_says_is_no_answer_where_the_findings_alone_are_shown():
    for number in range(40):
        one = read_report(report(f"r{number}", "The lungs are clear.", "Small left effusion is seen."), "any")
        assert isinstance(one, Reading)
        assert any(each.finding == "pleural effusion" for each in one.observations) == ("IMPRESSION" in one.shown)


def test_findings_that_hold_nothing_are_never_shown_alone():
    for number in range(20):
        one = read_report(report(f"r{number}", "Please.", "Small left effusion is seen."), "any")
        assert isinstance(one, Reading)
        assert "IMPRESSION" in one.shown


def test_what_stands_under_the_heading_of_an_advice_is_no_observation():
    one = reading("The lungs are clear.\nRECOMMENDATION: CT for a pneumothorax.\n")
    assert {each.finding for each in one.observations} == {"consolidation"}


@pytest.mark.parametrize(
    ("text", "missed"),
    [
        ("The contour is lobulated. The lungs are clear.", True),
        ("There is wedging of a thoracic vertebral body.", True),
        ("The lungs are clear. Heart size is normal.", False),
        ("Small left pleural effusion. No pneumothorax.", False),
    ],
)
def test_a_word_of_abnormality_outside_all_findings_is_a_finding_missed(text, missed):
    assert reading(text).missed() is missed


def test_a_device_whose_name_was_redacted_is_hidden():
    assert reading("Left XXXX tip projects over the SVC. Lungs are clear.").hides_device()
    assert not reading("Left PICC tip projects over the SVC. The XXXX are normal.").hides_device()


@names
def test_tags_and_shipped_labels_change_no_byte(task, openi_reports):
    """What a collection's index says of a report is never read."""
    for number in ("CXR1", "CXR4", "CXR202", "CXR3248", "CXR728"):
        document = clean_reports(openi_reports)[number]
        other = replace(document, tags=("Pneumothorax", "normal"), labels=(Label("x", "Edema", "present"),))
        assert derived(task, document) == derived(task, other) == derived(task, replace(document, tags=()))


@names
def test_real_reports_give_answers_whose_evidence_resolves_and_that_read_back(task, openi_reports):
    documents = list(clean_reports(openi_reports).values())[::10]
    made = [(document, one) for document in documents for one in derived(task, document)]
    drafted = [(document, one) for document, one in made if isinstance(one, Draft)]
    assert {one.reason for _, one in made if isinstance(one, Refusal)} <= set(task.REFUSALS)
    # Few reports compare, and a list is made only of those that are understood to the last word.
    least = {change_summary: 0.03, findings_extraction: 0.2, abnormality_labels: 0.25}
    assert len(drafted) > len(documents) * least.get(task, 0.6)
    for document, one in drafted:
        assert one.evidence
        for piece in one.evidence:
            assert 0 <= piece.start < piece.end <= len(document.text_of(piece.section))
        scores = task.score({"output": one.output, "uncertain": one.uncertain, "rule": one.rule}, one.output)
        assert (scores["exact"], scores["malformed"]) == (1.0, 0.0)


def test_all_of_them_are_tasks_of_this_release():
    assert {task.ID for task in TASKS} <= set(tasks.available())
