"""Tasks: one file each, which derives records and scores answers, so that data and metric cannot drift apart.

A task module `radcurate/tasks/<name>.py` has `ID` (`impression.v1`), `KINDS` (of documents that it reads: article,
case, report; others it never sees), `INSTRUCTIONS` (six or more wordings),
`REFUSALS` (reason → what it means), `derive(document, pool)`, `score(record, answer)` and `summarise(scores)`.
A task that compares with the report before has `READS_PRIORS`, and finds it in its pool.
A task whose answers are lists may have `labels(output)`, in which a release's balance is then counted.
To add a task is to add that file and its test.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, cast

from radcurate.documents import Document
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


def module_name(generator: str) -> str:
    """The module of a task version."""
    return f"{__name__}.{generator.rpartition('.')[0]}"


def load(generator: str) -> Task:
    """The task module of a version that `available` lists."""
    return cast(Task, importlib.import_module(module_name(generator)))


def available() -> list[str]:
    """The ids of all tasks, `impression.v1` …"""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return sorted(module.ID for module in modules if hasattr(module, "derive"))
