"""Stage `weigh/<task>`: what a balance is counted in, of each record of a shard.

In: a shard of `derive` (or of `cap`) and that of the documents. Out: `weighed.parquet`, a row a record in their order:
its split, its lot, hashes of its document and its input, the words of its answer, its labels as the task's
`labels(output)` reads them, and whether its document is a normal study.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from radcurate.documents import Document, from_row
from radcurate.language.observations import PRESENT, UNCERTAIN, UNKNOWN, Observation, observe_document
from radcurate.stages import Finished, Stage, Unit
from radcurate.tables import TableWriter, read_rows
from radcurate.tasks import TaskCode, load
from radcurate.tasks.cuts import lot

WEIGHED = "weighed.parquet"
WEIGHED_SCHEMA = pa.schema(
    [
        pa.field("record_id", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("lot", pa.uint64(), nullable=False),
        pa.field("document", pa.uint64(), nullable=False),
        pa.field("input", pa.uint64(), nullable=False),
        pa.field("words", pa.int32(), nullable=False),
        pa.field("labels", pa.list_(pa.string()), nullable=False),
        pa.field("normal", pa.bool_(), nullable=False),
    ]
)
READ = ("findings", "impression")
# Kinds of observation that a normal study has none of; devices, variants and what surgery left may be there.
ABNORMAL_KINDS = ("finding", "diagnosis")


def weigh_stage(task: str, code: TaskCode, derived: Finished, split: Finished, balance: Mapping[str, Any]) -> Stage:
    """A unit a shard; documents are read for observations only where a bound asks for normal studies."""
    return Stage(
        f"weigh/{task}",
        weigh_shard,
        tuple(Unit((*pair, *code.files)) for pair in zip(derived.shards, split.shards, strict=True)),
        {"derive": derived.digest, "split": split.digest},
        {**code.parameters, "normal": "normal_share" in balance},
        code.modules,
        total=derived.counts.get("records.made", 0),
    )


def weigh_shard(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`inputs` are the shard's folders of `derive` and of `split`, and the file of a task from outside; `parameters`:
    generator, file, normal."""
    own, documents, *files = inputs
    labels_of = getattr(load(parameters["generator"], *files, sha256=parameters["file"]), "labels", None)
    normal = _normal(documents / "documents.parquet") if parameters["normal"] else set()
    keys = read_rows(own / "shingles.parquet", ["record_id", "split", "input_key"])
    records = read_rows(own / "records.parquet", ["record_id", "record_key", "output", "document_ids"])
    with TableWriter(output / WEIGHED, WEIGHED_SCHEMA) as weighed:
        for record, key in zip(records, keys, strict=True):
            document = record["document_ids"][0]
            weighed.write(
                {
                    "record_id": record["record_id"],
                    "split": key["split"],
                    "lot": _number(lot("balance", record["record_key"])),
                    "document": _number(hashlib.sha256(document.encode()).digest()),
                    "input": _number(bytes.fromhex(key["input_key"])),
                    "words": len(record["output"].split()),
                    "labels": list(labels_of(record["output"])) if labels_of else [],
                    "normal": document in normal,
                }
            )
        return {"records.weighed": weighed.rows}


def _number(digest: bytes) -> int:
    """Its first 64 bits."""
    return int.from_bytes(digest[:8], "big")


def _normal(path: Path) -> set[str]:
    return {row["document_id"] for row in read_rows(path) if is_normal(from_row(row))}


def is_normal(document: Document) -> bool:
    """True for a normal study: a report whose findings or impression say something, and neither state nor suspect a
    finding or a diagnosis, nor hide one behind a redaction mark. Devices and what surgery left do not count."""
    if document.kind != "report":
        return False
    read = [each for each in observe_document(document) if str(each.section).rstrip("_0123456789") in READ]
    return bool(read) and not any(map(_is_abnormal, read))


def _is_abnormal(one: Observation) -> bool:
    return one.kind in ABNORMAL_KINDS and one.polarity in (PRESENT, UNCERTAIN, UNKNOWN)
