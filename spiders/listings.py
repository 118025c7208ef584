"""Whether listings named all that they say they found, and what else the snapshot holds of theirs.

A listing is followed from page to page; it may state how many hits there are, and may stop long before it named them
(after ten pages, on some sites). What is missing can be found in the site's sitemaps; the pages themselves then tell
to which listing they belong.
"""

from collections.abc import Iterable, Mapping, MutableSet, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from web_poet import HttpResponse

from radcurate.spiders.pages.article import ArticlePage
from radcurate.spiders.pages.case import CasePage
from radcurate.spiders.pages.page import PageError
from radcurate.spiders.warc import Answer

# Some sites' listings end here, however many hits there are.
CAP = 10


@dataclass
class Listing:
    """A chain of pages of results for `filters` (system, section): the number of hits that it `stated`, the addresses
    that it `named`, how many `pages` came, whether it ended itself (`ended`) or why it broke off; `held` are addresses
    of stored pages that belong to it by what they say of themselves."""

    scope: str
    filters: Mapping[str, str]
    stated: int | None = None
    named: MutableSet[str] = field(default_factory=set)
    held: MutableSet[str] = field(default_factory=set)
    pages: int = 0
    ended: bool = False
    broke: str = ""

    def saw(self, named: Iterable[str], stated: int | None, is_last: bool) -> None:
        """Takes in one page of it."""
        self.named |= set(named)
        self.stated = stated if stated is not None else self.stated
        self.pages += 1
        self.ended = is_last

    @property
    def known(self) -> int:
        """Distinct pages of this listing that are known of."""
        return len(self.named) + sum(url not in self.named for url in self.held)

    @property
    def is_complete(self) -> bool | None:
        """None where nothing tells: no number of hits is stated."""
        if self.stated is not None:
            return self.known >= self.stated
        return False if self.is_short else None

    @property
    def is_short(self) -> bool:
        """True where pages are missing, or may be: what sitemaps should make up for."""
        if self.stated is not None and self.known >= self.stated:
            return False
        return self.stated is not None or not self.ended or self.pages >= CAP

    @property
    def why(self) -> str:
        """Why it is not known to be complete; '' where it is."""
        if self.is_complete:
            return ""
        if self.broke:
            return self.broke
        if self.stated is not None:
            return f"it stopped after {self.pages:,} pages"
        if self.is_short:
            return f"it states no number of hits, and stopped after {self.pages:,} pages as a capped one does"
        return "it states no number of hits"

    def belongs(self, systems: Iterable[str], sections: Iterable[str]) -> bool:
        """True for a page that says it is of these systems and sections."""
        wanted = (("system", systems), ("section", sections))
        return all(self.filters[name] in values for name, values in wanted if name in self.filters)

    def row(self) -> dict[str, Any]:
        """What `crawl.json` keeps of it."""
        return {
            "scope": self.scope,
            **self.filters,
            "pages": self.pages,
            "stated": self.stated,
            "seen": len(self.named),
            "held": len(self.held),
            "complete": self.is_complete,
            "why": self.why or None,
        }


def hold(listings: Sequence[Listing], pages: Iterable[Answer]) -> int:
    """Gives every page to the listings that it says it belongs to; returns how many belong to none and none named."""
    strangers = 0
    for page in pages:
        said = _said(page)
        of = [listing for listing in listings if said is not None and listing.belongs(*said)]
        for listing in of:
            listing.held.add(page.url)
        strangers += said is not None and not of and not any(page.url in listing.named for listing in listings)
    return strangers


def _said(page: Answer) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The systems and sections that a page states; None for one that cannot be read."""
    response = HttpResponse(url=page.url, body=page.body, headers=dict(page.headers))
    try:
        if urlsplit(page.url).path.startswith("/articles/"):
            article = ArticlePage(response)
            return article.systems, article.sections
        return CasePage(response).systems, ()
    except PageError:
        return None
