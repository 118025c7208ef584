"""The errors that people see: one or two lines that say what happened, where, and what to do."""

import difflib
from collections.abc import Sequence


class RadcurateError(Exception):
    """Something a person can mend. `exit_code` is what the command line ends with."""

    exit_code = 1


class DataError(RadcurateError):
    """The data are wrong: a truncated archive, a release that does not verify (exit 1)."""

    exit_code = 1


class UsageError(RadcurateError):
    """Wrong use, or refused: a recipe that does not parse, a version that already exists (exit 2)."""

    exit_code = 2


def one_line(error: Exception) -> str:
    """What an error of a library says, on one line: some say it on several."""
    return " ".join(str(error).split())


def nearest(name: str, allowed: Sequence[str]) -> str:
    """The allowed name that is most like `name`, for an error to offer."""
    return difflib.get_close_matches(name, allowed, n=1, cutoff=0.0)[0]
