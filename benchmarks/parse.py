"""What it costs to read a page of a snapshot into a document, part by part.

    .venv/bin/python -m benchmarks.parse [--pages 60] [--rounds 12]

In: a snapshot of so many pages of `benchmarks.site`, made here without a crawl. Out: milliseconds a page of each part
of the stages `scan` and `read`, by this process alone. Of every page the fastest of its rounds counts, which on a busy
machine is the one that nothing disturbed; what stages cost besides (starting units, their files, the stage `parse`)
`benchmarks.crawl` measures as a whole.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table
from selectolax.lexbor import LexborHTMLParser
from web_poet import HttpResponse

from benchmarks.crawl import SIZES, SPEC
from benchmarks.site import Pages
from radcurate.documents import Document
from radcurate.engines.local import keep_freed_memory
from radcurate.sources.parted import PartedWriter
from radcurate.sources.radiopaedia import document
from radcurate.spiders.challenge import challenge
from radcurate.spiders.pages.article import BODIES, ArticlePage
from radcurate.spiders.pages.cost import too_deep, too_much
from radcurate.spiders.pages.text import blocks
from radcurate.spiders.snapshot import Answer, Reader, contents
from radcurate.spiders.snapshot_writer import SnapshotWriter

T = TypeVar("T")
SHARDS = 64


def stored(folder: Path, pages: int, size: int) -> list[Answer]:
    """The answers of a snapshot of so many pages of this size, which is made there."""
    site, writer = Pages(pages, size), SnapshotWriter(folder, {})
    for number in range(pages):
        path = f"/articles/number-{1_000_000 + number}"
        kind, body = site.answer(path)
        headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
        writer.store(f"https://site.example{path}", b"GET / HTTP/1.1\r\n\r\n", 200, headers, body)
    writer.close("finished")
    with Reader(folder) as reader:
        found = [reader.answer(entry) for entry in contents(folder).entries.values()]
    return [answer for answer in found if isinstance(answer, Answer)]


def fastest(step: Callable[[T], object], things: Sequence[T], rounds: int) -> float:
    """Milliseconds that a step takes, a mean over the things of the fastest of its rounds each."""
    best = [float("inf")] * len(things)
    for _ in range(rounds):
        for number, thing in enumerate(things):
            start = time.perf_counter()
            step(thing)
            best[number] = min(best[number], time.perf_counter() - start)
    return sum(best) / len(best) * 1000


def parts(folder: Path, answers: list[Answer], rounds: int) -> dict[str, float]:
    """Milliseconds of each part."""
    entries = list(contents(folder).entries.values())
    responses = [HttpResponse(url=one.url, body=one.body, headers=dict(one.headers)) for one in answers]
    texts = [response.text for response in responses]
    pages = [ArticlePage(response) for response in responses]
    trees = [page.tree for page in pages]
    bodies = [tree.css_first(BODIES[1]) for tree in trees]
    found = [document(answer, "articles", SPEC, is_page=True) for answer in answers]
    rows = [one.row() for one in found if isinstance(one, Document)]
    with Reader(folder) as reader, PartedWriter(folder / "documents", SHARDS) as writer:
        measured = {
            "unpacked and checked, twice": 2 * fastest(reader.answer, entries, rounds),
            "is it a guard's page?": fastest(lambda one: challenge(one.body), answers, rounds),
            "the tree (lexbor)": fastest(lambda text: LexborHTMLParser(text, scripting=True), texts, rounds),
            "may it cost as much?": fastest(too_much, texts, rounds) + fastest(too_deep, trees, rounds),
            "where its fields begin": fastest(lambda page: type(page).anchored.func(page), pages, rounds),
            "the text of its body": fastest(lambda body: blocks(body), bodies, rounds),
            "to the document": fastest(lambda one: document(one, "articles", SPEC, is_page=True), answers, rounds),
            "checked and written": fastest(writer.write, rows, 1),
        }
    inner = list(measured.values())[2:6]
    measured["all other fields, the document"] = measured.pop("to the document") - sum(inner)
    measured["checked and written"] = measured.pop("checked and written")
    return measured


def main() -> None:
    """Measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=12)
    asked = parser.parse_args()
    keep_freed_memory()
    columns = []
    for size in SIZES.values():
        with tempfile.TemporaryDirectory() as folder:
            snapshot = Path(folder) / "snapshot"
            columns.append(parts(snapshot, stored(snapshot, asked.pages, size), asked.rounds))
    table = Table("ms a page", *SIZES)
    for name in columns[0]:
        table.add_row(name, *(f"{column[name]:.3f}" for column in columns))
    table.add_section()
    table.add_row("all", *(f"{sum(column.values()):.3f}" for column in columns))
    Console().print(table)


if __name__ == "__main__":
    main()
