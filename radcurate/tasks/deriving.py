"""Stages `derive/<task>` and `compare/<task>`: the records of one shard, then what training shares with the rest.

`derive` writes `records.parquet`, `dropped.parquet` (every refusal), `edited.parquet` (what people corrected) and
`shingles.parquet`; a training record whose document names a test document as related is left out. Where the recipe has
a `max_repeats`, the stages of `repeats.py` come between, and where it bounds the balance those of `balance.py`.
`compare` reads the shingles of all shards: a validation or test record whose input a training record has too is left
out, every other one carries `nearest_train`.
"""

import contextlib
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from radcurate import reviews, schemas
from radcurate.documents import Document, from_row
from radcurate.errors import DataError
from radcurate.records import RECORD_SCHEMA, Refusal, make_record, record_key
from radcurate.shingles import Hashes, best_jaccard, shingles
from radcurate.splits import SPLITS
from radcurate.tables import DROPPED_SCHEMA, EDITED_SCHEMA, TableWriter, dropped_row, read_rows
from radcurate.tasks import Task, load
from radcurate.tasks.pool import Pool, with_neighbours
from radcurate.tasks.task_files import guarded

REPEATS_TRAINING_INPUT = "repeats_training_input.v1"
LINKS_TEST_DOCUMENT = "links_test_document.v1"
NEAREST_FROM = 0.5

