"""The whole build: what is up to date, what a change makes anew, what is refused, and what the manifest says."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from radcurate.errors import DataError, UsageError
from radcurate.release import manifest as manifests
from radcurate.stages import canonical_json
from tests.conftest import build_here, files_of, radcurate
from tests.copied import copy_package, run_copy
from tests.invented import invented_rows, write_invented, write_recipe, write_rows

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe on 40 invented reports with two tasks, which builds in a moment."""
    return write_invented(tmp_path_factory.mktemp("small"), 40, tasks=("section_extraction", "tagging"))


@pytest.fixture
def released(small: Path, tmp_path: Path) -> Path:
    """Its release, in an output folder of its own."""
    return build_here(small, tmp_path / "out")[0].folder


STAGES = [
    "parse",
    "clean",
    "resolve",
    "split",
    "derive/section_extraction",
    "compare/section_extraction",
    "derive/tagging",
    "compare/tagging",
    "release",
]


def stages_told(errors: str) -> dict[str, bool]:
    """Of each stage that a build told on stderr whether it was up to date."""
    return {
        match[1]: match[2] == "up to date"
        for match in re.finditer(r"^(\S+) +(up to date|[\d.]+ s)", errors, re.MULTILINE)
    }


# --- up to date, and what is not -------------------------------------------------------------------------------------


def test_stages_run_in_their_order_and_a_second_run_finds_each_up_to_date(small, tmp_path):
    first, heard_first = build_here(small, tmp_path)
    before = files_of(tmp_path)
    second, heard = build_here(small, tmp_path)
    assert list(heard_first.up_to_date.items()) == [(stage, False) for stage in STAGES]
    assert list(heard.up_to_date.items()) == [(stage, True) for stage in STAGES]
    assert (first.up_to_date, second.up_to_date) == (False, True)
    assert second.manifest == first.manifest
    assert files_of(tmp_path) == before


def test_a_release_that_was_deleted_is_put_together_from_the_finished_stages(small, tmp_path):
    built, _ = build_here(small, tmp_path)
    before = files_of(built.folder)
    shutil.rmtree(built.folder)
    again, heard = build_here(small, tmp_path)
    assert all(heard.up_to_date.values())
    assert not again.up_to_date
    assert files_of(again.folder) == before


def test_a_changed_option_of_one_task_derives_that_task_alone(small, tmp_path):
    build_here(small, tmp_path)
    built, heard = build_here(small, tmp_path, 'tasks.tagging.leave_out=["not_in_text"]', version="1.1.0")
    assert built.manifest["counts"]["records"]["tagging"]["dropped"]["not_in_text"] > 0
    assert {stage for stage, found in heard.up_to_date.items() if not found} == {
        "derive/tagging",
        "compare/tagging",
        "release",
    }


def test_a_task_derived_anew_with_the_same_records_ends_there(small, tmp_path):
    build_here(small, tmp_path)
    _, heard = build_here(small, tmp_path, 'tasks.tagging.leave_out=["cites_prior"]', version="1.1.0")
    assert {stage for stage, found in heard.up_to_date.items() if not found} == {"derive/tagging"}


def test_another_version_of_the_same_recipe_derives_nothing(small, tmp_path):
    build_here(small, tmp_path)
    built, heard = build_here(small, tmp_path, version="1.1.0")
    assert all(heard.up_to_date.values())
    assert built.folder == tmp_path / "invented/1.1.0"
    assert not built.up_to_date


def test_a_changed_rule_leaves_the_parsed_documents(small, tmp_path):
    build_here(small, tmp_path)
    _, heard = build_here(small, tmp_path, 'cleaning.rules=["spaces.v1"]', version="1.1.0")
    assert heard.up_to_date["parse"]
    assert not heard.up_to_date["clean"]


