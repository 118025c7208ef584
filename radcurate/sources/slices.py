"""Snapshots, read in slices: runs of addresses that workers read side by side.

In: a snapshot. Out, by the stage `index`: which answer counts for each address (`entries.parquet`), and its damaged
records; by the stage `read`, for each slice, what a source made of it. `parse` puts the slices together as if all had
been read at once: what stands in a release does not tell how many there were.

A source that is read so is a module with `read_slice(path, spec, held, addresses)`, which yields a value for each
input among these addresses and a `Linked` for each page that was read with another, and with `left(held, linked)`,
which yields inputs that no slice can judge alone: pages that nothing led to.
"""

import bisect
import contextlib
import itertools
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Protocol, cast

import pyarrow as pa
import pyarrow.parquet as pq

from radcurate import schemas
from radcurate.documents import DOCUMENT_SCHEMA, Document
from radcurate.sources import Rejected, SourceSpec, load
from radcurate.spiders.snapshot import Contents, Damaged, Entry, contents
from radcurate.tables import DROPPED_SCHEMA, TableWriter, read_rows

ENTRIES, DOCUMENTS, DROPPED, LINKED = "entries.parquet", "documents.parquet", "dropped.parquet", "linked.parquet"
ENTRY_SCHEMA = pa.schema(
    [
        pa.field("url", pa.string(), nullable=False),
        pa.field("file", pa.string(), nullable=False),
        pa.field("offset", pa.int64(), nullable=False),
        pa.field("status", pa.int32(), nullable=False),
        pa.field("retrieved", pa.string(), nullable=False),
        pa.field("sha256", pa.string(), nullable=False),
        pa.field("size", pa.int64(), nullable=False),
        pa.field("is_page", pa.bool_(), nullable=False),
        pa.field("checked", pa.string(), nullable=False),
        pa.field("alias_of", pa.string()),
    ]
)
LINKED_SCHEMA = pa.schema([pa.field("url", pa.string(), nullable=False)])
_FIELDS = tuple(field.name for field in fields(Entry))


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


def index_snapshot(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """Writes what the snapshot `inputs[0]` holds: `entries.parquet` in the order of addresses, `dropped.parquet`."""
    held = contents(inputs[0])
    with TableWriter(output / ENTRIES, ENTRY_SCHEMA) as writer:
        for url, entry in sorted(held.entries.items()):
            values = {name: getattr(entry, name) for name in _FIELDS}
            writer.write({"url": url, **values, "alias_of": held.aliases.get(url)})
    with TableWriter(output / DROPPED, DROPPED_SCHEMA) as dropped:
        for damaged in held.damaged:
            dropped.write(rejected(damaged).row())
    return {}


def read_slice(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """Reads a slice of the snapshot `inputs[0]`, whose index is in `inputs[1]`, by `parameters`: source, slice (its
    number, from 0) and slices. Writes `documents.parquet`, `dropped.parquet`, `linked.parquet` as they come."""
    told = parameters["source"]
    spec = SourceSpec(told["name"], told["type"], (inputs[0],), told["options"], told["permission"])
    held = indexed(inputs[1])
    source = cast(SlicedSource, load(spec.type))
    counts: Counter[str] = Counter()
    with contextlib.ExitStack() as stack:
        validator = schemas.validator("document")
        documents = stack.enter_context(TableWriter(output / DOCUMENTS, DOCUMENT_SCHEMA, validator))
        dropped = stack.enter_context(TableWriter(output / DROPPED, DROPPED_SCHEMA))
        linked = stack.enter_context(TableWriter(output / LINKED, LINKED_SCHEMA))
        addresses = cut(held.entries, parameters["slice"], parameters["slices"])
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


def joined(source_type: str, index: Path, *slices: Path) -> Iterator[tuple[bool, dict[str, Any]]]:
    """Whether it is a document, and its row, for every input of a snapshot, from the folders of its index and its
    slices: the rows that `whole` would give, documents and rejections each in their order."""
    linked: set[str] = set()
    for folder in (index, *slices):
        for is_document, name in ((True, DOCUMENTS), (False, DROPPED)):
            if (folder / name).is_file():
                yield from ((is_document, row) for row in read_rows(folder / name))
        if folder != index:
            linked.update(row["url"] for row in read_rows(folder / LINKED))
    source = cast(SlicedSource, load(source_type))
    for found in source.left(indexed(index), linked):
        yield False, found.row()


def indexed(folder: Path) -> Contents:
    """What `index_snapshot` wrote there, save damaged records."""
    held = Contents()
    for row in pq.read_table(folder / ENTRIES).to_pylist():
        url, alias_of = row.pop("url"), row.pop("alias_of")
        held.entries[url] = Entry(**{**row, "file": sys.intern(row["file"])})
        if alias_of is not None:
            held.aliases[url] = alias_of
    return held


def cut(entries: Mapping[str, Entry], number: int, slices: int) -> list[str]:
    """The addresses of one of so many slices, of about as many bytes each; in their order they are all addresses."""
    addresses = sorted(entries)
    ends = list(itertools.accumulate(entries[url].size for url in addresses))
    borders = [bisect.bisect_left(ends, ends[-1] * place // slices) if ends else 0 for place in (number, number + 1)]
    return addresses[borders[0] : len(addresses) if number + 1 == slices else borders[1]]
