"""Runs the command line within the test's own process, which is quicker than a process for each."""

import subprocess

from click.testing import CliRunner

from radcurate.cli import main


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """What `radcurate ARGUMENTS` prints and ends with; an exception that it lets out is raised here."""
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)
