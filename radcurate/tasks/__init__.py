"""Tasks: one file each, which derives records and scores answers, so that data and metric cannot drift apart.

A task module has `ID` (`impression.v1`), `KINDS` (of documents that it reads: article, case, report; others it never
sees), `INSTRUCTIONS` (six or more wordings), `REFUSALS` (reason → what it means), `derive(document, pool)`,
`score(record, answer)` and `summarise(scores)`. A task whose answers are lists may have `labels(output)`, in which a
release's balance is then counted, and `BALANCE`, the bounds of it that hold where a recipe sets none.
A task that compares with the report before has `READS_PRIORS`, and finds it in its pool.

A task is bundled (`radcurate/tasks/<name>.py`: to add one is to add that file and its test), or comes from outside:
a file that a recipe names by its path, or the module of an installed package that names it as an entry point of the
group `radcurate.tasks` (docs/add-a-task.md).
"""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from radcurate.documents import Document
from radcurate.environment import imported_by
from radcurate.records import Draft, Refusal
from radcurate.tasks.pool import Pool

Scores = Mapping[str, float]


class Task(Protocol):
    """What every task module offers."""

    __file__: str
    ID: str
    KINDS: Sequence[str]
    INSTRUCTIONS: Sequence[str]
    REFUSALS: Mapping[str, str]

    def derive(self, document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
        """A draft or a refusal for every record that the document could have given."""

    def score(self, record: Mapping[str, Any], answer: str) -> Scores:
        """Named values of one answer; `malformed` is 1.0 for one that is not in the task's form."""

    def summarise(self, scores: Sequence[Scores]) -> dict[str, float]:
        """The values over many answers, with how many there were (`answers`) and how many were malformed."""


@dataclass(frozen=True)
class TaskFile:
    """The file of a task from outside, its sha256, and the package with version that brought it, where one did."""

    path: Path
    sha256: str
    package: str | None = None


@dataclass(frozen=True)
class TaskCode:
    """The code of a task version as stages are told it: `files` are read, `parameters` and `modules` are in the key."""

    generator: str
    file: TaskFile | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """The file of a task from outside."""
        return (self.file.path,) if self.file else ()

    @property
    def parameters(self) -> dict[str, Any]:
        """Its id, and the sha256 of its file."""
        return {"generator": self.generator, "file": self.file.sha256 if self.file else None}

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules whose code it is, or which it imports of radcurate."""
        return imported_by(self.file.path) if self.file else (module_name(self.generator),)

    def load(self) -> Task:
        """The task itself."""
        return load(self.generator, *self.files, sha256=self.file.sha256 if self.file else None)


def module_name(generator: str) -> str:
    """The module of a bundled task version."""
    return f"{__name__}.{generator.rpartition('.')[0]}"


def load(generator: str, file: Path | None = None, *, sha256: str | None = None) -> Task:
    """The task module of a version that `available` lists, or that of `file`, a task from outside.

    Raises `UsageError` for a file that is no task, and where its sha256 is not the one that is given.
    """
    if file is None:
        return cast(Task, importlib.import_module(module_name(generator)))
    from radcurate.tasks.task_files import load_file

    return load_file(file, sha256)


def available() -> list[str]:
    """The ids of all bundled tasks, `impression.v1` …"""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return sorted(module.ID for module in modules if hasattr(module, "derive"))
