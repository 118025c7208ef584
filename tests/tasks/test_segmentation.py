"""Task `segmentation`: the same sentences, in their order, under the headings that their own words tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.records import Draft, Refusal
from radcurate.tasks import segmentation as task
from tests.openi import clean_reports
from tests.shards import report
from tests.tasks.observation_tasks import BAD, WORDS, cited, derived, drafts

FINDINGS = "The heart is enlarged. There is a small left pleural effusion."
IMPRESSION = "1. Cardiomegaly. 2. Small left effusion."
BARE = "Cardiomegaly. Small left effusion."
OTHERS = {
    "comparison": "Comparison is made to the prior study of XXXX.",
    "indication": "XXXX-year-old male with cough.",
    "technique": "PA and lateral views of the chest.",
}
SOUND = [report(f"r{number}", FINDINGS, IMPRESSION, sections=OTHERS) for number in range(40)]


def made(document) -> Draft:
    (draft,) = derived(task, document)
    assert isinstance(draft, Draft), draft
    return draft


def test_the_output_is_the_sentences_of_the_input_in_their_order_under_headings():
    for document in SOUND:
        draft = made(document)
        bodies = [part.partition(": ")[2] for part in draft.output.split("\n\n")]
        assert " ".join(bodies) == draft.input
        assert not any(f"{name}:" in draft.input for name in ("FINDINGS", "IMPRESSION"))


def test_reports_come_as_findings_and_impression_with_the_indication_or_whole():
    shown = {tuple(task.labels(made(document).output)) for document in SOUND}
    assert shown == {
        ("findings", "impression"),
        ("indication", "findings", "impression"),
        ("comparison", "indication", "technique", "findings", "impression"),
    }


def test_list_numbers_are_taken_out_of_half_of_the_reports():
    numbered = sum("1. Cardiomegaly" in made(document).input for document in SOUND)
    assert 10 < numbered < 30
    for document in SOUND:
        draft = made(document)
        assert ("1. " in draft.output) is ("1. " in draft.input)
        assert draft.output.endswith(f"IMPRESSION: {IMPRESSION if '1. ' in draft.input else BARE}")


def test_a_section_that_its_words_do_not_tell_is_left_out_of_both():
    for number in range(20):
        draft = made(report(f"r{number}", FINDINGS, BARE, sections={"comparison": "None.", "indication": "XXXX."}))
        assert draft.output == f"FINDINGS: {FINDINGS}\n\nIMPRESSION: {BARE}"
        assert draft.input == f"{FINDINGS} {BARE}"


def test_a_section_that_would_run_into_the_next_is_left_out():
    for number in range(20):
        draft = made(report(f"r{number}", FINDINGS.replace("The heart", "Large heart;"), BARE, sections={}))
        other = made(report(f"r{number}", "Pulmonary edema. Large heart.", BARE, sections={"indication": "Cough"}))
        assert draft.input.startswith("Large heart")
        assert other.input.startswith("Pulmonary")


def test_evidence_is_every_section_shown():
    for document in SOUND:
        draft = made(document)
        assert cited(document, draft.evidence) == [document.text_of(name) for name in task.labels(draft.output)]


REFUSED = [
    ("no_findings", report("r1", "", "No acute cardiopulmonary disease.")),
    ("no_impression", report("r1", FINDINGS)),
    *[
        (reason, document)
        for reason, document in BAD
        if document.text_of("findings") and document.text_of("impression")
    ],
    ("too_long", report("r1", "The lungs are clear. " * 50_000, "No acute disease.")),
    ("not_english", report("r1", "Kein Pneumothorax. Kein Erguss.", "Herz nicht vergrößert.")),
    ("holds_nothing", report("r1", "Normal.", "No acute cardiopulmonary disease.")),
    ("section_repeated", report("r1", FINDINGS, BARE, sections={"findings_2": "Mass."})),
    ("addendum", report("r1", FINDINGS, BARE, sections={"addendum": "A mass is seen."})),
    ("unknown_section", report("r1", FINDINGS, BARE, sections={"second_opinion": "A mass is seen."})),
    ("inner_heading", report("r1", "Chest. The lungs are clear. Left ribs. No fracture.", BARE)),
    ("sections_equal", report("r1", "No acute cardiopulmonary disease.", "No acute cardiopulmonary disease.")),
    ("sentence_in_both", report("r1", f"{FINDINGS} Small left effusion.", BARE)),
    ("impression_not_told", report("r1", "The lungs are clear.", "Mild scoliosis.")),
    ("impression_not_told", report("r1", "No acute cardiopulmonary disease. Clear lungs.", "Normal chest study.")),
    ("other_section", report("r1", f"PA and lateral views of the chest. {FINDINGS}", BARE)),
    ("sentences_run_together", report("r1", "The heart is large. Small effusion on the left", "Pleural effusion.")),
]


@pytest.mark.parametrize(("reason", "document"), REFUSED)
def test_a_report_that_cannot_teach_is_refused_with_its_reason(reason, document):
    assert derived(task, document) == [Refusal("segments", reason)]


def test_every_listed_reason_is_reached():
    assert {reason for reason, _ in REFUSED} | {"no_text"} == set(task.REFUSALS)


@given(WORDS, WORDS, st.integers(0, 9))
def test_of_any_report_no_word_is_lost_changed_or_moved(findings, impression, number):
    for draft in derived(task, report(f"r{number}", findings, impression)):
        if isinstance(draft, Draft):
            found = task.read(draft.output)
            assert found is not None
            assert " ".join(sentence for each in found.values() for sentence in each) == draft.input


REFERENCE = "INDICATION: Cough.\n\nFINDINGS: The heart is large. No effusion.\n\nIMPRESSION: Cardiomegaly."


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (REFERENCE, (0, 1, 1)),
        (REFERENCE.replace("\n\n", "\n").replace("IMPRESSION", "Conclusion"), (0, 1, 1)),
        (REFERENCE.replace(" No effusion.", "").replace("Cardio", "No effusion. Cardio"), (0, 0, 3 / 4)),
        ("FINDINGS: Cough. The heart is large. No effusion. Cardiomegaly.", (0, 0, 2 / 4)),
        (REFERENCE.replace("large", "enlarged"), (1, 0, 0)),
        (REFERENCE.replace(" No effusion.", ""), (1, 0, 0)),
        ("Cough. The heart is large. No effusion. Cardiomegaly.", (1, 0, 0)),
        (f"Here it is: {REFERENCE}", (1, 0, 0)),
        ("", (1, 0, 0)),
    ],
)
def test_an_answer_is_scored_by_its_sentences_and_malformed_where_a_word_differs(answer, expected):
    scores = task.score({"output": REFERENCE}, answer)
    assert (scores["malformed"], scores["exact"], scores["sentences_right"]) == pytest.approx(expected)


def test_a_summary_is_of_means():
    scores = [task.score({"output": REFERENCE}, answer) for answer in (REFERENCE, "")]
    assert task.summarise(scores) == {"answers": 2.0, "malformed": 1.0, "exact": 0.5, "sentences_right": 0.5}


def test_real_reports_are_the_sentences_of_their_sections(openi_reports):
    every = list(drafts(task, iter(list(clean_reports(openi_reports).values())[::8])))
    assert len(every) > 280
    for document, draft in every:
        parts = task.read(draft.output)
        assert parts is not None
        for name, said in parts.items():
            assert "".join(" ".join(said).split()) == "".join(document.text_of(name).split())


@pytest.mark.parametrize(
    ("number", "reason"),
    [("CXR1823", "inner_heading"), ("CXR47", "no_findings"), ("CXR1262", "contradiction")],
)
def test_real_reports_that_cannot_teach_are_refused(openi_reports, number, reason):
    assert derived(task, clean_reports(openi_reports)[number]) == [Refusal("segments", reason)]
