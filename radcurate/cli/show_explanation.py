"""How an explanation is printed: labels on the left, the evidence marked in the text."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from radcurate.cli.marking import asked, indented, marked_document, shown
from radcurate.release.explain import Explanation
from radcurate.release.journey import Step
from radcurate.reviews import OUTPUT
from radcurate.tasks.deriving import LINKS_TEST_DOCUMENT

# Further lines stand right of the labels.
INDENT = " " * 10
MOST_STEPS = 10


def print_explanation(found: Explanation) -> None:
    """The record, its documents, what was dropped, what was edited, and what it gave."""
    console = Console(highlight=False, soft_wrap=True)
    if found.record:
        _print_record(console, found.record, found)
    for row in found.dropped:
        _print_dropped(console, row)
    for number, document in enumerate(found.documents):
        if number or found.record or found.dropped:
            console.print()
        _print_document(console, document, found)
    of_answers = [row for row in found.edits if row["section"].startswith(OUTPUT)]
    for row in of_answers:
        _line(console, "corrected", f"the answer, of {row['end']:,} characters, became {row['replacement']!r}")
        _line(console, "", f"by {row['rule']}: a person's verdict")
    of_texts = [row for row in found.edits if row not in of_answers]
    for document_id in dict.fromkeys(row["document_id"] for row in of_texts):
        if document_id in found.journeys:
            _print_journey(console, document_id, found.journeys[document_id])
        else:
            _print_edits(console, [row for row in of_texts if row["document_id"] == document_id])
    for document_id, sections in found.gone.items():
        _line(console, "text", f"of {document_id}, as it was when it was dropped")
        for name, text in sections.items():
            console.print(f"  {name}: {indented(text)}", markup=False)
    for key in found.records:
        _line(console, "gave", key)


def _line(console: Console, label: str, text: str) -> None:
    console.print(f"{label:<9} {indented(text, INDENT)}", markup=False)


def _print_record(console: Console, record: Mapping[str, Any], found: Explanation) -> None:
    _line(console, "record", f"{record['record_key']}  ({found.split}, {record['record_id']})")
    _line(console, "made by", f"{record['generator']}, rule {record['rule']}")
    _line(console, "licence", record["licence"] + (" (may not be published)" if record["restricted"] else ""))
    if record["permission"]:
        _line(console, "permitted", f"by the permission with sha256 {record['permission'][:16]}…")
    for flag, meaning in found.flags.items():
        _line(console, "flag", f"{flag}: {meaning}" if meaning else flag)
    if record["nearest_train"] is not None:
        _line(console, "near", f"its input and a training one have Jaccard similarity {record['nearest_train']:.2f}")
    _line(console, "asks", asked(record, found.documents))
    _line(console, "answer", record["output"])
    if record["uncertain"]:
        _line(console, "left out", ", ".join(record["uncertain"]))


def _print_dropped(console: Console, row: Mapping[str, Any]) -> None:
    _line(console, "not kept", f"{row['kind']} {row['id']}")
    _line(console, "", f"{row['rule']}: {row['reason']}" + (f" – {row['meaning']}" if row["meaning"] else ""))
    if row["kept_id"]:
        near = "" if row["similarity"] is None else f" (similarity {row['similarity']:.2f})"
        kept = "the test document" if row["rule"] == LINKS_TEST_DOCUMENT else "kept instead"
        _line(console, "", f"{kept}: {row['kept_id']}{near}")


def _print_journey(console: Console, document_id: str, steps: Sequence[Step]) -> None:
    """Rule by rule, in the order in which each first fired: what it found, and what it left."""
    for rule in dict.fromkeys(step.rule for step in steps):
        own = [step for step in steps if step.rule == rule]
        _line(console, "cleaned", f"{document_id} by {rule}, {len(own):,} {'edit' if len(own) == 1 else 'edits'}")
        for step in own[:MOST_STEPS]:
            console.print(f"{INDENT}{step.section} {step.start}–{step.end}", markup=False)
            console.print(f"{INDENT}  before  {shown(step.left, step.before, step.right)}", markup=False)
            console.print(f"{INDENT}  after   {shown(step.left, step.after, step.right)}", markup=False)
        if len(own) > MOST_STEPS:
            console.print(f"{INDENT}… and {len(own) - MOST_STEPS:,} more; --json has all", markup=False)


def _print_edits(console: Console, edits: Sequence[Mapping[str, Any]]) -> None:
    """Where the text before is not at hand: spans and replacements."""
    for row in edits:
        span = f"{row['document_id']} {row['section']} {row['start']}–{row['end']}"
        became = f"became {row['replacement']!r}" if row["replacement"] else "was taken out"
        _line(console, "edit", f"{span} (as parsed) {became}, by {row['rule']}")
    _line(console, "", "the text before is not kept; --source PATH shows it, of what the release was made of")


def _print_document(console: Console, document: Mapping[str, Any], found: Explanation) -> None:
    _line(console, "document", f"{document['document_id']}  kept, {document['split']}, group {document['group_id']}")
    if document["title"]:
        _line(console, "title", document["title"])
    _line(console, "source", f"{document['source']}, {document['licence']}, raw sha256 {document['raw_sha256'][:16]}…")
    if document["permission"]:
        _line(console, "permitted", f"by the permission with sha256 {document['permission'][:16]}…")
    if document["authors"]:
        _line(console, "authors", ", ".join(document["authors"]))
    if document["revised"]:
        _line(console, "revised", document["revised"])
    if document["doi"]:
        _line(console, "doi", document["doi"])
    if document["url"]:
        _line(console, "url", document["url"])
    for line in marked_document(document, found.record["evidence"] if found.record else [], fields=("tags",)):
        console.print(line)
