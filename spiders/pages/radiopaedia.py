"""What all pages in Radiopaedia's markup share: title, metadata rows, systems and tags, authors, licence.

A page without what it needs raises `PageError` with its field, address and selector; it never guesses.
"""

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar, cast

from selectolax.lexbor import LexborHTMLParser, LexborNode
from web_poet import HttpResponse, Injectable, ItemPage, field
from web_poet.fields import get_fields_dict

from radcurate.spiders.pages.cost import too_deep, too_much
from radcurate.spiders.pages.text import TextError, hidden, inline

ItemT = TypeVar("ItemT")

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTHS = {form: number for number, name in enumerate(MONTHS, 1) for form in (name, name[:3])}
_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}}) (?P<month>{'|'.join(_MONTHS)}) (?P<year>\d{{4}})|(?P<iso>\d{{4}}-\d{{2}}-\d{{2}}))\b"
)
NUMBER = re.compile(r"[0-9]{1,18}")
_ADDRESS = re.compile(r"(?:https?:)?[^\s:<>\"]{1,2000}", re.IGNORECASE)
# No name, citation or list of names in a page's metadata is longer.
LONGEST = 10_000
# Python knows these, but no page is written in them: they escape signs, and some take time without measure.
_NO_CHARSETS = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}


class PageError(Exception):
    """A page that lacks what it needs, or says it in a form that nobody expected."""

    def __init__(self, message: str, field_name: str = "", selector: str = "") -> None:
        super().__init__(message)
        self.field = field_name
        self.selector = selector


def at(selector: str) -> Callable[[Callable[..., Any]], Any]:
    """A field that is read at this CSS selector (or these, in order); a failing fixture names it."""
    return cast("Callable[[Callable[..., Any]], Any]", cast(Any, field)(meta={"selector": selector}))


def selectors(page: type) -> dict[str, str]:
    """The selector of every field of a page class."""
    return {name: (info.meta or {})["selector"] for name, info in get_fields_dict(page).items()}


@dataclass(eq=False)
class RadiopaediaPage(Injectable):
    """Fields that articles and cases have alike."""

    response: HttpResponse

    @functools.cached_property
    def tree(self) -> LexborHTMLParser:
        """The parsed page."""
        return parsed(self.response)

    def one(self, selector: str) -> LexborNode | None:
        """The first node there."""
        return self.tree.css_first(selector)

    def texts(self, selector: str) -> tuple[str, ...]:
        """The text of every node there, each once, empty ones left out."""
        return tuple(dict.fromkeys(text for node in self.tree.css(selector) if (text := plain(node))))

    def wrong(self, field_name: str, what: str = "nothing") -> PageError:
        """The error of a field, with its selector and the page's address."""
        return wrong(type(self), self.response, field_name, what)

    @functools.cached_property
    def rows(self) -> dict[str, LexborNode]:
        """The metadata's values by label ("rid", "last revised")."""
        return dict(self._rows())

    def _rows(self) -> Iterator[tuple[str, LexborNode]]:
        box = self.one(".citation-info, #citation-info")
        for label in box.css(".col-sm-3") if box is not None else ():
            value = label.next
            while value is not None and not value.is_element_node:
                value = value.next
            if value is not None and "col-sm-8" in (value.attributes.get("class") or "").split():
                yield plain(label).rstrip(":").strip().lower(), value

    def row(self, *labels: str) -> str | None:
        """The text of the first of these rows that the page has."""
        return next((plain(self.rows[label]) or None for label in labels if label in self.rows), None)

    def day(self, field_name: str, *labels: str) -> str | None:
        """The day that a row states, as ISO 8601."""
        text = self.row(*labels)
        if text is None:
            return None
        found = _DATE.search(text)
        try:
            if found and found["iso"]:
                return date.fromisoformat(found["iso"]).isoformat()
            if found:
                return date(int(found["year"]), _MONTHS[found["month"]], int(found["day"])).isoformat()
        except ValueError:  # 31 February
            pass
        raise self.wrong(field_name, f"no date in {shown(text)}")

    @at("h1.header-title")
    def title(self) -> str:
        """The page's title; needed."""
        text = plain(self.one("h1.header-title"))
        if not text:
            raise self.wrong("title")
        return text

    @at(".citation-info, #citation-info: row rID; .row.rid .col-sm-8")
    def rid(self) -> str:
        """The site's own number of the page; needed."""
        text = self.row("rid") or plain(self.one(".row.rid .col-sm-8"))
        if not NUMBER.fullmatch(text):
            raise self.wrong("rid", f"no number in {shown(text)}" if text else "nothing")
        return text

    @at(".meta-item-systems .col-sm-8 a")
    def systems(self) -> tuple[str, ...]:
        """Body systems, as the site names them."""
        return self.texts(".meta-item-systems .col-sm-8 a")

    @at(".meta-item-tags .col-sm-8 a")
    def tags(self) -> tuple[str, ...]:
        """Curators' tags."""
        return self.texts(".meta-item-tags .col-sm-8 a")

    @at(".author-info a")
    def authors(self) -> tuple[str, ...]:
        """Names of those who wrote the page."""
        return self.texts(".author-info a")

    @at(".citation-info, #citation-info: row Citation")
    def citation(self) -> str | None:
        """How the site asks to be cited."""
        return self.row("citation")

    @at(".citation-info, #citation-info: row DOI")
    def doi(self) -> str | None:
        """The DOI without its resolver (`10.…`)."""
        text = self.row("doi")
        found = re.search(r"10\.[0-9]{4,9}/\S+", text) if text else None
        if text and not found:
            raise self.wrong("doi", f"no DOI in {shown(text)}")
        return found[0] if found else None

    @at(".citation-info, #citation-info: row Permalink")
    def permalink(self) -> str | None:
        """The address that the site promises to keep."""
        return self.row("permalink")

    @at(".citation-info, #citation-info: row Created")
    def created(self) -> str | None:
        """The day the page was created."""
        return self.day("created", "created", "article created", "case created")

    @at(".citation-info, #citation-info: row Last revised")
    def revised(self) -> str | None:
        """The day of its last revision."""
        return self.day("revised", "last revised", "revised")

    @at("a[rel=license], link[rel=license]")
    def licence(self) -> str | None:
        """The address of the licence that the page itself names."""
        node = self.one("a[rel=license], link[rel=license]")
        address = (node.attributes.get("href") or "").strip() if node is not None else ""
        if address and not _ADDRESS.fullmatch(address):
            raise self.wrong("licence", f"no address in {shown(address)}")
        return address or None


