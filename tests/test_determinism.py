"""Promise 1: the same bytes whatever the workers, folder, time zone, locale, hash seed and order of inputs."""

import io
import json
import os
import random
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from radcurate.release import manifest as manifests
from tests import golden
from tests.conftest import build_here, files_of
from tests.invented import invented_rows, write_recipe, write_rows

# --- the surroundings ------------------------------------------------------------------------------------------------

SURROUNDINGS = {
    "two workers": ("out", "2", {}),
    "another folder": ("Ärzte und Befunde/a'b $HOME", "1", {}),
    "time zone": ("out", "1", {"TZ": "Pacific/Kiritimati"}),
    "plain C locale": ("out", "1", {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}),
    "C.UTF-8": ("out", "1", {"LC_ALL": "C.UTF-8"}),
    "foreign locale": ("out", "1", {"LC_ALL": "FOREIGN"}),
    "hash seed 0": ("out", "1", {"PYTHONHASHSEED": "0"}),
    "hash seed 1": ("out", "1", {"PYTHONHASHSEED": "1"}),
    "hash seed random": ("out", "1", {"PYTHONHASHSEED": "random"}),
    "optimised": ("out", "1", {"PYTHONOPTIMIZE": "2"}),
    "two workers, far away, seed 7": ("out", "2", {"TZ": "America/St_Johns", "PYTHONHASHSEED": "7", "LANG": "C"}),
    "another folder, C locale, seed 3": (
        "ein Ort",
        "1",
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONHASHSEED": "3", "TZ": "Asia/Kathmandu"},
    ),
}
QUICK = ("two workers, far away, seed 7",)


def foreign_locale() -> str:
    """A locale of this machine other than C and English, Turkish and German first: their case and commas differ."""
    listed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()
    names = [name for name in listed if name.partition("_")[0] not in ("C", "POSIX", "en", "C.UTF-8", "C.utf8")]
    if not names:
        pytest.skip("this machine has no locale but C and English")
    return min(names, key=lambda name: (not name.startswith("tr_"), not name.startswith("de_"), name))


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in SURROUNDINGS]
)
def test_surroundings_leave_no_trace_in_any_byte(name, demo_release, tmp_path):
    out, workers, changes = SURROUNDINGS[name]
    environ = {**os.environ, **changes}
    if environ.get("LC_ALL") == "FOREIGN":
        environ["LC_ALL"] = foreign_locale()
    command = [sys.executable, "-m", "radcurate", "build", "--out", out, "--workers", workers, "--quiet"]
    result = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert files_of(tmp_path / out / "demo/1.0.0") == files_of(demo_release)


def test_no_file_of_a_release_names_the_place_where_it_was_built(demo_release):
    here = [str(demo_release.parent.parent), str(Path.home()), os.uname().nodename]
    for name, content in files_of(demo_release).items():
        assert not [place for place in here if len(place) > 3 and place.encode() in content], name


def test_the_manifest_holds_no_number_of_workers_no_engine_and_no_time_of_building(demo_release):
    keys = set()

    def gather(value):
        if isinstance(value, dict):
            keys.update(value)
            for inner in value.values():
                gather(inner)
        elif isinstance(value, list):
            for inner in value:
                gather(inner)

    gather(manifests.read(demo_release))
    assert not keys & {"workers", "engine", "time", "date", "created", "built", "seconds", "host", "out"}


# --- the order of inputs ---------------------------------------------------------------------------------------------


def rows_with_repeats() -> list[dict[str, object]]:
    """Reports of which some come twice under another id and some ids twice with another text."""
    rows = invented_rows(90)
    copies = [{**rows[number], "id": f"copy{number}"} for number in (3, 30, 60)]
    rivals = [{**rows[number], "findings": f"{rows[number]['findings']} No rib fracture."} for number in (5, 50)]
    return [*rows, *copies, *rivals]


def build_rows(folder: Path, files: dict[str, list[dict[str, object]]], names: list[str]) -> Path:
    for name, rows in files.items():
        write_rows(folder / name, rows)
    recipe = write_recipe(folder, ("section_extraction", "tagging"), *names)
    return build_here(recipe, folder / "out")[0].folder


def test_the_order_in_which_a_recipe_lists_its_files_leaves_no_trace(tmp_path):
    rows = rows_with_repeats()
    files = {"a.jsonl": rows[::3], "b.jsonl": rows[1::3], "c.jsonl": rows[2::3]}
    releases = [
        build_rows(tmp_path / f"{number}", files, names)
        for number, names in enumerate((["a.jsonl", "b.jsonl", "c.jsonl"], ["c.jsonl", "a.jsonl", "b.jsonl"]))
    ]
    assert files_of(releases[0]) == files_of(releases[1])
    assert manifests.read(releases[0])["counts"]["documents"]["dropped"] == {
        "duplicate_id.v1": 2,
        "exact_duplicate.v1": 3,
    }


