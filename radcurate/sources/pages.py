"""Source `pages`: a snapshot of any site, read with the page objects of a file of one's own (docs/add-a-source.md).

The file names which page object reads which addresses: `PAGES = {r"/articles/[^/]+": ArticlePage}`, by the whole path.
A page object gives an `Article` or a `Case`; every stored answer to such an address is an input, which makes a document
or is rejected with its reason. The file is an input of the build itself: its sha256 stands in the manifest.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from web_poet import ItemPage
from web_poet.pages import get_item_cls

from radcurate import outside
from radcurate.documents import Document
from radcurate.environment import imported_by
from radcurate.errors import UsageError
from radcurate.sources import Rejected, SourceSpec
from radcurate.sources.radiopaedia import described, page_document
from radcurate.spiders.pages.items import Article, Case
from radcurate.spiders.snapshot import Damaged, answers, refuse_other

PATTERNS = "PAGES"

__all__ = ["beside", "check", "described", "modules", "read"]


def check(path: Path, spec: SourceSpec) -> None:
    """Raises `UsageError` for a folder that is no snapshot, and for a file that holds no page objects."""
    _pages(_file(spec))
    refuse_other(path)


def beside(path: Path, spec: SourceSpec) -> list[Path]:
    """The file of the page objects."""
    return [_file(spec)]


def modules(spec: SourceSpec) -> tuple[str, ...]:
    """What of radcurate the file of the page objects imports."""
    return imported_by(_file(spec))


def read(path: Path, spec: SourceSpec) -> Iterator[Document | Rejected]:
    """Yields a document or the reason why not for every answer to an address that a page object reads."""
    pages = _pages(_file(spec))
    for answer in answers(path):
        if isinstance(answer, Damaged):
            yield Rejected(answer.locator, "damaged_record.v1", answer.reason)
            continue
        place = urlsplit(answer.url).path
        page = next((page for pattern, page in pages.items() if re.fullmatch(pattern, place)), None)
        if page is not None:
            yield page_document(answer, page, spec)


def _file(spec: SourceSpec) -> Path:
    return Path(spec.options["pages"])


def _pages(file: Path) -> Mapping[str, type[ItemPage[Article]]]:
    pages = getattr(outside.module(file), PATTERNS, None)
    if not isinstance(pages, dict) or not pages:
        raise UsageError(f'{file}: has no table of page objects, as in {PATTERNS} = {{r"/articles/[^/]+": MyPage}}')
    for pattern, page in pages.items():
        if not (isinstance(page, type) and issubclass(page, ItemPage)) or get_item_cls(page, None) not in (
            Article,
            Case,
        ):
            raise UsageError(f"{file}: {PATTERNS}[{pattern!r}] is no page object of an `Article` or a `Case`")
        try:
            re.compile(pattern)
        except (re.error, TypeError) as error:
            raise UsageError(f"{file}: {PATTERNS} has {pattern!r}, which is no regular expression: {error}") from error
    return pages
