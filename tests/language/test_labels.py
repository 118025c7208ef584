"""Labels: the two policies of the lexicon, the strongest mention, contradictions, what does not count, bad input."""

import csv
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.documents import Document
from radcurate.language.labels import Labelled, label, label_texts, names_of, with_uncertain
from radcurate.language.lexicon import Lexicon
from radcurate.sources import SourceSpec, load
from tests.conftest import ROOT

SAMPLES = ROOT.parent / "shared/data/lexicons/chexpert-phrases/labeled_reports.csv"


def values(text: str, label_set: str) -> dict[str, int]:
    """The labels that the text mentions."""
    return {name: one.value for name, one in label(text, label_set).items() if one.value is not None}


@pytest.mark.parametrize("label_set", sorted(Lexicon.load().label_sets))
def test_every_label_of_the_set_is_given_in_its_order(label_set):
    assert tuple(label("No effusion.", label_set)) == names_of(label_set)


def test_a_set_that_is_not_known_is_an_error():
    with pytest.raises(KeyError):
        label("No effusion.", "nih")


@pytest.mark.parametrize(
    ("text", "name", "chexpert", "chestxray14"),
    [
        ("There is a left pleural effusion.", "Effusion", 1, 1),
        ("Findings are consistent with a pleural effusion.", "Effusion", 1, 1),
        ("Probable pleural effusion.", "Effusion", -1, 1),
        ("Findings are suggestive of pleural effusion.", "Effusion", -1, -1),
        ("There may be a pleural effusion.", "Effusion", -1, -1),
        ("Pleural effusion cannot be excluded.", "Effusion", -1, -1),
        ("No pleural effusion.", "Effusion", 0, 0),
        ("The effusion has resolved.", "Effusion", 0, 0),
        ("The effusion is resolving.", "Effusion", 1, 1),
        ("Pericardial effusion.", "Effusion", None, None),
        ("Blunting of the right costophrenic angle.", "Effusion", None, None),
        ("Borderline cardiomegaly.", "Cardiomegaly", -1, 1),
        ("The heart is at the upper limits of normal.", "Cardiomegaly", None, None),
        ("The heart is not enlarged.", "Cardiomegaly", 0, 0),
        ("The heart is prominent.", "Cardiomegaly", 1, -1),
        ("Calcified granuloma in the right upper lobe.", "Nodule", None, None),
        ("Calcified nodule in the right upper lobe.", "Nodule", None, 1),
        ("Scar or atelectasis at the left base.", "Atelectasis", -1, 1),
        ("Pulmonary vascular congestion.", "Edema", 1, None),
        ("Airspace disease in the right lower lobe.", "Infiltration", 1, None),
        ("Findings are most suggestive of atelectasis.", "Atelectasis", -1, -1),
        ("Calcified nodular density at the apex.", "Nodule", None, None),
        ("Right hilar mass.", "Mass", 1, 1),
        ("Heart size is normal to mildly enlarged.", "Cardiomegaly", -1, 1),
        ("The heart again appears mildly enlarged.", "Cardiomegaly", 1, 1),
        ("Hydrothorax, collapse or scar.", "Atelectasis", -1, 1),
        ("XXXX represents atelectasis.", "Atelectasis", 1, 1),
        ("Opacity that may be from XXXX atelectasis.", "Atelectasis", -1, -1),
        ("Pleural effusion or pneumothorax.", "Effusion", None, None),
        ("No XXXX consolidation.", "Consolidation", None, None),
        ("There are no XXXX of pleural effusion.", "Effusion", None, None),
        ("Heart size XXXX within normal limits.", "Cardiomegaly", None, None),
    ],
)
def test_the_two_policies_read_one_observation_each_in_its_own_way(text, name, chexpert, chestxray14):
    own = {
        "Effusion": "Pleural Effusion",
        "Nodule": "Lung Lesion",
        "Mass": "Lung Lesion",
        "Infiltration": "Lung Opacity",
    }
    assert label(text, "chexpert")[own.get(name, name)].value == chexpert
    assert label(text, "chestxray14")[name].value == chestxray14


@pytest.mark.parametrize(
    "text", ["Scar of the right apex.", "The lungs are hyperinflated from COPD.", "Volume loss.", "Heart failure."]
)
def test_what_the_index_has_under_other_heads_gives_no_label_of_chestxray14(text):
    assert values(text, "chestxray14") == {}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("No pneumothorax. Possible pneumothorax. Pneumothorax on the left.", 1),
        ("No pneumothorax. Possible pneumothorax.", -1),
        ("No pneumothorax on the right.", 0),
        ("Clear.", None),
    ],
)
def test_of_several_mentions_the_strongest_counts(text, value):
    assert label(text, "chexpert")["Pneumothorax"].value == value


def test_evidence_names_the_words_the_cue_and_what_the_mention_counts_as():
    text = "INDICATION: effusion?\nFINDINGS: No large pleural effusion. Possible edema."
    found = label(text, "chexpert")
    (effusion,), (edema,) = found["Pleural Effusion"].evidence, found["Edema"].evidence
    assert (text[effusion.start : effusion.end], text[effusion.cue_start : effusion.cue_end]) == (
        "pleural effusion",
        "No",
    )
    assert (effusion.finding, effusion.polarity, effusion.qualifier, effusion.value) == (
        "pleural effusion", "absent", "large", 0,
    )  # fmt: skip
    assert (text[edema.start : edema.end], edema.cue, edema.value) == ("edema", "possible", -1)


def test_the_parts_of_a_report_are_labelled_together_and_evidence_says_where():
    found = label_texts({"findings": "No edema.", "impression": "Mild edema."}, "chexpert")["Edema"]
    assert [(piece.part, piece.value) for piece in found.evidence] == [("findings", 0), ("impression", 1)]
    assert found.value == 1


