"""Task `tagging`: what curators gave a report, an article or a case, without what the text does not support."""

from dataclasses import replace

import pytest

from radcurate.records import Draft, Evidence, Refusal, make_record
from radcurate.tasks import tagging
from radcurate.tasks.index_terms import natural
from radcurate.tasks.pool import Pool
from tests.openi import clean_reports, report_text
from tests.shards import report
from tests.tasks.invented_site import article, case
from tests.tasks.observation_tasks import BAD

TEXT = "A nodule is seen in the left upper lobe. The heart is mildly enlarged."


def derive(document):
    (made,) = tagging.derive(document, Pool(document, ()))
    return made


def tagged(*tags, text=TEXT, **fields):
    return derive(report("r1", text, tags=tags, **fields))


@pytest.mark.parametrize(
    ("published", "turned"),
    [
        ("Cardiomegaly", "cardiomegaly"),
        ("Catheters, Indwelling/left", "indwelling catheters/left"),
        ("Aorta, Thoracic/tortuous", "thoracic aorta/tortuous"),
        ("Calcinosis/aorta, thoracic", "calcinosis/thoracic aorta"),
        ("Pulmonary Disease, Chronic Obstructive", "chronic obstructive pulmonary disease"),
        ("Hyperostosis, Diffuse Idiopathic Skeletal", "diffuse idiopathic skeletal hyperostosis"),
        ("Trachea, Carina/shift", "tracheal carina/shift"),
        ("Subcutaneous  Emphysema", "subcutaneous emphysema"),
        ("Opacity//lung/ base ", "opacity/lung/base"),
        ("normal", "normal"),
    ],
)
def test_a_heading_is_lower_case_and_turned_round_so_that_no_comma_is_left(published, turned):
    assert natural(published) == turned
    assert "," not in turned


def test_the_answer_is_the_terms_in_their_order_and_cites_the_tags():
    made = tagged("Cardiomegaly/mild", "Nodule/lung/upper lobe/left")
    assert made.output == "cardiomegaly/mild, nodule/lung/upper lobe/left"
    assert made.evidence == (Evidence("here:r1", "@tags", 0, 0),)
    assert (made.flags, made.uncertain) == ((), ())


def test_the_input_says_what_is_wanted_and_holds_the_whole_report():
    made = tagged("Cardiomegaly", sections={"indication": "Cough."}, impression="Enlarged heart.")
    assert made.input == f"Wanted: index terms\n\nINDICATION: Cough.\n\nFINDINGS: {TEXT}\n\nIMPRESSION: Enlarged heart."


@pytest.mark.parametrize(
    ("tag", "text", "answer"),
    [
        ("Nodule/lung/upper lobe/left", "Nodule in the left upper lobe.", None),
        ("Nodule/lung/upper lobe/left", "LUL nodule.", None),
        ("Nodule/lung/upper lobe/left", "Left upper lung nodule.", "nodule/lung/left"),
        ("Nodule/lung/upper lobe/right", "Nodule in the upper zone above the left lower lobe.", "nodule/lung"),
        ("Opacity/lung/upper lobe/bilateral", "Opacities in both upper and middle lobes.", None),
        ("Opacity/lung/lower lobe", "Opacities in the lower, but also the middle lobes.", "opacity/lung"),
        ("Opacity/lung/lower lobe/right", "Right middle/lower lobe opacity.", None),
        ("Opacity/lung/middle lobe/right", "Opacity in the right mid lung.", "opacity/lung/right"),
        ("Opacity/lung/lingula", "Opacity in the left mid lung.", "opacity/lung"),
        ("Opacity/lung/lingula/left", "Lingular opacity.", None),
        ("Pleural Effusion/bilateral", "Small effusions.", None),
        ("Pleural Effusion/bilateral", "Small effusion.", "pleural effusion"),
        ("Opacity/lung/bilateral", "Opacity seen on both the frontal and lateral views.", "opacity/lung"),
        ("Opacity/lung/bilateral", "Opacity at the left base, less at the right.", None),
        ("Scoliosis/right", "Dextroscoliosis.", None),
        ("Lung/azygos lobe", "An azygos fissure is present.", None),
        ("Opacity/lung/lower lobe/left", "An opacity is seen. It lies in the left lower lobe.", None),
        ("Opacity/lung/left", "An opacity is seen. The left heart border is sharp.", "opacity/lung"),
    ],
)
def test_a_place_stays_where_the_text_states_it_alone(tag, text, answer):
    made = tagged(tag, text=f"{text} The heart is normal.")
    published = natural(tag)
    assert made.output == (answer or published)
    assert made.uncertain == ((published,) if answer else ())
    assert made.flags == (("not_in_text",) if answer else ())


