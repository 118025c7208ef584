"""`radcurate recipes` and `radcurate recipes show`."""

import click

from radcurate.cli.common import shared_options


@click.group(
    short_help="List the bundled recipes, or print one.",
    invoke_without_command=True,
    epilog="Example: radcurate recipes show demo > my-recipe.toml",
)
@shared_options
@click.pass_context
def recipes(context: click.Context, quiet: bool, as_json: bool) -> None:
    """List the bundled recipes, or print one to copy."""
    if context.invoked_subcommand is not None:
        # `recipes --json show demo` means what `recipes show demo --json` does.
        context.default_map = {context.invoked_subcommand: {"quiet": quiet, "as_json": as_json}}
        return
    from radcurate import recipe
    from radcurate.stages import canonical_json

    loaded = {name: recipe.load(recipe.locate(name)) for name in recipe.bundled_names()}
    if as_json:
        click.echo(canonical_json({name: dict(found.content) for name, found in loaded.items()}), nl=False)
    elif not quiet:
        for name, found in loaded.items():
            click.echo(f"{name:<20} {found.version:<8} {found.title}")


@recipes.command(short_help="Print a bundled recipe.", epilog="Example: radcurate recipes show openi")
@click.argument("name")
@shared_options
def show(name: str, quiet: bool, as_json: bool) -> None:
    """Print the bundled recipe NAME."""
    from radcurate import recipe
    from radcurate.stages import canonical_json

    path = recipe.locate(name)
    if as_json:
        click.echo(canonical_json(dict(recipe.load(path).content)), nl=False)
    elif not quiet:
        click.echo(path.read_text(encoding="utf-8"), nl=False)
