"""From the markup of a body to its visible text, block by block: nothing is left out here, cleaning decides later.

The page "How a page becomes text" of docs/harvest.md states the rules that this file follows.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from radcurate.spiders.pages.markup import markup_in

_SPACES = re.compile(r"[ \t\n\r\f]+")
# Stands for `<br>` until its block ends; no parsed page holds this character.
_BREAK = "\0"
_AROUND_BREAK = re.compile(f" *{_BREAK} *")
_EDGES = f" \t\n\r\f{_BREAK}"
_RAISED = re.compile(r"[0-9 \t\n\r\f\u00a0,;+\-\u2212\u2013\u2014]+")
_SIGN = re.compile(r"[0-9+\-\u2212]")
_MAY_BE_HIDDEN = "[hidden], .hidden, [style]"
_START = re.compile(r"[+-]?[0-9]{1,9}")
_SUPERSCRIPTS = str.maketrans(
    "0123456789+-\u2212", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b\u207b"
)
_SUBSCRIPTS = str.maketrans(
    "0123456789+-\u2212", "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089\u208a\u208b\u208b"
)

HEADINGS = {f"h{level}": level for level in range(1, 7)}
BULLETS = ("\u2022 ", "\u25e6 ", "\u25aa ")
# A node without a name is an instruction (`<?…>`), to HTML a comment.
_UNSEEN = {
    "head", "script", "style", "template", "noscript", "noembed", "noframes", "iframe", "textarea", "title",
    "-comment", "",
}  # fmt: skip
_MARKUP_AS_TEXT = {"plaintext", "xmp"}
_INLINE = {
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "time", "tt", "u", "var", "wbr",
}  # fmt: skip


class TextError(Exception):
    """What a page shows is no text that could be told from markup."""


class Block(NamedTuple):
    """A visible block: `kind` is paragraph, item, row or heading; `level` is a heading's, 2 for h2."""

    kind: str
    text: str
    level: int = 0


def blocks(body: LexborNode, depth: int = 0) -> list[Block]:
    """The visible blocks of a body in their order; `depth` is in how many lists it stands itself."""
    unseen = frozenset(node.mem_id for node in body.css(_MAY_BE_HIDDEN) if hidden(node))
    return _blocks(body, unseen, depth)


def _blocks(body: LexborNode, unseen: frozenset[int], depth: int = 0) -> list[Block]:
    walk = _Walk(unseen, depth)
    if body.mem_id not in unseen:
        walk.children(body)
    walk.flush()
    return walk.blocks


def joined(parts: Iterable[Block]) -> str:
    """The blocks as text: an empty line between, but items, rows and what follows a heading stand line by line."""
    text, before = "", None
    for block in parts:
        line = f"{block.text}:" if block.kind == "heading" and not block.text.endswith(":") else block.text
        close = before is not None and (
            before.kind == "heading" or (block.kind == before.kind and block.kind in ("item", "row"))
        )
        if before is not None:
            text += "\n" if close else "\n\n"
        text += line
        before = block
    return text


def under_headings(parts: list[Block]) -> Iterator[tuple[str, str]]:
    """(heading, text) for each stretch under a heading of the body's own top level; '' before the first."""
    top = min((block.level for block in parts if block.kind == "heading"), default=0)
    heading: str | None = None
    stretch: list[Block] = []
    for block in parts:
        if block.kind == "heading" and block.level == top:
            if heading is not None or stretch:
                yield heading or "", joined(stretch)
            heading, stretch = block.text, []
        else:
            stretch.append(block)
    if heading is not None or stretch:
        yield heading or "", joined(stretch)


def inline(node: LexborNode | None) -> str:
    """All visible text of a node on one line; '' for none."""
    return _on_one_line(blocks(node)) if node is not None else ""


def _on_one_line(parts: Iterable[Block]) -> str:
    return " ".join(block.text.replace("\n", " ") for block in parts)


