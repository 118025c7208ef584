"""How fast pages are read: the page objects beside the same reading with BeautifulSoup and with parsel.

    .venv/bin/python -m benchmarks.harvest [--rounds 5]

In: every page of the demo site, once as the site serves it and once within a frame of the size that pages of real
sites have (navigation, thumbnails, scripts). All readings must give the same item of every page before any is timed.
Out: pages/s and ratios on stdout; the readings take turns in every round, and a ratio is the median over the rounds.
Aims, on pages of real size: 15 times BeautifulSoup's pages/s and twice parsel's. Then what `benchmarks.crawl` measures:
how fast a site is crawled into a snapshot, how fast the snapshot becomes documents, and in how much memory.
"""

import argparse
import platform
import statistics
import time
from collections.abc import Callable

from rich.console import Console
from rich.table import Table
from web_poet import HttpResponse

from benchmarks import crawl
from benchmarks.pages import framed
from benchmarks.readings import beautifulsoup, parsel
from radcurate.demo.site.answers import Site, every_path
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
    crawl.show(console, rounds)


if __name__ == "__main__":
    main()
