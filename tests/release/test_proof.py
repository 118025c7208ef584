"""The proof of the splits says what its tables hold, and is broken by a leak."""

from collections.abc import Iterable
from pathlib import Path

import pandas
import pytest

from radcurate.release.manifest import read
from radcurate.release.proof import broken, prove, sentence
from radcurate.shingles import best_jaccard, shingles
from radcurate.splits import SPLITS, split_of
from tests.conftest import DEMO_TASKS
from tests.releases import copy_of, rewrite, rows_of

TASKS = DEMO_TASKS


@pytest.fixture(scope="module")
def proof(demo_release: Path) -> dict:
    """The demo's proof, computed again."""
    return prove(demo_release, TASKS)


def _inputs(release: Path, task: str, split: str) -> pandas.DataFrame:
    return pandas.read_parquet(next((release / task).glob(f"{split}-*.parquet")))


def _words(texts: Iterable[str]) -> set[str]:
    return {" ".join(text.lower().split()) for text in texts}


def test_the_manifest_holds_the_proof(demo_release: Path, proof: dict) -> None:
    assert read(demo_release)["splits"] == proof


def test_groups_are_counted_by_split(demo_release: Path, proof: dict) -> None:
    documents = pandas.read_parquet(demo_release / "documents")
    assert proof["groups"] == {split: documents[documents.split == split].group_id.nunique() for split in SPLITS}
    assert documents.groupby("group_id").split.nunique().max() == 1
    assert proof["groups_in_two_splits"] == 0


def test_every_document_is_in_the_split_of_its_group(demo_release: Path) -> None:
    documents = pandas.read_parquet(demo_release / "documents")
    assert [*documents.split] == [split_of(group) for group in documents.group_id]


@pytest.mark.parametrize("task", TASKS)
def test_no_held_out_input_equals_a_training_one(demo_release: Path, proof: dict, task: str) -> None:
    training = _words(_inputs(demo_release, task, "train").input)
    held_out = pandas.concat([_inputs(demo_release, task, split) for split in ("validation", "test")])
    assert not training & _words(held_out.input)
    assert proof["tasks"][task]["inputs_equal_to_training"] == 0
    assert proof["tasks"][task]["held_out"] == len(held_out)


@pytest.mark.parametrize("task", TASKS)
def test_held_out_records_are_counted_by_how_near_training_they_are(demo_release: Path, proof: dict, task: str) -> None:
    training = [shingles(text) for text in _inputs(demo_release, task, "train").input]
    near = {"under_0.5": 0, "0.5_to_0.8": 0, "from_0.8": 0}
    for split in ("validation", "test"):
        rows = _inputs(demo_release, task, split)
        best = best_jaccard([shingles(text) for text in rows.input], training)
        for value, stated in zip(best, rows.nearest_train, strict=True):
            near["under_0.5" if value < 0.5 else "0.5_to_0.8" if value < 0.8 else "from_0.8"] += 1
            assert stated == pytest.approx(value) if value >= 0.5 else pandas.isna(stated)
    assert proof["tasks"][task]["nearest_train"] == near


def test_training_records_carry_no_nearest_train(demo_release: Path) -> None:
    assert all(_inputs(demo_release, task, "train").nearest_train.isna().all() for task in TASKS)


def test_a_group_in_two_splits_breaks_the_proof(demo_release: Path, tmp_path: Path) -> None:
    release = copy_of(demo_release, tmp_path)
    documents = pandas.read_parquet(release / "documents")
    group = documents[documents.split == "train"].group_id.value_counts().index[0]

    def divide(rows: list[dict]) -> list[dict]:
        next(row for row in rows if row["group_id"] == group)["split"] = "test"
        return rows

    rewrite(release, "documents/documents", divide)
    proved = prove(release, TASKS)
    assert (proved["groups_in_two_splits"], broken(proved)) == (1, True)


