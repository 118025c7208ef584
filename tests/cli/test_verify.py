"""`radcurate verify`: sound or not, on stdout, stderr and in the exit code."""

import json
from pathlib import Path

import pytest

from radcurate.errors import DataError
from radcurate.release.manifest import read
from tests.cli.running import run
from tests.conftest import files_of
from tests.releases import copy_of


def test_a_sound_release_ends_with_0_and_says_what_was_checked(demo_release: Path) -> None:
    done = run("verify", demo_release)
    rows = sum(table["rows"] for table in read(demo_release)["tables"].values())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{demo_release}: sound. {len(files_of(demo_release)) - 1} files, {rows:,} rows; ")
    assert ", 0 in two splits; " in done.stdout


def test_json_of_a_sound_release(demo_release: Path) -> None:
    done = run("verify", demo_release, "--json")
    assert json.loads(done.stdout) == {"release": str(demo_release), "sound": True, "faults": []}


def test_json_of_a_damaged_release_has_every_fault_and_ends_with_1(demo_release: Path, tmp_path: Path) -> None:
    release = copy_of(demo_release, tmp_path)
    (release / "README.md").unlink()
    (release / "extra").write_text("x")
    done = run("verify", release, "--json")
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["faults"] == ["README.md: is missing", "extra: is not in the manifest"]


@pytest.mark.parametrize("damaged", [False, True])
def test_quiet_prints_faults_alone(demo_release: Path, tmp_path: Path, damaged: bool) -> None:
    release = copy_of(demo_release, tmp_path)
    if damaged:
        (release / "README.md").unlink()
    done = run("verify", release, "--quiet")
    assert (done.returncode, done.stdout) == (int(damaged), "")
    assert done.stderr == (f"README.md: is missing\n{release}: 1 fault\n" if damaged else "")


def test_a_damaged_manifest_is_a_fault_in_json_too(demo_release: Path, tmp_path: Path) -> None:
    release = copy_of(demo_release, tmp_path)
    (release / "manifest.json").write_text("{")
    done = run("verify", release, "--json")
    assert done.returncode == 1
    (fault,) = json.loads(done.stdout)["faults"]
    assert "manifest.json: is damaged" in fault


def test_an_empty_folder_is_no_release_exit_1_one_line(tmp_path: Path) -> None:
    done = run("verify", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Error: {tmp_path}: is no release: it has no manifest.json\n"


def test_a_folder_that_is_not_there_is_said_not_to_be_there(tmp_path: Path) -> None:
    done = run("verify", tmp_path / "nothing")
    assert done.returncode == 1
    assert done.stderr == f"Error: {tmp_path / 'nothing'}: there is no such folder\n"


def test_debug_lets_the_error_out(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is no release"):
        run("verify", tmp_path, "--debug")
