"""The pool that a task may draw from: the other documents of the same split, source and licence.

It is read from the documents' shards when it is asked for, so it costs nothing to a task that does not use it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from radcurate.documents import Document, from_row
from radcurate.tables import read_rows


@dataclass(frozen=True)
class Pool:
    """Iterates over the pool of `document` in the order of the shards, document by document."""

    document: Document
    shards: Sequence[Path]

    def __iter__(self) -> Iterator[Document]:
        own = self.document
        for path in self.shards:
            for row in read_rows(path):
                same = (row["split"], row["source"], row["licence"]) == (own.split, own.source, own.licence)
                if same and row["document_id"] != own.document_id:
                    yield from_row(row)
