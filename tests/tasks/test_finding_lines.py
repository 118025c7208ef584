"""Answers of several lines: what is written is read back, and anything else is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.language.observations import observe
from radcurate.tasks.finding_lines import Item, item, read, side_of, written

LINES = ("present", "absent")


def item_of(text: str) -> Item:
    (one,) = observe(text)
    return item(one)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Small left pleural effusion.", "pleural effusion (left)"),
        ("No large right effusion.", "large pleural effusion (right)"),
        ("Opacity in the left lower lobe.", "opacity (left lower lobe)"),
        ("Opacity in the left midlung.", "opacity (left, middle lung zone)"),
        ("Lung opacity.", "opacity"),
        ("Elevated right hemidiaphragm.", "elevated hemidiaphragm (right)"),
        ("No acute cardiopulmonary abnormality.", "acute cardiopulmonary abnormality"),
        ("No acute bony abnormality.", "acute osseous abnormality"),
        ("Both lungs are clear.", "consolidation (bilateral)"),
        ("Right internal jugular central venous catheter with tip in the SVC.", None),
    ],
)
def test_a_finding_is_what_limits_it_its_name_and_its_places(text, expected):
    if expected is None:
        one = item_of(text)
        assert (one.finding, side_of(one)) == ("central venous catheter", "right")
        assert "superior vena cava" in one.places
        assert "vein" not in one.places
    else:
        assert str(item_of(text)) == expected


def test_a_statement_of_normality_names_no_places_beside_its_own():
    assert {str(item(one)) for one in observe("Heart size and mediastinal contours are normal.")} == {
        "cardiomegaly",
        "enlarged cardiomediastinal silhouette",
        "mediastinal widening",
    }


def test_of_two_items_the_fuller_stays_and_empty_lines_are_none():
    effusion = Item("pleural effusion")
    lines = {
        "present": [effusion, Item("pleural effusion", side="left"), Item("pleural effusion", side="left")],
        "absent": [],
    }
    assert written(lines) == "present: pleural effusion (left)\nabsent: none"
    other = {"present": [Item("pleural effusion", "large"), effusion], "absent": []}
    assert written(other).splitlines()[0] == "present: large pleural effusion; pleural effusion"


ITEMS = st.builds(
    Item,
    st.sampled_from(["pleural effusion", "opacity", "acute cardiopulmonary abnormality"]),
    st.sampled_from(["", "large", "focal acute"]),
    st.sampled_from(["", "left", "right", "bilateral"]),
    st.sampled_from([(), ("left lower lobe",), ("thoracic spine", "lumbar spine")]),
)


@given(st.lists(ITEMS, max_size=4), st.lists(ITEMS, max_size=4))
def test_what_is_written_is_read_back(present, absent):
    found = read(written({"present": present, "absent": absent}), LINES)
    assert found is not None
    assert found["present"] <= set(present)
    assert found["absent"] <= set(absent)
    assert bool(found["present"]) == bool(present)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "none",
        "present: none",
        "absent: none\npresent: none",
        "present: none\nabsent:",
        "present\nabsent: none",
        "present: none\nabsent: none\nuncertain: none",
        "present: (left)\nabsent: none",
        "present: a (b\nabsent: none",
    ],
)
def test_anything_else_is_no_answer(text):
    assert read(text, LINES) is None


def test_case_and_spacing_do_not_matter():
    assert read("Present:  Pleural  Effusion ( left )\nABSENT: None\n", LINES) == {
        "present": {Item("pleural effusion", side="left")},
        "absent": set(),
    }


@pytest.mark.parametrize(
    ("one", "side"),
    [
        (Item("opacity"), ""),
        (Item("opacity", side="left"), "left"),
        (Item("opacity", places=("left lower lobe",)), "left"),
        (Item("opacity", places=("left lower lobe", "right upper lobe")), "bilateral"),
        (Item("opacity", places=("lingula",)), "left"),
        (Item("line", places=("superior vena cava",)), ""),
    ],
)
def test_the_side_is_that_of_the_item_or_of_the_names_of_its_places(one, side):
    assert side_of(one) == side
