"""Judges every mutated page of tests/spiders/mutators.py, and prints what became of them.

    python -m tests.spiders.hostile            a table: a line for each mutator
    python -m tests.spiders.hostile --json     a line of JSON for each page, as test_hostile.py reads it
    python -m tests.spiders.hostile --heavy    pages that may be longer at their full length (5 MB), without the oracle

The pages go through a snapshot to the source `radiopaedia`, as those of a crawl do. A page that takes longer than
`LONGEST` seconds ends the process with a traceback; it is the one after the page that stderr names last.
"""

import argparse
import dataclasses
import faulthandler
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table
from web_poet import HttpResponse

from radcurate.documents import Document
from radcurate.sources import Rejected, SourceSpec
from radcurate.sources.radiopaedia import document, read
from radcurate.spiders.pages.article import ArticlePage
from radcurate.spiders.pages.case import CasePage
from radcurate.spiders.pages.page import read_item
from radcurate.spiders.snapshot import answers
from radcurate.spiders.snapshot_writer import SnapshotWriter
from radcurate.spiders.warc import Answer
from tests.spiders import oracle
from tests.spiders.mutator import UTF_8
from tests.spiders.mutators import PAGES, SCRIPT, Hostile, hostile_pages, mutators, original

ADDRESS = "https://site.example"
FIRST = "answers-00001.warc.gz"
CLOCK = "2026-01-15T12:00:00Z"
SPEC = SourceSpec("site", "radiopaedia", (), {"licence": "CC-BY-4.0"})
# A hundred times what the slowest of these pages takes.
LONGEST = 120
# None of these stands in any of the pages but in markup.
SIGNS = (
    *(SCRIPT, "<script", "</", "<!", "<?", "]]>", "<img", "<div", "<p>", "<b>", "<br", "<a ", "<svg", "<style", "<li"),
    *("onerror=", "onclick=", "onload=", "javascript:", "data:text", "srcdoc=", "class=", "href=", "&lt;s", "&lt;/"),
)


@dataclass(frozen=True)
class Verdict:
    """What became of a page: `reason` where it was refused (with its rule before), `signs` of markup in the document,
    whether the document is that of the page without mutation, and what the oracle says ("" for the same)."""

    mutator: str
    path: str
    reason: str = ""
    signs: tuple[str, ...] = ()
    unseen: bool = False
    oracle: str = ""

    @property
    def name(self) -> str:
        """How `hostile_page` makes the page again."""
        return f"hostile_page({self.mutator!r}, {self.path!r})"


def judged(pages: Iterable[Hostile], folder: Path, *, twice: bool = True) -> Iterator[Verdict]:
    """The verdict on each page, in the order of their addresses; the oracle is asked where it reads `twice`."""
    named: dict[str, Hostile] = {}
    stored: list[tuple[int, Hostile]] = []
    writer = SnapshotWriter(folder, {}, CLOCK)
    for page in pages:
        stored.append(((folder / FIRST).stat().st_size, page))
        named[ADDRESS + page.slug] = page
        writer.store(ADDRESS + page.slug, b"GET / HTTP/1.1\r\n\r\n", 200, page.served.headers, page.served.body)
    writer.close("finished")
    whole = {answer.url: answer for answer in answers(folder) if isinstance(answer, Answer)}
    for found in bounded(read(folder, SPEC)):
        if isinstance(found, Rejected):
            file, _, offset = found.locator.rpartition(":")
            page = named.get(found.locator) or (stored_at(int(offset), stored) if file == FIRST else None)
            if page is not None:  # else a page of a study that a case links to: nobody asked for it
                yield Verdict(page.mutator, page.path, f"{found.rule}: {found.reason}")
        else:
            page = named[found.url]
            yield Verdict(
                page.mutator,
                page.path,
                signs=tuple(signs(found)),
                unseen=read_alike(found, page),
                oracle=second_reading(whole[found.url]) if twice else "",
            )


def stored_at(offset: int, stored: list[tuple[int, Hostile]]) -> Hostile:
    """The page whose exchange holds this byte of the file."""
    return [page for start, page in stored if start <= offset][-1]


def bounded(found: Iterator[Document | Rejected]) -> Iterator[Document | Rejected]:
    """The same, but each must come within `LONGEST` seconds."""
    while True:
        faulthandler.dump_traceback_later(LONGEST, exit=True)
        one = next(found, None)
        faulthandler.cancel_dump_traceback_later()
        if one is None:
            return
        yield one


