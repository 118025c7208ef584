"""The command line: one file per command group, no logic. Heavy imports stay inside the commands, so help is quick."""

import click

import radcurate
from radcurate.cli.build import build
from radcurate.cli.explain import explain
from radcurate.cli.harvest import harvest
from radcurate.cli.inspect import inspect
from radcurate.cli.label import label
from radcurate.cli.recipes import recipes
from radcurate.cli.verify import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog="Example: radcurate build --out releases")
@click.version_option(radcurate.__version__, prog_name="radcurate")
def main() -> None:
    """Turn radiology text into instruction data that can say of every record where it came from.

    Not for clinical use.
    """


for command in (build, harvest, inspect, explain, verify, label, recipes):
    main.add_command(command)
