"""Source `pages`: a snapshot of any site, read with the page objects of a file of one's own (docs/add-a-source.md).

The file names which page object reads which addresses: `PAGES = {r"/articles/[^/]+": ArticlePage}`, by the whole path.
A page object gives an `Article` or a `Case`; every stored answer to such an address is an input, which makes a document
or is rejected with its reason. The file is an input of the build itself: its sha256 stands in the manifest.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence, Set
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
from radcurate.sources.slices import rejected, whole
from radcurate.spiders.pages.items import Article, Case
from radcurate.spiders.snapshot import Contents, Damaged, Reader, refuse_other

PATTERNS = "PAGES"

__all__ = ["beside", "check", "described", "left", "modules", "read", "read_slice"]


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
    yield from whole(sys.modules[__name__], path, spec)


def read_slice(path: Path, spec: SourceSpec, held: Contents, addresses: Sequence[str]) -> Iterator[Document | Rejected]:
    """Yields a document or the reason why not for every answer from one of the addresses that a page object reads."""
    pages = _pages(_file(spec))
    with Reader(path) as reader:
        for url in addresses:
            place = urlsplit(url).path
            page = next((page for pattern, page in pages.items() if re.fullmatch(pattern, place)), None)
            if page is not None and not held.stands_elsewhere(url):
                entry = held.entries[url]
                answer = reader.answer(entry)
                if isinstance(answer, Damaged):
                    yield rejected(answer)
                else:
                    yield page_document(answer, page, spec, is_page=entry.is_page)


def left(held: Contents, linked: Set[str]) -> Iterator[Rejected]:
    """Yields nothing: every page stands for itself."""
    yield from ()


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
