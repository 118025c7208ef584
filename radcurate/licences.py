"""What each licence allows: `licences.toml` holds the table, one place for every source."""

import functools
import tomllib
from pathlib import Path


@functools.cache
def _licences() -> dict[str, tuple[str, bool]]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {entry["name"]: (entry["url"], entry["share"]) for entry in data["licence"]}


def is_restricted(licence: str) -> bool:
    """True where what is derived from text under `licence` may not be published; an unknown licence is restricted."""
    return licence not in _licences() or not _licences()[licence][1]


def licence_url(licence: str) -> str | None:
    """Where the licence can be read, or None for one that is not in the table."""
    return _licences()[licence][0] if licence in _licences() else None


def named_by_url(url: str) -> str:
    """The licence's name for its address (`http` and `https` alike), or the address itself where it is not listed."""
    wanted = url.strip().replace("http://", "https://")
    return next((name for name, (address, _) in _licences().items() if address == wanted), url.strip())
