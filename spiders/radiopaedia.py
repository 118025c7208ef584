"""The spiders of sites in Radiopaedia's markup: through listings of systems and sections to every page they name.

What listings that stop early do not name is looked for in the site's sitemaps; cases lead to pages of their studies.
"""

from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import scrapy
from protego import Protego
from scrapy.http import Response
from twisted.python.failure import Failure
from web_poet import HttpResponse

from radcurate.spiders import sitemap
from radcurate.spiders.aliases import canonical_address, rid_of
from radcurate.spiders.listings import Listing, hold
from radcurate.spiders.pages.case import CasePage
from radcurate.spiders.pages.listing import ListingPage
from radcurate.spiders.pages.page import PageError
from radcurate.spiders.robots import rules_text
from radcurate.spiders.site import SiteSpider
from radcurate.spiders.warc import canonical

SYSTEMS = (
    "Breast", "Cardiac", "Central Nervous System", "Chest", "Forensic", "Gastrointestinal", "Gynaecology",
    "Haematology", "Head & Neck", "Hepatobiliary", "Interventional", "Musculoskeletal", "Obstetrics", "Oncology",
    "Paediatrics", "Spine", "Trauma", "Urogenital", "Vascular",
)  # fmt: skip
SECTIONS = (
    "Anatomy", "Approach", "Artificial Intelligence", "Classifications", "Gamuts", "Imaging Technology",
    "Interventional Radiology", "Mnemonics", "Pathology", "Radiography", "Signs", "Staging", "Syndromes",
)  # fmt: skip
SCOPES = ("articles", "cases")


