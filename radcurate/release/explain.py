"""Follows a record to its report, and a dropped thing to its reason, within a release.

radcurate explain releases/demo/1.0.0 impression/demo:r001/impression
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from radcurate.errors import UsageError
from radcurate.records import FLAGS
from radcurate.release import manifest as manifests
from radcurate.release.journey import Step, cleaned, fitting, from_source, from_stages, steps
from radcurate.release.reasons import meanings
from radcurate.reviews import OUTPUT, section_of
from radcurate.splits import SPLITS
from radcurate.tables import read_rows

SHORTEST_PREFIX = 6

Row = dict[str, Any]


@dataclass(frozen=True)
class Explanation:
    """What a release knows of one id: the record or document, the documents it cites, edits and drops.

    `dropped` are rows of `audit/dropped`, each with its `meaning` where the reason is a word; `records` are keys;
    `flags` says what the record's flags mean. `journeys` has, by document, the steps of cleaning with the text before
    and after, where the document as parsed is at hand, and `gone` the clean text of dropped documents, by section.
    """

    id: str
    record: Row | None = None
    split: str | None = None
    flags: dict[str, str] = field(default_factory=dict)
    documents: list[Row] = field(default_factory=list)
    edits: list[Row] = field(default_factory=list)
    dropped: list[Row] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    journeys: dict[str, list[Step]] = field(default_factory=dict)
    gone: dict[str, dict[str, str]] = field(default_factory=dict)


def explain(release: Path, identity: str, *, work: Path | None = None, source: Path | None = None) -> Explanation:
    """Explains a record (id, its first six digits or more, or key), a document id, or an input's locator.

    `work` is where the build kept its stages, `source` a file or snapshot that the release was made of: from them
    comes the text before cleaning. Raises `UsageError` where nothing in the release has that id, or where more than one
    record begins with it.
    """
    manifest = manifests.read(release)
    found = _found(release, manifest, identity)
    kept = {row["document_id"]: row for row in found.documents}
    dropped = [row["id"] for row in found.dropped if row["kind"] == "document" and row["id"] not in kept]
    journeys, gone = {}, {}
    for document_id in dict.fromkeys([*kept, *dropped]):
        edits = [
            row for row in found.edits if row["document_id"] == document_id and not row["section"].startswith(OUTPUT)
        ]
        at_hand = from_stages(work, {document_id}) if work and not source else iter(())
        candidates = from_source(source, manifest, document_id) if source else at_hand
        parsed = fitting(candidates, edits, kept.get(document_id))
        if parsed:
            journeys[document_id] = steps(parsed, edits)
            if document_id not in kept:
                gone[document_id] = cleaned(parsed, edits)
    return replace(found, journeys=journeys, gone=gone)


def _found(release: Path, manifest: Mapping[str, Any], identity: str) -> Explanation:
    found = list(_records(release, manifest, identity))
    if len(found) > 1:
        keys = "".join(f"\n{record['record_id']}  {record['record_key']}" for _, record in found)
        raise UsageError(f"{identity}: {len(found)} records of {release} begin with it; give more digits{keys}")
    if found:
        split, record = found[0]
        return Explanation(
            identity,
            record,
            split,
            {flag: FLAGS.get(flag, "") for flag in record["flags"]},
            _documents(release, record["document_ids"]),
            [*_edits(release, record["document_ids"]), *_corrections(release, record)],
        )
    dropped = [_with_meaning(row, manifest) for row in _dropped(release, identity)]
    # Of a record that was refused, the document that it would have come from.
    cited = [row["locator"] for row in dropped if row["kind"] == "record" and row["id"] == identity]
    documents = _documents(release, [identity, *cited])
    if not documents and not dropped:
        raise UsageError(
            f"{identity}: neither a record, a document nor an input of {release}\n"
            "Ids look like a1b2c3d4…, impression/openi:CXR1/impression, openi:CXR1; `radcurate inspect` shows some"
        )
    own = [row for row in documents if row["document_id"] == identity]
    return Explanation(
        identity,
        split=own[0]["split"] if own else None,
        documents=documents,
        edits=_edits(release, [identity, *cited]),
        dropped=dropped,
        records=_keys_of(release, manifest, identity) if own else [],
    )


def _with_meaning(row: Row, manifest: Mapping[str, Any]) -> Row:
    task = row["id"].partition("/")[0] if row["kind"] == "record" else ""
    known = meanings(manifest, task) if task in manifest["recipe"]["tasks"] else {}
    return {**row, "meaning": known.get(row["reason"])}


def _files(release: Path, manifest: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    """Every file of records with its split."""
    for task in manifest["recipe"]["tasks"]:
        for split in SPLITS:
            yield from ((split, path) for path in sorted((release / task).glob(f"{split}-*.parquet")))


def _records(release: Path, manifest: Mapping[str, Any], identity: str) -> Iterator[tuple[str, Row]]:
    """Records of that key, id or prefix of an id, with their splits."""
    prefix = len(identity) >= SHORTEST_PREFIX
    for split, path in _files(release, manifest):
        for row in read_rows(path, ["record_id", "record_key"]):
            if row["record_key"] == identity or (prefix and row["record_id"].startswith(identity)):
                for whole in pq.read_table(path, filters=[("record_id", "==", row["record_id"])]).to_pylist():
                    yield split, whole


def _keys_of(release: Path, manifest: Mapping[str, Any], document_id: str) -> list[str]:
    return [
        row["record_key"]
        for _, path in _files(release, manifest)
        for row in read_rows(path, ["record_key", "document_ids"])
        if document_id in row["document_ids"]
    ]


def _documents(release: Path, identities: list[str]) -> list[Row]:
    return _rows(release / "documents", "documents", [[("document_id", "in", identities)]])


def _edits(release: Path, identities: list[str]) -> list[Row]:
    rows = _rows(release / "audit", "edited", [[("document_id", "in", identities)]])
    return [row for row in rows if not row["section"].startswith(OUTPUT)]


def _corrections(release: Path, record: Row) -> list[Row]:
    """What people changed in the record's answer."""
    return _rows(release / "audit", "edited", [[("section", "==", section_of(record["record_key"]))]])


def _dropped(release: Path, identity: str) -> list[Row]:
    """Drops of that id, and of records that the document of that id was to give."""
    return _rows(release / "audit", "dropped", [[("id", "==", identity)], [("locator", "==", identity)]])


def _rows(folder: Path, stem: str, filters: list[list[tuple[str, str, Any]]]) -> list[Row]:
    """Rows that any of the filters lets through, in their order."""
    return [
        row
        for path in sorted(folder.glob(f"{stem}-*.parquet"))
        for row in pq.read_table(path, filters=filters).to_pylist()
    ]
