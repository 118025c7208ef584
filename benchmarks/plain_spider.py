"""A spider as Scrapy's documentation writes one: it follows listings and counts pages. It shares no code with ours.

.venv/bin/python -m benchmarks.plain_spider http://127.0.0.1:8000 [lean]

With `lean` it runs under the settings that radcurate's spiders have, but without their middlewares and downloads.
"""

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import scrapy
import scrapy.core.downloader.handlers.http11  # before the clock runs
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response


class PlainSpider(scrapy.Spider):
    """Counts the pages that the listings name."""

    name = "plain"
    pages = 0

    def parse(self, response: Response) -> Iterator[scrapy.Request]:
        """A listing."""
        yield from response.follow_all(css="a.search-result", callback=self.parse_page)
        yield from response.follow_all(css="a.next_page", callback=self.parse)

    def parse_page(self, response: Response) -> None:
        """A page."""
        self.pages += 1
        PlainSpider.pages = self.pages


if __name__ == "__main__":
    chosen = {"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False}
    if sys.argv[2:] == ["lean"]:
        from radcurate.spiders.crawl import SETTINGS

        own = ("DOWNLOADER_MIDDLEWARES", "DOWNLOAD_HANDLERS")
        chosen = {key: value for key, value in SETTINGS.items() if key not in own}
    process = CrawlerProcess(settings=chosen)
    process.crawl(PlainSpider, start_urls=[f"{sys.argv[1]}/search?page=1"])
    began = time.process_time()
    process.start()
    # Not `ru_maxrss`, which a process has from the one that started it.
    peak = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert peak
    used = {"cpu": time.process_time() - began, "kb": int(peak[1])}
    print(json.dumps({"pages": PlainSpider.pages, **used}))
