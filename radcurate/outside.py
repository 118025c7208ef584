"""Code that is no part of radcurate: a Python file that a command or a recipe names by its path.

It is run as it stands, so it must be trusted. It may import radcurate and installed packages, but no file beside it:
its own digest then says all of it (`radcurate.sources.pages` and `radcurate.tasks.task_files` hand it to the manifest
and to the keys of stages).
"""

import traceback
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from radcurate.errors import UsageError

T = TypeVar("T")
# What code of others may raise.
FAILURES = (
    ImportError, NameError, AttributeError, TypeError, ValueError, LookupError, ArithmeticError, RuntimeError,
    AssertionError,
)  # fmt: skip


def module(path: Path) -> ModuleType:
    """The file as a module; raises `UsageError`, with file and line, where it cannot be loaded."""
    made = ModuleType(f"outside_{path.stem}")
    made.__file__ = str(path)
    try:
        # Not by Python's import: it keeps what it compiled beside the file, and by its time takes it for current.
        exec(compile(path.read_bytes(), str(path), "exec"), vars(made))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except (SyntaxError, *FAILURES) as error:
        raise UsageError(f"{path}{line_of(error, path)}: cannot be loaded: {type(error).__name__}: {error}") from error
    return made


def classes(made: ModuleType, base: type[T]) -> list[type[T]]:
    """The classes that the module defines itself and that derive from `base`, in their order."""
    own = (value for value in vars(made).values() if isinstance(value, type) and value.__module__ == made.__name__)
    return [value for value in own if issubclass(value, base)]


def line_of(error: Exception, path: Path) -> str:
    """`:12`, where the file failed; nothing where that is not known."""
    if isinstance(error, SyntaxError) and error.lineno:
        return f":{error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f":{lines[-1]}" if lines else ""
