"""What `radcurate inspect` shows of a release: counts, lengths, balance, drops by reason, and samples."""

import hashlib
import heapq
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from radcurate.errors import UsageError, nearest
from radcurate.release import manifest as manifests
from radcurate.release.reasons import label_reader, meanings
from radcurate.release.statistics import most_common, task_statistics
from radcurate.splits import SPLITS
from radcurate.tables import read_rows

MOST_ANSWERS = 8


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
