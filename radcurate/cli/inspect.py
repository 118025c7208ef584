"""`radcurate inspect`."""

from pathlib import Path

import click

from radcurate.cli.common import RELEASE, Here, shared_options, work_of


@click.command(
    short_help="Show what is in a release.",
    epilog="Example: radcurate inspect releases/demo/1.0.0 --task impression --sample 3",
)
@RELEASE
@click.option("--task", help="One task instead of all.")
@click.option(
    "--sample",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    metavar="N",
    help="Records of each task to show, evidence marked.",
)
@click.option("--audit", is_flag=True, help="Rank the rules by how often they fired, with examples of each.")
@click.option("--rule", metavar="ID", help="List what one rule, or one reason of refusal, did.")
@click.option("--documents", is_flag=True, help="List the documents.")
@click.option("--pii", is_flag=True, help="List what Presidio takes for personal (`radcurate[pii]`); changes nothing.")
@click.option(
    "--for-review",
    type=click.IntRange(min=1),
    metavar="N",
    help="Write N records of each task to the CSV file --out, to be read and judged.",
)
@click.option("--out", type=Here(path_type=Path, dir_okay=False), metavar="FILE", help="The file of --for-review.")
@shared_options
def inspect(
    release: Path,
    task: str | None,
    sample: int,
    audit: bool,
    rule: str | None,
    documents: bool,
    pii: bool,
    for_review: int | None,
    out: Path | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Show what is in RELEASE: counts by task and split, lengths, balance, drops by reason, samples.

    With --json, --audit, --rule, --documents and --pii print one object a line.
    """
    from radcurate.cli import show_release
    from radcurate.release import overview
    from radcurate.stages import canonical_json

    if audit + documents + pii + (rule is not None) + (for_review is not None) > 1:
        raise click.UsageError("--audit, --rule, --documents, --pii and --for-review exclude each other")
    if (for_review is None) != (out is None):
        raise click.UsageError("--for-review N and --out FILE go together, as in --for-review 50 --out reviews.csv")
    if (documents or pii) and task is not None:
        raise click.UsageError(
            f"--{'pii' if pii else 'documents'} goes over the documents of all tasks; leave out --task"
        )
    if for_review is not None and out is not None:
        from radcurate import reviews

        number = reviews.write_sample(out, overview.samples(release, for_review, task))
        if as_json:
            click.echo(canonical_json({"file": str(out), "records": number}), nl=False)
        elif not quiet:
            click.echo(f"{out}: {number:,} records; fill in verdict (reject or fix), new_output, reason, by")
            click.echo(f'then name it in the recipe, reviews = "{out}", or with --set reviews={out}')
    elif rule is not None:
        overview.check_rule(release, rule)
        rows = overview.audit(release, rule, task)
        show_release.print_lines(rows, show_release.audit_line, f"{rule} did nothing here", as_json, quiet)
    elif audit:
        ranked = overview.ranked(release, task, work_of(release))
        show_release.print_lines(iter(ranked), show_release.rule_line, "the audit is empty", as_json, quiet)
    elif documents:
        show_release.print_lines(
            overview.documents_of(release), show_release.document_line, "no documents", as_json, quiet
        )
    elif pii:
        from radcurate.release.flags import flags

        show_release.print_lines(
            flags(release), show_release.flag_line, "Presidio's patterns found nothing", as_json, quiet
        )
    else:
        found = overview.overview(release, task)
        drawn = overview.samples(release, sample, task) if sample else []
        if as_json:
            click.echo(canonical_json({**found, "samples": drawn}), nl=False)
        elif not quiet:
            show_release.print_overview(found, drawn)
