"""Answers of several lines, each a kind of statement and the findings of which it is made.

    present: cardiomegaly; pleural effusion (left)
    absent: pneumothorax; large pleural effusion (right)
    uncertain: none

A finding is the words that limit a denial, its name in the lexicon, and in brackets its side and places, parted by
commas. `none` stands where a line has no finding.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from radcurate.language.lexicon import Lexicon
from radcurate.language.observations import Observation
from radcurate.tasks.report_reading import word_lists

NONE = "none"
SIDES = ("right", "left", "bilateral")
# What "no acute abnormality" denies: of the whole film, or of the places that it names.
NO_ACUTE, ALL_ACUTE, PLACED_ACUTE = (
    "no acute cardiopulmonary abnormality",
    "acute cardiopulmonary abnormality",
    "acute abnormality",
)
_ITEM = re.compile(r"(?P<name>[^()]+?)(?:\s*\((?P<place>[^()]*)\))?")
# Kinds of place that may be a whole organ, and names of those.
_ORGANS = ("organ", "heart", "pleural", "mediastinal", "vessel")
_WHOLE = (
    "lung",
    "lungs",
    "bone",
    "heart",
    "pleura",
    "aorta",
    "diaphragm",
    "pulmonary vessels",
    "chest",
    "hilum",
    "mediastinum",
)
_SIDE = re.compile(r"^(?:right|left|both|bilateral) ")


class Item(NamedTuple):
    """A finding in an answer: its name, what limits it (`large`), its side and its places."""

    finding: str
    qualifier: str = ""
    side: str = ""
    places: tuple[str, ...] = ()

    def __str__(self) -> str:
        name = f"{self.qualifier} {self.finding}".strip()
        place = ", ".join(filter(None, (self.side, *self.places)))
        return f"{name} ({place})" if place else name


def item(observation: Observation) -> Item:
    """The item of an observation: the side only where no place tells it; no place that the name of the finding has,
    that belongs to another organ, or that a statement of normality names beside its own."""
    lexicon = Lexicon.load()
    if observation.finding == NO_ACUTE:
        places = observation.places
        finding = PLACED_ACUTE if places else ALL_ACUTE
    else:
        finding = observation.finding
        named = [] if observation.statement else list(_told(observation, lexicon))
        places = tuple(name for name in named if not any(name != other and name in other for other in named))
    side = "" if finding in word_lists()["whole_organ"] else observation.side or ""
    told = any(_side(name) == side for name in places)
    return Item(finding, observation.qualifier or "", "" if told else side, places)


def _told(observation: Observation, lexicon: Lexicon) -> Iterator[str]:
    """The places that say more than the finding does: not `lung` of an opacity, `hemidiaphragm` of an elevated
    hemidiaphragm, or the pleura of what stands before in "no pleural effusion or edema"."""
    if observation.finding in word_lists()["whole_organ"]:
        return
    finding = lexicon.findings[observation.finding]
    for name in observation.places:
        place = lexicon.places[name]
        bare = _SIDE.sub("", name)
        if finding.is_device:
            wide = name in word_lists()["not_of_devices"]
        else:
            own = place.region == finding.region
            wide = bare in _WHOLE if own else place.kind in _ORGANS and finding.region != "any"
        if not wide and name not in word_lists()["no_place"] and bare not in observation.finding:
            yield name


def written(lines: Mapping[str, Iterable[Item]]) -> str:
    """The lines as text; of two items that differ in what one leaves out the fuller one stays."""
    return "\n".join(f"{name}: {'; '.join(map(str, _merged(items))) or NONE}" for name, items in lines.items())


def _merged(items: Iterable[Item]) -> list[Item]:
    unique = list(dict.fromkeys(items))
    return [one for one in unique if not any(other != one and _within(one, other) for other in unique)]


def _within(one: Item, other: Item) -> bool:
    """True where `other` says all that `one` does and more."""
    if (one.finding, one.qualifier) != (other.finding, other.qualifier):
        return False
    if one.places:
        return one.side == other.side and set(one.places) < set(other.places)
    return not one.side or one.side == side_of(other)


def side_of(one: Item) -> str:
    """The side that an item tells, by itself or by its places."""
    sides = {side for name in one.places if (side := _side(name))}
    return one.side or ("" if not sides else sides.pop() if len(sides) == 1 else "bilateral")


def _side(place: str) -> str:
    """The side in the name of a place."""
    first = place.partition(" ")[0]
    return {"both": "bilateral", "lingula": "left"}.get(first, first if first in SIDES else "")


def read(text: str, names: Sequence[str]) -> dict[str, set[Item]] | None:
    """The items of each line, or None for a text that is not just these lines."""
    lines = [line.partition(":") for line in text.strip().lower().splitlines()]
    if [name.strip() for name, _, _ in lines] != list(names) or not all(colon for _, colon, _ in lines):
        return None
    found: dict[str, set[Item]] = {}
    for name, _, said in lines:
        said = " ".join(said.split())
        items = [] if said == NONE else [_ITEM.fullmatch(part.strip()) for part in said.split(";")]
        if said == "" or not all(items):
            return None
        found[name.strip()] = {_item(match["name"], match["place"] or "") for match in items if match}
    return found


def _item(name: str, place: str) -> Item:
    first, *rest = [part.strip() for part in place.split(",")]
    side, places = (first, rest) if first in ("", *SIDES) else ("", [first, *rest])
    words = name.split()
    known = next((" ".join(words[n:]) for n in range(len(words)) if " ".join(words[n:]) in _names()), name)
    return Item(known, name[: len(name) - len(known)].strip(), side, tuple(places))


@functools.cache
def _names() -> frozenset[str]:
    return frozenset((*Lexicon.load().findings, ALL_ACUTE, PLACED_ACUTE))
