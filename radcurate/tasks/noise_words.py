"""The kinds of noise of reports, with their words: `noise_words.toml`.

Out: its tables, and whether a sentence names an earlier study and says nothing of the images.
"""

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_WORD = re.compile(r"[A-Za-z_][\w'-]*")


@functools.cache
def noise() -> dict[str, Any]:
    """The tables of `noise_words.toml`."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def names_prior_alone(sentence: str) -> bool:
    """True for a sentence that names an earlier study and says nothing of these images."""
    return holds_only(sentence, noise()["prior"])


def holds_only(sentence: str, known: Mapping[str, Sequence[str]]) -> bool:
    """True for a sentence of words that are known alone, one of those that tell among them."""
    said = {word.lower() for word in _WORD.findall(sentence)}
    return not said.isdisjoint(known["tells"]) and said <= {*known["tells"], *known["words"]}
