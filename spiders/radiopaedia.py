"""The spiders of sites in Radiopaedia's markup: through the listings of systems and sections to every page they name.

They only decide where to go; what comes is stored by `middleware.py`, and read from the store, never here.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

import scrapy
from scrapy.http import Response
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
        self._left = limit

    def address_of(self, url: str) -> str:
        """The site's own address of a page that was asked for where it is served."""
        return self._address + url.removeprefix(self._served) if url.startswith(self._served) else url

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """The first page of every listing."""
        for filters in self._listings():
            query = {"lang": "us", "scope": self.scope, **filters, "sort": "title", "page": 1}
            yield scrapy.Request(f"{self._served}/search?{urlencode(query)}", self.parse)

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
            if self._left is None or self._left > 0:
                self._left = None if self._left is None else self._left - 1
                yield response.follow(link, self.stored, priority=1)
        if page.next_page and self._left != 0:
            yield response.follow(page.next_page, self.parse)

    def stored(self, response: Response, **_: Any) -> None:
        """Nothing is left to do: the page is in the snapshot."""


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
