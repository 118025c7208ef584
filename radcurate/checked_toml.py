"""TOML files that people write: read, and held against their JSON Schema; an error names the file, the key and what is
allowed there."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

from radcurate import schemas
from radcurate.errors import UsageError, nearest


def read(path: Path, what: str) -> dict[str, Any]:
    """The file's content; `what` it is meant to be stands in errors ("recipe")."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 at byte {error.start}; save the {what} as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: is not TOML: {error}") from error


def refuse_wrong(path: Path, data: Mapping[str, Any], schema: str) -> None:
    """Raises `UsageError` with the first thing in `data` that the schema of this name does not allow."""
    errors = sorted(_validator(schema).iter_errors(data), key=_urgency)
    if errors:
        raise UsageError(f"{path}: {_worded(errors[0])}")


def _validator(schema: str) -> Any:
    """The schema's `$` is the very end of a text; that of Python, which jsonschema asks, also a last line break."""

    def pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
            yield ValidationError(f"{instance!r} does not match {pattern}")

    extend: Any = validators.extend
    return extend(Draft202012Validator, {"pattern": pattern})(schemas.load(schema))


def _urgency(error: ValidationError) -> tuple[bool, list[str]]:
    """A wrong source type comes first: it makes every option of the source look wrong."""
    parts = [str(part) for part in error.absolute_path]
    return not (parts[-1:] == ["type"] and parts[0] == "sources"), parts


def _worded(error: ValidationError) -> str:
    where = ".".join(str(part) for part in error.absolute_path)
    schema: Any = error.schema
    instance: Any = error.instance
    if error.validator == "additionalProperties":
        allowed = list(schema["properties"])
        unknown = next(key for key in instance if key not in allowed)
        key = f"{where}.{unknown}" if where else unknown
        return f"unknown key `{key}`; nearest allowed: `{nearest(unknown, allowed)}` (of {', '.join(allowed)})"
    if error.validator == "required":
        missing = next(key for key in schema["required"] if key not in instance)
        return f"missing key `{where}.{missing}`" if where else f"missing key `{missing}`"
    if error.validator == "enum":
        allowed = [str(value) for value in schema["enum"]]
        closest = nearest(str(error.instance), allowed)
        return f"`{where}` is {error.instance!r}; nearest allowed: {closest!r} (of {', '.join(allowed)})"
    if error.validator == "type":
        return f"`{where}` must be of type {schema['type']}, is {error.instance!r}"
    if error.validator == "anyOf":
        return f"`{where}` is {instance!r}; expected: {schema['description']}"
    return f"`{where}` is wrong: {error.message}"
