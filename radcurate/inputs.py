"""The files that a build reads: found, checked before anything is written, named by their sha256, and permitted."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from radcurate import sources
from radcurate.errors import UsageError
from radcurate.permission import NAME, Permission, demand, load, needs_permission
from radcurate.sources import Described, SourceSpec, openi_archive
from radcurate.tables import file_sha256

Say = Callable[[str], None]
# What the manifest calls the file of verdicts, where it names the source of an input; no source has such a name.
REVIEWS = "@reviews"


@dataclass(frozen=True)
class Input:
    """A file of a source, as the manifest tells it: by name and sha256 (of a snapshot, its fingerprint)."""

    source: str
    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Given:
    """A source with its inputs, and the permission under which its text was harvested, where one was needed."""

    spec: SourceSpec
    inputs: tuple[Input, ...]
    permission: Permission | None


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


def described(specs: Sequence[SourceSpec]) -> list[Given]:
    """Every source with its files as the manifest tells them, and those that are read beside them.

    Raises `UsageError` where text comes from a host that needs a permission to derive from it, and none allows it.
    """
    return [_given(spec) for spec in specs]


def reviews_input(path: Path) -> Input:
    """The file of verdicts, as the manifest tells it; it belongs to no source."""
    return Input(REVIEWS, path.name, file_sha256(path), path.stat().st_size)


def _given(spec: SourceSpec) -> Given:
    source = sources.load(spec.type)
    found = [(path, describe(spec, path)) for path in spec.paths]
    beside: Callable[[Path, SourceSpec], list[Path]] | None = getattr(source, "beside", None)
    files = dict.fromkeys(file for path in spec.paths for file in (beside(path, spec) if beside else ()))
    inputs = [Input(spec.name, path.name, item.sha256, item.bytes) for path, item in found]
    inputs += [Input(spec.name, file.name, file_sha256(file), file.stat().st_size) for file in files]
    permissions = [_permission(spec, path, item.hosts) for path, item in found]
    needed = {one.digest: one for one in permissions if one}
    if len(needed) > 1:
        raise UsageError(
            f"the snapshots of the source `{spec.name}` were harvested under different permissions\n"
            "What to do: make a source of each, or name one permission that covers all: "
            f"sources.{spec.name}.permission"
        )
    permission = next(iter(needed.values()), None)
    return Given(replace(spec, permission=permission.digest if permission else None), tuple(inputs), permission)


def _permission(spec: SourceSpec, path: Path, hosts: frozenset[str]) -> Permission | None:
    """The permission that allows to derive from what `path` holds; None where its hosts need none."""
    if not any(map(needs_permission, hosts)):
        return None
    named = spec.options.get("permission")
    place = Path(named) if named else path / NAME
    permission = load(place) if named or place.is_file() else None
    demand(hosts, "derive", permission)
    return permission


def _located(spec: SourceSpec, say: Say) -> SourceSpec:
    """The source with its files: of Open-i the archive is looked for where the recipe names none."""
    if spec.type != "openi":
        if not spec.paths:
            source = sources.load(spec.type)
            why = getattr(source, "NO_PATH", f"{spec.type} is never fetched: its readers sign for it")
            example = getattr(source, "PATH_EXAMPLE", "FILE")
            raise UsageError(
                f"the recipe names no path for its source `{spec.name}`, and {why}\n"
                f"Name the copy that you hold: --set sources.{spec.name}.path={example}"
            )
        return spec
    if not spec.paths:
        return replace(spec, paths=(openi_archive.find(say),))
    for path in spec.paths:
        if openi_archive.differs(path):
            say(f"warning: {path} is not the published archive (its sha256 differs); going on with it")
    return spec


def describe(spec: SourceSpec, path: Path) -> Described:
    """What names this file of the source."""
    own: Callable[[Path], Described] | None = getattr(sources.load(spec.type), "described", None)
    if own:
        return own(path)
    if path.is_dir():
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        return Described(openi_archive.folder_sha256(path), size, frozenset())
    return Described(file_sha256(path), path.stat().st_size, frozenset())