class _Walk:
    """Goes through a tree and gathers blocks; `unseen` are the memory ids of hidden nodes."""

    def __init__(self, unseen: frozenset[int], depth: int = 0) -> None:
        self.unseen = unseen
        self.blocks: list[Block] = []
        self._line: list[str] = []
        self._depth = depth
        self._in_table = False
        self._marker = ""  # printed before the list item that begins
        self._borders = 0

    def flush(self, kind: str = "", level: int = 0) -> None:
        """Ends the block that is being gathered; one without text leaves no trace."""
        self._borders += 1
        if not self._line:
            return
        text = "".join(self._line).strip(_EDGES)
        self._line.clear()
        if text:
            if "  " in text or "\n" in text or "\t" in text or "\r" in text or "\f" in text:
                text = _SPACES.sub(" ", text)
            if _BREAK in text:
                text = _AROUND_BREAK.sub("\n", text)
            without_markup(text)
            self.blocks.append(Block(kind or ("item" if self._depth else "paragraph"), self._marker + text, level))
            self._marker = ""

    def children(self, node: LexborNode) -> None:
        for child in node.iter(include_text=True):
            if child.is_text_node:
                self._line.append(child.text_content or "")
            else:
                self.element(child, child.tag or "")

    def visit(self, node: LexborNode) -> None:
        if node.is_text_node:
            self._line.append(node.text_content or "")
        else:
            self.element(node, node.tag or "")

    def element(self, node: LexborNode, tag: str) -> None:
        read = _READ.get(tag, _Walk.block)
        if read is not None and not (self.unseen and node.mem_id in self.unseen):
            read(self, node, tag)

    def inline(self, node: LexborNode, tag: str) -> None:
        self.children(node)

    def block(self, node: LexborNode, tag: str) -> None:
        self.flush()
        self.children(node)
        self.flush()

    def line_break(self, node: LexborNode, tag: str) -> None:
        self._line.append(_BREAK)

    def heading(self, node: LexborNode, tag: str) -> None:
        if self._depth or self._in_table:
            self.block(node, tag)
        else:
            self.flush()
            self._line.append(_on_one_line(_blocks(node, self.unseen)))
            self.flush("heading", HEADINGS[tag])

    def markup(self, node: LexborNode, tag: str) -> None:
        raise TextError(f"markup shown as text, by an element <{tag}>,")

    def raised(self, node: LexborNode, tag: str) -> None:
        """A number, where the element shows that and nothing else, becomes its signs; else it is text."""
        start, borders = len(self._line), self._borders
        self.children(node)
        if self._borders == borders:
            text = "".join(self._line[start:])
            if _RAISED.fullmatch(text) and _SIGN.search(text):
                self._line[start:] = [text.translate(_SUPERSCRIPTS if tag == "sup" else _SUBSCRIPTS)]

    def list(self, node: LexborNode, tag: str) -> None:
        ordered = tag == "ol"
        self.flush()
        self._depth += 1
        start = (node.attributes.get("start") or "").strip() if ordered else ""
        number = int(start) if _START.fullmatch(start) else 1
        for child in node.iter(include_text=True):
            if child.tag == "li" and child.mem_id not in self.unseen:
                self.flush()
                outer, before = self._marker, len(self.blocks)
                self._marker = f"{number}. " if ordered else BULLETS[min(self._depth, len(BULLETS)) - 1]
                number += 1
                self.children(child)
                self.flush()
                self._marker = outer if len(self.blocks) == before else ""
            else:
                self.visit(child)
        self.flush()
        self._depth -= 1

    def table(self, node: LexborNode, tag: str) -> None:
        self.flush()
        outer, self._in_table = self._in_table, True
        for child in node.iter(include_text=True):
            if child.tag not in ("thead", "tbody", "tfoot"):
                self.row(child)
            elif child.mem_id not in self.unseen:
                for row in child.iter(include_text=True):
                    self.row(row)
        self.flush()
        self._in_table = outer

    def row(self, node: LexborNode) -> None:
        if node.tag != "tr":
            self.visit(node)
            return
        self.flush()
        if node.mem_id in self.unseen:
            return
        cells = [
            _on_one_line(_blocks(cell, self.unseen, self._depth))
            for cell in node.iter()
            if cell.tag in ("td", "th") and cell.mem_id not in self.unseen
        ]
        if any(cells):
            self._line.append(" | ".join(cells))
            self.flush("row")


# How elements are read; any other is a block. `None` is not read at all.
_READ: Mapping[str, Callable[[_Walk, LexborNode, str], None] | None] = {
    **dict.fromkeys(_INLINE, _Walk.inline),
    **dict.fromkeys(("sup", "sub"), _Walk.raised),
    **dict.fromkeys(HEADINGS, _Walk.heading),
    **dict.fromkeys(("ul", "ol"), _Walk.list),
    **dict.fromkeys(_MARKUP_AS_TEXT, _Walk.markup),
    "br": _Walk.line_break,
    "table": _Walk.table,
    **dict.fromkeys(_UNSEEN),
}


def without_markup(text: str) -> str:
    """The text; raises `TextError` where it shows markup."""
    if found := markup_in(text):
        raise TextError(f"markup shown as text, {found[:80]!r},")
    return text


def hidden(node: LexborNode) -> bool:
    """True for an element that the page itself says is not to be seen."""
    attributes = node.attributes
    return bool(attributes) and (
        "hidden" in attributes
        or "hidden" in (attributes.get("class") or "").split()
        or "display:none" in "".join((attributes.get("style") or "").split())
    )
