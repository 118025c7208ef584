"""Between the network and the store: an answer that only asks to be asked later is waited for, and never stored."""

from datetime import UTC, datetime, timedelta
from typing import Self, cast

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from radcurate.spiders.coding import decoded
from radcurate.spiders.patience import asked_to_wait
from radcurate.spiders.replay import STORED
from radcurate.spiders.site import SiteSpider

MOST_TIMES = 20
LONGEST_WAIT = timedelta(minutes=10)
_TIMES = "asked_later"


class AskLater:
    """Asks again for what a spider's `later` says is no answer yet: stored, it would stand where the answer belongs."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes its components."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The answer, or the request again: the whole crawl rests for as long as the site asks, else as the spider
        says; after many times it ends."""
        if STORED in response.flags:
            return response
        spider = cast(SiteSpider, self._crawler.spider)
        coding = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        found = decoded(response.body, coding)
        rest = spider.later(found.body if found else b"")
        if rest is None:
            return response
        times = request.meta.get(_TIMES, 0)
        if times >= MOST_TIMES:
            why = f"the site asked {times} times to be asked later: {spider.address_of(request.url)}"
            spider.stop(why)
            raise IgnoreRequest(why)
        told = asked_to_wait({name: response.headers.get(name) for name in ("Retry-After", "Date")}, datetime.now(UTC))
        spider.manners.pace.rest(min(rest if told is None else told, LONGEST_WAIT).total_seconds())
        return request.replace(meta={**request.meta, _TIMES: times + 1}, dont_filter=True)
