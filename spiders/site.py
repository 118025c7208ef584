"""What every spider shares: one site, served at one place, whose answers go into a snapshot.

A spider only decides where to go; what comes is stored by `storing.py`, and read from the store, never here.
"""

import asyncio
from collections.abc import Iterator
from typing import Any, cast

import scrapy
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from radcurate.spiders.manners import Manners
from radcurate.spiders.snapshot import SnapshotWriter


class SiteSpider(scrapy.Spider):
    """Crawls one site into `writer`. `served` is where the site answers, `address` what it calls itself; `stopped`
    holds why the crawl must end, once it must; `limit` ends it after so many pages; `manners` are those of the run."""

    def __init__(
        self,
        writer: SnapshotWriter,
        served: str,
        address: str,
        stopped: list[str],
        limit: int | None = None,
        manners: Manners | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.writer, self.stopped, self.manners = writer, stopped, manners or Manners()
        self.served, self.address = served, address
        self._limit = limit
        self._asked: set[str] = set()
        self._closing: asyncio.Future[None] | None = None

    def address_of(self, url: str) -> str:
        """The site's own address of a page that was asked for where it is served."""
        return self.address + url.removeprefix(self.served) if self.is_here(url) else url

    def is_here(self, url: str) -> bool:
        """True for an address of the site that is crawled, where it is served."""
        return url.startswith(f"{self.served}/")

    def pages(self, response: Response, links: Iterator[str]) -> Iterator[scrapy.Request]:
        """A request for each page of the site that `links` name, once in a crawl and until the limit is reached."""
        for link in links:
            request = response.follow(link, self.stored, errback=self.failed, priority=1)
            if self.is_here(request.url) and request.url not in self._asked and self.may_go_on():
                self._asked.add(request.url)
                yield request

    def may_go_on(self) -> bool:
        """False once the limit is reached."""
        return self._limit is None or len(self._asked) < self._limit

    def stop(self, why: str) -> None:
        """Ends the crawl, for the first reason that is given: nothing more is asked, and nobody waits."""
        if self.stopped:
            return
        self.stopped.append(why)
        self.manners.pace.end()
        if self.crawler.engine:
            self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=why))

    def stored(self, response: Response, **_: Any) -> None:
        """Nothing is left to do: the page is in the snapshot."""

    def failed(self, failure: Failure) -> None:
        """Keeps the address where no answer came; one that was refused or not asked for is no loss."""
        if not isinstance(failure.value, IgnoreRequest):
            self.writer.unanswered.append(self.address_of(cast(Any, failure).request.url))
