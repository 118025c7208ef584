"""The page object of search results."""

import functools
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser
from web_poet import HttpResponse, ItemPage

from radcurate.spiders.pages.items import Listing
from radcurate.spiders.pages.radiopaedia import at, parsed

HITS = "a.search-result.search-result-article, a.search-result.search-result-case"
NEXT = "div.pagination a.next_page[rel=next]"


@dataclass(eq=False)
class ListingPage(ItemPage[Listing]):
    """`/search?scope=…`: what it lists, and where it goes on."""

    response: HttpResponse

    @functools.cached_property
    def tree(self) -> LexborHTMLParser:
        """The parsed page."""
        return parsed(self.response)

    @at(HITS)
    def hits(self) -> tuple[str, ...]:
        """Links to what was found, as the page writes them."""
        links = (node.attributes.get("href") for node in self.tree.css(HITS))
        return tuple(dict.fromkeys(link for link in links if link))

    @at(NEXT)
    def next_page(self) -> str | None:
        """The link to the next page of results; None on the last."""
        node = self.tree.css_first(NEXT)
        return (node.attributes.get("href") or None) if node is not None else None
