"""Statistics of a release, against pandas and numpy on the same rows."""

from collections import Counter
from pathlib import Path

import numpy
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.release import statistics
from radcurate.release.statistics import document_statistics, most_common, quantiles, task_statistics
from radcurate.splits import SPLITS
from tests.conftest import DEMO_TASKS

SHARES = (0.05, 0.5, 0.95)
LENGTHS = st.dictionaries(
    st.tuples(st.sampled_from(SPLITS), st.sampled_from(["input", "output"])),
    st.lists(st.integers(0, 400), min_size=1, max_size=60),
)


@given(LENGTHS)
def test_quantiles_are_those_of_numpy_on_the_raw_lengths(lengths: dict[tuple[str, str], list[int]]) -> None:
    histogram = Counter((*key, words) for key, values in lengths.items() for words in values)
    frame = quantiles(histogram, SHARES)
    assert len(frame) == len(lengths)
    for row in frame.to_dict("records"):
        values = lengths[row["split"], row["column"]]
        expected = numpy.quantile(values, SHARES, method="inverted_cdf")
        assert [row["p5"], row["p50"], row["p95"], row["longest"]] == [*expected, max(values)]


@given(st.lists(st.integers(1, 30), min_size=1), st.floats(0.01, 1))
def test_a_quantile_is_the_smallest_length_that_its_share_does_not_exceed(values: list[int], share: float) -> None:
    (row,) = quantiles(Counter(("train", "input", words) for words in values), (share,)).to_numpy().tolist()
    reached = [words for words in sorted(set(values)) if sum(value <= words for value in values) / len(values) >= share]
    assert row[2] == reached[0]


def test_rows_stand_in_the_order_of_columns_and_splits() -> None:
    keys = [("test", "output"), ("train", "output"), ("validation", "input"), ("train", "input")]
    frame = quantiles(Counter((*key, 3) for key in keys))
    assert [*zip(frame.column, frame.split, strict=True)] == [
        ("input", "train"),
        ("input", "validation"),
        ("output", "train"),
        ("output", "test"),
    ]


def test_no_lengths_give_no_rows() -> None:
    assert quantiles(Counter()).to_dict("records") == []


@pytest.mark.parametrize("task", DEMO_TASKS)
def test_a_task_is_counted_as_pandas_counts_it(demo_release: Path, task: str) -> None:
    frame = pandas.read_parquet(demo_release / task)
    found = task_statistics(demo_release, task)
    assert found["records"] == len(frame)
    assert found["answers"] == Counter(frame.output)
    assert found["all_answers"]
    assert found["flags"] == Counter(flag for flags in frame["flags"] for flag in flags)
    assert found["origins"] == Counter(zip(frame.source, frame.licence, strict=True))
    assert found["restricted"] == 0


def test_documents_are_counted_as_pandas_counts_them(demo_release: Path) -> None:
    frame = pandas.read_parquet(demo_release / "documents")
    assert document_statistics(demo_release) == {
        "origins": Counter(zip(frame.source, frame.licence, strict=True)),
        "licence_urls": {"CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/"},
        "authors": {name: Counter(part.authors.explode()) for name, part in frame.groupby("source")},
        "kinds": Counter(frame.kind),
        "systems": Counter(frame.systems.explode().dropna()),
        "modalities": Counter(frame.modality.fillna("not stated").str.split(", ").explode()),
    }
    assert set(frame.kind) == {"article", "case", "report"}


def test_past_the_limit_only_answers_already_met_are_counted(
    demo_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "MOST_VALUES", 5)
    found = task_statistics(demo_release, "tagging")
    frame = pandas.read_parquet(demo_release / "tagging" / "train-00000-of-00001.parquet")
    assert list(found["answers"]) == list(dict.fromkeys(frame.output))[:5]
    assert found["answers"]["normal"] == (pandas.read_parquet(demo_release / "tagging").output == "normal").sum()
    assert not found["all_answers"]
    assert found["records"] > found["answers"].total()


def test_the_commonest_come_first_ties_in_alphabetical_order_with_their_share_of_all() -> None:
    counted = Counter({"b": 2, "a": 2, "c": 5, "d": 1})
    assert most_common(counted, 3, 20) == [("c", 5, 0.25), ("a", 2, 0.1), ("b", 2, 0.1)]


def test_a_long_answer_is_cut_and_one_of_many_lines_joined() -> None:
    text = "No acute\ncardiopulmonary   disease." + " Clear." * 20
    ((shown, _, _),) = most_common(Counter([text]), 1, 1)
    assert shown.startswith("No acute cardiopulmonary disease. Clear.")
    assert (len(shown), shown[-1]) == (60, "…")
