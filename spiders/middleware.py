"""Between Scrapy and the site: every answer is stored before anything reads it, no other site is asked, and a closed
door ends the crawl."""

import asyncio
from typing import Self, cast

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from radcurate.spiders.challenge import is_challenge
from radcurate.spiders.site import SiteSpider
from radcurate.spiders.snapshot import decoded

SIGN_IN = b"/users/sign_in"
CLOSED = (401, 403, 406)
TOO_MANY = 429
LONGEST_WAIT = 600


class StoreAnswers:
    """Stands nearest to the network: what comes in is stored as it came, robots.txt and redirects included."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._closing: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes its components."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises `IgnoreRequest` for another site, wherever a link or a redirect leads, and once a door was closed."""
        spider = cast(SiteSpider, self._crawler.spider)
        if not spider.is_here(request.url):
            raise IgnoreRequest(f"{request.url} is not of the site that is crawled")
        if spider.stopped:
            raise IgnoreRequest(spider.stopped[0])

    async def process_response(self, request: Request, response: Response) -> Response:
        """Stores the exchange; at a door that is closed to us raises `IgnoreRequest` and ends the crawl."""
        spider = cast(SiteSpider, self._crawler.spider)
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        ]
        spider.writer.store(spider.address_of(request.url), sent(request), response.status, headers, response.body)
        why = closed_door(response)
        if response.status == TOO_MANY and not why:
            if request.meta.get("retry_times", 0) >= self._crawler.settings.getint("RETRY_TIMES"):
                why = f"the site answered {TOO_MANY} again and again"
            else:
                await asyncio.sleep(_asked_to_wait(response))
        if why:
            spider.stopped.append(f"{why}: {spider.address_of(request.url)}")
            if self._closing is None and self._crawler.engine:
                self._closing = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason=why))
            raise IgnoreRequest(why)
        return response


def closed_door(response: Response) -> str | None:
    """Why the site does not want to be read on, or None."""
    if response.status in CLOSED:
        return f"the site answered {response.status}"
    if response.status in (301, 302, 303, 307, 308) and SIGN_IN in (response.headers.get("Location") or b""):
        return "the site asks to sign in"
    coding = (response.headers.get("Content-Encoding") or b"").decode("latin-1")
    if is_challenge(decoded(response.body, coding) or b""):
        return "the site answered with a challenge page"
    return None


def _asked_to_wait(response: Response) -> int:
    """The seconds that the site asks us to wait for; 0 where it does not say, or says a date."""
    text = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    return min(int(text), LONGEST_WAIT) if text.isascii() and text.isdecimal() else 0


def sent(request: Request) -> bytes:
    """The request as it went over the wire, its body aside (a crawl only asks)."""
    path = request.url.split("://", 1)[1].partition("/")
    lines = [f"{request.method} /{path[2]} HTTP/1.1".encode(), b"Host: " + path[0].encode()]
    lines += [name + b": " + value for name, values in request.headers.items() for value in values]
    return b"\r\n".join(lines) + b"\r\n\r\n"
