"""Task `section_extraction`: a section of a whole report to the letter, or that it is not stated."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.records import Draft, Refusal, make_record
from radcurate.tasks import section_extraction
from radcurate.tasks.pool import Pool
from tests.openi import clean_reports
from tests.shards import report

FINDINGS, IMPRESSION = "The lungs  are\nclear.", "Normal chest."
SECTIONS = {"indication": "Pain.", "comparison": "None."}


def derive(document):
    return list(section_extraction.derive(document, Pool(document, ())))


def many(findings=FINDINGS, impression=IMPRESSION, count=400, **sections):
    """All that one report gives under many names."""
    documents = [report(f"r{n}", findings, impression, sections={**SECTIONS, **sections}) for n in range(count)]
    return [(document, made) for document in documents for made in derive(document)]


def test_a_report_gives_a_record_for_its_findings_and_one_for_its_impression():
    slots = Counter(made.slot for _, made in many())
    assert slots["findings"] == slots["impression"] == 400
    assert set(slots) == {"findings", "impression", "other", "not_stated"}


def test_an_output_is_its_section_word_for_word_and_cites_all_of_it():
    for document, made in many():
        if made.output != "not stated":
            (piece,) = made.evidence
            text = document.text_of(piece.section)
            assert made.input.startswith(f"Section: {piece.section}\n\n")
            assert made.output == text
            assert (piece.start, piece.end) == (0, len(text))
            assert made.output in made.input


def test_about_one_answer_in_six_is_not_stated_for_each_section_that_can_be_asked_for():
    made = [one for _, one in many(count=600)]
    asked = Counter(one.input.splitlines()[0] for one in made if one.output == "not stated")
    assert 0.12 <= sum(asked.values()) / len(made) <= 0.19
    assert {"Section: findings", "Section: impression", "Section: technique", "Section: addendum"} == set(asked)
    there = Counter(one.input.splitlines()[0] for one in made if one.output != "not stated")
    assert {"Section: indication", "Section: comparison"} < set(there)


def test_what_is_not_stated_is_not_in_the_input_and_the_evidence_is_all_that_is_shown():
    for document, made in many():
        if made.output == "not stated":
            name = made.input.splitlines()[0].removeprefix("Section: ")
            shown = [one.name for one in document.sections if one.name != name]
            assert [(piece.section, piece.start, piece.end) for piece in made.evidence] == [
                (other, 0, len(document.text_of(other))) for other in shown
            ]
            assert all(document.text_of(other) in made.input for other in shown)
            assert not document.text_of(name) or document.text_of(name) not in made.input


@pytest.mark.parametrize(
    ("findings", "impression", "missing"), [(FINDINGS, "", "impression"), ("", IMPRESSION, "findings")]
)
def test_of_reports_with_one_of_both_four_in_ten_are_asked_for_the_other(findings, impression, missing):
    made = [one for _, one in many(findings, impression)]
    drafts = [one for one in made if isinstance(one, Draft)]
    assert {(one.slot, one.output) for one in drafts} == {(missing, "not stated")}
    assert 120 <= len(drafts) <= 200
    assert {one.reason for one in made if isinstance(one, Refusal)} == {f"no_{missing}"}


def test_a_section_of_redaction_marks_alone_is_not_asked_for():
    assert not [one for _, one in many(comparison="XXXX, XXXX.") if one.input.startswith("Section: comparison")]


def test_an_addendum_that_is_there_is_asked_for_too():
    outputs = {one.output for _, one in many(addendum="A nodule is seen.") if one.input.startswith("Section: addendum")}
    assert outputs == {"A nodule is seen."}


def test_numbers_that_the_input_has_are_in_the_output_too():
    outputs = {one.output for _, one in many(impression="Effusion. Normal heart.") if one.slot == "impression"}
    assert outputs == {"Effusion. Normal heart.", "1. Effusion. 2. Normal heart."}


WORDS = st.lists(st.sampled_from(["the", "lungs", "are", "clear", "no", "mass", "XXXX", "\n", "Dr.", "1."]), min_size=1)


@given(WORDS.map(" ".join), WORDS.map(" ".join), st.integers(0, 99))
def test_any_output_stands_in_its_input_letter_by_letter(findings, impression, number):
    for made in derive(report(f"r{number}", findings, impression)):
        if isinstance(made, Draft) and made.output != "not stated":
            assert made.output in made.input


LONG = "The lungs are clear. " * 50_000
REFUSED = [
    ("no_text", report("r1", sections={"comparison": "None."})),
    ("no_text", report("r1", " ", "\n")),
    ("inner_heading", report("r1", "Chest: Clear. Left knee: Normal.", "Normal.")),
    ("inner_heading", report("r1", FINDINGS, IMPRESSION, sections={"comparison": "None. INDICATION/pain"})),
    ("inner_heading", report("r1", FINDINGS, IMPRESSION, sections={"comparison": "None Indication chest pain"})),
    ("inner_heading", report("r1", "Pain. FINDINGS the lungs are clear.", IMPRESSION)),
    ("section_repeated", report("r1", "Clear.", "Normal.", sections={"impression_2": "Mass."})),
    ("unknown_section", report("r1", "Clear.", "Normal.", sections={"findings_and_impression": "Mass."})),
    ("too_long", report("r1", LONG, "Normal.")),
    ("not_english", report("r1", "Kein Pneumothorax. Kein Erguss.", "Herz nicht vergrößert.")),
    ("sections_equal", report("r1", "No acute disease.", "No acute disease.")),
]


@pytest.mark.parametrize(("reason", "document"), REFUSED)
def test_a_report_that_cannot_teach_is_refused_twice_with_its_reason(reason, document):
    assert derive(document) == [Refusal("findings", reason), Refusal("impression", reason)]


def test_every_listed_reason_is_reached():
    reached = {reason for reason, _ in REFUSED} | {"no_findings", "no_impression"}
    assert reached == set(section_extraction.REFUSALS)


SOUND = next(
    document
    for document in (report(f"r{n}", "The lungs are clear. The heart is normal.", "Normal chest.") for n in range(20))
    if "\n\nIMPRESSION: Normal" in derive(document)[0].input
)


def scores(slot, answer, document=SOUND):
    (draft,) = (made for made in derive(document) if made.slot == slot)
    return section_extraction.score(
        make_record(section_extraction.ID, section_extraction.INSTRUCTIONS, [document], draft), answer
    )


def absent():
    """A report that is asked for the findings that it lacks."""
    documents = (report(f"a{number}", "", IMPRESSION) for number in range(20))
    return next(document for document in documents if isinstance(derive(document)[0], Draft))


@pytest.mark.parametrize(
    ("answer", "malformed", "exact", "span"),
    [
        ("The lungs are clear. The heart is normal.", 0.0, 1.0, 1.0),
        ("the lungs are clear the heart is normal", 0.0, 0.0, 1.0),
        ("The lungs are clear.", 0.0, 0.0, 2 * 4 / 12),
        ("The heart is normal.\n\nIMPRESSION: Normal chest.", 0.0, 0.0, 2 * 4 / 15),
        ("Normal chest", 0.0, 0.0, 0.0),
        ("The lungs are not clear.", 1.0, 0.0, 0.0),
        ("not stated", 0.0, 0.0, 0.0),
        ("", 1.0, 0.0, 0.0),
    ],
)
def test_a_span_gets_the_f1_worked_out_by_hand(answer, malformed, exact, span):
    found = scores("findings", answer)
    assert (found["malformed"], found["exact"], found["span_f1"]) == pytest.approx((malformed, exact, span))


@pytest.mark.parametrize(
    ("answer", "malformed", "span"),
    [("not stated", 0.0, 1.0), ("Not stated.", 0.0, 1.0), ("Normal chest.", 0.0, 0.0), ("None", 1.0, 0.0)],
)
def test_not_stated_is_right_where_there_is_no_such_section(answer, malformed, span):
    found = scores("findings", answer, absent())
    assert (found["malformed"], found["span_f1"], found["exact"]) == (malformed, span, span)


def test_a_summary_has_means_and_the_f1_of_not_stated():
    some = [
        scores("findings", "not stated", absent()),
        scores("findings", "not stated"),
        scores("impression", "Normal chest."),
        scores("impression", ""),
    ]
    found = section_extraction.summarise(some)
    assert found == pytest.approx(
        {
            "answers": 4.0,
            "malformed": 1.0,
            "span_f1": 2 / 4,
            "exact": 2 / 4,
            "rouge_l": 2 / 4,
            "not_stated_f1": 2 / 3,
        }
    )
    assert "not_stated_f1" not in section_extraction.summarise(some[2:])


@pytest.mark.parametrize(("output", "labels"), [("not stated", ["not stated"]), ("Normal.", ["stated"])])
def test_the_balance_is_counted_in_what_is_stated(output, labels):
    assert section_extraction.labels(output) == labels


def test_every_real_output_stands_in_its_input_and_is_its_section_but_for_numbers(openi_reports):
    made = [(document, one) for document in clean_reports(openi_reports).values() for one in derive(document)]
    drafts = [(document, one) for document, one in made if isinstance(one, Draft)]
    assert len(drafts) > 8_000
    for document, one in drafts:
        if one.output != "not stated":
            (piece,) = one.evidence
            assert one.output in one.input
            assert letters(one.output) == letters(document.text_of(piece.section))
    share = sum(one.output == "not stated" for _, one in drafts) / len(drafts)
    assert 0.14 <= share <= 0.20


def letters(text):
    return "".join(character for character in text if character.isalpha())


@pytest.mark.parametrize(
    ("number", "reason"), [("CXR1823", "inner_heading"), ("CXR206", "inner_heading"), ("CXR3278", "inner_heading")]
)
def test_real_reports_that_cannot_teach_are_refused(openi_reports, number, reason):
    assert {one.reason for one in derive(clean_reports(openi_reports)[number])} == {reason}
