"""Stages `repeats/<task>` and `cap/<task>`: no more records of one input or output than the recipe's `max_repeats`.

Normal reports repeat in life, and a thousand times "No acute disease." teaches little. `repeats` counts, part by part
of all keys, the records of each split that share an input or an output (case and spacing aside), and draws by the hash
of their keys which stay; each cap is counted by itself. `cap` writes the shards of `derive` again without the others,
so that training inputs that are gone count nowhere. A part of all keys is in memory at a time.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from radcurate.documents import bucket
from radcurate.records import RECORD_SCHEMA
from radcurate.stages import Finished, Stage, Unit
from radcurate.tables import DROPPED_SCHEMA, TableWriter, dropped_row, read_rows
from radcurate.tasks.deriving import SHINGLE_SCHEMA

MAX_REPEATS = "max_repeats.v1"
MOST_PARTS = 16

CUT_SCHEMA = pa.schema(
    [
        pa.field("shard", pa.int32(), nullable=False),
        pa.field("record_id", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
    ]
)


def repeats_stage(task: str, derived: Finished, most: Mapping[str, int]) -> Stage:
    """Which records are too many; one unit for each part of all keys."""
    parts = min(MOST_PARTS, len(derived.shards))
    units = tuple(Unit(tuple(derived.shards), {"part": part}) for part in range(parts))
    parameters = {"parts": parts, "most": dict(most)}
    return Stage(f"repeats/{task}", find_repeats, units, {"derive": derived.digest}, parameters)


def cap_stage(task: str, derived: Finished, repeats: Finished) -> Stage:
    """The shards of `derive` without them."""
    units = tuple(
        Unit((folder, *repeats.shards), {"shard": shard, "parts": len(repeats.shards)})
        for shard, folder in enumerate(derived.shards)
    )
    made = derived.counts.get("records.made", 0)
    return Stage(f"cap/{task}", cap_shard, units, {"derive": derived.digest, "repeats": repeats.digest}, total=made)


def find_repeats(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`inputs` are the folders of `derive`; `parameters`: part, parts, most (how many may share an `input`, `output`).

    Writes `cut.parquet`.
    """
    with TableWriter(output / "cut.parquet", CUT_SCHEMA) as cut:
        for field, most in sorted(parameters["most"].items()):
            sharing: dict[tuple[str, str], list[tuple[str, int, str]]] = {}
            for shard, row in _rows(inputs, f"{field}_key"):
                key = row[f"{field}_key"]
                if bucket(key, parameters["parts"]) == parameters["part"]:
                    drawn = (_lot(row["record_key"]), shard, row["record_id"])
                    sharing.setdefault((row["split"], key), []).append(drawn)
            for (split, _), records in sorted(sharing.items()):
                reason = f"more than {most} {split} records have this {field}"
                for _, shard, record_id in sorted(records)[most:]:
                    cut.write({"shard": shard, "record_id": record_id, "reason": reason})
        return {"cut": cut.rows}


def _rows(folders: Sequence[Path], key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for shard, folder in enumerate(folders):
        for row in read_rows(folder / "shingles.parquet", ["record_id", "record_key", "split", key]):
            yield shard, row


def _lot(record_key: str) -> str:
    return hashlib.sha256(f"repeats:{record_key}".encode()).hexdigest()


def cap_shard(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`inputs` are the shard's folder of `derive` and all of `repeats`; `parameters`: shard.

    Writes `records.parquet` and `shingles.parquet` as `derive` does, and `dropped.parquet`.
    """
    own, *repeats = inputs
    wanted = [("shard", "==", parameters["shard"])]
    cut: dict[str, str] = {}
    for folder in repeats:
        for row in pq.read_table(folder / "cut.parquet", filters=wanted).to_pylist():
            cut[row["record_id"]] = max(row["reason"], cut.get(row["record_id"], ""))
    with ExitStack() as stack:
        records = stack.enter_context(TableWriter(output / "records.parquet", RECORD_SCHEMA))
        hashes = stack.enter_context(TableWriter(output / "shingles.parquet", SHINGLE_SCHEMA))
        dropped = stack.enter_context(TableWriter(output / "dropped.parquet", DROPPED_SCHEMA))
        for row in read_rows(own / "records.parquet"):
            reason = cut.get(row["record_id"])
            if reason is None:
                records.write(row)
            else:
                document = row["document_ids"][0]
                dropped.write(dropped_row("record", row["record_key"], MAX_REPEATS, reason, locator=document))
        for row in read_rows(own / "shingles.parquet"):
            if row["record_id"] not in cut:
                hashes.write(row)
        return {"records.made": records.rows, f"records.dropped.{MAX_REPEATS}": dropped.rows}
