"""Every phrase that the CheXpert labeler looks for means a finding with its label here, or is left out for a reason."""

import pytest

from radcurate.language.lexicon import Lexicon
from radcurate.language.lexicon.entries import Finding, Normal, Subject
from radcurate.language.phrases import finder
from tests.conftest import ROOT

FOLDER = ROOT.parent / "shared/data/lexicons/chexpert-phrases"

# Stems stand for the words that begin with them.
WORDS = {
    "atelecta": "atelectasis",
    "consolidat": "consolidation",
    "opaci": "opacity",
    "interstitial lung": "interstitial lung disease",
    "arthroplast": "arthroplasty",
    "defib": "defibrillator",
    "blunt": "blunting",
    "elevation": "elevation of the diaphragm",
    "degenera": "degenerative",
    "calcifi": "calcified",
    "plaque": "pleural plaque",
    "thickening": "pleural thickening",
    "hyperinflat": "hyperinflation",
    "atherosclero": "atherosclerosis",
    "inflam": "inflammation",
    "reticula": "reticulation",
}
LEFT_OUT = {
    ("Enlarged Cardiomediastinum", "contour"): "any contour, that of a rib too",
    ("Enlarged Cardiomediastinum", "pericardial silhouette"): "no name of the mediastinum",
    ("Enlarged Cardiomediastinum", "cardiac silhouette and vascularity"): "the heart, which is Cardiomegaly",
    ("Support Devices", "valve"): "the patient's own valve too",
    ("Support Devices", "plate"): "endplates and platelike atelectasis too; plates of metal are known by their names",
    ("Support Devices", "support"): "a verb too; support devices, lines and apparatus are known",
    ("No Finding", "fissure"): "a place",
    ("No Finding", "hypertension"): "no film shows it; pulmonary hypertension is known",
    ("No Finding", "prominen"): "of what, each finding says",
    ("No Finding", "thoracentesis"): "a procedure",
    ("No Finding", "radiopaque"): "a property; radiopaque foreign bodies are known",
    ("No Finding", "defib"): "a device, which does not stand against No Finding",
    ("No Finding", "bullet"): "a device, which does not stand against No Finding",
    ("No Finding", "tracheostomy"): "a device, which does not stand against No Finding",
}


@pytest.fixture(scope="module")
def phrases() -> list[tuple[str, str]]:
    if not FOLDER.is_dir():
        pytest.skip("the CheXpert labeler's phrases are not at hand")
    return [
        (path.stem.replace("_", " ").title(), line.replace("_", " ").strip())
        for path in sorted((FOLDER / "mention").glob("*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def means(label: str, phrase: str) -> bool:
    """True where the phrase holds a finding with the label, or names what is denied by calling it normal."""
    lexicon = Lexicon.load()
    entries = [match.entry for match in finder().find(phrase)]
    findings = [entry for entry in entries if isinstance(entry, Finding)]
    if label == "No Finding":
        return any(finding.kind in lexicon.label_sets["chexpert"].blocked_by for finding in findings)
    denied = [name for entry in entries if isinstance(entry, Subject | Normal) for name in entry.denies]
    findings += [lexicon.findings[name] for name in denied]
    return label in {given.name for finding in findings for given in finding.labels["chexpert"]}


def test_each_phrase_is_covered_or_left_out_for_a_reason(phrases):
    assert len(phrases) > 140
    assert [
        (label, phrase)
        for label, phrase in phrases
        if (label, phrase) not in LEFT_OUT and not means(label, WORDS.get(phrase, phrase))
    ] == []


def test_what_is_left_out_is_in_their_lists_and_is_not_covered(phrases):
    assert LEFT_OUT.keys() <= set(phrases)
    assert [pair for pair in LEFT_OUT if means(*pair)] == []


def test_what_they_take_back_has_no_such_label_here():
    assert not means("Lung Lesion", "calcified nodule")
    assert not means("Lung Lesion", "massive")
    assert not means("Lung Opacity", "pleural scar")
    assert not means("Pleural Effusion", "pericardial effusion")
