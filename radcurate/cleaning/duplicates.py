"""Documents that are one document twice, and which of them survives: the longest, the newest revision, then by id.

Articles and cases are duplicates when their text is the same, or nearly so, an article of an article and a case of a
case. Reports repeat in life (two patients with a clear chest), so a report is a duplicate only within its own group:
the same patient's same text is a copy, not a second study; and nearly the same text is another report.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from radcurate.cleaning.rules import CollectionRule, SimilarityRule
from radcurate.documents import Document

DUPLICATE_ID = "duplicate_id.v1"
EXACT_DUPLICATE = "exact_duplicate.v1"
NEAR_DUPLICATE = "near_duplicate.v1"
# The kinds among which near-duplicates are looked for, never across.
NEAR_KINDS = ("article", "case")
DEFAULT_THRESHOLD = 0.8


def length(document: Document) -> int:
    """Characters of text in all sections."""
    return sum(len(section.text) for section in document.sections)


def survivor_first(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Sorts rows with `length`, `revised`, `document_id` and `raw_sha256` so that the survivor comes first."""
    revised = row["revised"] or ""
    newest = (*(-ord(character) for character in revised), 1) if revised else ()
    return -row["length"], not newest, newest, row["document_id"], row["raw_sha256"]


def exact_signature(document: Document) -> str:
    """What exact duplicates share: the sections' names and text, case and spacing aside; of a report its group too."""
    group = document.group_id if document.kind == "report" else ""
    parts = [part for section in document.sections for part in (section.name, " ".join(section.text.lower().split()))]
    return hashlib.sha256("\0".join((document.source, document.kind, group, *parts)).encode()).hexdigest()


def near_text(document: Document) -> str | None:
    """What near-duplicates share a part of: the text of all sections, in order; of a report nothing.

    Two texts are near-duplicates when the Jaccard similarity of their word 5-shingles is `[cleaning.near_duplicates]
    threshold` at least: MinHash finds the pairs to compare, and every one is compared in truth.
    """
    return "\n\n".join(section.text for section in document.sections) if document.kind in NEAR_KINDS else None


def groups(rows: Iterable[Mapping[str, Any]]) -> list[Sequence[Mapping[str, Any]]]:
    """Rows of two or more that share a `signature`, each group with its survivor first, in order of signature."""
    by_signature: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_signature.setdefault(row["signature"], []).append(row)
    return [sorted(members, key=survivor_first) for _, members in sorted(by_signature.items()) if len(members) > 1]


RULES = (CollectionRule(EXACT_DUPLICATE, exact_signature), SimilarityRule(NEAR_DUPLICATE, near_text))
