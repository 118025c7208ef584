"""Putting a release together: nothing half-written, nothing overwritten, no leaking splits, a changelog."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from radcurate.cards.data_card import data_card
from radcurate.errors import DataError, UsageError
from radcurate.release import manifest as manifests
from radcurate.release.shards import CONTENT
from radcurate.release.writer import refuse_another, write_release
from radcurate.splits import SPLITS
from radcurate.stages import Finished
from tests.conftest import DEMO_TASKS, build_here, files_of
from tests.releases import build_trouble, copy_of, rewrite, rows_of, write_recipe


def _parts(release: Path, folder: Path) -> tuple[Finished, dict[str, Any], dict[str, Any]]:
    """What the last stage left for this release, and its identity and counts."""
    manifest = manifests.read(release)
    for number, name in enumerate(("documents", "audit", *sorted(manifest["recipe"]["tasks"]))):
        shard = folder / f"{number:05d}"
        shutil.copytree(release / name, shard / name)
        content = {
            table: value["content_sha256"]
            for table, value in manifest["tables"].items()
            if table.startswith(f"{name}/")
        }
        (shard / CONTENT).write_text(json.dumps(content))
    identity = {key: manifest[key] for key in manifests.IDENTITY}
    return Finished(folder, {}, "digest"), identity, manifest["counts"]


def test_the_same_tables_give_the_same_release(demo_release: Path, tmp_path: Path) -> None:
    tables, identity, counts = _parts(demo_release, tmp_path / "shards")
    manifest, stood = write_release(tables, tmp_path / "out", tmp_path / "scratch", identity, counts, data_card)
    assert not stood
    assert manifest == manifests.read(demo_release)
    assert files_of(tmp_path / "out") == files_of(demo_release)
    assert not (tmp_path / "scratch").exists()


def test_what_a_killed_build_left_in_the_scratch_folder_does_not_get_into_the_release(
    demo_release: Path, tmp_path: Path
) -> None:
    (tmp_path / "scratch" / "impression").mkdir(parents=True)
    (tmp_path / "scratch" / "impression" / "train-00001-of-00002.parquet").write_bytes(b"half")
    tables, identity, counts = _parts(demo_release, tmp_path / "shards")
    write_release(tables, tmp_path / "out", tmp_path / "scratch", identity, counts, data_card)
    assert files_of(tmp_path / "out") == files_of(demo_release)


def _divided(rows: list[dict]) -> list[dict]:
    groups = [row["group_id"] for row in rows]
    next(row for row in rows if row["split"] == "train" and groups.count(row["group_id"]) > 1)["split"] = "test"
    return rows


@pytest.mark.parametrize("leak", ["a group in two splits", "a test input that training has"])
def test_a_leaking_split_is_refused_and_nothing_written(demo_release: Path, tmp_path: Path, leak: str) -> None:
    release = copy_of(demo_release, tmp_path)
    if leak == "a group in two splits":
        rewrite(release, "documents/documents", _divided)
        words = r", 1 in two splits"
    else:
        text = rows_of(release, "tagging/train")[0]["input"]
        rewrite(release, "tagging/test", lambda rows: [{**rows[0], "input": text}, *rows[1:]])
        words = r"1 have the input of a training record"
    tables, identity, counts = _parts(release, tmp_path / "shards")
    with pytest.raises(DataError, match=rf"the splits leak, so no release is written: .*{words}"):
        write_release(tables, tmp_path / "out", tmp_path / "scratch", identity, counts, data_card)
    assert not (tmp_path / "out").exists()


def test_the_same_build_again_leaves_the_release_alone(tmp_path: Path) -> None:
    folder = build_trouble(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    built, _ = build_here(tmp_path / "recipe.toml", tmp_path / "out")
    assert built.up_to_date
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


@pytest.mark.parametrize("name", ["README.md", "impression/train-00000-of-00001.parquet", "manifest.json"])
def test_a_release_that_was_changed_is_not_called_up_to_date(tmp_path: Path, name: str) -> None:
    folder = build_trouble(tmp_path)
    path = folder / name
    path.write_bytes(path.read_bytes() + b"\n")
    before = files_of(folder)
    with pytest.raises(DataError, match="was changed since it was built: run `radcurate verify"):
        build_here(tmp_path / "recipe.toml", tmp_path / "out")
    assert files_of(folder) == before


def test_an_added_file_is_not_called_up_to_date(tmp_path: Path) -> None:
    folder = build_trouble(tmp_path)
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(DataError, match="was changed since it was built"):
        build_here(tmp_path / "recipe.toml", tmp_path / "out")
    assert (folder / "notes.txt").is_file()


@pytest.mark.parametrize(
    ("setting", "key"), [("title=Another", "recipe"), ("sources.ward.licence=CC-BY-4.0", "recipe")]
)
def test_another_release_of_the_same_version_is_refused(tmp_path: Path, setting: str, key: str) -> None:
    folder = build_trouble(tmp_path)
    before = files_of(folder)
    with pytest.raises(
        UsageError, match=rf"already holds another release of this version \(its {key} differ"
    ) as caught:
        build_here(tmp_path / "recipe.toml", tmp_path / "out", setting)
    assert "--version" in str(caught.value)
    assert files_of(folder) == before


def test_other_inputs_are_another_release(tmp_path: Path) -> None:
    build_trouble(tmp_path)
    with (tmp_path / "ward.jsonl").open("a") as file:
        file.write("\n")
    with pytest.raises(UsageError, match=r"\(its inputs differ\)"):
        build_here(tmp_path / "recipe.toml", tmp_path / "out")


def test_a_limited_build_is_another_release(tmp_path: Path) -> None:
    build_trouble(tmp_path)
    with pytest.raises(UsageError, match=r"\(its limit differ\)"):
        build_here(tmp_path / "recipe.toml", tmp_path / "out", limit=3)


@pytest.mark.parametrize("kind", ["empty folder", "folder with a file", "file"])
def test_a_target_that_holds_no_release_is_refused_and_left_alone(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "demo" / "1.0.0"
    target.parent.mkdir()
    if kind == "file":
        target.write_text("mine")
    else:
        target.mkdir()
        if kind == "folder with a file":
            (target / "mine.txt").write_text("mine")
    before = files_of(tmp_path)
    with pytest.raises(UsageError, match=r"is there already and is no release\nMove it away, or give another --out"):
        refuse_another(target, {})
    assert files_of(tmp_path) == before


def test_a_target_that_is_not_there_is_fine(tmp_path: Path) -> None:
    refuse_another(tmp_path / "demo" / "1.0.0", {})


# --- changelog --------------------------------------------------------------------------------------------------------


def test_the_changelog_counts_what_the_tables_hold(demo_release: Path) -> None:
    text = (demo_release / "CHANGELOG.md").read_text()
    assert text.startswith("# demo\n\n## 1.0.0\n\n")
    assert "from reports.jsonl, demo-site.\n" in text
    for task in DEMO_TASKS:
        rows = {split: len(rows_of(demo_release, f"{task}/{split}")) for split in SPLITS}
        by_split = ", ".join(f"{number} {split}" for split, number in rows.items())
        assert f"- `{task}`: {sum(rows.values())} records: {by_split}.\n" in text


def test_the_changelog_compares_with_the_parent(tmp_path: Path) -> None:
    parent = build_trouble(tmp_path)
    path = write_recipe(tmp_path)
    text = path.read_text().replace('[tasks.tagging]\ngenerator = "tagging.v3"\n', "")
    path.write_text(text.replace('leave_out = ["cites_prior"]\n', ""))
    built, _ = build_here(path, tmp_path / "out", version="2.0.0", parent=parent)
    seal = manifests.read(parent)["self_sha256"]
    assert (built.folder / "CHANGELOG.md").read_text().splitlines()[2:] == [
        "## 2.0.0",
        "",
        f"- Follows trouble 1.0.0 (manifest {seal[:12]}…).",
        f"- Made by radcurate {manifests.read(parent)['code']['version']} from ward.jsonl.",
        "- `impression`: 3 records (+1 against 1.0.0): 3 train, 0 validation, 0 test.",
        "- `tagging`: no longer there.",
    ]
    assert built.manifest["parent"] == {
        "name": "trouble",
        "version": "1.0.0",
        "self_sha256": seal,
        "records": {"impression": 2, "tagging": 4},
    }


def test_changelog_and_card_say_that_a_build_was_limited(tmp_path: Path) -> None:
    folder = build_trouble(tmp_path, limit=3)
    assert re.search(r"from ward\.jsonl, the first 3 inputs of each\.", (folder / "CHANGELOG.md").read_text())
    assert "**A trial:** only the first 3 inputs of each file were read." in (folder / "README.md").read_text()


def test_a_full_build_says_nothing_of_a_limit(demo_release: Path) -> None:
    assert not re.search(r"\btrial\b", (demo_release / "README.md").read_text(), re.IGNORECASE)
