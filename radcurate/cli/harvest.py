"""`radcurate harvest`."""

from pathlib import Path

import click

from radcurate.cli.common import Here, shared_options


def _explain_permission(context: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked:
        from radcurate.permission import EXAMPLE

        click.echo(EXAMPLE, nl=False)
        context.exit()


@click.command(
    short_help="Crawl a site into a snapshot.",
    epilog="Example: radcurate harvest radiopaedia-cases --system Chest --snapshot snapshots/chest",
)
@click.argument("spider", required=False)
@click.option(
    "--system",
    "systems",
    multiple=True,
    metavar="NAME",
    help="A body system, as the site names it; may be given again.",
)
@click.option(
    "--section",
    "sections",
    multiple=True,
    metavar="NAME",
    help="A section of the site (Pathology, Signs); may be given again.",
)
@click.option(
    "--snapshot",
    type=Here(path_type=Path, file_okay=False),
    help="The folder to keep the answers in; what it holds already is not asked for again.",
)
@click.option(
    "--base-url",
    metavar="URL",
    help="Where the site answers.  [default: that of the wiki, else the demo site, served for the crawl]",
)
@click.option(
    "--permission",
    "permission_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The recorded permission that any site but one on loopback needs.",
)
@click.option(
    "--explain-permission",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_explain_permission,
    help="Print a commented example of a permission file and exit.",
)
@click.option("--refresh", is_flag=True, help="Ask again for what is stored, on the condition that it changed.")
@click.option(
    "--status",
    "status_of",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="SNAPSHOT",
    help="Tell how far the last crawl of a snapshot is, and ask no site anything.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Stop each spider after so many pages.")
@shared_options
def harvest(
    spider: str | None,
    systems: tuple[str, ...],
    sections: tuple[str, ...],
    snapshot: Path | None,
    base_url: str | None,
    permission_file: Path | None,
    refresh: bool,
    status_of: Path | None,
    limit: int | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Crawl a site into a snapshot with SPIDER; without one, with both of Radiopaedia's.

    SPIDER is radiopaedia-articles or radiopaedia-cases; a MediaWiki (radlines, wikipedia-radiology, or a file
    my_wiki.toml); or a file that holds a spider (my_site.py). Every answer is stored as WARC before anything is parsed;
    `radcurate build` reads the snapshot and makes no request. Without --system and --section every listing is followed.
    A crawl that was stopped or killed goes on when the same command is given again.
    """
    if status_of is not None:
        if snapshot is not None or spider is not None:
            raise click.UsageError("--status names the snapshot itself and goes with neither SPIDER nor --snapshot")
        from radcurate.cli.show_status import show_status

        show_status(status_of, quiet=quiet, as_json=as_json)
        return
    if snapshot is None:
        raise click.UsageError("Missing option '--snapshot'.")
    from radcurate import permission
    from radcurate.cli.crawl_progress import CrawlProgress
    from radcurate.harvest import DEMO_PERMISSION, SPIDERS, harvest, is_demo, site_of
    from radcurate.spiders.crawl import Crawl
    from radcurate.spiders.crawl_log import about
    from radcurate.spiders.status import notes
    from radcurate.stages import canonical_json

    file = permission_file or (DEMO_PERMISSION if is_demo(spider, base_url) else None)
    given = permission.load(file) if file else None
    with site_of(spider, base_url) as (served, address, clock):
        plan = Crawl(
            snapshot,
            served,
            address,
            (spider,) if spider else SPIDERS,
            systems,
            sections,
            limit,
            clock,
            refresh=refresh,
        )
        with CrawlProgress(snapshot, quiet):
            counts = harvest(plan, given, None if quiet else lambda text: click.echo(text, err=True))
    last = about(snapshot)[-1]
    asked = last["counters"]["requests"] - last["counters"]["robots"]
    if as_json:
        told = {"snapshot": str(snapshot), "answers": counts, "asked": asked, "up_to_date": not asked}
        click.echo(canonical_json(told), nl=False)
    elif not quiet:
        stored = ", ".join(f"{number:,} with status {status}" for status, number in sorted(counts.items()))
        state = "" if asked else "up to date, "
        click.echo(f"snapshot {snapshot}: {state}{sum(counts.values()):,} answers ({stored})")
    if not quiet:
        for line in notes(last):
            click.echo(line, err=True)