@pytest.mark.parametrize(
    "text",
    [
        "INDICATION: Pneumothorax.",
        "HISTORY: Known pneumothorax.\nTECHNIQUE: Chest.",
        "RECOMMENDATION: CT to exclude pneumothorax.",
        "COMPARISON: Film of yesterday with pneumothorax.",
        "Recommend CT to evaluate for pneumothorax.",
        "History of pneumothorax.",
    ],
)
def test_indications_history_and_recommendations_make_no_label(text):
    assert label(text, "chexpert")["Pneumothorax"].value is None


@pytest.mark.parametrize(
    ("text", "conflict"),
    [
        ("FINDINGS: There is a pneumothorax.\nIMPRESSION: No pneumothorax.", True),
        ("Rib fracture on the left. No fracture.", True),
        ("No pneumothorax on the right. Left pneumothorax.", False),
        ("Small pneumothorax. No large pneumothorax.", False),
        ("Possible pneumothorax. No pneumothorax.", False),
        ("There is a pneumothorax.", False),
        ("Fracture of the clavicle. No rib fracture.", False),
    ],
)
def test_a_report_that_affirms_and_denies_one_finding_at_one_place_is_marked(text, conflict):
    assert any(one.conflict for one in label(text, "chexpert").values()) is conflict


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Heart size normal and lungs are clear. No effusion.", 1),
        ("Normal chest. No pneumothorax. Right PICC in place.", 1),
        ("Normal chest.", 1),
        ("Normal chest wall.", None),
        ("No pneumothorax. Calcified granuloma.", None),
        ("No effusion. Degenerative changes of the spine.", None),
        ("No effusion. Possible pneumonia.", None),
        ("There is edema.", None),
    ],
)
def test_no_finding_is_given_where_nothing_but_devices_is_found(text, value):
    assert label(text, "chexpert")["No Finding"].value == value


@pytest.mark.parametrize("text", ["", " \n", "Please", "AP and lateral view of the chest.", "INDICATION: Effusion."])
def test_a_text_that_says_nothing_gives_no_label_and_not_no_finding(text):
    assert values(text, "chexpert") == {}
    assert values(text, "chestxray14") == {}


def test_clear_lungs_are_no_denial_of_consolidation_by_name():
    assert "Consolidation" not in values("The lungs are clear.", "chexpert")
    assert values("No focal consolidation.", "chexpert")["Consolidation"] == 0


@pytest.mark.parametrize(
    ("how", "written"), [("keep", (1, 0, -1, None)), ("as-present", (1, 0, 1, None)), ("as-absent", (1, 0, 0, None))]
)
def test_uncertain_is_written_as_asked_and_the_others_as_they_are(how, written):
    assert tuple(with_uncertain(value, how) for value in (1, 0, -1, None)) == written


def test_the_sample_reports_of_the_chexpert_labeler_are_labelled_as_it_labels_them():
    if not SAMPLES.is_file():
        pytest.skip("the CheXpert labeler's sample reports are not at hand")
    with SAMPLES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4
    for row in rows:
        text = row.pop("Reports")
        assert values(text, "chexpert") == {name: int(float(cell)) for name, cell in row.items() if cell}


def test_labels_see_nothing_but_section_text(openi_reports):
    """Tags and MeSH shuffled or taken out: the labels are the same, to the byte."""
    items = load("openi").read(openi_reports, SourceSpec("openi", "openi", (openi_reports,), {}))
    documents = [one for one in items if isinstance(one, Document)][::10]
    tags = [one.tags for one in documents]
    random.Random(7).shuffle(tags)
    shuffled = [replace(one, tags=own) for one, own in zip(documents, tags, strict=True)]
    stripped = [replace(one, tags=(), labels=(), title=None, systems=()) for one in documents]
    assert sum(one.tags != other.tags for one, other in zip(documents, shuffled, strict=True)) > len(documents) / 2
    for label_set in ("chexpert", "chestxray14"):
        told = [
            repr([label_texts({section.name: section.text for section in one.sections}, label_set) for one in given])
            for given in (documents, shuffled, stripped)
        ]
        assert told[0] == told[1] == told[2]


RUBBISH = [
    "\x00\x01\xff\xfe binary \ud83d",
    "Das Herz ist nicht vergrößert. Kein Erguss. 心臓は正常。",
    "effusion",
    "(" * 5_000 + "no" * 5_000,
    "No pleural effusion. " * 50_000,
    "a" * 1_000_000,
    ", ".join(["effusion"] * 10_000),
    "No " + " or ".join(["effusion", "pneumothorax", "edema"] * 3_334),
    "possible " + " and ".join(["left effusion"] * 10_000),
]


@pytest.mark.parametrize("text", RUBBISH, ids=range(len(RUBBISH)))
def test_bad_input_gives_labels_and_no_exception(text):
    found = label(text, "chexpert")
    for one in found.values():
        assert all(0 <= piece.start < piece.end <= len(text) for piece in one.evidence)


@given(st.text())
def test_any_text_can_be_labelled(text):
    assert all(isinstance(one, Labelled) for one in label(text, "chestxray14").values())


def test_time_grows_with_the_text_alone():
    """Ten times the findings in a sentence: the work, counted in calls, is ten times as much and no more."""
    import cProfile

    def calls(number: int) -> int:
        profile = cProfile.Profile()
        profile.enable()
        label("No " + ", ".join(["left effusion"] * number), "chexpert")
        profile.disable()
        return sum(entry.callcount for entry in profile.getstats())

    calls(10)  # reads the lexicon
    assert calls(2_000) < 12 * calls(200)
