"""How far the last crawl of a snapshot is, from its `crawl.json`: while it runs, after its end, after it was killed.

In: the snapshot's folder. Out: a `Status`; no answer is read for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from radcurate.errors import UsageError
from radcurate.spiders.crawl_log import ABOUT, about
from radcurate.spiders.snapshot_writer import is_locked

MOST_NOTES = 10


@dataclass(frozen=True)
class Status:
    """`state` is running, finished, stopped or killed; `finished` of `known` pages are done with, stored or not to be
    had; `rate` is answers a second in this crawl, `seconds_left` what the rest takes at that rate (None: unknown)."""

    state: str
    why: str | None
    spiders: tuple[str, ...]
    refresh: bool
    begun: str
    updated: str | None
    known: int
    finished: int
    requests: int
    rate: float | None
    seconds_left: float | None
    errors: dict[str, int]
    unanswered: int
    incomplete: tuple[dict[str, Any], ...]
    sitemaps: tuple[dict[str, Any], ...]
    crawls: int


def status(folder: Path) -> Status:
    """Raises `UsageError` where no crawl was begun, `DataError` where `crawl.json` cannot be read."""
    crawls = about(folder)
    if not crawls:
        raise UsageError(
            f"{folder}: no crawl was begun here (it has no {ABOUT})\n"
            "What to do: name the folder that `radcurate harvest --snapshot DIR` was given"
        )
    last = crawls[-1]
    pages = last["pages"].values()
    known, finished = sum(one["known"] for one in pages), sum(one["finished"] for one in pages)
    counters = last["counters"]
    seconds = _seconds(last["begun"], last["ended"] or last["updated"])
    rate = counters["requests"] / seconds if seconds else None
    state = _state(folder, last)
    left = (known - finished) / rate if rate and known > finished else None
    failed = {f"status {code}": number for code, number in counters["answers"].items() if int(code) >= 400}
    return Status(
        state=state,
        why=last["why"],
        spiders=tuple(last.get("spiders", ())),
        refresh=bool(last.get("refresh")),
        begun=last["begun"],
        updated=last["updated"],
        known=known,
        finished=finished,
        requests=counters["requests"],
        rate=rate,
        seconds_left=left,
        errors={**failed, **last["errors"]},
        unanswered=len(last["unanswered"]),
        incomplete=tuple(listing for listing in last["listings"] if listing["complete"] is not True),
        sitemaps=tuple(last["sitemaps"]),
        crawls=len(crawls),
    )


def notes(crawl: Mapping[str, Any]) -> list[str]:
    """What a person should hear of a crawl that went to its end: listings that are not complete, pages of others."""
    if crawl["limit"] is not None:
        return []
    short = [listing for listing in crawl["listings"] if listing["complete"] is False]
    uncounted = [listing for listing in crawl["listings"] if listing["complete"] is None]
    told = [f"not complete: {of_listing(listing)}" for listing in short[:MOST_NOTES]]
    if len(short) > MOST_NOTES:
        told.append(f"not complete: {len(short) - MOST_NOTES:,} more listings (radcurate harvest --status tells which)")
    told += [f"no sitemap: {one['address']}: {one['why']}" for one in crawl["sitemaps"] if one["why"]]
    if uncounted:
        told.append(f"not checked: {len(uncounted):,} listings state no number of hits; what they named was fetched")
    if outside := crawl["counters"].get("outside_choice"):
        told.append(f"kept besides: {outside:,} pages from sitemaps that are of no chosen system or section")
    return told


def of_listing(listing: Mapping[str, Any]) -> str:
    """A listing that is not complete, in words."""
    name = ", ".join(str(listing[key]) for key in ("scope", "system", "section") if key in listing)
    held = f", {listing['held']:,} of its pages are held" if listing["held"] else ""
    of = f" of {listing['stated']:,}" if listing["stated"] is not None else ""
    return f"{name}: named {listing['seen']:,}{of}{held}; {listing['why']}"


def _state(folder: Path, last: dict[str, Any]) -> str:
    if last["ended"] is not None:
        return "finished" if last["why"] == "finished" else "stopped"
    return "running" if is_locked(folder) else "killed"


def _seconds(begun: str, until: str | None) -> float:
    return (datetime.fromisoformat(until) - datetime.fromisoformat(begun)).total_seconds() if until else 0.0
