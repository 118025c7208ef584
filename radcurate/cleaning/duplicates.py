"""Documents that are one document twice, and which of them survives: the longest, the newest revision, then by id.

Articles and cases are duplicates when their text is the same. Reports repeat in life (two patients with a clear chest),
so a report is a duplicate only within its own group: the same patient's same text is a copy, not a second study.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from radcurate.cleaning.rules import CollectionRule
from radcurate.documents import Document

DUPLICATE_ID = "duplicate_id.v1"
EXACT_DUPLICATE = "exact_duplicate.v1"


def length(document: Document) -> int:
    """Characters of text in all sections."""
    return sum(len(section.text) for section in document.sections)


def survivor_first(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Sorts rows with `length`, `revised`, `document_id` and `raw_sha256` so that the survivor comes first."""
    newest = tuple(-ord(character) for character in row["revised"] or "")
    return -row["length"], not newest, newest, row["document_id"], row["raw_sha256"]


def exact_signature(document: Document) -> str:
    """What exact duplicates share: the sections' names and text, case and spacing aside; of a report its group too."""
    group = document.group_id if document.kind == "report" else ""
    parts = [part for section in document.sections for part in (section.name, " ".join(section.text.lower().split()))]
    return hashlib.sha256("\0".join((document.source, document.kind, group, *parts)).encode()).hexdigest()


def groups(rows: Iterable[Mapping[str, Any]]) -> list[Sequence[Mapping[str, Any]]]:
    """Rows of two or more that share a `signature`, each group with its survivor first, in order of signature."""
    by_signature: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_signature.setdefault(row["signature"], []).append(row)
    return [sorted(members, key=survivor_first) for _, members in sorted(by_signature.items()) if len(members) > 1]


RULES = (CollectionRule(EXACT_DUPLICATE, exact_signature),)
