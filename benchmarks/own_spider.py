"""A crawl by radcurate into a snapshot, in this process.

.venv/bin/python -m benchmarks.own_spider http://127.0.0.1:8000 snapshots/bench
"""

import json
import resource
import sys
import time
from pathlib import Path

# Before the clock runs: `crawl` imports them where it needs them, the plain spider at its head.
import radcurate.spiders.radiopaedia  # noqa: F401
from radcurate.spiders.crawl import Crawl, crawl
from radcurate.spiders.snapshot import index

if __name__ == "__main__":
    address, folder = sys.argv[1], Path(sys.argv[2])
    plan = Crawl(folder, address, "https://site.example", ("radiopaedia-articles",), systems=("Chest",))
    began = time.process_time()
    if why := crawl(plan):
        sys.exit(why)
    used = {"cpu": time.process_time() - began, "kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
    print(json.dumps({"pages": sum("/articles/" in url for url in index(folder)), **used}))
