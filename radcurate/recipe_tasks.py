"""The tables `[tasks.NAME]` of a recipe: which task, from where, under which bounds.

In: the tables as they were read, after their schema was checked. Out: a `TaskSpec` each, the file of a task from
outside found and held against what a task must have; what the manifest keeps of them names no path.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from radcurate.errors import UsageError, nearest
from radcurate.tasks import Task, TaskCode, TaskFile

# What the path of a task's file ends with.
TASK_FILE = ".py"
# Folders of a release, which no task can have for a name.
FOLDERS = ("audit", "documents", "figures")


@dataclass(frozen=True)
class TaskSpec:
    """A task of the recipe: `generator` is its id with version, `leave_out` the flags whose records are left out,
    `max_repeats` how many records of a split may share one input or one output, `balance` the bounds of its shares and
    lengths (with those that the task sets itself), `file` that of a task from outside."""

    name: str
    generator: str
    leave_out: tuple[str, ...]
    max_repeats: Mapping[str, int]
    balance: Mapping[str, Any] = field(default_factory=dict)
    file: TaskFile | None = None

    @property
    def code(self) -> TaskCode:
        """Its code, as stages are told it."""
        return TaskCode(self.generator, self.file)


def files_of(
    path: Path, given: Mapping[str, dict[str, Any]], resolve: Callable[[Path, str], Path]
) -> dict[str, TaskFile]:
    """The files of tasks from outside, by the name of their table; a path in the place of an id becomes the file's."""
    from radcurate.tasks import available, task_files

    files = {}
    for name, task in given.items():
        generator = task["generator"]
        if generator.endswith(TASK_FILE):
            files[name] = task_files.describe(resolve(path, generator))
            task["generator"] = task_files.load_file(files[name].path).ID
        elif generator not in available() and (found := task_files.find(generator)):
            files[name] = found
    return files


def check(path: Path, given: Mapping[str, dict[str, Any]], files: Mapping[str, TaskFile]) -> None:
    """Raises `UsageError` for what no task can be; adds to each table the bounds that its task sets itself."""
    from radcurate import records, tasks
    from radcurate.release.reasons import LEFT_OUT_FOR_OTHERS

    reserved = {*FOLDERS, *(rule.rpartition(".")[0] for rule in LEFT_OUT_FOR_OTHERS)}
    for name, task in given.items():
        if name not in files:
            check_names(path, f"tasks.{name}.generator", [task["generator"]], tasks.available())
        check_names(path, f"tasks.{name}.leave_out", task.get("leave_out", ()), tuple(records.FLAGS))
        if task["generator"].rpartition(".")[0] != name:
            raise UsageError(
                f"{path}: `tasks.{name}` has generator {task['generator']}: a task's table is named after it"
            )
        if name in reserved:
            raise UsageError(
                f"{path}: `tasks.{name}`: a release has that name for something else; give the task another"
            )
        code = tasks.TaskCode(task["generator"], files.get(name)).load()
        task["balance"] = {**getattr(code, "BALANCE", {}), **task.get("balance", {})}
        _check_balance(path, name, code, task)
        if not task["balance"]:
            del task["balance"]


def _check_balance(path: Path, name: str, code: "Task", task: Mapping[str, Any]) -> None:
    """Raises `UsageError` for bounds that the task's records cannot have."""
    balance, key = task["balance"], f"tasks.{name}.balance"
    for bound in ("most_share", "label_spread"):
        if bound in balance and not hasattr(code, "labels"):
            raise UsageError(f"{path}: `{key}.{bound}` bounds labels, and the answers of {code.ID} have none")
    if "normal_share" in balance and "report" not in code.KINDS:
        raise UsageError(
            f"{path}: `{key}.normal_share` bounds reports of normal studies, and {code.ID} reads no reports"
        )
    words = balance.get("answer_words", {})
    if words.get("least", 0) > words.get("most", words.get("least", 0)):
        raise UsageError(
            f"{path}: `{key}.answer_words` has a `least` of {words['least']} over its `most` of {words['most']}"
        )


def check_names(path: Path, key: str, given: Iterable[str], known: Sequence[str]) -> None:
    """Raises `UsageError` for a name that is not known, with the nearest one."""
    for name in given:
        if name not in known:
            raise UsageError(f"{path}: `{key}` names {name!r}, which does not exist; nearest: {nearest(name, known)!r}")


def spec(name: str, task: Mapping[str, Any], file: TaskFile | None) -> TaskSpec:
    """The table as it is worked with."""
    return TaskSpec(
        name,
        task["generator"],
        tuple(task.get("leave_out", ())),
        task.get("max_repeats", {}),
        task.get("balance", {}),
        file,
    )


def told(task: Mapping[str, Any], file: TaskFile | None) -> Mapping[str, Any]:
    """A task's table as the manifest keeps it: of one from outside with what it is, and without its path."""
    if file is None:
        return task
    from radcurate.tasks import task_files

    return {**task, "outside": task_files.told(task_files.load_file(file.path, file.sha256), file)}


def changed_unnoticed(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """A warning for each task from outside whose file is another than in the recipe `before`, under the same version;
    both as manifests keep them."""
    for name, task in sorted(now["tasks"].items()):
        earlier = before["tasks"].get(name, {})
        if task["generator"] == earlier.get("generator") and task.get("outside", {}).get("sha256") != earlier.get(
            "outside", {}
        ).get("sha256"):
            yield (
                f"warning: the file of the task {name} is another than the parent release's, and still says "
                f"{task['generator']}: what derives other records is a new version"
            )
