"""Runs spiders one after the other into a snapshot.

Scrapy's reactor runs once in a process, so every crawl has a process of its own.
"""

import gc
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import radcurate
from radcurate.permission import needs_permission


@dataclass(frozen=True)
class Crawl:
    """What to crawl. `served` is where the site answers, `address` what it calls itself and what is stored;
    `limit` ends each spider after so many pages; `clock` replaces the time of day where bytes repeat.

    What the snapshot holds is not asked for again, but in a `refresh` for what changed since.

    `contact` stands in the User-Agent; an answer may take `timeout` seconds; links are followed `deepest` deep;
    `resolve` gives addresses to names, as curl's option does: it changes where a name leads, never what may be asked.
    """

    snapshot: Path
    served: str
    address: str
    spiders: tuple[str, ...]
    systems: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    limit: int | None = None
    clock: str | None = None
    refresh: bool = False
    contact: str | None = None
    timeout: float = 60
    deepest: int = 5_000
    resolve: tuple[tuple[str, str], ...] = ()


INTERRUPTED = "it was interrupted"
POLITE = "radcurate.spiders.download.PoliteDownloads"
SETTINGS: dict[str, Any] = {
    "ROBOTSTXT_OBEY": False,  # ObeyRobots does: Scrapy's own goes on where robots.txt cannot be read.
    "COOKIES_ENABLED": False,
    "HTTPPROXY_ENABLED": False,
    "REFERER_ENABLED": False,
    "COMPRESSION_ENABLED": False,  # StoreAnswers undoes codings, within limits.
    "TELNETCONSOLE_ENABLED": False,
    "DUPEFILTER_CLASS": "radcurate.spiders.asked_before.AskedBefore",
    "REMOTE_CONTROL_ENABLED": False,  # Else Scrapy runs what is sent to a port of its own.
    "CONCURRENT_ITEMS": 1,  # A spider gives requests and no items: Scrapy would start 100 workers for each answer.
    "WARN_ON_GENERATOR_RETURN_VALUE": False,  # Else it parses the source of `stored` for each answer.
    "DOWNLOADER_STATS": False,  # `crawl.json` counts.
    "EXTENSIONS": {"scrapy.extensions.corestats.CoreStats": None, "scrapy.extensions.logstats.LogStats": None},
    "DOWNLOAD_HANDLERS": {"http": POLITE, "https": POLITE, "data": None, "file": None, "ftp": None, "s3": None},
    "DOWNLOAD_MAXSIZE": 0,  # PoliteDownloads cuts, so that what came is kept.
    "DOWNLOAD_WARNSIZE": 0,
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # KeepToSite does it.
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
        "radcurate.spiders.gate.KeepToSite": 50,
        "radcurate.spiders.robots.ObeyRobots": 100,
        "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
        "radcurate.spiders.patience.Patience": 650,
        "radcurate.spiders.replay.ReplayStored": 940,
        "radcurate.spiders.storing.StoreAnswers": 950,
        "radcurate.spiders.later.AskLater": 960,
    },
    "DEFAULT_REQUEST_HEADERS": {"Accept": "text/html,application/xml;q=0.9,*/*;q=0.5", "Accept-Encoding": "gzip"},
    "REDIRECT_MAX_TIMES": 5,
    "RETRY_TIMES": 2,
    "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
    "LOG_LEVEL": "ERROR",
}


def settings(plan: Crawl) -> dict[str, Any]:
    """Scrapy's settings for a crawl."""
    real = needs_permission(urlsplit(plan.served).hostname or "")
    return {
        **SETTINGS,
        "USER_AGENT": user_agent(plan.contact),
        "DOWNLOAD_TIMEOUT": plan.timeout,
        **({"CONCURRENT_REQUESTS": 1} if real else {}),
    }


def user_agent(contact: str | None) -> str:
    """Who asks, honestly: project, version, and whom the site can write to."""
    return f"radcurate/{radcurate.__version__}" + (f" (+{contact})" if contact else "")


