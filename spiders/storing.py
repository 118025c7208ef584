"""Nearest to the network: every answer is stored as it came, robots.txt and redirects included, before anything reads
it; what goes on from here is without its content coding, and nothing goes on from a closed door."""

from typing import Self, cast

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.responsetypes import responsetypes

from radcurate.spiders.doors import closed_door
from radcurate.spiders.download import CUT
from radcurate.spiders.replay import STORED
from radcurate.spiders.robots import ROBOTS
from radcurate.spiders.site import SiteSpider


class StoreAnswers:
    """Stores an exchange, then looks at what came."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes its components."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """The answer without its coding; raises `IgnoreRequest` at a closed door, which ends the crawl, and for an
        answer that cannot be read or is too large, which does not."""
        if STORED in response.flags:
            return response
        spider = cast(SiteSpider, self._crawler.spider)
        address = spider.address_of(request.url)
        cut = CUT in response.flags
        answer = spider.keep(request.url, sent(request), response, truncated=cut)
        coding = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        plain = without_coding(response, answer.body if answer else b"") if coding else response
        why = closed_door(plain, answer.guard if answer else None)
        if why:
            spider.stop(f"{why}: {address}")
            raise IgnoreRequest(why)
        if answer is None:
            spider.writer.unanswered.append(address)
            raise IgnoreRequest(f"the content coding {coding!r} of {address} cannot be undone")
        if not answer.whole and not request.meta.get(ROBOTS):
            raise IgnoreRequest(f"{address} is too large")
        return plain


def without_coding(response: Response, body: bytes) -> Response:
    """The answer with its body in the clear."""
    headers = response.headers.copy()
    del headers["Content-Encoding"]
    kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
    return response.replace(cls=kind, headers=headers, body=body)


def sent(request: Request) -> bytes:
    """The request as it went over the wire, its body aside (a crawl only asks)."""
    path = request.url.split("://", 1)[1].partition("/")
    lines = [f"{request.method} /{path[2]} HTTP/1.1".encode(), b"Host: " + path[0].encode()]
    lines += [name + b": " + value for name, values in request.headers.items() for value in values]
    return b"\r\n".join(lines) + b"\r\n\r\n"
