"""Which articles of which wiki are harvested: the presets of `mediawiki.toml`, or a file of the same form."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radcurate import checked_toml

PRESETS = Path(__file__).with_name("mediawiki.toml")


@dataclass(frozen=True)
class Wiki:
    """`address` is where the wiki answers, `api` the path of its API; no category means every article, `depth` how many
    levels of subcategories are followed; `licence` stands where the wiki states none."""

    address: str
    api: str
    licence: str
    categories: tuple[str, ...] = ()
    depth: int = 0


def presets() -> dict[str, Wiki]:
    """The wikis that come with radcurate, by name."""
    tables = tomllib.loads(PRESETS.read_text(encoding="utf-8"))
    return {name: _wiki(PRESETS, table) for name, table in tables.items()}


def load(path: Path) -> Wiki:
    """The wiki that a file describes; raises `UsageError` for anything wrong in it."""
    return _wiki(path, checked_toml.read(path, "wiki"))


def _wiki(path: Path, data: dict[str, Any]) -> Wiki:
    checked_toml.refuse_wrong(path, data, "wiki")
    return Wiki(
        address=data["address"],
        api=data["api"],
        licence=data["licence"],
        categories=tuple(data.get("categories", ())),
        depth=data.get("depth", 0),
    )
