"""The counts of a release, from its own tables: what `verify` holds against the manifest.

In = kept + dropped at every step, so what the audit and the tables hold gives what came in.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from radcurate.documents import redaction_marks
from radcurate.release.proof import keys
from radcurate.splits import SPLITS
from radcurate.tables import read_rows

Reasons = dict[str, int]


def recount(release: Path, seen: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """The manifest's `counts`; `seen` are the tasks and the kinds of documents that each was shown."""
    dropped = _dropped(release)
    documents: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    own_group, marks = True, 0
    for row in _rows(release / "documents", "documents", ["document_id", "group_id", "kind", "split", "sections"]):
        documents[row["split"]] += 1
        kinds[row["kind"]] += 1
        own_group = own_group and row["document_id"] == row["group_id"]
        marks += redaction_marks(row)
    edits = Counter(row["rule"] for row in _rows(release / "audit", "edited", ["rule"]))
    kept = documents.total()
    gone = dropped.get("document", {})
    return {
        "inputs": _step(kept + sum(gone.values()), dropped.get("input", {})),
        "documents": _step(kept, gone),
        "documents_by_split": {split: documents[split] for split in SPLITS},
        "groups_are_documents": own_group,
        "edits": dict(edits),
        "redaction_marks": marks,
        "records": {
            task: {
                **_records(release, task, dropped.get(task, {})),
                "documents_seen": {kind: kinds[kind] for kind in shown},
            }
            for task, shown in seen.items()
        },
    }


def _step(kept: int, dropped: Reasons) -> dict[str, Any]:
    return {"in": kept + sum(dropped.values()), "kept": kept, "dropped": dropped}


def _records(release: Path, task: str, dropped: Reasons) -> dict[str, Any]:
    kept: dict[str, int] = {}
    used = []
    for split in SPLITS:
        first = [row["document_ids"][0] for row in _rows(release / task, split, ["document_ids"])]
        kept[split] = len(first)
        used.append(np.unique(keys(first)))
    # A document whose records the comparison with training took out was used too.
    later = (row["locator"] or "" for row in _audited(release, task) if row["rule"].rpartition(".")[0] != task)
    return {
        "in": sum(kept.values()) + sum(dropped.values()),
        "kept": kept,
        "dropped": dropped,
        "documents_used": len(np.unique(np.concatenate([*used, keys(later)]))),
    }


def _audited(release: Path, task: str) -> Iterator[Mapping[str, Any]]:
    for row in _rows(release / "audit", "dropped", ["kind", "id", "locator", "rule"]):
        if row["kind"] == "record" and row["id"].startswith(f"{task}/"):
            yield row


def _dropped(release: Path) -> dict[str, Reasons]:
    """Dropped inputs and documents by rule, records of each task by reason."""
    found: dict[str, Counter[str]] = {}
    for row in _rows(release / "audit", "dropped", ["kind", "id", "rule", "reason"]):
        task = row["id"].partition("/")[0]
        kind = task if row["kind"] == "record" else row["kind"]
        found.setdefault(kind, Counter())[_reason(row, task) if row["kind"] == "record" else row["rule"]] += 1
    return {kind: dict(reasons) for kind, reasons in found.items()}


def _reason(row: Mapping[str, Any], task: str) -> str:
    """What the manifest counts a dropped record under: a task's own reason, or the rule that took it out later."""
    return str(row["reason"] if row["rule"].rpartition(".")[0] == task else row["rule"])


def _rows(folder: Path, stem: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob(f"{stem}-*.parquet")):
        yield from read_rows(path, columns)


def differences(expected: Mapping[str, Any], counted: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Each count that differs, by its dotted key, with the expected and the counted number (0 where there is none)."""
    left, right = _flat(expected), _flat(counted)
    for key in sorted(left.keys() | right.keys()):
        if left.get(key, 0) != right.get(key, 0):
            yield key, left.get(key, 0), right.get(key, 0)


def _flat(counts: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in counts.items():
        key = f"{prefix}.{name}" if prefix else name
        flat.update(_flat(value, key) if isinstance(value, Mapping) else {key: value})
    return flat
