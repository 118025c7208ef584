"""Markup that a page shows as text: no reader was meant to see it, and no document may hold it.

It comes of escaping once too often (`&lt;br /&gt;`), of CDATA in HTML, of a `<` that was lost, or of an attack that
hopes for a second parser. Signs of comparison (`<5 mm`, `p<0.05`, `a <b and c> d`) are text.
"""

import re

# Elements of HTML, obsolete ones too. Source: none.
_ELEMENTS = (
    "a", "abbr", "acronym", "address", "applet", "area", "article", "aside", "audio", "b", "base", "basefont",
    "bdi", "bdo", "big", "blink", "blockquote", "body", "br", "button", "canvas", "caption", "center", "cite",
    "code", "col", "colgroup", "data", "datalist", "dd", "del", "details", "dfn", "dialog", "dir", "div", "dl",
    "dt", "em", "embed", "fieldset", "figcaption", "figure", "font", "footer", "form", "frame", "frameset", "h1",
    "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "i", "iframe", "img", "input", "ins",
    "kbd", "label", "legend", "li", "link", "listing", "main", "map", "mark", "marquee", "math", "menu", "meta",
    "meter", "nav", "nobr", "noembed", "noframes", "noscript", "object", "ol", "optgroup", "option", "output", "p",
    "param", "picture", "plaintext", "pre", "progress", "q", "rp", "rt", "ruby", "s", "samp", "script", "search",
    "section", "select", "slot", "small", "source", "span", "strike", "strong", "style", "sub", "summary", "sup",
    "svg", "table", "tbody", "td", "template", "textarea", "tfoot", "th", "thead", "time", "title", "tr", "track",
    "tt", "u", "ul", "var", "video", "wbr", "xmp",
)  # fmt: skip
_OPEN, _CLOSE = r"(?:<|&(?:amp;)*lt;)", r"(?:>|&(?:amp;)*gt;)"
_NAME = f"(?:{'|'.join(sorted(_ELEMENTS, key=len, reverse=True))})"
_MARKUP = re.compile(
    rf"{_OPEN}/{_NAME}(?![\w-])"  # an end tag
    rf"|{_OPEN}{_NAME}(?:\s*/?{_CLOSE}|[\s/]+[a-z:-]+\s*=)"  # a tag that ends, or that has an attribute with a value
    rf"|{_OPEN}(?:script|iframe|style|svg|img)(?![\w-])"  # nobody compares anything with these
    rf"|{_OPEN}(?:!--|!doctype|!\[cdata|!entity|\?xml|\?php)"
    r"|\]\]>"
    r"|[\w-]=(?:\"[^\"<>]*\"|'[^'<>]*')\s*/?>",  # the end of a tag that lost its beginning
    re.IGNORECASE,
)


def markup_in(text: str) -> str:
    """The first piece of markup that the text shows; '' for none."""
    if "<" not in text and ">" not in text and "lt;" not in text:
        return ""
    found = _MARKUP.search(text)
    return found[0] if found else ""
