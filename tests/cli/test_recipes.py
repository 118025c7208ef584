"""`radcurate recipes`: what comes with radcurate, and a copy that builds."""

import json
import tomllib
from pathlib import Path

import pytest

from radcurate import schemas
from radcurate.recipe import BUNDLED, bundled_names
from tests.cli.running import run
from tests.conftest import files_of

BUNDLED_HERE = ["chexpert_plus", "demo", "mimic_cxr", "openi", "radlines", "wikipedia_radiology"]


def test_the_bundled_recipes_are_listed_with_version_and_title() -> None:
    done = run("recipes")
    assert [line.split()[0] for line in done.stdout.splitlines()] == bundled_names() == BUNDLED_HERE
    for name in bundled_names():
        found = tomllib.loads((BUNDLED / f"{name}.toml").read_text(encoding="utf-8"))
        assert f"{name:<20} {found['version']:<8} {found['title']}\n" in done.stdout


def test_json_has_them_whole() -> None:
    found = json.loads(run("recipes", "--json").stdout)
    assert {name: recipe["version"] for name, recipe in found.items()} == dict.fromkeys(BUNDLED_HERE, "1.0.0")


@pytest.mark.parametrize("name", bundled_names())
def test_show_prints_the_file_and_it_agrees_with_the_schema(name: str) -> None:
    done = run("recipes", "show", name)
    assert done.stdout.encode() == (BUNDLED / f"{name}.toml").read_bytes()
    assert schemas.validator("recipe").is_valid(tomllib.loads(done.stdout))


def test_what_show_prints_builds_when_it_is_saved_elsewhere(
    demo_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "my-recipe.toml").write_text(run("recipes", "show", "demo").stdout)
    done = run("build", "mine/my-recipe.toml", "--out", "out", "--workers", "1", "-q")
    assert done.returncode == 0, done.stderr
    assert files_of(tmp_path / "out" / "demo" / "1.0.0") == files_of(demo_release)


@pytest.mark.parametrize("arguments", [["show", "demo", "--json"], ["--json", "show", "demo"]])
def test_show_gives_json_wherever_it_is_asked_for(arguments: list[str]) -> None:
    assert json.loads(run("recipes", *arguments).stdout)["name"] == "demo"


@pytest.mark.parametrize("arguments", [["-q"], ["-q", "show", "demo"], ["show", "demo", "--quiet"]])
def test_quiet_prints_nothing(arguments: list[str]) -> None:
    done = run("recipes", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_unknown_recipe_ends_with_2_and_the_nearest() -> None:
    done = run("recipes", "show", "opni")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Nearest bundled recipe: openi" in done.stderr
    assert "Traceback" not in done.stderr