SHINGLE_SCHEMA = pa.schema(
    [
        pa.field("record_id", pa.string(), nullable=False),
        pa.field("record_key", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("input_key", pa.string(), nullable=False),
        pa.field("output_key", pa.string(), nullable=False),
        pa.field("shingles", pa.list_(pa.uint64()), nullable=False),
    ]
)


def derive_shard(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`inputs` are the shard's folder of `split`, those of all (the pool), the file of verdicts where the recipe names
    one, and that of a task from outside; `parameters`: generator, leave_out, reviewed (whether it does), file (the
    sha256 of the task's)."""
    counts: Counter[str] = Counter()
    own, *everything = inputs
    file = everything.pop() if parameters.get("file") else None
    verdicts = reviews.load(everything.pop()) if parameters["reviewed"] else {}
    pool_shards = [folder / "documents.parquet" for folder in everything]
    task = load(parameters["generator"], file, sha256=parameters.get("file"))
    leave_out = set(parameters["leave_out"])
    priors = _priors(own / "documents.parquet", pool_shards) if getattr(task, "READS_PRIORS", False) else {}
    tested = _linked_test_documents(own / "documents.parquet", pool_shards)
    with contextlib.ExitStack() as stack:
        records = stack.enter_context(
            TableWriter(output / "records.parquet", RECORD_SCHEMA, schemas.validator("record"))
        )
        dropped = stack.enter_context(TableWriter(output / "dropped.parquet", DROPPED_SCHEMA))
        edited = stack.enter_context(TableWriter(output / "edited.parquet", EDITED_SCHEMA))
        hashes = stack.enter_context(TableWriter(output / "shingles.parquet", SHINGLE_SCHEMA))
        for document, neighbours in with_neighbours(read_rows(own / "documents.parquet")):
            if document.kind not in task.KINDS:
                continue
            used = False
            linked = next((tested[link] for link in document.links if link in tested), None)
            pool = Pool(document, pool_shards, neighbours, _prior_of(document, priors))
            for made in _made(task, file, document, pool, leave_out):
                counts["records.in"] += 1
                if isinstance(made, Refusal):
                    key = record_key(task.ID.rpartition(".")[0], [document.document_id], made.slot)
                    dropped.write(dropped_row("record", key, task.ID, made.reason, locator=document.document_id))
                    counts[f"records.dropped.{made.reason}"] += 1
                    continue
                used = True
                if linked and document.split == "train":
                    reason = "its document names one of the test split as related, so it is no training record"
                    dropped.write(
                        dropped_row(
                            "record",
                            made["record_key"],
                            LINKS_TEST_DOCUMENT,
                            reason,
                            locator=document.document_id,
                            kept_id=linked,
                        )
                    )
                    counts[f"records.dropped.{LINKS_TEST_DOCUMENT}"] += 1
                    continue
                verdict = verdicts.get(made["record_key"])
                if verdict and not verdict.is_about(made):
                    counts["verdicts.outdated"] += 1
                elif verdict and verdict.verdict == "reject":
                    dropped.write(
                        dropped_row(
                            "record", made["record_key"], reviews.RULE, verdict.told(), locator=document.document_id
                        )
                    )
                    counts[f"records.dropped.{reviews.RULE}"] += 1
                    counts["verdicts.applied"] += 1
                    continue
                elif verdict:
                    _refuse_malformed(task, made, verdict)
                    edited.write(reviews.edited_row(made, verdict))
                    counts[f"edits.{reviews.RULE}"] += 1
                    counts["verdicts.applied"] += 1
                    made = reviews.fixed(made, verdict)
                counts["records.made"] += 1
                records.write(made)
                hashes.write(
                    {
                        "record_id": made["record_id"],
                        "record_key": made["record_key"],
                        "split": document.split,
                        "input_key": _words_key(made["input"]),
                        "output_key": _words_key(made["output"]),
                        "shingles": shingles(made["input"]).tolist(),
                    }
                )
            counts[f"documents.seen.{document.kind}"] += 1
            counts["documents.used"] += used
    return dict(counts)


def _refuse_malformed(task: Task, record: Mapping[str, Any], verdict: reviews.Verdict) -> None:
    """Raises `DataError` where a person's answer is not in the form in which the task's answers are read."""
    if task.score(record, verdict.new_output).get("malformed"):
        raise DataError(
            f"the new output that the verdict on {verdict.record_key} gives is no answer in the form of {task.ID}: "
            f"{verdict.new_output[:80]!r}\n"
            "What to do: mend `new_output` in the file of verdicts; docs/tasks.md has the form"
        )


def _linked_test_documents(own: Path, everything: Sequence[Path]) -> dict[str, str]:
    """Ids of test documents that documents of this shard name as related, by address."""
    links = {link for row in read_rows(own, ["links"]) for link in row["links"]}
    return {
        row["url"]: row["document_id"]
        for path in (everything if links else ())
        for row in read_rows(path, ["url", "document_id", "split"])
        if row["split"] == "test" and row["url"] in links
    }


def _priors(own: Path, everything: Sequence[Path]) -> dict[str, Document]:
    """The reports that those of this shard name as the ones before them: no more than the shard has documents."""
    wanted = {row["prior"] for row in read_rows(own, ["prior"])} - {None}
    found: dict[str, Document] = {}
    for path in everything if wanted else ():
        near = pq.read_table(path, filters=[("document_id", "in", wanted)])
        found.update((row["document_id"], from_row(row)) for row in near.to_pylist())
    return found


def _prior_of(document: Document, priors: Mapping[str, Document]) -> Document | None:
    """The report before this one, where both may stand in one record."""
    prior = priors.get(document.prior or "")
    alike = prior and (prior.split, prior.source, prior.licence) == (document.split, document.source, document.licence)
    return prior if alike else None


def _made(
    task: Task, file: Path | None, document: Document, pool: Pool, leave_out: set[str]
) -> Iterator[dict[str, Any] | Refusal]:
    for draft in guarded(task, file, document, pool) if file else task.derive(document, pool):
        if isinstance(draft, Refusal):
            yield draft
        elif unwanted := leave_out.intersection(draft.flags):
            yield Refusal(draft.slot, min(unwanted))
        else:
            yield make_record(task.ID, task.INSTRUCTIONS, [document, *draft.others], draft)


def _words_key(text: str) -> str:
    """What equal inputs or outputs share: their words, case and spacing aside."""
    return hashlib.sha256(" ".join(text.lower().split()).encode()).hexdigest()


@dataclass(frozen=True)
class Compared:
    """What training says of one record: the equal training input's record, if any, and the highest Jaccard."""

    equal: str | None
    nearest: float


def compare_shard(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`inputs` are the shard's folder of `derive` and those of all shards, of which one at a time is in memory.

    Writes `<split>/records.parquet` and `dropped.parquet`.
    """
    counts: Counter[str] = Counter()
    own, *everything = inputs
    compared, splits = _compare(own, everything)
    with contextlib.ExitStack() as stack:
        writers = {}
        for split in SPLITS:
            (output / split).mkdir()
            writers[split] = stack.enter_context(
                TableWriter(output / split / "records.parquet", RECORD_SCHEMA, schemas.validator("record"))
            )
        dropped = stack.enter_context(TableWriter(output / "dropped.parquet", DROPPED_SCHEMA))
        for row in read_rows(own / "records.parquet"):
            split = splits[row["record_id"]]
            found = compared.get(row["record_id"])
            if found and found.equal:
                reason = f"its input equals that of a training record, so it is no {split} record"
                dropped.write(
                    dropped_row(
                        "record",
                        row["record_key"],
                        REPEATS_TRAINING_INPUT,
                        reason,
                        locator=row["document_ids"][0],
                        kept_id=found.equal,
                        similarity=1.0,
                    )
                )
                counts[f"records.dropped.{REPEATS_TRAINING_INPUT}"] += 1
                continue
            row["nearest_train"] = found.nearest if found and found.nearest >= NEAREST_FROM else None
            writers[split].write(row)
            counts[f"records.kept.{split}"] += 1
    return dict(counts)


def _compare(own: Path, everything: Sequence[Path]) -> tuple[dict[str, Compared], dict[str, str]]:
    table = pq.read_table(own / "shingles.parquet")
    splits = dict(zip(table["record_id"].to_pylist(), table["split"].to_pylist(), strict=True))
    held_out = table.filter(pc.field("split") != "train")
    queries = _hashes(held_out)
    keys = held_out["input_key"].to_pylist()
    best = np.zeros(len(queries))
    equal: dict[str, str] = {}
    for folder in everything if queries else ():
        training = pq.read_table(folder / "shingles.parquet", filters=[("split", "==", "train")])
        best = np.maximum(best, best_jaccard(queries, _hashes(training)))
        for key, record_id in zip(training["input_key"].to_pylist(), training["record_id"].to_pylist(), strict=True):
            equal[key] = min(record_id, equal.get(key, record_id))
        equal = {key: equal[key] for key in keys if key in equal}
    compared = {
        record_id: Compared(equal.get(key), float(nearest))
        for record_id, key, nearest in zip(held_out["record_id"].to_pylist(), keys, best, strict=True)
    }
    return compared, splits


def _hashes(table: pa.Table) -> list[Hashes]:
    """The shingle column as one array a row."""
    column = table["shingles"].combine_chunks()
    values = column.flatten().to_numpy(zero_copy_only=False)
    ends = np.cumsum(column.value_lengths().to_numpy(zero_copy_only=False))
    return np.split(values, ends[:-1]) if len(ends) else []
