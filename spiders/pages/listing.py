"""The page object of search results."""

import functools
import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser
from web_poet import HttpResponse, ItemPage

from radcurate.spiders.pages.items import Listing
from radcurate.spiders.pages.page import at, parsed, plain, shown, wrong

HITS = "a.search-result.search-result-article, a.search-result.search-result-case"
# The number of hits, as in "137 results", "1,204 articles found" or "Showing 1–20 of 137".
COUNT = ".search-results-count"
_NUMBER = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9}")
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

    @at(COUNT)
    def stated(self) -> int | None:
        """How many hits it says there are, the last number that stands there; None where it says nothing."""
        text = plain(self.tree.css_first(COUNT))
        numbers = _NUMBER.findall(text)
        if text and not numbers:
            raise wrong(type(self), self.response, "stated", f"no number in {shown(text)}")
        return int(numbers[-1].replace(",", "")) if numbers else None
