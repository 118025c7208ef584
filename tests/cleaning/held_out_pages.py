"""Held-out noisy pages and their marks (`heldout/README.md` says what they mean), read without any rule of cleaning."""

import re
import unicodedata
from pathlib import Path

from bs4 import BeautifulSoup

from radcurate.documents import Document
from radcurate.sources import SourceSpec, radiopaedia
from radcurate.spiders.snapshot import Answer

HERE = Path(__file__).parent
FOLDERS = ("heldout", "heldout2", "heldout3")
SPEC = SourceSpec("site", "radiopaedia", (), {"licence": "CC0-1.0"})
MARKS = "[data-noise], [data-glued], [data-keep]"
BLOCKS = ("p", "li", "td", "th")
_SPACE = re.compile(r"[\s\u00ad\u200b-\u200d\u2060\ufeff]+")
_RAISED = str.maketrans("0123456789+−-–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_FOLDED = str.maketrans("‐‑‒–—−“”‘’", "------\"\"''")


def pages(*folders: str) -> list[Path]:
    return sorted(page for folder in folders for page in (HERE / folder).glob("*/*.html"))


def parsed(page: Path, html: str) -> Document:
    """The document of a page as the source reads it, before cleaning."""
    answer = Answer(
        f"https://demo.example/{page.parent.name}/{page.stem}", 200, (), html.encode(), "0" * 64, "2026-01-15T12:00:00Z"
    )
    document = radiopaedia.document(answer, page.parent.name, SPEC)
    assert isinstance(document, Document), document
    return document


def text(document: Document) -> str:
    return " ".join(" ".join(section.text.split()) for section in document.sections)


def plain(words: str) -> str:
    """Words without space, dashes and quotation marks in one form; a raised or lowered figure stays what it is."""
    folded = "".join(
        sign
        if unicodedata.decomposition(sign).startswith(("<super>", "<sub>"))
        else unicodedata.normalize("NFKC", sign)
        for sign in words
    )
    return _SPACE.sub("", folded.translate(_FOLDED))


def signs_raised(soup: BeautifulSoup) -> BeautifulSoup:
    """The page with raised and lowered figures as their signs, as its text has them: 10⁹, CO₂."""
    for name, figures in (("sup", _RAISED), ("sub", _LOWERED)):
        for tag in soup.select(name):
            written = tag.get_text().strip()
            if all(ord(sign) in figures for sign in written):
                tag.replace_with(written.translate(figures))
    return soup


def kinds(html: str) -> list[str]:
    """The kind of every piece of noise, in the page's order."""
    return [str(piece["data-noise"]) for piece in BeautifulSoup(html, "html.parser").select("[data-noise]")]


def with_one_piece(html: str, number: int) -> str:
    """The page with no marked noise but the piece of this number."""
    soup = BeautifulSoup(html, "html.parser")
    for place, piece in enumerate(soup.select("[data-noise]")):
        if place != number:
            piece.decompose()
    return str(soup)


def without_noise(html: str) -> str:
    return with_one_piece(html, -1)


def keeps(html: str) -> list[str]:
    soup = signs_raised(BeautifulSoup(html, "html.parser"))
    return [tag.get_text() for tag in soup.select("[data-keep]")]


def good_blocks(html: str) -> list[list[str]]:
    """Paragraphs, items and cells of the page's body without their noise, each parted where noise stood."""
    soup = BeautifulSoup(html, "html.parser")
    for piece in soup.select("[data-noise]"):
        piece.replace_with("\0")
    signs_raised(soup)
    tags = soup.select(", ".join(f".user-generated-content {name}, .case-section {name}" for name in BLOCKS))
    whole = [tag.get_text().split("\0") for tag in tags if not tag.find(BLOCKS)]
    return [[words.strip() for words in parts if words.strip()] for parts in whole]
