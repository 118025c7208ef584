"""The last step before the network: a request waits for its turn, and an answer that grows too large is cut off.

Everything passes here, robots.txt, redirects and retries too, so nothing can hurry past.
"""

from typing import cast

from scrapy import Request, signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.http import Response

from radcurate.spiders.coding import MOST_BYTES
from radcurate.spiders.site import SiteSpider

CUT = "cut"


class PoliteDownloads(HTTP11DownloadHandler):
    """Scrapy's own downloads, in turn; a cut answer has its first `MOST_BYTES` and the flag `CUT`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._of = crawler
        self._sizes: dict[Request, int] = {}
        crawler.signals.connect(self._received, signals.bytes_received)

    async def download_request(self, request: Request) -> Response:
        """The answer; raises `IgnoreRequest` where the crawl ended while the request waited."""
        spider = cast(SiteSpider, self._of.spider)
        async with spider.manners.pace.turn():
            if spider.stopped:
                raise IgnoreRequest(spider.stopped[0])
            self._sizes[request] = 0
            try:
                response = await super().download_request(request)
            finally:
                del self._sizes[request]
        if len(response.body) <= MOST_BYTES:
            return response
        return response.replace(body=response.body[:MOST_BYTES], flags=[*response.flags, CUT])

    def _received(self, data: bytes, request: Request) -> None:
        # Scrapy makes one of these for each scheme, and every one hears of every answer.
        if request in self._sizes:
            self._sizes[request] += len(data)
            if self._sizes[request] > MOST_BYTES:
                raise StopDownload(fail=False)
