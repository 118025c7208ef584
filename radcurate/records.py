"""Record: one instruction with its input, output, evidence and provenance, and what a task hands in to become one.

In: a task's `Draft` and the documents it came from. Out: rows of `<task>/<split>-*.parquet` (`RECORD_SCHEMA`, whose
JSON form is `schemas/record.schema.json`).
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from radcurate.documents import Document
from radcurate.licences import is_restricted

RECORD_SCHEMA = pa.schema(
    [
        pa.field("record_id", pa.string(), nullable=False),
        pa.field("record_key", pa.string(), nullable=False),
        pa.field("task", pa.string(), nullable=False),
        pa.field("instruction", pa.string(), nullable=False),
        pa.field("input", pa.string(), nullable=False),
        pa.field("output", pa.string(), nullable=False),
        pa.field(
            "messages",
            pa.list_(
                pa.struct(
                    [
                        pa.field("role", pa.string(), nullable=False),
                        pa.field("content", pa.string(), nullable=False),
                    ]
                )
            ),
            nullable=False,
        ),
        pa.field("document_ids", pa.list_(pa.string()), nullable=False),
        pa.field("group_ids", pa.list_(pa.string()), nullable=False),
        pa.field(
            "evidence",
            pa.list_(
                pa.struct(
                    [
                        pa.field("document_id", pa.string(), nullable=False),
                        pa.field("section", pa.string(), nullable=False),
                        pa.field("start", pa.int32(), nullable=False),
                        pa.field("end", pa.int32(), nullable=False),
                    ]
                )
            ),
            nullable=False,
        ),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("flags", pa.list_(pa.string()), nullable=False),
        pa.field("uncertain", pa.list_(pa.string()), nullable=False),
        pa.field("licence", pa.string(), nullable=False),
        pa.field("restricted", pa.bool_(), nullable=False),
        pa.field("permission", pa.string()),
        pa.field("source", pa.string(), nullable=False),
        pa.field("url", pa.string()),
        pa.field("systems", pa.list_(pa.string()), nullable=False),
        pa.field("modality", pa.string()),
        pa.field("generator", pa.string(), nullable=False),
        pa.field("nearest_train", pa.float64()),
    ]
)

# Flags that records of any task may carry.
FLAGS = {
    "answer_in_input": "the answer, or the diagnosis that it names, stands in the input",
    "cites_prior": "the answer compares with an earlier study, which the input does not hold",
    "not_in_input": "the answer says something that the input does not",
    "not_in_text": "what the text does not state was left out of the answer and stands in `uncertain`",
}

# Evidence in a document's field instead of a section's text: offsets are 0.
FIELD_SECTIONS = ("@tags", "@systems", "@modality", "@title")


@dataclass(frozen=True)
class Evidence:
    """Where an answer stands: `start` and `end` are character offsets into the clean text of that section."""

    document_id: str
    section: str
    start: int
    end: int


@dataclass(frozen=True)
class Draft:
    """What a task derives: `slot` names the record within its documents and task, `rule` says how it was made;
    `others` are the documents it stands on besides the one it was derived from."""

    slot: str
    input: str
    output: str
    evidence: tuple[Evidence, ...]
    rule: str
    flags: tuple[str, ...] = ()
    uncertain: tuple[str, ...] = ()
    others: tuple[Document, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """A record that a task would not make, and why: counted, and a row of `audit/dropped`."""

    slot: str
    reason: str


def record_key(task: str, document_ids: Sequence[str], slot: str) -> str:
    """What names a record through versions: `impression/openi:CXR1/impression`."""
    return "/".join((task, "+".join(document_ids), slot))


def choose(options: Sequence[str], key: str) -> str:
    """One of `options`, by the hash of `key`: the same in every build, spread evenly over keys."""
    digest = hashlib.sha256(key.encode()).digest()
    return options[int.from_bytes(digest[:8], "big") % len(options)]


def make_record(
    generator: str, instructions: Sequence[str], documents: Sequence[Document], draft: Draft
) -> dict[str, Any]:
    """The row of `RECORD_SCHEMA` for `draft`, made by task version `generator` (`impression.v1`) from `documents`.

    All documents share licence, source (and its permission) and split (the pool that a task sees holds no others).
    """
    first = documents[0]
    task = generator.rpartition(".")[0]
    key = record_key(task, [document.document_id for document in documents], draft.slot)
    instruction = choose(instructions, key)
    row = {
        "record_key": key,
        "task": task,
        "instruction": instruction,
        "input": draft.input,
        "output": draft.output,
        "messages": [
            {"role": "user", "content": f"{instruction}\n\n{draft.input}"},
            {"role": "assistant", "content": draft.output},
        ],
        "document_ids": [document.document_id for document in documents],
        "group_ids": sorted({document.group_id for document in documents}),
        "evidence": [asdict(piece) for piece in draft.evidence],
        "rule": draft.rule,
        "flags": sorted(draft.flags),
        "uncertain": list(draft.uncertain),
        "licence": first.licence,
        "restricted": is_restricted(first.licence),
        "permission": first.permission,
        "source": first.source,
        "url": first.url,
        "systems": list(first.systems),
        "modality": first.modality,
        "generator": generator,
    }
    return {"record_id": content_id(row), **row, "nearest_train": None}


def content_id(row: dict[str, Any]) -> str:
    """The record id: 32 hex digits of the sha256 over the row, all columns but `record_id` and `nearest_train`."""
    content = {name: value for name, value in row.items() if name not in ("record_id", "nearest_train")}
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]
