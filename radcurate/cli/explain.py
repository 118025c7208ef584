"""`radcurate explain`."""

from dataclasses import asdict
from pathlib import Path

import click

from radcurate.cli.common import RELEASE, shared_options


@click.command(
    short_help="Follow a record, document or input to its reasons.",
    epilog="Example: radcurate explain releases/demo/1.0.0 demo:r001",
)
@RELEASE
@click.argument("identity", metavar="ID")
@shared_options
def explain(release: Path, identity: str, quiet: bool, as_json: bool) -> None:
    """Follow ID, a record (its id or key), a document or an input, to its source and its reasons.

    A record: source text with the evidence marked, rule, licence. A document: kept or dropped, each edit, what it gave
    and what was refused. An input that made no document: why.
    """
    from radcurate.release.explain import explain as find
    from radcurate.stages import canonical_json

    found = find(release, identity)
    if as_json:
        click.echo(canonical_json(asdict(found)), nl=False)
    elif not quiet:
        from radcurate.cli.show_explanation import print_explanation

        print_explanation(found)
