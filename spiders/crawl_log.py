"""`crawl.json`: what each crawl of a snapshot was asked for, under which settings and permission, and what came of it.

One entry a crawl, kept while it runs too: written whole beside the file and renamed over it, at most once in
`EVERY` seconds. `status.py` tells it to people.
"""

import hashlib
import json
import os
import time
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from protego import Protego

from radcurate.errors import DataError

ABOUT = "crawl.json"
SCRATCH = "crawl.tmp"
PERMISSION = "permission.toml"
EVERY = 1.0
# As what robots.txt may address this crawl.
AGENT = "radcurate"
# Counted from the first answer on, so that a zero is told and not left out.
COUNTED = ("requests", "robots", "bytes", "refused_by_robots", "cut", "off_site", "aliases", "replayed", "revisits")


def about(folder: Path) -> list[dict[str, Any]]:
    """The crawls that a snapshot says it holds; none where it is not begun."""
    path = folder / ABOUT
    if not path.exists():
        return []
    try:
        crawls: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["crawls"]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: is no description of a snapshot: {error}") from error
    return crawls


class CrawlLog:
    """The entry of one crawl; `clock` replaces the time of day where bytes repeat."""

    def __init__(self, folder: Path, file: str, crawl: Mapping[str, Any], clock: str | None) -> None:
        self._folder, self._clock = folder, clock
        self._before = about(folder)
        self._written = 0.0
        self.counters = Counter(dict.fromkeys(COUNTED, 0))
        self.statuses: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.retries: dict[str, int] = {}
        self.pages: dict[str, dict[str, int]] = {}
        self.listings: dict[str, dict[str, Any]] = {}
        self.sitemaps: dict[str, dict[str, Any]] = {}
        self.unanswered: list[str] = []
        self.entry: dict[str, Any] = {
            "file": file,
            **crawl,
            "permission": _permission(folder),
            "robots": None,
            "repaired": None,
            "begun": self.now(),
            "updated": None,
            "ended": None,
            "why": None,
        }
        # From when on an answer is fresh: any is, but in a refresh those since it began, or the one it goes on with.
        self.since = _begun(self._before, self.entry) if crawl.get("refresh") else ""

    def now(self) -> str:
        """The time, as WARC writes it."""
        return self._clock or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def robots(self, status: int, body: bytes, address: str) -> None:
        """Keeps what the site's robots.txt asks of this crawl."""
        rules = Protego.parse(body.decode("utf-8", "replace")) if status == 200 else None
        self.entry["robots"] = {
            "status": status,
            "sha256": hashlib.sha256(body).hexdigest(),
            "fetched": self.now(),
            "allows": rules.can_fetch(f"{address}/", AGENT) if rules else None,
            "crawl_delay": rules.crawl_delay(AGENT) if rules else None,
            "sitemaps": list(rules.sitemaps) if rules else [],
        }

    def save(self, *, now: bool = False) -> None:
        """Writes the entry, unless it was written a moment ago; `now` writes it in any case."""
        if not now and time.monotonic() - self._written < EVERY:
            return
        self.entry["updated"] = self.now()
        told = {
            **self.entry,
            "pages": self.pages,
            "counters": {
                **self.counters,
                "retries": sum(self.retries.values()),
                "answers": dict(sorted(self.statuses.items())),
            },
            "errors": dict(sorted(self.errors.items())),
            "listings": list(self.listings.values()),
            "sitemaps": list(self.sitemaps.values()),
            "unanswered": sorted(set(self.unanswered)),
        }
        path = self._folder / ABOUT
        scratch = self._folder / SCRATCH
        text = json.dumps({"crawls": [*self._before, told]}, indent=2, ensure_ascii=False)
        scratch.write_text(f"{text}\n", encoding="utf-8")
        os.replace(scratch, path)
        self._written = time.monotonic()

    def end(self, why: str) -> None:
        """Ends the entry with its reason: `finished`, or what stopped the crawl."""
        self.entry.update(ended=self.now(), why=why)
        self.save(now=True)


def _begun(before: Sequence[Mapping[str, Any]], refresh: Mapping[str, Any]) -> str:
    """When this refresh began, or the first of those before it since one was finished."""
    begun = str(refresh["begun"])
    for crawl in reversed(before):
        if crawl.get("refresh") and crawl["why"] == "finished":
            break
        if crawl.get("refresh"):
            begun = str(crawl["begun"])
    return begun


def _permission(folder: Path) -> dict[str, Any] | None:
    """The permission that the snapshot keeps, with the digest that follows its documents."""
    path = folder / PERMISSION
    if not path.is_file():
        return None
    raw = path.read_bytes()
    told = tomllib.loads(raw.decode("utf-8"))
    content = json.loads(json.dumps(told, default=str))
    return {"sha256": hashlib.sha256(raw).hexdigest(), "content": content}
