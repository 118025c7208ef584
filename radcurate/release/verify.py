"""Verifies a release: hashes, schemas, evidence, counts, splits. A fault names the file, and the record where it can.

radcurate verify releases/demo/1.0.0
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from radcurate import schemas
from radcurate.documents import DOCUMENT_SCHEMA
from radcurate.errors import DataError
from radcurate.licences import is_restricted
from radcurate.records import FIELD_SECTIONS, RECORD_SCHEMA, content_id
from radcurate.release import manifest as manifests
from radcurate.release import proof
from radcurate.release.reasons import code_of
from radcurate.release.recount import differences, recount
from radcurate.sources import publishing
from radcurate.splits import SPLITS, split_of
from radcurate.tables import DROPPED_SCHEMA, EDITED_SCHEMA, ContentHash, file_sha256, read_rows

# Rules whose answer is the cited text itself, pieces joined by a space.
# Of any version.
VERBATIM_RULES = ("impression_section", "section_verbatim")
SCHEMAS = {
    "documents/documents": (DOCUMENT_SCHEMA, "document"),
    "audit/dropped": (DROPPED_SCHEMA, None),
    "audit/edited": (EDITED_SCHEMA, None),
}
RIGHTS = ("licence", "restricted", "permission")
FIELDS = {"@tags": "tags", "@systems": "systems", "@modality": "modality", "@title": "title"}

Manifest = Mapping[str, Any]


def verify(release: Path) -> list[str]:
    """All faults found, an empty list for a sound release. What a damaged file holds is not looked into further.

    Raises `DataError` for a folder without a manifest.
    """
    try:
        manifest = manifests.read(release)
    except DataError as error:
        if not (release / manifests.NAME).is_file():
            raise
        return [str(error)]
    found = manifests.faults(release)
    if any("breaks its schema" in fault for fault in found):
        return found
    found.extend(_file_faults(release, manifest))
    if found:
        return found
    return list(_shape_faults(release, manifest)) or [
        *_table_faults(release, manifest),
        *_evidence_faults(release, manifest),
        *_count_faults(release, manifest),
        *_split_faults(release, manifest),
    ]


def _file_faults(release: Path, manifest: Manifest) -> Iterator[str]:
    """Files that are missing, added or changed, and folders that hold nothing."""
    listed = {entry["path"]: entry for entry in manifest["files"]}
    there: set[str] = set()
    for folder, folders, names in os.walk(release):
        here = Path(folder).relative_to(release)
        there.update((here / name).as_posix() for name in names)
        if not folders and not names:
            yield f"{here.as_posix()}/: is an empty folder that no manifest names"
    for name in sorted(listed.keys() - there):
        yield f"{name}: is missing"
    for name in sorted(there - listed.keys() - {manifests.NAME}):
        yield f"{name}: is not in the manifest"
    for name in sorted(listed.keys() & there):
        path = release / name
        if not path.is_file():
            yield f"{name}: is no file"
        elif file_sha256(path) != listed[name]["sha256"]:
            yield f"{name}: its bytes were changed (another sha256)"
        elif path.stat().st_size != listed[name]["bytes"]:
            yield f"manifest.json: files: {name} has {path.stat().st_size} bytes, not {listed[name]['bytes']}"


def _tables(release: Path, manifest: Manifest) -> Iterator[tuple[str, list[Path]]]:
    for name in manifest["tables"]:
        folder, _, stem = name.partition("/")
        yield name, sorted((release / folder).glob(f"{stem}-*.parquet"))


def _schemas(name: str) -> tuple[pa.Schema, str | None]:
    """The Arrow schema and the JSON Schema of a table."""
    return SCHEMAS.get(name, (RECORD_SCHEMA, "record"))


def _shape_faults(release: Path, manifest: Manifest) -> Iterator[str]:
    """Tables that the recipe's tasks do not give, and files that are no Parquet or have other columns."""
    tasks = set(manifest["recipe"].get("tasks", {}))
    given = {"tables": manifest["tables"].keys(), "counts": manifest["counts"]["records"].keys()}
    given["splits"] = manifest["splits"]["tasks"].keys()
    tables = {*SCHEMAS, *(f"{task}/{split}" for task in tasks for split in SPLITS)}
    for key, names in given.items():
        if names != (tables if key == "tables" else tasks):
            yield f"manifest.json: {key}: are not those of the recipe's tasks ({', '.join(sorted(tasks))})"
    rows = {entry["path"]: entry.get("rows") for entry in manifest["files"]}
    of_tables = {path.relative_to(release).as_posix() for _, paths in _tables(release, manifest) for path in paths}
    for name in rows:
        if name.endswith(".parquet") and name not in of_tables:
            yield f"{name}: belongs to no table"
    for name, paths in _tables(release, manifest):
        for path in paths:
            at = path.relative_to(release).as_posix()
            try:
                with pq.ParquetFile(path) as file:
                    arrow, number = file.schema_arrow, file.metadata.num_rows
                    for _ in file.iter_batches():
                        pass
            except (pa.ArrowException, OSError) as error:
                yield f"{at}: is no Parquet file, or a damaged one: {str(error).splitlines()[0]}"
                continue
            if not arrow.equals(_schemas(name)[0]):
                yield f"{at}: its columns are not those of the table"
            if number != rows[at]:
                yield f"manifest.json: files: {at} has {number} rows, not {rows[at]}"


