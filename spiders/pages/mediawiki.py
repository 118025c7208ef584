"""Page objects of what a MediaWiki API lists: a wiki, its pages, and the facts of a revision."""

import functools
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from web_poet import ItemPage

from radcurate.spiders.pages.mediawiki_answers import ApiError, ApiPage, as_object, whole
from radcurate.spiders.pages.mediawiki_items import Facts, Member, Members, Wiki
from radcurate.spiders.pages.page import at, shown

ARTICLES, CATEGORIES = 0, 14
# The wiki's own word for a revision that it does not have.
GONE = "nosuchrevid"


class WikiPage(ApiPage, ItemPage[Wiki]):
    """`meta=siteinfo`: the wiki's name and its licence."""

    @at("query.general.sitename")
    def name(self) -> str:
        """The wiki's name; needed."""
        return " ".join(self.text("name", as_object(self._query.get("general")).get("sitename")).split())

    @at("query.rightsinfo.url")
    def rights(self) -> str:
        """The address of its licence."""
        return _stated(self._rights.get("url"))

    @at("query.rightsinfo.text")
    def rights_text(self) -> str:
        """The licence in words."""
        return _stated(self._rights.get("text"))

    @property
    def _query(self) -> dict[str, Any]:
        return as_object(self.data.get("query"))

    @property
    def _rights(self) -> dict[str, Any]:
        return as_object(self._query.get("rightsinfo"))


class MembersPage(ApiPage, ItemPage[Members]):
    """`generator=categorymembers` or `allpages`: what a list names."""

    @functools.cached_property
    def _pages(self) -> list[dict[str, Any]]:
        pages = as_object(self.data.get("query")).get("pages", [])
        if not isinstance(pages, list):
            raise self.wrong("articles", "no list")
        return [as_object(page) for page in pages]

    @at("query.pages")
    def articles(self) -> tuple[Member, ...]:
        """The articles; each needs its id and its newest revision."""
        found = (page for page in self._pages if page.get("ns") == ARTICLES and not _is_missing(page))
        return tuple(
            Member(self.number("articles", page.get("pageid")), self.number("articles", page.get("lastrevid")))
            for page in found
        )

    @at("query.pages")
    def categories(self) -> tuple[str, ...]:
        """The subcategories, without the word before the colon (each language has its own). One that no page
        describes is one none the less."""
        found = (page for page in self._pages if page.get("ns") == CATEGORIES)
        return tuple(self.text("categories", page.get("title")).partition(":")[2] for page in found)

    @at("query.pages")
    def missing(self) -> tuple[str, ...]:
        """Titles of articles that do not exist (what a redirect leads to, say)."""
        found = (page for page in self._pages if page.get("ns") == ARTICLES and _is_missing(page))
        return tuple(self.text("missing", page.get("title")) for page in found)

    @at("continue")
    def going_on(self) -> Mapping[str, str] | None:
        """How to ask for what follows; None at the end."""
        return self.going_on_from


class FactsPage(ApiPage, ItemPage[Facts]):
    """`revids=…&prop=revisions|contributors|info`: a revision and who wrote its page."""

    @functools.cached_property
    def _page(self) -> dict[str, Any]:
        query = as_object(self.data.get("query"))
        pages = query.get("pages")
        if query.get("badrevids") or (isinstance(pages, list) and pages and _is_missing(as_object(pages[0]))):
            raise ApiError(f"the wiki has no such revision any more, on {self.response.url}", GONE)
        if not isinstance(pages, list) or len(pages) != 1:
            raise self.wrong("page")
        return as_object(pages[0])

    @functools.cached_property
    def _revision(self) -> dict[str, Any]:
        revisions = self._page.get("revisions")
        return as_object(revisions[0]) if isinstance(revisions, list) and revisions else {}

    @at("query.pages.0.pageid")
    def page(self) -> int:
        """The page's id; needed."""
        return self.number("page", self._page.get("pageid"))

    @at("query.pages.0.revisions.0.revid")
    def revision(self) -> int:
        """The revision's id; needed."""
        return self.number("revision", self._revision.get("revid"))

    @at("query.pages.0.revisions.0.texthidden")
    def hidden(self) -> bool:
        """True where the wiki has hidden the revision's text."""
        return bool(self._revision.get("texthidden") or self._revision.get("suppressed"))

    @at("query.pages.0.canonicalurl")
    def path(self) -> str:
        """Path and query of the page on its wiki; needed."""
        address = urlsplit(self.text("path", self._page.get("canonicalurl")))
        if address.scheme not in ("http", "https") or not address.path.startswith("/"):
            raise self.wrong("path", f"no address in {shown(address.geturl())}")
        return address._replace(scheme="", netloc="", fragment="").geturl()

    @at("query.pages.0.revisions.0.timestamp")
    def revised(self) -> str:
        """The day of the revision, ISO 8601; needed."""
        stamp = self.text("revised", self._revision.get("timestamp"))
        try:
            return datetime.fromisoformat(stamp).date().isoformat()
        except ValueError as error:
            raise self.wrong("revised", f"no time in {shown(stamp)}") from error

    @at("query.pages.0.contributors")
    def contributors(self) -> tuple[str, ...]:
        """Names of those who wrote the page, in the wiki's order."""
        told = self._page.get("contributors", [])
        if not isinstance(told, list):
            raise self.wrong("contributors", "no list")
        return tuple(self.text("contributors", as_object(one).get("name")) for one in told)

    @at("query.pages.0.anoncontributors")
    def anonymous(self) -> int:
        """How many wrote without a name."""
        told = self._page.get("anoncontributors")
        return self.number("anonymous", told) if told else 0

    @at("continue")
    def going_on(self) -> Mapping[str, str] | None:
        """How to ask for more contributors; None where these are all."""
        return self.going_on_from


def _is_missing(page: Mapping[str, Any]) -> bool:
    return bool(page.get("missing")) or bool(page.get("invalid"))


def _stated(value: Any) -> str:
    return whole(value).strip() if isinstance(value, str) else ""
