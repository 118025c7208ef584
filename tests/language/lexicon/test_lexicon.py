"""The lexicon is whole: enough entries, one meaning a phrase, ids that exist, every label within reach."""

import collections
import csv
import re

import pytest

from radcurate.language import lexicon as lexicons
from radcurate.language.lexicon import FINDINGS, FOLDER, Lexicon
from radcurate.language.lexicon.entries import LAYERS, Blocker, Finding, Label, Modifier, Normal, Place, Subject
from tests.conftest import ROOT

MODELS = ROOT.parent / "shared/data/lexicons/findingmodels.tsv"
KINDS = {"finding", "diagnosis", "device", "variant", "postoperative", "quality"}


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


@pytest.fixture(scope="module")
def models() -> dict[str, dict[str, str]]:
    """The Open Imaging Data Model's findings by id."""
    if not MODELS.is_file():
        pytest.skip("findingmodels.tsv is not at hand")
    with MODELS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["oifm_id"]: {key: value or "" for key, value in row.items()} for row in rows}


def meaning(lexicon, phrase, kind=Finding):
    """The name of the entry of this kind that the phrase has, or None."""
    return next((entry.name for entry in lexicon.phrases.get(phrase, ()) if isinstance(entry, kind)), None)


def labels(lexicon, phrase, label_set, region=None):
    finding = lexicon.findings[meaning(lexicon, phrase)]
    return {label.name for label in lexicon.labels(finding, label_set, region)}


def test_there_are_findings_and_devices_enough(lexicon):
    devices = [finding for finding in lexicon.findings.values() if finding.is_device]
    assert len(lexicon.findings) - len(devices) >= 250
    assert len(devices) >= 60


def test_the_lexicon_is_read_once_and_cannot_be_changed(lexicon):
    assert Lexicon.load() is lexicon
    with pytest.raises(TypeError):
        lexicon.findings["x"] = None  # type: ignore[index]


def test_no_phrase_means_two_things_of_one_layer(lexicon):
    for phrase, entries in lexicon.phrases.items():
        layers = [LAYERS[type(entry)] for entry in entries]
        assert len(layers) == len(set(layers)), phrase


def test_a_phrase_that_names_two_findings_is_refused(monkeypatch, tmp_path):
    for table in FOLDER.glob("*.t*"):
        (tmp_path / table.name).write_text(table.read_text(encoding="utf-8"), encoding="utf-8")
    with (tmp_path / "pleura.tsv").open("a", encoding="utf-8") as table:
        table.write("second\tfinding\tpleura\t-\t-\tnone\t-\t-\tcardiomegaly\n")
    monkeypatch.setattr(lexicons, "FOLDER", tmp_path)
    with pytest.raises(lexicons.DataError, match="'cardiomegaly' names both"):
        Lexicon.load.__wrapped__()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("x\tfinding\tlung\t-\t-\tnone\t-\t-", "8 columns, expected 9"),
        ("x\tfinding\tlung\t-\t-\tnone\tNo Such Label\t-\t-", "chexpert has no label 'No Such Label'"),
        ("x\tfinding\tlung\t-\t-\tnone\t-\t-\topen (bracket", "brackets do not match"),
    ],
)
def test_a_wrong_row_is_refused_with_what_is_wrong(monkeypatch, tmp_path, row, told):
    for table in FOLDER.glob("*.t*"):
        (tmp_path / table.name).write_text(table.read_text(encoding="utf-8"), encoding="utf-8")
    with (tmp_path / "pleura.tsv").open("a", encoding="utf-8") as table:
        table.write(row + "\n")
    monkeypatch.setattr(lexicons, "FOLDER", tmp_path)
    with pytest.raises(lexicons.DataError, match=re.escape(told)):
        Lexicon.load.__wrapped__()


def test_phrases_are_lower_case_words_with_single_blanks(lexicon):
    wrong = [phrase for phrase in lexicon.phrases if not re.fullmatch(r"[a-z0-9']+( [a-z0-9']+)*", phrase)]
    assert wrong == []


def test_kinds_and_regions_are_known(lexicon):
    assert {finding.kind for finding in lexicon.findings.values()} <= KINDS
    regions = {finding.region for finding in lexicon.findings.values()}
    regions |= {place.region for place in lexicon.places.values()} | {"external", "technique"}
    assert {region for _, region in lexicon.readings} <= regions
    assert {
        label.region
        for finding in lexicon.findings.values()
        for name in finding.labels
        for label in finding.labels[name]
        if label.region
    } <= regions


