"""How a release is printed: tables for people, one JSON object a line for machines."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from radcurate.cli.marking import marked_section
from radcurate.release.proof import sentence
from radcurate.splits import SPLITS

SHOWN = 200

Row = Mapping[str, Any]


def print_lines(rows: Iterator[Row], line: Callable[[Row], str], nothing: str, as_json: bool, quiet: bool) -> None:
    """Each row on a line of its own: as JSON, all of them; for people the first 200 and how many more there are."""
    shown = 0
    for row in rows:
        shown += 1
        if as_json:
            click.echo(json.dumps(row, sort_keys=True, ensure_ascii=False))
        elif not quiet and shown <= SHOWN:
            click.echo(line(row))
    if not as_json and not quiet and shown > SHOWN:
        click.echo(f"… and {shown - SHOWN:,} more; --json prints all")
    if not shown and not quiet and not as_json:
        click.echo(nothing)


def audit_line(row: Row) -> str:
    """A drop or an edit in one line."""
    if row["table"] == "edited":
        return (
            f"{row['rule']}  {row['document_id']} {row['section']} {row['start']}–{row['end']} → {row['replacement']!r}"
        )
    kept = f" (kept: {row['kept_id']})" if row["kept_id"] else ""
    return f"{row['rule']}  {row['kind']} {row['id']}: {row['reason']}{kept}"


def ranked(rows: Iterable[Row]) -> list[Row]:
    """Rules (of records: rule and reason) by how often they fired, most first, each with its first example."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        kind = row["kind"] if row["table"] == "dropped" else "edit"
        rule = f"{row['rule']} {row['reason']}" if kind == "record" and " " not in row["reason"] else row["rule"]
        entry = found.setdefault((kind, rule), {"kind": kind, "rule": rule, "times": 0, "example": audit_line(row)})
        entry["times"] += 1
    return sorted(found.values(), key=lambda entry: (-entry["times"], entry["kind"], entry["rule"]))


def rule_line(row: Row) -> str:
    """A rule's rank in one line."""
    return f"{row['times']:>8,}  {row['kind']:<8}  {row['rule']:<45}  e.g. {row['example']}"


def document_line(row: Row) -> str:
    """A document in one line."""
    sections = ", ".join(f"{section['name']} {len(section['text'].split())}" for section in row["sections"])
    return f"{row['document_id']:<18} {row['split']:<10} {row['kind']}  {row['licence']}  words: {sections}"


def print_overview(found: Row, drawn: Sequence[Row]) -> None:
    """The whole overview, then the samples."""
    console = Console(highlight=False, soft_wrap=True)
    counts = found["counts"]
    console.print(f"{found['title']}  ({found['name']} {found['version']})\n", style="bold", markup=False)
    _print_counts(console, found)
    for step in ("inputs", "documents"):
        dropped = ", ".join(f"{rule} {number:,}" for rule, number in counts[step]["dropped"].items()) or "none"
        console.print(
            f"{step:<10} {counts[step]['in']:,} in, {counts[step]['kept']:,} kept; dropped: {dropped}", markup=False
        )
    edits = ", ".join(f"{rule} {number:,}" for rule, number in counts["edits"].items()) or "none"
    console.print(f"edits      {edits}; redaction marks kept {counts['redaction_marks']:,}", markup=False)
    console.print(f"splits     {sentence(found['splits'])}", markup=False)
    for name, task in found["tasks"].items():
        _print_task(console, name, task)
    for sample in drawn:
        _print_sample(console, sample)


def _print_counts(console: Console, found: Row) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("records of")
    for name in (*SPLITS, "considered", "not made"):
        table.add_column(name, justify="right")
    for name, task in found["tasks"].items():
        numbers = [*(task["kept"][split] for split in SPLITS), task["considered"], sum(task["dropped"].values())]
        table.add_row(name, *(f"{number:,}" for number in numbers))
    console.print(table)
    console.print()


def _print_task(console: Console, name: str, task: Row) -> None:
    console.print(f"\n{name}  ({task['generator']})", style="bold", markup=False)
    lengths = Table(box=None, pad_edge=False)
    for column in ("words of", "split"):
        lengths.add_column(column)
    for column in ("p5", "p50", "p95", "longest"):
        lengths.add_column({"p50": "median", "p5": "5%", "p95": "95%"}.get(column, column), justify="right")
    for row in task["lengths"]:
        lengths.add_row(row["column"], row["split"], *(str(row[column]) for column in ("p5", "p50", "p95", "longest")))
    console.print(lengths)
    console.print(f"{task['different_answers']:,} different answers; the commonest:", markup=False)
    for row in task["answers"]:
        console.print(f"  {row['share']:>6.1%}  {row['records']:>7,}  {row['answer']}", markup=False)
    if task["flags"]:
        console.print(
            "flags: " + ", ".join(f"{flag} {number:,}" for flag, number in task["flags"].items()), markup=False
        )
    for reason, number in sorted(task["dropped"].items(), key=lambda item: -item[1]):
        console.print(f"  not made {number:>7,}  {reason}", markup=False)


def _print_sample(console: Console, sample: Row) -> None:
    record = sample["record"]
    console.print(f"\n{record['record_key']}  ({sample['split']}, {record['record_id']})", style="bold", markup=False)
    console.print(f"  asks   {record['instruction']}", markup=False)
    for document in sample["documents"]:
        own = [piece for piece in record["evidence"] if piece["document_id"] == document["document_id"]]
        for section in document["sections"]:
            console.print(marked_section(section, own))
        if any(piece["section"] == "@tags" for piece in own):
            console.print(f"  @tags  ⟦{'; '.join(document['tags'])}⟧", markup=False)
    flags = f"   [{', '.join(record['flags'])}]" if record["flags"] else ""
    console.print(f"  answer {record['output']}{flags}", style="green", markup=False)
    if record["uncertain"]:
        console.print(f"  left open {', '.join(record['uncertain'])}", markup=False)
