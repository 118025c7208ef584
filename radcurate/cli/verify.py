"""`radcurate verify`."""

from pathlib import Path

import click

from radcurate.cli.common import RELEASE, shared_options


@click.command(short_help="Check a release.", epilog="Example: radcurate verify releases/demo/1.0.0")
@RELEASE
@shared_options
@click.pass_context
def verify(context: click.Context, release: Path, quiet: bool, as_json: bool) -> None:
    """Check RELEASE: hashes, schemas, evidence, counts and splits. Exit 1 names every fault."""
    from radcurate.release import manifest
    from radcurate.release.proof import sentence
    from radcurate.release.verify import verify as find_faults
    from radcurate.stages import canonical_json

    faults = find_faults(release)
    if as_json:
        click.echo(canonical_json({"release": str(release), "sound": not faults, "faults": faults}), nl=False)
    elif faults:
        for fault in faults:
            click.echo(fault, err=True)
        click.echo(f"{release}: {len(faults):,} {'fault' if len(faults) == 1 else 'faults'}", err=True)
    elif not quiet:
        found = manifest.read(release)
        rows = sum(table["rows"] for table in found["tables"].values())
        click.echo(f"{release}: sound. {len(found['files'])} files, {rows:,} rows; evidence, counts and hashes fit.")
        click.echo(f"splits  {sentence(found['splits'])}")
    if faults:
        context.exit(1)