def test_each_finding_is_in_one_table_alone():
    names = [row[0] for table in FINDINGS for row in lexicons._rows(table, 9)]
    assert [name for name, count in collections.Counter(names).items() if count > 1] == []


# --- the Open Imaging Data Model -------------------------------------------------------------------------------------


def test_an_id_belongs_to_a_model_of_that_very_name_and_to_one_finding(lexicon, models):
    named = [finding for finding in lexicon.findings.values() if finding.oidm_id]
    assert len(named) >= 250
    assert len({finding.oidm_id for finding in named}) == len(named)
    for finding in named:
        model = models[finding.oidm_id]
        names = [model["name"], *model["synonyms"].split(";")]
        plain = [" ".join(name.lower().replace("-", " ").split()) for name in names]
        assert any(meaning(lexicon, name) == finding.name for name in plain), (finding.name, model["name"])


def test_a_code_is_one_of_its_model(lexicon, models):
    coded = [finding for finding in lexicon.findings.values() if finding.code]
    assert len(coded) >= 100
    for finding in coded:
        assert finding.code in [code.strip() for code in models[finding.oidm_id]["codes"].split(";")], finding.name


def test_a_model_with_a_code_of_the_two_vocabularies_gives_it(lexicon, models):
    for finding in lexicon.findings.values():
        codes = models[finding.oidm_id]["codes"] if finding.oidm_id else ""
        assert (finding.code is None) is (not re.search("GAMUTS|RADLEX", codes)), finding.name


def test_no_snomed_code_is_in_the_lexicon(lexicon):
    for table in FOLDER.glob("*.t*"):
        text = table.read_text(encoding="utf-8")
        assert "snomed" not in text.lower()
        assert not re.search(r"\b\d{7,18}\b", text)
    assert {finding.code.split(":")[0] for finding in lexicon.findings.values() if finding.code} == {"GAMUTS", "RADLEX"}


def test_a_source_is_named_where_an_id_is_and_nowhere_else(lexicon):
    for finding in lexicon.findings.values():
        assert finding.source == ("findingmodels.tsv" if finding.oidm_id else "none")


# --- label sets ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["chexpert", "chestxray14"])
def test_every_label_is_reached_by_a_finding_or_by_their_absence(lexicon, name):
    reached = {label.name for finding in lexicon.findings.values() for label in finding.labels[name]}
    label_set = lexicon.label_sets[name]
    assert reached | {label_set.no_finding} - {None} == set(label_set.labels)
    assert len(label_set.labels) == 14


@pytest.mark.parametrize(
    ("phrase", "chexpert", "chestxray14"),
    [
        ("cardiomegaly", {"Cardiomegaly"}, {"Cardiomegaly"}),
        ("borderline cardiomegaly", {"Cardiomegaly"}, {"Cardiomegaly"}),
        ("heart is borderline", {"Cardiomegaly"}, {"Cardiomegaly"}),
        ("upper limits of normal", set(), set()),
        ("top normal", set(), set()),
        ("calcified granuloma", set(), set()),
        ("calcified nodule", set(), {"Nodule"}),
        ("nodular density", {"Lung Lesion", "Lung Opacity"}, set()),
        ("nodule", {"Lung Lesion"}, {"Nodule"}),
        ("scar", {"Lung Opacity"}, set()),
        ("fibrosis", {"Pleural Other"}, {"Fibrosis"}),
        ("pleural scarring", {"Pleural Other"}, set()),
        ("collapse", {"Atelectasis"}, {"Atelectasis"}),
        ("volume loss", set(), set()),
        ("hyperinflation", set(), set()),
        ("copd", set(), set()),
        ("emphysematous changes", set(), {"Emphysema"}),
        ("subcutaneous emphysema", set(), set()),
        ("pulmonary vascular congestion", {"Edema"}, set()),
        ("chf", {"Edema"}, set()),
        ("pulmonary oedema", {"Edema"}, {"Edema"}),
        ("blunting of the right costophrenic angle", set(), set()),
        ("pericardial effusion", set(), set()),
        ("hydropneumothorax", {"Pneumothorax", "Pleural Effusion"}, {"Pneumothorax", "Effusion"}),
        ("airspace disease", {"Lung Opacity"}, set()),
        ("infiltrates", {"Lung Opacity"}, {"Infiltration"}),
        ("biapical pleural thickening", {"Pleural Other"}, {"Pleural_Thickening"}),
        ("hiatal hernia", set(), {"Hernia"}),
        ("picc line", {"Support Devices"}, set()),
        ("surgical clips", set(), set()),
        ("breast mass", set(), set()),
    ],
)
def test_the_two_policies_stand_row_by_row(lexicon, phrase, chexpert, chestxray14):
    assert labels(lexicon, phrase, "chexpert") == chexpert
    assert labels(lexicon, phrase, "chestxray14") == chestxray14


