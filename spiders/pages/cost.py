"""What a page may cost: limits on what parsers and readers are slow at, checked before they begin.

They are counts and never times, so that a page is read or refused alike on every machine. Each is far above what a
site's page needs, and keeps the worst page below it at some seconds and a gigabyte.
"""

import re

from selectolax.lexbor import LexborHTMLParser

# Looking for the element that a tag closes takes as long as elements are open: tags times tags.
MOST_TAGS = 30_000
# Selectors and the reading of text go down and up the tree.
MOST_DEEP = 128
# A parser gives every paragraph anew the styles that were left open (`<p><b id=1><b id=2>…</p><p>…<p>…`).
MOST_STYLED = 2_000_000
# A parser compares each attribute of a tag with all before: words of the page times different words.
MOST_COMPARED = 4_000_000_000

_STYLES = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
_MAYBE_STYLE = re.compile(r"<[bcefinstuBCEFINSTU]")
_STYLE = re.compile(rf"<(?:{_STYLES})[\s/]")
_CLOSED_STYLE = re.compile(
    rf"<({_STYLES})(?:\s++[a-z:_-]++(?:\s*+=\s*+(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'<>=`/]++))?+)++\s*+>[^<]*+</\1>",
    re.IGNORECASE,
)
_BETWEEN_WORDS = re.compile(r"[\s/=]+")
_TOO_DEEP = ">".join("*" * (MOST_DEEP + 1))


def too_much(html: str) -> str:
    """What of a page's text is more than a parser should be given; '' for nothing."""
    tags = html.count("<")
    if tags > MOST_TAGS:
        return f"{tags:,} tags, more than {MOST_TAGS:,}"
    styles = tags  # no page has more; few must be looked at closely
    if styles * tags > MOST_STYLED:
        styles = len(_MAYBE_STYLE.findall(html))
    if styles * tags > MOST_STYLED:
        styles = len(_STYLE.findall(html.lower()))
    if styles * tags > MOST_STYLED:
        styles -= len(_CLOSED_STYLE.findall(html))
        if styles * tags > MOST_STYLED:
            return f"{styles:,} styles left open among {tags:,} tags, more than {MOST_STYLED:,} together"
    if (len(html) // 2) ** 2 > MOST_COMPARED:
        words = _BETWEEN_WORDS.split(html)
        different = len(set(words))
        if len(words) * different > MOST_COMPARED:
            return f"{len(words):,} words, {different:,} of them different, more than a page holds"
    return ""


def too_deep(tree: LexborHTMLParser) -> str:
    """That a tree is deeper than readers go; '' where it is not."""
    return f"elements nested more than {MOST_DEEP} deep" if tree.css_first(_TOO_DEEP) is not None else ""