def test_a_place_may_be_stated_in_the_impression_but_not_in_the_indication():
    assert "left" in tagged("Mass/left", text="There is a mass.", impression="Left mass.").output
    assert "left" not in tagged("Mass/left", text="There is a mass.", sections={"indication": "Left mass?"}).output


@pytest.mark.parametrize(
    ("tag", "text", "supported"),
    [
        ("Cardiomegaly", "The heart is enlarged.", True),
        ("Cardiomegaly", "Borderline heart size.", True),
        ("Cardiomegaly", "The heart is normal in size.", False),
        ("Cardiomegaly", "The lungs are clear.", False),
        ("Pulmonary Atelectasis", "Subsegmental atelectasis at the base.", True),
        ("Pulmonary Atelectasis", "Opacity that may be atelectasis.", True),
        ("Pneumonia", "No evidence of pneumonia is seen.", False),
        ("Lung/hypoinflation", "Low lung volumes are noted.", True),
        ("Lung/hypoinflation", "The lungs are clear.", False),
        ("Spine/degenerative", "Degenerative changes of the spine.", True),
        ("Diaphragm/right/elevated", "Elevated right hemidiaphragm is seen.", True),
        ("Aorta/obscured", "The aorta is tortuous.", False),
        ("Aorta/obscured", "The aorta is obscured.", True),
        ("Surgical Instruments", "Clips are seen in the abdomen.", True),
        ("Inserted Tube/trachea", "An endotracheal tube is seen.", True),
        ("Pleural Plaques", "Calcified pleural plaques are seen.", True),
        ("Pleural Plaques", "Pleural thickening is seen.", False),
        ("Spine/degenerative", "The degenerated thoracic spine is kyphotic.", True),
        ("Adipose Tissue", "Epicardial adipose tissue is seen.", True),
        ("Adipose Tissue", "No adipose tissue is seen.", False),
        ("normal", "The lungs are clear. The heart is normal.", True),
        ("normal", "The lungs are clear. Scoliosis is seen.", False),
        ("normal", "The pulmonary artery is of normal size.", True),
    ],
)
def test_a_head_is_answered_where_findings_or_impression_name_it_and_do_not_deny_it(tag, text, supported):
    made = tagged(tag, "Nipple Shadow", text=f"{text} A nipple shadow is seen.")
    published = natural(tag)
    assert (published in made.output.split(", ")) is supported
    assert made.uncertain == (() if supported else (published,))


def test_an_indication_supports_no_head():
    made = tagged("Pneumonia", "Cardiomegaly", sections={"indication": "Pneumonia."})
    assert (made.output, made.uncertain) == ("cardiomegaly", ("pneumonia",))


@pytest.mark.parametrize(
    ("tag", "text", "answer"),
    [
        ("Nodule/lung/multiple/small", "A nodule is seen in the lung.", "nodule/lung"),
        ("Nodule/lung/multiple/small", "Several small nodules are seen in the lungs.", None),
        ("Cardiomegaly/mild", "The heart is markedly enlarged.", "cardiomegaly"),
        ("Opacity/lung/base/streaky", "Linear opacity at the lung bases.", None),
        ("Opacity/lung/base/streaky", "Patchy opacity of the lung apex.", "opacity/lung"),
    ],
)
def test_a_qualifier_stays_where_a_sentence_on_the_finding_states_it(tag, text, answer):
    assert tagged(tag, text=text).output == (answer or natural(tag))


