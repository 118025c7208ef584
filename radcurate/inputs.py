"""The files that a build reads: found, checked before anything is written, and named by their sha256."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from radcurate import sources
from radcurate.sources import SourceSpec, openi_archive
from radcurate.tables import file_sha256

Say = Callable[[str], None]


@dataclass(frozen=True)
class Input:
    """A file of a source, as the manifest tells it: by name and sha256."""

    source: str
    name: str
    sha256: str
    bytes: int


def prepared(specs: Sequence[SourceSpec], say: Say) -> tuple[list[SourceSpec], list[Input]]:
    """The sources with every file found and checked, and their files as inputs; `say` hears where a file came from.

    Raises a `RadcurateError` for a file that cannot be read as a whole.
    """
    located = [_located(spec, say) for spec in specs]
    for spec in located:
        for path in spec.paths:
            sources.load(spec.type).check(path, spec)
    return located, [_described(spec, path) for spec in located for path in spec.paths]


def _located(spec: SourceSpec, say: Say) -> SourceSpec:
    """The source with its files: of Open-i the archive is looked for where the recipe names none."""
    if spec.type != "openi":
        return spec
    if not spec.paths:
        return replace(spec, paths=(openi_archive.find(say),))
    for path in spec.paths:
        if openi_archive.differs(path):
            say(f"warning: {path} is not the published archive (its sha256 differs); going on with it")
    return spec


def _described(spec: SourceSpec, path: Path) -> Input:
    if path.is_dir():
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        return Input(spec.name, path.name, openi_archive.folder_sha256(path), size)
    return Input(spec.name, path.name, file_sha256(path), path.stat().st_size)