class RadiopaediaSpider(SiteSpider):
    """Crawls listings of one scope."""

    scope: str
    # Without a choice of systems or sections: listings that together name every page.
    everything: Sequence[tuple[str, str]]

    def __init__(self, *, systems: Sequence[str] = (), sections: Sequence[str] = (), **options: Any) -> None:
        super().__init__(**options)
        self._systems, self._sections = systems, sections
        addresses = self.writer.memory.addresses
        self._listings = [Listing(self.scope, one, named=addresses(), held=addresses()) for one in self._filters()]
        # Pages that the sitemaps name, where they are served; asked for are those of them that no listing named.
        self._mapped: MutableMapping[str, str | None] = self.writer.memory.by_address()
        self._canonical: MutableMapping[str, str] = self.writer.memory.by_address()

    def rounds(self) -> Iterator[Iterable[scrapy.Request]]:
        """Listings and what they name; then sitemaps where listings fall short, and what those name besides.

        In a refresh sitemaps come first, for they tell what was revised; what no listing names any more comes last.
        """
        is_refresh = bool(self.writer.log.since)
        if is_refresh:
            yield self._sitemaps()
            for url, day in self._mapped.items():
                if day:
                    self.revised[canonical(self.address_of(url))] = day
        yield map(self._first_page, self._listings)
        if not self.may_go_on():
            self._conclude()
            return
        if any(listing.is_short for listing in self._listings):
            if not is_refresh:
                yield self._sitemaps()
            yield self._missing()
            self._count_held()
        if is_refresh and not self._systems and not self._sections:
            yield self._stored_before()
        self._conclude()

    def _filters(self) -> Iterator[dict[str, str]]:
        if not self._systems and not self._sections:
            yield from ({name: value} for name, value in self.everything)
        systems = [{"system": name} for name in self._systems] or [{}]
        sections = [{"section": name} for name in self._sections] or [{}]
        if self._systems or self._sections:
            yield from ({**system, **section} for system in systems for section in sections)

    # --- listings ----------------------------------------------------------------------------------------------------

    def _first_page(self, listing: Listing) -> scrapy.Request:
        query = {"lang": "us", "scope": self.scope, **listing.filters, "sort": "title", "page": 1}
        return self._page_of(listing, f"{self.served}/search?{urlencode(query)}")

    def _page_of(self, listing: Listing, url: str) -> scrapy.Request:
        return scrapy.Request(url, self.parse, errback=self.broke_off, cb_kwargs={"listing": listing})

    def parse(self, response: Response, listing: Listing, **_: Any) -> Iterator[scrapy.Request]:
        """From a listing to the pages it names and to its next page."""
        page = ListingPage(HttpResponse(url=response.url, body=response.body, headers=_headers(response)))
        try:
            hits, following, stated = page.hits, page.next_page, page.stated
        except PageError as error:
            listing.broke = f"its page {listing.pages + 1:,} cannot be read: {error}"
            return
        here = [url for url in map(response.urljoin, hits) if self.is_here(url)]
        listing.saw((canonical(self.address_of(url)) for url in here), stated, is_last=following is None)
        yield from self.pages(response, hits)
        if following and not self.may_go_on():
            listing.broke = "the crawl's limit was reached"
        elif following and not self.is_here(response.urljoin(following)):
            listing.broke = "its next page is of another site"
        elif following:
            yield self._page_of(listing, response.urljoin(following))
        self._tell_listings()

    def broke_off(self, failure: Failure) -> None:
        """A page of a listing did not come."""
        listing = cast(Any, failure).request.cb_kwargs["listing"]
        answer = getattr(failure.value, "response", None)
        what = f"answered {answer.status}" if answer is not None else f"did not come ({type(failure.value).__name__})"
        listing.broke = f"its page {listing.pages + 1:,} {what}"
        self.failed(failure)

    # --- sitemaps ----------------------------------------------------------------------------------------------------

    def _sitemaps(self) -> Iterator[scrapy.Request]:
        """Those that robots.txt names, else the usual one."""
        robots = self.writer.answer(f"{self.address}/robots.txt")
        rules = Protego.parse(rules_text(robots.body) if robots is not None and robots.status == 200 else "")
        named = [self.place_of(address) for address in rules.sitemaps]
        for url in [place for place in named if self.is_here(place)] or [f"{self.served}/sitemap.xml"]:
            yield self._sitemap(url)

    def _sitemap(self, url: str) -> scrapy.Request:
        return scrapy.Request(url, self.parse_sitemap, errback=self.no_sitemap, priority=2)

    def parse_sitemap(self, response: Response, **_: Any) -> Iterator[scrapy.Request]:
        """Keeps the pages of this scope that a sitemap names; of an index, goes on to those that may name some."""
        try:
            found = sitemap.read(response.body)
        except sitemap.SitemapError as error:
            self._tell_sitemap(response.url, why=str(error))
            return
        others = [scope for scope in SCOPES if scope != self.scope]
        for place in found.places:
            url = self.place_of(place.address)
            path = urlsplit(url).path
            if not self.is_here(url):
                self.writer.log.counters["off_site"] += 1
            elif found.is_index and not any(other in path for other in others):
                yield self._sitemap(url)
            elif not found.is_index and path.startswith(f"/{self.scope}/"):
                self._mapped[f"{url}?lang=us" if not urlsplit(url).query else url] = place.revised
        self._tell_sitemap(response.url, places=len(found.places))

    def no_sitemap(self, failure: Failure) -> None:
        """A sitemap did not come."""
        answer = getattr(failure.value, "response", None)
        why = f"it answered {answer.status}" if answer is not None else str(failure.value) or "it did not come"
        self._tell_sitemap(cast(Any, failure).request.url, why=why)
        self.failed(failure)

    def _tell_sitemap(self, url: str, places: int = 0, why: str | None = None) -> None:
        address = self.address_of(url)
        self.writer.log.sitemaps[address] = {"address": address, "places": places, "why": why}

    def _missing(self) -> Iterator[scrapy.Request]:
        for url in self._mapped:
            yield from self.page(url)

    def _stored_before(self) -> Iterator[scrapy.Request]:
        for address in self.writer.held.entries:
            if self._is_page(address) and address not in self.writer.held.aliases:
                yield from self.page(self.place_of(address))

    # --- pages -------------------------------------------------------------------------------------------------------

    def stored(self, response: Response, **_: Any) -> Iterator[scrapy.Request]:
        """From a case to its studies; what a page calls its own address is kept."""
        super().stored(response)
        address = canonical(self.address_of(response.url))
        own = canonical_address(address, response.body)
        if own is not None:
            self._canonical[address] = own
        if b"/studies/" in response.body and self._is_page(address):
            yield from self._studies(response, address)

    def _studies(self, response: Response, address: str) -> Iterator[scrapy.Request]:
        page = CasePage(HttpResponse(url=response.url, body=response.body, headers=_headers(response)))
        try:
            links = page.study_pages
        except PageError:  # the source says so, when it reads the page
            return
        for link in links:
            url = response.urljoin(link)
            if address in self.revised:
                self.revised[canonical(self.address_of(url))] = self.revised[address]
            yield from self.page(url, is_part=True)

    # --- what became of it -------------------------------------------------------------------------------------------

    def _count_held(self) -> None:
        """Which stored pages belong to which listing, by what the pages say of themselves."""
        addresses = (address for address, entry in self.writer.held.entries.items() if entry.is_page)
        answers = (self.writer.answer(address) for address in addresses if self._is_page(address))
        strangers = hold(self._listings, (answer for answer in answers if answer is not None))
        if self._systems or self._sections:
            self.writer.log.counters["outside_choice"] = strangers
        self._tell_listings()

    def _is_page(self, address: str) -> bool:
        """True for the address of an article or case, false for that of a study."""
        parts = urlsplit(address).path.split("/")
        return len(parts) == 3 and parts[1] == self.scope

    def _conclude(self) -> None:
        for alias, of in self._canonical.items():
            rid = rid_of(self.writer.answer(alias)) if self.writer.entry(of) is not None else None
            if rid is not None and rid == rid_of(self.writer.answer(of)):
                self.note_alias(alias, of)
        self.writer.log.counters["aliases"] = len(self.writer.held.aliases)
        self._tell_listings()
        self.tell()

    def _tell_listings(self) -> None:
        for listing in self._listings:
            key = " ".join((listing.scope, *listing.filters.values()))
            self.writer.log.listings[key] = listing.row()


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


def _headers(response: Response) -> dict[str, str]:
    return {"Content-Type": (response.headers.get("Content-Type") or b"").decode("latin-1")}