def test_technical_heads_leave_the_answer_and_are_uncertain():
    made = tagged("Technical Quality of Image Unsatisfactory", "Cardiomegaly")
    assert (made.output, made.flags) == ("cardiomegaly", ("not_in_text",))
    assert made.uncertain == ("technical quality of image unsatisfactory",)


def test_terms_that_become_the_same_stand_once():
    made = tagged("Nodule/lung/lingula", "Nodule/lung/middle lobe", "Nodule/lung", text="A nodule in the lung.")
    assert made.output == "nodule/lung"
    assert made.uncertain == ("nodule/lung/lingula", "nodule/lung/middle lobe")


def slots(document):
    return {made.slot: made for made in tagging.derive(document, Pool(document, ()))}


GALLSTONES = article(
    "Gallstone ileus",
    {"": "A stone in the ileum.", "Pathology": "It has left the gall bladder through a fistula."},
    systems=("Gastrointestinal", "Hepatobiliary"),
    tags=("Fistulas", "Gallstone ileus", "Gallbladder"),
)
DISSECTION = case(
    "Aortic dissection",
    ("Chest radiograph", "The mediastinum is wide.", "X-ray"),
    ("CT angiogram", "A flap runs from the root to the arch.", "CT"),
    ("CT the next day", "The flap is unchanged.", "CT"),
    presentation="Tearing pain.",
    discussion="Surgery was immediate.",
    systems=("Vascular",),
    tags=("Aortic dissection", "Surgery"),
)


@pytest.mark.parametrize(
    ("document", "slot", "wanted", "output"),
    [
        (GALLSTONES, "systems", "body systems", "gastrointestinal, hepatobiliary"),
        (GALLSTONES, "tags", "tags", "fistulas"),
        (DISSECTION, "systems", "body systems", "vascular"),
        (DISSECTION, "modality", "imaging modalities", "x-ray, ct"),
        (DISSECTION, "tags", "tags", "surgery"),
    ],
)
def test_articles_and_cases_are_tagged_as_their_curators_did(document, slot, wanted, output):
    made = slots(document)[slot]
    assert made.input.split("\n\n")[0] == f"Wanted: {wanted}"
    assert made.output == output
    assert made.evidence == (Evidence(document.document_id, f"@{slot}", 0, 0),)


def test_an_article_is_shown_with_its_title_and_all_sections():
    shown = slots(GALLSTONES)["systems"].input.split("\n\n")[1:]
    assert shown == [
        "Gallstone ileus",
        "A stone in the ileum.",
        "Pathology: It has left the gall bladder through a fistula.",
    ]


def test_a_case_is_shown_without_its_certainty_and_for_modalities_without_any_name_of_one():
    made = slots(DISSECTION)
    assert made["tags"].input.split("\n\n")[1:] == [
        "Aortic dissection",
        "Presentation: Tearing pain.",
        "Chest radiograph: The mediastinum is wide.",
        "CT angiogram: A flap runs from the root to the arch.",
        "CT the next day: The flap is unchanged.",
        "Discussion: Surgery was immediate.",
    ]
    assert made["modality"].input.split("\n\n")[1:] == [
        "The mediastinum is wide.",
        "A flap runs from the root to the arch.",
        "The flap is unchanged.",
    ]


def test_a_tag_that_only_the_title_names_is_uncertain():
    made = slots(GALLSTONES)["tags"]
    assert (made.flags, made.uncertain) == (("not_in_text",), ("gallstone ileus", "gallbladder"))
    assert slots(DISSECTION)["tags"].uncertain == ("aortic dissection",)


