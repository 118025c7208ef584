"""The page object of a reference article."""

from collections.abc import Mapping
from typing import ClassVar

from web_poet import ItemPage

from radcurate.spiders.pages.items import Article, Part
from radcurate.spiders.pages.page import at, plain, shown
from radcurate.spiders.pages.radiopaedia import NUMBER, RadiopaediaPage
from radcurate.spiders.pages.text import blocks, under_headings

BODIES = ("div.body.user-generated-content", "div.user-generated-content")


class ArticlePage(RadiopaediaPage, ItemPage[Article]):
    """`/articles/<slug>`: its metadata and its body, part by part."""

    ANCHORS: ClassVar[Mapping[str, str]] = {
        **RadiopaediaPage.ANCHORS,
        "user-generated-content": ".user-generated-content",
    }

    @at("; ".join(BODIES))
    def body(self) -> tuple[Part, ...]:
        """The body under its headings; needed, but it may hold no text."""
        found = (self.first_at("user-generated-content", selector) for selector in BODIES)
        node = next((body for body in found if body is not None), None)
        if node is None:
            raise self.wrong("body")
        return tuple(Part(heading, text) for heading, text in under_headings(blocks(node)))

    @at(".citation-info, #citation-info: row Sections")
    def sections(self) -> tuple[str, ...]:
        """The site's sections that the article stands in (Pathology, Signs …)."""
        return _listed(self.row("sections", "section"))

    @at(".citation-info, #citation-info: row Synonyms")
    def synonyms(self) -> tuple[str, ...]:
        """Other names of the subject."""
        node = self.rows.get("synonyms")
        items = [plain(item) for item in node.css("li")] if node is not None else []
        return tuple(dict.fromkeys(item for item in items if item)) or _listed(self.row("synonyms"), ";", ",")

    @at(".citation-info, #citation-info: row Revisions")
    def revisions(self) -> int | None:
        """How often the article was revised."""
        text = self.row("revisions")
        digits = text.split()[0].replace(",", "") if text else ""
        if text and not NUMBER.fullmatch(digits):
            raise self.wrong("revisions", f"no number in {shown(text or '')}")
        return int(digits) if digits else None


def _listed(text: str | None, *separators: str) -> tuple[str, ...]:
    """The names in a list parted by the first of the separators that it holds, a comma by default."""
    separator = next((mark for mark in separators if text and mark in text), ",")
    return tuple(dict.fromkeys(part.strip() for part in (text or "").split(separator) if part.strip()))
