"""Crawls a site into a snapshot, and the stage by which a build crawls the demo site that comes with radcurate.

    radcurate harvest radiopaedia-articles --system Chest --base-url http://127.0.0.1:8000 --snapshot snapshots/chest

The demo site is served on loopback and stored under its own address and clock, so its snapshot is always the same.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from radcurate.demo.site.answers import Site
from radcurate.demo.site.render import FOLDER, site
from radcurate.demo.site.server import serving
from radcurate.engines.local import in_own_process
from radcurate.errors import DataError, UsageError, nearest
from radcurate.permission import Permission, demand, keep, load, needs_permission
from radcurate.sources import SourceSpec
from radcurate.sources.openi_archive import folder_sha256
from radcurate.spiders import snapshot
from radcurate.spiders.crawl import Crawl, crawl
from radcurate.stages import Finished, Stage, Unit

SPIDERS = ("radiopaedia-articles", "radiopaedia-cases")
SITE_FILE = "site.toml"
DEMO_SNAPSHOT = "demo-site"
DEMO_PERMISSION = FOLDER / "permission.toml"


def harvest(plan: Crawl, permission: Permission | None = None) -> dict[str, int]:
    """Crawls what `plan` says and returns how many answers of which status the snapshot now holds.

    Raises `UsageError` for a site that may not be crawled and `DataError` where the site stopped the crawl; what came
    until then is kept.
    """
    _refuse_real_sites(plan.served, permission)
    for name in plan.spiders:
        if name not in SPIDERS:
            raise UsageError(f"{name}: no such spider; nearest: {nearest(name, SPIDERS)} (of {', '.join(SPIDERS)})")
    if plan.snapshot.exists() and any(plan.snapshot.iterdir()):
        snapshot.refuse_other(plan.snapshot)
    if permission:
        keep(permission, plan.snapshot)
    stopped = in_own_process(crawl, plan)
    entries = snapshot.index(plan.snapshot).values() if any(plan.snapshot.glob(snapshot.FILES)) else ()
    if stopped:
        raise DataError(f"the crawl stopped: {stopped}\n{len(entries):,} answers are kept in {plan.snapshot}")
    return {str(status): number for status, number in Counter(entry.status for entry in entries).items()}


def _refuse_real_sites(served: str, permission: Permission | None) -> None:
    """Any site but one on loopback needs a permission; and this version does not crawl it even then."""
    try:
        place = urlsplit(served)
        host = (place.hostname or "") if place.scheme in ("http", "https") else ""
    except ValueError:
        host = ""
    if not host:
        raise UsageError(f"{served!r}: is no address of a site; expected http://HOST or https://HOST")
    if not needs_permission(host):
        return
    demand([host], "download", permission)
    raise UsageError(
        f"{host}: this version harvests sites on loopback only, whatever a permission allows\n"
        "What a real site is owed besides (pauses between requests, waiting where it asks to) comes with a later "
        "version; no request was sent"
    )


def is_site(path: Path) -> bool:
    """True for the folder of a site that is to be served and crawled, where a snapshot is named otherwise."""
    return (path / SITE_FILE).is_file()


def harvest_stage() -> Stage:
    """The stage that crawls the demo site; its key holds the digest of the site's files."""
    return Stage("harvest", harvest_demo, (Unit(()),), {"site": _site_sha256()})


def harvest_demo(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """Serves the demo site and crawls it into `output/demo-site`."""
    with demo_served() as (served, address, clock):
        counts = harvest(Crawl(output / DEMO_SNAPSHOT, served, address, SPIDERS, clock=clock), load(DEMO_PERMISSION))
    return {f"answers.{status}": number for status, number in counts.items()}


@contextlib.contextmanager
def demo_served() -> Iterator[tuple[str, str, str | None]]:
    """Serves the demo site meanwhile: where, what it calls itself, and its clock."""
    with serving(Site()) as served:
        yield served, site()["address"], site()["clock"]


@contextlib.contextmanager
def served_at(base_url: str) -> Iterator[tuple[str, str, str | None]]:
    """A site that somebody else serves, stored under the address where it answers."""
    place = base_url.rstrip("/")
    yield place, place, None


def harvested(spec: SourceSpec, finished: Finished) -> SourceSpec:
    """The source, reading the snapshot of the stage instead of the site."""
    return replace(spec, paths=tuple(shard / DEMO_SNAPSHOT for shard in finished.shards))


def _site_sha256() -> str:
    return folder_sha256(FOLDER)
