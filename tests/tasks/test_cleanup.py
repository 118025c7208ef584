"""Task `cleanup`: the noise can be undone from the input alone, and no finding changes by it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radcurate.documents import REDACTION_MARKS, Section, as_published
from radcurate.records import Draft, Refusal
from radcurate.tasks import cleanup as task
from radcurate.tasks.noise_undone import STEPS, undone
from radcurate.tasks.said_findings import said_findings
from tests.openi import clean_reports
from tests.shards import report
from tests.tasks.observation_tasks import BAD, WORDS, cited, derived, drafts, record

FINDINGS = (
    "The heart is mildly enlarged, stable since the prior study. There is a small left pleural effusion. "
    "No pneumothorax. The bones are intact, with mild scoliosis."
)
IMPRESSION = "Stable mild cardiomegaly. Small left pleural effusion."


def sound(name: str, **sections: str):
    return report(name, FINDINGS, IMPRESSION, sections=sections, systems=("Chest",))


def made(document) -> Draft:
    (draft,) = derived(task, document)
    assert isinstance(draft, Draft), draft
    return draft


def headed(heading: str):
    """A report whose findings stand under a heading of its own."""
    return replace(report("r3"), sections=(Section("findings", heading, FINDINGS),))


SOUND = [sound(f"r{number}", indication="Cough and fever, for 3 weeks.") for number in range(150)]


def test_the_output_is_the_report_under_its_published_headings_and_its_evidence_every_section():
    document = SOUND[0]
    draft = made(document)
    assert draft.output == as_published(document.sections)
    assert cited(document, draft.evidence) == [section.text for section in document.sections]


def test_published_headings_are_kept_as_they_are():
    sections = (Section("findings", "Findings", FINDINGS), Section("impression", "CONCLUSION", IMPRESSION))
    draft = made(replace(SOUND[3], sections=sections))
    assert draft.output == f"Findings: {FINDINGS}\n\nCONCLUSION: {IMPRESSION}"


def test_every_kind_of_noise_is_put_into_some_report_and_named_in_its_rule():
    named = {kind for document in SOUND for kind in made(document).rule.partition(": ")[2].split(", ")}
    assert named == set(STEPS)


def test_the_noise_is_undone_from_the_input_alone_and_no_finding_changes():
    for document in SOUND:
        draft = made(document)
        assert draft.input != draft.output
        assert undone(draft.input).text == draft.output
        assert said_findings(draft.input) == said_findings(draft.output)


@settings(max_examples=150)
@given(WORDS, WORDS, st.integers(0, 9))
def test_of_any_report_no_finding_changes_and_no_mark_is_filled_or_lost(findings, impression, number):
    document = report(f"r{number}", findings, impression)
    for draft in derived(task, document):
        if isinstance(draft, Draft):
            assert said_findings(draft.input) == said_findings(draft.output)
            assert undone(draft.input).text == draft.output == as_published(document.sections)
            for mark in REDACTION_MARKS:
                assert draft.output.count(mark) == as_published(document.sections).count(mark)


REFUSED = [
    *BAD,
    ("fragment", report("r1", "Pleural effusions or pneumothorax. The heart is normal.")),
    ("sections_equal", report("r1", "No acute disease of the chest.", "No acute disease of the chest.")),
    ("unknown_heading", headed("")),
    ("unknown_heading", headed("What is seen")),
    ("noise_of_its_own", report("r1", "The lungs are clear period No effusion period")),
    ("noise_of_its_own", report("r1", "The lungs are clear.. No effusion.")),
    ("noise_of_its_own", report("r1", "The lungs are clear. the heart is normal.")),
    ("noise_of_its_own", report("r1", "The lungs are clear.", sections={"indication": ",786.2 cough"})),
    ("noise_of_its_own", report("r1", "The lungs are clear.", sections={"indication": "Cough;"})),
    ("noise_of_its_own", report("r1", "1. The lungs are clear. 2. No effusion.")),
    ("noise_of_its_own", report("r1", "Effusion on the left 2. Catheter in the right atrium.")),
    ("noise_of_its_own", report("r1", "The lungs are clear. The lungs are clear.")),
    ("noise_of_its_own", report("r1", "Comparison is made to the prior study. The lungs are clear.")),
    ("noise_of_its_own", report("r1", "The lungs are clear.\nElectronically signed by the resident.")),
]


@pytest.mark.parametrize(("reason", "document"), REFUSED)
def test_a_report_that_cannot_teach_is_refused_with_its_reason(reason, document):
    assert derived(task, document) == [Refusal("report", reason)]


def test_every_reason_is_listed():
    assert {reason for reason, _ in REFUSED} | {"no_noise", "not_undone", "findings_differ"} == set(task.REFUSALS)


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        ("FINDINGS: No effusion. No mass.", "no_noise"),
        ("FINDINGS: No effusion.. No big mass.", "not_undone"),
        ("FINDINGS: No effusion comma no mass.", "findings_differ"),
    ],
)
def test_a_noisy_text_that_fails_a_check_is_no_input(shown, reason):
    clean = "FINDINGS: No effusion, no mass." if "comma" in shown else "FINDINGS: No effusion. No mass."
    assert task._fault(undone(shown), clean, shown, frozenset() if "comma" in shown else said_findings(clean)) == reason


REFERENCE = "FINDINGS: The lungs are clear. Small left effusion.\n\nIMPRESSION: Left effusion."
RECORD = {
    "input": "FINDINGS: The lungs are clear.. Small left effusion.. IMPRESSION: Left effusion.",
    "output": REFERENCE,
    "systems": ["Chest"],
}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (REFERENCE, {"malformed": 0, "exact": 1, "rouge_l": 1, "words_kept": 1, "noise_left": 0}),
        (RECORD["input"], {"malformed": 0, "exact": 0, "rouge_l": 1, "words_kept": 9 / 11, "noise_left": 1}),
        (REFERENCE.replace("clear.", "clear.."), {"exact": 0, "words_kept": 10 / 11, "noise_left": 1 / 2}),
        (REFERENCE.replace("Small left", "Small right"), {"false_negatives": 1, "false_positives": 1}),
        (REFERENCE.replace(" Small left effusion.", ""), {"words_kept": 8 / 11, "false_negatives": 1}),
        ("The lungs are clear.", {"malformed": 1, "exact": 0, "rouge_l": 0, "words_kept": 0, "noise_left": 0}),
    ],
)
def test_an_answer_gets_the_scores_worked_out_by_hand(answer, expected):
    scores = task.score(RECORD, answer)
    assert {name: scores[name] for name in expected} == pytest.approx(expected)


def test_observations_are_scored_of_chest_reports_alone():
    elsewhere = {**RECORD, "systems": ["Head"]}
    assert "observation_f1" in task.summarise([task.score(RECORD, REFERENCE), task.score(elsewhere, REFERENCE)])
    assert "observation_f1" not in task.summarise([task.score(elsewhere, REFERENCE)])


def test_a_summary_has_micro_f1_of_observations():
    answers = (REFERENCE, REFERENCE.replace("Small left", "Small right"))
    summary = task.summarise([task.score(record(task, SOUND[0]) | RECORD, answer) for answer in answers])
    assert summary["answers"] == 2.0
    assert 0.5 < summary["observation_f1"] < 1.0


def check(documents):
    """How many records the reports give, each of them held against its report."""
    every = list(drafts(task, documents))
    for document, draft in every:
        assert undone(draft.input).text == draft.output == as_published(document.sections)
        assert said_findings(draft.input) == said_findings(draft.output)
    return len(every)


def test_of_real_reports_the_noise_is_undone_and_no_finding_changes(openi_reports):
    assert check(iter(list(clean_reports(openi_reports).values())[::20])) > 160


@pytest.mark.slow
def test_of_every_real_report_the_noise_is_undone_and_no_finding_changes(openi_reports):
    assert check(iter(clean_reports(openi_reports).values())) > 3_300


@pytest.mark.parametrize(
    ("number", "reason"),
    [("CXR343", "fragment"), ("CXR3085", "fragment"), ("CXR1823", "inner_heading"), ("CXR1262", "contradiction")],
)
def test_real_reports_that_cannot_teach_are_refused(openi_reports, number, reason):
    (refusal,) = derived(task, clean_reports(openi_reports)[number])
    assert refusal.reason == reason
