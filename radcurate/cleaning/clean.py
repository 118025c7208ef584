"""Stage `clean`: the documents of one shard after the rules, in order of their ids, and what they share with others.

Out, in the unit's folder: `documents.parquet`, `edited.parquet`, `dropped.parquet`, and `signatures.parquet`, which the
stage `resolve` gathers over all shards.
"""

import contextlib
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from radcurate import schemas
from radcurate.cleaning import CollectionRule, chosen
from radcurate.cleaning.apply import clean_document
from radcurate.cleaning.deidentify.policy import from_parameters, rules_for, without_surrogate_fields
from radcurate.cleaning.duplicates import DUPLICATE_ID, length, survivor_first
from radcurate.documents import DOCUMENT_SCHEMA, Document, bucket, from_row
from radcurate.sources.parse import documents_file
from radcurate.tables import DROPPED_SCHEMA, EDITED_SCHEMA, TableWriter, dropped_row, read_rows

SIGNATURE_SCHEMA = pa.schema(
    [
        pa.field("rule", pa.string(), nullable=False),
        pa.field("signature", pa.string(), nullable=False),
        pa.field("bucket", pa.int32(), nullable=False),
        pa.field("shard", pa.int32(), nullable=False),
        pa.field("document_id", pa.string(), nullable=False),
        pa.field("length", pa.int64(), nullable=False),
        pa.field("revised", pa.string()),
        pa.field("raw_sha256", pa.string(), nullable=False),
        pa.field("split", pa.string()),
    ]
)

# The signature of the group: documents that share it must be in one split.
GROUP = "group"


def clean_shard(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`inputs` are the folders of `parse`; `parameters`: shard, shards, rules (ids in order), deidentify (a policy)."""
    counts: Counter[str] = Counter()
    rules = chosen(tuple(parameters["rules"]))
    policy = from_parameters(parameters.get("deidentify", {}))
    shard = parameters["shard"]
    with contextlib.ExitStack() as stack:
        documents = stack.enter_context(
            TableWriter(output / "documents.parquet", DOCUMENT_SCHEMA, schemas.validator("document"))
        )
        edited = stack.enter_context(TableWriter(output / "edited.parquet", EDITED_SCHEMA))
        dropped = stack.enter_context(TableWriter(output / "dropped.parquet", DROPPED_SCHEMA))
        signatures = stack.enter_context(TableWriter(output / "signatures.parquet", SIGNATURE_SCHEMA))
        for document, copies in _documents(inputs, shard):
            counts["documents.in"] += 1 + copies
            for _ in range(copies):
                reason = "the same id came more than once; the longest, then newest, is kept"
                dropped.write(
                    dropped_row("document", document.document_id, DUPLICATE_ID, reason, kept_id=document.document_id)
                )
                counts[f"documents.dropped.{DUPLICATE_ID}"] += 1
            cleaned, edits, drop = clean_document(document, rules_for(document, rules, policy))
            cleaned = without_surrogate_fields(cleaned, policy)
            for edit in edits:
                edited.write({"document_id": document.document_id, **asdict(edit)})
                counts[f"edits.{edit.rule}"] += 1
            if drop:
                rule, reason = drop
                dropped.write(dropped_row("document", document.document_id, rule, reason))
                counts[f"documents.dropped.{rule}"] += 1
                continue
            documents.write(cleaned.row())
            counts["documents.clean"] += 1
            # What concerns one group of reports is decided in one part: copies, and the split that they share.
            together = cleaned.group_id if cleaned.kind == "report" else None
            for rule, signature in _signatures(cleaned, [rule for rule in rules if isinstance(rule, CollectionRule)]):
                signatures.write(
                    {
                        "rule": rule,
                        "signature": signature,
                        "bucket": bucket(together or signature, parameters["shards"]),
                        "shard": shard,
                        "document_id": cleaned.document_id,
                        "length": length(cleaned),
                        "revised": cleaned.revised,
                        "raw_sha256": cleaned.raw_sha256,
                        "split": cleaned.split,
                    }
                )
    return dict(counts)


def _documents(folders: Sequence[Path], shard: int) -> Iterator[tuple[Document, int]]:
    """The shard's documents in order of id, each once, with how many others bore its id."""
    files = [folder / documents_file(shard) for folder in folders]  # a unit of `parse` may have some of the shards only
    found = [from_row(row) for file in files if file.is_file() for row in read_rows(file)]
    found.sort(key=lambda document: document.document_id)
    for _, same in itertools.groupby(found, key=lambda document: document.document_id):
        first, *others = sorted(same, key=_survival)
        yield first, len(others)


def _survival(document: Document) -> tuple[Any, ...]:
    """Among documents of one id; the same page under two addresses differs in its address alone."""
    ranks = survivor_first({**document.row(), "length": length(document)})
    return *ranks, document.url or "", document.retrieved or ""


def _signatures(document: Document, rules: Sequence[CollectionRule]) -> Iterator[tuple[str, str]]:
    yield GROUP, document.group_id
    for rule in rules:
        signature = rule.signature(document)
        if signature is not None:
            yield rule.id, signature
