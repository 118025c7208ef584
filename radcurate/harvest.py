"""Crawls a site into a snapshot, and the stage by which a build crawls the demo site that comes with radcurate.

    radcurate harvest radiopaedia-articles --system Chest --base-url http://127.0.0.1:8000 --snapshot snapshots/chest

The demo site is served on loopback and stored under its own address and clock, so its snapshot is always the same.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from radcurate.demo.site.answers import Site
from radcurate.demo.site.render import FOLDER, site
from radcurate.demo.site.server import serving
from radcurate.engines.local import in_own_process
from radcurate.errors import DataError, UsageError
from radcurate.permission import NAME, Permission, demand, keep, load, needs_permission
from radcurate.sources import SourceSpec
from radcurate.sources.openi_archive import folder_sha256
from radcurate.spiders import registry, snapshot
from radcurate.spiders.crawl import INTERRUPTED, Crawl, crawl
from radcurate.spiders.pace import LEAST_PAUSE
from radcurate.stages import Finished, Stage, Unit

# The spiders of sites like the demo's: those that run where none is named.
SPIDERS = ("radiopaedia-articles", "radiopaedia-cases")
SITE_FILE = "site.toml"
DEMO_SNAPSHOT = "demo-site"
DEMO_PERMISSION = FOLDER / "permission.toml"


def harvest(
    plan: Crawl, permission: Permission | None = None, tell: Callable[[str], None] | None = None
) -> dict[str, int]:
    """Crawls what `plan` says and returns how many answers of which status the snapshot now holds.

    `tell` hears, before the first request to a real site, under which permission and at what pace it is asked. Raises
    `UsageError` for a site that may not be crawled and `DataError` where the site stopped the crawl; what came until
    then is kept.
    """
    host = host_of(plan.served)
    demand([host], "download", permission)
    for name in plan.spiders:
        registry.spider(name)
        if name not in SPIDERS and (plan.systems or plan.sections):
            raise UsageError(f"{name}: takes no --system and no --section; only {' and '.join(SPIDERS)} do")
    snapshot.refuse_foreign(plan.snapshot)
    if permission:
        _refuse_to_forget_hosts(permission, plan.snapshot)
        keep(permission, plan.snapshot)
        plan = replace(plan, contact=permission.contact)
    if permission and tell and needs_permission(host):
        tell(announced(host, permission))
    try:
        stopped = in_own_process(crawl, plan)
    except KeyboardInterrupt:
        stopped = INTERRUPTED
    entries = snapshot.index(plan.snapshot).values() if any(plan.snapshot.glob(snapshot.FILES)) else ()
    if stopped:
        raise DataError(
            f"the crawl stopped: {stopped}\n{len(entries):,} answers are kept in {plan.snapshot}: "
            "the same command again fetches what is missing"
        )
    return {str(status): number for status, number in Counter(entry.status for entry in entries).items()}


def host_of(served: str) -> str:
    """The host that is asked; raises `UsageError` for what is no address of a site."""
    try:
        place = urlsplit(served)
        host = (place.hostname or "") if place.scheme in ("http", "https") else ""
    except ValueError:
        host = ""
    if not host:
        raise UsageError(f"{served!r}: is no address of a site; expected http://HOST or https://HOST")
    return host


def announced(host: str, permission: Permission) -> str:
    """Under which permission a real site is crawled, and at what pace."""
    days = f"from {permission.granted} until {permission.expires}" if permission.expires else "without an end"
    basis = f"open licence {permission.licence}" if permission.licence else "granted"
    return (
        f"{host}: crawled under {permission.place} ({basis}; hosts {', '.join(permission.hosts)}; to "
        f"{', '.join(permission.scopes)}; {days}; contact {permission.contact})\n"
        f"One request at a time, {LEAST_PAUSE:.0f} seconds or more after the answer before; "
        "longer where robots.txt or the site asks for it"
    )


def _refuse_to_forget_hosts(permission: Permission, folder: Path) -> None:
    """A renewed permission replaces the one in the snapshot; one for other hosts would leave its answers without."""
    if not (folder / NAME).is_file():
        return
    lost = sorted(set(load(folder / NAME).hosts) - set(permission.hosts))
    if lost:
        raise UsageError(
            f"{folder}: was harvested under a permission for {', '.join(lost)}, which {permission.place} does not "
            "cover\nWhat to do: name another folder with --snapshot, or a permission for all of these hosts"
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


def is_demo(spider: str | None, base_url: str | None) -> bool:
    """True where a command means the demo site: it names no other, and no spider of another."""
    return base_url is None and (spider is None or spider in SPIDERS)


def site_of(spider: str | None, base_url: str | None) -> contextlib.AbstractContextManager[tuple[str, str, str | None]]:
    """The site that a command means: the one at `base_url`, else the spider's own wiki, else the demo site.

    Raises `UsageError` for a name that is no spider's, and for a spider of a file, which has no site of its own.
    """
    if base_url is not None:
        return served_at(base_url)
    if is_demo(spider, base_url):
        return demo_served()
    name = str(spider)
    if wiki := registry.wiki(name):
        return served_at(wiki.address)
    registry.spider(name)
    raise UsageError(f"{spider}: say where its site answers, as in --base-url https://site.example")


def harvested(spec: SourceSpec, finished: Finished) -> SourceSpec:
    """The source, reading the snapshot of the stage instead of the site."""
    return replace(spec, paths=tuple(shard / DEMO_SNAPSHOT for shard in finished.shards))


def _site_sha256() -> str:
    return folder_sha256(FOLDER)
