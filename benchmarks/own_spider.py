"""A crawl by radcurate into a snapshot, in this process.

.venv/bin/python -m benchmarks.own_spider http://127.0.0.1:8000 snapshots/bench
"""

import json
import re
import sys
import time
from pathlib import Path

# Before the clock runs: `crawl` imports them where it needs them, the plain spider at its head.
import scrapy.core.downloader.handlers.http11
import scrapy.crawler  # noqa: F401

import radcurate.spiders.radiopaedia  # noqa: F401
from radcurate.spiders.crawl import Crawl, crawl
from radcurate.spiders.snapshot import index

if __name__ == "__main__":
    address, folder = sys.argv[1], Path(sys.argv[2])
    plan = Crawl(folder, address, "https://site.example", ("radiopaedia-articles",), systems=("Chest",))
    began = time.process_time()
    if why := crawl(plan):
        sys.exit(why)
    # Not `ru_maxrss`, which a process has from the one that started it.
    peak = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert peak
    used = {"cpu": time.process_time() - began, "kb": int(peak[1])}
    print(json.dumps({"pages": sum("/articles/" in url for url in index(folder)), **used}))
