"""The spider of wikis that run MediaWiki: through its API from categories (or the list of everything) to each article.

    radcurate harvest radlines --permission permission.toml --snapshot snapshots/radlines

Of an article two answers are stored, both of its newest revision: its text, and who wrote it when. They are asked for
one at a time, as https://www.mediawiki.org/wiki/API:Etiquette asks; a wiki that lags is left alone as long as it says.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any, TypeVar, cast

import scrapy
from scrapy.http import Response
from twisted.python.failure import Failure
from web_poet import HttpResponse, ItemPage

from radcurate.licences import conflict
from radcurate.spiders import mediawiki_api as api
from radcurate.spiders.pages.mediawiki import FactsPage, MembersPage, WikiPage
from radcurate.spiders.pages.mediawiki_answers import ApiError, answered
from radcurate.spiders.pages.page import PageError, read_item
from radcurate.spiders.site import SiteSpider
from radcurate.spiders.wikis import Wiki

ItemT = TypeVar("ItemT")

# What the API says when it will answer later, and how long a crawl rests where it does not say how long:
# https://www.mediawiki.org/wiki/Manual:Maxlag_parameter, https://www.mediawiki.org/wiki/API:Etiquette
LATER = ("maxlag", "ratelimited")
WAIT = timedelta(seconds=5)
LONGEST_ERROR = 10_000
# An article is two requests.
REQUESTS = 2


class MediaWikiSpider(SiteSpider):
    """Crawls the articles that a `Wiki` names."""

    name = "mediawiki"
    custom_settings = {"CONCURRENT_REQUESTS": 1}  # noqa: RUF012 (Scrapy's own form)

    def __init__(self, *, wiki: Wiki, limit: int | None = None, **options: Any) -> None:
        super().__init__(limit=limit * REQUESTS if limit else None, **options)
        self._wiki = wiki
        self._api = self.served + wiki.api
        self._begun_with = [name.replace("_", " ") for name in wiki.categories]
        # Of each category that was asked for: how deep to go below it, and what stands below it so far.
        self._depths: dict[str, int] = {}
        self._below: dict[str, list[str]] = {}

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """What the wiki says of itself: nothing else is asked for before its licence is known."""
        yield scrapy.Request(api.site(self._api), self.parse, errback=self.list_failed)

    def parse(self, response: Response, **_: Any) -> Iterator[scrapy.Request]:
        """From the wiki's licence to its lists; ends the crawl where that is another than the one expected."""
        about = self._read(WikiPage(self._answer(response)))
        if about is None:
            return
        if why := conflict(self._wiki.licence, about.rights):
            self.stop(f"{about.name} {why}: {self.address_of(response.url)}")
            return
        if not self._wiki.categories:
            yield scrapy.Request(api.everything(self._api), self.listed, errback=self.list_failed)
        for name in self._begun_with:
            yield from self._category(name, self._wiki.depth)

    def _category(self, name: str, depth: int) -> Iterator[scrapy.Request]:
        """The list of a category, once in a crawl, for categories may hold one another; and what is below it as deep as
        the shortest way to it allows, in whatever order the answers come."""
        if depth <= self._depths.get(name, -1):
            return
        is_new = name not in self._depths
        self._depths[name] = depth
        if is_new:
            kept = {"name": name}
            yield scrapy.Request(api.category(self._api, name), self.listed, cb_kwargs=kept, errback=self.list_failed)
        else:
            for below in self._below.get(name, ()):
                yield from self._category(below, depth - 1)

    def listed(self, response: Response, name: str = "", begun: bool = True) -> Iterator[scrapy.Request]:
        """From a list to the articles and subcategories that it names, and to its next part."""
        members = self._read(MembersPage(self._answer(response)))
        if members is None:
            return
        is_empty = begun and not (members.articles or members.categories or members.missing or members.going_on)
        if is_empty and (not name or name in self._begun_with):
            what = f"category {name!r}" if name else "article"
            self.stop(f"the wiki knows no {what}, or nothing is in it: {self.address_of(response.url)}")
            return
        for member in members.articles:
            asked_for = (api.text(self._api, member.revision), api.facts(self._api, member.revision))
            yield from self.pages(response, iter(asked_for))
        self._below.setdefault(name, []).extend(members.categories)
        for below in members.categories if self._depths.get(name) else ():
            yield from self._category(below, self._depths[name] - 1)
        if members.going_on and self.may_go_on():
            following = api.continued(response.url, members.going_on)
            kept = {"name": name, "begun": False}
            yield scrapy.Request(following, self.listed, cb_kwargs=kept, errback=self.list_failed)

    def stored(self, response: Response, **_: Any) -> Iterator[scrapy.Request]:
        """The rest of an article's contributors; whether the answers are an article is for the source to say."""
        yield from super().stored(response)
        asked = api.asked(response.url)
        if asked is None or asked.what == "text":
            return
        try:
            going_on = FactsPage(self._answer(response)).going_on_from
        except PageError:
            return
        if going_on:
            yield from self.page(api.continued(response.url, going_on), is_part=True)

    def list_failed(self, failure: Failure) -> None:
        """Ends the crawl where a list is not answered, or robots.txt does not allow to ask for it."""
        self.failed(failure)
        address = self.address_of(cast(Any, failure).request.url)
        self.stop(f"{failure.getErrorMessage() or type(failure.value).__name__}: {address}")

    def later(self, body: bytes) -> timedelta | None:
        """How long the wiki wants to be left alone where it answers that it lags; else None."""
        if len(body) > LONGEST_ERROR or b'"error"' not in body:
            return None
        try:
            answered(body, "")
        except ApiError as error:
            return WAIT if error.code in LATER else None
        except PageError:
            pass
        return None

    def _answer(self, response: Response) -> HttpResponse:
        return HttpResponse(url=self.address_of(response.url), body=response.body)

    def _read(self, page: ItemPage[ItemT]) -> ItemT | None:
        """The item, or None and the end of the crawl: without this answer nobody knows what else there is."""
        try:
            return read_item(page)
        except PageError as error:
            self.stop(str(error))
            return None
