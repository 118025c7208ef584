"""Page objects of a MediaWiki API's answers: a wiki, a list of its pages, the facts of a revision, and its text.

An answer that is no JSON, that tells of an error, or that lacks what it needs raises `PageError`; nothing is guessed.
"""

import functools
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode
from web_poet import HttpResponse, Injectable, ItemPage

from radcurate.spiders.pages.items import Part
from radcurate.spiders.pages.page import PageError, at, parsed, shown, wrong
from radcurate.spiders.pages.text import TextError, blocks, joined, under_headings

ARTICLES, CATEGORIES = 0, 14
# The wiki's own word for a revision that it does not have.
GONE = "nosuchrevid"

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

_SURROGATE = re.compile("[\ud800-\udfff]")
# Of a warning only what makes the answer another than the one asked for.
_FATAL = re.compile("truncated|unrecognized", re.IGNORECASE)


@dataclass(frozen=True)
class Wiki:
    """A wiki's name and the licence it states for its text: the address, and its words; '' where it states none."""

    name: str
    rights: str
    rights_text: str


@dataclass(frozen=True)
class Member:
    """An article that a list names, and its newest revision."""

    page: int
    revision: int


@dataclass(frozen=True)
class Members:
    """A part of a list: articles, subcategories by name, titles of no page, and how to ask for what follows."""

    articles: tuple[Member, ...]
    categories: tuple[str, ...]
    missing: tuple[str, ...]
    going_on: Mapping[str, str] | None


@dataclass(frozen=True)
class Facts:
    """Of a revision: its page, whether its text is hidden, the path of that page on the wiki, its day, and who wrote
    the page (so far as this answer tells)."""

    page: int
    revision: int
    hidden: bool
    path: str
    revised: str
    contributors: tuple[str, ...]
    anonymous: int
    going_on: Mapping[str, str] | None


@dataclass(frozen=True)
class Article:
    """A revision's text under its headings; `categories` are those that readers see. What templates put around the
    text stands apart from it, '' where there is none."""

    page: int
    revision: int
    title: str
    categories: tuple[str, ...]
    body: tuple[Part, ...]
    infobox: str
    captions: str
    hatnotes: str
    notices: str
    navigation: str


class ApiError(PageError):
    """The wiki says itself that it does not answer; `code` is its own word for why ("nosuchrevid")."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message, "error", "error.code")
        self.code = code


def answered(body: bytes, address: str) -> dict[str, Any]:
    """The answer's JSON; raises `PageError` for what is none, `ApiError` where the wiki tells of an error."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PageError(f"the answer is no JSON: {shown(str(error))}, on {address}") from error
    if not isinstance(data, dict):
        raise PageError(f"the answer is JSON, but no object, on {address}")
    if (why := data.get("error")) is not None:
        code, info = str(_object(why).get("code", "unknown")), str(_object(why).get("info", why))
        raise ApiError(f"the wiki answered with the error `{code}`: {shown(info)}, on {address}", code)
    for module, told in _object(data.get("warnings")).items():
        words = str(_object(told).get("warnings", told))
        if _FATAL.search(words):
            raise PageError(f"the wiki warns of `{module}`: {shown(words)}, on {address}")
    return data


@dataclass(eq=False)
class ApiPage(Injectable):
    """What all answers share: JSON, read by paths of keys."""

    response: HttpResponse

    @functools.cached_property
    def data(self) -> dict[str, Any]:
        """The answer."""
        return answered(self.response.body, str(self.response.url))

    @property
    def going_on_from(self) -> Mapping[str, str] | None:
        """How to ask for what follows; None at the end."""
        told = _object(self.data.get("continue"))
        return {str(key): str(value) for key, value in told.items()} or None

    def wrong(self, field_name: str, what: str = "nothing") -> PageError:
        """The error of a field, with where it was looked for and the answer's address."""
        return wrong(type(self), self.response, field_name, what)

    def number(self, field_name: str, value: Any) -> int:
        """A positive whole number; needed."""
        if type(value) is not int or not 0 < value < 10**18:
            raise self.wrong(field_name, f"no number in {shown(str(value))}" if value is not None else "nothing")
        return value

    def text(self, field_name: str, value: Any) -> str:
        """A text, lone surrogates replaced; needed."""
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(field_name, f"no text in {shown(str(value))}" if value is not None else "nothing")
        return _whole(value)


class WikiPage(ApiPage, ItemPage[Wiki]):
    """`meta=siteinfo`: the wiki's name and its licence."""

    @at("query.general.sitename")
    def name(self) -> str:
        """The wiki's name; needed."""
        return " ".join(self.text("name", _object(self._query.get("general")).get("sitename")).split())

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
        return _object(self.data.get("query"))

    @property
    def _rights(self) -> dict[str, Any]:
        return _object(self._query.get("rightsinfo"))


class MembersPage(ApiPage, ItemPage[Members]):
    """`generator=categorymembers` or `allpages`: what a list names."""

    @functools.cached_property
    def _pages(self) -> list[dict[str, Any]]:
        pages = _object(self.data.get("query")).get("pages", [])
        if not isinstance(pages, list):
            raise self.wrong("articles", "no list")
        return [_object(page) for page in pages]

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
        query = _object(self.data.get("query"))
        pages = query.get("pages")
        if query.get("badrevids") or (isinstance(pages, list) and pages and _is_missing(_object(pages[0]))):
            raise ApiError(f"the wiki has no such revision any more, on {self.response.url}", GONE)
        if not isinstance(pages, list) or len(pages) != 1:
            raise self.wrong("page")
        return _object(pages[0])

    @functools.cached_property
    def _revision(self) -> dict[str, Any]:
        revisions = self._page.get("revisions")
        return _object(revisions[0]) if isinstance(revisions, list) and revisions else {}

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
        return tuple(self.text("contributors", _object(one).get("name")) for one in told)

    @at("query.pages.0.anoncontributors")
    def anonymous(self) -> int:
        """How many wrote without a name."""
        told = self._page.get("anoncontributors")
        return self.number("anonymous", told) if told else 0

    @at("continue")
    def going_on(self) -> Mapping[str, str] | None:
        """How to ask for more contributors; None where these are all."""
        return self.going_on_from


class ArticlePage(ApiPage, ItemPage[Article]):
    """`action=parse&oldid=…`: the text of a revision."""

    @functools.cached_property
    def _parse(self) -> dict[str, Any]:
        return _object(self.data.get("parse"))

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
        seen = (_object(one) for one in told)
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


def _object(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _is_missing(page: Mapping[str, Any]) -> bool:
    return bool(page.get("missing")) or bool(page.get("invalid"))


def _stated(value: Any) -> str:
    return _whole(value).strip() if isinstance(value, str) else ""


def _whole(text: str) -> str:
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
