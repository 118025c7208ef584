"""Task `case_diagnosis`: the published diagnosis with its published certainty, from what the case shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.records import Draft, Evidence, Refusal, make_record
from radcurate.tasks import case_diagnosis
from radcurate.tasks.pool import Pool
from tests.tasks.invented_site import case

GERMAN = "Der Wurm ist nicht normal und wird mit Gas gefüllt."
PAIN = "Pain in the right iliac fossa since yesterday."
SEEN = "A blind-ending tubular structure of 11 mm does not compress."
ULTRASOUND = ("Ultrasound right iliac fossa", SEEN, "Ultrasound")
CT = ("CT abdomen", "The surrounding fat is stranded and there is no collection.", "CT")


def derive(document):
    (made,) = case_diagnosis.derive(document, Pool(document, ()))
    return made


def draft(title="Acute appendicitis", *studies, **fields) -> Draft:
    made = derive(case(title, *(studies or (ULTRASOUND,)), **{"presentation": PAIN, **fields}))
    assert isinstance(made, Draft), made
    return made


def test_the_input_is_patient_presentation_and_each_study_under_its_title():
    fields = {"age": "35 years", "sex": "Female", "discussion": "Acute appendicitis.", "tags": ("appendix",)}
    made = draft("Acute appendicitis", ULTRASOUND, CT, systems=("Gastrointestinal",), **fields)
    assert made.input.split("\n\n") == [
        "Patient: 35 years, Female",
        f"Presentation: {PAIN}",
        f"Ultrasound right iliac fossa: {SEEN}",
        f"CT abdomen: {CT[1]}",
    ]


@pytest.mark.parametrize(
    ("age", "sex", "line"),
    [("6 months", None, "Patient: 6 months"), (None, "Male", "Patient: Male"), (None, None, f"Presentation: {PAIN}")],
)
def test_the_first_line_says_what_is_known_of_the_patient(age, sex, line):
    assert draft(age=age, sex=sex).input.splitlines()[0] == line


@pytest.mark.parametrize(
    ("heading", "modality", "name"), [("", "CT", "CT"), ("", None, "Findings"), ("Leg", "CT", "Leg")]
)
def test_a_study_without_title_goes_by_its_modality(heading, modality, name):
    assert draft("Acute appendicitis", (heading, SEEN, modality)).input.endswith(f"\n\n{name}: {SEEN}")


@pytest.mark.parametrize("certainty", case_diagnosis.CERTAINTIES)
def test_the_answer_is_the_title_with_the_published_certainty(certainty):
    made = draft(certainty=f"Diagnosis {certainty}")
    assert made.output == f"Acute appendicitis (diagnosis {certainty})"
    assert case_diagnosis.parse(made.output) == ("acute appendicitis", certainty)


def test_evidence_is_title_certainty_and_where_the_discussion_names_the_title():
    made = draft(discussion="Typical of acute appendicitis.")
    assert made.evidence == (
        Evidence("here:case:d1", "@title", 0, 0),
        Evidence("here:case:d1", "diagnostic_certainty", 0, len("Diagnosis certain")),
        Evidence("here:case:d1", "discussion", 11, 29),
    )
    assert len(draft(discussion="Typical of an inflamed appendix.").evidence) == 2


REFUSED = [
    ("no_title", case(None, ULTRASOUND, presentation=PAIN)),
    ("no_certainty", case("Appendicitis", ULTRASOUND, presentation=PAIN, certainty=None)),
    ("no_certainty", case("Appendicitis", ULTRASOUND, presentation=PAIN, certainty="Diagnosis unthinkable")),
    ("not_applicable", case("Appendicitis", ULTRASOUND, presentation=PAIN, certainty="Diagnosis not applicable")),
    ("title_is_no_diagnosis", case("Case 2", ULTRASOUND, presentation=PAIN)),
    ("title_after_treatment", case("Appendicitis - post op", ULTRASOUND, presentation=PAIN)),
    ("title_hedges", case("Suspected appendicitis", ULTRASOUND, presentation=PAIN)),
    ("abbreviation_unexplained", case("RIF in a child", ULTRASOUND, presentation=PAIN)),
    ("redacted", case("Appendicitis in XXXX", ULTRASOUND, presentation=PAIN)),
    ("too_long", case("Appendicitis", ("CT", "word " * 200_000, "CT"), presentation=PAIN)),
    (
        "not_english",
        case(
            "Appendicitis",
            ("CT", "Der Wurm ist nicht normal und wird mit Gas gefüllt.", "CT"),
            presentation="Seit dem Tag.",
        ),
    ),
    ("no_presentation", case("Appendicitis", ULTRASOUND)),
    ("no_findings", case("Appendicitis", ("CT", " ", "CT"), presentation=PAIN)),
    ("findings_hold_nothing", case("Appendicitis", ("CT", "As above.", "CT"), presentation=PAIN)),
]


@pytest.mark.parametrize(("reason", "document"), REFUSED)
def test_a_case_that_cannot_teach_is_refused_with_its_reason(reason, document):
    assert derive(document) == Refusal("diagnosis", reason)


def test_every_listed_reason_is_reached():
    assert {reason for reason, _ in REFUSED} == set(case_diagnosis.REFUSALS)


@pytest.mark.parametrize(
    ("text", "named"), [("In keeping with ACUTE APPENDICITIS.", True), ("An inflamed appendix.", True), ("Gas.", False)]
)
def test_a_diagnosis_that_the_findings_name_is_flagged(text, named):
    assert draft("Acute appendicitis", ("CT", f"{text} {SEEN}", "CT")).flags == (("answer_in_input",) if named else ())


def test_a_diagnosis_that_presentation_or_a_studys_title_names_is_flagged():
    assert draft(presentation="Known appendicitis.").flags == ("answer_in_input",)
    assert draft("Acute appendicitis", ("CT for appendicitis", SEEN, "CT")).flags == ("answer_in_input",)


def test_words_that_are_no_part_of_the_diagnosis_leave_the_answer_and_the_rule_says_so():
    made = draft("Acute appendicitis — classic (CT)", discussion="Typical of acute appendicitis.")
    assert made.output == "Acute appendicitis (diagnosis certain)"
    assert made.rule == "published_diagnosis_bare.v2"
    assert [piece.section for piece in made.evidence] == ["@title", "diagnostic_certainty", "discussion"]
    assert draft().rule == "published_diagnosis.v2"


def scores(answer, certainty="Diagnosis probable"):
    document = case("Sigmoid volvulus", ULTRASOUND, presentation=PAIN, certainty=certainty)
    record = make_record(case_diagnosis.ID, case_diagnosis.INSTRUCTIONS, [document], derive(document))
    return case_diagnosis.score(record, answer)


@pytest.mark.parametrize(
    ("answer", "malformed", "diagnosis", "certainty", "exact", "rouge_l"),
    [
        ("Sigmoid volvulus (diagnosis probable)", 0, 1, 1, 1, 1),
        ("sigmoid  Volvulus (Diagnosis probable).", 0, 1, 1, 1, 1),
        ("Sigmoid volvulus (diagnosis certain)", 0, 1, 0, 0, 1),
        ("The sigmoid-volvulus (diagnosis probable)", 0, 1, 1, 1, 4 / 5),
        ("Caecal volvulus (diagnosis probable)", 0, 0, 1, 0, 1 / 2),
        ("Appendicitis (diagnosis almost certain)", 0, 0, 0, 0, 0),
        ("Sigmoid volvulus", 1, 0, 0, 0, 0),
        ("Sigmoid volvulus (diagnosis likely)", 1, 0, 0, 0, 0),
        (" (diagnosis probable)", 1, 0, 0, 0, 0),
        ("", 1, 0, 0, 0, 0),
    ],
)
def test_an_answer_gets_the_scores_worked_out_by_hand(answer, malformed, diagnosis, certainty, exact, rouge_l):
    assert scores(answer) == pytest.approx(
        {"malformed": malformed, "diagnosis": diagnosis, "certainty": certainty, "exact": exact, "rouge_l": rouge_l}
    )


def test_a_summary_is_of_means():
    some = [scores(answer) for answer in ("Sigmoid volvulus (diagnosis certain)", "no idea")]
    assert case_diagnosis.summarise(some) == {
        "answers": 2.0, "malformed": 1.0, "diagnosis": 0.5, "certainty": 0.0, "exact": 0.0, "rouge_l": 0.5
    }  # fmt: skip


TITLES = st.lists(st.sampled_from(["Cyst", "(rare)", "of the", "bone,", "IIB"]), min_size=1).map(" ".join)


@given(TITLES, st.sampled_from(case_diagnosis.CERTAINTIES))
def test_any_title_can_be_read_back_from_an_answer(title, certainty):
    assert case_diagnosis.parse(f"{title} (diagnosis {certainty})") == (title.lower(), certainty)
