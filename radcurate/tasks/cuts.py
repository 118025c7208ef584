"""Records that are taken out after they were derived: the table that names them, and the stage that leaves them out.

In: the shards of `derive` (or of an earlier cut) and tables of cuts, which a stage before has drawn (`repeats.py`,
`balance.py`). Out: the same shards without those records, each in `dropped.parquet` with the rule and the reason of its
cut. So training inputs that are gone count nowhere later.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from radcurate.records import RECORD_SCHEMA
from radcurate.stages import Finished, Stage, Unit
from radcurate.tables import DROPPED_SCHEMA, TableWriter, dropped_row, read_rows
from radcurate.tasks.deriving import SHINGLE_SCHEMA

CUTS = "cut.parquet"
CUT_SCHEMA = pa.schema(
    [
        pa.field("shard", pa.int32(), nullable=False),
        pa.field("record_id", pa.string(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
    ]
)


def lot(draw: str, record_key: str) -> bytes:
    """Where a draw of this name puts a record: those with the lowest lots stay."""
    return hashlib.sha256(f"{draw}:{record_key}".encode()).digest()


def cut_stage(name: str, derived: Finished, drawn: Finished) -> Stage:
    """The shards of `derived` without the records that the stage `drawn` names."""
    units = tuple(Unit((folder, *drawn.shards), {"shard": shard}) for shard, folder in enumerate(derived.shards))
    made = derived.counts.get("records.made", 0)
    return Stage(name, cut_shard, units, {"derive": derived.digest, "drawn": drawn.digest}, total=made)


def cut_shard(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`inputs` are the shard's folder of `derive` and all folders with cuts; `parameters`: shard.

    Writes `records.parquet` and `shingles.parquet` as `derive` does, and `dropped.parquet`.
    """
    own, *drawn = inputs
    wanted = [("shard", "==", parameters["shard"])]
    cut: dict[str, tuple[str, str]] = {}
    for folder in drawn:
        for row in pq.read_table(folder / CUTS, filters=wanted).to_pylist():
            cut[row["record_id"]] = max((row["rule"], row["reason"]), cut.get(row["record_id"], ("", "")))
    counts: Counter[str] = Counter()
    with ExitStack() as stack:
        records = stack.enter_context(TableWriter(output / "records.parquet", RECORD_SCHEMA))
        hashes = stack.enter_context(TableWriter(output / "shingles.parquet", SHINGLE_SCHEMA))
        dropped = stack.enter_context(TableWriter(output / "dropped.parquet", DROPPED_SCHEMA))
        for row in read_rows(own / "records.parquet"):
            found = cut.get(row["record_id"])
            if found is None:
                records.write(row)
                continue
            rule, reason = found
            counts[f"records.dropped.{rule}"] += 1
            dropped.write(dropped_row("record", row["record_key"], rule, reason, locator=row["document_ids"][0]))
        for row in read_rows(own / "shingles.parquet"):
            if row["record_id"] not in cut:
                hashes.write(row)
        return {"records.made": records.rows, **counts}
