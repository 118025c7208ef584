"""Every cue of the table is found as what it is, and the table is read strictly."""

import pytest

from radcurate.language.context import CLASSES, DIRECTIONS, cue_finder


def cues(text: str) -> list[tuple[str, str]]:
    return [(text[match.start : match.end], match.entry.name) for match in cue_finder().find(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("No evidence of effusion", [("No evidence of", "negated")]),
        ("no doubt of effusion", [("no doubt of", "pseudo")]),
        ("effusion cannot be excluded", [("cannot be excluded", "possible")]),
        ("effusion is not seen", [("is", "verb"), ("not seen", "negated")]),
        ("no change in the effusion", [("no change", "unchanged"), ("in the", "given")]),
        ("film dated XXXX", [("dated XXXX", "pseudo")]),
        ("XXXX effusion", [("XXXX", "redacted")]),
        ("family history of cancer", [("family history of", "other")]),
        ("high-resolution CT", [("high-resolution", "pseudo"), ("CT", "exam")]),
    ],
)
def test_the_longest_cue_at_a_place_counts(text, wanted):
    assert cues(text) == wanted


def test_every_class_and_direction_is_in_use():
    finder = cue_finder()
    found = {match.entry for phrase in finder.phrases for match in finder.find(phrase)}
    assert {cue.name for cue in found} == CLASSES
    assert {cue.direction for cue in found} == DIRECTIONS
