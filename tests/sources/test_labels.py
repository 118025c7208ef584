"""The fourteen labels: what each cell means, and what is no label."""

import pytest

from radcurate.documents import Label
from radcurate.sources.labels import NAMES, packed, unpacked


def _labels(**cells: object) -> list[Label]:
    given = {name.replace("_", " "): cell for name, cell in cells.items()}
    return list(unpacked("chexpert", packed(given.get(name) for name in NAMES)))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1.0", "present"),
        ("1", "present"),
        (1, "present"),
        (1.0, "present"),
        ("0.0", "absent"),
        (0, "absent"),
        ("-1.0", "uncertain"),
        (-1, "uncertain"),
    ],
)
def test_a_cell_of_a_table_or_of_json_is_present_absent_or_uncertain(cell: object, value: str) -> None:
    assert _labels(Edema=cell) == [Label("chexpert", "edema", value)]


@pytest.mark.parametrize("blank", ["", None, float("nan")])
def test_a_blank_cell_is_no_label(blank: object) -> None:
    assert _labels(Edema=blank, Fracture="1.0") == [Label("chexpert", "fracture", "present")]


@pytest.mark.parametrize("cell", ["2.0", "yes", True, "-", [1], {}, 10**400, "inf"])
def test_another_cell_is_refused(cell: object) -> None:
    with pytest.raises(ValueError, match="expected 1, 0, -1 or nothing"):
        _labels(Edema=cell)


def test_labels_come_under_lower_case_names_in_the_order_of_the_tables() -> None:
    assert len(NAMES) == len(set(NAMES)) == 14
    found = _labels(Support_Devices=1, Atelectasis=0, Pleural_Effusion=-1)
    assert [label.name for label in found] == ["atelectasis", "pleural effusion", "support devices"]
