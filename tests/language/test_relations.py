"""What findings say of one another holds together: known names, no circles, both ways where it must."""

import tomllib
from pathlib import Path

import pytest

from radcurate.errors import DataError
from radcurate.language import relations
from radcurate.language.lexicon import Lexicon
from radcurate.language.relations import ancestors, compatible, excludes, family, implied, parse

NOTHING: dict[str, dict[str, list[str]]] = {
    kind: {} for kind in ("is_a", "implies", "excludes", "compatible", "family")
}
DATA = tomllib.loads(Path(relations.__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("finding", "kind_of"),
    [
        ("rib fracture", {"fracture", "osseous abnormality"}),
        ("lobar consolidation", {"consolidation", "opacity"}),
        ("tension pneumothorax", {"pneumothorax"}),
        ("peripherally inserted central catheter", {"central venous catheter", "catheter", "line"}),
        ("cardiomegaly", {"abnormal cardiac contour"}),
        ("hyperinflation", set()),
    ],
)
def test_a_finding_is_a_kind_of_these_and_no_others(finding, kind_of):
    assert ancestors(finding) == kind_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("consolidation", "pneumonia"),
        ("airspace disease", "opacity"),
        ("infiltrate", "pneumonia"),
        ("pleural effusion", "costophrenic angle blunting"),
        ("hyperinflation", "copd"),
        ("copd", "emphysema"),
        ("pulmonary vascular congestion", "heart failure"),
        ("pulmonary edema", "heart failure"),
        ("collapse", "atelectasis"),
        ("cardiomegaly", "borderline cardiomegaly"),
        ("nodule", "granuloma"),
        ("nodule", "mass"),
        ("compression deformity", "fracture"),
    ],
)
def test_related_findings_are_one_family_whichever_is_asked(one, other):
    assert other in family(one)
    assert one in family(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("pneumothorax", "pleural effusion"), ("cardiomegaly", "pneumonia"), ("nodule", "scoliosis")],
)
def test_unrelated_findings_are_of_different_families(one, other):
    assert other not in family(one)


def test_a_finding_never_implies_a_diagnosis_that_it_may_come_from():
    assert "pneumonia" not in implied("consolidation")
    assert "heart failure" not in implied("pulmonary edema")
    assert "copd" not in implied("hyperinflation")
    lexicon = Lexicon.load()
    for finding, others in DATA["implies"].items():
        if lexicon.findings[finding].kind == "finding":
            assert {lexicon.findings[other].kind for other in others} == {"finding"}, finding


def test_what_is_implied_includes_kinds_and_what_those_imply():
    assert implied("hydropneumothorax") == {"pneumothorax", "pleural effusion"}
    assert {"compression deformity", "deformity", "fracture"} <= implied("compression fracture")


def test_exclusion_holds_both_ways_and_for_kinds():
    assert excludes("low lung volumes", "hyperinflation")
    assert excludes("hyperinflation", "low lung volumes")
    assert not excludes("cardiomegaly", "pleural effusion")
    assert not excludes("hyperinflation", "emphysema")


def test_no_finding_excludes_itself_its_kinds_or_what_it_implies():
    for finding in Lexicon.load().findings:
        assert not excludes(finding, finding), finding
        assert not any(excludes(finding, other) for other in implied(finding)), finding


def test_compatible_findings_do_not_exclude_one_another():
    pairs = [(one, other) for one, others in DATA["compatible"].items() for other in others]
    assert pairs
    for one, other in pairs:
        assert compatible(one, other)
        assert compatible(other, one)
        assert not excludes(one, other)


def test_labels_of_a_set_go_up_with_kinds_of_pneumothorax_effusion_and_fracture():
    lexicon = Lexicon.load()
    for parent, label in (
        ("pneumothorax", "Pneumothorax"),
        ("pleural effusion", "Pleural Effusion"),
        ("fracture", "Fracture"),
    ):
        for finding in lexicon.findings.values():
            if parent in implied(finding.name):
                assert label in {given.name for given in finding.labels["chexpert"]}, finding.name


def test_an_unknown_name_is_refused():
    with pytest.raises(DataError, match="no finding is called 'efusion'"):
        parse({**NOTHING, "family": {"pleura": ["efusion", "nodule"]}}, ["nodule"])


def test_a_circle_is_refused():
    with pytest.raises(DataError, match="is a"):
        parse({**NOTHING, "is_a": {"a": ["b"], "b": ["c"], "c": ["a"]}}, ["a", "b", "c"])