def test_a_tag_of_a_sites_housekeeping_is_no_answer():
    made = slots(article("Gallstone ileus", {"": "In most cases a fistula."}, tags=("cases", "fistula")))["tags"]
    assert (made.output, made.uncertain) == ("fistula", ("cases",))


STUDY = ("CT abdomen", "A stone in the ileum.", "CT")
REFUSED = [
    ("no_tags", "tags", report("r1", TEXT)),
    ("no_tags", "tags", article("Ileus", {"": TEXT})),
    ("no_supported_tag", "tags", report("r1", TEXT, tags=("No Indexing",))),
    ("no_supported_tag", "tags", article("Ileus", {"": TEXT}, tags=("ileus",))),
    ("no_text", "tags", report("r1", sections={"comparison": "None."}, tags=("normal",))),
    ("no_text", "systems", article("Ileus", systems=("Chest",))),
    ("no_systems", "systems", article("Ileus", {"": TEXT})),
    ("comma_in_name", "systems", article("Ileus", {"": TEXT}, systems=("Ear, Nose & Throat",))),
    ("comma_in_name", "tags", article("Ileus", {"": TEXT}, tags=("nodule, solitary",))),
    ("comma_in_name", "modality", case("Ileus", ("", TEXT, "CT, unenhanced"))),
    ("no_modality", "modality", case("Ileus", ("Abdomen", TEXT, None))),
    ("no_modality", "modality", case("Ileus", STUDY, ("Abdomen", TEXT, None))),
    ("no_findings", "modality", case("Ileus", ("CT", "", "CT"), presentation="Vomiting.")),
    ("no_findings", "modality", case("Ileus", STUDY, ("Ultrasound", "", "Ultrasound"))),
]


@pytest.mark.parametrize(("reason", "slot", "document"), REFUSED)
def test_a_text_that_cannot_teach_is_refused_with_its_reason(reason, slot, document):
    assert slots(document)[slot] == Refusal(slot, reason)


def test_every_listed_reason_is_reached():
    reached = {reason for reason, *_ in REFUSED} | {reason for reason, _ in BAD}
    assert reached == set(tagging.REFUSALS)


@pytest.mark.parametrize(("reason", "document"), BAD)
def test_bad_reports_make_no_record(reason, document):
    assert derive(replace(document, tags=("normal", "Cardiomegaly"))) == Refusal("tags", reason)


@pytest.mark.parametrize(
    ("document", "names"),
    [(report("r1", TEXT), {"tags"}), (GALLSTONES, {"systems", "tags"}), (DISSECTION, {"systems", "modality", "tags"})],
)
def test_each_kind_of_document_has_its_slots(document, names):
    assert set(slots(document)) == names


@pytest.mark.parametrize(
    ("output", "labels"),
    [
        ("nodule/lung/left, nodule/lung/right, cardiomegaly", ["nodule", "cardiomegaly"]),
        ("chest, head & neck", ["chest", "head & neck"]),
    ],
)
def test_labels_are_terms_or_the_heads_of_index_terms(output, labels):
    assert tagging.labels(output) == labels


def scores(answer, *tags):
    document = report("r1", "A nodule in the left lung. Cardiomegaly.", tags=tags or ("Cardiomegaly", "Nodule/left"))
    return tagging.score(make_record(tagging.ID, tagging.INSTRUCTIONS, [document], derive(document)), answer)


@pytest.mark.parametrize(
    ("answer", "exact", "right", "wrong", "missed"),
    [
        ("cardiomegaly, nodule/left", 1.0, 2.0, 0.0, 0.0),
        ("Nodule/left ,CARDIOMEGALY", 1.0, 2.0, 0.0, 0.0),
        ("cardiomegaly, cardiomegaly", 0.0, 1.0, 0.0, 1.0),
        ("cardiomegaly, nodule", 0.0, 1.0, 1.0, 1.0),
        ("normal", 0.0, 0.0, 1.0, 2.0),
        ("", 0.0, 0.0, 0.0, 2.0),
    ],
)
def test_an_answer_gets_the_counts_worked_out_by_hand(answer, exact, right, wrong, missed):
    assert scores(answer) == {
        "malformed": float(not answer),
        "exact": exact,
        "true_positives": right,
        "false_positives": wrong,
        "false_negatives": missed,
    }


