"""Mutators that compute what they make of a page: they cut it, lose its tags, spoil its bytes, pack them wrongly."""

import gzip
import random
import re
import zlib
from collections.abc import Callable

from tests.spiders.mutator import UTF_8, Mutator, Served, foreign, put

# --- pages that break off --------------------------------------------------------------------------------------------

# A page is cut within the first of these that chance takes, before its last character.
CUTS = {
    "doctype": r"<!DOCTYPE html>",
    "head": r"<head>.*?</head>",
    "script": r"<script>.*?</script>",
    "tag": r"<h1 class=",
    "attribute": r'class="(?:col-sm-8|meta-item meta-item-systems)"',
    "end_tag": r"</(?:div|p|h4|li)>",
    "entity": r"&(?:nbsp|#8203|amp);",
    "title": r'<h1 class="header-title">[^<]+',
    "metadata": r'<div class="citation-info">.*?<div class="author-info">',
    "word": r"<p>[^<]+",
    "heading": r"<h[2-5][^>]*>[^<]+",
    "list": r"<li>[^<]+",
    "cell": r"<t[dh]>[^<]+|<li>[^<]+",
    "link": r"<a [^>]*>[^<]*</a>",
    "body": r'<div class="(?:body user-generated-content|sub-section study-findings body)">.*',
    "end": r"</footer>.*",
}


def _cut(where: str) -> Mutator:
    def apply(page: str, chance: random.Random, number: int) -> Served:
        found = chance.choice(list(re.finditer(CUTS[where], page, re.DOTALL)) or [re.search(r".+", page, re.DOTALL)])
        assert found
        return Served(page[: chance.randrange(found.start() + 1, found.end())].encode())

    return Mutator(f"cut_in_{where}", apply)


