"""What a part of a report is by its own words, and where an impression begins."""

import re

import pytest

from radcurate.tasks.told_parts import is_told, parted, told_as, words


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("XXXX-year-old male with cough.", {"indication"}),
        ("Chest pain", {"indication"}),
        ("Preop for hip surgery.", {"indication"}),
        ("PA and lateral views of the chest.", {"technique"}),
        ("The examination consists of frontal and lateral radiographs.", {"technique"}),
        ("Comparison is made to the chest radiograph of XXXX.", {"comparison"}),
        ("None.", set()),
        ("XXXX", set()),
        ("The lungs are clear.", set()),
        ("Unchanged from the prior study.", set()),
    ],
)
def test_a_sentence_tells_its_section_or_none(sentence, expected):
    assert told_as(sentence) == expected


def test_a_section_is_told_where_each_of_its_sentences_tells_it():
    assert is_told("indication", ["Cough.", "History of asthma."])
    assert not is_told("indication", ["Cough.", "XXXX."])
    assert not is_told("technique", ["Cough."])
    assert not is_told("comparison", [])


@pytest.mark.parametrize(
    ("findings", "impression", "expected"),
    [
        (["The lungs are clear."], ["No acute disease of the chest."], True),
        (["The heart is enlarged."], ["Cardiomegaly."], True),
        (["Small left effusion.", "No mass."], ["Left effusion, which may need drainage."], True),
        (["The lungs are clear."], ["Mild scoliosis."], False),
        (["The lungs are clear."], ["1. Mild scoliosis."], True),
        (["The lungs are clear. 2. Mass."], ["1. Mild scoliosis."], False),
        # Two places where it could begin.
        (["The heart is enlarged.", "Cardiomegaly is mild."], ["Cardiomegaly."], False),
        (["No acute cardiopulmonary disease.", "Mild scoliosis."], ["Normal chest radiograph."], False),
        (["No effusion."], ["Effusion."], False),
    ],
)
def test_an_impression_begins_where_the_text_first_sums_up(findings, impression, expected):
    assert parted(findings, impression) is expected


def test_every_pattern_is_a_regular_expression_and_no_heading_stands_for_two_sections():
    tables = words()
    patterns = [*tables["sums_up"], *(one for known in tables["tells"].values() for one in known)]
    assert all(re.compile(one) for one in patterns)
    known = [heading for headings in tables["headings"].values() for heading in headings]
    assert len(known) == len(set(known))
