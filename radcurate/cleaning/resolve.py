"""Stages `resolve` and `split`: what only the whole collection can tell, and the documents that remain.

`resolve` gathers the signatures of all shards, part by part, and decides which documents go for the sake of others and
which split a group has where the collection publishes one. `split` applies that to each shard's documents.
"""

import contextlib
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from radcurate import schemas
from radcurate.cleaning.clean import GROUP
from radcurate.cleaning.duplicates import groups
from radcurate.documents import DOCUMENT_SCHEMA, redaction_marks
from radcurate.splits import split_of, strictest
from radcurate.tables import DROPPED_SCHEMA, TableWriter, dropped_row, read_rows

GROUP_IN_TWO_SPLITS = "group_in_two_splits.v1"
ALREADY_RELEASED = "already_released.v1"
SAME_TEXT = "the same text as the document that is kept"
# The shard of a document of an earlier release (`build --against`), which is kept already.
SEEN = -1

DECISION_SCHEMA = pa.schema(
    [
        pa.field("shard", pa.int32(), nullable=False),
        pa.field("document_id", pa.string(), nullable=False),
        pa.field("rule", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("kept_id", pa.string()),
        pa.field("similarity", pa.float64()),
        pa.field("split", pa.string()),
    ]
)

Row = Mapping[str, Any]


def resolve_part(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`inputs` are the folders of `clean` and of `seen`; `parameters`: bucket (which part of all signatures), against
    (the earlier release's name and version, or None).

    Writes `decisions.parquet`. A report that goes because of its group's split, or because it was released already, is
    no survivor of duplicates.
    """
    wanted = [("bucket", "==", parameters["bucket"])]
    rows = [
        row for folder in inputs for row in pq.read_table(folder / "signatures.parquet", filters=wanted).to_pylist()
    ]
    decided = list(_released(rows, parameters["against"]))
    gone = {decision["document_id"] for decision in decided}
    of_groups = [row for row in rows if row["rule"] == GROUP and row["document_id"] not in gone]
    decided.extend(_one_split(of_groups))
    gone = {decision["document_id"] for decision in decided if decision["rule"]}
    rest = [row for row in rows if row["shard"] == SEEN or row["document_id"] not in gone]
    rest = [row for row in rest if row["rule"] not in (GROUP, ALREADY_RELEASED)]
    rest.sort(key=lambda row: row["rule"])
    with TableWriter(output / "decisions.parquet", DECISION_SCHEMA) as decisions:
        for decision in decided:
            decisions.write(decision)
        for rule, members in itertools.groupby(rest, key=lambda row: str(row["rule"])):
            for decision in _duplicates(rule, members, parameters["against"]):
                decisions.write(decision)
        return {"decisions": decisions.rows}


def _released(rows: Sequence[Row], against: str | None) -> Iterator[Row]:
    """Reports whose id the earlier release holds: their text repeats in life, so nothing else tells."""
    seen = {row["document_id"] for row in rows if row["rule"] == ALREADY_RELEASED}
    for row in rows:
        if row["rule"] == GROUP and row["document_id"] in seen:
            reason = f"the report is in {against}"
            yield {**_decision(row), "rule": ALREADY_RELEASED, "reason": reason, "kept_id": row["document_id"]}


def _duplicates(rule: str, rows: Iterator[Row], against: str | None) -> Iterator[Row]:
    for members in groups(rows):
        seen = next((row for row in members if row["shard"] == SEEN), None)
        survivor = seen or members[0]
        for row in members:
            if row is not survivor and row["shard"] != SEEN:
                yield {
                    **_decision(row),
                    "rule": rule,
                    "reason": f"the same text as a document of {against}" if seen else SAME_TEXT,
                    "kept_id": survivor["document_id"],
                    "similarity": 1.0,
                }


def _one_split(rows: Iterable[Row]) -> Iterator[Row]:
    """A group with published splits: documents of the strictest stay, those without one join it, the rest go."""
    members: dict[str, list[Row]] = {}
    for row in rows:
        members.setdefault(row["signature"], []).append(row)
    for group_id, same in sorted(members.items()):
        published = {row["split"] for row in same if row["split"]}
        for row in same if published else ():
            kept = strictest(published)
            if row["split"] is None:
                yield {**_decision(row), "split": kept}
            elif row["split"] != kept:
                reason = f"the collection has group {group_id} in {kept} too, so its {row['split']} documents go"
                yield {**_decision(row), "rule": GROUP_IN_TWO_SPLITS, "reason": reason}


def _decision(row: Row) -> dict[str, Any]:
    empty = dict.fromkeys(DECISION_SCHEMA.names)
    return {**empty, "shard": row["shard"], "document_id": row["document_id"]}


def split_shard(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`inputs` are the shard's folder of `clean` and all folders of `resolve` and `near`; `parameters`: shard.

    What `near` decides of a document stands before what `resolve` did. Writes `documents.parquet`, every document with
    its split, and `dropped.parquet`.
    """
    counts: Counter[str] = Counter()
    cleaned, *resolved = inputs
    decisions: dict[str, list[Row]] = {}
    for folder in resolved:
        for row in pq.read_table(
            folder / "decisions.parquet", filters=[("shard", "==", parameters["shard"])]
        ).to_pylist():
            decisions.setdefault(row["document_id"], []).append(row)
    with contextlib.ExitStack() as stack:
        documents = stack.enter_context(
            TableWriter(output / "documents.parquet", DOCUMENT_SCHEMA, schemas.validator("document"))
        )
        dropped = stack.enter_context(TableWriter(output / "dropped.parquet", DROPPED_SCHEMA))
        for row in read_rows(cleaned / "documents.parquet"):
            own = decisions.get(row["document_id"], [])
            drop = next((decision for decision in reversed(own) if decision["rule"]), None)
            if drop:
                dropped.write(
                    dropped_row(
                        "document",
                        row["document_id"],
                        drop["rule"],
                        drop["reason"],
                        kept_id=drop["kept_id"],
                        similarity=drop["similarity"],
                    )
                )
                counts[f"documents.dropped.{drop['rule']}"] += 1
                continue
            given = next((decision["split"] for decision in own), None)
            row["split"] = row["split"] or given or split_of(row["group_id"])
            documents.write(row)
            counts["documents.kept"] += 1
            counts["redaction_marks"] += redaction_marks(row)
            counts["documents.own_group"] += row["group_id"] == row["document_id"]
            counts[f"documents.split.{row['split']}"] += 1
            counts[f"documents.kind.{row['kind']}"] += 1
    return dict(counts)
