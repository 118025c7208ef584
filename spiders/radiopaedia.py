"""The spiders of sites in Radiopaedia's markup: through the listings of systems and sections to every page they name.

They only decide where to go; what comes is stored by `middleware.py`, and read from the store, never here.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, cast
from urllib.parse import urlencode

import scrapy
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure
from web_poet import HttpResponse

from radcurate.spiders.pages.listing import ListingPage
from radcurate.spiders.snapshot import SnapshotWriter

SYSTEMS = (
    "Breast", "Cardiac", "Central Nervous System", "Chest", "Forensic", "Gastrointestinal", "Gynaecology",
    "Haematology", "Head & Neck", "Hepatobiliary", "Interventional", "Musculoskeletal", "Obstetrics", "Oncology",
    "Paediatrics", "Spine", "Trauma", "Urogenital", "Vascular",
)  # fmt: skip
SECTIONS = (
    "Anatomy", "Approach", "Artificial Intelligence", "Classifications", "Gamuts", "Imaging Technology",
    "Interventional Radiology", "Mnemonics", "Pathology", "Radiography", "Signs", "Staging", "Syndromes",
)  # fmt: skip


class RadiopaediaSpider(scrapy.Spider):
    """Crawls listings of one scope. `served` is where the site answers, `address` what it calls itself."""

    scope: str
    # Without a choice of systems or sections: listings that together name every page.
    everything: Sequence[tuple[str, str]]

    def __init__(
        self,
        writer: SnapshotWriter,
        served: str,
        address: str,
        stopped: list[str],
        systems: Sequence[str] = (),
        sections: Sequence[str] = (),
        limit: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.writer, self.stopped = writer, stopped
        self._served, self._address = served, address
        self._systems, self._sections = systems, sections
        self._limit = limit
        self._asked: set[str] = set()

    def address_of(self, url: str) -> str:
        """The site's own address of a page that was asked for where it is served."""
        return self._address + url.removeprefix(self._served) if self.is_here(url) else url

    def is_here(self, url: str) -> bool:
        """True for an address of the site that is crawled, where it is served."""
        return url.startswith(f"{self._served}/")

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """The first page of every listing."""
        for filters in self._listings():
            query = {"lang": "us", "scope": self.scope, **filters, "sort": "title", "page": 1}
            yield scrapy.Request(f"{self._served}/search?{urlencode(query)}", self.parse, errback=self.failed)

    def _listings(self) -> Iterator[dict[str, str]]:
        if not self._systems and not self._sections:
            yield from ({name: value} for name, value in self.everything)
        systems = [{"system": name} for name in self._systems] or [{}]
        sections = [{"section": name} for name in self._sections] or [{}]
        if self._systems or self._sections:
            yield from ({**system, **section} for system in systems for section in sections)

    def parse(self, response: Response, **_: Any) -> Iterator[scrapy.Request]:
        """From a listing to the pages it names and to the next listing."""
        page = ListingPage(HttpResponse(url=response.url, body=response.body, headers=_headers(response)))
        for link in page.hits:
            request = response.follow(link, self.stored, errback=self.failed, priority=1)
            if self.is_here(request.url) and request.url not in self._asked and self._may_go_on():
                self._asked.add(request.url)
                yield request
        if page.next_page and self._may_go_on():
            yield response.follow(page.next_page, self.parse, errback=self.failed)

    def _may_go_on(self) -> bool:
        return self._limit is None or len(self._asked) < self._limit

    def stored(self, response: Response, **_: Any) -> None:
        """Nothing is left to do: the page is in the snapshot."""

    def failed(self, failure: Failure) -> None:
        """Keeps the address where no answer came; one that was refused or not asked for is no loss."""
        if not isinstance(failure.value, IgnoreRequest):
            self.writer.unanswered.append(self.address_of(cast(Any, failure).request.url))


class ArticleSpider(RadiopaediaSpider):
    """`radiopaedia-articles`: articles, by systems and by sections (some belong to no system)."""

    name = "radiopaedia-articles"
    scope = "articles"
    everything = tuple([("system", name) for name in SYSTEMS] + [("section", name) for name in SECTIONS])


class CaseSpider(RadiopaediaSpider):
    """`radiopaedia-cases`: cases, by systems."""

    name = "radiopaedia-cases"
    scope = "cases"
    everything = tuple(("system", name) for name in SYSTEMS)


SPIDERS = {spider.name: spider for spider in (ArticleSpider, CaseSpider)}


def _headers(response: Response) -> dict[str, str]:
    return {"Content-Type": (response.headers.get("Content-Type") or b"").decode("latin-1")}
