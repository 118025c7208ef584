"""The stages from the files of sources to their documents: `parse`, and before it, for large snapshots, `scan`, `index`
and `read`.

A unit of `scan` is a stretch of a snapshot's files, one of `read` a slice of its addresses, one of `parse` some of the
shards; only `index`, which decides which answers count, is the work of one process. How many units there are follows
from the bytes of a snapshot's answers, never from the number of workers, and leaves no trace: `parse` writes what it
would write without them.
"""

import hashlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from radcurate import sources
from radcurate.inputs import Given
from radcurate.sources import SourceSpec
from radcurate.sources.parse import parse_file
from radcurate.stages import Finished, Stage, Unit
from radcurate.tables import file_sha256

# A slice takes some seconds to read, and as many milliseconds besides. A smaller snapshot is read in one piece: it is
# done before workers are started.
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
        stages, folders = _read(run, sliced, digests, modules, shards)
        digests = {**digests, **stages}
    units: list[Unit] = []
    for spec in specs:
        for path in spec.paths:
            more = folders.get((spec.name, path), ())
            told = {"file": path.name, "source": _told(spec)}
            units += (
                [Unit((path, *more), {**told, "part": part}) for part in _parts(shards)]
                if more
                else [Unit((path,), told)]
            )
    return run(Stage("parse", parse_file, tuple(units), digests, {"shards": shards, "limit": limit}, modules))


def _parts(shards: int) -> range:
    from radcurate.sources.parted import PARTS

    return range(min(PARTS, shards))


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
    shards: int,
) -> tuple[dict[str, str], dict[tuple[str, Path], tuple[Path, ...]]]:
    """Runs `scan`, `index` and `read`; the digests of the last two, and for each snapshot the folder of its index and
    those of its slices."""
    from radcurate.sources.slices import read_slice
    from radcurate.sources.snapshot_index import index_snapshot, scan_stretch, stretches

    # An index tells where in the files an answer stands, which a snapshot's fingerprint does not know.
    files = {f"files {number}": _files_sha256(snapshot.path) for number, snapshot in enumerate(snapshots)}
    known = [[asdict(stretch) for stretch in stretches(one.path, one.slices)] for one in snapshots]
    units = [
        Unit((snapshot.path,), stretch)
        for snapshot, all_of_it in zip(snapshots, known, strict=True)
        for stretch in all_of_it
    ]
    scan = run(Stage("scan", scan_stretch, tuple(units), {**digests, **files}))
    scanned = iter(scan.shards)
    units = [
        Unit(
            (snapshot.path, *itertools.islice(scanned, len(all_of_it))),
            {"slices": snapshot.slices, "stretches": all_of_it},
        )
        for snapshot, all_of_it in zip(snapshots, known, strict=True)
    ]
    indexed = run(Stage("index", index_snapshot, tuple(units), {**digests, **files, "scan": scan.digest}))
    units = [
        Unit((snapshot.path, index), {"source": snapshot.told, "slice": number})
        for snapshot, index in zip(snapshots, indexed.shards, strict=True)
        for number in range(snapshot.slices)
    ]
    inputs = {**digests, **files, "index": indexed.digest}
    read = run(Stage("read", read_slice, tuple(units), inputs, {"shards": shards}, modules))
    slices = iter(read.shards)
    folders = {
        (snapshot.told["name"], snapshot.path): (index, *itertools.islice(slices, snapshot.slices))
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
