"""Applies what rules propose, and keeps the audit: every edit with its span in the section as it was parsed.

A text under change is a list of pieces. A piece is either untouched, and maps character by character to the parsed
text, or it replaced some of it, and maps to that span as a whole. An edit that would cut a replaced piece is widened
over all of it, so that of two audited spans one always holds the other or they are apart, and `replay` can redo them.
"""

import bisect
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from radcurate.cleaning.rules import DocumentRule, Edit, Rule, TextRule
from radcurate.documents import Document, Section

# Rules are run over again until none proposes anything; a set that never comes to rest is a fault of the rules.
MOST_ROUNDS = 10


@dataclass(frozen=True)
class Piece:
    """A stretch of the current text and the span of the parsed text that it stands for."""

    text: str
    start: int
    end: int
    replaced: bool = False


@dataclass(frozen=True)
class Audited:
    """An edit as the audit keeps it: offsets in the parsed section."""

    section: str
    start: int
    end: int
    rule: str
    replacement: str


def clean_document(document: Document, rules: Sequence[Rule]) -> tuple[Document, list[Audited], tuple[str, str] | None]:
    """The cleaned document, its edits, and (rule, reason) where a rule drops it. Sections left empty are not kept."""
    text_rules = [
        rule for rule in rules if isinstance(rule, TextRule) and (not rule.kinds or document.kind in rule.kinds)
    ]
    audit: list[Audited] = []
    sections = []
    for section in document.sections:
        cleaned, edits = clean_section(section, text_rules)
        audit.extend(edits)
        if cleaned.text:
            sections.append(cleaned)
    cleaned_document = replace(document, sections=tuple(sections))
    for rule in rules:
        reason = rule.judge(cleaned_document) if isinstance(rule, DocumentRule) else None
        if reason:
            return cleaned_document, audit, (rule.id, reason)
    return cleaned_document, audit, None


def clean_section(section: Section, rules: Sequence[TextRule]) -> tuple[Section, list[Audited]]:
    """The section after all rules, run until none proposes anything, and the edits in the order they were made."""
    pieces = [Piece(section.text, 0, len(section.text))]
    current = section
    audit: list[Audited] = []
    # The text of which each rule last had nothing to say: a pure rule need not read it again.
    settled: dict[str, str] = {}
    for _ in range(MOST_ROUNDS):
        made = len(audit)
        for rule in rules:
            if settled.get(rule.id) == current.text:
                continue
            edits = [edit for edit in rule.propose(current) if current.text[edit.start : edit.end] != edit.replacement]
            if edits:
                pieces, spans = _apply(pieces, current.text, edits)
                audit.extend(Audited(section.name, piece.start, piece.end, rule.id, piece.text) for piece in spans)
                current = replace(section, text="".join(piece.text for piece in pieces))
            else:
                settled[rule.id] = current.text
        if len(audit) == made:
            return current, audit
    raise RuntimeError(f"cleaning rules never come to rest on section {section.name!r}: {audit[-1].rule}")


def _apply(pieces: Sequence[Piece], text: str, edits: Iterable[Edit]) -> tuple[list[Piece], list[Piece]]:
    """The pieces after `edits` of `text`, and the new ones among them (those of empty text included)."""
    begins = [0, *itertools.accumulate(len(piece.text) for piece in pieces)]
    kept: list[Piece] = []
    spans: list[Piece] = []
    reached = 0
    for start, end, replacement in _widened(pieces, begins, text, edits):
        kept.extend(_cut(pieces, begins, reached, start))
        covered = list(_cut(pieces, begins, start, end))
        spans.append(Piece(replacement, covered[0].start, covered[-1].end, replaced=True))
        if replacement:
            kept.append(spans[-1])
        reached = end
    kept.extend(_cut(pieces, begins, reached, len(text)))
    return kept, spans


def _widened(
    pieces: Sequence[Piece], begins: Sequence[int], text: str, edits: Iterable[Edit]
) -> Iterator[tuple[int, int, str]]:
    """Start, end and replacement of each edit, widened over replaced pieces it cuts; edits of one piece are joined."""
    clusters: list[tuple[int, int, list[Edit]]] = []
    reached = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        if not reached <= edit.start < edit.end <= len(text):
            raise ValueError(f"edits must be apart, within the text and of one character at least: {edit}")
        reached = edit.end
        first = bisect.bisect_right(begins, edit.start) - 1
        last = bisect.bisect_left(begins, edit.end) - 1
        start = begins[first] if pieces[first].replaced else edit.start
        end = begins[last + 1] if pieces[last].replaced else edit.end
        if clusters and start < clusters[-1][1]:
            clusters[-1] = (clusters[-1][0], end, [*clusters[-1][2], edit])
        else:
            clusters.append((start, end, [edit]))
    for start, end, members in clusters:
        replacement, at = "", start
        for edit in members:
            replacement += text[at : edit.start] + edit.replacement
            at = edit.end
        yield start, end, replacement + text[at:end]


def _cut(pieces: Sequence[Piece], begins: Sequence[int], start: int, end: int) -> Iterator[Piece]:
    """The pieces of the current text from `start` to `end`; replaced ones lie wholly inside or outside."""
    index = bisect.bisect_right(begins, start) - 1
    while start < end:
        piece = pieces[index]
        if piece.replaced:
            yield piece
        else:
            first, last = start - begins[index], min(len(piece.text), end - begins[index])
            yield Piece(piece.text[first:last], piece.start + first, piece.start + last)
        index += 1
        start = begins[index]


def replay(parsed: str, edits: Iterable[Audited | Mapping[str, Any]]) -> str:
    """The clean text, redone from the parsed text and the audited edits in their order: what proves the audit whole."""
    standing: list[tuple[int, int, str]] = []
    for edit in edits:
        row = edit if isinstance(edit, Mapping) else asdict(edit)
        start, end = row["start"], row["end"]
        standing = [kept for kept in standing if kept[0] < start or kept[1] > end]
        standing.append((start, end, row["replacement"]))
    text, reached = "", 0
    for start, end, replacement in sorted(standing):
        text += parsed[reached:start] + replacement
        reached = end
    return text + parsed[reached:]