def signs(found: Document) -> Iterator[str]:
    """The signs of markup or script that a document holds, with the field."""
    for field, text in texts(dataclasses.asdict(found)):
        yield from (f"{sign!r} in {field}: {text[:200]!r}" for sign in SIGNS if sign.lower() in text.lower())


def texts(value: object, field: str = "") -> Iterator[tuple[str, str]]:
    """Every string in a document, with where it stands."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, f"{field}.{name}".lstrip("."))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner, field)


def read_alike(found: Document, page: Hostile) -> bool:
    """True where the document is the one that the page would have made without mutation."""
    meant = mutators()[page.mutator].meant(original(page.path)).encode()
    answer = Answer(ADDRESS + page.slug, 200, (("Content-Type", UTF_8),), meant, found.raw_sha256, CLOCK)
    return document(answer, page.path.split("/")[1], SPEC) == found


def second_reading(answer: Answer) -> str:
    """How the oracle reads the page otherwise; '' where it reads the same."""
    kind = urlsplit(answer.url).path.split("/")[1]
    page_class, read_page = {
        "articles": (ArticlePage, oracle.read_article),
        "cases": (CasePage, oracle.read_case),
    }[kind]
    headers = dict(answer.headers)
    own = read_item(page_class(HttpResponse(answer.url, answer.body, headers=headers)))
    try:
        other = read_page(oracle.text_of_page(answer.body, headers.get("Content-Type", "")), answer.url, "html5lib")
    except (LookupError, ValueError) as error:
        return f"refuses: {error}"
    for field in dataclasses.fields(own):
        got, expected = getattr(own, field.name), getattr(other, field.name)
        if got != expected:
            return f"{field.name}: page object {first_difference(got, expected)}"
    return ""


def first_difference(got: object, expected: object) -> str:
    """Both from a little before where they part."""
    one, other = repr(got), repr(expected)
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"…{one[max(0, at - 60) : at + 100]}…, oracle …{other[max(0, at - 60) : at + 100]}…"


def table(verdicts: list[Verdict]) -> Table:
    """A line for each mutator; those marked * need not agree, for the reason that hostile.toml gives."""
    shown = Table("mutator", "pages", "parsed", "as before", "refused, and why", "oracle agrees", title="Hostile pages")
    for name in dict.fromkeys(verdict.mutator for verdict in verdicts):
        own = [verdict for verdict in verdicts if verdict.mutator == name]
        parsed = [verdict for verdict in own if not verdict.reason]
        reasons = Counter(
            re.split(r"[`(]| on http| in '", verdict.reason)[0].strip() for verdict in own if verdict.reason
        )
        agrees = sum(not verdict.oracle for verdict in parsed)
        shown.add_row(
            name,
            f"{len(own)}",
            f"{len(parsed)}",
            f"{sum(verdict.unseen for verdict in parsed)}",
            "\n".join(f"{count} {reason}" for reason, count in sorted(reasons.items())),
            f"{agrees} of {len(parsed)}{'*' * bool(mutators()[name].differs)}" if parsed else "",
        )
    parsed = [verdict for verdict in verdicts if not verdict.reason]
    shown.add_section()
    shown.add_row(
        f"{shown.row_count} mutators",
        f"{len(verdicts)}",
        f"{len(parsed)}",
        f"{sum(verdict.unseen for verdict in parsed)}",
        f"{len(verdicts) - len(parsed)}",
        f"{sum(not verdict.oracle for verdict in parsed)} of {len(parsed)}",
    )
    return shown


def main() -> None:
    """Judges, and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--pages", type=int, default=len(PAGES), help="how many pages each mutator is given")
    parser.add_argument(
        "--heavy", action="store_true", help="only the pages that may be much longer, and at that length"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        chosen = hostile_pages(asked.pages, asked.heavy)
        verdicts = []
        for verdict in judged(chosen, Path(folder), twice=not asked.heavy):
            print(verdict.name, file=sys.stderr)
            if asked.json:
                print(json.dumps(dataclasses.asdict(verdict)))
            verdicts.append(verdict)
    if not asked.json:
        Console().print(table(verdicts))


if __name__ == "__main__":
    main()
