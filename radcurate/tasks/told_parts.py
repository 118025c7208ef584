"""The parts of a report that can be told without their headings; `segmentation.toml` holds what tells them.

In: the sentences of a report, section by section. Out: whether a section's sentences tell what it is, and whether
findings and impression can be told apart: the impression begins with the first sentence that sums up, which says of
the whole examination that it is normal or nothing acute, or names again what the findings named.
"""

import functools
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from radcurate.language.observations import PRESENT, UNCERTAIN, Observation, observe
from radcurate.language.wording import wording
from radcurate.tasks.noise_words import holds_only, names_prior_alone

# A finding, whether it is there or may be, and whether a statement that all is normal names it.
Said = tuple[str, bool, bool]

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
    if holds_only(sentence, words()["technique"]):
        found.add("technique")
    if names_prior_alone(sentence):
        found.add("comparison")
    return found


def is_told(name: str, said: Sequence[str]) -> bool:
    """True where each sentence tells that it belongs to the section of this name, and to no other."""
    return bool(said) and all(told_as(sentence) == {name} for sentence in said)


def parted(findings: Sequence[str], impression: Sequence[str]) -> bool:
    """True where the text tells where the impression begins: it counts from 1 on and the findings do not, or its first
    sentence sums up and none of theirs does."""
    if _NUMBERED.match(impression[0]) and not any(_LATER.search(sentence) for sentence in findings):
        return True
    seen: set[Said] = set()
    for sentence in findings:
        said = observe(sentence)
        if _sums_up(sentence, said, seen):
            return False
        seen |= {_said(one) for one in said}
    return _sums_up(impression[0], observe(impression[0]), seen)


def _sums_up(sentence: str, said: Sequence[Observation], seen: set[Said]) -> bool:
    """True for a statement on the whole examination, or where all of it or a finding that is there was said before."""
    if any(one.finding in wording("whole_examination") for one in said) or _conclusion().search(sentence):
        return True
    told = {_said(one) for one in said}
    return bool(told) and (told <= seen or any(positive for _, positive, _ in told & seen))


def _said(one: Observation) -> Said:
    return one.finding, one.polarity in (PRESENT, UNCERTAIN), one.statement


@functools.cache
def _conclusion() -> re.Pattern[str]:
    return re.compile("|".join(words()["sums_up"]), re.IGNORECASE)
