"""Whether what one text says of a finding stands in another text of the same report.

In: an observation, and those of the other text. Out: yes or no. A finding is supported by itself or a kind of it (a
rib fracture supports a fracture) that is as sure, on every side that is named; a denial by one of the same finding or a
wider one, at that side and without a limit of its own; a statement that all is normal ("clear lungs") by any denial in
the family of what it denies. What radiologists infer (pneumonia of an opacity) is not supported: it is more than the
other text says.
"""

from collections.abc import Iterable

from radcurate.language.observations import ABSENT, PRESENT, UNCERTAIN, Observation
from radcurate.language.relations import ancestors, family, implied
from radcurate.tasks.report_reading import word_lists

_BOTH = frozenset(("right", "left"))


def is_supported(one: Observation, given: Iterable[Observation]) -> bool:
    """True too for a statement on the whole film or an organ ("no acute pulmonary disease"), which sums up all that is
    said, and for what is not said of these images."""
    if one.kind == "statement" or one.polarity not in (PRESENT, ABSENT, UNCERTAIN):
        return True
    if one.polarity == ABSENT:
        return one.finding in word_lists()["sums_up"] or any(_denies(other, one) for other in given)
    sure = (PRESENT,) if one.polarity == PRESENT else (PRESENT, UNCERTAIN)
    named = [other for other in given if other.polarity in sure and is_one(other.finding, one.finding)]
    return bool(named) and sides_of(one) <= frozenset[str]().union(*map(sides_of, named))


def is_one(finding: str, wanted: str) -> bool:
    """True where `finding` is the wanted one, a kind of it, or implies it."""
    return finding == wanted or wanted in implied(finding)


def sides_of(one: Observation) -> frozenset[str]:
    """right, left, both or none."""
    return _BOTH if one.side == "bilateral" else frozenset((one.side,) if one.side else ())


def _denies(other: Observation, one: Observation) -> bool:
    """True where the denial `other` takes in the denial `one`."""
    if other.polarity != ABSENT:
        return False
    if one.statement:
        return other.finding in family(one.finding)
    wider = other.finding == one.finding or (other.finding in ancestors(one.finding) and not other.statement)
    limits = set((other.qualifier or "").split()) - set((one.qualifier or "").split())
    sides = sides_of(other)
    return wider and not limits and (not sides or (bool(sides_of(one)) and sides_of(one) <= sides))
