"""Second addresses of one page: what a page calls its own (canonical) address, and whether that is the same page.

In: pages as they come. Out: pairs of addresses, alias first. A page counts as an alias only where the page at its
canonical address is stored too and states the same rID: canonical links are wrong at times.
"""

import re
from urllib.parse import urljoin, urlsplit

from web_poet import HttpResponse

from radcurate.spiders.pages.article import ArticlePage
from radcurate.spiders.pages.case import CasePage
from radcurate.spiders.pages.page import PageError
from radcurate.spiders.warc import Answer, canonical

# A link stands in the head; more of a page is not searched.
_WITHIN = 64 * 1024
_LINK = re.compile(rb"<link\s[^<>]{0,2000}>", re.IGNORECASE)
_REL = re.compile(rb"rel\s*=\s*[\"']?canonical\b", re.IGNORECASE)
_HREF = re.compile(rb"href\s*=\s*[\"']?([^\"'\s<>]+)", re.IGNORECASE)


def canonical_address(address: str, body: bytes) -> str | None:
    """The other address of the same kind on the same site that a page calls its own, in the form of `address`."""
    link = next((found[0] for found in _LINK.finditer(body[:_WITHIN]) if _REL.search(found[0])), b"")
    place = _HREF.search(link)
    if place is None:
        return None
    try:
        own, other = urlsplit(address), urlsplit(urljoin(address, place[1].decode("utf-8", "replace")))
    except ValueError:
        return None
    is_alike = (own.netloc, own.path.split("/")[:2]) == (other.netloc, other.path.split("/")[:2])
    if not is_alike or other.path == own.path:
        return None
    return canonical(own._replace(path=other.path).geturl())


def rid_of(answer: Answer | None) -> str | None:
    """The rID of a stored page; None where it cannot be read."""
    if answer is None or answer.status != 200:
        return None
    page_class = ArticlePage if urlsplit(answer.url).path.startswith("/articles/") else CasePage
    try:
        return str(page_class(HttpResponse(url=answer.url, body=answer.body, headers=dict(answer.headers))).rid)
    except PageError:
        return None
