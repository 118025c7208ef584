"""What may be done with a release: one function asks, for every scope, whatever would use its records."""

import json
import shutil
from datetime import date

import pytest

from radcurate.errors import DataError, UsageError
from radcurate.permission import SCOPES, load
from radcurate.rights import Rights, demand, leaves_this_machine, of_release
from radcurate.splits import SPLITS
from tests.conftest import build_here
from tests.releases import build_trouble, rows_of
from tests.test_harvest import write_recipe

DAY = date(2026, 6, 1)
ELSEWHERE = ("hf://owner/name", "https://judge.test/v1", "s3://bucket/runs", "ssh://host.test/runs")
HERE = ("releases/run", "http://127.0.0.1:8080/v1", "http://localhost/v1", "file:///srv/runs", "C:releases")
OPEN = """\
basis = "open-licence"
licence = "CC-BY-SA-4.0"
hosts = ["wiki.test"]
scopes = [{scopes}]
contact = "lab@university.test"
"""


def permitted(folder, *scopes) -> Rights:
    """The rights of records harvested under an open licence that allows these scopes."""
    path = folder / "permission.toml"
    path.write_text(OPEN.format(scopes=", ".join(f'"{scope}"' for scope in scopes)), encoding="utf-8")
    return Rights("wiki 1.0.0", {}, (load(path),))


@pytest.mark.parametrize("scope", SCOPES)
def test_every_scope_is_needed_for_what_it_names_and_enough_for_it(tmp_path, scope):
    demand(permitted(tmp_path, scope), scope, today=DAY)
    others = [other for other in SCOPES if other != scope]
    with pytest.raises(UsageError, match=f"does not allow to {scope} what comes from wiki.test"):
        demand(permitted(tmp_path, *others), scope, today=DAY)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_restricted_records_leave_the_machine_by_no_way(target):
    with pytest.raises(UsageError, match=r"openi 1.0.0: 7 of its records may not leave this machine \(CC-BY-NC-ND-4.0"):
        demand(Rights("openi 1.0.0", {"CC-BY-NC-ND-4.0": 7}, ()), "share", target)


def test_where_no_target_is_named_records_are_taken_to_leave():
    with pytest.raises(UsageError, match="may not leave this machine"):
        demand(Rights("openi 1.0.0", {"CC-BY-NC-ND-4.0": 7}, ()), "share")


@pytest.mark.parametrize("target", HERE)
def test_a_place_on_this_machine_is_not_asked_about(tmp_path, target):
    demand(Rights("openi 1.0.0", {"CC-BY-NC-ND-4.0": 7}, permitted(tmp_path, "derive").permissions), "share", target)


def test_restricted_records_may_be_trained_on():
    demand(Rights("openi 1.0.0", {"CC-BY-NC-ND-4.0": 7}, ()), "train")


@pytest.mark.parametrize(
    ("target", "leaves"), [*((target, True) for target in ELSEWHERE), *((target, False) for target in HERE)]
)
def test_what_leaves_this_machine(target, leaves):
    assert leaves_this_machine(target) is leaves


# --- of a release ----------------------------------------------------------------------------------------------------


def test_the_rights_of_the_demo_are_those_of_its_sites_permission(demo_release):
    found = of_release(demo_release)
    manifest = json.loads((demo_release / "manifest.json").read_text(encoding="utf-8"))
    (entry,) = manifest["permissions"]
    assert entry["source"] == "site"
    assert [one.digest for one in found.permissions] == [entry["digest"]]
    assert (found.restricted, found.place) == ({}, f"demo {manifest['version']}")
    for scope in SCOPES:
        demand(found, scope, today=DAY)


def test_restricted_records_are_counted_by_licence_from_the_tables(tmp_path):
    release = build_trouble(tmp_path, {"ward": "CC0-1.0", "clinic": "House rules"})
    found = of_release(release)
    rows = [
        row for task in ("impression", "tagging") for split in SPLITS for row in rows_of(release, f"{task}/{split}")
    ]
    assert found.restricted == {"House rules": sum(row["source"] == "clinic" for row in rows)}
    assert found.restricted["House rules"] > 0
    with pytest.raises(UsageError, match=r"trouble 1\.0\.0: .* may not leave this machine"):
        demand(found, "share")


def test_a_folder_without_a_release_has_no_rights(tmp_path):
    with pytest.raises(DataError, match="is no release"):
        of_release(tmp_path)


# --- build asks for `derive` -----------------------------------------------------------------------------------------


def _snapshot(demo_release, folder):
    """A copy of the snapshot that the demo's build crawled: as if somebody had sent it."""
    (found,) = (demo_release.parents[1] / ".stages").glob("harvest-*/00000/demo-site")
    return shutil.copytree(found, folder / "snapshot")


def test_a_build_from_a_snapshot_without_its_permission_is_refused_and_writes_no_release(tmp_path, demo_release):
    snapshot = _snapshot(demo_release, tmp_path)
    (snapshot / "permission.toml").unlink()
    with pytest.raises(UsageError, match=r"to derive its text needs a recorded permission.*\n.*in the recipe"):
        build_here(write_recipe(tmp_path), tmp_path / "out")
    assert not list((tmp_path / "out").glob("harvested*"))


def test_a_permission_to_download_alone_is_none_to_derive(tmp_path, demo_release):
    file = _snapshot(demo_release, tmp_path) / "permission.toml"
    text = file.read_text(encoding="utf-8").replace('["download", "derive", "train", "share"]', '["download"]')
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="does not allow to derive what comes from"):
        build_here(write_recipe(tmp_path), tmp_path / "out")


def test_the_recipe_may_name_the_permission_instead_and_its_digest_follows_every_row(tmp_path, demo_release):
    file = _snapshot(demo_release, tmp_path) / "permission.toml"
    file.rename(tmp_path / "renewed.toml")
    recipe = write_recipe(tmp_path)
    text = recipe.read_text(encoding="utf-8").replace("path =", 'permission = "renewed.toml"\npath =')
    recipe.write_text(text, encoding="utf-8")
    built, _ = build_here(recipe, tmp_path / "out")
    digest = load(tmp_path / "renewed.toml").digest
    assert [entry["digest"] for entry in built.manifest["permissions"]] == [digest]
    assert "renewed.toml" not in json.dumps(built.manifest)
    assert {row["permission"] for row in rows_of(built.folder, "documents/documents")} == {digest}
    assert {row["permission"] for row in rows_of(built.folder, "tagging/train")} == {digest}
    assert digest[:16] in (built.folder / "README.md").read_text(encoding="utf-8")
