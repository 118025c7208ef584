"""The pages of the site: texts through templates, and into their bodies the noise that `noise.toml` lists.

A page's noise is chosen by the hash of its slug, so it never changes; `planted` tells what a page carries.
"""

import functools
import hashlib
import itertools
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from radcurate.demo.site.texts import CaseText, StudyText, Text, apart, case_parts, printed

FOLDER = Path(__file__).parent
# After a word of four letters or more: after "4 mm" nobody could tell a citation from a power.
_SENTENCE_END = re.compile(r"(?<=[a-z]{4})\.(?= [A-Z]|</p>)")
_SPACE = re.compile(r"(?<=[a-z]) (?=[a-z])(?![^<]*>)")
_HEADING = re.compile(r"<h[2-6][^>]*>(.*)</h[2-6]>")
MOST_CITATIONS = 4


@dataclass(frozen=True)
class Planted:
    """A piece of noise in a page: its id and rule in `noise.toml`, and its HTML as it stands there."""

    id: str
    rule: str
    html: str


@functools.cache
def site() -> dict[str, Any]:
    """`site.toml`."""
    return tomllib.loads((FOLDER / "site.toml").read_text(encoding="utf-8"))


@functools.cache
def noise() -> list[dict[str, Any]]:
    """The items of `noise.toml`."""
    items: list[dict[str, Any]] = tomllib.loads((FOLDER / "noise.toml").read_text(encoding="utf-8"))["noise"]
    return items


@functools.cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
    )
    environment.filters["printed"] = printed
    return environment


def article(text: Text, *, noisy: bool = True) -> str:
    """The page of an article."""
    body = "\n".join(_planted_blocks(text, "articles", text.blocks)[0] if noisy else text.blocks)
    return _templates().get_template("article.html.jinja").render(about=text.about, text=text, body=body, site=site())


def case(text: Text, *, noisy: bool = True) -> str:
    """The page of a case; noise of its end stands in the discussion. Studies with pages of their own are links."""
    return _case("case.html.jinja", text, noisy=noisy)


def study(text: Text, number: int, *, noisy: bool = True) -> str:
    """The page of a case's study that the case's page only links to; the first is 1."""
    return _case("study.html.jinja", text, noisy=noisy, number=number)


def _case(template: str, text: Text, *, noisy: bool, **values: Any) -> str:
    parts = case_parts(text)
    if noisy:
        parts = _noisy_case(text, parts)
    given = {"about": text.about, "text": text, "parts": parts, "apart": apart(text), "site": site(), **values}
    return _templates().get_template(template).render(**given)


def listing(scope: str, hits: Sequence[tuple[str, str, str]], next_page: str | None, count: int | None = None) -> str:
    """A page of search results: (path, title, certainty or '') of each hit, and how many there are on all pages."""
    template = _templates().get_template("listing.html.jinja")
    return template.render(scope=scope, hits=hits, next_page=next_page, count=count, site=site())


def planted(text: Text, kind: str) -> list[Planted]:
    """The noise that the page of this text carries; `kind` is `articles` or `cases`."""
    if kind == "articles":
        return _planted_blocks(text, kind, text.blocks)[1]
    parts = case_parts(text)
    return _planted_blocks(text, kind, [parts.discussion])[1] + [
        piece
        for study in parts.studies
        for piece in _planted_blocks(text, kind, [study.findings], places=("space",))[1]
    ]


def _noisy_case(text: Text, parts: CaseText) -> CaseText:
    def spaced(html: str) -> str:
        return "\n".join(_planted_blocks(text, "cases", [html], places=("space",))[0])

    studies = tuple(StudyText(study.modality, study.title, spaced(study.findings)) for study in parts.studies)
    discussion = "\n".join(_planted_blocks(text, "cases", [parts.discussion])[0]) if parts.discussion else ""
    return CaseText(parts.presentation, studies, discussion)