@pytest.mark.parametrize("answer", ["nodule", "nodule, nodule/lingula"])
def test_an_uncertain_term_is_wrong_neither_way(answer):
    found = scores(answer, "Nodule/lingula")
    assert (found["exact"], found["false_positives"], found["false_negatives"]) == (1.0, 0.0, 0.0)


def test_an_uncertain_term_alone_does_not_find_the_supported_one():
    assert scores("nodule/lingula", "Nodule/lingula")["false_negatives"] == 1.0


def test_a_summary_has_f1_over_all_terms_and_none_where_there_is_nothing():
    some = [scores("cardiomegaly, nodule/left"), scores("cardiomegaly"), scores("")]
    assert tagging.summarise(some) == pytest.approx(
        {"answers": 3.0, "malformed": 1.0, "exact": 1 / 3, "micro_f1": 2 * 3 / (2 * 3 + 0 + 3)}
    )
    assert "micro_f1" not in tagging.summarise([])


def test_a_real_lobe_that_the_text_does_not_name_leaves_the_answer(openi_reports):
    made = derive(clean_reports(openi_reports)["CXR1455"])
    assert made.flags == ("not_in_text",)
    assert "lobe" not in made.output
    assert all("middle lobe/left" in term for term in made.uncertain)
    assert len(made.uncertain) == 1


def coded(documents, qualifier):
    return [
        document
        for document in documents.values()
        if any(qualifier in natural(tag).split("/") for tag in document.tags)
    ]


def test_the_lingula_is_answered_where_real_texts_name_it_alone(openi_reports):
    documents = coded(clean_reports(openi_reports), "lingula")
    named = [document for document in documents if "lingula" in report_text(document).lower()]
    assert (len(documents), len(documents) - len(named)) == (89, 51)
    for document in documents:
        made = derive(document)
        if isinstance(made, Draft):
            assert document in named or "lingula" not in made.output
            assert document in named or any("lingula" in term for term in made.uncertain)
    answered = [document for document in named if isinstance(derive(document), Draft)]
    assert sum("lingula" in derive(document).output for document in answered) >= 35


def test_no_indexing_and_technical_heads_never_stand_in_a_real_answer(openi_reports):
    documents = clean_reports(openi_reports)
    made = {number: derive(document) for number, document in documents.items()}
    unindexed = [number for number, document in documents.items() if "No Indexing" in document.tags]
    assert len(unindexed) == 95
    assert {made[number] for number in unindexed} <= {
        Refusal("tags", reason) for reason in ("no_supported_tag", "inner_heading", "contradiction")
    }
    drafts = [one for one in made.values() if isinstance(one, Draft)]
    assert not any("technical quality" in one.output or "no indexing" in one.output for one in drafts)
    assert sum("technical quality" in term for one in drafts for term in one.uncertain) >= 70


def test_every_term_of_a_real_answer_comes_from_a_published_tag(openi_reports):
    for document in clean_reports(openi_reports).values():
        made = derive(document)
        if isinstance(made, Draft):
            published = [set(natural(tag).split("/")) for tag in document.tags]
            assert all(any(set(term.split("/")) <= tag for tag in published) for term in made.output.split(", "))


@pytest.mark.parametrize(
    ("number", "term"),
    [("CXR855", "lung/hyperdistention"), ("CXR348", "normal"), ("CXR2224", "lung/bilateral/hyperdistention")],
)
def test_a_real_term_that_its_report_does_not_support_is_no_answer(openi_reports, number, term):
    made = derive(clean_reports(openi_reports)[number])
    assert made == Refusal("tags", "no_supported_tag") or term in made.uncertain
