"""What becomes of a request that fails: the whole crawl rests, the request is tried again, and in the end left.

A site that is busy (429, 503) is given the time that it asks for with `Retry-After`; without that, and for any other
failure, the rest doubles with every failure in a row. An address that stays busy with 429 ends the crawl; one that
fails otherwise is left among the unanswered, and the crawl goes on, until the site seems unwell altogether.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NoReturn, Self, cast

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.misc import load_object

from radcurate.spiders.pace import backoff
from radcurate.spiders.replay import STORED
from radcurate.spiders.robots import ROBOTS
from radcurate.spiders.site import SiteSpider

TOO_MANY = 429
MOST_IN_A_ROW = 10
LONGEST_WAIT = timedelta(hours=24)
_WORDS = {
    "CannotResolveHostError": "no address is known for its name",
    "DownloadConnectionRefusedError": "it takes no connections",
    "DownloadTimeoutError": "it did not answer in time",
    "ResponseDataLossError": "its answer broke off",
}


class Patience:
    """Tries again what Scrapy's settings name as worth it, with rests that hold for the whole crawl."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._statuses = {int(status) for status in crawler.settings.getlist("RETRY_HTTP_CODES")}
        self._errors = tuple(load_object(error) for error in crawler.settings.getlist("RETRY_EXCEPTIONS"))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes its components."""
        return cls(crawler)

    @property
    def _spider(self) -> SiteSpider:
        return cast(SiteSpider, self._crawler.spider)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The answer, or the request again; raises `IgnoreRequest` where the site has had enough of us."""
        spider = self._spider
        if STORED in response.flags:
            return response
        if response.status not in self._statuses:
            spider.manners.failures = 0
            return response
        address, now = spider.address_of(request.url), datetime.now(UTC)
        wait = asked_to_wait({name: response.headers.get(name) for name in ("Retry-After", "Date")}, now)
        if wait is not None and wait > LONGEST_WAIT:
            until = f"{now + wait:%Y-%m-%d %H:%M} UTC"
            self._stop(f"the site answered {response.status} and asks to come back after {until}: {address}")
        self._failed(address, f"the site answered {response.status}", wait)
        again = get_retry_request(request, spider=spider)
        if again:
            return again
        if response.status == TOO_MANY:
            self._stop(f"the site answered {TOO_MANY} again and again: {address}")
        spider.writer.unanswered.append(address)
        return response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """The request again, or None where it is given up; the spider then keeps its address."""
        if not isinstance(exception, self._errors):
            return None
        words = _WORDS.get(type(exception).__name__, "the connection failed")
        self._failed(self._spider.address_of(request.url), words, None)
        again = get_retry_request(request, spider=self._spider)
        if again is None and request.meta.get(ROBOTS):
            raise IgnoreRequest(words) from exception
        return again

    def _failed(self, address: str, what: str, wait: timedelta | None) -> None:
        manners = self._spider.manners
        manners.failures += 1
        if manners.failures >= MOST_IN_A_ROW:
            self._spider.writer.unanswered.append(address)
            self._stop(f"{manners.failures} requests in a row failed, the last one: {what}")
        rest = backoff(manners.failures, manners.pace.pause) if wait is None else wait.total_seconds()
        manners.pace.rest(rest)

    def _stop(self, why: str) -> NoReturn:
        self._spider.stop(why)
        raise IgnoreRequest(why)


def asked_to_wait(headers: Mapping[str, bytes | None], now: datetime) -> timedelta | None:
    """How long `Retry-After` asks to wait, in seconds or until a date; None where it does not, or not legibly.

    A date is held against the answer's own `Date`, where it has one: the site's clock need not be ours.
    """
    text = (headers["Retry-After"] or b"").decode("latin-1").strip()
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=min(int(text[:12]), 10**9))
    until = _day(text)
    if until is None:
        return None
    return max(until - (_day((headers["Date"] or b"").decode("latin-1")) or now), timedelta())


def _day(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
