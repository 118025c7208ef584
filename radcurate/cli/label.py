"""`radcurate label`."""

from pathlib import Path

import click

from radcurate.cli.common import Here, shared_options


@click.command(
    short_help="Label a table of reports.",
    epilog="Example: radcurate label reports.csv --column report --label-set chexpert --out labeled.csv --spans",
)
@click.argument("input", type=click.Path(path_type=Path))
@click.option(
    "--column",
    "columns",
    multiple=True,
    required=True,
    metavar="TEXT",
    help="The column of the reports' text; again for a further one (findings, impression), in order.",
)
@click.option(
    "--label-set",
    type=click.Choice(["chexpert", "chestxray14"]),
    required=True,
    help="Whose labels, under that set's own policy.",
)
@click.option(
    "--out",
    type=Here(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where rows and labels go: .csv, .tsv, .jsonl or .parquet.",
)
@click.option("--spans", is_flag=True, help="Add the column `spans`: the evidence of each label, as JSON.")
@click.option(
    "--uncertain",
    type=click.Choice(["keep", "as-present", "as-absent"]),
    default="keep",
    show_default=True,
    help="What an uncertain label is written as: -1, 1 or 0.",
)
@click.option(
    "--show",
    type=click.IntRange(min=1),
    is_flag=False,
    flag_value=3,
    metavar="[N]",
    help="Draw the observations of the first N reports (3) in the terminal.",
)
@click.option("--prefix", default="", metavar="WORD", help="Put before the names of labels, where the input has such.")
@click.option("--format", type=click.Choice(["csv", "jsonl", "parquet"]), help="Of INPUT, where its suffix tells none.")
@click.option("--encoding", metavar="NAME", help="Of INPUT, where it is not UTF-8, as in latin-1.")
@click.option("--delimiter", metavar="SIGN", help="Of INPUT, where a CSV file has another than the comma.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Processes; default: as many as there are cores. The bytes are the same.",
)
@shared_options
def label(
    input: Path,
    columns: tuple[str, ...],
    label_set: str,
    out: Path | None,
    spans: bool,
    uncertain: str,
    show: int | None,
    prefix: str,
    format: str | None,
    encoding: str | None,
    delimiter: str | None,
    workers: int | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Label the reports in INPUT, a CSV, JSONL or Parquet file: its columns, then one for each label.

    1 is present, 0 absent, -1 uncertain, empty not mentioned. Not for clinical use.
    """
    from radcurate import label_table
    from radcurate.cli import show_labels
    from radcurate.cli.progress import counting
    from radcurate.engines.local import usable_cores
    from radcurate.stages import canonical_json

    if out is None and show is None:
        raise click.UsageError("name a file with --out, as in --out labeled.csv, or look at some reports with --show")
    given = {"format": format, "encoding": encoding, "delimiter": delimiter}
    options = {name: value for name, value in given.items() if value is not None}
    job = label_table.job(input, columns, label_set, options, uncertain=uncertain, spans=spans, prefix=prefix)
    if out is not None:
        label_table.check_out(job, out)
    if show is not None and not (quiet or as_json):
        show_labels.draw(label_table.first_texts(job, show), label_set)
    if out is None:
        return
    table = label_table.scan(job.table)
    with counting("label", table.rows, quiet) as advance:
        counts = label_table.label_table(job, table, out, workers or usable_cores(), advance)
    if as_json:
        click.echo(canonical_json({"file": str(out), **counts._asdict()}), nl=False)
    elif not quiet:
        show_labels.print_counts(out, counts)
