"""The pool that a task may draw from: the other documents of the same split, source and licence.

It is read from the documents' shards when it is asked for, so it costs nothing to a task that does not use it. To go
through it for every document takes the square of their number; a task that pairs documents uses `neighbours` instead,
those that stand near by in the shard, of which one block at a time is in memory.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from radcurate.documents import Document, from_row
from radcurate.tables import read_rows

# Documents of a shard that are in memory at a time; those of one split, source and licence among them are neighbours.
BLOCK = 1000

Made = TypeVar("Made")


class Neighbours:
    """Documents of one split, source and licence that stand together in a shard, in the order of their ids."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents = tuple(sorted(documents, key=lambda document: document.document_id))
        self._made: dict[Callable[[Sequence[Document]], Any], Any] = {}

    def once(self, make: Callable[[Sequence[Document]], Made]) -> Made:
        """What `make` makes of them all, made when the first of them asks."""
        if make not in self._made:
            self._made[make] = make(self.documents)
        made: Made = self._made[make]
        return made


@dataclass(frozen=True)
class Pool:
    """Iterates over the pool of `document` in the order of the shards, document by document; `prior` is the report
    that it names as the one before it, for a task that has `READS_PRIORS`."""

    document: Document
    shards: Sequence[Path]
    neighbours: Neighbours = field(default_factory=lambda: Neighbours(()))
    prior: Document | None = None

    def __iter__(self) -> Iterator[Document]:
        own = self.document
        for path in self.shards:
            for row in read_rows(path):
                same = (row["split"], row["source"], row["licence"]) == (own.split, own.source, own.licence)
                if same and row["document_id"] != own.document_id:
                    yield from_row(row)


def with_neighbours(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Document, Neighbours]]:
    """The documents of a shard in their order, each with its neighbours (itself among them)."""
    left = iter(rows)
    while block := [from_row(row) for row in islice(left, BLOCK)]:
        alike: dict[Hashable, list[Document]] = {}
        for document in block:
            alike.setdefault(_kind(document), []).append(document)
        neighbours = {kind: Neighbours(documents) for kind, documents in alike.items()}
        for document in block:
            yield document, neighbours[_kind(document)]


def _kind(document: Document) -> Hashable:
    return document.split, document.source, document.licence, document.permission
