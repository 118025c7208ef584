"""The sets of words of `wording.toml`, each with its reason beside it."""

import functools
import tomllib
from pathlib import Path


@functools.cache
def wording(name: str) -> frozenset[str]:
    """The set called `name`."""
    return frozenset(tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))[name])
