"""The texts of the site: Markdown files with TOML front matter in, their values and blocks of HTML out."""

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDER = Path(__file__).parent
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FENCE = "+++\n"
_STUDY = re.compile(r"Study:\s*(?P<modality>[^|]*?)\s*\|\s*(?P<title>.*)")
_FIGURE = re.compile(r"<p><img [^>]*alt=\"(?P<caption>[^\"]*)\"[^>]*></p>\s*")


@dataclass(frozen=True)
class Text:
    """An article or case: `about` is its front matter, `blocks` its body as HTML, block by block."""

    slug: str
    about: Mapping[str, Any]
    blocks: tuple[str, ...]

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.about["title"])

    def study_id(self, number: int) -> int:
        """The site's number of a case's study, the first being 1."""
        return int(self.about["rid"]) * 10 + number


@dataclass(frozen=True)
class StudyText:
    """A study of a case; modality and findings may be empty."""

    modality: str
    title: str
    findings: str


@dataclass(frozen=True)
class CaseText:
    """The three parts of a case."""

    presentation: str
    studies: tuple[StudyText, ...]
    discussion: str


def read_all(kind: str) -> dict[str, Text]:
    """All texts of `articles` or `cases` by slug."""
    return {path.stem: read(path) for path in sorted((FOLDER / kind).glob("*.md"))}


def read(path: Path) -> Text:
    """One file."""
    _, front, body = path.read_text(encoding="utf-8").split(_FENCE, 2)
    return Text(path.stem, tomllib.loads(front), tuple(rendered(body)))


def rendered(markdown: str) -> list[str]:
    """HTML of each top-level block; a `##` heading is an h4 with the anchor that the site gives it."""
    parser = _parser()
    blocks: list[str] = []
    group: list[Token] = []
    for token in parser.parse(markdown):
        group.append(token)
        if token.level == 0 and token.nesting <= 0:
            html = parser.renderer.render(_anchored(group), parser.options, {})
            blocks.append(_FIGURE.sub(r"<figure><figcaption>\g<caption></figcaption></figure>", html).strip())
            group = []
    return blocks


@functools.cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable("table")


def _anchored(group: Sequence[Token]) -> Sequence[Token]:
    if group[0].type == "heading_open":
        level = int(group[0].tag[1]) + 2
        slug = re.sub(r"[^a-z0-9]+", "-", group[1].content.lower()).strip("-")
        group[0].tag = group[-1].tag = f"h{level}"
        if level == 4:
            group[0].attrSet("id", f"nav_{slug}")
    return group


def case_parts(text: Text) -> CaseText:
    """The parts of a case, by its headings."""
    parts: list[tuple[str, list[str]]] = []
    for block in text.blocks:
        heading = re.fullmatch(r"<h4[^>]*>(.*)</h4>", block)
        if heading:
            parts.append((heading[1], []))
        else:
            parts[-1][1].append(block)
    whole = {name: "\n".join(blocks) for name, blocks in parts}
    studies = tuple(
        StudyText(found["modality"], found["title"], "\n".join(blocks))
        for name, blocks in parts
        if (found := _STUDY.fullmatch(name))
    )
    return CaseText(whole.get("Presentation", ""), studies, whole.get("Discussion", ""))


def apart(text: Text) -> tuple[int, ...]:
    """Which studies of a case have a page of their own instead of a place on the case's page; the first is 1."""
    return tuple(text.about.get("studies_apart", ()))


def printed(day: date) -> str:
    """`3 Feb 2025`, as the site prints dates in any locale."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
