"""Documents as the stage `read` hands them to `parse`: an Arrow file in parts, each for another unit of `parse`.

Part 0 holds the shards 0, 8, 16 …, and so on. A file's batches are its parts in their order, once or again and again.
"""

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy
import pyarrow as pa

from radcurate import schemas
from radcurate.documents import DOCUMENT_SCHEMA, bucket
from radcurate.tables import ROWS_PER_GROUP, refuse_faulty

# So many processes can work on `parse` at once; more make more and smaller batches.
PARTS = 8


class PartedWriter:
    """Writes rows of documents of so many `shards`, each checked against its JSON Schema. Use it in a `with`."""

    def __init__(self, path: Path, shards: int) -> None:
        self._path, self._shards = path, shards
        self._validator = schemas.validator("document")
        self._rows: list[list[Mapping[str, Any]]] = [[] for _ in range(PARTS)]
        self._held = 0
        self._sink = pa.OSFile(str(path), "wb")
        self._file = pa.ipc.new_file(self._sink, DOCUMENT_SCHEMA)

    def write(self, row: Mapping[str, Any]) -> None:
        """Adds one row; raises `DataError` for one that breaks the schema."""
        refuse_faulty(row, self._validator, self._path.name)
        self._rows[bucket(row["document_id"], self._shards) % PARTS].append(row)
        self._held += 1
        if self._held >= ROWS_PER_GROUP:
            self._flush()

    def _flush(self) -> None:
        for rows in self._rows:
            self._file.write_batch(pa.RecordBatch.from_pylist(rows, schema=DOCUMENT_SCHEMA))
            rows.clear()
        self._held = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._held:
            self._flush()
        self._file.close()
        self._sink.close()


def shards_of(part: int, shards: int) -> range:
    """The shards that a part holds."""
    return range(part, shards, PARTS)


def part_of(paths: list[Path], part: int) -> Iterator[pa.Table]:
    """The documents of a part in the files, in their order, some thousand at a time."""
    batches: list[pa.RecordBatch] = []
    for path in paths:
        with pa.memory_map(str(path)) as source, pa.ipc.open_file(source) as file:
            for number in range(part, file.num_record_batches, PARTS):
                batches.append(file.get_batch(number))
                if sum(batch.num_rows for batch in batches) >= ROWS_PER_GROUP:
                    yield pa.Table.from_batches(batches)
                    batches = []
    yield pa.Table.from_batches(batches, schema=DOCUMENT_SCHEMA)


def by_shard(table: pa.Table, shards: int) -> Iterator[tuple[int, pa.Table]]:
    """The rows of each shard in their order."""
    numbers = numpy.array(
        [bucket(identity, shards) for identity in table["document_id"].to_pylist()], dtype=numpy.int64
    )
    order = numpy.argsort(numbers, kind="stable")
    ordered, (found, starts) = table.take(order), numpy.unique(numbers[order], return_index=True)
    borders = itertools.pairwise([*starts.tolist(), len(numbers)])
    for shard, (start, end) in zip(found.tolist(), borders, strict=True):
        yield shard, ordered.slice(start, end - start)
