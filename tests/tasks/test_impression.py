"""Task `impression`: word for word, without notifications, flagged where it needs more than its input."""

from collections import Counter

import pytest

from radcurate.records import Draft, Refusal, make_record
from radcurate.tasks import impression
from radcurate.tasks.pool import Pool
from tests.openi import clean_reports, published_reports
from tests.shards import report

FINDINGS = "The heart is mildly enlarged. A small left effusion is present."


def derive(document):
    (made,) = impression.derive(document, Pool(document, ()))
    return made


def draft(text, findings=FINDINGS, **fields) -> Draft:
    made = derive(report("r1", findings, text, **fields))
    assert isinstance(made, Draft), made
    return made


def cited(document, made: Draft) -> str:
    return " ".join(document.text_of(piece.section)[piece.start : piece.end] for piece in made.evidence)


def test_the_input_is_indication_and_findings_as_published_and_nothing_else():
    sections = {"comparison": "None.", "indication": "Dyspnea.", "technique": "PA."}
    made = draft("Small left effusion.", sections=sections)
    assert made.input == f"INDICATION: Dyspnea.\n\nFINDINGS: {FINDINGS}"
    assert draft("Small left effusion.").input == f"FINDINGS: {FINDINGS}"


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("Mild cardiomegaly.", "Mild cardiomegaly."),
        ("1. Mild cardiomegaly.\n2. Small left effusion.", "1. Mild cardiomegaly.\n2. Small left effusion."),
        ("Mild cardiomegaly. Discussed with Dr. Doe at 10:30 a.m.", "Mild cardiomegaly."),
        ("Effusion. Dr. XXXX was notified at XXXX. Cardiomegaly.", "Effusion. Cardiomegaly."),
        ("Effusion. END OF REPORT.", "Effusion."),
        ("Effusion. XXXX XXXX. ___ at ___. XXXX of XXXX.", "Effusion."),
        ("NG tube XXXX. CT XXXX.", "NG tube XXXX. CT XXXX."),
        ("Normal chest 2.", "Normal chest 2."),
    ],
)
def test_the_output_is_the_impression_without_notifications_and_bare_marks(text, output):
    document = report("r1", FINDINGS, text)
    made = derive(document)
    assert made.output == output
    assert cited(document, made) == output


def test_neighbouring_sentences_are_one_piece_of_evidence():
    text = "Effusion. Cardiomegaly. Dr. XXXX was notified. No pneumothorax."
    pieces = [text[piece.start : piece.end] for piece in draft(text).evidence]
    assert pieces == ["Effusion. Cardiomegaly.", "No pneumothorax."]


REFUSED = [
    ("no_findings", report("r1", "", "Normal chest.")),
    ("no_impression", report("r1", FINDINGS)),
    ("inner_heading", report("r1", "Chest. Clear. Right foot. No fracture.", "Normal.")),
    ("section_repeated", report("r1", FINDINGS, "Normal.", sections={"findings_2": "No effusion."})),
    ("addendum", report("r1", FINDINGS, "Normal.", sections={"addendum": "A nodule is seen too."})),
    ("findings_hold_nothing", report("r1", "AP and lateral chest films.", "Normal.")),
    ("impression_holds_nothing", report("r1", FINDINGS, "XXXX. Results were called to the ward.")),
    ("refers_elsewhere", report("r1", FINDINGS, "Healed rib fractures as described above.")),
]


@pytest.mark.parametrize(("reason", "document"), REFUSED, ids=[reason for reason, _ in REFUSED])
def test_a_report_that_cannot_teach_is_refused_with_its_reason(reason, document):
    assert derive(document) == Refusal("impression", reason)


def test_every_listed_reason_is_reached():
    assert {reason for reason, _ in REFUSED} == set(impression.REFUSALS)


def test_a_notification_may_point_above_since_it_leaves():
    assert draft("Effusion. The above findings were discussed with Dr. Doe.").output == "Effusion."


@pytest.mark.parametrize(
    ("findings", "text", "flags"),
    [
        (FINDINGS, "Small left effusion.", ()),
        (FINDINGS, "Unchanged small left effusion.", ("cites_prior",)),
        ("The effusion is unchanged.", "Small left effusion.", ()),
        (FINDINGS, "Effusion. Compared with the film at 6 a.m. no change.", ("cites_prior",)),
        ("No  acute\ndisease of the chest.", "NO ACUTE DISEASE of the chest.", ("answer_in_input",)),
        ("A stable nodule is present.", "A stable nodule", ("cites_prior", "answer_in_input")),
    ],
)
def test_flags_say_what_the_answer_needs_or_gives_away(findings, text, flags):
    assert draft(text, findings).flags == flags


