"""Stage `parse`: one file in, its documents out, parted into shards by the hash of their ids.

Of a snapshot that was read in slices (`slices.py`) what they made comes in: the same comes out as of the file itself.

Out, in the unit's folder: `documents-<shard>.parquet` for every shard, and `dropped.parquet` for inputs that made none.
"""

import contextlib
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from radcurate import schemas
from radcurate.documents import DOCUMENT_SCHEMA, Document, bucket
from radcurate.sources import Rejected, SourceSpec, load
from radcurate.tables import DROPPED_SCHEMA, TableWriter

# Every shard has a writer open at once, so their buffers are kept small.
ROWS_PER_GROUP = 200


def documents_file(shard: int) -> str:
    """The name of a shard's documents in a unit's folder."""
    return f"documents-{shard:05d}.parquet"


def parse_file(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """Reads the file `inputs[0]` by `parameters`: source (name, type, options, permission), shards, limit (documents
    and rejections together, or None). Where more inputs follow they are the folders of its index and its slices."""
    counts: Counter[str] = Counter()
    source = parameters["source"]
    spec = SourceSpec(source["name"], source["type"], (inputs[0],), source["options"], source["permission"])
    shards = parameters["shards"]
    with contextlib.ExitStack() as stack:
        writers = [
            stack.enter_context(
                TableWriter(
                    output / documents_file(shard), DOCUMENT_SCHEMA, schemas.validator("document"), ROWS_PER_GROUP
                )
            )
            for shard in range(shards)
        ]
        dropped = stack.enter_context(TableWriter(output / "dropped.parquet", DROPPED_SCHEMA))
        rows = _joined(spec.type, inputs[1:]) if len(inputs) > 1 else _rows(load(spec.type).read(inputs[0], spec))
        for is_document, row in itertools.islice(rows, parameters["limit"]):
            counts["inputs.in"] += 1
            if is_document:
                writers[bucket(row["document_id"], shards)].write(row)
                counts["inputs.kept"] += 1
            else:
                dropped.write(row)
                counts[f"inputs.dropped.{row['rule']}"] += 1
    return dict(counts)


def _joined(source_type: str, folders: Sequence[Path]) -> Iterator[tuple[bool, dict[str, Any]]]:
    from radcurate.sources.slices import joined  # a build without a snapshot has no use for what reads one

    return joined(source_type, *folders)


def _rows(found: Iterable[Document | Rejected]) -> Iterator[tuple[bool, dict[str, Any]]]:
    """Whether it is a document, and its row, for everything that a source read."""
    for item in found:
        yield (False, item.row()) if isinstance(item, Rejected) else (True, item.row())
