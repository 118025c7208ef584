"""The first thing a request meets: no other site is asked, nothing too many links away, and nothing once the crawl is
over."""

from typing import Self, cast

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from radcurate.spiders.robots import robots_address
from radcurate.spiders.site import SiteSpider


class KeepToSite:
    """Lets through what may be asked, wherever links and redirects lead."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes its components."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises `IgnoreRequest` for what is not asked for."""
        spider = cast(SiteSpider, self._crawler.spider)
        if not spider.is_here(request.url) and request.url != robots_address(spider.served):
            raise IgnoreRequest(f"{request.url} is not of the site that is crawled")
        if spider.stopped:
            raise IgnoreRequest(spider.stopped[0])
        if request.meta.get("depth", 0) > spider.manners.deepest:
            spider.writer.unanswered.append(spider.address_of(request.url))
            raise IgnoreRequest(f"{request.url} is more than {spider.manners.deepest:,} links deep")