@pytest.mark.parametrize("split", ["validation", "test"])
def test_an_input_that_training_has_too_breaks_the_proof_whatever_its_case_and_spacing(
    demo_release: Path, tmp_path: Path, split: str
) -> None:
    release = copy_of(demo_release, tmp_path)
    text = _inputs(release, "tagging", "train").input[0]

    def equal(rows: list[dict]) -> list[dict]:
        rows[-1]["input"] = "  " + text.upper().replace(" ", "\t")
        return rows

    rewrite(release, f"tagging/{split}", equal)
    proved = prove(release, TASKS)
    assert proved["tasks"]["tagging"]["inputs_equal_to_training"] == 1
    assert broken(proved)


def test_a_sound_proof_is_not_broken(proof: dict) -> None:
    assert not broken(proof)


def test_the_sentence_sums_over_tasks() -> None:
    held = {
        "held_out": 600,
        "inputs_equal_to_training": 1,
        "nearest_train": {"from_0.8": 7},
        "training_linked_to_test": 3,
    }
    text = sentence(
        {
            "groups": {"train": 8_000, "validation": 1_000, "test": 1_000},
            "groups_in_two_splits": 2,
            "tasks": {"a": held, "b": held},
        }
    )
    assert text == (
        "10,000 groups (8,000 train, 1,000 validation, 1,000 test), 2 in two splits; of 1,200 held-out records 2 have "
        "the input of a training record, 14 one nearly like it (Jaccard 0.8 or more); "
        "6 training records come from a document that names a test document as related"
    )


# --- links ------------------------------------------------------------------------------------------------------------


def linking_test(release: Path) -> dict[str, str]:
    """Of training documents that name a test document, that document's id."""
    documents = rows_of(release, "documents/documents")
    tested = {row["url"]: row["document_id"] for row in documents if row["split"] == "test"}
    return {
        row["document_id"]: next(tested[link] for link in row["links"] if link in tested)
        for row in documents
        if row["split"] == "train" and set(row["links"]) & tested.keys()
    }


def test_no_training_record_of_the_demo_comes_from_a_document_that_names_a_test_document(
    demo_release: Path, proof: dict
) -> None:
    linking = linking_test(demo_release)
    assert len(linking) >= 3
    for task in TASKS:
        assert not linking.keys() & {row["document_ids"][0] for row in rows_of(demo_release, f"{task}/train")}
        assert proof["tasks"][task]["training_linked_to_test"] == 0


def test_each_that_was_left_out_for_a_link_is_in_the_audit_with_the_test_document(demo_release: Path) -> None:
    dropped = [row for row in rows_of(demo_release, "audit/dropped") if row["rule"] == "links_test_document.v1"]
    assert {row["locator"]: row["kept_id"] for row in dropped} == linking_test(demo_release)
    counts = read(demo_release)["counts"]["records"]
    assert sum(task["dropped"].get("links_test_document.v1", 0) for task in counts.values()) == len(dropped)


@pytest.mark.parametrize(("split", "leaks"), [("test", True), ("validation", False), ("train", False)])
def test_a_link_from_a_training_document_to_a_test_document_breaks_the_proof(
    demo_release: Path, tmp_path: Path, split: str, leaks: bool
) -> None:
    release = copy_of(demo_release, tmp_path)
    own = rows_of(release, "tagging/train")[0]["document_ids"][0]
    documents = rows_of(release, "documents/documents")
    address = next(row["url"] for row in documents if row["split"] == split and row["kind"] == "article")

    def link(rows: list[dict]) -> list[dict]:
        next(row for row in rows if row["document_id"] == own)["links"] = [address]
        return rows

    rewrite(release, "documents/documents", link)
    proved = prove(release, TASKS)
    records = {task: sum(own in row["document_ids"] for row in rows_of(release, f"{task}/train")) for task in TASKS}
    assert {task: proved["tasks"][task]["training_linked_to_test"] for task in TASKS} == {
        task: count * leaks for task, count in records.items()
    }
    assert records["tagging"] > 0
    assert broken(proved) is leaks
