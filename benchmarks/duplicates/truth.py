"""What is right to remove: told by plain sets of words within the planted families, longest first, and counted.

In: the collection and what a method removed. Out: recall (of what a plain walk through the families removes, the share
that the method removed), recall at the threshold (of those at a similarity of 0.80 to 0.82 alone) and precision (of
what it removed, the share that has a document at 0.8 or more in the collection).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.duplicates.corpus import jaccard, shingles
from benchmarks.duplicates.method import THRESHOLD

NEAR_THRESHOLD = 0.82


@dataclass(frozen=True)
class Truth:
    """Which documents are to go, each with its similarity to the most similar kept one; which have any partner at all;
    and the texts."""

    goes: Mapping[str, float]
    partnered: frozenset[str]
    texts: Mapping[str, str]


def truth(path: Path, limit: int | None = None) -> Truth:
    """By a walk through each family of the collection, or of its first `limit` documents."""
    families: dict[str, list[tuple[str, str]]] = {}
    texts: dict[str, str] = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if limit is not None and number >= limit:
                break
            row = json.loads(line)
            families.setdefault(row["family"], []).append((row["id"], row["text"]))
            texts[row["id"]] = row["text"]
    goes: dict[str, float] = {}
    partnered: set[str] = set()
    for members in families.values():
        if len(members) == 1:
            continue
        sets = {identity: shingles(text) for identity, text in members}
        kept: list[str] = []
        for identity, own in sets.items():
            best = max((jaccard(own, sets[other]) for other in kept), default=0.0)
            if best >= THRESHOLD:
                goes[identity] = best
            else:
                kept.append(identity)
            if any(other != identity and jaccard(own, sets[other]) >= THRESHOLD for other in sets):
                partnered.add(identity)
    return Truth(goes, frozenset(partnered), texts)


@dataclass(frozen=True)
class Marks:
    """How good a method is, as shares."""

    recall: float
    recall_at_threshold: float
    precision: float


def marks(removed: Mapping[str, str | None], known: Truth) -> Marks:
    """Judges what a method removed; a pair across families, where the method names one, is compared in plain sets."""
    close = [identity for identity, similarity in known.goes.items() if similarity < NEAR_THRESHOLD]
    right = sum(
        identity in known.partnered
        or (kept is not None and jaccard(shingles(known.texts[identity]), shingles(known.texts[kept])) >= THRESHOLD)
        for identity, kept in removed.items()
    )
    return Marks(
        sum(identity in removed for identity in known.goes) / max(1, len(known.goes)),
        sum(identity in removed for identity in close) / max(1, len(close)),
        right / max(1, len(removed)),
    )


def true_pairs(removed: Mapping[str, str | None], known: Truth) -> bool:
    """Whether every removed document is, in plain sets, at the threshold or over it with the very one that is named."""
    return all(
        kept is not None and jaccard(shingles(known.texts[identity]), shingles(known.texts[kept])) >= THRESHOLD
        for identity, kept in removed.items()
    )
