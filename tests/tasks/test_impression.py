"""Task `impression`: word for word, without notifications, flagged where it needs more than its input."""

from collections import Counter

import pytest

from radcurate.language.observations import observe
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


SECTIONS = {"comparison": "None.", "indication": "Dyspnea.", "technique": "PA."}


def inputs(count=60):
    """The inputs of one report under many names."""
    documents = [report(f"r{number}", FINDINGS, "Small left effusion.", sections=SECTIONS) for number in range(count)]
    return Counter(derive(document).input for document in documents)


def test_inputs_come_as_in_life_findings_alone_with_the_indication_or_all_but_the_impression():
    findings = f"FINDINGS: {FINDINGS}"
    assert set(inputs()) == {
        findings,
        f"INDICATION: Dyspnea.\n\n{findings}",
        f"COMPARISON: None.\n\nINDICATION: Dyspnea.\n\nTECHNIQUE: PA.\n\n{findings}",
    }
    assert min(inputs(300).values()) > 70


def test_who_was_told_is_in_no_input():
    told = {"notification": "Dr. Doe was called.", "end_of_impression": "Read by XXXX.", "indication": "Pain."}
    for number in range(30):
        made = derive(report(f"r{number}", FINDINGS, "Small left effusion.", sections=told))
        assert "Doe" not in made.input
        assert "Read by" not in made.input


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("Mild cardiomegaly.", "Mild cardiomegaly."),
        ("1. Mild cardiomegaly.\n2. Small left effusion.", "1. Mild cardiomegaly.\n2. Small left effusion."),
        ("Mild cardiomegaly. Discussed with Dr. Doe at 10:30 a.m.", "Mild cardiomegaly."),
        ("Effusion. Dr. XXXX was notified at XXXX. Cardiomegaly.", "Effusion. Cardiomegaly."),
        ("Effusion. END OF REPORT.", "Effusion."),
        ("Effusion. XXXX XXXX. ___ at ___. XXXX of XXXX.", "Effusion."),
        ("Effusion, CT XXXX.", "Effusion, CT XXXX."),
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


LONG = "The lungs are clear. Small left pleural effusion. " * 20_000
REFUSED = [
    ("no_findings", report("r1", "", "Normal chest.")),
    ("no_impression", report("r1", FINDINGS)),
    ("inner_heading", report("r1", "Chest. Clear. Right foot. No fracture.", "Normal.")),
    ("section_repeated", report("r1", FINDINGS, "Normal.", sections={"findings_2": "No effusion."})),
    ("addendum", report("r1", FINDINGS, "Normal.", sections={"addendum": "A nodule is seen too."})),
    ("unknown_section", report("r1", FINDINGS, "Effusion.", sections={"second_opinion": "No effusion."})),
    ("too_long", report("r1", LONG, "Effusion.")),
    ("not_english", report("r1", "Kein Pneumothorax. Kein Erguss. Herz nicht vergrößert.", "Herz normal.")),
    ("findings_hold_nothing", report("r1", "AP and lateral chest films.", "Normal.")),
    ("findings_hold_nothing", report("r1", "Normal.", "Normal chest.")),
    ("no_observation", report("r1", "The patient was seen and looks well today.", "Normal chest.")),
    ("contradiction", report("r1", "Small right pleural effusion.", "Small left pleural effusion.")),
    ("contradiction", report("r1", "There is a pneumothorax.", "No acute cardiopulmonary disease.")),
    ("contradiction", report("r1", "Heart size at the upper limits of normal.", "There is cardiomegaly.")),
    ("contradiction", report("r1", "The effusion is resolving.", "The effusion has resolved.")),
    ("redacted_modifier", report("r1", "There is a XXXX opacity at the left base.", "Left basilar opacity.")),
    ("redacted_modifier", report("r1", FINDINGS, "No ___ effusion.")),
    ("redacted_modifier", report("r1", FINDINGS, "Effusion. This is XXXX to be reactive.")),
    ("fragment", report("r1", "Normal heart. Pleural effusions or pneumothorax.", "No acute disease.")),
    ("redacted_modifier", report("r1", "The lungs have XXXX in the interval. No effusion.", "No acute disease.")),
    ("fragment", report("r1", FINDINGS, "No acute disease 2. Small left effusion.")),
    ("impression_holds_nothing", report("r1", FINDINGS, "XXXX. Results were called to the ward.")),
    ("refers_elsewhere", report("r1", FINDINGS, "Healed rib fractures as described above.")),
]


@pytest.mark.parametrize(("reason", "document"), REFUSED)
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
        ("The effusion is unchanged.", "Small effusion.", ()),
        (FINDINGS, "Effusion. Compared with the film at 6 a.m. no change.", ("cites_prior",)),
        ("No  acute\ndisease of the chest.", "NO ACUTE DISEASE of the chest.", ("answer_in_input",)),
        ("A stable nodule is present.", "A stable nodule", ("cites_prior", "answer_in_input")),
        ("An opacity is seen at the left base.", "Left basilar pneumonia.", ("not_in_input",)),
        (FINDINGS, "Small left effusion. No pneumonia.", ("not_in_input",)),
        ("A small effusion is present.", "New left effusion.", ("not_in_input", "cites_prior")),
    ],
)
def test_flags_say_what_the_answer_needs_or_gives_away(findings, text, flags):
    assert draft(text, findings).flags == flags


