"""A split is the published one, else a hash of the group and of nothing else."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.splits import ALIASES, SPLITS, split_of, strictest


@pytest.mark.parametrize(
    ("group", "split"),
    [
        ("openi:CXR1", "train"),
        ("demo:p001", "train"),
        ("demo:p116", "validation"),
        ("demo:p120", "test"),
        ("demo:p131", "test"),
        ("demo:p122", "validation"),
    ],
)
def test_a_group_never_changes_its_split(group, split):
    assert split_of(group) == split


def test_splits_have_their_shares():
    shares = Counter(split_of(f"group:{number}") for number in range(20_000))
    assert shares["test"] / 20_000 == pytest.approx(0.1, abs=0.01)
    assert shares["validation"] / 20_000 == pytest.approx(0.1, abs=0.01)


@given(st.text())
def test_any_group_has_one_of_the_three_splits(group):
    assert split_of(group.encode("utf-8", "replace").decode()) in SPLITS


@pytest.mark.parametrize(
    ("published", "kept"),
    [
        ({"train"}, "train"),
        ({"train", "validation"}, "validation"),
        ({"train", "test"}, "test"),
        ({"validation", "test"}, "test"),
    ],
)
def test_the_split_that_protects_most_wins(published, kept):
    assert strictest(published) == kept


def test_published_names_of_splits_are_understood():
    assert {ALIASES[name] for name in ("train", "training")} == {"train"}
    assert {ALIASES[name] for name in ("validate", "valid", "val", "dev")} == {"validation"}
    assert ALIASES["test"] == "test"
