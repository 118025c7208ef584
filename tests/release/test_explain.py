"""Explain reaches everything that went in: what was kept, what was left out, and why."""

from pathlib import Path

import pytest

from radcurate.errors import UsageError
from radcurate.release import explain as module
from radcurate.release.explain import explain
from tests.releases import build_trouble, rows_of

KEPT = "impression/ward:t6/impression"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of reports with every kind of trouble."""
    return build_trouble(tmp_path_factory.mktemp("trouble"))


def _record(release: Path, key: str) -> dict:
    (row,) = (row for row in rows_of(release, f"{key.partition('/')[0]}/train") if row["record_key"] == key)
    return row


@pytest.mark.parametrize("identity", ["id", "six digits", "key"])
def test_a_record_is_reached_by_id_prefix_and_key(release: Path, identity: str) -> None:
    row = _record(release, KEPT)
    found = explain(release, {"id": row["record_id"], "six digits": row["record_id"][:6], "key": KEPT}[identity])
    assert found.record == row
    assert found.split == "train"
    assert [document["document_id"] for document in found.documents] == ["ward:t6"]
    assert found.dropped == []


def test_the_flags_of_a_record_are_put_into_words(release: Path) -> None:
    found = explain(release, "tagging/ward:t6/tags")
    assert found.record["uncertain"] == ["pulmonary atelectasis/base/left"]
    assert "was left out of the answer" in found.flags["not_in_text"]


def test_a_record_comes_with_the_edits_of_its_document(release: Path) -> None:
    found = explain(release, "tagging/ward:t4/tags")
    assert [(edit["document_id"], edit["rule"]) for edit in found.edits] == [("ward:t4", "signature_line.v1")]


def test_fewer_than_six_digits_are_no_record(release: Path) -> None:
    with pytest.raises(UsageError, match="neither a record, a document nor an input"):
        explain(release, _record(release, KEPT)["record_id"][:5])


def test_digits_that_several_records_share_are_refused_with_their_keys(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SHORTEST_PREFIX", 0)
    with pytest.raises(UsageError, match=r"6 records of .* begin with it; give more digits") as caught:
        explain(release, "")
    assert KEPT in str(caught.value)


def test_a_kept_document_tells_its_edits_what_it_gave_and_what_was_refused(release: Path) -> None:
    found = explain(release, "ward:t5")
    assert (found.record, found.split) == (None, "train")
    assert [edit["rule"] for edit in found.edits] == ["spaces.v1"]
    assert found.records == ["tagging/ward:t5/tags"]
    (refused,) = found.dropped
    assert (refused["id"], refused["reason"]) == ("impression/ward:t5/impression", "cites_prior")
    assert refused["meaning"].startswith("the answer compares with an earlier study")
    assert refused["meaning"].endswith("the recipe leaves such records out")


@pytest.mark.parametrize(
    ("identity", "kind", "rule", "reason", "kept"),
    [
        ("ward:t3", "document", "empty_document.v1", "no section holds any text", None),
        ("ward:t2", "document", "exact_duplicate.v1", "the same text as the document that is kept", "ward:t1"),
        ("ward.jsonl:5", "input", "broken_line.v1", "is no JSON", None),
        ("ward.jsonl:6", "input", "missing_id.v1", "'id' is empty", None),
    ],
)
def test_what_was_dropped_is_reached_and_gives_its_reason(
    release: Path, identity: str, kind: str, rule: str, reason: str, kept: str | None
) -> None:
    found = explain(release, identity)
    (row,) = found.dropped
    assert (row["kind"], row["rule"], row["kept_id"]) == (kind, rule, kept)
    assert row["reason"].startswith(reason)
    assert (found.record, found.split, found.documents, found.records) == (None, None, [], [])


def test_an_id_that_came_twice_is_kept_once_and_dropped_once(release: Path) -> None:
    found = explain(release, "ward:t1")
    assert [document["document_id"] for document in found.documents] == ["ward:t1"]
    (row,) = found.dropped
    assert (row["rule"], row["kept_id"]) == ("duplicate_id.v1", "ward:t1")
    assert sorted(found.records) == ["impression/ward:t1/impression", "tagging/ward:t1/tags"]


@pytest.mark.parametrize(
    ("key", "reason", "meaning"),
    [
        ("impression/ward:t4/impression", "no_impression", "the report has no impression section"),
        ("impression/ward:t5/impression", "cites_prior", "the recipe leaves such records out"),
    ],
)
def test_a_refused_record_is_reached_by_its_key_with_the_document_it_would_have_come_from(
    release: Path, key: str, reason: str, meaning: str
) -> None:
    found = explain(release, key)
    (row,) = found.dropped
    assert row["reason"] == reason
    assert meaning in row["meaning"]
    assert [document["document_id"] for document in found.documents] == [key.split("/")[1]]
    assert found.edits
    assert (found.record, found.records) == (None, [])


def test_a_held_out_record_that_repeats_training_names_the_training_record(demo_release: Path) -> None:
    row = next(row for row in rows_of(demo_release, "audit/dropped") if row["rule"] == "repeats_training_input.v1")
    found = explain(demo_release, row["id"])
    assert found.dropped[0]["kept_id"] == row["kept_id"]
    training = explain(demo_release, row["kept_id"])
    assert training.split == "train"
    assert found.documents[0]["split"] in ("validation", "test")


def test_everything_in_the_demo_can_be_explained(demo_release: Path) -> None:
    dropped = rows_of(demo_release, "audit/dropped")
    for row in dropped[:: max(1, len(dropped) // 25)]:
        assert row["reason"] in {found["reason"] for found in explain(demo_release, row["id"]).dropped}


@pytest.mark.parametrize("identity", ["ward:t99", "nobody", "ward.jsonl:1", "", "impression/ward:t6/other"])
def test_an_unknown_id_is_refused_with_what_ids_look_like(release: Path, identity: str) -> None:
    with pytest.raises(UsageError, match="neither a record, a document nor an input") as caught:
        explain(release, identity)
    assert "Ids look like" in str(caught.value)
    assert caught.value.exit_code == 2
