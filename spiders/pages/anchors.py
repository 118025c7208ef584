"""The places at which a page's fields begin, all found in one walk through its tree.

A selector that is looked for in the whole tree costs a walk each time, and a page has fields by the dozen. An anchor is
what the first part of a selector asks for: a class (`author-info`), an id or the value of `rel`. Whatever the whole
selector finds stands at an anchor or within it, so it is looked for only there.
"""

from collections.abc import Iterator, Mapping, Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

Anchored = Mapping[str, Sequence[LexborNode]]


def anchored(tree: LexborHTMLParser, anchors: Mapping[str, str]) -> Anchored:
    """The nodes that may be at each anchor, in their order, none that stands within another one there; `anchors` tells
    the selector of each.

    Names are compared without their case, as a page without a doctype has it: whether a node is at the anchor is for
    the selector to say that begins there.
    """
    found: dict[str, list[LexborNode]] = {name: [] for name in anchors}
    for node in tree.css(", ".join(anchors.values())):
        for name in _names(node):
            nodes = found.get(name)
            if nodes is not None and not (nodes and _is_within(node, nodes[-1])):
                nodes.append(node)
    return found


def at_anchor(nodes: Sequence[LexborNode], selector: str) -> Iterator[LexborNode]:
    """What a selector that begins at these nodes' anchor finds in the whole tree, in its order."""
    for node in nodes:
        yield from node.css(selector)


def first_at_anchor(nodes: Sequence[LexborNode], selector: str) -> LexborNode | None:
    """The first of them."""
    return next((found for node in nodes if (found := node.css_first(selector)) is not None), None)


def _names(node: LexborNode) -> Iterator[str]:
    attributes = node.attributes
    yield from dict.fromkeys((attributes.get("class") or "").lower().split())
    yield (attributes.get("id") or "").lower()
    yield (attributes.get("rel") or "").lower()


def _is_within(node: LexborNode, outer: LexborNode) -> bool:
    place = outer.mem_id
    inner: LexborNode | None = node
    while inner is not None and inner.mem_id != place:
        inner = inner.parent
    return inner is not None
