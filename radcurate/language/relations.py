"""What findings say of one another: `relations.toml` holds is-a, implies, compatible, excludes and families.

In: names of findings of the lexicon. Out: names, or yes and no. The relations hold for one patient at one time; whether
the places are the same is for the caller to say.
"""

import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from radcurate.errors import DataError
from radcurate.language.lexicon import Lexicon

Pairs = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Relations:
    """Each relation from a finding to others; `is_a` and `implies` closed, `excludes` and `compatible` both ways."""

    is_a: Pairs
    implies: Pairs
    excludes: Pairs
    compatible: Pairs
    families: Mapping[str, frozenset[str]]


def ancestors(finding: str) -> frozenset[str]:
    """The findings that `finding` is a kind of, itself left out: a rib fracture is a fracture."""
    return _relations().is_a.get(finding, frozenset())


def implied(finding: str) -> frozenset[str]:
    """What is there too where `finding` is: its ancestors, and what it and they imply."""
    return _relations().implies.get(finding, frozenset())


def family(finding: str) -> frozenset[str]:
    """Every finding that shares a family with `finding`, and its kinds and ancestors; itself too."""
    relations = _relations()
    shared = (members for members in relations.families.values() if finding in members)
    kinds = (kind for kind, above in relations.is_a.items() if finding in above)
    return frozenset({finding}).union(ancestors(finding), kinds, *shared)


@functools.cache
def excludes(one: str, other: str) -> bool:
    """True where the two cannot both be at one place: what either implies counts."""
    ones, others = {one, *implied(one)}, {other, *implied(other)}
    return any(_relations().excludes.get(name, frozenset()) & others for name in ones)


def compatible(one: str, other: str) -> bool:
    """True where the two are often seen together and say nothing of one another."""
    return other in _relations().compatible.get(one, frozenset())


@functools.cache
def _relations() -> Relations:
    return parse(
        tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")), Lexicon.load().findings
    )


def parse(data: Mapping[str, Mapping[str, Iterable[str]]], findings: Iterable[str]) -> Relations:
    """The relations as written in the file; `DataError` for an unknown finding or one that is a kind of itself."""
    kinds = [(kind, parent) for parent, below in data["is_a"].items() for kind in below]
    implies = [(finding, other) for finding, others in data["implies"].items() for other in others]
    excluded = [(one, other) for one, others in data["excludes"].items() for other in others]
    compatible = [(one, other) for one, others in data["compatible"].items() for other in others]
    families = {name: frozenset(members) for name, members in data["family"].items()}
    named = {name for pair in (*kinds, *implies, *excluded, *compatible) for name in pair}.union(*families.values())
    if unknown := sorted(named - set(findings)):
        raise DataError(f"relations.toml: no finding is called {', '.join(map(repr, unknown))}")
    return Relations(
        is_a=_closed(kinds),
        implies=_closed(kinds + implies),
        excludes=_mapped(excluded + [(other, one) for one, other in excluded]),
        compatible=_mapped(compatible + [(other, one) for one, other in compatible]),
        families=families,
    )


def _mapped(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    mapped: dict[str, set[str]] = {}
    for one, other in pairs:
        mapped.setdefault(one, set()).add(other)
    return {name: frozenset(others) for name, others in mapped.items()}


def _closed(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Each name with all that can be reached from it; a circle raises `DataError`."""
    direct = _mapped(pairs)

    def reached(name: str, path: tuple[str, ...]) -> frozenset[str]:
        if name in path:
            raise DataError(f"relations.toml: {' is a '.join((*path, name))}")
        others = direct.get(name, frozenset())
        return others.union(*(reached(other, (*path, name)) for other in others))

    return {name: reached(name, ()) for name in direct}