def _table_faults(release: Path, manifest: Manifest) -> Iterator[str]:
    """JSON Schema, record ids and the content hash of every table."""
    for name, paths in _tables(release, manifest):
        contract = _schemas(name)[1]
        content = ContentHash()
        rows = 0
        for path in paths:
            at = path.relative_to(release).as_posix()
            for number, row in enumerate(read_rows(path)):
                content.add(row)
                rows += 1
                if contract and not schemas.validator(contract).is_valid(row):
                    fault = next(schemas.validator(contract).iter_errors(row))
                    yield f"{at}: row {number} breaks the schema at {list(fault.instance_path)}: {fault.message}"
                elif contract == "record":
                    yield from (f"{at}: record {row['record_id']}: {fault}" for fault in _record_faults(row))
        expected = manifest["tables"][name]
        if rows != expected["rows"] or content.hexdigest() != expected["content_sha256"]:
            yield f"{name}: its rows are not those of the manifest ({rows} of {expected['rows']}, content hash)"


def _record_faults(row: dict[str, Any]) -> Iterator[str]:
    if row["record_id"] != content_id(row):
        yield "is not what its id was made of"
    if row["messages"][-1]["content"] != row["output"]:
        yield "its last message is not its output"


def _evidence_faults(release: Path, manifest: Manifest) -> Iterator[str]:
    """Every piece of evidence resolves in `documents/`, and a verbatim answer is the text it cites.

    One file of documents is in memory at a time.
    """
    waiting: dict[str, int] = {}
    for at, record in _records(release, manifest, ["record_id", "evidence"]):
        if record["record_id"] in waiting:
            yield f"{at}: record {record['record_id']}: is there twice"
        waiting[record["record_id"]] = waiting.get(record["record_id"], 0) + len(record["evidence"])
    for documents_file in sorted((release / "documents").glob("documents-*.parquet")):
        documents = {row["document_id"]: row for row in read_rows(documents_file)}
        for at, record in _records(release, manifest, ["record_id", "output", "rule", "evidence"]):
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
            if cited and record["rule"].rpartition(".")[0] in VERBATIM_RULES and " ".join(cited) != record["output"]:
                yield f"{at}: record {record['record_id']}: its output is not the text it cites"
    for at, record in _records(release, manifest, ["record_id"]):
        if waiting[record["record_id"]]:
            yield f"{at}: record {record['record_id']}: cites a document that is not in documents/"


