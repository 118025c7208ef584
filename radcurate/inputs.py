"""The files that a build reads: found, checked before anything is written, and named by their sha256."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from radcurate import sources
from radcurate.errors import UsageError
from radcurate.sources import SourceSpec, openi_archive
from radcurate.tables import file_sha256

Say = Callable[[str], None]


@dataclass(frozen=True)
class Input:
    """A file of a source, as the manifest tells it: by name and sha256 (of a snapshot, its fingerprint)."""

    source: str
    name: str
    sha256: str
    bytes: int


def located(specs: Sequence[SourceSpec], say: Say) -> list[SourceSpec]:
    """The sources with every file found and checked; `say` hears where a file came from and what is missing beside it.

    Raises a `RadcurateError` for a file that cannot be read as a whole.
    """
    found = [_located(spec, say) for spec in specs]
    for spec in found:
        source = sources.load(spec.type)
        notices: Callable[[Path, SourceSpec], Iterator[str]] | None = getattr(source, "notices", None)
        for path in spec.paths:
            source.check(path, spec)
            for notice in notices(path, spec) if notices else ():
                say(notice)
    return found


def described(specs: Sequence[SourceSpec]) -> list[Input]:
    """Every file of the sources, as the manifest tells it, and those that are read beside them."""
    found: list[Input] = []
    for spec in specs:
        beside: Callable[[Path, SourceSpec], list[Path]] | None = getattr(sources.load(spec.type), "beside", None)
        found.extend(_described(spec, path) for path in spec.paths)
        files = dict.fromkeys(file for path in spec.paths for file in (beside(path, spec) if beside else ()))
        found.extend(Input(spec.name, file.name, file_sha256(file), file.stat().st_size) for file in files)
    return found


def _located(spec: SourceSpec, say: Say) -> SourceSpec:
    """The source with its files: of Open-i the archive is looked for where the recipe names none."""
    if spec.type != "openi":
        if not spec.paths:
            example = getattr(sources.load(spec.type), "PATH_EXAMPLE", "FILE")
            raise UsageError(
                f"the recipe names no path for its source `{spec.name}`, and {spec.type} is never fetched: its readers "
                f"sign for it\nName the copy that you hold: --set sources.{spec.name}.path={example}"
            )
        return spec
    if not spec.paths:
        return replace(spec, paths=(openi_archive.find(say),))
    for path in spec.paths:
        if openi_archive.differs(path):
            say(f"warning: {path} is not the published archive (its sha256 differs); going on with it")
    return spec


def _described(spec: SourceSpec, path: Path) -> Input:
    own: Callable[[Path], tuple[str, int]] | None = getattr(sources.load(spec.type), "described", None)
    if own:
        return Input(spec.name, path.name, *own(path))
    if path.is_dir():
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        return Input(spec.name, path.name, openi_archive.folder_sha256(path), size)
    return Input(spec.name, path.name, file_sha256(path), path.stat().st_size)
