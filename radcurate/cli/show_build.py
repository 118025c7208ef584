"""How the end of a build is printed."""

import click
from rich.console import Console
from rich.table import Table

from radcurate.build import Built
from radcurate.release.proof import sentence
from radcurate.splits import SPLITS
from radcurate.stages import canonical_json


def print_built(built: Built, *, quiet: bool, as_json: bool) -> None:
    """Where the release is and a short table of what is in it; with `as_json` the manifest without its files."""
    if as_json:
        manifest = {key: value for key, value in built.manifest.items() if key != "files"}
        click.echo(canonical_json({"release": str(built.folder), "up_to_date": built.up_to_date, **manifest}), nl=False)
    elif not quiet:
        _print_table(built)


def _print_table(built: Built) -> None:
    console = Console(highlight=False, soft_wrap=True)
    counts = built.manifest["counts"]
    table = Table(box=None, pad_edge=False)
    table.add_column("task")
    for name in (*SPLITS, "left out"):
        table.add_column(name, justify="right")
    for task, numbers in counts["records"].items():
        kept = [f"{numbers['kept'][split]:,}" for split in SPLITS]
        table.add_row(task, *kept, f"{sum(numbers['dropped'].values()):,}")
    table.add_row(
        "(documents)",
        *(f"{counts['documents_by_split'][split]:,}" for split in SPLITS),
        f"{sum(counts['documents']['dropped'].values()):,}",
        style="dim",
    )
    console.print()
    console.print(table)
    console.print(f"\nsplits   {sentence(built.manifest['splits'])}", markup=False)
    console.print(f"release  {built.folder}{' (up to date)' if built.up_to_date else ''}", markup=False)
    console.print(f"next     radcurate inspect {built.folder}", markup=False)
