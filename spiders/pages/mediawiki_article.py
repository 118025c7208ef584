"""The page object of the text of a MediaWiki article: its body, and apart from it what templates put around it."""

import functools
from collections.abc import Iterable, Mapping
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode
from web_poet import HttpResponse, ItemPage

from radcurate.spiders.pages.items import Part
from radcurate.spiders.pages.mediawiki_answers import ApiPage, as_object
from radcurate.spiders.pages.mediawiki_items import Article
from radcurate.spiders.pages.page import at, parsed
from radcurate.spiders.pages.text import TextError, blocks, joined, under_headings

BODY = "div.mw-parser-output"
# What a wiki's templates put around an article; each kind is read apart, so that cleaning can tell it from the article.
HATNOTES = ".hatnote, .dablink, .rellink"
NOTICES = ".ambox, .ombox, .tmbox, .metadata"
NAVIGATION = ".navbox, .vertical-navbox, .sidebar, .sistersitebox, .side-box, .portalbox, .catlinks"
INFOBOXES = ".infobox"
CAPTIONS = "figcaption, .thumbcaption, .gallerytext"
# What serves a screen, and stands in no print of the article.
UNSEEN = (
    ".mw-editsection, .toc, .noprint, .mw-jump-link, .mw-cite-backlink, .mw-empty-elt, .Z3988, .sortkey, annotation"
)


class ArticlePage(ApiPage, ItemPage[Article]):
    """`action=parse&oldid=…`: the text of a revision."""

    @functools.cached_property
    def _parse(self) -> dict[str, Any]:
        return as_object(self.data.get("parse"))

    @functools.cached_property
    def _read(self) -> tuple[LexborNode, dict[str, str]]:
        """The article's own tree, and the text of everything that was taken out of it, by field."""
        html = self.text("body", self._parse.get("text")).encode()
        headers = {"Content-Type": "text/html; charset=utf-8"}
        tree = parsed(HttpResponse(url=str(self.response.url), body=html, headers=headers))
        body = tree.css_first(BODY)
        if body is None:
            raise self.wrong("body")
        apart = {name: _taken_out(body, name, selector) for name, selector in _APART.items()}
        for node in _outermost(body.css(UNSEEN)):
            node.decompose()
        return body, apart

    @at("parse.pageid")
    def page(self) -> int:
        """The page's id; needed."""
        return self.number("page", self._parse.get("pageid"))

    @at("parse.revid")
    def revision(self) -> int:
        """The revision's id; needed."""
        return self.number("revision", self._parse.get("revid"))

    @at("parse.title")
    def title(self) -> str:
        """The page's title; needed."""
        return " ".join(self.text("title", self._parse.get("title")).split())

    @at("parse.categories")
    def categories(self) -> tuple[str, ...]:
        """Categories but hidden ones, in which wikis keep house."""
        told = self._parse.get("categories", [])
        if not isinstance(told, list):
            raise self.wrong("categories", "no list")
        seen = (as_object(one) for one in told)
        names = (self.text("categories", one.get("category")) for one in seen if not one.get("hidden"))
        return tuple(dict.fromkeys(name.replace("_", " ") for name in names))

    @at(f"parse.text: {BODY}")
    def body(self) -> tuple[Part, ...]:
        """The body under its headings; needed, but it may hold no text."""
        return tuple(Part(heading, text) for heading, text in under_headings(blocks(self._read[0])))

    @at(f"parse.text: {INFOBOXES}")
    def infobox(self) -> str:
        """The box of facts beside an article, row by row."""
        return self._read[1]["infobox"]

    @at(f"parse.text: {CAPTIONS}")
    def captions(self) -> str:
        """What stands under the images."""
        return self._read[1]["captions"]

    @at(f"parse.text: {HATNOTES}")
    def hatnotes(self) -> str:
        """Lines that lead to other articles."""
        return self._read[1]["hatnotes"]

    @at(f"parse.text: {NOTICES}")
    def notices(self) -> str:
        """What editors say of the article's state."""
        return self._read[1]["notices"]

    @at(f"parse.text: {NAVIGATION}")
    def navigation(self) -> str:
        """Boxes of links to other articles."""
        return self._read[1]["navigation"]


# In this order: a box of navigation within an infobox goes first.
_APART = {
    "navigation": NAVIGATION, "notices": NOTICES, "hatnotes": HATNOTES, "captions": CAPTIONS, "infobox": INFOBOXES,
}  # fmt: skip


def _taken_out(body: LexborNode, name: str, selector: str) -> str:
    """The text of what stands there, which is no longer in the body then."""
    nodes = _outermost(body.css(selector))
    try:
        # Read as the content of a body of its own: of a table, rows are told from cells.
        parsed_apart = (LexborHTMLParser(node.html or "").body for node in nodes)
        texts = [joined(blocks(content)) for content in parsed_apart if content is not None]
    except TextError as error:
        raise TextError(f"{name}: {error}") from error
    for node in nodes:
        node.decompose()
    return "\n\n".join(text for text in texts if text)


def _outermost(nodes: Iterable[LexborNode]) -> list[LexborNode]:
    """Those that stand in no other of them."""
    found = {node.mem_id: node for node in nodes}
    return [node for node in found.values() if not _stands_in(node, found)]


def _stands_in(node: LexborNode, others: Mapping[int, LexborNode]) -> bool:
    above: Any = node.parent
    while above is not None and above.mem_id not in others:
        above = above.parent
    return above is not None
