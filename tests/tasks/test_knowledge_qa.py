"""Task `knowledge_qa`: questions on an article's subject, answered with the article's own words and no others."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.records import Draft, Refusal, make_record
from radcurate.splits import SPLITS
from radcurate.tasks import knowledge_qa, passages
from radcurate.tasks.pool import Pool
from tests.releases import rows_of
from tests.shards import report
from tests.tasks.invented_site import article

TITLE = "Hepatic adenoma"
FEATURES = (
    "Most hepatic adenomas are single and well defined.\n\n"
    "Ultrasound:\nEchogenicity varies with fat and blood.\n\n"
    "CT:\nHaemorrhage is dense before contrast medium.\n\n"
    "Arterial phase:\nEnhancement is brisk and even.\n\n"
    "MRI:\nIt is often bright on T2-weighted images."
)
DATA = tomllib.loads(Path(knowledge_qa.__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def derive(document):
    return {made.slot: made for made in knowledge_qa.derive(document, Pool(document, ()))}


def answer(heading, text, slot=None, **fields):
    return derive(article(TITLE, {heading: text}, **fields))[slot or "_".join(heading.lower().split())]


def cited(document, made):
    return [document.text_of(piece.section)[piece.start : piece.end] for piece in made.evidence]


@pytest.mark.parametrize(
    "heading",
    ["Epidemiology", "Clinical presentation", "Pathology", "Etiology", "Complications", "Differential diagnosis",
     "Classification", "Staging"],
)  # fmt: skip
def test_a_section_is_answered_word_for_word(heading):
    text = "A first paragraph of six words.\n\n• one\n◦ two\n• three"
    made = answer(heading, text)
    assert made.output == text
    assert [(piece.section, piece.start, piece.end) for piece in made.evidence] == [(made.slot, 0, len(text))]


def test_the_question_stands_alone_in_the_input():
    document = article(TITLE, {"Epidemiology": "Women between twenty and forty are affected most."})
    made = derive(document)["epidemiology"]
    assert "\n" not in made.input
    assert "Women" not in made.input
    assert "hepatic adenoma" in made.input


def test_general_appearance_and_modalities_are_answered_apart():
    document = article(TITLE, {"Radiographic features": FEATURES})
    made = derive(document)
    assert made["appearance"].output == "Most hepatic adenomas are single and well defined."
    assert made["appearance_ultrasound"].output == "Ultrasound:\nEchogenicity varies with fat and blood."
    assert made["appearance_ct"].output.startswith("CT:\nHaemorrhage is dense")
    assert "ultrasound" in made["appearance_ultrasound"].input
    assert cited(document, made["appearance_ct"]) == [made["appearance_ct"].output]


def test_a_deeper_sub_heading_stays_with_its_modality():
    made = answer("Radiographic features", FEATURES, "appearance_ct")
    assert made.output.endswith("Arterial phase:\nEnhancement is brisk and even.")


def test_a_heading_of_another_matter_ends_a_modality():
    text = f"{FEATURES}\n\nReporting checklist:\nSize and number of lesions matter."
    assert "checklist" not in answer("Radiographic features", text, "appearance_mri").output


def test_a_modality_that_comes_twice_has_two_slots():
    text = "CT chest:\nA nodule is the rule here.\n\nCT abdomen:\nThe liver may be enlarged too."
    made = derive(article(TITLE, {"Radiographic features": text}))
    assert made["appearance_ct"].output.startswith("CT chest:")
    assert made["appearance_ct_2"].output.startswith("CT abdomen:")
    assert "CT abdomen" in made["appearance_ct_2"].input


def test_an_answer_that_opens_with_a_pronoun_is_preceded_by_the_title():
    made = answer("Epidemiology", "They are found in women of childbearing age.", "epidemiology")
    assert made.output == f"{TITLE}: They are found in women of childbearing age."
    assert answer("Radiographic features", FEATURES, "appearance_mri").output.startswith(f"{TITLE}:\nMRI:\nIt is often")


@pytest.mark.parametrize("heading", ["Treatment and prognosis", "Treatment", "Prognosis"])
def test_what_ages_carries_the_day_of_the_revision(heading):
    document = article(TITLE, {heading: "Oral contraceptives are stopped in every patient."}, revised="2025-02-03")
    (made,) = (one for one in derive(document).values() if isinstance(one, Draft))
    text, last = made.output.split("\n\n")
    assert last == "(As of the article's revision of 2025-02-03.)"
    assert cited(document, made) == [text]


def test_other_answers_carry_no_day():
    assert "2025" not in answer("Epidemiology", "Women of childbearing age are affected.", revised="2025-02-03").output


def test_a_long_section_is_cut_after_a_paragraph_and_its_rule_says_so():
    first, second = (" ".join([word] * 150) + "." for word in ("One", "Two"))
    document = article(TITLE, {"Epidemiology": f"{first}\n\n{second}"})
    made = derive(document)["epidemiology"]
    assert made.output == first
    assert made.rule == "section_passage_cut.v2"
    assert cited(document, made) == [first]


def test_a_caption_leaves_and_evidence_is_what_stands_before_and_after_it():
    text = "The first of two short paragraphs.\n\nAxial CT: a mass is seen.\n\nThe second of two short paragraphs."
    document = article(TITLE, {"Epidemiology": text})
    made = derive(document)["epidemiology"]
    assert made.output.split("\n\n") == cited(document, made)
    assert "Axial" not in made.output


LONG = " ".join(["word"] * 150) + "."
WARNED = f"{LONG}\n\n{LONG}\n\nIt is contraindicated."
GERMAN = "Die Zellen sind nicht normal und werden mit Fett gefüllt."

REFUSED = [
    ("no_title", "article", article(None, {"Epidemiology": "Women are affected most often here."})),
    ("title_is_a_list", "article", article("List of tumours", {"Epidemiology": "Women are affected most often here."})),
    ("title_is_ambiguous", "article", article("HA", {"Epidemiology": "Women are affected most often here."})),
    ("title_too_long", "article", article("Adenoma " * 30, {"Epidemiology": "Women are affected most often here."})),
    ("section_repeated", "pathology", article(TITLE, {"Pathology": LONG, "Pathology 2": LONG})),
    ("section_too_long", "pathology", article(TITLE, {"Pathology": "Cells. " * 10_000})),
    (
        "not_english",
        "pathology",
        article(TITLE, {"Pathology": GERMAN}),
    ),
    ("leftovers", "pathology", article(TITLE, {"Pathology": "The cells hold fat and glycogen [1, 2]."})),
    ("redacted", "pathology", article(TITLE, {"Pathology": "The cells were first told by [name]."})),
    ("no_antecedent", "pathology", article(TITLE, {"Pathology": "The latter hold more fat than glycogen."})),
    ("fragment", "pathology", article(TITLE, {"Pathology": "and the cells hold fat and glycogen."})),
    (
        "no_safe_end",
        "treatment",
        article(TITLE, {"Treatment": WARNED}, revised="2025"),
    ),
    ("no_section", "prognosis", article(TITLE, {"Epidemiology": "Women are affected most often here."})),
    ("no_general_part", "appearance", article(TITLE, {"Radiographic features": "CT:\nA mass."})),
    ("lead_in_only", "staging", article(TITLE, {"Staging": "Four stages are known:"})),
    ("lead_in_only", "appearance", article(TITLE, {"Radiographic features": "Axial CT: a mass is seen."})),
    ("no_safe_end", "staging", article(TITLE, {"Staging": " ".join(["word"] * 300)})),
    ("too_short", "appearance_ct", article(TITLE, {"Radiographic features": "CT:\nA mass is seen."})),
    ("refers_elsewhere", "staging", article(TITLE, {"Staging": "For stages of this disease: see lung cancer."})),
    ("no_revision_date", "treatment", article(TITLE, {"Treatment": "Surgery is the treatment of choice."})),
]


@pytest.mark.parametrize(("reason", "slot", "document"), REFUSED, ids=[f"{one[0]}-{one[1]}" for one in REFUSED])
def test_what_cannot_teach_is_refused_with_its_reason(reason, slot, document):
    assert derive(document)[slot] == Refusal(slot, reason)


def test_every_listed_reason_is_reached():
    assert {reason for reason, *_ in REFUSED} == set(knowledge_qa.REFUSALS)


def test_a_document_of_another_kind_is_refused_once():
    assert len(derive(report("r1", "Clear.", "Normal."))) == 1


def test_every_fixed_slot_is_made_or_refused():
    slots = {*knowledge_qa.SECTIONS, "appearance"}
    assert set(derive(article(TITLE, {"Associations": "Glands without portal tracts."}))) == slots


KINDS_OF_QUESTION = {**DATA["slots"], "other_subjects": DATA["other_subjects"]}


@pytest.mark.parametrize("kind", KINDS_OF_QUESTION)
def test_a_kind_of_question_has_six_or_more_wordings_that_name_the_title(kind):
    wordings = KINDS_OF_QUESTION[kind]["wordings"]
    assert len(set(wordings)) == len(wordings) >= 6
    assert all("{title}" in wording and not wording.startswith("{") for wording in wordings)
    assert kind not in ("appearance_modality", "use_of_modality") or all("{modality}" in one for one in wordings)


def asked_of(count, title, heading, text):
    return {
        derive(article(title, {heading: text}, name=str(number)))[slot_of(heading)].input for number in range(count)
    }


def slot_of(heading):
    return "appearance_ct" if heading == "CT" else "_".join(heading.lower().split())


@pytest.mark.parametrize("slot", knowledge_qa.SECTIONS)
def test_all_wordings_of_a_side_are_used(slot):
    heading = slot.replace("_", " ").capitalize()
    made = [
        derive(article(TITLE, {heading: "Many words stand here for it."}, name=str(number), revised="2025"))[slot].input
        for number in range(80)
    ]
    assert set(made) == {wording.format(title="hepatic adenoma") for wording in DATA["slots"][slot]["wordings"]}


def test_the_same_article_gets_the_same_question():
    document = article(TITLE, {"Epidemiology": "Women between twenty and forty are affected most."})
    assert derive(document) == derive(document)


@pytest.mark.parametrize("title", ["Bosniak classification of cystic renal masses", "Double duct sign", "Azygos lobe"])
def test_nobody_is_asked_about_patients_with_what_is_no_disease(title):
    asked = " ".join(asked_of(20, title, "Clinical presentation", "There is nothing to be found at all."))
    assert "the clinical presentation" in asked
    assert "patient" not in asked


def test_a_question_on_a_modality_asks_for_what_the_answer_tells():
    features = asked_of(60, TITLE, "CT", "A bright rim surrounds the lesion in all phases.")
    use = asked_of(60, TITLE, "CT", "Accuracy equals that of other methods, but dose counts.")
    assert features == {
        wording.format(title="hepatic adenoma", modality="CT")
        for wording in DATA["slots"]["appearance_modality"]["wordings"]
    }
    assert use == {
        wording.format(title="hepatic adenoma", modality="CT")
        for wording in DATA["slots"]["use_of_modality"]["wordings"]
    }


def test_a_test_that_comes_with_a_list_of_features_is_asked_for_these():
    asked = asked_of(60, TITLE, "CT", "CT is the test of choice. Features:\n\n• a bright rim\n• a dark centre")
    assert not any("contribute" in question or "Discuss" in question for question in asked)


def test_a_section_that_is_a_modality_of_its_own_keeps_its_heading():
    document = article(TITLE, {"CT": "A bright rim surrounds the lesion in all phases."})
    made = derive(document)["appearance_ct"]
    assert made.output == "CT:\nA bright rim surrounds the lesion in all phases."
    assert "CT" in made.input
    assert [(piece.section, *cited(document, made)) for piece in made.evidence] == [("ct", made.output[4:])]


def test_of_one_megabyte_nothing_is_answered():
    for piece in ("effusion ", "a\n\n", "• one\n", "(", "See ", "A | b\n"):
        for made in derive(article(TITLE, {"Epidemiology": piece * (1_000_000 // len(piece))})).values():
            assert isinstance(made, Refusal)


@pytest.mark.parametrize("text", ["", " ", "Rare.", "•", "CT:", "Signs:\n\n"])
def test_of_nothing_and_of_one_word_nothing_is_answered(text):
    for heading in ("Epidemiology", "Radiographic features", "CT", "Treatment"):
        for made in derive(article(TITLE, {heading: text}, revised="2025")).values():
            assert isinstance(made, Refusal)


WILD = st.lists(
    st.sampled_from(
        ["CT:\n", "Signs:\n\n", "• a\n• b\n\n", "It is rare.\n\n", "However, no.\n\n", "word " * 90, "(", "see x"]
    )
    | st.text(max_size=20)
).map("".join)


@given(WILD)
def test_of_any_text_an_answer_is_words_of_its_evidence_within_bounds(text):
    document = article(TITLE, {"Epidemiology": text, "Radiographic features": text}, revised="2025")
    for made in knowledge_qa.derive(document, Pool(document, ())):
        if isinstance(made, Draft):
            assert "\n".join(cited(document, made)).split() == made.output.removeprefix(f"{TITLE}:").split()
            assert len(made.output.split()) <= 2 * passages.MOST_WORDS_QUALIFIED
        else:
            assert made.reason in knowledge_qa.REFUSALS


def test_every_system_of_the_demo_gives_answers(demo_release):
    documents = [row for row in rows_of(demo_release, "documents/documents") if row["kind"] == "article"]
    made = [row for split in SPLITS for row in rows_of(demo_release, f"knowledge_qa/{split}")]
    systems = {system for row in documents for system in row["systems"]}
    assert len(systems) == 19
    assert {system for row in made for system in row["systems"]} == systems


def test_every_kind_of_question_is_asked_in_the_demo(demo_release):
    made = [row for split in SPLITS for row in rows_of(demo_release, f"knowledge_qa/{split}")]
    slots = {row["record_key"].rpartition("/")[2] for row in made}
    general = {"appearance", "appearance_ct", "appearance_mri", "appearance_ultrasound", "appearance_radiograph"}
    assert slots >= {*knowledge_qa.SECTIONS} - {"treatment", "prognosis"} | general


def scores(text):
    document = article(TITLE, {"Epidemiology": "Young women are affected most often."})
    made = derive(document)["epidemiology"]
    return knowledge_qa.score(make_record(knowledge_qa.ID, knowledge_qa.INSTRUCTIONS, [document], made), text)


NO_LIST = {"true_positives": 0.0, "false_positives": 0.0, "false_negatives": 0.0}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Young women are affected\nmost often.", {"malformed": 0.0, "rouge_l": 1.0, "exact": 1.0}),
        ("Young women, most often", {"malformed": 0.0, "rouge_l": 8 / 10, "exact": 0.0}),
        (" ", {"malformed": 1.0, "rouge_l": 0.0, "exact": 0.0}),
        ("12 %", {"malformed": 1.0, "rouge_l": 0.0, "exact": 0.0}),
    ],
)
def test_an_answer_gets_the_scores_worked_out_by_hand(text, expected):
    assert scores(text) == pytest.approx({**expected, **NO_LIST})


def test_a_summary_is_of_means():
    summary = knowledge_qa.summarise([scores("Young women are affected most often."), scores("")])
    assert summary == {"answers": 2.0, "malformed": 1.0, "rouge_l": 0.5, "exact": 0.5}


def listed(text):
    document = article(
        TITLE, {"Differential diagnosis": "• focal nodular hyperplasia: scar\n• hepatocellular carcinoma"}
    )
    made = derive(document)["differential_diagnosis"]
    return knowledge_qa.score(make_record(knowledge_qa.ID, knowledge_qa.INSTRUCTIONS, [document], made), text)


def test_the_items_of_a_list_have_an_f1_of_their_own():
    summary = knowledge_qa.summarise(
        [listed("Focal nodular hyperplasia, lipoma"), listed("• hepatocellular carcinomas")]
    )
    assert summary["list_item_f1"] == 2 * 2 / (2 * 2 + 1 + 2)


def test_the_day_of_the_revision_is_not_asked_of_an_answer():
    document = article(TITLE, {"Treatment": "Oral contraceptives are stopped in every patient."}, revised="2025-02-03")
    record = make_record(knowledge_qa.ID, knowledge_qa.INSTRUCTIONS, [document], derive(document)["treatment"])
    given = knowledge_qa.score(record, "Oral contraceptives are stopped in every patient.")
    assert (given["rouge_l"], given["exact"]) == (1.0, 1.0)
    assert knowledge_qa.score(record, record["output"])["exact"] == 1.0


def test_every_answer_holds_what_its_evidence_cites():
    document = article(
        TITLE, {"Epidemiology": "Young women are affected most often.", "Radiographic features": FEATURES}
    )
    made = [one for one in derive(document).values() if isinstance(one, Draft)]
    assert len(made) == 5
    for one in made:
        assert "\n\n".join(cited(document, one)) in one.output
