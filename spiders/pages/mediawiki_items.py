"""What the answers of a MediaWiki API hold, as their page objects read it."""

from collections.abc import Mapping
from dataclasses import dataclass

from radcurate.spiders.pages.items import Part


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