def _cut_in_character(page: str, chance: random.Random) -> bytes:
    body = foreign(page).encode()
    return body[: body.index("\xe9".encode(), len(body) // 2) + 1]


# --- tags that are missing, doubled, moved ---------------------------------------------------------------------------

_TAG = re.compile(r"<(/?)([a-zA-Z][a-z0-9]*)[^>]*>")


def _tags(change: Callable[[re.Match[str], random.Random], str]) -> Callable[[str, random.Random], str]:
    """The page with each of its tags changed."""
    return lambda page, chance: _TAG.sub(lambda tag: change(tag, chance), page)


def _without_ends(*names: str) -> Callable[[str, random.Random], str]:
    return _tags(lambda tag, _: "" if tag[1] and (not names or tag[2] in names) else tag[0])


def _now_and_then(share: float, change: Callable[[str], str]) -> Callable[[str, random.Random], str]:
    return _tags(lambda tag, chance: change(tag[0]) if chance.random() < share else tag[0])


def _in_capitals(tag: re.Match[str], chance: random.Random) -> str:
    return f"<{tag[1]}{tag[2].upper()}{tag[0][1 + len(tag[1] + tag[2]) :]}"


def _tags_shuffled(page: str, chance: random.Random) -> str:
    tags = [tag[0] for tag in _TAG.finditer(page)]
    chance.shuffle(tags)
    return _TAG.sub(lambda _: tags.pop(), page)


def _some_tags_swapped(page: str, chance: random.Random) -> str:
    """Three times an end tag and the tag before it change places."""
    pieces = re.split(r"(<[^>]*>)", page)
    for _ in range(3):
        at = chance.choice([n for n in range(3, len(pieces), 2) if pieces[n].startswith("</")])
        pieces[at - 2], pieces[at] = pieces[at], pieces[at - 2]
    return "".join(pieces)


# --- bytes that are not as they should be ----------------------------------------------------------------------------


def _bytes_flipped(page: str, chance: random.Random) -> bytes:
    body = bytearray(page.encode())
    for _ in range(40):
        body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    return bytes(body)


def _bytes_lost(page: str, chance: random.Random) -> bytes:
    body = bytearray(page.encode())
    for _ in range(40):
        del body[chance.randrange(len(body))]
    return bytes(body)


def _sprinkled(*what: bytes, times: int = 60) -> Callable[[str, random.Random], bytes]:
    """The page with these bytes at places that chance takes."""

    def change(page: str, chance: random.Random) -> bytes:
        body = bytearray(page.encode())
        for _ in range(times):
            at = chance.randrange(len(body))
            body[at:at] = chance.choice(what)
        return bytes(body)

    return change


def _in_words(what: bytes) -> Callable[[str, random.Random], bytes]:
    """The page with these bytes after the beginning of every paragraph, item and heading."""
    return lambda page, _: re.sub(rb"(<(?:p|li|h[1-5])[^>]*>\w)", lambda tag: tag[1] + what, page.encode())


_BROKEN_UTF_8 = (
    b"\x80",
    b"\xc3",
    b"\xe2\x80",
    b"\xf0\x9f\x92",
    b"\xc0\xaf",
    b"\xed\xa0\x80",
    b"\xf5\x80\x80\x80",
    b"\xff",
)
_SOUP = ("<p>", "</p>", "<b>", "</b>", "<table>", "<tr>", "<td>", "</table>", "<li>", "</ul>", "<a>", "<h4>", "</div>")
_XML = '<?xml version="1.0" encoding="utf-16"?>'
_DTD = (
    '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">'
    '<!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;"><!ENTITY file SYSTEM "file:///etc/passwd">]>'
)


def computed() -> list[Mutator]:
    """The mutators that compute what they make: name → function of page and chance, and what must come of it."""
    table: dict[str, tuple[Callable[[str, random.Random], str | bytes], str]] = {
        "cut_in_a_character": (_cut_in_character, "parsed"),
        "cut_to_one_byte": (lambda page, _: page[:1], "refused"),
        "cut_in_half": (lambda page, _: page[: len(page) // 2], ""),
        "without_its_first_half": (lambda page, _: page[len(page) // 2 :], "refused"),
        "without_end_tags": (_without_ends(), ""),
        "without_ends_of_boxes": (_without_ends("div"), ""),
        "without_ends_of_paragraphs_and_items": (_without_ends("p", "li", "td", "th", "tr"), "unseen"),
        "without_ends_of_headings": (_without_ends("h1", "h2", "h3", "h4", "h5"), ""),
        "without_ends_of_lists_and_tables": (_without_ends("ul", "ol", "table"), ""),
        "without_ends_of_links": (_without_ends("a", "strong", "sup"), ""),
        "without_begins": (_tags(lambda tag, _: tag[0] if tag[1] else ""), "refused"),
        "without_doctype": (lambda page, _: page.replace("<!DOCTYPE html>", ""), "unseen"),
        "without_head": (lambda page, _: re.sub(r"<head>.*?</head>", "", page, flags=re.DOTALL), "unseen"),
        "without_quotes": (lambda page, _: page.replace('"', ""), ""),
        "with_other_quotes": (_tags(lambda tag, _: tag[0].replace('"', "'")), "unseen"),
        "with_one_quote_too_many": (lambda page, chance: _less_one(page, '"', chance, ' "'), ""),
        "without_one_quote": (lambda page, chance: _less_one(page, '"', chance), ""),
        "without_one_bracket": (lambda page, chance: _less_one(page, ">", chance), ""),
        "without_one_opening_bracket": (lambda page, chance: _less_one(page, "<", chance), ""),
        "without_opening_brackets": (lambda page, _: page.replace("<", ""), "refused"),
        "without_closing_brackets": (lambda page, _: page.replace(">", ""), "refused"),
        "with_brackets_doubled": (lambda page, _: page.replace("<", "<<"), ""),
        "with_spaces_in_brackets": (lambda page, _: page.replace("<", "< "), "refused"),
        "tags_lost": (_now_and_then(0.1, lambda tag: ""), ""),
        "tags_doubled": (_now_and_then(0.1, lambda tag: tag * 2), ""),
        "tags_turned": (_now_and_then(0.1, lambda tag: f"</{tag[1:]}" if tag[1] != "/" else f"<{tag[2:]}"), ""),
        "tags_shuffled": (_tags_shuffled, ""),
        "some_tags_swapped": (_some_tags_swapped, ""),
        "tags_in_capitals": (_tags(_in_capitals), "unseen"),
        "tags_closed_in_themselves": (_tags(lambda tag, _: tag[0] if tag[1] else f"{tag[0][:-1]} />"), "unseen"),
        "attributes_twice": (_tags(lambda tag, _: f"{tag[0][:-1]} class=x class=y id=z>"), ""),
        "tags_between": (lambda page, chance: _sprinkled(*(tag.encode() for tag in _SOUP), times=30)(page, chance), ""),
        "page_twice": (lambda page, _: page + page, "parsed"),
        "page_in_a_page": (lambda page, _: put(page, "start", page), ""),
        "page_backwards": (lambda page, _: page[::-1], "refused"),
        "page_escaped": (lambda page, _: page.replace("&", "&amp;").replace("<", "&lt;"), "refused"),
        "page_in_a_script": (lambda page, _: f"<script>{page.replace('</script>', '')}</script>", "refused"),
        "page_in_a_comment": (lambda page, _: f"<!--{page}-->", "refused"),
        "page_in_a_template": (lambda page, _: f"<template>{page}</template>", "refused"),
        "page_in_svg": (lambda page, _: f"<svg>{page}</svg>", ""),
        "page_behind_an_xml_dtd": (lambda page, _: _DTD + put(page, "paragraph", "&lol3; &file; &lol;"), "parsed"),
        "page_as_xhtml": (lambda page, _: page.replace("<!DOCTYPE html>", _XML), ""),
        "lines_of_a_typewriter": (lambda page, _: page.replace("\n", "\r"), "unseen"),
        "lines_of_form_feeds": (lambda page, _: page.replace("\n", "\f"), "unseen"),
        "all_on_one_line": (lambda page, _: page.replace("\n", " "), "unseen"),
        "bytes_flipped": (_bytes_flipped, ""),
        "bytes_lost": (_bytes_lost, ""),
        "null_bytes": (_sprinkled(b"\0"), ""),
        "null_bytes_in_words": (_in_words(b"\0\0"), "unseen"),
        "null_after_every_byte": (lambda page, _: page.encode("utf-16-le"), "refused"),
        "control_characters": (_sprinkled(*(bytes([n]) for n in range(32))), ""),
        "broken_utf_8": (_sprinkled(*_BROKEN_UTF_8), ""),
        "broken_utf_8_in_words": (_in_words(b"".join(_BROKEN_UTF_8)), "parsed"),
        "bom_within": (_in_words(b"\xef\xbb\xbf"), "parsed"),
        "nothing": (lambda page, _: "", "refused"),
        "only_spaces": (lambda page, _: " \r\n\t\f" * 999, "refused"),
        "only_nulls": (lambda page, _: b"\0" * 9999, "refused"),
        "only_brackets": (lambda page, _: "<" * 29_999, "refused"),
        "only_doctype": (lambda page, _: "<!DOCTYPE html>", "refused"),
        "an_image": (lambda page, chance: b"\x89PNG\r\n\x1a\n" + chance.randbytes(9999), "refused"),
        "a_document": (lambda page, chance: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + chance.randbytes(9999), "refused"),
        "noise": (lambda page, chance: chance.randbytes(20_000), "refused"),
        "noise_behind_a_page": (lambda page, chance: page.encode() + chance.randbytes(9999), ""),
        "packed_but_not_said": (lambda page, _: gzip.compress(page.encode(), mtime=0), "refused"),
    }  # fmt: skip
    made = [_cut(where) for where in CUTS]
    made += [Mutator(name, _as_served(change), then) for name, (change, then) in table.items()]
    return made + [_coded(name, *row) for name, row in _CODINGS.items()]


def _less_one(page: str, sign: str, chance: random.Random, instead: str = "") -> str:
    """The page with one of these signs gone, or another in its place."""
    at = chance.choice([found.start() for found in re.finditer(re.escape(sign), page)])
    return page[:at] + instead + page[at + 1 :]


def _as_served(change: Callable[[str, random.Random], str | bytes]) -> Callable[[str, random.Random, int], Served]:
    def apply(page: str, chance: random.Random, number: int) -> Served:
        made = change(page, chance)
        return Served(made.encode() if isinstance(made, str) else made)

    return apply


# --- content codings -------------------------------------------------------------------------------------------------

# Name → what the header says, what is done to the bytes, what must come of it.
_CODINGS: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "packed": ("gzip", lambda body: gzip.compress(body, mtime=0), "unseen"),
    "packed_by_an_old_name": ("x-gzip", lambda body: gzip.compress(body, mtime=0), "unseen"),
    "said_to_be_packed": ("gzip", lambda body: body, "refused"),
    "packed_but_cut": ("gzip", lambda body: gzip.compress(body, mtime=0)[:-100], "refused"),
    "packed_but_changed": ("gzip", lambda body: gzip.compress(body, mtime=0)[:-9] + b"\0" * 9, "refused"),
    "packed_twice": ("gzip", lambda body: gzip.compress(gzip.compress(body, mtime=0), mtime=0), "refused"),
    "packed_by_another_coding": ("gzip", lambda body: zlib.compress(body), "refused"),
    "coding_that_nobody_knows": ("x-secret", lambda body: body, "refused"),
}


def _coded(name: str, coding: str, change: Callable[[bytes], bytes], then: str) -> Mutator:
    return Mutator(name, lambda page, chance, number: Served(change(page.encode()), UTF_8, coding), then)
