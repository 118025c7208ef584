"""A name that is the name of a sign, disease or device never goes for being a name."""

import re

import pytest

from benchmarks.deidentify import RULES
from radcurate.cleaning.apply import clean_section
from radcurate.cleaning.deidentify.eponyms import KINDS, eponyms, folded, is_eponym
from radcurate.documents import Section

NAMES = [eponym.name for eponym in eponyms()]
FRAMES = (
    "{} disease is favoured.",
    "No {} sign. {} type II fracture.",
    "Discussed with the team: {} lesion of the left knee.",
    "MR shows {} disease; MS plaques are absent.",
    "Dr. to note: {} syndrome cannot be excluded.",
    "Referring diagnosis: {} disease.",
    "Sister has {} syndrome, his son {} disease.",
    "cc: tumour board. {} tumour with rib destruction.",
    "Per the ward doctor {} B fracture was known.",
    "GP: {} disease, treated. Radiologist: {} sign positive. Surgeon: {} II fracture.",
    "Compared with the prior MR. {} disease is unchanged.",
    "Known {} disease, MD of the {} type.",
)


def cleaned(text: str) -> str:
    return clean_section(Section("findings", "FINDINGS", text), RULES)[0].text


def test_the_list_is_large_and_each_row_has_a_kind_and_a_source():
    assert len(NAMES) >= 300
    assert {eponym.kind for eponym in eponyms()} == set(KINDS)
    assert all(re.fullmatch(r"none|findingmodels\.tsv OIFM_[A-Z]+_\d+", eponym.source) for eponym in eponyms())
    assert all(eponym.name == eponym.name.strip() for eponym in eponyms())
    assert len({folded(name) for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize("frame", FRAMES)
def test_no_eponym_goes_from_where_it_is_used_as_one(frame):
    texts = [frame.replace("{}", name) for name in NAMES]
    assert [text for text in texts if cleaned(text) != text] == []


@pytest.mark.parametrize("name", ["Murphy", "Graves", "Paget", "Hodgkin", "Colles", "Ward", "Baker", "Jones"])
def test_a_person_who_bears_the_name_of_an_eponym_goes_after_a_title(name):
    assert cleaned(f"Dr. {name} was called.") == "Dr. [name] was called."
    assert cleaned(f"Dr. {name} noted line displacement.") == "Dr. [name] noted line displacement."
    assert cleaned(f"Dr. {name} the surgeon; {name} sign absent.") == f"Dr. [name] the surgeon; {name} sign absent."


@pytest.mark.parametrize(
    "text", ["Swyer–James syndrome", "Crohn’s disease", "Hampton hump", "Kerley B lines", "Sister Mary Joseph nodule"]
)
def test_spelling_makes_no_difference(text):
    assert cleaned(f"Positive for {text}.") == f"Positive for {text}."


def test_an_eponym_is_known_by_its_last_word_and_without_its_possessive():
    assert is_eponym("Crohn's")
    assert is_eponym("Burrill Bernard Crohn")
    assert not is_eponym("Halvorsen")