def test_a_changed_input_parses_anew(tmp_path):
    recipe = write_invented(tmp_path, 20, tasks=("tagging",))
    build_here(recipe, tmp_path / "out")
    write_rows(tmp_path / "reports.jsonl", invented_rows(21))
    built, heard = build_here(recipe, tmp_path / "out", version="1.1.0")
    assert not heard.up_to_date["parse"]
    assert built.manifest["counts"]["inputs"]["in"] == 21


def test_a_changed_task_derives_that_task_alone_and_needs_a_version_of_its_own(small, tmp_path):
    """The words of one instruction change in a copy of the package, and no version of the task."""
    folder = copy_package(tmp_path / "package")
    build = ("-m", "radcurate", "build", small, "--out", tmp_path / "out", "--workers", "1")
    first = run_copy(folder, *build, cwd=tmp_path)
    assert (first.returncode, set(stages_told(first.stderr).values())) == (0, {False}), first.stderr
    release = tmp_path / "out/invented/1.0.0"
    before = files_of(release)

    task = folder / "radcurate/tasks/tagging.py"
    text = task.read_text(encoding="utf-8")
    wording = re.search(r'INSTRUCTIONS = \(\n    "(.*)"', text)[1]
    task.write_text(text.replace(wording, "Index this report of an X-ray."), encoding="utf-8")

    refused = run_copy(folder, *build, cwd=tmp_path)
    assert refused.returncode == 2
    assert "already holds another release of this version (its code differ)" in refused.stderr
    assert "--version" in refused.stderr
    assert files_of(release) == before

    second = run_copy(folder, *build, "--version", "1.1.0", cwd=tmp_path)
    assert second.returncode == 0, second.stderr
    told = stages_told(second.stderr)
    assert list(told) == STAGES
    assert {stage for stage, found in told.items() if not found} == {"derive/tagging", "compare/tagging", "release"}
    after = files_of(release.with_name("1.1.0"))
    changed = {name.partition("/")[0] for name in after if after[name] != before.get(name) and "/" in name}
    assert changed == {"tagging"}


# --- refused, with nothing changed -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "options", "differing"),
    [
        (('title="Other"',), {}, "recipe"),
        ((), {"limit": 5}, "limit"),
        (('sources.invented.licence="CC-BY-4.0"',), {"limit": 5}, "recipe, limit"),
    ],
)
def test_a_version_that_exists_with_other_content_is_refused(small, released, settings, options, differing):
    before = files_of(released)
    with pytest.raises(UsageError, match=rf"already holds another release of this version \(its {differing} differ\)"):
        build_here(small, released.parent.parent, *settings, **options)
    assert files_of(released) == before


def test_a_version_that_exists_with_other_inputs_is_refused(tmp_path):
    recipe = write_invented(tmp_path, 20, tasks=("tagging",))
    built, _ = build_here(recipe, tmp_path / "out")
    before = files_of(tmp_path / "out")
    write_rows(tmp_path / "reports.jsonl", invented_rows(21))
    with pytest.raises(UsageError, match=r"its inputs differ\)\n.*--version"):
        build_here(recipe, tmp_path / "out")
    assert files_of(tmp_path / "out") == before
    assert built.folder.is_dir()


def test_a_release_whose_manifest_was_changed_is_not_taken_for_up_to_date(small, released):
    path = released / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["counts"]["inputs"]["kept"] -= 1
    path.write_text(canonical_json(manifest), encoding="utf-8")
    with pytest.raises(DataError, match="run `radcurate verify"):
        build_here(small, released.parent.parent)


def test_a_missing_column_is_refused_before_anything_is_written(small, tmp_path):
    with pytest.raises(UsageError, match="has no column 'report_id'"):
        build_here(small, tmp_path / "out", 'sources.invented.columns.id="report_id"')
    assert not (tmp_path / "out").exists()


def test_a_parent_that_is_no_release_is_refused_before_anything_is_written(small, tmp_path):
    with pytest.raises(DataError, match="is no release: it has no manifest"):
        build_here(small, tmp_path / "out", parent=tmp_path)
    assert not (tmp_path / "out").exists()


