"""What each licence allows: `licences.toml` holds the table, one place for every source."""

import functools
import re
import tomllib
from pathlib import Path

_SCHEME = re.compile(r"(?:https?:)?//(?:www\.(?=creativecommons\.org/))?", re.IGNORECASE)
_AS_LISTED = re.compile(r"(?<=/)(?:deed|legalcode)(?:\.[a-z-]+)?/?\Z", re.IGNORECASE)


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
    """The licence's name for its address, or the address itself where it is not listed.

    `http`, `https` and neither are alike, and so are a Creative Commons licence, its deed and its legal code.
    """
    wanted = _AS_LISTED.sub("", _SCHEME.sub("https://", url.strip(), count=1)).rstrip("/")
    return next((name for name, (address, _) in _licences().items() if address.rstrip("/") == wanted), url.strip())


def conflict(expected: str, stated_url: str) -> str | None:
    """How the licence that a site states (by its address, '' for none) is another than the one expected; else None."""
    stated = named_by_url(stated_url) if stated_url else expected
    return f"states the licence {stated}, where {expected} was expected" if stated != expected else None