def _records(release: Path, manifest: Manifest, columns: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """These columns of every record, each with the file it is in."""
    for task in manifest["recipe"]["tasks"]:
        for split in SPLITS:
            for path in sorted((release / task).glob(f"{split}-*.parquet")):
                at = path.relative_to(release).as_posix()
                yield from ((at, row) for row in read_rows(path, columns))


def _cited(document: Mapping[str, Any], piece: Mapping[str, Any]) -> str | None:
    """The text that a piece of evidence cites; an empty one for a field; None where there is no such text."""
    if piece["section"] in FIELD_SECTIONS:
        return "" if document[FIELDS[piece["section"]]] and piece["start"] == piece["end"] == 0 else None
    text = next((section["text"] for section in document["sections"] if section["name"] == piece["section"]), None)
    if text is None or not 0 <= piece["start"] < piece["end"] <= len(text):
        return None
    return str(text[piece["start"] : piece["end"]])


def _count_faults(release: Path, manifest: Manifest) -> Iterator[str]:
    """In = kept + dropped for inputs, documents and each task's records: every count, made again from the tables."""
    shown = {task: _shown(manifest, task) for task in sorted(manifest["recipe"]["tasks"])}
    for key, expected, counted in differences(manifest["counts"], recount(release, shown)):
        yield f"manifest.json: counts.{key} is {expected}, the tables give {counted}"


def _shown(manifest: Manifest, task: str) -> Iterable[str]:
    """The kinds of documents that the task reads; of a task version that this code does not have, those it was told."""
    specification = manifest["recipe"]["tasks"][task]
    told: Iterable[str] = manifest["counts"]["records"][task]["documents_seen"]
    if "outside" in specification:
        told = specification["outside"]["kinds"]
    code = code_of(manifest, task)
    return code.KINDS if code and specification["generator"] == code.ID else told


def _split_faults(release: Path, manifest: Manifest) -> Iterator[str]:
    """The proof computed again, every document in the split of its group, every record in that of its documents."""
    proved = proof.prove(release, sorted(manifest["recipe"]["tasks"]))
    if proved != manifest["splits"]:
        yield f"manifest.json: the proof of the splits is not what the tables give: {proof.sentence(proved)}"
    published = set(publishing(manifest).values())
    permitted = {entry["digest"] for entry in manifest["permissions"]}
    documents: dict[str, tuple[str, str, str, str | None]] = {}
    for path in sorted((release / "documents").glob("documents-*.parquet")):
        at = path.relative_to(release).as_posix()
        for row in read_rows(path, ["document_id", "group_id", "split", "licence", "permission"]):
            if row["document_id"] in documents:
                yield f"{at}: document {row['document_id']}: is there twice"
            # A group's id begins with its collection's name; where that one publishes splits, they are not hashed.
            hashed = row["group_id"].partition(":")[0] not in published
            if hashed and row["split"] != split_of(row["group_id"]):
                yield f"{at}: document {row['document_id']}: its split is {row['split']}, its group's another"
            if row["permission"] and row["permission"] not in permitted:
                yield f"{at}: document {row['document_id']}: its permission is none of the manifest's"
            documents[row["document_id"]] = (row["split"], row["group_id"], row["licence"], row["permission"])
    for at, record in _records(release, manifest, ["record_id", "document_ids", "group_ids", *RIGHTS]):
        own = [documents[identity] for identity in record["document_ids"] if identity in documents]
        name = f"{at}: record {record['record_id']}"
        if len(own) < len(record["document_ids"]):
            yield f"{name}: comes from a document that is not in documents/"
            continue
        splits, groups, licences, permissions = ({value[n] for value in own} for n in range(4))
        if splits != {at.partition("/")[2].partition("-")[0]}:
            yield f"{name}: is of another split than its documents"
        if groups != set(record["group_ids"]) or licences != {record["licence"]}:
            yield f"{name}: its groups or its licence are not those of its documents"
        if permissions != {record["permission"]} or record["restricted"] != is_restricted(record["licence"]):
            yield f"{name}: what may be done with it is not what its documents and its licence say"
