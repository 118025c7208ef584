"""robots.txt: asked once in a run before anything else, and obeyed; where it cannot be read, nothing is.

As RFC 9309 has it: an answer 4xx means that there are no rules, a server that fails or cannot be reached that nothing
may be asked (a page that is closed to us, 401 or 403, ends the crawl as any does). The first 500 KiB are read. The
pause is the larger of `Crawl-delay` and what `Request-rate` comes to, at any time of day.
"""

import asyncio
from typing import Self, cast
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from radcurate.spiders.pace import LONGEST_PAUSE, pause_for
from radcurate.spiders.site import SiteSpider

TOKEN = "radcurate"
# Marks the request for robots.txt, which no rule holds back.
ROBOTS = "robots"
MOST_BYTES = 500 * 1024


class ObeyRobots:
    """Lets through what robots.txt allows."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._asking = asyncio.Lock()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes its components."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises `IgnoreRequest` for what robots.txt does not allow, and where it could not be read."""
        if request.meta.get(ROBOTS):
            return
        spider = cast(SiteSpider, self._crawler.spider)
        if spider.manners.rules is None:
            async with self._asking:
                if spider.manners.rules is None and not spider.stopped:
                    await self._ask(spider)
        if spider.stopped or spider.manners.rules is None:
            raise IgnoreRequest("robots.txt could not be read")
        if not spider.manners.rules.can_fetch(request.url, TOKEN):
            spider.manners.closed += 1
            raise IgnoreRequest(f"robots.txt does not allow {request.url}")
        spider.manners.allowed += 1

    async def _ask(self, spider: SiteSpider) -> None:
        """Reads the rules and goes at their pace, or ends the crawl."""
        address = robots_address(spider.served)
        request = Request(address, meta={ROBOTS: True}, callback=NO_CALLBACK)
        assert self._crawler.engine is not None
        try:
            response = await self._crawler.engine.download_async(request)
        except IgnoreRequest as error:
            spider.stop(f"{spider.address_of(address)} cannot be read: {error}")
            return
        why = unreadable(response)
        if why:
            spider.stop(f"{spider.address_of(address)} {why}, so nothing may be asked of the site")
            return
        rules = Protego.parse(rules_text(response.body) if response.status < 300 else "")
        asked = pause_asked(rules)
        if asked > LONGEST_PAUSE:
            spider.stop(
                f"{spider.address_of(address)} asks for {asked:,.0f} seconds between requests, "
                f"more than the {LONGEST_PAUSE:,.0f} that a crawl can keep to"
            )
            return
        pace = spider.manners.pace
        pace.pause = max(pace.pause, pause_for(urlsplit(spider.served).hostname or "", asked))
        pace.rest(pace.pause)
        spider.manners.rules = rules


def robots_address(served: str) -> str:
    """Where the robots.txt of a site stands that is served there."""
    place = urlsplit(served)
    return f"{place.scheme}://{place.netloc}/robots.txt"


def unreadable(response: Response) -> str | None:
    """Why an answer gives no rules to go by, or None; 4xx is an answer: there are none."""
    if 200 <= response.status < 300 or 400 <= response.status < 500:
        return None
    return f"answered {response.status}"


def rules_text(body: bytes) -> str:
    """As much as is read of robots.txt, in whole lines: half a rule could forbid or allow too much."""
    if len(body) > MOST_BYTES:
        body = body[: body.rfind(b"\n", 0, MOST_BYTES) + 1]
    return body.decode("utf-8-sig", errors="ignore")


def pause_asked(rules: Protego) -> float:
    """Seconds between requests that the rules ask of us; 0 where they ask for none."""
    rate = rules.request_rate(TOKEN)
    return max(rules.crawl_delay(TOKEN) or 0.0, rate.seconds / rate.requests if rate else 0.0)
