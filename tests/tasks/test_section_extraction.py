"""Task `section_extraction`: findings or impression of a whole report, to the letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.documents import as_published
from radcurate.records import Draft, Refusal, make_record
from radcurate.tasks import section_extraction
from radcurate.tasks.pool import Pool
from tests.openi import clean_reports
from tests.shards import report

SOUND = report(
    "r1", "The lungs  are\nclear.", "1. Normal.\n2. Dr. XXXX was notified.", sections={"indication": "Pain."}
)


def derive(document):
    return list(section_extraction.derive(document, Pool(document, ())))


def test_a_report_gives_a_record_for_its_findings_and_one_for_its_impression():
    assert [made.slot for made in derive(SOUND)] == ["findings", "impression"]


@pytest.mark.parametrize("number", [0, 1])
def test_the_output_is_the_section_word_for_word_and_its_evidence_is_all_of_it(number):
    made = derive(SOUND)[number]
    (piece,) = made.evidence
    assert made.output == SOUND.text_of(made.slot)
    assert (piece.section, piece.start, piece.end) == (made.slot, 0, len(made.output))


def test_the_input_names_the_section_and_holds_the_whole_report():
    made = derive(SOUND)[1]
    assert made.input == f"Section: impression\n\n{as_published(SOUND.sections)}"
    assert made.output in made.input


WORDS = st.lists(st.sampled_from(["the", "lungs", "are", "clear", "no", "mass", "XXXX", "\n", "Dr."]), min_size=1)


@given(WORDS.map(" ".join), WORDS.map(" ".join))
def test_any_output_stands_in_its_input_letter_by_letter(findings, impression):
    for made in derive(report("r1", findings, impression)):
        if isinstance(made, Draft):
            assert f"{made.slot.upper()}: {made.output}" in made.input


REFUSED = [
    ("no_findings", report("r1", "", "Normal.")),
    ("no_impression", report("r1", "Clear.")),
    ("inner_heading", report("r1", "Chest: Clear. Left knee: Normal.", "Normal.")),
    ("section_repeated", report("r1", "Clear.", "Normal.", sections={"impression_2": "Mass."})),
    ("sections_equal", report("r1", "No acute disease.", "No acute disease.")),
]


@pytest.mark.parametrize(("reason", "document"), REFUSED, ids=[reason for reason, _ in REFUSED])
def test_a_report_that_cannot_teach_is_refused_twice_with_its_reason(reason, document):
    assert derive(document) == [Refusal("findings", reason), Refusal("impression", reason)]


def test_every_listed_reason_is_reached():
    assert {reason for reason, _ in REFUSED} == set(section_extraction.REFUSALS)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The lungs are clear.", {"malformed": 0.0, "exact": 1.0, "rouge_l": 1.0}),
        ("the lungs are clear", {"malformed": 0.0, "exact": 0.0, "rouge_l": 1.0}),
        ("The lungs", {"malformed": 0.0, "exact": 0.0, "rouge_l": 4 / 6}),
        ("", {"malformed": 1.0, "exact": 0.0, "rouge_l": 0.0}),
    ],
)
def test_an_answer_gets_the_scores_worked_out_by_hand(answer, expected):
    record = make_record(section_extraction.ID, section_extraction.INSTRUCTIONS, [SOUND], derive(SOUND)[0])
    assert section_extraction.score(record, answer) == pytest.approx(expected)


def test_a_summary_is_of_means():
    record = make_record(section_extraction.ID, section_extraction.INSTRUCTIONS, [SOUND], derive(SOUND)[0])
    scores = [section_extraction.score(record, answer) for answer in ("The lungs are clear.", "")]
    assert section_extraction.summarise(scores) == {"answers": 2.0, "malformed": 1.0, "exact": 0.5, "rouge_l": 0.5}


def test_every_real_output_is_its_section_and_stands_in_its_input(openi_reports):
    made = [(document, one) for document in clean_reports(openi_reports).values() for one in derive(document)]
    drafts = [(document, one) for document, one in made if isinstance(one, Draft)]
    assert len(drafts) > 6_000
    for document, one in drafts:
        assert one.output == document.text_of(one.slot)
        assert f": {one.output}" in one.input


@pytest.mark.parametrize(
    ("number", "reason"), [("CXR1823", "inner_heading"), ("CXR206", "inner_heading"), ("CXR47", "no_findings")]
)
def test_real_reports_that_cannot_teach_are_refused(openi_reports, number, reason):
    assert {one.reason for one in derive(clean_reports(openi_reports)[number])} == {reason}