def scores(output, answer):
    document = report("r1", FINDINGS, output)
    return impression.score(make_record(impression.ID, impression.INSTRUCTIONS, [document], derive(document)), answer)


@pytest.mark.parametrize(
    ("output", "answer", "expected"),
    [
        ("Small effusion.", "Small effusion.", {"rouge_l": 1.0, "exact": 1.0, "invented_prior": 0.0}),
        ("Small effusion.", "Small stable effusion.", {"rouge_l": 4 / 5, "exact": 0.0, "invented_prior": 1.0}),
        ("Stable effusion.", "Unchanged effusion.", {"rouge_l": 1 / 2, "exact": 0.0, "invented_prior": 0.0}),
        ("Small effusion.", "Clear lungs.", {"rouge_l": 0.0, "exact": 0.0, "invented_prior": 0.0}),
    ],
    ids=["perfect", "invents a prior", "the reference has one too", "wrong"],
)
def test_an_answer_gets_the_scores_worked_out_by_hand(output, answer, expected):
    assert scores(output, answer) == pytest.approx({"malformed": 0.0, **expected})


def test_a_summary_is_of_means_with_malformed_answers_counted_as_nothing():
    some = [scores("Small effusion.", answer) for answer in ("Small effusion.", "New effusion.", "", "Clear.")]
    assert impression.summarise(some) == pytest.approx(
        {"answers": 4.0, "malformed": 1.0, "rouge_l": (1 + 1 / 2) / 4, "exact": 1 / 4, "invented_prior": 1 / 4}
    )


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("CXR202", "no_findings"),  # its findings named the views alone, which cleaning takes out
        ("CXR3558", "findings_hold_nothing"),
        ("CXR47", "no_findings"),
        ("CXR61", "no_findings"),
        ("CXR1661", "no_findings"),
        ("CXR1823", "inner_heading"),
        ("CXR206", "inner_heading"),
        ("CXR3278", "inner_heading"),
        ("CXR157", "inner_heading"),
        ("CXR1770", "inner_heading"),
        ("CXR1475", "refers_elsewhere"),
        ("CXR2951", "refers_elsewhere"),
    ],
)
def test_real_reports_that_cannot_teach_are_refused(openi_reports, number, reason):
    assert derive(clean_reports(openi_reports)[number]) == Refusal("impression", reason)


@pytest.mark.parametrize(
    ("number", "gone"),
    [
        ("CXR9", "telephone"),
        ("CXR60", "Veriphy"),
        ("CXR249", "notified"),
        ("CXR2907", "Primordial"),
        ("CXR123", "department"),
        ("CXR498", "faxed"),
        ("CXR1676", "hours"),
        ("CXR1752", "Dr."),
        ("CXR1943", "Thanks"),
        ("CXR2644", "discussed"),
    ],
)
def test_notifications_leave_the_target_of_real_reports(openi_reports, number, gone):
    document = clean_reports(openi_reports)[number]
    made = derive(document)
    assert gone in document.text_of("impression")
    assert gone not in made.output
    assert cited(document, made) == made.output


def test_the_mark_at_the_end_of_a_real_report_is_gone_before_a_task_sees_it(openi_reports):
    assert "REPORT" in published_reports(openi_reports)["CXR3144"].text_of("impression")
    document = clean_reports(openi_reports)["CXR3144"]
    assert "REPORT" not in document.text_of("impression")
    assert cited(document, derive(document)) == document.text_of("impression")


@pytest.mark.parametrize(("number", "prior"), [("CXR9", True), ("CXR249", True), ("CXR1122", False), ("CXR177", False)])
def test_real_impressions_are_flagged_where_they_compare(openi_reports, number, prior):
    assert ("cites_prior" in derive(clean_reports(openi_reports)[number]).flags) is prior


def test_the_collection_gives_the_counts_that_were_read(openi_reports):
    made = [derive(document) for document in clean_reports(openi_reports).values()]
    reasons = Counter(one.reason for one in made if isinstance(one, Refusal))
    flags = Counter(flag for one in made if isinstance(one, Draft) for flag in one.flags)
    assert (reasons["no_findings"], reasons["no_impression"], reasons["findings_hold_nothing"]) == (503, 6, 1)
    assert set(reasons) <= set(impression.REFUSALS)
    assert 330 <= flags["cites_prior"] <= 390
    assert 35 <= reasons["inner_heading"] <= 50
    assert 10 <= reasons["refers_elsewhere"] <= 25