def parsed(response: HttpResponse) -> LexborHTMLParser:
    """The tree of a page; raises `PageError` for one in no charset, and for one that would cost too much to read."""
    try:
        charset = (response.encoding or "").lower().replace("_", "-")
        if charset in _NO_CHARSETS:
            raise PageError(
                f"the page says that its charset is {charset}, in which no page is written, on {response.url}"
            )
        text = response.text
    except (LookupError, ValueError) as error:
        raise PageError(f"the page cannot be read in the charset that it names ({error}) on {response.url}") from error
    if what := too_much(text):
        raise PageError(f"{what}, on {response.url}")
    tree = LexborHTMLParser(text)
    if what := too_deep(tree):
        raise PageError(f"{what} on {response.url}")
    return tree


def wrong(page: type, response: HttpResponse, field_name: str, what: str) -> PageError:
    """The error of a page's field, with its selector and the page's address."""
    selector = selectors(page)[field_name]
    return PageError(f"{field_name}: {what} at `{selector}` on {response.url}", field_name, selector)


def shown(text: str) -> str:
    """The text as a reason quotes it: its beginning, where it is long."""
    return repr(text) if len(text) <= 80 else f"{text[:80]!r} … ({len(text):,} characters)"


def read_item(page: ItemPage[ItemT]) -> ItemT:
    """The item of a page, all fields read at once; raises `PageError`. (web-poet's own `to_item` is a coroutine.)"""
    values = {}
    wanted = {item_field.name for item_field in fields(cast(Any, page.item_cls))}
    for name in (name for name in get_fields_dict(type(page)) if name in wanted):
        try:
            values[name] = getattr(page, name)
        except TextError as error:
            raise wrong(type(page), cast(Any, page).response, name, str(error)) from error
    return cast(ItemT, page.item_cls(**values))


def plain(node: LexborNode | None) -> str:
    """The visible text of a node on one line, spacing of any kind as one space; raises `TextError` for a long one."""
    only = node.first_child if node is not None else None
    if node is not None and only is not None and only.next is None and only.is_text_node and not hidden(node):
        text = " ".join((only.text_content or "").split())
    else:
        text = " ".join(inline(node).split())
    if len(text) > LONGEST:
        raise TextError(f"{len(text):,} characters, more than {LONGEST:,},")
    return text
