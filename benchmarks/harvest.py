"""How fast pages are read: the page objects beside the same reading with BeautifulSoup and with parsel.

    .venv/bin/python -m benchmarks.harvest [--rounds 5]

In: every page of the demo site, once as the site serves it and once within a frame of the size that pages of real
sites have (navigation, thumbnails, scripts). All readings must give the same item of every page before any is timed.
Out: pages/s and ratios on stdout; the readings take turns in every round, and a ratio is the median over the rounds.
Aims, on pages of real size: 15 times BeautifulSoup's pages/s and twice parsel's. Then how fast Scrapy crawls the demo
site on loopback into a snapshot, and how fast the snapshot becomes documents.
"""

import argparse
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table
from web_poet import HttpResponse

from benchmarks.readings import beautifulsoup, parsel
from radcurate.demo.site.answers import Site, every_path
from radcurate.harvest import SPIDERS, demo_served, harvest
from radcurate.sources import Rejected, SourceSpec
from radcurate.sources.radiopaedia import read as read_snapshot
from radcurate.spiders.crawl import Crawl
from radcurate.spiders.pages.article import ArticlePage
from radcurate.spiders.pages.case import CasePage
from radcurate.spiders.pages.items import Article, Case
from radcurate.spiders.pages.page import read_item

REAL_SIZE = 60_000
HEADERS = {"Content-Type": "text/html; charset=utf-8"}

Page = tuple[str, bytes]
Reading = Callable[[Page], Article | Case]


def page_objects(page: Page) -> Article | Case:
    """As parsing reads a stored answer."""
    path, body = page
    response = HttpResponse(url=f"https://demo.example{path}", body=body, headers=HEADERS)
    return read_item((ArticlePage if path.startswith("/articles/") else CasePage)(response))


def with_beautifulsoup(page: Page) -> Article | Case:
    """From the same bytes."""
    return beautifulsoup.read(page[1].decode(), page[0].split("/")[1])


def with_parsel(page: Page) -> Article | Case:
    """From the same bytes."""
    return parsel.read(page[1].decode(), page[0].split("/")[1])


READINGS: dict[str, Reading] = {
    "page objects": page_objects,
    "BeautifulSoup": with_beautifulsoup,
    "parsel": with_parsel,
}


def framed(body: bytes, size: int) -> bytes:
    """The page with navigation before its content and thumbnails and a script after it, up to `size` bytes."""
    menu, thumbnails, number = [], [], 0
    while sum(map(len, menu)) + sum(map(len, thumbnails)) + len(body) < size * 0.8:
        number += 1
        menu.append(
            f'<li class="menu-item"><a class="menu-link" href="/search?system={number}">Menu item {number}</a></li>'
        )
        thumbnails.append(
            f'<div class="thumb"><a href="/images/{number}"><img src="/thumbs/{number}.jpg" alt="" width="96">'
            f'<span class="thumb-title">Image {number}</span></a></div>'
        )
    script = f"<script>window.images = [{', '.join(str(n) for n in range(int(size * 0.2 / 6)))}];</script>"
    before = f'<div class="frame"><ul>{"".join(menu)}</ul></div><main>'
    after = f'</main><div class="thumbs">{"".join(thumbnails)}</div>{script}'
    return body.decode().replace("<main>", before, 1).replace("</main>", after, 1).encode()


def timed(reading: Reading, pages: list[Page]) -> float:
    """Pages/s of one pass."""
    start = time.perf_counter()
    for page in pages:
        reading(page)
    return len(pages) / (time.perf_counter() - start)


def compare(pages: list[Page], rounds: int) -> dict[str, list[float]]:
    """Pages/s of every reading in every round; raises where two of them give different items."""
    for page in pages:
        wanted = page_objects(page)
        for name, reading in READINGS.items():
            if reading(page) != wanted:
                raise SystemExit(f"{name} reads {page[0]} otherwise than the page object:\n{reading(page)}\n{wanted}")
    speeds: dict[str, list[float]] = {name: [] for name in READINGS}
    for _ in range(rounds):
        for name, reading in READINGS.items():
            speeds[name].append(timed(reading, pages))
    return speeds


def show(console: Console, speeds: dict[str, list[float]], title: str) -> None:
    """A table of medians."""
    table = Table("reading", "pages/s", "page objects are faster by", title=title)
    for name, values in speeds.items():
        ratio = statistics.median(own / other for own, other in zip(speeds["page objects"], values, strict=True))
        table.add_row(name, f"{statistics.median(values):,.0f}", f"{ratio:.1f}")
    console.print(table)


def show_crawl(console: Console) -> None:
    """The demo site from loopback into a snapshot, and from there into documents."""
    with tempfile.TemporaryDirectory() as folder, demo_served() as (served, address, clock):
        snapshot = Path(folder) / "snapshot"
        start = time.perf_counter()
        answers = sum(harvest(Crawl(snapshot, served, address, SPIDERS, clock=clock)).values())
        crawled = time.perf_counter() - start
        start = time.perf_counter()
        items = list(read_snapshot(snapshot, SourceSpec("site", "radiopaedia", (), {"licence": "CC0-1.0"})))
        seconds = time.perf_counter() - start
    documents = sum(not isinstance(item, Rejected) for item in items)
    console.print(f"crawl: {answers} answers in {crawled:.1f} s, the start of its process included")
    console.print(f"snapshot to documents: {documents} in {seconds:.2f} s ({documents / seconds:,.0f}/s)")


def main() -> None:
    """Reads, compares, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    demo = Site()
    served = [(path, demo.answer(path).body) for path in every_path(demo)]
    console = Console()
    console.print(f"Python {platform.python_version()}, {len(served)} pages, {rounds} rounds")
    for title, pages in (
        ("as served", served),
        ("in a frame of real size", [(path, framed(body, REAL_SIZE)) for path, body in served]),
    ):
        size = statistics.mean(len(body) for _, body in pages)
        show(console, compare(pages, rounds), f"{title}: {size / 1000:.0f} kB a page")
    show_crawl(console)


if __name__ == "__main__":
    main()
