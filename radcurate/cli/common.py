"""What all commands share: `--quiet`, `--json`, `--debug`, and errors of one or two lines."""

import errno
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from radcurate.errors import RadcurateError

Command = Callable[..., Any]


class Here(click.Path):
    """A path of this machine: an address elsewhere is refused, since records may not leave by it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; refuses `s3://…` and the like, which would otherwise become a folder of that name."""
        from radcurate.rights import leaves_this_machine

        if isinstance(value, str) and leaves_this_machine(value):
            self.fail(f"{value} is not on this machine, which no record leaves by this way; name a folder", param, ctx)
        return super().convert(value, param, ctx)


RELEASE = click.argument("release", type=click.Path(path_type=Path))

# Errors of the system that a person can mend, and how.
REMEDIES = {
    errno.ENOSPC: "free some space and run again; finished steps are kept",
    errno.EDQUOT: "free some space and run again; finished steps are kept",
    errno.EFBIG: "a file may not grow that large here (see `ulimit -f`); finished steps are kept",
    errno.EACCES: "check who may write there",
    errno.EROFS: "give another --out",
    errno.ENOTDIR: "give another path",
}


class Failure(click.ClickException):
    """An error in one or two lines, with the exit code it carries."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.code = exit_code

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """What the command line ends with."""
        return self.code


def shared_options(command: Command) -> Command:
    """Adds `--quiet`, `--json` (given to the command as `as_json`) and `--debug`, and words errors."""

    @click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors (and --json).")
    @click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")
    @click.option("--debug", is_flag=True, help="Show the traceback of an error.")
    @functools.wraps(command)
    def wrapped(*args: Any, debug: bool, **options: Any) -> Any:
        if debug:
            return command(*args, **options)
        try:
            return command(*args, **options)
        except RadcurateError as error:
            raise Failure(str(error), error.exit_code) from error
        except BrokenPipeError:
            raise  # the reader of our output left (`| head`): click ends quietly
        except OSError as error:
            raise Failure(_worded(error), 1) from error
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            raise Failure(
                f"a fault of radcurate: {what}\nWhat to do: run with --debug and report the traceback", 1
            ) from error

    return wrapped


def work_of(release: Path) -> Path | None:
    """Where the build that made a release kept its stages; None where they do not stand beside it."""
    from radcurate.stages import STAGES

    work = release.resolve().parent.parent / STAGES
    return work if work.is_dir() else None


def _worded(error: OSError) -> str:
    place = error.filename2 or error.filename  # of a copy, where it goes
    where = f"{place}: " if place else ""
    what = error.strerror or str(error)
    remedy = REMEDIES.get(error.errno or 0, "run with --debug for the traceback")
    return f"{where}{what}\nWhat to do: {remedy}"
