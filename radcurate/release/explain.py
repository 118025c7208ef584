"""Follows a record to its report, and a dropped thing to its reason, within a release.

radcurate explain releases/demo/1.0.0 impression/demo:r001/impression
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from radcurate.errors import UsageError
from radcurate.release import manifest as manifests
from radcurate.splits import SPLITS

SHORTEST_PREFIX = 6

Row = dict[str, Any]


@dataclass(frozen=True)
class Explanation:
    """What a release knows of one id: the record or document, the documents it cites, edits and drops."""

    id: str
    record: Row | None = None
    split: str | None = None
    documents: list[Row] = field(default_factory=list)
    edits: list[Row] = field(default_factory=list)
    dropped: list[Row] = field(default_factory=list)
    records: list[str] = field(default_factory=list)


def explain(release: Path, identity: str) -> Explanation:
    """Explains a record (id, its first six digits or more, or key), a document id, or an input's locator.

    Raises `UsageError` where nothing in the release has that id.
    """
    manifest = manifests.read(release)
    found = next(_records(release, manifest, identity), None)
    if found:
        split, record = found
        return Explanation(
            identity,
            record,
            split,
            _rows(release / "documents", "documents", "document_id", record["document_ids"]),
            _rows(release / "audit", "edited", "document_id", record["document_ids"]),
        )
    documents = _rows(release / "documents", "documents", "document_id", [identity])
    dropped = _rows(release / "audit", "dropped", "id", [identity])
    if not documents and not dropped:
        raise UsageError(
            f"{identity}: neither a record, a document nor an input of {release}\n"
            "Ids look like a1b2c3d4…, impression/openi:CXR1/impression, openi:CXR1 (`radcurate inspect` shows some)"
        )
    edits = _rows(release / "audit", "edited", "document_id", [identity])
    made = _keys_of(release, manifest, identity) if documents else []
    refused = _rows(release / "audit", "dropped", "locator", [identity])
    return Explanation(
        identity,
        None,
        documents[0]["split"] if documents else None,
        documents,
        edits,
        [*dropped, *_new(refused, dropped)],
        made,
    )


def _new(rows: list[Row], known: list[Row]) -> Iterator[Row]:
    return (row for row in rows if row not in known)


def _records(release: Path, manifest: Mapping[str, Any], identity: str) -> Iterator[tuple[str, Row]]:
    """Records of that key, id or prefix of an id, with their splits."""
    for task in manifest["recipe"]["tasks"]:
        for split in SPLITS:
            for path in sorted((release / task).glob(f"{split}-*.parquet")):
                table = pq.read_table(path, columns=["record_id", "record_key"])
                ids, keys = table["record_id"].to_pylist(), table["record_key"].to_pylist()
                for record_id, key in zip(ids, keys, strict=True):
                    prefix = len(identity) >= SHORTEST_PREFIX and record_id.startswith(identity)
                    if prefix or key == identity:
                        row = pq.read_table(path, filters=[("record_id", "==", record_id)]).to_pylist()[0]
                        yield split, row


def _keys_of(release: Path, manifest: Mapping[str, Any], document_id: str) -> list[str]:
    keys = []
    for task in manifest["recipe"]["tasks"]:
        for split in SPLITS:
            for path in sorted((release / task).glob(f"{split}-*.parquet")):
                for row in pq.read_table(path, columns=["record_key", "document_ids"]).to_pylist():
                    if document_id in row["document_ids"]:
                        keys.append(row["record_key"])
    return keys


def _rows(folder: Path, stem: str, column: str, values: list[str]) -> list[Row]:
    return [
        row
        for path in sorted(folder.glob(f"{stem}-*.parquet"))
        for row in pq.read_table(path, filters=[(column, "in", values)]).to_pylist()
    ]
