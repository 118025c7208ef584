"""What `radcurate inspect` shows of a release: counts, lengths, balance, drops by reason, and samples."""

import hashlib
import heapq
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from radcurate.documents import Document
from radcurate.errors import UsageError, nearest
from radcurate.release import manifest as manifests
from radcurate.release.journey import Step, fitting, from_stages, steps
from radcurate.release.reasons import label_reader, meanings
from radcurate.release.statistics import most_common, task_statistics
from radcurate.reviews import OUTPUT
from radcurate.splits import SPLITS
from radcurate.tables import read_rows

MOST_ANSWERS = 8
EXAMPLES = 3


def overview(release: Path, task: str | None = None) -> dict[str, Any]:
    """Counts of the manifest, and of each task (or of one) lengths in words, commonest answers and flags."""
    manifest = manifests.read(release)
    names = tasks_of(manifest, task)
    return {
        "name": manifest["name"],
        "version": manifest["version"],
        "title": manifest["recipe"]["title"],
        "counts": manifest["counts"],
        "splits": manifest["splits"],
        "tasks": {name: _task(release, manifest, name) for name in names},
    }


def tasks_of(manifest: dict[str, Any], task: str | None) -> list[str]:
    """All tasks of the release, or the one asked for; `UsageError` for one it does not have."""
    names = sorted(manifest["recipe"]["tasks"])
    if task is not None and task not in names:
        raise UsageError(
            f"--task {task}: the release has no such task; nearest: {nearest(task, names)} (of {', '.join(names)})"
        )
    return names if task is None else [task]


def _task(release: Path, manifest: dict[str, Any], name: str) -> dict[str, Any]:
    statistics = task_statistics(release, name, label_reader(manifest, name))
    numbers = manifest["counts"]["records"][name]
    return {
        "generator": manifest["recipe"]["tasks"][name]["generator"],
        "kept": numbers["kept"],
        "considered": numbers["in"],
        "dropped": numbers["dropped"],
        "meanings": {reason: text for reason, text in meanings(manifest, name).items() if reason in numbers["dropped"]},
        "lengths": statistics["lengths"].to_dict("records"),
        "different_answers": len(statistics["answers"]),
        "answers": [
            {"answer": text, "records": count, "share": share}
            for text, count, share in most_common(statistics["answers"], MOST_ANSWERS, statistics["records"])
        ],
        "labels": [
            {"label": text, "records": count, "share": share}
            for text, count, share in most_common(statistics["labels"], MOST_ANSWERS, statistics["records"])
        ],
        "flags": dict(sorted(statistics["flags"].items())),
        "restricted": statistics["restricted"],
        "nearest_train": manifest["splits"]["tasks"][name]["nearest_train"],
    }


def samples(release: Path, number: int, task: str | None = None) -> list[dict[str, Any]]:
    """`number` records of each task, always the same ones, with their splits and documents."""
    names = tasks_of(manifests.read(release), task)
    found = [pair for name in names for pair in drawn(release, name, number)]
    wanted = {identity for _, record in found for identity in record["document_ids"]}
    documents = {row["document_id"]: row for row in documents_of(release) if row["document_id"] in wanted}
    return [
        {"split": split, "record": record, "documents": [documents[identity] for identity in record["document_ids"]]}
        for split, record in found
    ]


def drawn(release: Path, task: str, number: int) -> list[tuple[str, dict[str, Any]]]:
    """`number` records of one task with their splits, drawn by the hash of their ids, so always the same ones."""
    rows = (
        (split, row)
        for split in SPLITS
        for path in sorted((release / task).glob(f"{split}-*.parquet"))
        for row in read_rows(path)
    )
    return heapq.nsmallest(number, rows, key=lambda pair: _lot(pair[1]["record_id"]))


def _lot(identity: str) -> str:
    return hashlib.sha256(f"sample:{identity}".encode()).hexdigest()


def documents_of(release: Path) -> Iterator[dict[str, Any]]:
    """All documents of the release, in order."""
    manifests.read(release)
    for path in sorted((release / "documents").glob("documents-*.parquet")):
        yield from read_rows(path)


