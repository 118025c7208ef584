"""Runs spiders one after the other into a snapshot.

Scrapy's reactor runs once in a process, so every crawl has a process of its own.
"""

import logging
from dataclasses import asdict, dataclass
from pathlib import Path

import radcurate


@dataclass(frozen=True)
class Crawl:
    """What to crawl. `served` is where the site answers, `address` what it calls itself and what is stored;
    `limit` ends each spider after so many pages; `clock` replaces the time of day where bytes repeat."""

    snapshot: Path
    served: str
    address: str
    spiders: tuple[str, ...]
    systems: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    limit: int | None = None
    clock: str | None = None


SETTINGS = {
    "USER_AGENT": f"radcurate/{radcurate.__version__}",
    "ROBOTSTXT_OBEY": True,
    "COOKIES_ENABLED": False,
    "HTTPPROXY_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "DOWNLOADER_MIDDLEWARES": {"radcurate.spiders.middleware.StoreAnswers": 950},
    "DEFAULT_REQUEST_HEADERS": {"Accept": "text/html,application/xml;q=0.9,*/*;q=0.5", "Accept-Encoding": "gzip"},
    "RETRY_TIMES": 2,
    "LOG_LEVEL": "ERROR",
}


def crawl(plan: Crawl) -> str | None:
    """Crawls; returns why it was stopped, or None where it went to its end. Call it in a process of its own."""
    from scrapy.crawler import AsyncCrawlerRunner
    from scrapy.settings import Settings
    from scrapy.utils.defer import deferred_f_from_coro_f
    from scrapy.utils.log import configure_logging
    from scrapy.utils.reactor import install_reactor

    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet.task import react

    from radcurate.spiders.radiopaedia import SPIDERS
    from radcurate.spiders.snapshot import SnapshotWriter

    configure_logging(SETTINGS)
    # It tells in a traceback that a site does not answer; `failed` keeps that in a word.
    logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)
    stopped: list[str] = []
    asked = {
        key: value
        for key, value in asdict(plan).items()
        if key in ("address", "spiders", "systems", "sections", "limit")
    }
    writer = SnapshotWriter(plan.snapshot, asked, plan.clock)

    async def run(_: object) -> None:
        runner = AsyncCrawlerRunner(Settings(SETTINGS))
        for name in plan.spiders:
            if not stopped:
                await runner.crawl(
                    SPIDERS[name],
                    writer=writer,
                    served=plan.served,
                    address=plan.address,
                    stopped=stopped,
                    systems=plan.systems,
                    sections=plan.sections,
                    limit=plan.limit,
                )

    try:
        react(deferred_f_from_coro_f(run))
    except SystemExit as end:
        if end.code:
            stopped.append("the crawl failed")
    if not stopped and not writer.stored:
        stopped.append(f"nothing answered at {plan.served}")
    writer.close(stopped[0] if stopped else "finished")
    return stopped[0] if stopped else None
