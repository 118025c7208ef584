"""Source `mediawiki`: a snapshot of a wiki's API, its articles as documents.

Every revision that was asked for is an input, of two answers: its text, and its facts (its day, its page's address and
who wrote it). It makes a document, or is rejected with its reason; of an article the newest revision counts. So is
every title that a list names and that no article has. What else the wiki answered only led the way.
"""

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from web_poet import HttpResponse, ItemPage

from radcurate.documents import Document
from radcurate.errors import UsageError
from radcurate.licences import conflict, licence_url, named_by_url
from radcurate.sources import Rejected, SourceSpec
from radcurate.sources.article_sections import Named, section_name, unique_sections
from radcurate.sources.radiopaedia import described, refused
from radcurate.spiders import mediawiki_api as api
from radcurate.spiders.pages.mediawiki import FactsPage, MembersPage, WikiPage
from radcurate.spiders.pages.mediawiki_answers import ApiError
from radcurate.spiders.pages.mediawiki_article import ArticlePage
from radcurate.spiders.pages.mediawiki_items import Article, Facts, Wiki
from radcurate.spiders.pages.page import PageError, read_item
from radcurate.spiders.snapshot import Answer, Damaged, Entry, answer_of, answers, canonical, index, refuse_other

PATH_EXAMPLE = "snapshots/radlines"
NO_PATH = "a build asks no wiki: `radcurate harvest` (radlines, wikipedia-radiology) makes a snapshot first"
# What templates put around an article becomes sections under these headings: of them cleaning takes out the last three
# (`wiki_furniture.v1`).
AROUND = {
    "infobox": "Infobox", "captions": "Captions", "hatnotes": "Wiki hatnotes", "notices": "Wiki notices",
    "navigation": "Wiki navigation",
}  # fmt: skip
# The wiki's own words for why it does not answer (`error.code`): https://www.mediawiki.org/wiki/API:Errors_and_warnings
REFUSALS = {
    "missing_page.v1": ("missingtitle", "nosuchpageid", "nosuchrevid", "missingcontent-pageid", "missingcontent-revid"),
    "hidden_revision.v1": ("permissiondenied", "texthidden"),
}
ItemT = TypeVar("ItemT")
_WORD = re.compile(r"[a-z]+")

__all__ = ["check", "described", "read"]


@dataclass(frozen=True)
class _Snapshot:
    """The answers of a snapshot by address."""

    folder: Path
    entries: Mapping[str, Entry]

    def answer(self, address: str) -> Answer | Rejected:
        """The answer from that address, or why there is none."""
        entry = self.entries.get(canonical(address))
        if entry is None:
            return Rejected(canonical(address), "not_answered.v1", "the crawl ended before this was answered")
        found = answer_of(self.folder, entry)
        if isinstance(found, Damaged):
            return Rejected(found.locator, "damaged_record.v1", found.reason)
        return refused(found) or found


def check(path: Path, spec: SourceSpec) -> None:
    """Raises `UsageError` for a folder that is no snapshot of a wiki's API, and for a wiki of another licence."""
    refuse_other(path)
    wiki = _wiki(_Snapshot(path, index(path)))
    if wiki is None:
        raise UsageError(
            f"{path}: holds no answer of a wiki that tells its licence\n"
            "What to do: harvest it with a wiki's name or file (`radcurate harvest radlines`)"
        )
    if why := conflict(spec.options["licence"], wiki.rights):
        raise UsageError(f"{path}: {wiki.name} {why} by the recipe\nWhat to do: state its licence in the recipe")


def read(path: Path, spec: SourceSpec) -> Iterator[Document | Rejected]:
    """Yields a document or the reason why not for every revision, newest first, and for every title of no article."""
    for answer in answers(path):
        if isinstance(answer, Damaged):
            yield Rejected(answer.locator, "damaged_record.v1", answer.reason)
            continue
        asked = api.asked(answer.url)
        if asked and asked.what == "listing":
            yield from _missing(answer)
    snapshot = _Snapshot(path, index(path))
    wiki = _wiki(snapshot) or Wiki("", "", "")
    told = {asked for url in snapshot.entries if (asked := api.asked(url)) and asked.revision}
    revisions = sorted({(asked.revision, asked.api) for asked in told}, reverse=True)
    seen: set[tuple[str, int]] = set()
    for revision, place in revisions:
        yield _input(snapshot, place, revision, wiki, spec, seen)


def _missing(answer: Answer) -> Iterator[Rejected]:
    try:
        titles = MembersPage(HttpResponse(url=answer.url, body=answer.body)).missing
    except PageError:  # The crawl ended there, and said so.
        return
    for title in titles:
        yield Rejected(f"{answer.url}#{title}", "missing_page.v1", f"the wiki lists {title!r}, but has no such article")


def _wiki(snapshot: _Snapshot) -> Wiki | None:
    """What the wiki says of itself; None where that was never answered as it should be."""
    for url in sorted(snapshot.entries):
        asked = api.asked(url)
        answer = snapshot.answer(url) if asked and asked.what == "site" else None
        if isinstance(answer, Answer):
            try:
                return read_item(WikiPage(_poet(answer)))
            except PageError:
                continue
    return None


