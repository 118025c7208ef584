"""Answers from the store what it holds already, so that a crawl asks only for what is missing or may have changed.

The one place that decides it: every request of every spider passes here, just before it would go out. robots.txt is
always asked for. In a refresh an answer is fresh once it was checked since the refresh began; an older one is asked
for again, on the condition that it changed (`If-None-Match`, `If-Modified-Since`) where the site gave it a validator,
or not at all where the site's sitemap says that the page was revised before it was last checked.
"""

from datetime import date, timedelta
from typing import Self, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from radcurate.spiders.doors import closed_door
from radcurate.spiders.site import SiteSpider
from radcurate.spiders.snapshot import Entry
from radcurate.spiders.warc import Answer

# In the flags of a response that came from the store: nothing is to be stored, waited for or refused because of it.
STORED = "stored"
# Answers that another request would not better; what closed a door is asked again, it may have been opened.
SETTLED = frozenset((200, 301, 302, 303, 307, 308, 404, 410))
_CODED = ("content-encoding", "transfer-encoding", "content-length")
_VALIDATORS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


class ReplayStored:
    """A downloader middleware that stands before `StoreAnswers`."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes its components."""
        return cls(crawler)

    def process_request(self, request: Request) -> Response | None:
        """The stored answer, or None for what must be asked; puts the conditions of a refresh into the request."""
        spider = cast(SiteSpider, self._crawler.spider)
        address = spider.address_of(request.url)
        entry = spider.writer.entry(address)
        if urlsplit(address).path == "/robots.txt" or entry is None or entry.status not in SETTLED:
            return None
        answer = spider.writer.answer(address)
        if answer is None or closed_door(replayed(request, answer), answer.guard):
            return None
        if self._is_fresh(spider, address, entry):
            if not answer.whole:
                raise IgnoreRequest(f"{address} is too large")
            spider.writer.log.counters["replayed"] += 1
            return replayed(request, answer)
        if entry.is_page:
            for name, value in answer.headers:
                if condition := _VALIDATORS.get(name.lower()):
                    request.headers[condition] = value
        return None

    def process_response(self, request: Request, response: Response) -> Response:
        """For "not modified" the stored answer."""
        if response.status != 304:
            return response
        spider = cast(SiteSpider, self._crawler.spider)
        answer = spider.writer.answer(spider.address_of(request.url))
        return response if answer is None else replayed(request, answer)

    def _is_fresh(self, spider: SiteSpider, address: str, entry: Entry) -> bool:
        """Whether the site need not be asked: in no refresh, once checked in this one, unchanged by its sitemap."""
        if entry.checked >= spider.writer.log.since or address in spider.writer.held.aliases:
            return True
        revised = spider.revised.get(address)
        return revised is not None and is_before(revised, entry.checked)


def is_before(revised: str, checked: str) -> bool:
    """True where a page of this day of revision was surely the same when it was last checked.

    A day of revision may be that of any time zone, so a whole day lies between.
    """
    return date.fromisoformat(revised[:10]) + timedelta(days=1) < date.fromisoformat(checked[:10])


def replayed(request: Request, answer: Answer) -> Response:
    """The stored answer as Scrapy would have got it, its content coding undone."""
    headers = Headers()
    for name, value in answer.headers:
        if name.lower() not in _CODED:
            headers.appendlist(name, value)
    kind = responsetypes.from_args(headers=headers, url=request.url, body=answer.body)
    return kind(request.url, status=answer.status, headers=headers, body=answer.body, flags=[STORED])
