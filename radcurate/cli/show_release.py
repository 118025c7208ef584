"""How a release is printed: tables for people, JSON for machines (of lists, one object a line)."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from radcurate.cli.marking import asked, indented, marked_document, shown
from radcurate.release.overview import is_refusal
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
            click.echo(json.dumps(row, sort_keys=True, ensure_ascii=False, default=asdict))
        elif not quiet and shown <= SHOWN:
            click.echo(line(row))
    if not as_json and not quiet and shown > SHOWN:
        click.echo(f"… and {shown - SHOWN:,} more; --json prints all")
    if not shown and not quiet and not as_json:
        click.echo(nothing)


def audit_line(row: Row) -> str:
    """A drop or an edit in one line."""
    return f"{row['rule']:<26} {_what(row)}"


def _what(row: Row) -> str:
    if row["table"] == "edited":
        became = f"became {row['replacement']!r}" if row["replacement"] else "was taken out"
        return f"{row['document_id']} {row['section']} {row['start']}–{row['end']} {became}"
    kept = f" (kept: {row['kept_id']})" if row["kept_id"] else ""
    return f"{row['id']}: {row['reason']}{kept}"


def rule_line(row: Row) -> str:
    """A rule's rank in one line, and its examples below."""
    examples = "".join(f"\n{'':>20}{_example(example)}" for example in row["examples"])
    return f"{row['times']:>8,}  {row['kind']:<8}  {row['rule']}{examples}"


def _example(row: Row) -> str:
    """What happened, and for an edit whose text before is at hand that text, before and after."""
    if row.get("step"):
        step = row["step"]
        became = f"{shown(step.left, step.before, step.right)} → {shown('', step.after, '')}"
        return f"{row['document_id']} {row['section']} {row['start']}–{row['end']}: {became}"
    return row["id"] if is_refusal(row) else _what(row)


def document_line(row: Row) -> str:
    """A document in one line."""
    sections = ", ".join(f"{section['name']} {len(section['text'].split())}" for section in row["sections"])
    return f"{row['document_id']:<25} {row['split']:<10} {row['kind']:<7}  {row['licence']}  words: {sections}"


def flag_line(row: Row) -> str:
    """What Presidio found, in one line."""
    place = f"{row['document_id']} {row['section']} {row['start']}-{row['end']}"
    return f"{place}  {row['entity']} {row['score']}  {row['text']!r}"


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
    for name in (*SPLITS, "left out", "all"):
        table.add_column(name, justify="right")
    for name, task in found["tasks"].items():
        numbers = [*(task["kept"][split] for split in SPLITS), sum(task["dropped"].values()), task["considered"]]
        table.add_row(name, *(f"{number:,}" for number in numbers))
    console.print(table)
    console.print()


def _print_task(console: Console, name: str, task: Row) -> None:
    console.print(f"\n{name}  ({task['generator']})", style="bold", markup=False)
    lengths = Table(box=None, pad_edge=False)
    for column in ("words of", "split"):
        lengths.add_column(column)
    for column in ("5%", "median", "95%", "longest"):
        lengths.add_column(column, justify="right")
    for row in task["lengths"]:
        lengths.add_row(row["column"], row["split"], *(str(row[column]) for column in ("p5", "p50", "p95", "longest")))
    console.print(lengths)
    repeated = [row for row in task["answers"] if row["records"] > 1]
    commonest = "the commonest:" if repeated else "none comes twice"
    console.print(f"{task['different_answers']:,} different answers; {commonest}", markup=False)
    for row in repeated:
        console.print(f"  {row['share']:>6.1%}  {row['records']:>7,}  {row['answer']}", markup=False)
    if task["labels"]:
        console.print("labels, by their share of the records:", markup=False)
    for row in task["labels"]:
        console.print(f"  {row['share']:>6.1%}  {row['records']:>7,}  {row['label']}", markup=False)
    if task["flags"]:
        flags = ", ".join(f"{flag} {number:,}" for flag, number in task["flags"].items())
        console.print(f"flags: {flags}", markup=False)
    if task["dropped"]:
        console.print("left out:", markup=False)
    for reason, number in sorted(task["dropped"].items(), key=lambda item: (-item[1], item[0])):
        meaning = task["meanings"].get(reason, "")
        console.print(f"  {number:>7,}  {reason}{f': {meaning}' if meaning else ''}", markup=False)


def _print_sample(console: Console, sample: Row) -> None:
    record = sample["record"]
    console.print(f"\n{record['record_key']}  ({sample['split']}, {record['record_id']})", style="bold", markup=False)
    console.print(f"  asks: {indented(asked(record, sample['documents']))}", markup=False)
    for document in sample["documents"]:
        for line in marked_document(document, record["evidence"]):
            console.print(line)
    flags = f"   [{', '.join(record['flags'])}]" if record["flags"] else ""
    console.print(f"  answer: {indented(record['output'])}{flags}", style="green", markup=False)
    if record["uncertain"]:
        console.print(f"  left out of the answer: {', '.join(record['uncertain'])}", markup=False)
