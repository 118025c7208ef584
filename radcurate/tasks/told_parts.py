"""The parts of a report that can be told without their headings; `segmentation.toml` holds what tells them.

In: the sentences of a report, section by section. Out: whether a section's sentences tell what it is, and whether
findings and impression can be told apart: the impression begins with the first sentence that sums up, which says of
the whole examination that it is normal or nothing acute, or says again what the findings said.
"""

import functools
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from radcurate.language.observations import Observation, observe
from radcurate.language.wording import wording
from radcurate.tasks.noise_undone import names_prior_alone

_NUMBERED = re.compile(r"\(?1[.)]\s")
_LATER = re.compile(r"(?:^|[.:;]\s)\(?\d{1,2}[.)]\s")


@functools.cache
def words() -> dict[str, Any]:
    """The tables of `segmentation.toml`."""
    return tomllib.loads(Path(__file__).with_name("segmentation.toml").read_text(encoding="utf-8"))


@functools.cache
def _tells(name: str) -> re.Pattern[str]:
    return re.compile("|".join(words()["tells"][name]), re.IGNORECASE)


def told_as(sentence: str) -> set[str]:
    """The sections before the findings that a sentence may belong to by its words."""
    found = {name for name in words()["tells"] if _tells(name).search(sentence)}
    return found | {"comparison"} if names_prior_alone(sentence) else found


def is_told(name: str, said: Sequence[str]) -> bool:
    """True where each sentence tells that it belongs to the section of this name, and to no other."""
    return bool(said) and all(told_as(sentence) == {name} for sentence in said)


def parted(findings: Sequence[str], impression: Sequence[str]) -> bool:
    """True where the text tells where the impression begins."""
    if _NUMBERED.match(impression[0]) and not any(_LATER.search(sentence) for sentence in findings):
        return True
    seen: set[tuple[str, str, bool]] = set()
    for sentence in findings:
        said = observe(sentence)
        if _sums_up(said, seen):
            return False
        seen |= {_said(one) for one in said}
    return _sums_up(observe(impression[0]), seen)


def _sums_up(said: Sequence[Observation], seen: set[tuple[str, str, bool]]) -> bool:
    if any(one.finding in wording("whole_examination") for one in said):
        return True
    return bool(said) and {_said(one) for one in said} <= seen


def _said(one: Observation) -> tuple[str, str, bool]:
    return one.finding, one.polarity, one.statement
