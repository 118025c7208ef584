"""`radcurate build` as people type it: what is printed where, exit codes, errors without tracebacks."""

import json
from pathlib import Path

import pytest

from radcurate.release.manifest import read
from tests.cli.running import run
from tests.conftest import files_of, radcurate
from tests.releases import write_recipe

# One process builds as well as two, and sooner.
ONE = ("--workers", "1", "--out")


def test_the_demo_is_built_without_a_recipe_and_the_table_is_printed(tmp_path: Path, demo_release: Path) -> None:
    done = radcurate("build", "--workers", "1", "--out", "releases", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert files_of(tmp_path / "releases" / "demo" / "1.0.0") == files_of(demo_release)
    lines = [line.split() for line in done.stdout.splitlines() if line]
    assert lines[0] == ["task", "train", "validation", "test", "left", "out"]
    for task, numbers in read(demo_release)["counts"]["records"].items():
        kept = [numbers["kept"][split] for split in ("train", "validation", "test")]
        expected = [*kept, sum(numbers["dropped"].values())]
        assert [task, *(str(number) for number in expected)] in lines
    assert ["release", "releases/demo/1.0.0"] in lines
    assert lines[-1] == ["next", "radcurate", "inspect", "releases/demo/1.0.0"]
    stages = [line.split()[0] for line in done.stderr.splitlines()]
    assert stages[:8] == ["harvest", "parse", "clean", "resolve", "sketch", "candidates", "near", "split"]
    again = radcurate("build", "--workers", "1", "--out", "releases", cwd=tmp_path)
    assert "release  releases/demo/1.0.0 (up to date)\n" in again.stdout
    assert all("up to date" in line for line in again.stderr.splitlines())


def test_the_proof_of_the_splits_is_printed(tmp_path: Path) -> None:
    done = run("build", write_recipe(tmp_path), *ONE, tmp_path / "out")
    assert "splits   4 groups (4 train, 0 validation, 0 test), 0 in two splits; of 0 held-out records 0" in done.stdout


def test_json_is_the_manifest_without_files_on_stdout_alone(tmp_path: Path) -> None:
    done = run("build", write_recipe(tmp_path), *ONE, tmp_path / "out", "--json")
    result = json.loads(done.stdout)
    release = tmp_path / "out" / "trouble" / "1.0.0"
    manifest = read(release)
    del manifest["files"]
    assert result == {"release": str(release), "up_to_date": False, **manifest}
    assert "parse" in done.stderr


@pytest.mark.parametrize("options", [["--quiet"], ["-q"]])
def test_quiet_prints_nothing(tmp_path: Path, options: list[str]) -> None:
    done = run("build", write_recipe(tmp_path), *ONE, tmp_path / "out", *options)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_quiet_json_prints_json_alone(tmp_path: Path) -> None:
    done = run("build", write_recipe(tmp_path), *ONE, tmp_path / "out", "--quiet", "--json")
    assert json.loads(done.stdout)["name"] == "trouble"
    assert done.stderr == ""


def test_version_set_and_limit_come_into_the_manifest(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    options = ["--version", "2.1.0", "--set", "title=Others", "--limit", "2"]
    done = run("build", recipe, *ONE, tmp_path / "out", *options, "--json")
    result = json.loads(done.stdout)
    assert result["release"] == str(tmp_path / "out" / "trouble" / "2.1.0")
    assert (result["version"], result["recipe"]["title"], result["limit"]) == ("2.1.0", "Others", 2)
    assert result["counts"]["inputs"]["in"] == 2


def test_a_parent_is_named(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    run("build", recipe, *ONE, tmp_path / "out")
    parent = tmp_path / "out" / "trouble" / "1.0.0"
    done = run("build", recipe, *ONE, tmp_path / "out", "--version", "1.1.0", "--parent", parent, "--json")
    assert json.loads(done.stdout)["parent"]["version"] == "1.0.0"


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["nothing.toml"], 2, "no such recipe file"),
        (["dem"], 2, "Nearest bundled recipe: demo"),
        (["demo", "--set", "titel=X"], 2, "unknown key `titel`; nearest allowed: `title`"),
        (["demo", "--version", "one"], 2, "`version` is wrong"),
        (["demo", "--parent", "nowhere"], 1, "nowhere: there is no such folder"),
        (["demo", "--workers", "0"], 2, "--workers"),
        (["demo", "--limit", "none"], 2, "--limit"),
        (["demo", "--set", "sources.demo.path=nowhere.jsonl"], 2, "which does not exist"),
    ],
)
def test_what_is_wrong_is_said_in_short_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], code: int, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("build", *options, "--out", "out")
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 4
    assert list(tmp_path.iterdir()) == []


def test_another_release_of_that_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    run("build", recipe, *ONE, tmp_path / "out")
    before = files_of(tmp_path / "out" / "trouble")
    done = run("build", recipe, *ONE, tmp_path / "out", "--set", "title=Others")
    assert done.returncode == 2
    assert "already holds another release of this version (its recipe differ)" in done.stderr
    assert "--version" in done.stderr
    assert files_of(tmp_path / "out" / "trouble") == before


def test_an_error_has_a_traceback_with_debug_alone(tmp_path: Path) -> None:
    plain = radcurate("build", "nothing.toml", "--out", tmp_path / "out")
    assert (plain.returncode, plain.stdout) == (2, "")
    assert plain.stderr.startswith("Error: nothing.toml: no such recipe file")
    assert "Traceback" not in plain.stderr
    debug = radcurate("build", "nothing.toml", "--out", tmp_path / "out", "--debug")
    assert "Traceback (most recent call last)" in debug.stderr
    assert "UsageError: nothing.toml" in debug.stderr
    assert debug.returncode != 0


def test_an_out_that_is_a_file_is_an_error_of_two_lines(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    done = run("build", write_recipe(tmp_path), *ONE, tmp_path / "out")
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {tmp_path / 'out'}")
    assert "What to do: " in done.stderr
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("out", ["s3://bucket/releases", "hf://datasets/owner/name", "https://storage.test/releases"])
def test_an_output_elsewhere_is_refused_and_leaves_no_folder_of_that_name(tmp_path, monkeypatch, out):
    monkeypatch.chdir(tmp_path)
    done = run("build", "--out", out)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{out} is not on this machine" in done.stderr
    assert list(tmp_path.iterdir()) == []