def test_an_indication_that_is_shown_supports_no_finding():
    for number in range(12):
        document = report(f"r{number}", FINDINGS, "Pneumonia.", sections={"indication": "Pneumonia."})
        assert "not_in_input" in derive(document).flags


def scores(output, answer, findings=FINDINGS, systems=("Chest",)):
    document = report("r1", findings, output, systems=systems)
    return impression.score(make_record(impression.ID, impression.INSTRUCTIONS, [document], derive(document)), answer)


@pytest.mark.parametrize(
    ("output", "answer", "expected"),
    [
        ("Small effusion.", "Small effusion.", {"rouge_l": 1.0, "exact": 1.0}),
        ("Small effusion.", "Small stable effusion.", {"rouge_l": 4 / 5, "exact": 0.0}),
        ("Small effusion.", "Clear lungs.", {"rouge_l": 0.0, "exact": 0.0}),
    ],
    ids=["perfect", "a word more", "wrong"],
)
def test_an_answer_gets_the_scores_worked_out_by_hand(output, answer, expected):
    assert scores(output, answer, systems=()) == pytest.approx({"malformed": 0.0, **expected})
    found = scores(output, answer)
    assert {name: found[name] for name in expected} == pytest.approx(expected)


@pytest.mark.parametrize(
    ("findings", "output", "answer", "invented"),
    [
        (FINDINGS, "Small effusion.", "Small stable effusion.", 1.0),
        (FINDINGS, "Stable effusion.", "Unchanged effusion.", 0.0),
        ("The effusion is stable.", "Small effusion.", "Unchanged effusion.", 0.0),
        (FINDINGS, "Small effusion.", "Small effusion.", 0.0),
    ],
    ids=["invented", "in the reference", "in the input", "none"],
)
def test_a_prior_is_invented_where_neither_input_nor_reference_has_one(findings, output, answer, invented):
    assert scores(output, answer, findings)["invented_prior"] == invented


def test_a_summary_is_of_means_with_malformed_answers_counted_as_nothing():
    answers = ("Small effusion.", "New effusion.", "", "Clear.")
    some = [scores("Small effusion.", answer, systems=()) for answer in answers]
    assert impression.summarise(some) == pytest.approx(
        {"answers": 4.0, "malformed": 1.0, "rouge_l": (1 + 1 / 2) / 4, "exact": 1 / 4}
    )


def test_observations_are_scored_of_chest_reports_alone():
    of_chest = impression.summarise([scores("Small left effusion.", "Small right effusion.")])
    assert (of_chest["observation_f1"], of_chest["abnormal_side_errors"]) == (1.0, 1.0)
    elsewhere = impression.summarise([scores("Effusion.", "Effusion.", systems=("Musculoskeletal",))])
    assert not any("observation" in name or "error" in name or "prior" in name for name in elsewhere)


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
        ("CXR1475", "contradiction"),
        ("CXR619", "contradiction"),
        ("CXR1262", "contradiction"),
        ("CXR343", "fragment"),
        ("CXR3085", "fragment"),
        ("CXR3170", "fragment"),
        ("CXR1229", "fragment"),
        ("CXR2130", "redacted_modifier"),
        ("CXR1991", "redacted_modifier"),
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
        ("CXR1111", "Primordial"),
        ("CXR123", "department"),
        ("CXR498", "faxed"),
        ("CXR1676", "hours"),
        ("CXR1752", "Dr."),
        ("CXR2117", "Thank"),
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


@pytest.mark.parametrize(("number", "prior"), [("CXR9", True), ("CXR744", True), ("CXR1122", False), ("CXR366", False)])
def test_real_impressions_are_flagged_where_they_compare(openi_reports, number, prior):
    assert ("cites_prior" in derive(clean_reports(openi_reports)[number]).flags) is prior


def test_the_collection_gives_the_counts_that_were_read(openi_reports):
    made = [derive(document) for document in clean_reports(openi_reports).values()]
    reasons = Counter(one.reason for one in made if isinstance(one, Refusal))
    flags = Counter(flag for one in made if isinstance(one, Draft) for flag in one.flags)
    assert (reasons["no_findings"], reasons["no_impression"], reasons["findings_hold_nothing"]) == (503, 6, 1)
    assert set(reasons) <= set(impression.REFUSALS)
    assert 150 <= flags["cites_prior"] <= 250
    assert 300 <= flags["not_in_input"] <= 500
    assert 600 <= reasons["redacted_modifier"] <= 800
    assert 20 <= reasons["contradiction"] <= 60
    assert 35 <= reasons["inner_heading"] <= 50
    assert 10 <= reasons["refers_elsewhere"] <= 25


def test_no_real_impression_flagged_clean_names_a_diagnosis_that_its_findings_do_not(openi_reports):
    """Of what impressions name and findings do not, pneumonia and COPD are the most frequent."""
    for document in clean_reports(openi_reports).values():
        made = derive(document)
        if isinstance(made, Draft) and "not_in_input" not in made.flags:
            findings = document.text_of("findings")
            named = [
                one
                for one in observe(made.output)
                if one.finding in ("pneumonia", "copd") and one.polarity in ("present", "uncertain")
            ]
            assert all(one.finding in {each.finding for each in observe(findings)} for one in named)
