"""What is installed: the wheel is whole, works elsewhere, is typed; what it needs is declared; the code is in form."""

import ast
import configparser
import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import radcurate
from radcurate import data_cards, schemas, spiders
from tests.conftest import ROOT, files_of

PACKAGES = {
    "radcurate": Path(radcurate.__file__).parent,
    **{package.__name__: Path(package.__file__).parent for package in (data_cards, schemas, spiders)},
}


@pytest.fixture(scope="module")
def setup() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def package_files() -> Iterator[tuple[str, Path]]:
    """Every file of the package by its path within a wheel."""
    for package, folder in PACKAGES.items():
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield f"{package.replace('.', '/')}/{path.relative_to(folder).as_posix()}", path


# --- what setup.cfg says ---------------------------------------------------------------------------------------------


def test_every_package_is_listed(setup):
    found = {name.rpartition("/")[0].replace("/", ".") for name, _ in package_files() if name.endswith("/__init__.py")}
    assert set(lines(setup["options"]["packages"])) == found


def test_every_folder_with_code_is_a_package():
    listed = {name.rpartition("/")[0] for name, _ in package_files() if name.endswith("/__init__.py")}
    assert {name.rpartition("/")[0] for name, _ in package_files() if name.endswith(".py")} == listed


def test_every_data_file_is_installed(setup):
    patterns = [pattern.strip() for pattern in setup["options.package_data"]["*"].split(",")]
    forgotten = [
        name
        for name, path in package_files()
        if path.suffix != ".py" and not any(fnmatch.fnmatch(path.name, pattern) for pattern in patterns)
    ]
    assert forgotten == []


# Modules whose distribution has another name.
OTHER_NAMES = {"markdown_it": "markdown-it-py", "zope": "zope-interface"}


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\s<>=!~\[;]", name, maxsplit=1)[0]).lower()


def test_what_the_package_imports_is_what_it_requires(setup):
    imported = set()
    for _, path in package_files():
        if path.suffix == ".py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    imported.update(alias.name.partition(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    imported.add((node.module or "").partition(".")[0])
    foreign = {OTHER_NAMES.get(name, normalised(name)) for name in imported - sys.stdlib_module_names - {"radcurate"}}
    extras = [text for name, text in setup["options.extras_require"].items() if name not in ("bench", "test")]
    needed = [setup["options"]["install_requires"], *extras]
    assert foreign == {normalised(line) for text in needed for line in lines(text)}


def test_every_requirement_is_pinned_in_the_constraints(setup):
    required = [setup["options"]["install_requires"], *setup["options.extras_require"].values()]
    pinned = {
        normalised(line)
        for line in lines((ROOT / "constraints.txt").read_text(encoding="utf-8"))
        if re.match(r"[\w.-]+==[\w.]+$", line)
    }
    assert {normalised(line) for text in required for line in lines(text)} <= pinned


# --- the wheel -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what it is made of, so that nothing is left in the checkout."""
    source = tmp_path_factory.mktemp("source")
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, source / name)
    for name in ("radcurate", "schemas", "data_cards", "spiders"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", source / "dist", source)
    (path,) = (source / "dist").glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel in it.

    It sees the libraries of this one, but not its links to a checkout: those are `.pth` files, which are not followed.
    """
    folder = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(folder, symlinks=True)
    python = folder / "bin/python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    here = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    (site / "libraries.pth").write_text("".join(f"{path}\n" for path in here), encoding="utf-8")
    return python


def run(*command: object, **options) -> str:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    result = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, env=environ, **options
    )
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    inside = {name for name in names if ".dist-info/" not in name}
    assert inside == {name for name, _ in package_files()}
    assert {
        "radcurate/py.typed",
        "radcurate/demo/reports.jsonl",
        "radcurate/recipes/demo.toml",
        "radcurate/tasks/tagging.toml",
        "radcurate/schemas/record.schema.json",
        "radcurate/data_cards/release.md.jinja",
        "radcurate/spiders/__init__.py",
    } <= inside
    assert {Path(name).name for name in names - inside} >= {"LICENSE", "NOTICE", "METADATA", "entry_points.txt"}


@pytest.mark.slow
def test_everything_is_imported_from_the_wheel(installed, tmp_path):
    code = f"import importlib, json; print(json.dumps([importlib.import_module(n).__file__ for n in {list(PACKAGES)}]))"
    places = json.loads(run(installed, "-c", code, cwd=tmp_path))
    assert all(Path(place).is_relative_to(installed.parent.parent) for place in places), places


@pytest.mark.slow
def test_the_wheel_builds_the_same_release_in_another_folder(installed, demo_release, tmp_path):
    command = installed.with_name("radcurate")
    run(command, "build", "--out", "releases", "--workers", "2", "--quiet", cwd=tmp_path)
    assert files_of(tmp_path / "releases/demo/1.0.0") == files_of(demo_release)
    run(command, "verify", "releases/demo/1.0.0", cwd=tmp_path)
    assert run(command, "--version", cwd=tmp_path).strip().endswith(radcurate.__version__)


@pytest.mark.slow
def test_the_installed_package_passes_mypy(installed, tmp_path):
    command = (sys.executable, "-m", "mypy", "--config-file", ROOT / "setup.cfg", "--cache-dir", tmp_path / "cache")
    told = run(*command, "--python-executable", installed, "-p", "radcurate", cwd=tmp_path)
    modules = sum(1 for name, _ in package_files() if name.endswith(".py"))
    found = re.search(r"no issues found in (\d+) source files", told)
    # It counts folders of data within packages too, as namespaces.
    assert found, told
    assert int(found[1]) >= modules


# --- the form of the code --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", [("check",), ("format", "--check")], ids=" ".join)
def test_ruff_finds_nothing(check):
    run(sys.executable, "-m", "ruff", *check, "--no-cache", ".", cwd=ROOT)
