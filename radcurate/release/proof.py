"""What a release proves of its splits, computed from its own tables: the build prints it, the manifest keeps it,
`verify` computes it again.

It holds 24 bytes a document and 8 bytes a record in memory.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from radcurate.splits import SPLITS
from radcurate.tables import read_rows

NOVEL_BELOW = 0.8
NEAREST_FROM = 0.5

Keys = npt.NDArray[np.uint64]


def prove(release: Path, tasks: Sequence[str]) -> dict[str, Any]:
    """Groups by split and how many are in two; of each task how many training records come from a document that names
    a test document as related, how many held-out inputs equal a training one, and how near the others come."""
    groups = {
        split: np.unique(
            keys(
                row["group_id"]
                for row in _rows(release / "documents", "documents", ["group_id", "split"])
                if row["split"] == split
            )
        )
        for split in SPLITS
    }
    _every, counts = np.unique(np.concatenate(list(groups.values())), return_counts=True)
    linking = _linking_test(release / "documents")
    return {
        "groups": {split: len(found) for split, found in groups.items()},
        "groups_in_two_splits": int((counts > 1).sum()),
        "tasks": {
            task: {**_held_out(release / task), "training_linked_to_test": _linked(release / task, linking)}
            for task in tasks
        },
    }


def _linking_test(folder: Path) -> Keys:
    """Of training documents that name a test document as related, their ids."""
    tested = keys(
        row["url"] for row in _rows(folder, "documents", ["url", "split"]) if row["split"] == "test" and row["url"]
    )
    return keys(
        row["document_id"]
        for row in _rows(folder, "documents", ["document_id", "split", "links"])
        if row["split"] == "train" and row["links"] and np.isin(keys(row["links"]), tested).any()
    )


def _linked(folder: Path, linking: Keys) -> int:
    if not len(linking):
        return 0
    return sum(
        bool(np.isin(keys(row["document_ids"]), linking).any()) for row in _rows(folder, "train", ["document_ids"])
    )


def _held_out(folder: Path) -> dict[str, Any]:
    training = np.unique(keys(_words(row["input"]) for row in _rows(folder, "train", ["input"])))
    nearest = {"under_0.5": 0, "0.5_to_0.8": 0, "from_0.8": 0}
    equal = 0
    for split in ("validation", "test"):
        equal += int(np.isin(keys(_words(row["input"]) for row in _rows(folder, split, ["input"])), training).sum())
        for row in _rows(folder, split, ["nearest_train"]):
            value = row["nearest_train"] or 0.0
            nearest["under_0.5" if value < NEAREST_FROM else "0.5_to_0.8" if value < NOVEL_BELOW else "from_0.8"] += 1
    return {"held_out": sum(nearest.values()), "inputs_equal_to_training": equal, "nearest_train": nearest}


def _rows(folder: Path, stem: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob(f"{stem}-*.parquet")):
        yield from read_rows(path, columns)


def _words(text: str) -> str:
    return " ".join(text.lower().split())


def keys(texts: Iterable[str]) -> Keys:
    """8 bytes for each text, in their order."""
    digests = (hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(b"".join(digests), dtype="<u8")


def sentence(proof: dict[str, Any]) -> str:
    """The proof in one sentence."""
    groups = proof["groups"]
    held_out = sum(task["held_out"] for task in proof["tasks"].values())
    equal = sum(task["inputs_equal_to_training"] for task in proof["tasks"].values())
    near = sum(task["nearest_train"]["from_0.8"] for task in proof["tasks"].values())
    linked = sum(task["training_linked_to_test"] for task in proof["tasks"].values())
    return (
        f"{sum(groups.values()):,} groups ({', '.join(f'{groups[split]:,} {split}' for split in SPLITS)}), "
        f"{proof['groups_in_two_splits']:,} in two splits; of {held_out:,} held-out records {equal:,} have the input "
        f"of a training record, {near:,} one nearly like it (Jaccard {NOVEL_BELOW} or more); "
        f"{linked:,} training records come from a document that names a test document as related"
    )


def broken(proof: dict[str, Any]) -> bool:
    """True where a group is in two splits, or training shares an input with the rest or names a test document."""
    return bool(
        proof["groups_in_two_splits"]
        or any(task["inputs_equal_to_training"] or task["training_linked_to_test"] for task in proof["tasks"].values())
    )
