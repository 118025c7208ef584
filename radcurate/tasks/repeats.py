"""Stages `repeats/<task>` and `cap/<task>`: no more records of one input or output than the recipe's `max_repeats`.

Normal reports repeat in life, and a thousand times "No acute disease." teaches little. `repeats` counts, part by part
of all keys, the records of each split that share an input or an output (case and spacing aside), and draws by the hash
of their keys which stay; each cap is counted by itself. `cap` leaves the others out (`cuts.py`). A part of all keys is
in memory at a time.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from radcurate.documents import bucket
from radcurate.stages import Finished, Stage, Unit
from radcurate.tables import TableWriter, read_rows
from radcurate.tasks.cuts import CUT_SCHEMA, CUTS, cut_stage, lot

MAX_REPEATS = "max_repeats.v1"
MOST_PARTS = 16


def repeats_stage(task: str, derived: Finished, most: Mapping[str, int]) -> Stage:
    """Which records are too many; one unit for each part of all keys."""
    parts = min(MOST_PARTS, len(derived.shards))
    units = tuple(Unit(tuple(derived.shards), {"part": part}) for part in range(parts))
    parameters = {"parts": parts, "most": dict(most)}
    return Stage(f"repeats/{task}", find_repeats, units, {"derive": derived.digest}, parameters)


def cap_stage(task: str, derived: Finished, repeats: Finished) -> Stage:
    """The shards of `derive` without them."""
    return cut_stage(f"cap/{task}", derived, repeats)


def find_repeats(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`inputs` are the folders of `derive`; `parameters`: part, parts, most (how many may share an `input`, `output`).

    Writes `cut.parquet`.
    """
    with TableWriter(output / CUTS, CUT_SCHEMA) as cut:
        for field, most in sorted(parameters["most"].items()):
            sharing: dict[tuple[str, str], list[tuple[bytes, int, str]]] = {}
            for shard, row in _rows(inputs, f"{field}_key"):
                key = row[f"{field}_key"]
                if bucket(key, parameters["parts"]) == parameters["part"]:
                    drawn = (lot("repeats", row["record_key"]), shard, row["record_id"])
                    sharing.setdefault((row["split"], key), []).append(drawn)
            for (split, _), records in sorted(sharing.items()):
                reason = f"more than {most} {split} records have this {field}"
                for _, shard, record_id in sorted(records)[most:]:
                    cut.write({"shard": shard, "record_id": record_id, "rule": MAX_REPEATS, "reason": reason})
        return {"cut": cut.rows}


def _rows(folders: Sequence[Path], key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for shard, folder in enumerate(folders):
        for row in read_rows(folder / "shingles.parquet", ["record_id", "record_key", "split", key]):
            yield shard, row
