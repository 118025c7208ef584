"""Bodies that Hypothesis makes up: valid HTML, and beside it the characters that a reader sees."""

import html
from collections.abc import Iterable
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.spiders.oracle import LOWERED, RAISED

INLINE = ["abbr", "b", "cite", "code", "em", "font", "i", "mark", "small", "span", "strong", "time", "u"]
BLOCKS = ["div", "blockquote", "section", "figure", "article", "center"]
HIDDEN = [" hidden", ' class="x hidden"', ' style="color:red; display: none"']


@dataclass(frozen=True)
class Made:
    """Markup, and what it shows: white space aside, numbers of `<sup>` and `<sub>` as their characters."""

    html: str
    shown: str = ""

    def within(self, tag: str, attributes: str = "") -> "Made":
        return Made(f"<{tag}{attributes}>{self.html}</{tag}>", self.shown)

    def unseen(self) -> "Made":
        return Made(self.html)


def together(parts: Iterable[Made]) -> Made:
    parts = list(parts)
    return Made("".join(part.html for part in parts), "".join(part.shown for part in parts))


def several(parts: st.SearchStrategy[Made], at_most: int = 3) -> st.SearchStrategy[Made]:
    return st.lists(parts, max_size=at_most).map(together)


def wrapped(tags: list[str], inner: st.SearchStrategy[Made], attributes: str = "") -> st.SearchStrategy[Made]:
    return st.builds(lambda tag, made: made.within(tag, attributes), st.sampled_from(tags), inner)


def written(alphabet: str, tag: str = "") -> st.SearchStrategy[Made]:
    def made(text: str) -> Made:
        one = Made(html.escape(text), "".join(text.split()))
        return one.within(tag) if tag else one

    return st.text(alphabet, min_size=1, max_size=9).map(made)


@st.composite
def numbers(draw) -> Made:
    """A `<sup>` or `<sub>` that holds a number or several, now and then inside a link."""
    tag, signs = draw(st.sampled_from([("sup", RAISED), ("sub", LOWERED)]))
    text = draw(st.text("0123456789+-−–—,; ", max_size=3)) + draw(st.sampled_from("0123456789+-−"))
    made = Made(text, "".join(signs.get(sign, sign) for sign in text if sign != " "))
    return (made.within("a", ' href="#ref"') if draw(st.booleans()) else made).within(tag)


UNSEEN = st.sampled_from(
    [
        Made("<!-- remark -->"),
        Made("<script>let p = 1</script>"),
        Made("<noscript>Turn it on</noscript>"),
        Made("<style>p { color: red }</style>"),
        *(Made(f"<span{hidden}>unseen<sup>2</sup></span>") for hidden in HIDDEN),
    ]
)
BREAKS = st.sampled_from([Made("<br>"), Made("<wbr>"), Made(" <br> "), Made("\n"), Made("&nbsp;"), Made("\t ")])


def lines(alphabet: str) -> st.SearchStrategy[Made]:
    """Inline content."""
    words = written(alphabet)
    letters = written("abcdefgh")
    leaf = st.one_of(words, words, numbers(), BREAKS, UNSEEN, written(alphabet, "a"))
    raised = st.one_of(wrapped(["sup", "sub"], letters), wrapped(["sup"], st.just(Made(""))))
    inner = st.recursive(
        leaf | raised, lambda part: wrapped(INLINE, several(part)) | wrapped(["sup", "sub"], letters), max_leaves=4
    )
    return several(inner, 4)


def bodies(alphabet: str, lists_in_cells: bool = True) -> st.SearchStrategy[Made]:
    """Flow content: paragraphs, lists, tables, headings, text between blocks."""
    line = lines(alphabet)
    heading = wrapped(["h2", "h3", "h4", "h5", "h6"], line)
    leaf = st.one_of(
        line, wrapped(["p", "pre"], line), heading, st.sampled_from([Made("<hr>"), Made('<img src="/x">')])
    )

    def containers(inner: st.SearchStrategy[Made]) -> st.SearchStrategy[Made]:
        flow = several(inner)
        unseen = wrapped(["div", "section"], flow, HIDDEN[0]).map(Made.unseen)
        cell = flow if lists_in_cells else several(st.one_of(line, wrapped(["p", "h4"], line)))
        return st.one_of(
            wrapped([*BLOCKS, "span", "ins"], flow),
            wrapped(["dl"], several(wrapped(["dt", "dd"], line))),
            bullets(flow),
            tables(line, cell),
            unseen,
        )

    return several(st.recursive(leaf, containers, max_leaves=9), 6)


@st.composite
def bullets(draw, flow: st.SearchStrategy[Made]) -> Made:
    """A list; some items are hidden, some have nothing in them."""
    tag = draw(st.sampled_from(["ul", "ol", ' ol start="7"', ' ol start="-2"', ' ol start="x"', ' ol start=" 0 "']))
    name, _, start = tag.strip().partition(" ")
    items = []
    for made in draw(st.lists(flow, max_size=3)):
        hidden = draw(st.sampled_from(["", "", "", HIDDEN[1]]))
        item = made.within("li", hidden)
        items.append(item.unseen() if hidden else item)
        if draw(st.booleans()):
            items.append(Made("\n  "))
    return together(items).within(name, f" {start}" if start else "")


@st.composite
def tables(draw, line: st.SearchStrategy[Made], cell: st.SearchStrategy[Made]) -> Made:
    """A table with a caption or none, in one or several bodies, with rows and cells that are hidden or empty."""

    def seen_or_not(made: Made, tag: str) -> Made:
        hidden = draw(st.sampled_from(["", "", "", "", HIDDEN[2]]))
        made = made.within(tag, hidden)
        return made.unseen() if hidden else made

    parts = [seen_or_not(draw(line | wrapped(["h3"], line)), "caption")] if draw(st.booleans()) else []
    for section in draw(st.lists(st.sampled_from(["thead", "tbody", "tfoot"]), min_size=1, max_size=2)):
        rows = []
        for cells in draw(st.lists(st.lists(cell, max_size=3), max_size=2)):
            tag = draw(st.sampled_from(["td", "th"]))
            rows.append(seen_or_not(together(seen_or_not(made, tag) for made in cells), "tr"))
        parts.append(seen_or_not(together(rows), section))
    return together(parts).within("table")
