"""The stage contract: everything long is a stage, and this page gives it resume, cache and determinism.

A stage is a list of (function, paths in, path out). Its key is a hash of its name, of its function's code and data
files with everything they import, of the library versions, its parameters and the digests of its inputs. It works in
`<work>/<name>-<key>.partial/`, one folder a shard, each renamed into place when whole; the manifest `stage.json` is
written last, then the folder loses its `.partial`. The same key found means "up to date".
"""

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from radcurate.environment import library_versions, module_sha256
from radcurate.tables import file_sha256

# The folder, within the output folder, in which finished stages are kept.
STAGES = ".stages"
KEY_DIGITS = 16
LEFTOVER = ".tmp"

Counts = dict[str, int]
Work = Callable[[Sequence[Path], Path, Mapping[str, Any]], Counts]


@dataclass(frozen=True)
class Unit:
    """One shard's work: the paths it reads and what it alone is told (which shard it is, say)."""

    inputs: tuple[Path, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """`function(inputs, output, parameters)` for each unit; it fills the folder `output` and returns counts.

    `inputs` are the digests of what the stage reads, `modules` names code that the function loads by name,
    `total` is how many documents or records will come (0 where nobody knows yet).
    """

    name: str
    function: Work
    units: tuple[Unit, ...]
    inputs: Mapping[str, str]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    modules: tuple[str, ...] = ()
    total: int = 0

    def key(self) -> str:
        """What the stage's output depends on, as hex digits."""
        content = {
            "name": self.name,
            "code": {name: module_sha256(name) for name in (self.function.__module__, *self.modules)},
            "libraries": library_versions(),
            "parameters": self.parameters,
            "units": [unit.parameters for unit in self.units],
            "inputs": self.inputs,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:KEY_DIGITS]


@dataclass(frozen=True)
class Finished:
    """A stage's output: its folder, one subfolder a shard, the summed counts and a digest of all bytes."""

    folder: Path
    counts: Counts
    digest: str

    @property
    def shards(self) -> list[Path]:
        """The shard folders in order; what a worker of a killed build left behind late is none."""
        return sorted(path for path in self.folder.iterdir() if path.is_dir() and path.suffix != LEFTOVER)


@dataclass(frozen=True)
class Done:
    """What an engine says of one finished unit; `peak` is the worker's largest resident size in bytes."""

    index: int
    counts: Counts
    seconds: float
    peak: int


class Engine(Protocol):
    """Runs calls in any order, on any machine, and yields each as it is done."""

    def run(self, calls: Sequence[tuple[int, "Call"]]) -> Iterable[Done]:
        """Executes the calls; their numbers come back in `Done.index`."""


@dataclass(frozen=True)
class Call:
    """One unit as an engine gets it: picklable, made of paths and plain values."""

    function: Work
    inputs: tuple[Path, ...]
    output: Path
    parameters: Mapping[str, Any]

    def __call__(self) -> Counts:
        """Writes the shard beside its place and renames it there; one that another process finished first stands."""
        scratch = self.output.with_name(f"{self.output.name}.{os.getpid()}{LEFTOVER}")
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        counts = self.function(self.inputs, scratch, self.parameters)
        write_json(scratch / "counts.json", counts)
        try:
            scratch.rename(self.output)
        except OSError:
            if not self.output.is_dir():
                raise
            shutil.rmtree(scratch, ignore_errors=True)
        return counts


class Watcher(Protocol):
    """Hears how a build goes on: a progress bar, a log, a benchmark."""

    def stage_started(self, stage: Stage, done: int) -> None:
        """`done` of its shards stand already."""

    def shard_done(self, stage: Stage, done: Done) -> None:
        """One more shard is whole."""

    def stage_finished(self, stage: Stage, finished: Finished, up_to_date: bool) -> None:
        """The stage is whole; `up_to_date` where nothing had to be done."""


def run(stage: Stage, work: Path, engine: Engine, watcher: Watcher) -> Finished:
    """Brings `stage` up to date under `work` and returns its output."""
    final = work / f"{stage.name.replace('/', '-')}-{stage.key()}"
    if final.is_dir():
        finished = _load(final)
        watcher.stage_finished(stage, finished, True)
        return finished
    partial = final.with_name(f"{final.name}.partial")
    partial.mkdir(parents=True, exist_ok=True)
    for leftover in partial.glob(f"*{LEFTOVER}"):
        shutil.rmtree(leftover, ignore_errors=True)
    outputs = [partial / f"{index:05d}" for index in range(len(stage.units))]
    waiting = [
        (index, Call(stage.function, unit.inputs, outputs[index], {**stage.parameters, **unit.parameters}))
        for index, unit in enumerate(stage.units)
        if not outputs[index].is_dir()
    ]
    watcher.stage_started(stage, len(outputs) - len(waiting))
    for done in engine.run(waiting):
        watcher.shard_done(stage, done)
    _write_manifest(stage, partial, outputs)
    partial.rename(final)
    finished = _load(final)
    watcher.stage_finished(stage, finished, False)
    return finished


def _write_manifest(stage: Stage, partial: Path, outputs: Sequence[Path]) -> None:
    counts: Counter[str] = Counter()
    files: dict[str, str] = {}
    for output in outputs:
        counts.update(json.loads((output / "counts.json").read_text(encoding="utf-8")))
        for path in sorted(output.rglob("*")):
            if path.is_file():
                files[path.relative_to(partial).as_posix()] = file_sha256(path)
    write_json(partial / "stage.json", {"stage": stage.name, "counts": dict(sorted(counts.items())), "files": files})


def _load(folder: Path) -> Finished:
    manifest = json.loads((folder / "stage.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256(json.dumps(manifest["files"], sort_keys=True).encode()).hexdigest()
    return Finished(folder, manifest["counts"], digest)


def write_json(path: Path, value: Any) -> None:
    """Indented JSON with sorted keys and a final newline: the one form in which this project writes JSON files."""
    path.write_text(canonical_json(value), encoding="utf-8", newline="\n")


def canonical_json(value: Any) -> str:
    """The text of `write_json`."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
