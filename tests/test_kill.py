"""Promise 5: a build that is killed (`kill -9`) leaves no half release, and the next run ends in the same bytes."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

import psutil
import pytest

from tests.conftest import build_here, files_of
from tests.invented import ALL_TASKS, write_invented

# The last step, which is no stage: the release is put together in `release.tmp`.
WRITING = "writing"
RELEASE = "invented/1.0.0"


def stage_names(tasks: tuple[str, ...]) -> list[str]:
    """All steps of a build, by the names of their folders."""
    made = [f"{step}-{task}" for task in tasks for step in ("derive", "compare")]
    return ["parse", "clean", "resolve", "split", *made, "release", WRITING]


def unfinished(out: Path) -> Iterator[tuple[str, Path]]:
    """The steps that lie half done in a build's folder."""
    for path in (out / ".stages").glob("*.partial"):
        yield path.name.rpartition("-")[0], path
    if (out / ".stages/release.tmp").exists():
        yield WRITING, out / ".stages/release.tmp"


def start(recipe: Path, out: Path, workers: int) -> subprocess.Popen:
    command = [sys.executable, "-m", "radcurate", "build", recipe, "--out", out, "--workers", f"{workers}"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def build_whole(recipe: Path, out: Path, workers: int) -> tuple[dict[str, bytes], str]:
    """Runs a build to its end: the release's files, and what the build told."""
    process = start(recipe, out, workers)
    _, told = process.communicate()
    assert process.returncode == 0, told
    return files_of(out / RELEASE), told


@dataclass(frozen=True)
class Reference:
    """A build that nothing stopped: its bytes, and how long each step of it took."""

    recipe: Path
    files: Mapping[str, bytes]
    seconds: Mapping[str, float]


def reference(folder: Path, documents: int, tasks: tuple[str, ...]) -> Reference:
    recipe = write_invented(folder, documents, tasks=tasks)
    process = start(recipe, folder / "unkilled", 2)
    first: dict[str, float] = {}
    last: dict[str, float] = {}
    while process.poll() is None:
        now = time.perf_counter()
        for name, _ in unfinished(folder / "unkilled"):
            first.setdefault(name, now)
            last[name] = now
        time.sleep(0.0005)
    assert process.returncode == 0, process.communicate()[1]
    seconds = {name: last[name] - first[name] for name in first}
    return Reference(recipe, files_of(folder / "unkilled" / RELEASE), seconds)


@dataclass(frozen=True)
class Kill:
    """What a kill hit, by what lay in the folder afterwards."""

    number: int
    aimed_at: str
    hit: str
    shards_done: int
    shards_open: str
    after_seconds: float
    processes: int


COLUMNS = ("kill", "aimed at", "hit", "shards done", "unfinished shards", "seconds into it", "workers")


def stopped_family(process: subprocess.Popen) -> list[psutil.Process]:
    """The workers of a build, which is held still so that it starts no more of them."""
    if process.poll() is not None:
        return []
    process.send_signal(signal.SIGSTOP)
    return psutil.Process(process.pid).children(recursive=True)


def kill_once(wanted: Reference, out: Path, step: str, number: int, chance: random.Random, workers: int) -> Kill | None:
    """Starts a build in `out` and kills its main process at a random moment of `step`.

    None for a kill that hit nothing: between two steps, or after the last rename.
    """
    process = start(wanted.recipe, out, workers)
    try:
        while step not in dict(unfinished(out)):
            assert process.poll() is None, f"the build ended before `{step}`: {process.communicate()[1]}"
            time.sleep(0.0005)
        wait = chance.random() * wanted.seconds.get(step, 0.0)
        time.sleep(wait)
        family = stopped_family(process)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    _, orphans = psutil.wait_procs(family, timeout=60)
    assert orphans == [], "worker processes outlive the build"
    left = dict(unfinished(out))
    if not left:
        return None
    assert not (out / RELEASE).exists(), "a half release stands under its final name"
    ((hit, folder),) = left.items()
    if hit == WRITING:
        names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        return Kill(number, step, hit, len(names), names[-1] if names else "(nothing written)", wait, len(family))
    done = [path for path in folder.iterdir() if path.is_dir() and path.suffix != ".tmp"]
    opened = ", ".join(sorted(path.name.partition(".")[0] for path in folder.glob("*.tmp")))
    return Kill(number, step, hit, len(done), opened or "(none open)", wait, len(family))


def finish_and_compare(wanted: Reference, out: Path, kill: Kill, workers: int) -> None:
    """Runs the killed build to its end and compares every byte."""
    files, told = build_whole(wanted.recipe, out, workers)
    assert files == wanted.files, f"other bytes after {kill}"
    assert not list(unfinished(out))
    reused = re.findall(r"^(\S+) +(\d+) of \d+ shards already done$", told, re.MULTILINE)
    if kill.hit != WRITING and kill.shards_done:
        assert reused == [(re.sub("^(derive|compare)-", r"\1/", kill.hit), f"{kill.shards_done}")]
    else:
        assert reused == []


def table(kills: list[Kill]) -> str:
    """The log of the kills, a line each."""
    rows = [COLUMNS, *((*astuple(kill)[:5], f"{kill.after_seconds:.3f}", kill.processes) for kill in kills)]
    widths = [max(len(str(row[column])) for row in rows) for column in range(len(COLUMNS))]
    return "\n".join("  ".join(f"{value!s:<{width}}" for value, width in zip(row, widths, strict=True)) for row in rows)


def kill_and_finish(
    wanted: Reference, folder: Path, step: str, number: int, chance: random.Random, workers: tuple[int, int]
) -> Kill:
    """A build in a fresh folder, killed once and finished; a kill that hits nothing is repeated in another folder.

    `workers` are those of the killed build and of the one that goes on.
    """
    for attempt in range(20):
        out = folder / f"killed-{number}-{attempt}"
        kill = kill_once(wanted, out, step, number, chance, workers[0])
        if kill:
            finish_and_compare(wanted, out, kill, workers[1])
            return kill
    pytest.fail(f"20 kills missed `{step}`")


@pytest.mark.parametrize(
    ("step", "workers"),
    [
        pytest.param("clean", (1, 1), marks=pytest.mark.slow),
        ("derive-tagging", (2, 1)),
        (WRITING, (1, 2)),
    ],
)
def test_a_killed_build_ends_in_the_bytes_of_an_unkilled_one(small, tmp_path, step, workers):
    kill = kill_and_finish(small, tmp_path, step, 1, random.Random(step), workers)
    assert (kill.processes >= 2) == (workers[0] == 2)
    print(table([kill]))


def test_a_release_appears_whole_under_its_final_name(small, tmp_path):
    """The build is held still at the first sight of it."""
    process = start(small.recipe, tmp_path, 1)
    while not (tmp_path / RELEASE).exists():
        assert process.poll() is None
    process.send_signal(signal.SIGSTOP)
    seen = files_of(tmp_path / RELEASE)
    process.send_signal(signal.SIGCONT)
    process.communicate()
    assert seen == small.files


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """An unkilled build of a few reports, and times into its steps that a build of any speed reaches."""
    folder = tmp_path_factory.mktemp("small")
    recipe = write_invented(folder, 100, tasks=("tagging",))
    files = files_of(build_here(recipe, folder / "unkilled")[0].folder)
    return Reference(recipe, files, {"clean": 0.05, "derive-tagging": 0.05, WRITING: 0.02})


@pytest.mark.slow
def test_twenty_killed_builds_end_in_the_bytes_of_an_unkilled_one(tmp_path, capsys):
    """Every step is hit at least once: those not hit so far are aimed at first, then random ones."""
    wanted = reference(tmp_path, 2_000, ALL_TASKS)
    steps = stage_names(ALL_TASKS)
    assert set(wanted.seconds) == set(steps)
    chance = random.Random(20)
    kills: list[Kill] = []
    while len(kills) < 20:
        missing = [step for step in steps if step not in {kill.hit for kill in kills}]
        step = missing[0] if missing else chance.choice(steps)
        number = len(kills) + 1
        kills.append(kill_and_finish(wanted, tmp_path, step, number, chance, (2, 1 + number % 2)))
    log = table(kills)
    (tmp_path / "kills.txt").write_text(f"{log}\n", encoding="utf-8")
    with capsys.disabled():
        print(f"\n{log}")
    assert {kill.hit for kill in kills} == set(steps)


@pytest.mark.slow
def test_one_build_killed_at_every_step_ends_in_the_bytes_of_an_unkilled_one(tmp_path, capsys):
    """How often a build was killed on the way leaves no trace: the same folder, one kill at each step in turn."""
    tasks = ("section_extraction", "tagging")
    wanted = reference(tmp_path, 1_500, tasks)
    chance = random.Random(12)
    out = tmp_path / "killed"
    kills: list[Kill] = []
    for step in stage_names(tasks):
        if list((out / ".stages").glob(f"{step}-[0-9a-f]*[0-9a-f]")):
            continue  # the kill aimed at the step before came late, and this one was finished on the way
        kill = kill_once(wanted, out, step, len(kills) + 1, chance, workers=2)
        if kill:
            kills.append(kill)
    with capsys.disabled():
        print(f"\n{table(kills)}")
    assert len({kill.hit for kill in kills}) >= 7
    files, _ = build_whole(wanted.recipe, out, 2)
    assert files == wanted.files
