"""What cleaning costs, rule by rule, and that its memory stays flat: a part of `python -m benchmarks.cleaning`.

In: the Open-i reports where the archive is at hand (`make data`), the reports and the pages of the demo. Each rule of
the demo's recipe is timed within the cleaning of whole documents, so it sees what the rules before it left.
"""

import dataclasses
import resource
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from rich.console import Console
from rich.table import Table

from benchmarks.language import OPENI
from radcurate import recipe as recipes
from radcurate.cleaning import Rule, TextRule, chosen
from radcurate.cleaning.apply import clean_document
from radcurate.cleaning.rules import DocumentRule, Edit
from radcurate.demo.site import render
from radcurate.demo.site.answers import Site
from radcurate.documents import Document, Section
from radcurate.sources import SourceSpec, load, radiopaedia
from radcurate.spiders.snapshot import Answer

MOST_SHARE = 1 / 3
SHOWN = 12
TIMES_MORE = 8


def corpora() -> dict[str, list[Document]]:
    """The documents of each corpus as they are parsed."""
    archive = next((path for path in OPENI if path.is_file()), None)
    demo = next(source for source in recipes.load(recipes.locate("demo")).sources if source.type == "table")
    found = {"demo pages": list(_pages()), "demo reports": _read(demo)}
    if archive:
        found["Open-i reports"] = _read(SourceSpec("openi", "openi", (archive,), {}))
    return found


def _read(spec: SourceSpec) -> list[Document]:
    items = (item for path in spec.paths for item in load(spec.type).read(path, spec))
    return [item for item in items if isinstance(item, Document)]


def _pages() -> Iterator[Document]:
    site = Site()
    for kind, slugs in (("articles", site.articles), ("cases", site.cases)):
        for slug in slugs:
            yield from _page(kind, slug, site.answer(f"/{kind}/{slug}").body)


def quiet_pages() -> Iterator[Document]:
    """The demo's pages without the noise of its site."""
    site = Site()
    for slug, text in site.articles.items():
        yield from _page("articles", slug, render.article(text, noisy=False).encode())
    for slug, text in site.cases.items():
        yield from _page("cases", slug, render.case(text, noisy=False).encode())


def _page(kind: str, slug: str, body: bytes) -> Iterator[Document]:
    answer = Answer(f"https://demo.example/{kind}/{slug}", 200, (), body, "0" * 64, "2026-01-15T12:00:00Z")
    item = radiopaedia.document(answer, kind, SourceSpec("site", "radiopaedia", (), {"licence": "CC0-1.0"}))
    if isinstance(item, Document):
        yield item


class Clock:
    """Adds up how long each rule takes."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    def timed(self, rule: Rule) -> Rule:
        """The rule, its calls timed."""
        if isinstance(rule, TextRule):
            propose = rule.propose

            def proposing(section: Section) -> Sequence[Edit]:
                start = time.perf_counter()
                edits = list(propose(section))
                self.seconds[rule.id] += time.perf_counter() - start
                return edits

            return dataclasses.replace(rule, propose=proposing)
        if isinstance(rule, DocumentRule):
            judge = rule.judge

            def judging(document: Document) -> str | None:
                start = time.perf_counter()
                reason = judge(document)
                self.seconds[rule.id] += time.perf_counter() - start
                return reason

            return dataclasses.replace(rule, judge=judging)
        return rule


def show_rules(console: Console) -> None:
    """A table for each corpus: its dearest rules, their documents/s and their share of all cleaning."""
    rules = chosen(recipes.load(recipes.locate("demo")).rules)
    for name, documents in corpora().items():
        for document in documents[:20]:  # what rules read once (word lists) is no cost of a document
            clean_document(document, rules)
        start = time.perf_counter()
        for document in documents:
            clean_document(document, rules)
        whole = time.perf_counter() - start
        clock = Clock()
        timed = [clock.timed(rule) for rule in rules]
        for document in documents:
            clean_document(document, timed)
        total = clock.seconds.total()
        table = Table("rule", "documents/s", "share", title=f"{name}: {len(documents) / whole:,.0f} documents/s")
        for rule, seconds in clock.seconds.most_common(SHOWN):
            mark = "  (over a third)" if seconds > MOST_SHARE * total else ""
            table.add_row(rule, f"{len(documents) / seconds:,.0f}", f"{seconds / total:.1%}{mark}")
        console.print(table)


def show_memory(console: Console) -> None:
    """The peak memory of a process that cleans the demo's documents once, and of one that does so eight times."""
    peaks = []
    for times in (1, TIMES_MORE):
        with ProcessPoolExecutor(1) as pool:
            peaks.append(pool.submit(_peak, times).result())
    console.print(
        f"peak memory: {peaks[0]:,.0f} MB for the demo's documents, {peaks[1]:,.0f} MB for {TIMES_MORE} times"
    )


def _peak(times: int) -> float:
    rules = chosen(recipes.load(recipes.locate("demo")).rules)
    documents = corpora()["demo pages"]
    for _ in range(times):
        for document in documents:
            clean_document(document, rules)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
