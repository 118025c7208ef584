"""Fixtures that many tests share: the demo release, built once a run, and the Open-i archive where it is at hand."""

import fcntl
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from radcurate import recipe as recipes
from radcurate.build import Built, build
from radcurate.engines.local import LocalEngine
from radcurate.sources import openi_archive
from radcurate.stages import Done, Finished, Stage

ROOT = Path(__file__).parent.parent
# The tasks of the demo recipe in the order in which a release tells them.
DEMO_TASKS = tuple(sorted(tomllib.loads((recipes.BUNDLED / "demo.toml").read_text(encoding="utf-8"))["tasks"]))

# No example is timed: the machine may be busy.
settings.register_profile("untimed", settings(deadline=None))
settings.load_profile("untimed")


class Quiet:
    """A teller that keeps what it hears."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.up_to_date: dict[str, bool] = {}

    def say(self, message: str) -> None:
        self.lines.append(message)

    def stage_started(self, stage: Stage, done: int) -> None:
        self.lines.append(f"{stage.name}: {done} of {len(stage.units)}")

    def shard_done(self, stage: Stage, done: Done) -> None:
        pass

    def stage_finished(self, stage: Stage, finished: Finished, up_to_date: bool) -> None:
        self.up_to_date[stage.name] = up_to_date


def build_here(recipe: str | Path, out: Path, *settings: str, workers: int = 1, **options) -> tuple[Built, Quiet]:
    """Builds a recipe in this process and returns the release with what the teller heard."""
    teller = Quiet()
    checked = recipes.load(recipes.locate(str(recipe)), settings, options.pop("version", None))
    with LocalEngine(workers) as engine:
        return build(checked, out, engine, teller, **options), teller


def radcurate(*arguments: object, **options) -> subprocess.CompletedProcess[str]:
    """Runs the command line in a process of its own."""
    command = [sys.executable, "-m", "radcurate", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def built_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Path]) -> Path:
    """What `make` makes in a folder of this name: the first process of a test run makes it, the others wait for it."""
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    folder = (factory.getbasetemp().parent if is_worker else factory.getbasetemp()) / f"once-{name}"
    folder.mkdir(exist_ok=True)
    with (folder / "made").open("a+", encoding="utf-8") as made:
        fcntl.flock(made, fcntl.LOCK_EX)
        made.seek(0)
        found = made.read()
        if not found:
            found = str(make(folder / "out"))
            made.write(found)
            made.flush()
    return Path(found)


@pytest.fixture(scope="session")
def demo_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo release; tests that change it copy it first."""
    return built_once(tmp_path_factory, "demo", lambda out: build_here("demo", out)[0].folder)


@pytest.fixture(scope="session")
def openi_reports() -> Path:
    """The Open-i archive as published, from `../shared/data` or the cache of `make data`."""
    places = (ROOT.parent / "shared/data/openi" / openi_archive.NAME, openi_archive.cache_folder() / openi_archive.NAME)
    for path in places:
        if path.is_file() and not openi_archive.differs(path):
            return path
    pytest.skip("the Open-i archive is not at hand: `make data` fetches it")


@pytest.fixture(scope="session")
def openi_release(openi_reports: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the bundled recipe `openi`."""
    path = f"sources.openi.path={openi_reports}"
    return built_once(tmp_path_factory, "openi", lambda out: build_here("openi", out, path)[0].folder)