def _planted_blocks(
    text: Text, kind: str, blocks: Sequence[str], places: Sequence[str] = ()
) -> tuple[list[str], list[Planted]]:
    """The blocks with the page's noise in them, and the list of it."""
    found = list(blocks)
    pieces: list[Planted] = []
    for item in noise():
        chosen = item["pages"] in ("all", kind) and _share(f"{item['id']} {text.slug}") < item["share"]
        if chosen and (not places or item["place"] in places):
            for html in _PLACES[item["place"]](found, item, text):
                pieces.append(Planted(item["id"], item["rule"], html))
    return found, pieces


def _share(key: str) -> float:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") / 2**32


def _html(item: dict[str, Any], text: Text, **values: Any) -> str:
    headings = [re.sub(r"<[^>]+>", "", found[1]) for block in text.blocks if (found := _HEADING.fullmatch(block))]
    template = _templates().from_string(item["html"])
    return template.render(
        rid=text.about["rid"], author=text.about["authors"][0], title=text.title, headings=headings, **values
    )


def _at_start(blocks: list[str], item: dict[str, Any], text: Text) -> list[str]:
    blocks.insert(0, _html(item, text))
    return [blocks[0]]


def _at_end(blocks: list[str], item: dict[str, Any], text: Text) -> list[str]:
    references = range(1, text.about.get("references", 0) + 1)
    if item["id"] == "references" and not references:
        return []
    blocks.append(_html(item, text, references=references))
    return [blocks[-1]]


def _after_paragraph(blocks: list[str], item: dict[str, Any], text: Text) -> list[str]:
    """After the last paragraph but one, where there are two."""
    paragraphs = [number for number, block in enumerate(blocks) if block.startswith("<p>")]
    if len(paragraphs) < 2:
        return []
    html = _html(item, text)
    blocks.insert(paragraphs[-2] + 1, html)
    return [html]


def _in_captions(blocks: list[str], item: dict[str, Any], text: Text) -> list[str]:
    html = _html(item, text)
    captioned = [number for number, block in enumerate(blocks) if "</figcaption>" in block]
    for number in captioned:
        blocks[number] = blocks[number].replace("</figcaption>", f"{html}</figcaption>")
    return [html] * len(captioned)


def _after_sentences(blocks: list[str], item: dict[str, Any], text: Text) -> list[str]:
    """Numbers of references before the full stops of some sentences."""
    most = text.about.get("references", 0)
    put: list[str] = []
    for number, block in enumerate(blocks):
        if not most or len(put) >= MOST_CITATIONS or not block.startswith("<p>") or "<sup>" in block:
            continue
        first = len(put) % most + 1
        numbers = f"{first},{first + 1}" if first < most and len(put) % 2 else f"{first}"
        html = _html(item, text, numbers=numbers)
        blocks[number], changed = _SENTENCE_END.subn(f"{html}.", block, count=1)
        put.extend([html] * changed)
    return put


def _in_spaces(blocks: list[str], item: dict[str, Any], text: Text) -> list[str]:
    """Between two words in every block, the tenth or so."""
    put = []
    for number, block in enumerate(blocks):
        spaces = list(_SPACE.finditer(block))
        if spaces and not block.startswith("<h"):
            match = spaces[len(spaces) // 2 if len(item["html"]) > 6 else len(spaces) // 3]
            blocks[number] = f"{block[: match.start()]}{item['html']}{block[match.end() :]}"
            put.append(item["html"])
    return put


def _glued(blocks: list[str], item: dict[str, Any], text: Text) -> list[str]:
    """Repeats a heading at the head of its first paragraph, without a space between."""
    for number, (block, following) in enumerate(itertools.pairwise(blocks)):
        heading = _HEADING.fullmatch(block)
        if heading and block.startswith("<h4") and following.startswith("<p>") and following[3].isupper():
            blocks[number + 1] = f"<p>{heading[1]}{following[3:]}"
            return [heading[1]]
    return []


_PLACES = {
    "start": _at_start,
    "end": _at_end,
    "after": _after_paragraph,
    "caption": _in_captions,
    "sentence": _after_sentences,
    "space": _in_spaces,
    "glued": _glued,
}
