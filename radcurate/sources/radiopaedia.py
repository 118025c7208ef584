"""Source `radiopaedia`: a snapshot of a site in Radiopaedia's markup, its articles and cases as documents.

Every stored answer to an address of an article or a case is an input: it makes a document, or is rejected with its
reason. Listings, robots.txt and sitemaps only led the way. Studies that a case's page only links to are read from
pages of their own and join its document. Of two addresses of one page (one rID) the alias is rejected where the crawl
noted it; else they make two documents of one id, and cleaning keeps one.
"""

import re
import sys
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from web_poet import HttpResponse, ItemPage

from radcurate.documents import Document, Patient, Section
from radcurate.licences import licence_url, named_by_url
from radcurate.sources import Described, Rejected, SourceSpec
from radcurate.sources.article_sections import Named, section_name, unique_sections
from radcurate.sources.slices import Linked, rejected, whole
from radcurate.sources.study_pages import StudyPages, unclaimed
from radcurate.spiders.coding import MOST_BYTES
from radcurate.spiders.pages.article import ArticlePage
from radcurate.spiders.pages.case import CasePage
from radcurate.spiders.pages.items import Article, Case
from radcurate.spiders.pages.page import PageError, item_of
from radcurate.spiders.snapshot import (
    Answer,
    Contents,
    Damaged,
    Reader,
    canonical,
    fingerprint,
    index,
    refuse_other,
)

_PAGE = re.compile(r"/(?P<kind>articles|cases)/[^/]+")
PREFIX = "radiopaedia"
Page = type[ItemPage[Article]] | type[ItemPage[Case]]
PAGES: dict[str, Page] = {"articles": ArticlePage, "cases": CasePage}


def check(path: Path, spec: SourceSpec) -> None:
    """Raises `UsageError` for a folder that is no snapshot."""
    refuse_other(path)


def described(path: Path) -> Described:
    """The snapshot's fingerprint, and how many bytes of answers count: neither knows the order of requests."""
    entries = index(path)
    hosts = frozenset(urlsplit(url).hostname or "" for url in entries)
    return Described(fingerprint(entries), sum(entry.size for entry in entries.values()), hosts)


def read(path: Path, spec: SourceSpec) -> Iterator[Document | Rejected]:
    """Yields a document or the reason why not for every article and case in the snapshot."""
    yield from whole(sys.modules[__name__], path, spec)


def read_slice(
    path: Path, spec: SourceSpec, held: Contents, addresses: Sequence[str]
) -> Iterator[Document | Rejected | Linked]:
    """Yields a document or the reason why not for every article and case among the addresses, and the pages of studies
    that its cases link to."""
    with Reader(path) as reader:
        studies = StudyPages(reader, held)
        for url in addresses:
            found = _PAGE.fullmatch(urlsplit(url).path)
            if found and held.stands_elsewhere(url):
                yield Rejected(url, "alias.v1", f"a second address of {held.aliases[url]}")
            elif found:
                answer = reader.answer(held.entries[url])
                if isinstance(answer, Damaged):
                    yield rejected(answer)
                else:
                    yield document(answer, found["kind"], spec, studies, is_page=held.entries[url].is_page)
                    yield from studies.found()


def left(held: Contents, linked: Set[str]) -> Iterator[Rejected]:
    """Yields the pages of studies that no case of the snapshot links to."""
    yield from unclaimed(held, linked)


def document(
    answer: Answer, kind: str, spec: SourceSpec, studies: StudyPages | None = None, *, is_page: bool = False
) -> Document | Rejected:
    """The document of a page (`kind` is `articles` or `cases`), or why it makes none; a case's with its studies."""
    return page_document(answer, PAGES[kind], spec, studies, is_page=is_page)


def page_document(
    answer: Answer, page: Page, spec: SourceSpec, studies: StudyPages | None = None, *, is_page: bool = False
) -> Document | Rejected:
    """The document of an answer that a page object reads, of whatever site, or why it makes none; `is_page` where the
    snapshot's index has found that it is no error, not empty and no challenge."""
    if why := refused(answer, is_page=is_page):
        return why
    response = HttpResponse(url=answer.url, body=answer.body, headers=dict(answer.headers))
    try:
        item: Article | Case = item_of(cast(Any, page), response)
    except PageError as error:
        return Rejected(answer.url, "unreadable_page.v1", str(error))
    if isinstance(item, Article):
        return article_document(item, answer, spec)
    case, digest = studies.join(item, answer) if studies else (item, answer.sha256)
    return replace(case_document(case, answer, spec), raw_sha256=digest)


def refused(answer: Answer, *, is_page: bool = False) -> Rejected | None:
    """Why an answer is no page at all; None where it may be one. Of one that `is_page` only the size is looked at."""
    if is_page and answer.whole:
        return None
    if answer.status != 200:
        return Rejected(answer.url, "http_status.v1", f"the site answered {answer.status}")
    if not answer.body.strip():
        return Rejected(answer.url, "empty_answer.v1", "the site answered with nothing")
    if not answer.whole:
        return Rejected(answer.url, "page_too_large.v1", f"the page has more than {MOST_BYTES:,} bytes")
    if answer.guard:
        return Rejected(answer.url, "challenge_page.v1", "a guard's challenge page came instead of the page")
    return None


def article_document(article: Article, answer: Answer, spec: SourceSpec) -> Document:
    """An article as a document; its parts become sections under standard names or slugs of their headings.

    Of a part that is a heading and nothing else the heading is the text: cleaning takes it out, and says so.
    """
    sections = ((section_name(part.heading), part.heading, part.text or part.heading, None) for part in article.body)
    return _filled(article, answer, spec, "article", unique_sections(sections))


def case_document(case: Case, answer: Answer, spec: SourceSpec) -> Document:
    """A case as a document; a section of findings for each study, under the study's title."""
    sections: list[Named] = [("presentation", "Presentation", case.presentation, None)]
    for study in case.studies:
        sections.append(("findings", study.title or "Findings", study.findings, study.modality))
    sections.append(("discussion", "Discussion", case.discussion, None))
    sections.append(("diagnostic_certainty", "Diagnostic certainty", case.certainty or "", None))
    return _filled(case, answer, spec, "case", unique_sections(sections))


def _filled(
    item: Article | Case, answer: Answer, spec: SourceSpec, kind: str, sections: tuple[Section, ...]
) -> Document:
    identity = f"{spec.options.get('site', PREFIX)}:{kind}:{item.rid}"
    address = urlsplit(answer.url)._replace(query="").geturl()
    licence = named_by_url(item.licence) if item.licence else spec.options["licence"]
    case = item if isinstance(item, Case) else None
    modalities = dict.fromkeys(study.modality for study in case.studies if study.modality) if case else {}
    return Document(
        document_id=identity,
        source=spec.name,
        kind=kind,
        title=item.title,
        url=address,
        licence=licence,
        licence_url=item.licence or spec.options.get("licence_url") or licence_url(licence),
        authors=item.authors,
        revised=item.revised or item.created,
        retrieved=answer.retrieved,
        raw_sha256=answer.sha256,
        group_id=identity,
        permission=spec.permission,
        systems=item.systems,
        tags=item.tags,
        modality=", ".join(modalities) or None,
        patient=Patient(case.age, case.sex) if case and (case.age or case.sex) else None,
        doi=item.doi,
        links=tuple(canonical(urljoin(answer.url, path)) for path in case.related) if case else (),
        sections=sections,
    )
