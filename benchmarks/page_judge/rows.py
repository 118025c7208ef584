"""Texts of pages with their noise marked, and the pieces and spans that the judge of page text learns from.

Out: rows of four writers (`rows_*.jsonl`, see README.md), of the pages of `tests/cleaning` that are held out no longer,
of the planted set of page noise, of the examples of rules for pages, and of the demo's pages without noise.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup, NavigableString, Tag

from benchmarks.rules import quiet_pages
from radcurate.cleaning import RULES, TextRule
from radcurate.cleaning.judged_pieces import spans
from radcurate.cleaning.rules import PAGES
from radcurate.cleaning.units import lines, sentences
from tests.cleaning import held_out_pages as held_out

HERE = Path(__file__).parent
WRITERS = ("a", "b", "c", "d")
GOOD = "good"
BEGIN, END = "⟦", "⟧"
# Page rules whose examples hold a site's wordings or medicine that looks like it.
JUDGED = ("judged_site_line", "judged_sentence", "judged_citation")
# A piece is noise where nearly all of it is marked.
MOSTLY = 0.97


@dataclass(frozen=True)
class Row:
    """A text, the spans of its noise, their kind, and who wrote it."""

    writer: str
    kind: str
    text: str
    noise: tuple[tuple[int, int], ...] = ()

    @property
    def clean(self) -> str:
        """The text without its noise."""
        return without(self.text, self.noise, 0, len(self.text))


@dataclass(frozen=True)
class Piece:
    """A line or a sentence, and whether it is noise."""

    writer: str
    text: str
    noise: bool


@dataclass(frozen=True)
class Span:
    """A span of a text that may be a citation or a credit, and whether it is noise."""

    writer: str
    text: str
    start: int
    end: int
    noise: bool


def unmarked(writer: str, kind: str, marked: str) -> Row:
    """The row of a text whose noise stands between ⟦ and ⟧; a mark without its other runs to that end of the text."""
    text, noise, start = "", [], None
    for character in marked:
        if character == BEGIN:
            start = len(text)
        elif character == END:
            noise.append((start or 0, len(text)))
            start = None
        else:
            text += character
    if start is not None and start < len(text):
        noise.append((start, len(text)))
    return Row(writer, kind, text, tuple(span for span in noise if span[0] < span[1]))


def written() -> Iterator[Row]:
    """The rows of the writers."""
    for writer in WRITERS:
        for line in (HERE / f"rows_{writer}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield unmarked(writer, row["kind"], row["text"])


def others() -> Iterator[Row]:
    """The rows of pages, of the planted set and of rules' examples."""
    for folder in ("heldout", "heldout2"):
        for page in held_out.pages(folder):
            document = held_out.parsed(page, _marked(page.read_text(encoding="utf-8")))
            for section in document.sections:
                yield unmarked(folder, "page", section.text)
    planted = held_out.HERE / "sets" / "page_noise.jsonl"
    for line in planted.read_text(encoding="utf-8").splitlines():
        yield Row("planted", GOOD, json.loads(line)["after"])
    for rule in RULES:
        if (
            isinstance(rule, TextRule)
            and rule.kinds
            and set(rule.kinds) <= set(PAGES)
            and not rule.id.startswith(JUDGED)
        ):
            yield from (Row("examples", GOOD, example.after) for example in rule.examples)
    for document in quiet_pages():
        yield from (Row("demo", GOOD, section.text) for section in document.sections)


def _marked(html: str) -> str:
    """The page with marks around the words of its noise."""
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.select("[data-noise]"):
        words = [node for node in element.descendants if isinstance(node, NavigableString) and node.strip()]
        _raised(words[0]).insert_before(NavigableString(BEGIN))
        _raised(words[-1]).insert_after(NavigableString(END))
    return str(soup)


def _raised(node: NavigableString) -> NavigableString | Tag:
    """The raised or lowered element that holds these words, else the words: a mark within it would be raised too."""
    found: NavigableString | Tag = node
    while found.parent is not None and found.parent.name in ("sup", "sub"):
        found = found.parent
    return found


def without(text: str, noise: Sequence[tuple[int, int]], start: int, end: int) -> str:
    """A stretch of the text without its noise, blanks as single ones."""
    kept, reached = [], start
    for begins, ends in noise:
        begins, ends = max(begins, start), min(ends, end)
        if begins < ends:
            kept.append(text[reached:begins])
            reached = ends
    kept.append(text[reached:end])
    return re.sub(r"[ \t]+", " ", "".join(kept)).strip()


def pieces(row: Row) -> Iterator[Piece]:
    """The lines of a row, and the sentences of those that have several: all noise, or what is left without it."""
    for line in lines(row.text):
        parts = list(sentences(line.raw))
        found = [(line.start, line.end)]
        if len(parts) > 1:
            found += [(line.start + part.start, line.start + part.end) for part in parts]
        for start, end in found:
            if _share(row, start, end) >= MOSTLY:
                yield Piece(row.writer, row.text[start:end], True)
            elif good := without(row.text, row.noise, start, end):
                yield Piece(row.writer, good, False)


def _share(row: Row, start: int, end: int) -> float:
    marked = sum(
        not character.isspace()
        for begins, ends in row.noise
        for character in row.text[max(begins, start) : max(min(ends, end), start)]
        if begins < end
    )
    return marked / max(sum(not character.isspace() for character in row.text[start:end]), 1)


def candidates(row: Row) -> Iterator[Span]:
    """The spans of a row that may be citations or credits: within noise that is a part of a sentence, or apart from
    all noise."""
    whole = [(unit.start, unit.end) for unit in sentences(row.text) if _share(row, unit.start, unit.end) >= MOSTLY]
    for start, end, _ in spans(row.text):
        share = _share(row, start, end)
        in_whole = any(begins < end and start < ends for begins, ends in whole)
        if share == 0 or (share >= MOSTLY and not in_whole):
            yield Span(row.writer, row.text, start, end, share > 0)
