"""`build --against RELEASE`: what an earlier release holds is left out, audited with its name, and verified."""

import json
import shutil

import pytest

from radcurate import recipe as recipes
from radcurate.against import earlier_release
from radcurate.errors import DataError, UsageError
from radcurate.release import manifest as manifests
from radcurate.release.verify import verify
from radcurate.tables import read_rows
from tests.conftest import build_here, files_of, radcurate
from tests.invented import invented_rows, write_recipe, write_rows

RULES = ["exact_duplicate.v1"]


def dropped(folder, kind="document"):
    (path,) = (folder / "audit").glob("dropped-*.parquet")
    return {row["id"]: row for row in read_rows(path) if row["kind"] == kind}


def documents(folder):
    return {row["document_id"] for path in (folder / "documents").glob("*") for row in read_rows(path, ["document_id"])}


@pytest.fixture(scope="module")
def demo_again(demo_release, tmp_path_factory):
    """The demo built against itself: every document of it is seen."""
    out = tmp_path_factory.mktemp("again")
    return build_here("demo", out, version="2.0.0", against=demo_release)[0].folder


def test_the_demo_against_itself_holds_no_document_and_verifies(demo_release, demo_again):
    assert documents(demo_again) == set()
    assert verify(demo_again) == []
    gone = dropped(demo_again)
    assert documents(demo_release) <= set(gone)
    reports = [row for row in gone.values() if row["rule"] == "already_released.v1"]
    pages = [row for row in gone.values() if row["reason"] == "the same text as a document of demo 1.0.0"]
    assert len(reports) == 118
    assert {row["rule"] for row in pages} == {"exact_duplicate.v1"}
    assert all(row["kept_id"] in documents(demo_release) for row in (*reports, *pages))


def test_the_manifest_and_the_changelog_name_the_release_and_no_path(demo_release, demo_again):
    manifest, earlier = manifests.read(demo_again), manifests.read(demo_release)
    assert manifest["against"] == {key: earlier[key] for key in ("name", "version", "self_sha256")}
    assert earlier["against"] is None
    assert "Without the documents that demo 1.0.0 holds" in (demo_again / "CHANGELOG.md").read_text(encoding="utf-8")
    assert not [name for name, content in files_of(demo_again).items() if str(demo_release.parent).encode() in content]


def invented(folder, rows, version="1.0.0", **options):
    write_rows(folder / "reports.jsonl", rows)
    recipe = write_recipe(folder, ("section_extraction",), "reports.jsonl")
    return build_here(recipe, folder / "out", version=version, **options)[0]


def test_only_new_reports_make_the_next_release(tmp_path):
    rows = invented_rows(30)
    old = invented(tmp_path / "old", rows[:20]).folder
    new = invented(tmp_path / "new", rows, "1.1.0", against=old, workers=2)
    ids = {one.rpartition(":")[2] for one in documents(new.folder)}
    assert ids <= {row["id"] for row in rows[20:]}
    assert len(ids) + len(dropped(new.folder)) == 30
    assert verify(new.folder) == []
    assert manifests.read(new.folder)["counts"]["documents"]["dropped"]["already_released.v1"] == len(documents(old))
    moved = shutil.move(old, tmp_path / "moved")
    again = invented(tmp_path / "new", rows, "1.1.0", against=moved)
    assert again.up_to_date


def test_another_earlier_release_is_another_release(tmp_path):
    rows = invented_rows(12)
    one, other = (invented(tmp_path / str(count), rows[:count]).folder for count in (3, 6))
    invented(tmp_path / "new", rows, "1.1.0", against=one)
    with pytest.raises(UsageError, match=r"already holds another release of this version \(its against differ\)"):
        invented(tmp_path / "new", rows, "1.1.0", against=other)
    other_version = invented(tmp_path / "new", rows, "1.2.0", against=other)
    assert len(dropped(other_version.folder)) >= 6


def test_an_earlier_release_that_was_changed_is_refused(tmp_path, demo_release):
    copy = shutil.copytree(demo_release, tmp_path / "copy")
    path = next((copy / "documents").glob("*.parquet"))
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(DataError, match=r"documents-.*was changed since it was built: run `radcurate verify"):
        earlier_release(copy, RULES)


def test_a_folder_that_is_no_release_is_refused_before_anything_is_written(tmp_path):
    result = radcurate("build", "--out", tmp_path / "out", "--against", tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"radcurate: {tmp_path}: is no release") or "is no release" in result.stderr
    assert not (tmp_path / "out/demo").exists()


def test_a_recipe_that_finds_no_duplicates_is_refused(demo_release):
    with pytest.raises(UsageError, match=r"name no rule that finds duplicates\nAdd exact_duplicate.v1, near"):
        earlier_release(demo_release, ["spaces.v1"])


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("0.3", "`cleaning.near_duplicates.threshold` is wrong: 0.3 is less than the minimum of 0.5"),
        ("1.1", "`cleaning.near_duplicates.threshold` is wrong: 1.1 is greater than the maximum of 1"),
        ('"high"', "`cleaning.near_duplicates.threshold` must be of type number, is 'high'"),
    ],
)
def test_a_wrong_threshold_is_refused_with_its_key_and_what_is_allowed(setting, message):
    with pytest.raises(UsageError) as caught:
        recipes.load(recipes.locate("demo"), [f"cleaning.near_duplicates.threshold={setting}"])
    assert message in str(caught.value)


def test_the_threshold_is_08_unless_the_recipe_says_another_and_none_without_the_rule():
    demo = recipes.locate("demo")
    assert recipes.load(demo).near_threshold == 0.8
    assert recipes.load(demo, ["cleaning.near_duplicates.threshold=0.9"]).near_threshold == 0.9
    assert recipes.load(recipes.locate("openi")).near_threshold is None


def test_a_threshold_without_the_rule_is_refused():
    with pytest.raises(UsageError, match=r"`cleaning.near_duplicates` is set, but `cleaning.rules` does not name near"):
        recipes.load(recipes.locate("openi"), ["cleaning.near_duplicates.threshold=0.9"])


def test_the_demo_keeps_one_of_each_planted_pair(demo_release):
    near = {row["id"]: row for row in dropped(demo_release).values() if row["rule"] == "near_duplicate.v1"}
    assert set(near) == {"radiopaedia:article:49001", "radiopaedia:article:49002"}
    assert all(row["similarity"] >= 0.8 and row["kept_id"] in documents(demo_release) for row in near.values())


def test_verify_tells_an_earlier_release_without_a_name(demo_release, tmp_path):
    copy = shutil.copytree(demo_release, tmp_path / "copy")
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    manifest["against"] = {"version": "1.0.0"}
    (copy / "manifest.json").write_text(manifests.sealed({k: v for k, v in manifest.items() if k != "self_sha256"}))
    assert any("breaks its schema at against" in fault for fault in verify(copy))
