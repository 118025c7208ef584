"""Help: every command has an example that parses, and help imports nothing heavy."""

import shlex
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

import radcurate as package
from radcurate.cli import main

HEAVY = ("pyarrow", "pandas", "spacy", "numpy", "jsonschema", "jsonschema_rs", "rich", "jinja2", "datasets", "polars")


def _commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, (*path, name))


COMMANDS = dict(_commands(main))


def test_the_commands_are_those_of_the_contract() -> None:
    assert {" ".join(path) for path in COMMANDS} == {
        "",
        "build",
        "harvest",
        "inspect",
        "explain",
        "verify",
        "label",
        "recipes",
        "recipes show",
    }


@pytest.mark.parametrize("path", COMMANDS)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_says_what_the_command_does_and_gives_an_example(path: tuple[str, ...], option: str) -> None:
    done = CliRunner().invoke(main, [*path, option])
    assert done.exit_code == 0
    assert done.output.startswith("Usage: ")
    assert f"Example: radcurate {' '.join(path)}".rstrip() in done.output
    assert all(len(line) <= 80 for line in done.output.splitlines())


@pytest.mark.parametrize("path", COMMANDS)
def test_the_example_is_a_use_of_the_command_with_options_that_it_has(path: tuple[str, ...]) -> None:
    words = shlex.split(COMMANDS[path].epilog.removeprefix("Example: ").partition(">")[0])
    assert words[0] == "radcurate"
    context = click.Context(main, info_name="radcurate")
    command, arguments = main, words[1:]
    while isinstance(command, click.Group) and arguments and arguments[0] in command.commands:
        command, arguments = command.commands[arguments[0]], arguments[1:]
    parsed = command.make_context(command.name, list(arguments), parent=context)
    assert parsed.args == []
    given = [
        name for name in parsed.params if parsed.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    ]
    assert given or not arguments
    assert {option for option in words if option.startswith("--")} <= {name for p in command.params for name in p.opts}


@pytest.mark.parametrize("path", [path for path in COMMANDS if path])
def test_every_command_has_quiet_json_and_debug(path: tuple[str, ...]) -> None:
    options = {name for parameter in COMMANDS[path].params for name in parameter.opts}
    assert {"--quiet", "-q", "--json", "--debug"} <= options


@pytest.mark.parametrize("path", [path for path in COMMANDS if path])
def test_every_option_says_what_it_does(path: tuple[str, ...]) -> None:
    options = [parameter for parameter in COMMANDS[path].params if isinstance(parameter, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_no_line_of_the_list_of_commands_is_cut() -> None:
    listed = CliRunner().invoke(main, ["--help"]).output.split("Commands:")[1]
    assert "..." not in listed


@pytest.mark.parametrize("arguments", ["--help", "--version", "build --help", "inspect --help", "recipes show --help"])
def test_help_imports_no_heavy_module(arguments: str) -> None:
    code = (
        "import sys\n"
        "from radcurate.cli import main\n"
        f"main({shlex.split(arguments)!r}, standalone_mode=False)\n"
        f"print('HEAVY', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_the_version_is_that_of_the_package() -> None:
    assert CliRunner().invoke(main, ["--version"]).output == f"radcurate, version {package.__version__}\n"


@pytest.mark.parametrize(
    "arguments", [["no-such-command"], ["build", "--no-such-option"], ["build"], ["verify"], ["explain", "somewhere"]]
)
def test_wrong_use_ends_with_2_and_says_where_help_is(arguments: list[str]) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "--help' for help." in done.output