def _input(
    snapshot: _Snapshot, place: str, revision: int, wiki: Wiki, spec: SourceSpec, seen: set[tuple[str, int]]
) -> Document | Rejected:
    """The document of a revision; `seen` are the pages of which newer revisions came before: this one's is added."""
    text, facts = snapshot.answer(api.text(place, revision)), snapshot.answer(api.facts(place, revision))
    article, told = _item(ArticlePage, text), _item(FactsPage, facts)
    pages = {(place, item.page) for item in (article, told) if not isinstance(item, Rejected)}
    address = canonical(api.text(place, revision))
    if pages & seen:
        return Rejected(address, "older_revision.v1", "the snapshot holds a newer revision of this article")
    seen |= pages
    if isinstance(article, Rejected):
        return article
    if isinstance(told, Rejected):
        return told
    if told.hidden:
        return Rejected(address, "hidden_revision.v1", "the wiki has hidden this revision's text")
    if article.page != told.page or {article.revision, told.revision} != {revision}:
        return Rejected(address, "unreadable_page.v1", f"text and facts of revision {revision} are not of one page")
    contributors = _contributors(snapshot, api.facts(place, revision), told)
    if isinstance(contributors, Rejected):
        return contributors
    assert isinstance(text, Answer)
    return _document(article, told, contributors, text, wiki, spec)


def _item(page: type[ItemPage[ItemT]], answer: Answer | Rejected) -> ItemT | Rejected:
    if isinstance(answer, Rejected):
        return answer
    try:
        return read_item(cast(ItemPage[ItemT], cast(Any, page)(_poet(answer))))
    except ApiError as error:
        rule = next((rule for rule, codes in REFUSALS.items() if error.code in codes), "api_error.v1")
        return Rejected(answer.url, rule, str(error))
    except PageError as error:
        return Rejected(answer.url, "unreadable_page.v1", str(error))


def _contributors(snapshot: _Snapshot, address: str, facts: Facts) -> tuple[str, ...] | Rejected:
    """Everybody who wrote the page, those without a name as a number; attribution is whole or there is no document."""
    names, anonymous, going_on = list(facts.contributors), facts.anonymous, facts.going_on
    followed = {canonical(address)}
    while going_on:
        address = api.continued(address, going_on)
        if canonical(address) in followed:
            return Rejected(canonical(address), "unreadable_page.v1", "the list of contributors leads back to itself")
        followed.add(canonical(address))
        answer = snapshot.answer(address)
        if isinstance(answer, Rejected):
            return answer
        more = FactsPage(_poet(answer))
        try:
            names += more.contributors
            anonymous, going_on = max(anonymous, more.anonymous), more.going_on
        except PageError as error:
            return Rejected(answer.url, "unreadable_page.v1", str(error))
    unnamed = [f"{anonymous:,} without an account"] if anonymous else []
    return (*dict.fromkeys(names), *unnamed)


def _document(
    article: Article, facts: Facts, contributors: tuple[str, ...], text: Answer, wiki: Wiki, spec: SourceSpec
) -> Document:
    identity = f"{spec.options['wiki']}:article:{article.page}"
    licence = named_by_url(wiki.rights) if wiki.rights else spec.options["licence"]
    body: list[Named] = [
        (section_name(part.heading), part.heading, part.text or part.heading, None) for part in article.body
    ]
    around: list[Named] = [
        (section_name(heading), heading, getattr(article, name), None) for name, heading in AROUND.items()
    ]
    return Document(
        document_id=identity,
        source=spec.name,
        kind="article",
        title=article.title,
        url=_permanent(text.url, facts.path, article.revision),
        licence=licence,
        licence_url=licence_url(licence) or wiki.rights or None,
        authors=contributors,
        revised=facts.revised,
        retrieved=text.retrieved,
        raw_sha256=text.sha256,
        group_id=identity,
        permission=spec.permission,
        systems=_systems(article.categories),
        tags=article.categories,
        sections=unique_sections([*body, *around]),
    )


def _permanent(asked: str, path: str, revision: int) -> str:
    """The page's address with its revision, on the host that was asked, whatever host the answer names."""
    here, page = urlsplit(asked), urlsplit(path)
    query = f"{page.query}&oldid={revision}" if page.query else f"oldid={revision}"
    return here._replace(path=page.path, query=query, fragment="").geturl()


def _systems(categories: tuple[str, ...]) -> tuple[str, ...]:
    """The body systems that words of the categories stand for."""
    words = {word for category in categories for word in _WORD.findall(category.lower())}
    return tuple(system for system, own in _system_words().items() if words & own)


@functools.cache
def _system_words() -> dict[str, frozenset[str]]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {system: frozenset(words) for system, words in data["system_words"].items()}


def _poet(answer: Answer) -> HttpResponse:
    return HttpResponse(url=answer.url, body=answer.body)