def test_a_borderline_heart_is_uncertain_for_chexpert_alone(lexicon):
    finding = lexicon.findings["borderline cardiomegaly"]
    assert finding.labels["chexpert"] == (Label("Cardiomegaly", None, True),)
    assert finding.labels["chestxray14"] == (Label("Cardiomegaly", None, False),)


def test_a_label_of_a_region_holds_there_and_where_no_place_is_said(lexicon):
    assert labels(lexicon, "mass", "chexpert") == labels(lexicon, "mass", "chexpert", "lung") == {"Lung Lesion"}
    assert labels(lexicon, "mass", "chexpert", "kidney") == set()


def test_a_place_of_another_region_changes_what_a_word_means(lexicon):
    effusion = lexicon.findings["pleural effusion"]
    assert lexicon.reading(effusion, "knee").name == "joint effusion"
    assert lexicon.reading(effusion, "heart").name == "pericardial effusion"
    assert lexicon.reading(effusion, "pleura") is effusion


# --- statements, places, modifiers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "denied"),
    [
        ("heart size is normal", {"cardiomegaly"}),
        ("normal heart size", {"cardiomegaly"}),
        ("heart is not enlarged", {"cardiomegaly"}),
        ("costophrenic angles are sharp", {"costophrenic angle blunting"}),
        ("no acute cardiopulmonary abnormality", set()),
        ("no evidence of active disease", set()),
        ("normal chest radiograph", set()),
    ],
)
def test_a_normal_statement_denies_what_its_words_deny(lexicon, phrase, denied):
    statement = next(entry for entry in lexicon.phrases[phrase] if isinstance(entry, Normal))
    assert set(statement.denies) == denied


def test_clear_lungs_deny_consolidation_alone(lexicon):
    lungs = next(entry for entry in lexicon.phrases["lungs"] if isinstance(entry, Subject))
    assert lungs.denies == ("consolidation",)
    assert "clear" in lungs.predicates


@pytest.mark.parametrize(
    ("phrase", "name", "side"),
    [
        ("rll", "right lower lobe", "right"),
        ("lingular", "lingula", "left"),
        ("right base", "right lung base", "right"),
        ("bilaterally", "bilateral", "bilateral"),
        ("retrocardiac", "retrocardiac region", "left"),
        ("basilar", "lung base", None),
        ("costophrenic sulci", "costophrenic angle", None),
        ("t12", "vertebral level", None),
        ("seventh posterior rib", "rib", None),
        ("cavoatrial junction", "cavoatrial junction", "right"),
    ],
)
def test_places_and_their_adjectives_are_known(lexicon, phrase, name, side):
    assert meaning(lexicon, phrase, Place) == name
    assert lexicon.places[name].side == side


@pytest.mark.parametrize(
    ("phrase", "name", "kind"),
    [
        ("mildly", "mild", "severity"),
        ("worsening", "increased", "change"),
        ("no significant interval change", "unchanged", "change"),
        ("no longer seen", "resolved", "change"),
        ("residual", "resolving", "change"),
        ("has been removed", "removed", "change"),
        ("tiny", "tiny", "size"),
        ("old", "chronic", "acuity"),
    ],
)
def test_modifiers_have_a_standard_word(lexicon, phrase, name, kind):
    entry = next(entry for entry in lexicon.phrases[phrase] if isinstance(entry, Modifier))
    assert (entry.name, entry.kind) == (name, kind)


@pytest.mark.parametrize("phrase", ["pleural line", "leads to", "midclavicular line", "growth plate", "lymph node"])
def test_what_must_not_match_is_data(lexicon, phrase):
    assert meaning(lexicon, phrase, Blocker)
