"""Which requests were made before in a crawl: Scrapy's own filter of duplicates, kept on disk."""

from typing import Self, cast

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.dupefilters import BaseDupeFilter

from radcurate.spiders.on_disk import NoSpaceError
from radcurate.spiders.site import SiteSpider


class AskedBefore(BaseDupeFilter):
    """Knows a request by its fingerprint, as `scrapy.dupefilters.RFPDupeFilter` does."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._spider = cast(SiteSpider, crawler.spider)
        self._seen = self._spider.writer.memory.addresses()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes its components."""
        return cls(crawler)

    def request_seen(self, request: Request) -> bool:
        """True for all but the first of equal requests."""
        assert self._crawler.request_fingerprinter
        mark = self._crawler.request_fingerprinter.fingerprint(request).hex()
        try:
            if mark in self._seen:
                return True
            self._seen.add(mark)
        except NoSpaceError as error:
            self._spider.stop(f"{error.filename}: {error.strerror}")
            return True
        return False

    def log(self, request: Request, spider: Spider) -> None:
        """Nothing: that a page is named twice is no news."""
