"""Tasks from outside: files that a recipe names by their path, or that an installed package brings.

In: a file. Out: its module, held against all that a task must have, or an error that names the file and what is wrong
in it; and its records, each held against what a build asks of a record before it is written. The file stands by itself
(`radcurate.outside`), so its sha256 says all of it: that is in the keys of its stages and in the manifest, with what
the card and `explain` have to say of the task where its file is not at hand.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from importlib import metadata, util
from pathlib import Path
from typing import Any, cast

from radcurate import outside
from radcurate.documents import Document
from radcurate.errors import DataError, UsageError
from radcurate.records import FIELD_SECTIONS, Draft, Evidence, Refusal
from radcurate.tables import file_sha256
from radcurate.tasks import Task, TaskFile, available
from radcurate.tasks.pool import Pool

GROUP = "radcurate.tasks"
FEWEST_WORDINGS = 6
KINDS = ("article", "case", "report")
# What is said at the end of every error.
PAGE = "docs/add-a-task.md shows one"

_CALLED = ("derive", "score", "summarise")
_NEEDED = ("ID", "KINDS", "INSTRUCTIONS", "REFUSALS", *_CALLED)
_ID = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*\.v[1-9][0-9]*")
_REASON = re.compile(r"[a-z0-9_]+")


def installed() -> dict[str, metadata.EntryPoint]:
    """The entry points of installed packages, by the name of the task."""
    return {entry.name: entry for entry in metadata.entry_points(group=GROUP)}


def find(generator: str) -> TaskFile | None:
    """The file of an installed task of this version; None where no package brings a task of that name.

    Raises `UsageError` where it is another version, or no task.
    """
    entry = installed().get(generator.rpartition(".")[0])
    if entry is None:
        return None
    package = f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.module
    try:
        spec = util.find_spec(entry.module)
    except ImportError as error:
        raise UsageError(f"{package}: its task {entry.name} cannot be loaded: {error}") from error
    if spec is None or spec.origin is None or entry.attr:
        raise UsageError(f"{package}: its entry point {entry.name} = {entry.value} names no module of one file")
    file = describe(Path(spec.origin), package)
    own = load_file(file.path).ID
    if own != generator:
        raise UsageError(f"{package}: brings the task {own}, not {generator}")
    return file


def describe(path: Path, package: str | None = None) -> TaskFile:
    """The file with its sha256."""
    try:
        return TaskFile(path, file_sha256(path), package)
    except OSError as error:
        raise UsageError(f"{path}: the task's file cannot be read: {error.strerror}") from error


def load_file(path: Path, sha256: str | None = None) -> Task:
    """The file's module; raises `UsageError` where it is no task, or has another sha256 than the one given."""
    if sha256 is not None and describe(path).sha256 != sha256:
        raise UsageError(f"{path}: was changed while the build ran: run it again")
    module = outside.module(path)
    fault = _fault(vars(module))
    if fault:
        raise UsageError(f"{path}: is no task: {fault}; {PAGE}")
    return cast(Task, module)


def _fault(given: Mapping[str, Any]) -> str | None:
    """What is wrong with the names that a module defines."""
    missing = [name for name in _NEEDED if name not in given]
    if missing:
        return f"it has no {', '.join(missing)}"
    for name in (*_CALLED, *(("labels",) if "labels" in given else ())):
        if not callable(given[name]):
            return f"its {name} is no function"
    return _fault_of_id(given["ID"]) or _fault_of_words(given)


def _fault_of_id(given: Any) -> str | None:
    if not isinstance(given, str) or not _ID.fullmatch(given):
        return f"its ID is {given!r}, not a name and a version, as in effusion_side.v1"
    name = given.rpartition(".")[0]
    bundled = next((own for own in available() if own.rpartition(".")[0] == name), None)
    if bundled:
        return f"its ID is {given}, and radcurate has the task {bundled}: give it a name of its own"
    return None


