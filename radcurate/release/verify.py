"""Verifies a release: hashes, schemas, evidence, counts, splits. A fault names the file, and the record where it can.

radcurate verify releases/demo/1.0.0
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from radcurate import schemas
from radcurate.documents import DOCUMENT_SCHEMA
from radcurate.records import FIELD_SECTIONS, RECORD_SCHEMA, content_id
from radcurate.release import manifest as manifests
from radcurate.release import proof
from radcurate.splits import SPLITS
from radcurate.tables import DROPPED_SCHEMA, EDITED_SCHEMA, ContentHash, file_sha256, read_rows

# Rules whose answer is the cited text itself, pieces joined by a space.
VERBATIM_RULES = ("impression_section.v1", "section_verbatim.v1")
SCHEMAS = {
    "documents/documents": (DOCUMENT_SCHEMA, "document"),
    "audit/dropped": (DROPPED_SCHEMA, None),
    "audit/edited": (EDITED_SCHEMA, None),
}
FIELDS = {"@tags": "tags", "@systems": "systems", "@modality": "modality", "@title": "title"}

Manifest = Mapping[str, Any]


def verify(release: Path) -> list[str]:
    """All faults found, an empty list for a sound release. What a damaged file holds is not looked into further."""
    manifest = manifests.read(release)
    found = manifests.faults(release)
    if any("breaks its schema" in fault for fault in found):
        return found
    found.extend(_file_faults(release, manifest))
    if found:
        return found
    return [
        *_table_faults(release, manifest),
        *_evidence_faults(release, manifest),
        *_count_faults(release, manifest),
        *_split_faults(release, manifest),
    ]


def _file_faults(release: Path, manifest: Manifest) -> Iterator[str]:
    listed = {entry["path"]: entry for entry in manifest["files"]}
    there = {path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file() or path.is_symlink()}
    for name in sorted(listed.keys() - there):
        yield f"{name}: is missing"
    for name in sorted(there - listed.keys() - {manifests.NAME}):
        yield f"{name}: is not in the manifest"
    for name in sorted(listed.keys() & there):
        if file_sha256(release / name) != listed[name]["sha256"]:
            yield f"{name}: its bytes were changed (another sha256)"


def _tables(release: Path, manifest: Manifest) -> Iterator[tuple[str, list[Path]]]:
    for name in manifest["tables"]:
        folder, _, stem = name.partition("/")
        yield name, sorted((release / folder).glob(f"{stem}-*.parquet"))


def _table_faults(release: Path, manifest: Manifest) -> Iterator[str]:
    """Arrow schema, JSON Schema, record ids and the content hash of every table."""
    for name, paths in _tables(release, manifest):
        arrow, contract = SCHEMAS.get(name, (RECORD_SCHEMA, "record"))
        content = ContentHash()
        rows = 0
        for path in paths:
            at = path.relative_to(release).as_posix()
            if not pq.read_schema(path).equals(arrow):
                yield f"{at}: its columns are not those of the table"
                continue
            for number, row in enumerate(read_rows(path)):
                content.add(row)
                rows += 1
                if contract and not schemas.validator(contract).is_valid(row):
                    fault = next(schemas.validator(contract).iter_errors(row))
                    yield f"{at}: row {number} breaks the schema at {list(fault.instance_path)}: {fault.message}"
                elif contract == "record" and row["record_id"] != content_id(row):
                    yield f"{at}: record {row['record_id']} is not what its id was made of"
        expected = manifest["tables"][name]
        if rows != expected["rows"] or content.hexdigest() != expected["content_sha256"]:
            yield f"{name}: its rows are not those of the manifest ({rows} of {expected['rows']}, content hash)"


def _evidence_faults(release: Path, manifest: Manifest) -> Iterator[str]:
    """Every piece of evidence resolves in `documents/`, and a verbatim answer is the text it cites.

    One file of documents is in memory at a time.
    """
    waiting: Counter[str] = Counter()
    for _, record in _records(release, manifest):
        waiting[record["record_id"]] = len(record["evidence"])
    for documents_file in sorted((release / "documents").glob("documents-*.parquet")):
        documents = {row["document_id"]: row for row in read_rows(documents_file)}
        for at, record in _records(release, manifest):
            cited = []
            for piece in record["evidence"]:
                document = documents.get(piece["document_id"])
                if document is None:
                    continue
                waiting[record["record_id"]] -= 1
                text = _cited(document, piece)
                if text is None:
                    span = f"{piece['section']} {piece['start']}–{piece['end']}"
                    yield f"{at}: record {record['record_id']}: evidence {span} is not in {piece['document_id']}"
                else:
                    cited.append(text)
            if cited and record["rule"] in VERBATIM_RULES and " ".join(cited) != record["output"]:
                yield f"{at}: record {record['record_id']}: its output is not the text it cites"
    for record_id, missing in waiting.items():
        if missing:
            yield f"record {record_id}: cites a document that is not in documents/"


def _records(release: Path, manifest: Manifest) -> Iterator[tuple[str, dict[str, Any]]]:
    for task in manifest["recipe"]["tasks"]:
        for split in SPLITS:
            for path in sorted((release / task).glob(f"{split}-*.parquet")):
                at = path.relative_to(release).as_posix()
                yield from ((at, row) for row in read_rows(path, ["record_id", "output", "rule", "evidence"]))


def _cited(document: Mapping[str, Any], piece: Mapping[str, Any]) -> str | None:
    """The text that a piece of evidence cites; an empty one for a field; None where there is no such text."""
    if piece["section"] in FIELD_SECTIONS:
        return "" if document[FIELDS[piece["section"]]] and piece["start"] == piece["end"] == 0 else None
    text = next((section["text"] for section in document["sections"] if section["name"] == piece["section"]), None)
    if text is None or not 0 <= piece["start"] < piece["end"] <= len(text):
        return None
    return str(text[piece["start"] : piece["end"]])


def _count_faults(release: Path, manifest: Manifest) -> Iterator[str]:
    """In = kept + dropped for inputs, documents and each task's records, by the manifest and by the tables."""
    counts = manifest["counts"]
    dropped: Counter[tuple[str, str]] = Counter()
    for path in sorted((release / "audit").glob("dropped-*.parquet")):
        for row in read_rows(path, ["kind", "id", "rule", "reason"]):
            if row["kind"] == "record":
                dropped[f"records of {row['id'].partition('/')[0]}", _record_reason(row)] += 1
            else:
                dropped[f"{row['kind']}s", row["rule"]] += 1
    steps = {"inputs": counts["inputs"], "documents": counts["documents"]}
    steps.update({f"records of {task}": numbers for task, numbers in counts["records"].items()})
    for name, step in steps.items():
        kept = sum(step["kept"].values()) if isinstance(step["kept"], dict) else step["kept"]
        gone = sum(step["dropped"].values())
        if step["in"] != kept + gone:
            yield f"manifest.json: {name}: {step['in']} in are not {kept} kept and {gone} dropped"
        audited = {rule: number for (kind, rule), number in dropped.items() if kind == name}
        if audited != step["dropped"]:
            yield f"audit/dropped: {name}: {sum(audited.values())} rows do not fit the manifest's counts"
    if counts["inputs"]["kept"] != counts["documents"]["in"]:
        yield "manifest.json: the documents that came are not the inputs that were kept"
    rows = {name: table["rows"] for name, table in manifest["tables"].items()}
    expected = {"documents/documents": counts["documents"]["kept"], "audit/dropped": sum(dropped.values())}
    expected["audit/edited"] = sum(counts["edits"].values())
    for task, numbers in counts["records"].items():
        expected.update({f"{task}/{split}": numbers["kept"][split] for split in SPLITS})
    for name in sorted(rows.keys() | expected.keys()):
        if rows.get(name) != expected.get(name):
            yield f"{name}: {rows.get(name)} rows where the counts say {expected.get(name)}"


def _record_reason(row: Mapping[str, Any]) -> str:
    """What the manifest counts a dropped record under: a task's own reason, or the rule that took it out later."""
    task = row["id"].partition("/")[0]
    return str(row["reason"] if row["rule"].rpartition(".")[0] == task else row["rule"])


def _split_faults(release: Path, manifest: Manifest) -> Iterator[str]:
    """The proof computed again, and every record in the split of its documents' groups."""
    proved = proof.prove(release, sorted(manifest["recipe"]["tasks"]))
    if proved != manifest["splits"]:
        yield f"manifest.json: the proof of the splits is not what the tables give: {proof.sentence(proved)}"
    splits: dict[str, str] = {}
    for path in sorted((release / "documents").glob("documents-*.parquet")):
        splits.update({row["document_id"]: row["split"] for row in read_rows(path, ["document_id", "split"])})
    for task in manifest["recipe"]["tasks"]:
        for split in SPLITS:
            for path in sorted((release / task).glob(f"{split}-*.parquet")):
                for row in read_rows(path, ["record_id", "document_ids"]):
                    if any(splits.get(identity) != split for identity in row["document_ids"]):
                        yield f"{path.relative_to(release).as_posix()}: record {row['record_id']} is of another split"
