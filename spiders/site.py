"""What every spider shares: one site, served at one place, whose answers go into a snapshot.

A spider only decides where to go: `rounds` gives its requests, each round asked once the one before is answered. What
comes is stored by `storing.py`, what is stored already is answered by `replay.py`, and documents are read from
the store, never here.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable, Iterator, MutableMapping
from datetime import timedelta
from typing import Any, Self, cast

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from radcurate.spiders.manners import Manners
from radcurate.spiders.on_disk import NoSpaceError
from radcurate.spiders.snapshot_writer import SnapshotWriter
from radcurate.spiders.warc import Answer

# Requests of a round that wait at a time: a round may name every page of a site.
BATCH = 500


class SiteSpider(scrapy.Spider):
    """Crawls one site into `writer`. `served` is where the site answers, `address` what it calls itself; `stopped`
    holds why the crawl must end, once it must; `limit` ends it after so many pages; `manners` are those of the run.
    `revised` is filled in a refresh: the day on which the site last revised a page, by address."""

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
        self.revised: MutableMapping[str, str] = writer.memory.by_address()
        self._limit = limit
        self._asked = writer.memory.addresses()
        # Pages that belong to one that was asked for; the limit does not count them.
        self._parts = writer.memory.addresses()
        self._finished = 0
        self._closing: asyncio.Future[None] | None = None
        self._rounds = self.rounds()
        self._round: Iterator[scrapy.Request] = iter(())

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **options: Any) -> Self:
        """As Scrapy makes its spiders."""
        spider = super().from_crawler(crawler, *args, **options)
        crawler.signals.connect(spider._go_on, signals.spider_idle)
        crawler.signals.connect(spider._broke, signals.spider_error)
        return spider

    def rounds(self) -> Iterator[Iterable[scrapy.Request]]:
        """The requests to begin with; after every answer to them and to what they led to the next ones, and so on."""
        yield from ()

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """The first requests of the first round."""
        for request in self._next_batch():
            yield request

    def _go_on(self) -> None:
        requests = [] if self.stopped else self._next_batch()
        engine = self.crawler.engine
        if requests and engine is not None:
            for request in requests:
                engine.crawl(request)
            raise DontCloseSpider

    def _broke(self, failure: Failure) -> None:
        """Ends the crawl where what it must remember finds no place; what else a page breaks concerns that page."""
        if isinstance(failure.value, NoSpaceError):
            self.stop(f"{failure.value.filename}: {failure.value.strerror}")

    def _next_batch(self) -> list[scrapy.Request]:
        """What is left of this round, so much at a time, else of the next one that asks anything; [] at the end."""
        batch = list(itertools.islice(self._round, BATCH))
        while not batch:
            following = next(self._rounds, None)
            if following is None:
                return []
            self._round = iter(following)
            batch = list(itertools.islice(self._round, BATCH))
        return batch

    def address_of(self, url: str) -> str:
        """The site's own address of a page that was asked for where it is served."""
        return self.address + url.removeprefix(self.served) if self.is_here(url) else url

    def place_of(self, address: str) -> str:
        """Where a page of the site's own address is served."""
        return self.served + address.removeprefix(self.address) if address.startswith(f"{self.address}/") else address

    def is_here(self, url: str) -> bool:
        """True for an address of the site that is crawled, where it is served."""
        return url.startswith(f"{self.served}/")

    def pages(self, response: Response, links: Iterable[str]) -> Iterator[scrapy.Request]:
        """A request for each page of the site that `links` name, once in a crawl and until the limit is reached."""
        for link in links:
            yield from self.page(response.urljoin(link))

    def page(self, url: str, *, is_part: bool = False) -> Iterator[scrapy.Request]:
        """A request for a page, unless it is of another site, was asked for, or the limit is reached; a part of a
        page that was asked for is no page of its own to the limit."""
        request = scrapy.Request(url, self.stored, errback=self.failed, priority=1)
        if not self.is_here(request.url):
            self.writer.log.counters["off_site"] += 1
        elif not self._was_asked(request.url) and (is_part or self.may_go_on()):
            (self._parts if is_part else self._asked).add(request.url)
            yield request

    def _was_asked(self, url: str) -> bool:
        return url in self._asked or url in self._parts

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

    def later(self, body: bytes) -> timedelta | None:
        """How long to rest where an answer only says that the site will answer later; None for any other."""
        return None

    def stored(self, response: Response, **_: Any) -> Iterable[scrapy.Request]:
        """The page is in the snapshot; returns what it leads to."""
        self._finished += 1
        self.tell()
        return ()

    def failed(self, failure: Failure) -> None:
        """Keeps the address where no answer came; one that was refused or not asked for is no loss."""
        self._broke(failure)
        request = cast(Any, failure).request
        asked = request.meta.get("redirect_urls", [request.url])[0]
        self._finished += self._was_asked(asked)
        if not isinstance(failure.value, IgnoreRequest):
            self.writer.unanswered.append(self.address_of(request.url))
            self.writer.log.errors[type(failure.value).__name__] += 1
        elif not self.is_here(request.url):
            self.writer.log.counters["off_site"] += 1
        self.tell()

    def keep(self, url: str, request: bytes, response: Response, *, truncated: bool = False) -> Answer | None:
        """Stores the exchange with the page at `url`, the request as it was sent, and returns the answer without its
        content coding, None where that cannot be undone; where nothing more can be written, ends the crawl and raises
        `IgnoreRequest`."""
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        ]
        address = self.address_of(url)
        try:
            answer = self.writer.store(address, request, response.status, headers, response.body, truncated)
        except OSError as error:
            self.stop(f"{error.filename or self.writer.folder}: {error.strerror or error}")
            raise IgnoreRequest(self.stopped[0]) from error
        log = self.writer.log
        log.statuses[str(response.status)] += 1
        log.counters.update(requests=1, bytes=len(response.body), cut=int(truncated))
        if address == f"{self.address}/robots.txt":
            log.counters["robots"] += 1
            log.robots(response.status, response.body, self.address)
        self.tell()
        return answer

    def note_alias(self, alias: str, of: str) -> None:
        """Stores that `alias` is a second address of the page at `of`."""
        try:
            self.writer.note_alias(alias, of)
        except OSError as error:
            self.stop(f"{error.filename or self.writer.folder}: {error.strerror or error}")

    def tell(self) -> None:
        """Lets `crawl.json` know how far the crawl is."""
        log, stats = self.writer.log, self.crawler.stats
        log.pages[self.name] = {"known": len(self._asked) + len(self._parts), "finished": self._finished}
        log.retries[self.name] = stats.get_value("retry/count", 0) if stats else 0
        log.counters["refused_by_robots"] = self.manners.closed
        try:
            log.save()
        except OSError as error:
            self.stop(f"{error.filename or self.writer.folder}: {error.strerror or error}")