def test_two_builds_at_once_in_one_folder_are_refused(tmp_path, small):
    """The first is stopped (not ended) while it works, so that the second is sure to meet it."""
    out = tmp_path / "out"
    command = [sys.executable, "-m", "radcurate", "build", small, "--out", out, "--workers", "1", "--quiet"]
    first = subprocess.Popen(command)
    while not list((out / ".stages").glob("*.partial")):
        assert first.poll() is None
        time.sleep(0.0005)
    first.send_signal(signal.SIGSTOP)
    try:
        second = radcurate("build", small, "--out", out, "--workers", "1")
    finally:
        first.send_signal(signal.SIGCONT)
    assert second.returncode == 2
    assert f"{out}: another build is running there" in second.stderr
    assert "another --out" in second.stderr
    assert first.wait() == 0
    assert (out / "invented/1.0.0/manifest.json").is_file()


def test_a_lock_file_of_an_ended_build_locks_nothing(small, tmp_path):
    (tmp_path / ".stages").mkdir()
    (tmp_path / ".stages/lock").write_text("left by a killed build", encoding="utf-8")
    built, _ = build_here(small, tmp_path)
    assert built.folder.is_dir()


# --- options ---------------------------------------------------------------------------------------------------------


def test_a_limit_reads_the_first_inputs_of_each_file_and_the_manifest_says_so(tmp_path):
    rows = invented_rows(20)
    write_rows(tmp_path / "a.jsonl", rows[:10])
    write_rows(tmp_path / "b.jsonl", rows[10:])
    recipe = write_recipe(tmp_path, ("tagging",), "a.jsonl", "b.jsonl")
    built, _ = build_here(recipe, tmp_path / "out", limit=3)
    assert built.manifest["limit"] == 3
    assert built.manifest["counts"]["inputs"] == {"in": 6, "kept": 6, "dropped": {}}


