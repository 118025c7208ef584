"""Observations of one report that contradict each other: no record stands on them.

In: the observations of a report. Out: pairs, each with the reason. The policy is that of the report tasks: what is said
twice and otherwise the second time may be a slip of dictation, a template left standing or a correction; the text does
not tell which.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple

from radcurate.language.observations import ABSENT, PRESENT, Observation
from radcurate.language.relations import ancestors, excludes
from radcurate.language.wording import wording

_NO_ACUTE = "no acute cardiopulmonary abnormality"
# Observations of one finding, or of one report, that are held against each other at most.
_MOST = 100


class Conflict(NamedTuple):
    """Two observations and what is wrong between them: polarity, side, change, exclusion, acuteness."""

    reason: str
    one: Observation
    other: Observation


def conflicts(observations: Iterable[Observation]) -> tuple[Conflict, ...]:
    """The contradictions among the observations of one report, at most one for each finding and reason.

    polarity    a finding (or a kind of it) is present, and denied without qualifier at the same side
    side        one section has it on the right alone, another on the left alone
    change      one finding increased and decreased; anything resolving and anything resolved
    exclusion   two findings that `relations.toml` says cannot both be ("top normal", "cardiomegaly")
    acuteness   "no acute abnormality" beside what is acute by nature
    """
    present: dict[str, list[Observation]] = defaultdict(list)
    absent: dict[str, list[Observation]] = defaultdict(list)
    no_acute: Observation | None = None
    for each in observations:
        if each.finding == _NO_ACUTE:
            no_acute = no_acute or each
        elif each.polarity == PRESENT:
            present[each.finding].append(each)
        elif each.polarity == ABSENT:
            absent[each.finding].append(each)
    found = [
        *_polarity(present, absent),
        *(conflict for each in present.values() if len(each) > 1 for conflict in (*_sides(each), *_changes(each))),
        *_resolution(present, absent),
        *_exclusions(present),
    ]
    if no_acute:
        found += [
            Conflict("acuteness", each[0], no_acute)
            for name, each in present.items()
            if name in wording("acute") and each[0].change not in ("decreased", "resolving", "unchanged")
        ]
    return tuple(found)


Named = dict[str, list[Observation]]


def _polarity(present: Named, absent: Named) -> Iterator[Conflict]:
    for name, ones in present.items():
        for denied in (name, *sorted(ancestors(name) & absent.keys())):
            others = [
                other
                for other in absent.get(denied, ())
                # What a statement of normality denies it denies by that name alone; what has gone was there before.
                if other.qualifier is None
                and not (other.statement and denied != name)
                and other.change != "resolved"
                and other.device_status != "removed"
            ]
            for one, other in product(ones[:_MOST], others[:_MOST]):
                if _same_place(one, other):
                    yield Conflict("polarity", one, other)
                    break


def _same_place(one: Observation, denied: Observation) -> bool:
    """True where the place of a denial takes in that of the finding."""
    sides = denied.side is None or one.side is None or "bilateral" in (one.side, denied.side) or one.side == denied.side
    regions = denied.region is None or one.region is None or denied.region == one.region
    specific = set(denied.places) - set(one.places) if one.places and denied.places and not denied.statement else ()
    return sides and regions and not specific


def _sides(observations: list[Observation]) -> Iterator[Conflict]:
    """Right alone in one section, left alone in another."""
    by_section: dict[str | None, list[Observation]] = defaultdict(list)
    for each in observations:
        if each.side:
            by_section[each.section].append(each)
    sided = [each for each in by_section.values() if {one.side for one in each} in ({"left"}, {"right"})]
    for other in sided[1:]:
        if other[0].side != sided[0][0].side:
            yield Conflict("side", sided[0][0], other[0])
            return


def _changes(observations: list[Observation]) -> Iterator[Conflict]:
    more = [each for each in observations if each.change == "increased"]
    less = [each for each in observations if each.change in ("decreased", "resolving")]
    for one, other in product(more[:_MOST], less[:_MOST]):
        if one.side == other.side and one.places == other.places:
            yield Conflict("change", one, other)
            return


def _resolution(present: Named, absent: Named) -> Iterator[Conflict]:
    """A report that says both resolving and resolved."""
    resolving = next((each for ones in present.values() for each in ones if each.change == "resolving"), None)
    resolved = next((each for ones in absent.values() for each in ones if each.change == "resolved"), None)
    if resolving and resolved:
        yield Conflict("change", resolving, resolved)


def _exclusions(present: Named) -> Iterator[Conflict]:
    names = [name for name, ones in present.items() if ones[0].kind != "device"][:_MOST]
    for number, name in enumerate(names):
        for other in names[number + 1 :]:
            if excludes(name, other):
                yield Conflict("exclusion", present[name][0], present[other][0])
