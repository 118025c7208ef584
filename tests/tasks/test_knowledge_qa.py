"""Task `knowledge_qa`: questions on an article's subject, answered with the article's own words and no others."""

import tomllib
from pathlib import Path

import pytest

from radcurate.records import Draft, Refusal, make_record
from radcurate.tasks import knowledge_qa
from radcurate.tasks.pool import Pool
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
    "heading", ["Epidemiology", "Clinical presentation", "Differential diagnosis", "Classification", "Staging"]
)
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
    assert TITLE in made.input


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
    first, second = (" ".join([word] * 150) + "." for word in ("one", "two"))
    document = article(TITLE, {"Epidemiology": f"{first}\n\n{second}"})
    made = derive(document)["epidemiology"]
    assert made.output == first
    assert made.rule == "section_passage_cut.v1"
    assert cited(document, made) == [first]


def test_a_caption_leaves_and_evidence_is_what_stands_before_and_after_it():
    text = "The first of two short paragraphs.\n\nAxial CT: a mass is seen.\n\nThe second of two short paragraphs."
    document = article(TITLE, {"Epidemiology": text})
    made = derive(document)["epidemiology"]
    assert made.output.split("\n\n") == cited(document, made)
    assert "Axial" not in made.output


REFUSED = [
    ("no_title", "article", article(None, {"Epidemiology": "Women are affected most often here."})),
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
    assert set(derive(article(TITLE, {"Pathology": "Glands without portal tracts."}))) == slots


@pytest.mark.parametrize(
    ("title", "text", "name"),
    [
        ("Aortic dissection", "In aortic dissection blood enters the wall.", "aortic dissection"),
        ("Aortic dissection", "The aorta is split.", "Aortic dissection"),
        ("Susac syndrome", "In Susac syndrome the callosum is affected.", "Susac syndrome"),
        ("Chance fracture", "By chance a Chance fracture is found, a Chance fracture.", "Chance fracture"),
        ("MRI artifact", "An mri artifact.", "MRI artifact"),
        ("Double duct sign", "The double duct sign is seen.", "the double duct sign"),
        ("Adenoma of the parotid gland", "An adenoma of the parotid gland.", "adenoma of the parotid gland"),
        ("Azygos lobe", "An azygos lobe is harmless.", "the azygos lobe"),
    ],
)
def test_a_title_is_in_lower_case_only_where_its_article_writes_it_so(title, text, name):
    assert knowledge_qa.named(article(title, {"": text})) == name


@pytest.mark.parametrize("slot", [*DATA["slots"], "titles"])
def test_a_slot_has_four_or_more_wordings_that_name_the_title(slot):
    wordings = DATA["slots"][slot]["wordings"] if slot in DATA["slots"] else DATA["titles"]["wordings"]
    assert len(set(wordings)) == len(wordings) >= 4
    assert all("{title}" in wording and not wording.startswith("{") for wording in wordings)
    assert slot != "appearance_modality" or all("{modality}" in wording for wording in wordings)


def test_all_wordings_of_a_slot_are_used_and_the_same_article_gets_the_same():
    documents = [article(TITLE, name=str(number)) for number in range(60)]
    asked = {knowledge_qa.question(document, "epidemiology") for document in documents}
    assert asked == {wording.format(title=TITLE) for wording in DATA["slots"]["epidemiology"]["wordings"]}
    assert knowledge_qa.question(documents[0], "epidemiology") == knowledge_qa.question(documents[0], "epidemiology")


@pytest.mark.parametrize("title", ["Bosniak classification of cystic renal masses", "Double duct sign", "Azygos lobe"])
def test_nobody_is_asked_who_is_affected_by_what_is_no_disease(title):
    documents = [article(title, {"": "Text."}, name=str(number)) for number in range(20)]
    asked = " ".join(knowledge_qa.question(document, "epidemiology") for document in documents)
    assert "the epidemiology" in asked
    assert "affected" not in asked
    assert "patients" not in asked


def scores(text):
    document = article(TITLE, {"Epidemiology": "Young women are affected most often."})
    made = derive(document)["epidemiology"]
    return knowledge_qa.score(make_record(knowledge_qa.ID, knowledge_qa.INSTRUCTIONS, [document], made), text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Young women are affected\nmost often.", {"malformed": 0.0, "rouge_l": 1.0, "exact": 1.0}),
        ("Young women, most often", {"malformed": 0.0, "rouge_l": 8 / 10, "exact": 0.0}),
        (" ", {"malformed": 1.0, "rouge_l": 0.0, "exact": 0.0}),
    ],
)
def test_an_answer_gets_the_scores_worked_out_by_hand(text, expected):
    assert scores(text) == pytest.approx(expected)


def test_a_summary_is_of_means():
    summary = knowledge_qa.summarise([scores("Young women are affected most often."), scores("")])
    assert summary == {"answers": 2.0, "malformed": 1.0, "rouge_l": 0.5, "exact": 0.5}


def test_every_answer_holds_what_its_evidence_cites():
    document = article(
        TITLE, {"Epidemiology": "Young women are affected most often.", "Radiographic features": FEATURES}
    )
    made = [one for one in derive(document).values() if isinstance(one, Draft)]
    assert len(made) == 5
    for one in made:
        assert "\n\n".join(cited(document, one)) in one.output
