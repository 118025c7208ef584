"""What the page objects of every site share: the parsed page, fields with their selectors, and how they fail.

A page without what it needs raises `PageError` with its field, address and selector; it never guesses.
"""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any, TypeVar, cast

from selectolax.lexbor import LexborHTMLParser, LexborNode
from web_poet import HttpResponse, Injectable, ItemPage, field
from web_poet.fields import get_fields_dict

from radcurate.spiders.pages.cost import too_deep, too_much
from radcurate.spiders.pages.text import TextError, hidden, inline, without_markup

ItemT = TypeVar("ItemT")

# No citation or list of names in a page's metadata is longer.
LONGEST = 10_000
# Nor any title, name or tag: one that is has no end tag, and swallowed what follows.
LONGEST_NAME = 500
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
class SitePage(Injectable):
    """A page of a site: its answer and its tree."""

    response: HttpResponse

    @functools.cached_property
    def tree(self) -> LexborHTMLParser:
        """The parsed page."""
        return parsed(self.response)

    def one(self, selector: str) -> LexborNode | None:
        """The first node there."""
        return self.tree.css_first(selector)

    def texts(self, selector: str) -> tuple[str, ...]:
        """The name at every node there, each once, empty ones left out."""
        return names(self.tree.css(selector))

    def wrong(self, field_name: str, what: str = "nothing") -> PageError:
        """The error of a field, with its selector and the page's address."""
        return wrong(type(self), self.response, field_name, what)


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
    # As a browser that runs scripts: the content of <noscript> is no markup, so no selector finds anything in it.
    tree = LexborHTMLParser(text, scripting=True)
    if what := too_deep(tree):
        raise PageError(f"{what} on {response.url}")
    return tree


def names(nodes: Iterable[LexborNode]) -> tuple[str, ...]:
    """The name at each of the nodes, each once, empty ones left out."""
    return tuple(dict.fromkeys(text for node in nodes if (text := plain(node, LONGEST_NAME))))


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


def item_of(page_class: Callable[[HttpResponse], ItemPage[ItemT]], response: HttpResponse) -> ItemT:
    """The item of an answer by a page object, which is given up at once; raises `PageError`.

    web-poet ties a page object to itself (`cached_method`): its tree, of a megabyte, would stay until Python looks for
    such rings.
    """
    page = page_class(response)
    try:
        return read_item(page)
    finally:
        vars(page).clear()


def plain(node: LexborNode | None, most: int = LONGEST) -> str:
    """The visible text of a node on one line, spacing of any kind as one space; raises `TextError` for one of more than
    `most` characters."""
    only = node.first_child if node is not None else None
    if node is not None and only is not None and only.next is None and only.is_text_node and not hidden(node):
        text = without_markup(" ".join((only.text_content or "").split()))
    else:
        text = " ".join(inline(node).split())
    if len(text) > most:
        raise TextError(f"{len(text):,} characters, more than {most:,},")
    return text
