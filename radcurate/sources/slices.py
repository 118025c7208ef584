"""Snapshots, read in slices: runs of addresses that workers read side by side.

In: a snapshot and its index (`snapshot_index.py`). Out, by the stage `read`, for each slice, what a source made of it.
`parse` puts the slices together as if all had been read at once: what stands in a release does not tell how many there
were.

A source that is read so is a module with `read_slice(path, spec, held, addresses)`, which yields a value for each
input among these addresses and a `Linked` for each page that was read with another, and with `left(held, linked)`,
which yields inputs that no slice can judge alone: pages that nothing led to.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import pyarrow as pa

from radcurate.documents import Document
from radcurate.sources import Rejected, SourceSpec, load
from radcurate.sources.parted import PartedWriter
from radcurate.sources.snapshot_index import indexed, slice_of
from radcurate.spiders.snapshot import Contents, Damaged, contents
from radcurate.tables import DROPPED_SCHEMA, TableWriter, read_rows

DOCUMENTS, DROPPED, LINKED = "documents.arrow", "dropped.parquet", "linked.parquet"
LINKED_SCHEMA = pa.schema([pa.field("url", pa.string(), nullable=False)])


@dataclass(frozen=True)
class Linked:
    """The address of a page that was read together with one that links to it, and is no input of its own."""

    url: str


class SlicedSource(Protocol):
    """What a source offers that is read in slices."""

    def read_slice(
        self, path: Path, spec: SourceSpec, held: Contents, addresses: Sequence[str]
    ) -> Iterator[Document | Rejected | Linked]:
        """Yields one value for each input among the addresses, in their order, and what these linked to."""

    def left(self, held: Contents, linked: Set[str]) -> Iterator[Rejected]:
        """Yields the inputs of the snapshot that no slice saw."""


def is_sliced(source_type: str) -> bool:
    """True for a type of source that is read in slices."""
    return hasattr(load(source_type), "read_slice")


def whole(source: SlicedSource, path: Path, spec: SourceSpec) -> Iterator[Document | Rejected]:
    """What such a source reads as one slice: damaged records, every address in order, and what is left."""
    held = contents(path)
    yield from map(rejected, held.damaged)
    linked = set()
    for found in source.read_slice(path, spec, held, sorted(held.entries)):
        if isinstance(found, Linked):
            linked.add(found.url)
        else:
            yield found
    yield from source.left(held, linked)


def rejected(damaged: Damaged) -> Rejected:
    """A damaged record, as an input that made no document."""
    return Rejected(damaged.locator, "damaged_record.v1", damaged.reason)


# --- stages ----------------------------------------------------------------------------------------------------------


def read_slice(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """Reads a slice of the snapshot `inputs[0]`, whose index is in `inputs[1]`, by `parameters`: source, slice (its
    number, from 0) and shards. Writes `documents.arrow`, `dropped.parquet`, `linked.parquet` as they come."""
    told = parameters["source"]
    spec = SourceSpec(told["name"], told["type"], (inputs[0],), told["options"], told["permission"])
    held, addresses = slice_of(inputs[1], parameters["slice"])
    source = cast(SlicedSource, load(spec.type))
    counts: Counter[str] = Counter()
    with contextlib.ExitStack() as stack:
        documents = stack.enter_context(PartedWriter(output / DOCUMENTS, parameters["shards"]))
        dropped = stack.enter_context(TableWriter(output / DROPPED, DROPPED_SCHEMA, handed=True))
        linked = stack.enter_context(TableWriter(output / LINKED, LINKED_SCHEMA, handed=True))
        for found in source.read_slice(inputs[0], spec, held, addresses):
            match found:
                case Document():
                    documents.write(found.row())
                case Rejected():
                    dropped.write(found.row())
                case Linked(url):
                    linked.write({"url": url})
                    continue
            counts["inputs.in"] += 1
    return dict(counts)


def rejections(source_type: str, index: Path, slices: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """The rows of every input of a snapshot that made no document, from the folders of its index and its slices: those
    that `whole` would give, in their order."""
    linked: set[str] = set()
    for folder in (index, *slices):
        yield from read_rows(folder / DROPPED)
        if folder != index:
            linked.update(row["url"] for row in read_rows(folder / LINKED))
    source = cast(SlicedSource, load(source_type))
    for found in source.left(indexed(index), linked):
        yield found.row()