def test_shuffled_lines_and_keys_give_the_same_tables_to_the_byte(tmp_path):
    rows = rows_with_repeats()
    shuffled = [dict(sorted(row.items(), reverse=True)) for row in rows]
    random.Random(4).shuffle(shuffled)
    one = build_rows(tmp_path / "one", {"reports.jsonl": rows}, ["reports.jsonl"])
    other = build_rows(tmp_path / "other", {"reports.jsonl": shuffled}, ["reports.jsonl"])
    assert_same_tables(one, other)


def test_the_files_that_rows_are_spread_over_leave_no_trace_in_the_tables(tmp_path):
    rows = rows_with_repeats()
    one = build_rows(tmp_path / "one", {"reports.jsonl": rows}, ["reports.jsonl"])
    other = build_rows(tmp_path / "other", {"x.jsonl": rows[50:], "y.jsonl": rows[:50]}, ["x.jsonl", "y.jsonl"])
    assert_same_tables(one, other)


def assert_same_tables(one: Path, other: Path) -> None:
    """Every Parquet file has the same bytes, and only what names the inputs differs elsewhere."""
    manifest, changed = manifests.read(one), manifests.read(other)
    assert manifest["inputs"] != changed["inputs"]
    for key in ("tables", "counts", "splits"):
        assert manifest[key] == changed[key]
    tables = {name: content for name, content in files_of(one).items() if name.endswith(".parquet")}
    assert tables == {name: content for name, content in files_of(other).items() if name.endswith(".parquet")}
    assert len(tables) > 6


XML = """<?xml version="1.0" encoding="utf-8"?>
<eCitation><uId id="{uid}"/><licenseURL>http://creativecommons.org/licenses/by-nc-nd/4.0/</licenseURL>
<MedlineCitation><Article><ArticleTitle>Chest</ArticleTitle><Abstract>
<AbstractText Label="COMPARISON">None.</AbstractText><AbstractText Label="INDICATION">{indication}</AbstractText>
<AbstractText Label="FINDINGS">{findings}</AbstractText><AbstractText Label="IMPRESSION">{impression}</AbstractText>
</Abstract></Article></MedlineCitation><MeSH><major>{tag}</major></MeSH></eCitation>
"""


def write_archive(path: Path, order: list[int]) -> None:
    """A small archive in the form of Open-i, its members in this order; two of them bear one id."""
    rows = invented_rows(40)
    with tarfile.open(path, "w:gz") as archive:
        for number in order:
            row = rows[number]
            uid = "CXR0" if number == 39 else f"CXR{number}"
            content = XML.format(uid=uid, tag=row["tags"][0], **{key: row[key] for key in TEXTS}).encode()
            member = tarfile.TarInfo(f"ecgen-radiology/{number}.xml")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


TEXTS = ("indication", "findings", "impression")


def test_shuffled_members_of_an_archive_give_the_same_tables_to_the_byte(tmp_path):
    order = list(range(40))
    releases = []
    for name in ("straight", "shuffled"):
        (tmp_path / name).mkdir()
        archive = tmp_path / name / "reports.tgz"
        write_archive(archive, order)
        releases.append(build_here("openi", tmp_path / name / "out", f"sources.openi.path={archive}")[0].folder)
        random.Random(5).shuffle(order)
    assert manifests.read(releases[0])["counts"]["documents"]["dropped"] == {"duplicate_id.v1": 1}
    assert_same_tables(*releases)


# --- the golden rows -------------------------------------------------------------------------------------------------


def test_the_demo_release_holds_the_rows_it_held(demo_release):
    """The same rule and task versions give the same rows, in any environment."""
    changed = golden.difference(golden.read(), golden.golden(manifests.read(demo_release)))
    assert not changed, changed


GOLDEN = {
    "tables": {"documents/documents": "a", "tagging/train": "b"},
    "inputs": {"reports.jsonl": "c"},
    "rules": ["spaces.v1"],
    "tasks": {"tagging": "tagging.v2"},
    "environment": {"python": "3.11.7"},
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "a change of behaviour is a new version"),
        ({"inputs": {"reports.jsonl": "d"}}, "The demo reports changed"),
        ({"tasks": {"tagging": "tagging.v3"}}, "names other rules or tasks"),
        ({"rules": ["spaces.v2"]}, "names other rules or tasks"),
        ({"environment": {"python": "3.12.1"}}, "made with python 3.11.7 (now 3.12.1)"),
    ],
)
def test_other_rows_are_told_with_their_table_their_likely_cause_and_what_to_do(changes, words):
    other = {**GOLDEN, "tables": {"documents/documents": "a", "tagging/train": "x"}, **changes}
    message = golden.difference(GOLDEN, other)
    assert "in: tagging/train\n" in message
    assert words in message
    assert golden.COMMAND in message
    assert golden.difference(GOLDEN, {**other, "tables": GOLDEN["tables"]}) == ""


def test_the_golden_file_is_written_in_the_form_of_all_json_files():
    text = golden.PATH.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
