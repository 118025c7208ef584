"""The spiders of sites in Radiopaedia's markup: through listings of systems and sections to every page they name."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

import scrapy
from scrapy.http import Response
from web_poet import HttpResponse

from radcurate.spiders.pages.listing import ListingPage
from radcurate.spiders.site import SiteSpider

SYSTEMS = (
    "Breast", "Cardiac", "Central Nervous System", "Chest", "Forensic", "Gastrointestinal", "Gynaecology",
    "Haematology", "Head & Neck", "Hepatobiliary", "Interventional", "Musculoskeletal", "Obstetrics", "Oncology",
    "Paediatrics", "Spine", "Trauma", "Urogenital", "Vascular",
)  # fmt: skip
SECTIONS = (
    "Anatomy", "Approach", "Artificial Intelligence", "Classifications", "Gamuts", "Imaging Technology",
    "Interventional Radiology", "Mnemonics", "Pathology", "Radiography", "Signs", "Staging", "Syndromes",
)  # fmt: skip


class RadiopaediaSpider(SiteSpider):
    """Crawls listings of one scope."""

    scope: str
    # Without a choice of systems or sections: listings that together name every page.
    everything: Sequence[tuple[str, str]]

    def __init__(self, *, systems: Sequence[str] = (), sections: Sequence[str] = (), **options: Any) -> None:
        super().__init__(**options)
        self._systems, self._sections = systems, sections

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """The first page of every listing."""
        for filters in self._listings():
            query = {"lang": "us", "scope": self.scope, **filters, "sort": "title", "page": 1}
            yield scrapy.Request(f"{self.served}/search?{urlencode(query)}", self.parse, errback=self.failed)

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
        yield from self.pages(response, iter(page.hits))
        if page.next_page and self.may_go_on():
            yield response.follow(page.next_page, self.parse, errback=self.failed)


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
