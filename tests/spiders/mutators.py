"""Mutated pages: pages of the demo site that were broken on purpose, in ways that have names.

In: `hostile.toml`, which says what is put into a page and how its bytes are labelled, and `computed.py` for what must
be computed. Out: `hostile_pages()`, for each mutator a page of every one of `PAGES`, alike in every run: what is left
to chance is drawn from the mutator's name and the page's path, so that `hostile_page(name, path)` makes one again.
"""

import functools
import random
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from radcurate.demo.site.answers import Site
from tests.spiders.computed import computed
from tests.spiders.mutator import PLACES, Mutator, Served, foreign, put

# Pages with tables, lists, raised numbers and several studies, in the site's old and new markup.
PAGES = (
    "/articles/lung-cancer-tnm-staging",
    "/cases/invasive-lobular-carcinoma-distortion",
    "/articles/scaphoid-fracture",
    "/cases/brain-death-perfusion-scan-1",
    "/articles/response-evaluation-criteria-in-solid-tumours",
    "/cases/tension-pneumothorax-1",
)
SCRIPT = "plantedScript"


@dataclass(frozen=True)
class Hostile:
    """A mutated page: the name of its mutator, its path on the site, and what is served there."""

    mutator: str
    path: str
    served: Served

    @property
    def slug(self) -> str:
        """A path of its own, so that all can be in one snapshot."""
        return f"{self.path}-{self.mutator.replace('_', '-')}"


@functools.cache
def original(path: str) -> str:
    """The page as the site has it."""
    return Site().answer(path).body.decode()


def hostile_page(name: str, path: str, heavy: bool = False) -> Hostile:
    """The page that a mutator makes of this one."""
    mutator = mutators(heavy)[name]
    return Hostile(name, path, mutator.apply(original(path), random.Random(f"{name} {path}"), PAGES.index(path)))


def hostile_pages(each: int = len(PAGES), heavy: bool = False) -> Iterator[Hostile]:
    """What every mutator makes of `each` of the pages, articles and cases by turns.

    `heavy` for those that only differ in how much they hold, and in full.
    """
    for first, mutator in enumerate(mutators(heavy).values()):
        for number in range(first, first + each):
            yield hostile_page(mutator.name, PAGES[number % len(PAGES)], heavy)


@functools.cache
def mutators(heavy: bool = False) -> Mapping[str, Mutator]:
    """All mutators by name; or those of hostile.toml that have a `slow`, with that in place of `repeat`."""
    data = tomllib.loads(Path(__file__).with_name("hostile.toml").read_text(encoding="utf-8"))
    if heavy:
        return {row["name"]: _insert(**{**row, "repeat": row["slow"]}) for row in data["insert"] if "slow" in row}
    named = [_insert(**row) for row in data["insert"]] + [_charset(**row) for row in data["charset"]] + computed()
    found = {mutator.name: mutator for mutator in named}
    assert len(found) == len(named), "two mutators of one name"
    return found


# --- what hostile.toml describes -------------------------------------------------------------------------------------


def _insert(
    name: str,
    html: str,
    *,
    opening: str = "",
    before: str = "",
    repeat: int = 1,
    slow: int = 0,
    places: tuple[str, ...] = tuple(PLACES),
    then: str = "",
    why: str = "",
    differs: str = "",
) -> Mutator:
    def apply(page: str, chance: random.Random, number: int) -> Served:
        place = places[(number + zlib.crc32(name.encode())) % len(places)]
        return Served(put(page, place, opening + before * repeat + html).encode())

    return Mutator(name, apply, then, why, differs)


def _charset(
    name: str, codec: str, header: str, *, bom: str = "", meta: str | None = None, then: str = "", differs: str = ""
) -> Mutator:
    def apply(page: str, chance: random.Random, number: int) -> Served:
        said = "" if meta is None else f'<meta charset="{meta}">'
        page = foreign(page).replace('<meta charset="utf-8">', said)
        return Served(bytes.fromhex(bom) + page.encode(codec, "replace"), header)

    return Mutator(name, apply, then, "", differs, foreign)
