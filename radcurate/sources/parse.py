"""Stage `parse`: one file in, its documents out, parted into shards by the hash of their ids.

Out, in the unit's folder: `documents-<shard>.parquet` for every shard, and `dropped.parquet` for inputs that made none.
"""

import contextlib
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from radcurate import schemas
from radcurate.documents import DOCUMENT_SCHEMA, bucket
from radcurate.sources import Rejected, SourceSpec, load
from radcurate.tables import DROPPED_SCHEMA, TableWriter, dropped_row

# Every shard has a writer open at once, so their buffers are kept small.
ROWS_PER_GROUP = 200


def documents_file(shard: int) -> str:
    """The name of a shard's documents in a unit's folder."""
    return f"documents-{shard:05d}.parquet"


def parse_file(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """Reads the file `inputs[0]` by `parameters`: source (name, type, options, permission), shards, limit (documents
    and rejections together, or None)."""
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
        for item in itertools.islice(load(spec.type).read(inputs[0], spec), parameters["limit"]):
            counts["inputs.in"] += 1
            if isinstance(item, Rejected):
                dropped.write(dropped_row("input", item.locator, item.rule, item.reason, locator=item.locator))
                counts[f"inputs.dropped.{item.rule}"] += 1
            else:
                writers[bucket(item.document_id, shards)].write(item.row())
                counts["inputs.kept"] += 1
    return dict(counts)
