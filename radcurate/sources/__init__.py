"""Sources: a file as it is published in, documents out, and for each thing that is no document a reason.

A source is a module with `check(path, spec)`, which refuses a bad file before anything is written, and
`read(path, spec)`, which yields a `Document` or a `Rejected` for every input. Its name is the source's type in recipes.
One whose bytes on disk are not what counts has `described(path)` too, a `Described`: the sha256 that names the input,
its size, and the hosts whose text it holds.
One that is read in slices, by several workers, has `read_slice` and `left` (`slices.py` says what they give).
One whose work is shaped by code that none of its modules imports has `modules(spec)`, which names that.
One that reads files beside its path has `beside(path, spec)`, which names them, and `notices(path, spec)`, what to say
of those that are missing; one that a recipe may leave without a path has `PATH_EXAMPLE`, what such a path looks like,
and may have `NO_PATH`, why there is none.
"""

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from radcurate.documents import Document
from radcurate.tables import dropped_row

# Types whose collections publish splits: what the ids of their groups begin with, and a part of the name of the file
# that tells the splits.
PUBLISHED_SPLITS = {"mimic_cxr": ("mimic-cxr", "-split.csv"), "chexpert_plus": ("chexpert-plus", "")}


@dataclass(frozen=True)
class SourceSpec:
    """A source of the recipe: its own name, its type, the files it reads and the options of its type; `permission` is
    the digest of the permission under which its text was harvested, where one was needed."""

    name: str
    type: str
    paths: tuple[Path, ...]
    options: Mapping[str, Any]
    permission: str | None = None

    def key(self, option: str) -> str:
        """What a person sets to change an option: the key of the recipe."""
        return f"sources.{self.name}.{option}"


@dataclass(frozen=True)
class Described:
    """What names an input: the sha256 of what counts in it, how many bytes that is, and the hosts it came from."""

    sha256: str
    bytes: int
    hosts: frozenset[str]


@dataclass(frozen=True)
class Rejected:
    """An input that made no document: where it stands (`locator`: file and line or member), which rule, and why."""

    locator: str
    rule: str
    reason: str

    def row(self) -> dict[str, Any]:
        """It as a row of `audit/dropped`."""
        return dropped_row("input", self.locator, self.rule, self.reason, locator=self.locator)


class Source(Protocol):
    """What every source module offers."""

    def check(self, path: Path, spec: SourceSpec) -> None:
        """Raises a `RadcurateError` for a file that cannot be read as a whole."""

    def read(self, path: Path, spec: SourceSpec) -> Iterator[Document | Rejected]:
        """Yields one value for each input in the file."""


def module_name(source_type: str) -> str:
    """The module that reads sources of this type."""
    return f"{__name__}.{source_type}"


def module_names(spec: SourceSpec) -> set[str]:
    """Every module whose code shapes what this source gives, besides what those import themselves."""
    own: Callable[[SourceSpec], Iterable[str]] | None = getattr(load(spec.type), "modules", None)
    return {module_name(spec.type), *(own(spec) if own else ())}


def load(source_type: str) -> Source:
    """The source module itself."""
    return cast(Source, importlib.import_module(module_name(source_type)))


def publishing(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The sources of a release whose collections publish splits, each with what the ids of their groups begin with.

    `manifest` tells the recipe and the inputs: of MIMIC-CXR the split table may have been missing.
    """
    found = {}
    for name, source in manifest["recipe"]["sources"].items():
        prefix, ending = PUBLISHED_SPLITS.get(source["type"], (name, None))
        read = [item["name"] for item in manifest["inputs"] if item["source"] == name]
        if "split" in source.get("columns", {}) or (ending is not None and any(ending in file for file in read)):
            found[name] = prefix
    return found


# Types of sources whose publisher put invented names and dates where the real ones were.
INVENTED = ("chexpert_plus",)


def has_surrogates(text: str) -> bool:
    """True for text that no UTF-8 file can hold (a lone half of a surrogate pair)."""
    return any("\ud800" <= character <= "\udfff" for character in text)