def crawl(plan: Crawl) -> str | None:
    """Crawls; returns why it was stopped, or None where it went to its end. Call it in a process of its own."""
    import scrapy.core.downloader.handlers.http11  # noqa: F401 (else the first request loads it)
    from scrapy.crawler import AsyncCrawlerRunner
    from scrapy.settings import Settings
    from scrapy.utils.defer import deferred_f_from_coro_f
    from scrapy.utils.log import configure_logging
    from scrapy.utils.reactor import install_reactor

    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet.task import react

    from radcurate.spiders import registry
    from radcurate.spiders.manners import Manners
    from radcurate.spiders.pace import Pace, pause_for
    from radcurate.spiders.resolve import Resolver
    from radcurate.spiders.snapshot_writer import SnapshotWriter

    chosen = settings(plan)
    configure_logging(chosen)
    stopped: list[str] = []
    asked = {
        key: value
        for key, value in asdict(plan).items()
        if key in ("address", "spiders", "systems", "sections", "limit", "refresh")
    }
    manners = Manners(Pace(pause_for(urlsplit(plan.served).hostname or "")), plan.deepest)
    manners.pace.rest(_still_owed(plan.snapshot, manners.pace.pause))
    told = {
        "user_agent": chosen["USER_AGENT"],
        "robots": "obeyed",
        "least_pause": manners.pace.pause,
        "at_once": Settings(chosen).getint("CONCURRENT_REQUESTS") if not manners.pace.pause else 1,
        "retries": chosen["RETRY_TIMES"],
        "timeout": plan.timeout,
        "deepest": plan.deepest,
    }
    writer = SnapshotWriter(plan.snapshot, {**asked, "settings": told}, plan.clock)
    try:
        writer.describe(_head(chosen["USER_AGENT"], plan.contact))
    except OSError as error:
        stopped.append(f"{error.filename}: {error.strerror}")

    crawled: list[str] = []

    def interrupted() -> None:
        if not stopped and len(crawled) < len(plan.spiders):
            stopped.append(INTERRUPTED)
            writer.log.end(INTERRUPTED)

    async def run(reactor: Any) -> None:
        reactor.addSystemEventTrigger("before", "shutdown", interrupted)
        reactor.installNameResolver(Resolver(dict(plan.resolve), reactor.nameResolver))
        runner = AsyncCrawlerRunner(Settings(chosen))
        for name in plan.spiders:
            if not stopped:
                spider, options = registry.spider(name)
                try:
                    await runner.crawl(
                        spider,
                        writer=writer,
                        served=plan.served,
                        address=plan.address,
                        stopped=stopped,
                        systems=plan.systems,
                        sections=plan.sections,
                        limit=plan.limit,
                        manners=manners,
                        **options,
                    )
                except Exception as error:  # whatever it is: told as the reason, and by its traceback on stderr
                    stopped.append(f"{name} failed: {type(error).__name__}: {error}")
                    raise
                crawled.append(name)

    held = len(writer.held.entries)
    # What is loaded stays loaded: without this it is gone through again and again for what could be thrown away.
    gc.freeze()
    try:
        react(deferred_f_from_coro_f(run))
    except SystemExit as end:
        if end.code:
            stopped.append("the crawl failed")
    if not stopped and manners.closed and not manners.allowed:
        stopped.append(f"robots.txt of {plan.address} allows none of the pages that were asked for")
    if not stopped and not writer.stored and not held:
        stopped.append(f"nothing answered at {plan.served}")
    try:
        writer.close(stopped[0] if stopped else "finished")
    except OSError as error:
        stopped.append(f"{error.filename or plan.snapshot}: {error.strerror}")
    return stopped[0] if stopped else None


def _head(agent: str, contact: str | None) -> dict[str, str]:
    """The fields of a file's first record."""
    fields = {
        "software": f"radcurate/{radcurate.__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "http-header-user-agent": agent,
        "robots": "obey",
    }
    return {**fields, **({"operator": contact} if contact else {})}


def _still_owed(folder: Path, pause: float) -> float:
    """Seconds that are left of the pause since the last answer which the snapshot was given, by another run."""
    from radcurate.spiders.snapshot import FILES

    written = max((path.stat().st_mtime for path in folder.glob(FILES)), default=0.0)
    return min(max(pause - (time.time() - written), 0.0), pause)
