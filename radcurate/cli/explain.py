"""`radcurate explain`."""

from dataclasses import asdict
from pathlib import Path

import click

from radcurate.cli.common import RELEASE, shared_options, work_of


@click.command(
    short_help="Follow a record, document or input to its reasons.",
    epilog="Example: radcurate explain releases/demo/1.0.0 demo:r001",
)
@RELEASE
@click.argument("identity", metavar="ID")
@click.option(
    "--source",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A file or snapshot that the release was made of: shows the text before each edit.  [default: the stages of "
    "the build, where they stand beside the release]",
)
@shared_options
def explain(release: Path, identity: str, source: Path | None, quiet: bool, as_json: bool) -> None:
    """Follow ID, a record (its id or key), a document or an input, to its source and its reasons.

    A record: source text with the evidence marked, rule, licence. A document: kept or dropped, each edit rule by rule
    with the text before and after, what it gave and what was refused. An input that made no document: why.
    """
    from radcurate.release.explain import explain as find
    from radcurate.stages import canonical_json

    found = find(release, identity, work=work_of(release), source=source)
    if as_json:
        click.echo(canonical_json(asdict(found)), nl=False)
    elif not quiet:
        from radcurate.cli.show_explanation import print_explanation

        print_explanation(found)
