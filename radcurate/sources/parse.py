"""Stage `parse`: one file in, its documents out, parted into shards by the hash of their ids.

Of a snapshot that was read in slices (`slices.py`) what they made comes in, and several units part it: the same comes
out as of the file itself.

Out, in the unit's folder: `documents-<shard>.parquet` for every shard that is the unit's, and `dropped.parquet` for
inputs that made none.
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
from radcurate.tables import DROPPED_SCHEMA, TableWriter

# Every shard has a writer open at once, so their buffers are kept small.
ROWS_PER_GROUP = 200
DROPPED = "dropped.parquet"


def documents_file(shard: int) -> str:
    """The name of a shard's documents in a unit's folder."""
    return f"documents-{shard:05d}.parquet"


def parse_file(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """Reads the file `inputs[0]` by `parameters`: source (name, type, options, permission), shards, limit (documents
    and rejections together, or None). Where more inputs follow they are the folders of its index and its slices, and
    `part` says which shards are wanted: with part 0 go the rejections."""
    source, shards = parameters["source"], parameters["shards"]
    if len(inputs) > 1:
        return _parse_part(source["type"], inputs[1], inputs[2:], output, parameters["part"], shards)
    counts: Counter[str] = Counter()
    spec = SourceSpec(source["name"], source["type"], (inputs[0],), source["options"], source["permission"])
    with contextlib.ExitStack() as stack:
        writers = [stack.enter_context(_writer(output, shard)) for shard in range(shards)]
        dropped = stack.enter_context(TableWriter(output / DROPPED, DROPPED_SCHEMA))
        for found in itertools.islice(load(spec.type).read(inputs[0], spec), parameters["limit"]):
            counts["inputs.in"] += 1
            if isinstance(found, Rejected):
                dropped.write(found.row())
                counts[f"inputs.dropped.{found.rule}"] += 1
            else:
                writers[bucket(found.document_id, shards)].write(found.row())
                counts["inputs.kept"] += 1
    return dict(counts)


def _parse_part(
    source_type: str, index: Path, slices: Sequence[Path], output: Path, part: int, shards: int
) -> dict[str, int]:
    # A build without a snapshot has no use for what reads one.
    from radcurate.sources.parted import by_shard, part_of, shards_of
    from radcurate.sources.slices import DOCUMENTS, rejections

    counts: Counter[str] = Counter()
    with contextlib.ExitStack() as stack:
        writers = {shard: stack.enter_context(_writer(output, shard)) for shard in shards_of(part, shards)}
        for table in part_of([folder / DOCUMENTS for folder in slices], part):
            for shard, rows in by_shard(table, shards):
                writers[shard].write_table(rows)
            counts["inputs.kept"] += table.num_rows
    if part == 0:
        with TableWriter(output / DROPPED, DROPPED_SCHEMA) as dropped:
            for row in rejections(source_type, index, slices):
                dropped.write(row)
                counts[f"inputs.dropped.{row['rule']}"] += 1
    return {"inputs.in": sum(counts.values()), **{name: count for name, count in counts.items() if count}}


def _writer(output: Path, shard: int) -> TableWriter:
    validator = schemas.validator("document")
    return TableWriter(output / documents_file(shard), DOCUMENT_SCHEMA, validator, ROWS_PER_GROUP, handed=True)
