"""What a word is said of where several findings stand together: each case was once read wrongly."""

import pytest

from radcurate.language.labels import label
from radcurate.language.observations import Observation, observe


def one(text: str, finding: str) -> Observation:
    (found,) = [each for each in observe(text) if each.finding == finding]
    return found


@pytest.mark.parametrize("text", ["The heart and hila are prominent.", "Heart, aorta and hila are prominent."])
def test_an_adjective_is_said_of_every_organ_of_its_list(text):
    assert {each.finding: each.polarity for each in observe(text)} == {
        "hilar enlargement": "present",
        "prominent heart": "present",
    }


def test_an_adjective_is_not_said_of_an_organ_that_has_its_own():
    assert "prominent heart" not in {each.finding for each in observe("Heart is normal and the hila are prominent.")}


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("No growth of the known nodule or new infiltrate.", "absent"),
        ("There is no progression or new infiltrate.", "absent"),
        ("Without interval change or developing infiltrate.", "absent"),
        ("No growth of the known nodule and new infiltrate.", "present"),
        ("No growth of the nodule, but there is a new infiltrate.", "present"),
        ("Growth of the known nodule or new infiltrate.", "uncertain"),
    ],
)
def test_no_change_or_something_new_denies_what_is_new(text, polarity):
    assert one(text, "infiltrate").polarity == polarity


@pytest.mark.parametrize(
    ("text", "finding", "change"),
    [
        ("The heart is stable and lungs are clear.", "consolidation", None),
        ("Heart size is normal, stable mediastinal contours.", "cardiomegaly", None),
        ("Decreased vascular markings with hyperinflation.", "hyperinflation", None),
        ("The bones demonstrate stable, mild scoliosis.", "scoliosis", "unchanged"),
        ("Heart size is enlarged but unchanged.", "cardiomegaly", "unchanged"),
        ("The effusion is small, but has increased.", "pleural effusion", "increased"),
        ("Small effusion but increased markings.", "pleural effusion", None),
        ("Resolution of right effusion and infiltrate.", "infiltrate", "resolved"),
        ("Interval decrease in size of nodules and masses.", "mass", "decreased"),
        ("No change in the effusion or atelectasis.", "atelectasis", "unchanged"),
        ("Resolution of effusion and new infiltrate.", "infiltrate", "new"),
        ("Resolution of effusion and small infiltrate.", "infiltrate", None),
        ("Stable effusion and infiltrate.", "infiltrate", None),
        ("Consolidation that was not there last time.", "consolidation", "new"),
        ("A nodule, not visible on the prior CT.", "nodule", "new"),
        ("Nodule, which is stable from prior studies.", "nodule", "unchanged"),
    ],
)
def test_a_word_of_change_belongs_to_what_it_is_said_of(text, finding, change):
    assert one(text, finding).change == change


@pytest.mark.parametrize(
    ("text", "finding", "polarity"),
    [
        ("Consolidation that was not there last time.", "consolidation", "present"),
        ("Resolution of right effusion and infiltrate.", "infiltrate", "absent"),
        ("No focal opacity to suggest pneumonia.", "pneumonia", "absent"),
        ("No nodule suspicious for malignancy.", "neoplasm", "absent"),
        ("No effusion. Opacity suspicious for pneumonia.", "pneumonia", "uncertain"),
        ("No effusion is seen, suggesting pneumonia.", "pneumonia", "uncertain"),
        ("A fracture could not be demonstrated.", "fracture", "absent"),
        ("Fractures may not be demonstrated.", "fracture", "none"),
        ("The known nodule is not well seen.", "nodule", "uncertain"),
        ("A nodule, not well seen on the lateral view.", "nodule", "present"),
        ("A nodule, not well seen on the prior exam.", "nodule", "present"),
        ("Fracture of uncertain acuity.", "fracture", "present"),
        ("Cavity consistent with a history of tuberculosis without active infection.", "infection", "absent"),
        ("The heart is stable and normal.", "cardiomegaly", "absent"),
        ("No effusion is seen (blunting may represent scar or atelectasis).", "scar", "uncertain"),
        ("Atelectasis or possibly pneumonia.", "pneumonia", "uncertain"),
        ("Lung metastases in a patient with thyroid cancer.", "thyroid nodule", "none"),
    ],
)
def test_a_denial_or_doubt_reaches_what_it_is_said_of(text, finding, polarity):
    assert one(text, finding).polarity == polarity


def test_what_is_possibly_there_beside_something_else_is_possible():
    assert one("Atelectasis or possibly pneumonia.", "pneumonia").cue == "possible"


@pytest.mark.parametrize(
    "text", ["Fractures of the left 4th, 5th, and 6th ribs.", "Fractures of the left anterior 6th and 7th ribs."]
)
def test_numbers_of_ribs_are_one_place(text):
    (found,) = observe(text)
    assert (found.finding, found.side, "rib" in found.places[0]) == ("rib fracture", "left", True)


def test_a_catheter_that_is_coiled_is_no_coil():
    assert {each.finding for each in observe("The catheter is coiled in the neck.")} == {"catheter"}


def test_soft_tissue_beside_the_trachea_is_no_mass():
    (found,) = observe("Stable paratracheal soft tissue density.")
    assert found.finding == "paratracheal stripe thickening"


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Nodular infiltrate in the lingula.", {"Infiltration"}),
        ("Fibronodular infiltrate in the apex.", {"Infiltration"}),
        ("Infectious infiltrate at the base.", {"Infiltration"}),
        ("Pneumonic infiltrate at the base.", {"Infiltration", "Pneumonia"}),
        ("Calcified right hilar nodules.", {"Nodule"}),
        ("Nodule of the left hilum.", {"Nodule"}),
        ("Pleural based nodule.", {"Nodule"}),
    ],
)
def test_an_infiltrate_is_one_whatever_its_kind_and_a_nodule_wherever_it_is_in_the_chest(text, labels):
    assert {name for name, found in label(text, "chestxray14").items() if found.value == 1} == labels


def test_a_place_is_shared_by_findings_of_its_organ_alone():
    places = {each.finding: each.side for each in observe("Cardiomegaly and atelectasis in the right lower lobe.")}
    assert places == {"cardiomegaly": None, "atelectasis": "right"}
    places = {each.finding: each.side for each in observe("Fracture and dislocation of the left shoulder.")}
    assert set(places.values()) == {"left"}
    places = {each.finding: each.side for each in observe("Effusion and atelectasis in the right lower lobe.")}
    assert places == {"pleural effusion": "right", "atelectasis": "right"}


def test_lobes_of_one_lung_are_not_of_both():
    assert one("Atelectasis of the right middle and lower lobes.", "atelectasis").side == "right"