def test_a_parent_is_named_with_its_seal_and_the_changelog_tells_the_difference(small, released, tmp_path):
    old = manifests.read(released)
    records = {task: sum(numbers["kept"].values()) for task, numbers in old["counts"]["records"].items()}
    built, _ = build_here(small, tmp_path / "next", version="1.1.0", parent=released, limit=30)
    parent = built.manifest["parent"]
    assert parent == {
        "name": "invented",
        "version": "1.0.0",
        "self_sha256": old["self_sha256"],
        "records": records,
    }
    changelog = (built.folder / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## 1.1.0" in changelog
    assert f"Follows invented 1.0.0 (manifest {old['self_sha256'][:12]}…)" in changelog
    for task, before in records.items():
        now = sum(built.manifest["counts"]["records"][task]["kept"].values())
        assert now < before
        assert f"`{task}`: {now} records ({now - before:+} against 1.0.0)" in changelog


def test_without_a_parent_the_changelog_compares_with_nothing(released):
    changelog = (released / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "Follows" not in changelog
    assert "against" not in changelog


def test_a_recipe_needs_no_description(small, tmp_path):
    text = small.read_text(encoding="utf-8")
    bare = small.with_name("bare.toml")
    bare.write_text(re.sub(r"^description = .*\n", "", text, flags=re.MULTILINE), encoding="utf-8")
    built, _ = build_here(bare, tmp_path / "out")
    assert (built.folder / "README.md").is_file()


def test_a_recipe_of_two_sources_keeps_the_ids_of_each_its_own(small, tmp_path):
    """The same file under two names: each report twice, and no held-out input that training has too."""
    text = small.read_text(encoding="utf-8")
    second = text[text.index("[sources.invented]") : text.index("[cleaning]")].replace("invented", "zweitens")
    path = small.with_name("two.toml")
    path.write_text(text.replace("[cleaning]", f"{second}[cleaning]"), encoding="utf-8")
    built, _ = build_here(path, tmp_path / "out")
    counts = built.manifest["counts"]
    assert (counts["inputs"]["in"], counts["documents"]["kept"]) == (80, 80)
    dropped = counts["records"]["tagging"]["dropped"]
    assert dropped["repeats_training_input.v1"] > 0
    assert built.manifest["splits"]["tasks"]["tagging"]["inputs_equal_to_training"] == 0
    assert [(item["source"], item["name"]) for item in built.manifest["inputs"]] == [
        ("invented", "reports.jsonl"),
        ("zweitens", "reports.jsonl"),
    ]


# --- the command line ------------------------------------------------------------------------------------------------


def test_the_command_tells_stages_on_stderr_and_the_release_on_stdout(small, tmp_path):
    result = radcurate("build", small, "--out", tmp_path, "--version", "2.0.0", "--workers", "1")
    assert result.returncode == 0
    assert list(stages_told(result.stderr)) == STAGES
    assert f"release  {tmp_path / 'invented/2.0.0'}\n" in result.stdout
    assert "0 in two splits" in result.stdout
    manifest = manifests.read(tmp_path / "invented/2.0.0")
    assert manifest["version"] == manifest["recipe"]["version"] == "2.0.0"

    again = radcurate("build", small, "--out", tmp_path, "--version", "2.0.0", "--json")
    assert set(stages_told(again.stderr).values()) == {True}
    told = json.loads(again.stdout)
    assert told["release"] == str(tmp_path / "invented/2.0.0")
    assert told["up_to_date"] is True
    assert told["self_sha256"] == manifest["self_sha256"]
    assert told["counts"] == manifest["counts"]

    quiet = radcurate("build", small, "--out", tmp_path, "--version", "2.0.0", "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def test_no_worker_at_all_is_wrong_use(small, tmp_path):
    result = radcurate("build", small, "--out", tmp_path / "out", "--workers", "0")
    assert result.returncode == 2
    assert "--workers" in result.stderr
    assert not (tmp_path / "out").exists()


def test_an_output_folder_that_is_a_file_is_told_in_two_lines(small, tmp_path):
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    result = radcurate("build", small, "--out", tmp_path / "out", "--workers", "1")
    assert result.returncode in (1, 2)
    assert str(tmp_path / "out") in result.stderr
    assert "What to do" in result.stderr
    assert "Traceback" not in result.stderr


# --- promise 6 -------------------------------------------------------------------------------------------------------

MEASURE = """
import json, sys
from pathlib import Path
from radcurate import recipe as recipes
from radcurate.build import build
from radcurate.engines.local import LocalEngine, peak_memory

class Watch:
    largest = 0
    def say(self, message): pass
    def stage_started(self, stage, done): pass
    def stage_finished(self, stage, finished, up_to_date): pass
    def shard_done(self, stage, done): self.largest = max(self.largest, done.peak)

if __name__ == "__main__":
    watch = Watch()
    with LocalEngine(2) as engine:
        built = build(recipes.load(Path(sys.argv[1])), Path(sys.argv[2]), engine, watch)
    kept = built.manifest["counts"]["documents"]["kept"]
    print(json.dumps({"documents": kept, "worker": watch.largest, "main": peak_memory()}))
"""


@pytest.mark.slow
def test_eight_times_the_documents_need_no_more_memory(tmp_path):
    """32,000 reports held as rows would need 100 MiB more than 4,000; the bound is half of that for every process."""
    script = tmp_path / "measure.py"
    script.write_text(MEASURE, encoding="utf-8")
    measured = {}
    for count in (4_000, 32_000):
        recipe = write_invented(tmp_path / str(count), count, tasks=("tagging",))
        command = [sys.executable, script, recipe, tmp_path / f"out-{count}"]
        result = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})
        assert result.returncode == 0, result.stderr
        measured[count] = json.loads(result.stdout)
    print(measured)
    assert measured[32_000]["documents"] > 7 * measured[4_000]["documents"]
    for process in ("worker", "main"):
        assert measured[32_000][process] < measured[4_000][process] + 50 * MIB
