"""The stages from the files of sources to their documents: `parse`, and before it, for large snapshots, `index` and
`read`, whose units are slices of one snapshot.

How many slices there are follows from the bytes of a snapshot's answers, never from the number of workers, and leaves
no trace: `parse` writes what it would write without them.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radcurate import sources
from radcurate.inputs import Given
from radcurate.sources import SourceSpec
from radcurate.sources.parse import parse_file
from radcurate.stages import Finished, Stage, Unit
from radcurate.tables import file_sha256

# A slice takes some seconds to read. A smaller snapshot is read in one piece: it is done before workers are started.
BYTES_PER_SLICE = 2 * 1024 * 1024
MOST_SLICES = 64


@dataclass(frozen=True)
class _Snapshot:
    """A snapshot that is read in so many slices; `told` is what a worker is told of its source."""

    path: Path
    told: Mapping[str, Any]
    slices: int


def run_parse(run: Callable[[Stage], Finished], known: Sequence[Given], shards: int, limit: int | None) -> Finished:
    """Runs the stages and returns `parse`; `limit` is the most inputs of each file, which is then read in one piece."""
    specs = [source.spec for source in known]
    modules = tuple(sorted({name for spec in specs for name in sources.module_names(spec)}))
    digests = {f"{item.source}/{item.name}": item.sha256 for source in known for item in source.inputs}
    sliced = [] if limit else [snapshot for source in known for snapshot in _sliced(source)]
    folders: dict[tuple[str, Path], tuple[Path, ...]] = {}
    if sliced:
        stages, folders = _read(run, sliced, digests, modules)
        digests = {**digests, **stages}
    units = tuple(
        Unit((path, *folders.get((spec.name, path), ())), {"file": path.name, "source": _told(spec)})
        for spec in specs
        for path in spec.paths
    )
    return run(Stage("parse", parse_file, units, digests, {"shards": shards, "limit": limit}, modules))


def _sliced(source: Given) -> list[_Snapshot]:
    """The snapshots of a source that are worth it."""
    from radcurate.sources.slices import is_sliced

    if not is_sliced(source.spec.type):
        return []
    # The inputs of a source are its paths, in their order, and then the files that are read beside them.
    counts = [min(MOST_SLICES, item.bytes // BYTES_PER_SLICE) for item in source.inputs]
    paths = zip(source.spec.paths, counts, strict=False)
    return [_Snapshot(path, _told(source.spec), count) for path, count in paths if count > 1]


def _read(
    run: Callable[[Stage], Finished],
    snapshots: Sequence[_Snapshot],
    digests: Mapping[str, str],
    modules: tuple[str, ...],
) -> tuple[dict[str, str], dict[tuple[str, Path], tuple[Path, ...]]]:
    """Runs `index` and `read`; their digests, and for each snapshot the folder of its index and those of its slices."""
    from radcurate.sources.slices import index_snapshot, read_slice

    # An index tells where in the files an answer stands, which a snapshot's fingerprint does not know.
    files = {f"files {number}": _files_sha256(snapshot.path) for number, snapshot in enumerate(snapshots)}
    units = tuple(Unit((snapshot.path,), {"snapshot": number}) for number, snapshot in enumerate(snapshots))
    indexed = run(Stage("index", index_snapshot, units, {**digests, **files}))
    units = tuple(
        Unit((snapshot.path, index), {"source": snapshot.told, "slice": number, "slices": snapshot.slices})
        for snapshot, index in zip(snapshots, indexed.shards, strict=True)
        for number in range(snapshot.slices)
    )
    read = run(Stage("read", read_slice, units, {**digests, "index": indexed.digest}, {}, modules))
    slices = iter(read.shards)
    folders = {
        (snapshot.told["name"], snapshot.path): (index, *(next(slices) for _ in range(snapshot.slices)))
        for snapshot, index in zip(snapshots, indexed.shards, strict=True)
    }
    return {"index": indexed.digest, "read": read.digest}, folders


def _files_sha256(snapshot: Path) -> str:
    """The digest of a snapshot's files as they lie there."""
    from radcurate.spiders.snapshot import FILES

    files = "\n".join(f"{path.name} {file_sha256(path)}" for path in sorted(snapshot.glob(FILES)))
    return hashlib.sha256(files.encode()).hexdigest()


def _told(spec: SourceSpec) -> dict[str, Any]:
    """What a worker is told of a source: nothing that differs from machine to machine but the places it must read."""
    options = {key: value for key, value in spec.options.items() if key != "permission"}
    return {"name": spec.name, "type": spec.type, "options": options, "permission": spec.permission}
