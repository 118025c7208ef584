"""What all pages in Radiopaedia's markup share: title, metadata rows, systems and tags, authors, licence.

A page without what it needs raises `PageError` with its field, address and selector; it never guesses.
"""

import functools
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import ClassVar

from selectolax.lexbor import LexborNode

from radcurate.spiders.pages.anchors import Anchored, anchored, at_anchor, first_at_anchor
from radcurate.spiders.pages.page import LONGEST_NAME, SitePage, at, names, plain, shown

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTHS = {form: number for number, name in enumerate(MONTHS, 1) for form in (name, name[:3])}
_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}}) (?P<month>{'|'.join(_MONTHS)}) (?P<year>\d{{4}})|(?P<iso>\d{{4}}-\d{{2}}-\d{{2}}))\b"
)
NUMBER = re.compile(r"[0-9]{1,18}")
_ADDRESS = re.compile(r"(?:https?:)?[^\s:<>\"]{1,2000}", re.IGNORECASE)


class RadiopaediaPage(SitePage):
    """Fields that articles and cases have alike."""

    ANCHORS: ClassVar[Mapping[str, str]] = {
        "header-title": ".header-title",
        "citation-info": ".citation-info, #citation-info",
        "rid": ".rid",
        "meta-item-systems": ".meta-item-systems",
        "meta-item-tags": ".meta-item-tags",
        "author-info": ".author-info",
        "license": "[rel=license]",
    }

    @functools.cached_property
    def anchored(self) -> Anchored:
        """Where the fields' selectors begin."""
        return anchored(self.tree, self.ANCHORS)

    def all_at(self, anchor: str, selector: str) -> list[LexborNode]:
        """Every node at a selector that begins at this anchor."""
        return list(at_anchor(self.anchored[anchor], selector))

    def first_at(self, anchor: str, selector: str) -> LexborNode | None:
        """The first of them."""
        return first_at_anchor(self.anchored[anchor], selector)

    @functools.cached_property
    def rows(self) -> dict[str, LexborNode]:
        """The metadata's values by label ("rid", "last revised")."""
        return dict(self._rows())

    def _rows(self) -> Iterator[tuple[str, LexborNode]]:
        box = self.first_at("citation-info", ".citation-info, #citation-info")
        for label in box.css(".col-sm-3") if box is not None else ():
            value = label.next
            while value is not None and not value.is_element_node:
                value = value.next
            if value is not None and "col-sm-8" in (value.attributes.get("class") or "").split():
                yield plain(label).rstrip(":").strip().lower(), value

    def row(self, *labels: str) -> str | None:
        """The text of the first of these rows that the page has."""
        return next((plain(self.rows[label]) or None for label in labels if label in self.rows), None)

    def day(self, field_name: str, *labels: str) -> str | None:
        """The day that a row states, as ISO 8601."""
        text = self.row(*labels)
        if text is None:
            return None
        found = _DATE.search(text)
        try:
            if found and found["iso"]:
                return date.fromisoformat(found["iso"]).isoformat()
            if found:
                return date(int(found["year"]), _MONTHS[found["month"]], int(found["day"])).isoformat()
        except ValueError:  # 31 February
            pass
        raise self.wrong(field_name, f"no date in {shown(text)}")

    @at("h1.header-title")
    def title(self) -> str:
        """The page's title; needed."""
        text = plain(self.first_at("header-title", "h1.header-title"), LONGEST_NAME)
        if not text:
            raise self.wrong("title")
        return text

    @at(".citation-info, #citation-info: row rID; .row.rid .col-sm-8")
    def rid(self) -> str:
        """The site's own number of the page; needed."""
        text = self.row("rid") or plain(self.first_at("rid", ".row.rid .col-sm-8"))
        if not NUMBER.fullmatch(text):
            raise self.wrong("rid", f"no number in {shown(text)}" if text else "nothing")
        return text

    @at(".meta-item-systems .col-sm-8 a")
    def systems(self) -> tuple[str, ...]:
        """Body systems, as the site names them."""
        return names(self.all_at("meta-item-systems", ".meta-item-systems .col-sm-8 a"))

    @at(".meta-item-tags .col-sm-8 a")
    def tags(self) -> tuple[str, ...]:
        """Curators' tags."""
        return names(self.all_at("meta-item-tags", ".meta-item-tags .col-sm-8 a"))

    @at(".author-info a")
    def authors(self) -> tuple[str, ...]:
        """Names of those who wrote the page."""
        return names(self.all_at("author-info", ".author-info a"))

    @at(".citation-info, #citation-info: row Citation")
    def citation(self) -> str | None:
        """How the site asks to be cited."""
        return self.row("citation")

    @at(".citation-info, #citation-info: row DOI")
    def doi(self) -> str | None:
        """The DOI without its resolver (`10.…`)."""
        text = self.row("doi")
        found = re.search(r"10\.[0-9]{4,9}/\S+", text) if text else None
        if text and not found:
            raise self.wrong("doi", f"no DOI in {shown(text)}")
        return found[0] if found else None

    @at(".citation-info, #citation-info: row Permalink")
    def permalink(self) -> str | None:
        """The address that the site promises to keep."""
        return self.row("permalink")

    @at(".citation-info, #citation-info: row Created")
    def created(self) -> str | None:
        """The day the page was created."""
        return self.day("created", "created", "article created", "case created")

    @at(".citation-info, #citation-info: row Last revised")
    def revised(self) -> str | None:
        """The day of its last revision."""
        return self.day("revised", "last revised", "revised")

    @at("a[rel=license], link[rel=license]")
    def licence(self) -> str | None:
        """The address of the licence that the page itself names."""
        node = self.first_at("license", "a[rel=license], link[rel=license]")
        address = (node.attributes.get("href") or "").strip() if node is not None else ""
        if address and not _ADDRESS.fullmatch(address):
            raise self.wrong("licence", f"no address in {shown(address)}")
        return address or None
