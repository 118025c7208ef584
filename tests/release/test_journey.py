"""The text before an edit comes from the source at hand, never from the release, and is the text that the rule saw."""

import shutil
from pathlib import Path

import pytest

from radcurate.documents import Document, Section
from radcurate.errors import UsageError
from radcurate.release.explain import explain
from radcurate.release.journey import cleaned, fitting, from_source, steps
from radcurate.release.manifest import read
from radcurate.stages import STAGES
from tests.cli.running import run
from tests.releases import build_trouble, rows_of


def parsed(text: str) -> Document:
    return Document("a:1", "a", "report", "CC0-1.0", "0" * 64, "a:1", (Section("findings", "FINDINGS", text),))


def edit(start: int, end: int, replacement: str = "", rule: str = "r.v1") -> dict:
    return {"section": "findings", "start": start, "end": end, "rule": rule, "replacement": replacement}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_trouble(tmp_path_factory.mktemp("trouble"))


def test_a_step_has_what_its_rule_found_which_is_what_earlier_rules_left() -> None:
    edits = [edit(3, 5, " "), edit(0, 8, "Clear."), edit(9, 10)]
    first, second, third = steps(parsed("Cle  ar. X Y"), edits)
    assert (first.before, first.after, first.left, first.right) == ("  ", " ", "Cle", "ar. X Y")
    assert (second.before, second.after) == ("Cle ar.", "Clear.")
    assert (third.left, third.before, third.right) == ("Clear. ", "X", " Y")


def test_every_step_of_the_demo_leads_from_the_parsed_text_to_the_clean_one(demo_release: Path) -> None:
    work = demo_release.parents[1] / STAGES
    for row in rows_of(demo_release, "documents/documents")[::10]:
        found = explain(demo_release, row["document_id"], work=work)
        edits = [one for one in found.edits if one["document_id"] == row["document_id"]]
        assert [(step.rule, step.start, step.after) for step in found.journeys[row["document_id"]]] == [
            (one["rule"], one["start"], one["replacement"]) for one in edits
        ]
        assert all(step.before != step.after for step in found.journeys[row["document_id"]])


def test_of_several_documents_of_one_id_the_one_that_became_the_kept_one_is_taken() -> None:
    kept = {"sections": [{"name": "findings", "text": "Clear."}]}
    candidates = [parsed("Other."), parsed("Clear. X"), parsed("Clear.")]
    assert fitting(candidates, [edit(6, 8)], kept) == candidates[1]
    assert fitting(candidates, [edit(7, 99)], None) is None
    assert cleaned(parsed("X"), [edit(0, 1)]) == {}


def test_a_dropped_document_shows_its_text_where_the_stages_are_at_hand(release: Path) -> None:
    found = explain(release, "ward:t2", work=release.parents[1] / STAGES)
    assert found.gone["ward:t2"]["impression"] == "Normal chest."
    assert explain(release, "ward:t2").gone == {}


def test_a_source_that_the_manifest_names_gives_the_text_and_another_file_is_refused(release, tmp_path) -> None:
    file = release.parents[2] / "ward.jsonl"
    found = explain(release, "ward:t5", source=file)
    assert [step.before for step in found.journeys["ward:t5"]] == ["  "]
    copy = shutil.copy(file, tmp_path / "ward.jsonl")
    Path(copy).write_text("{}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="is not what the release was made of"):
        explain(release, "ward:t5", source=tmp_path / "ward.jsonl")
    with pytest.raises(UsageError, match=r"the release was made of no file of that name, but of ward\.jsonl"):
        list(from_source(release / "README.md", read(release), "ward:t5"))
    with pytest.raises(UsageError, match="there is no such file"):
        explain(release, "ward:t5", source=tmp_path / "nowhere.jsonl")


def test_what_was_removed_is_in_no_file_of_the_release_and_is_printed_from_the_stages(release: Path, tmp_path) -> None:
    removed = "Dictated by Dr. ___."
    assert removed in run("explain", release, "ward:t4").stdout
    assert removed in run("inspect", release, "--audit").stdout
    alone = shutil.copytree(release, tmp_path / "a" / "b" / "c")
    printed = run("explain", alone, "ward:t4").stdout
    assert removed not in printed
    assert "the text before is not kept; --source PATH shows it" in printed