def _fault_of_words(given: Mapping[str, Any]) -> str | None:
    kinds, wordings, refusals = given["KINDS"], given["INSTRUCTIONS"], given["REFUSALS"]
    if not _texts(kinds) or not set(kinds) <= set(KINDS):
        return f"its KINDS are {kinds!r}, not some of {', '.join(KINDS)}"
    if not _texts(wordings) or len(set(wordings)) < FEWEST_WORDINGS:
        return f"its INSTRUCTIONS are fewer than {FEWEST_WORDINGS} different wordings"
    if not isinstance(refusals, dict) or not _texts([*refusals, *refusals.values()], none=True):
        return "its REFUSALS are no table of reasons and what they mean"
    wrong = next((reason for reason in refusals if not _REASON.fullmatch(reason)), None)
    if wrong:
        return f"its REFUSALS have {wrong!r}: a reason is a word, as in no_effusion"
    return None if (given.get("__doc__") or "").strip() else "it has no docstring that says what it teaches"


def _texts(values: Any, *, none: bool = False) -> bool:
    """True for a list or tuple of texts that say something."""
    if not isinstance(values, (list, tuple)) or not (values or none):
        return False
    return all(isinstance(value, str) and value.strip() for value in values)


def told(task: Task, file: TaskFile) -> dict[str, Any]:
    """What a manifest says of the task: no path."""
    return {
        "sha256": file.sha256,
        "package": file.package,
        "what": what(file.path),
        "kinds": list(task.KINDS),
        "wordings": len(task.INSTRUCTIONS),
        "refusals": dict(task.REFUSALS),
    }


def what(file: Path) -> str:
    """A task in its own words: its docstring, on one line, without the name that a heading gives."""
    source = file.read_text(encoding="utf-8")  # `python -OO` drops docstrings
    lines = " ".join((ast.get_docstring(ast.parse(source)) or "").split())
    text = re.sub(r"^Task `\w+`: ", "", lines)
    return text[:1].upper() + text[1:]


def guarded(task: Task, file: Path, document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """What the task derives; raises `DataError`, with the file and the document, where that is no draft or refusal as
    it should be, or the task fails."""
    slots: set[str] = set()
    drawn = iter(task.derive(document, pool))
    while True:
        try:
            made = next(drawn, None)
        except outside.FAILURES as error:
            line = outside.line_of(error, file)
            raise DataError(
                f"{file}{line}: {task.ID} fails on {document.document_id}: {type(error).__name__}: {error}"
            ) from error
        if made is None:
            return
        fault = _fault_of_made(task, made, document, slots)
        if fault:
            raise DataError(f"{file}: {task.ID} on {document.document_id}: {fault}; {PAGE}")
        slots.add(made.slot)
        yield made


def _fault_of_made(task: Task, made: Any, document: Document, slots: set[str]) -> str | None:
    if not isinstance(made, (Draft, Refusal)):
        return f"derive gives {type(made).__name__}, not a Draft or a Refusal"
    if made.slot in slots:
        return f"two records have the slot {made.slot!r}"
    if isinstance(made, Refusal):
        return None if made.reason in task.REFUSALS else f"the reason {made.reason!r} is none of its REFUSALS"
    if not made.input.strip() or not made.output.strip():
        return f"the record {made.slot!r} has no {'input' if made.output.strip() else 'output'}"
    if not made.evidence:
        return f"the record {made.slot!r} has no evidence"
    cited = {one.document_id: one for one in (document, *made.others)}
    wrong = next((piece for piece in made.evidence if not _resolves(piece, cited)), None)
    if wrong:
        span = f"{wrong.section} {wrong.start}–{wrong.end}"
        return f"the evidence of the record {made.slot!r} is not there: {span} of {wrong.document_id}"
    return None


def _resolves(piece: Evidence, cited: Mapping[str, Document]) -> bool:
    document = cited.get(piece.document_id)
    if document is None:
        return False
    if piece.section in FIELD_SECTIONS:
        return piece.start == piece.end == 0 and bool(getattr(document, piece.section[1:]))
    return 0 <= piece.start < piece.end <= len(document.text_of(piece.section))
