"""`radcurate build`."""

from pathlib import Path

import click

from radcurate.cli.common import Here, shared_options


@click.command(
    short_help="Build a release from a recipe.",
    epilog="Example: radcurate build openi --out releases --set sources.openi.path=NLMCXR_reports.tgz",
)
@click.argument("recipe", default="demo")
@click.option(
    "--out",
    type=Here(path_type=Path),
    required=True,
    help="Folder for <name>/<version>/ and the finished stages.",
)
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Override a key of the recipe, dotted; repeatable."
)
@click.option("--version", metavar="X.Y.Z", help="The release's version, instead of the recipe's.")
@click.option(
    "--parent",
    type=click.Path(path_type=Path),
    metavar="RELEASE",
    help="The release that this one follows; named in manifest and changelog.",
)
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="RELEASE",
    help="An earlier release that counts as seen: documents that it holds are left out (and audited).",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Processes; default: as many as there are cores. The bytes are the same.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Read only the first N inputs of each file, to try a recipe.")
@shared_options
def build(
    recipe: str,
    out: Path,
    settings: tuple[str, ...],
    version: str | None,
    parent: Path | None,
    against: Path | None,
    workers: int | None,
    limit: int | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Build the release of RECIPE: a file, or a bundled recipe (`radcurate recipes`); without one, the demo.

    A build that was stopped goes on where it was; the same build again is up to date.
    """
    from radcurate import recipe as recipes
    from radcurate.build import build as run_build
    from radcurate.cli.progress import BuildProgress
    from radcurate.cli.show_build import print_built
    from radcurate.engines.local import LocalEngine, usable_cores

    checked = recipes.load(recipes.locate(recipe), settings, version)
    with LocalEngine(workers or usable_cores()) as engine, BuildProgress(quiet) as progress:
        built = run_build(checked, out, engine, progress, limit=limit, parent=parent, against=against)
    print_built(built, quiet=quiet, as_json=as_json)
