"""`radcurate explain`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from radcurate.cli.common import RELEASE, shared_options

if TYPE_CHECKING:
    from radcurate.release.explain import Explanation


@click.command(epilog="Example: radcurate explain releases/demo/1.0.0 demo:r001")
@RELEASE
@click.argument("identity", metavar="ID")
@shared_options
def explain(release: Path, identity: str, quiet: bool, as_json: bool) -> None:
    """Follow ID, a record (its id or key), a document or an input, to its source and its reasons.

    A record: source text with the evidence marked, rule, licence. A document: kept or dropped, each edit, what it gave
    and what was refused.
    """
    from radcurate.release.explain import explain as find
    from radcurate.stages import canonical_json

    found = find(release, identity)
    if as_json:
        click.echo(canonical_json(asdict(found)), nl=False)
    elif not quiet:
        _print(found)


def _print(found: "Explanation") -> None:
    from rich.console import Console

    from radcurate.cli.marking import marked_section

    console = Console(highlight=False, soft_wrap=True)
    record = found.record
    evidence = record["evidence"] if record else []
    if record:
        console.print(f"record    {record['record_id']}  {record['record_key']}  ({found.split})", markup=False)
        console.print(f"made by   {record['generator']}, rule {record['rule']}", markup=False)
        console.print(
            f"licence   {record['licence']}{' (restricted: may not be published)' if record['restricted'] else ''}",
            markup=False,
        )
        if record["flags"]:
            console.print(f"flags     {', '.join(record['flags'])}", markup=False)
        if record["uncertain"]:
            console.print(f"uncertain {', '.join(record['uncertain'])}", markup=False)
        console.print(f"asks      {record['instruction']}", markup=False)
        console.print(f"answer    {record['output']}\n", markup=False)
    for document in found.documents:
        console.print(
            f"document  {document['document_id']}  kept, {document['split']}, group {document['group_id']}",
            markup=False,
        )
        console.print(
            f"source    {document['source']}, {document['licence']}, raw sha256 {document['raw_sha256'][:16]}…",
            markup=False,
        )
        if document["url"]:
            console.print(f"url       {document['url']}", markup=False)
        if document["tags"]:
            console.print(f"tags      {'; '.join(document['tags'])}", markup=False)
        own = [piece for piece in evidence if piece["document_id"] == document["document_id"]]
        for section in document["sections"]:
            console.print(marked_section(section, own))
    for row in found.dropped:
        console.print(f"dropped   {row['kind']} {row['id']}", markup=False)
        console.print(f"          {row['rule']}: {row['reason']}", markup=False)
        if row["kept_id"]:
            near = "" if row["similarity"] is None else f" (similarity {row['similarity']:.2f})"
            console.print(f"          for the sake of {row['kept_id']}{near}", markup=False)
    for row in found.edits:
        console.print(
            f"edit      {row['section']} {row['start']}–{row['end']} → {row['replacement']!r} by {row['rule']}",
            markup=False,
        )
    for key in found.records:
        console.print(f"gave      {key}", markup=False)