def audit(release: Path, rule: str | None = None, task: str | None = None) -> Iterator[dict[str, Any]]:
    """Rows of the audit, drops first, then edits (each with `table`): of one rule or reason, of one task, or all."""
    tasks_of(manifests.read(release), task)
    for table in ("dropped", "edited"):
        for path in sorted((release / "audit").glob(f"{table}-*.parquet")):
            for row in read_rows(path):
                if rule is not None and rule not in (row["rule"], row.get("reason")):
                    continue
                if task is None or (row.get("kind") == "record" and row["id"].startswith(f"{task}/")):
                    yield {"table": table, **row}


def ranked(release: Path, task: str | None = None, work: Path | None = None) -> list[dict[str, Any]]:
    """Rules (of records: rule and reason) by how often they fired, most first, each with its first examples.

    Of an edit whose document as parsed stands in the stages under `work`, the example has its `step`: the text before
    and after.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in audit(release, task=task):
        kind = row["kind"] if row["table"] == "dropped" else "edit"
        rule = f"{row['rule']} {row['reason']}" if is_refusal(row) else row["rule"]
        entry = found.setdefault((kind, rule), {"kind": kind, "rule": rule, "times": 0, "examples": []})
        entry["times"] += 1
        if len(entry["examples"]) < EXAMPLES and _of(row) not in map(_of, entry["examples"]):
            entry["examples"].append(row)
    edits = [row for entry in found.values() for row in entry["examples"] if row["table"] == "edited"]
    for row, step in zip(edits, _steps_of(release, edits, work), strict=True):
        row["step"] = step
    return sorted(found.values(), key=lambda entry: (-entry["times"], entry["kind"], entry["rule"]))


def is_refusal(row: Mapping[str, Any]) -> bool:
    """True for a record that its task refused, by a reason that is a word."""
    return row["table"] == "dropped" and row["kind"] == "record" and " " not in row["reason"]


def _of(row: Mapping[str, Any]) -> str:
    """The document or record that a row of the audit is about."""
    return str(row["document_id"] if row["table"] == "edited" else row["id"])


def _steps_of(release: Path, edits: Sequence[Mapping[str, Any]], work: Path | None) -> list[Step | None]:
    """For each of these edits what its rule found and left; None where the document as parsed is not at hand."""
    wanted = {row["document_id"] for row in edits}
    parsed: dict[str, list[Document]] = {}
    for document in from_stages(work, wanted) if work and wanted else ():
        parsed.setdefault(document.document_id, []).append(document)
    every: dict[str, list[dict[str, Any]]] = {identity: [] for identity in parsed}
    for row in audit(release) if parsed else ():
        if row["table"] == "edited" and row["document_id"] in every and not row["section"].startswith(OUTPUT):
            every[row["document_id"]].append(row)
    kept = {row["document_id"]: row for row in documents_of(release) if row["document_id"] in every} if every else {}
    made: dict[tuple[str, str, int, int, str], Step] = {}
    for identity, own in every.items():
        found = fitting(parsed[identity], own, kept.get(identity))
        for row, step in zip(own, steps(found, own) if found else (), strict=False):
            made.setdefault(_place(row), step)
    return [made.get(_place(row)) for row in edits]


def _place(row: Mapping[str, Any]) -> tuple[str, str, int, int, str]:
    return row["document_id"], row["section"], row["start"], row["end"], row["rule"]


def check_rule(release: Path, rule: str) -> None:
    """Raises `UsageError` for a rule or reason that neither the release's recipe nor its audit knows."""
    recipe = manifests.read(release)["recipe"]
    known = {*recipe["cleaning"]["rules"], *(task["generator"] for task in recipe["tasks"].values())}
    for name in recipe["tasks"]:
        known.update(meanings({"recipe": recipe}, name))
    for row in audit(release):
        known.add(row["rule"])
        if row.get("kind") == "record":
            known.add(row["reason"])
        if rule in known:
            return
    if rule not in known:
        raise UsageError(f"--rule {rule}: no rule or reason of this release; nearest: {nearest(rule, sorted(known))}")
