"""What the rules that judge documents share: a document's text, its words, and the thresholds of `judging.toml`."""

import functools
import re
import tomllib
from pathlib import Path
from typing import Any

from radcurate.documents import Document

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@functools.cache
def _every_limit() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def limits_of(rule: str) -> dict[str, Any]:
    """The thresholds of a rule, by its name without version."""
    return _every_limit()[rule]


def text_of(document: Document) -> str:
    """All sections, one after the other."""
    return "\n".join(section.text for section in document.sections)


def words_of(text: str) -> list[str]:
    """The words of a text in lower case; numbers are none."""
    return _WORD.findall(text.lower())
