"""What a guard before a site answers with, to see whether a person reads it: no page, and a sign to stop.

The signs are in `challenge.toml`. A challenge page says little: a page with more text than that is a page, whatever
words or scripts it holds besides.
"""

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# Bytes: some guards send their pictures within the page.
LARGEST = 256 * 1024
_TITLE = re.compile(rb"<title[^<>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_UNSEEN = re.compile(rb"<(script|style|noscript|template|head)\b")
_TAG = re.compile(rb"<[^<>]*>")


@dataclass(frozen=True)
class Sign:
    """A sign of a guard's page: a whole title (a pattern, in lower case) or a piece of markup, and the most characters
    of text that may stand on a page for it to count."""

    guard: str
    most_text: int
    title: re.Pattern[str] | None = None
    markup: bytes | None = None


def named_guard(headers: Mapping[str, str]) -> str | None:
    """The guard that an answer's headers name, or None."""
    _, named = _signs()
    return next((named[sign] for sign in _lowered(headers) if sign in named), None)


def challenge(body: bytes) -> str | None:
    """The guard whose challenge page this is by its content, or None; `body` is without its content coding."""
    if len(body) > LARGEST:
        return None
    signs, _ = _signs()
    lowered = body.lower()
    found = _TITLE.search(lowered)
    title = " ".join(found[1].decode("utf-8", "replace").split()) if found else ""
    seen = [
        sign
        for sign in signs
        if (sign.title and sign.title.fullmatch(title)) or (sign.markup and sign.markup in lowered)
    ]
    if not seen:
        return None
    text = _text_length(lowered)
    return next((sign.guard for sign in seen if text <= sign.most_text), None)


def _lowered(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((name.lower(), value.strip().lower()) for name, value in headers.items())


def _text_length(lowered: bytes) -> int:
    """About how many characters of a page are to be read; bounded work whatever the markup."""
    parts, at = [], 0
    for opening in _UNSEEN.finditer(lowered):
        if opening.start() >= at:
            parts.append(lowered[at : opening.start()])
            end = lowered.find(b"</" + opening[1], opening.end())
            at = len(lowered) if end < 0 else end
    text = _TAG.sub(b" ", b" ".join([*parts, lowered[at:]]))
    return len(b" ".join(text.split()).decode("utf-8", "replace"))


@functools.cache
def _signs() -> tuple[tuple[Sign, ...], dict[tuple[str, str], str]]:
    """The signs of content, and those of headers by name and value."""
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    signs = tuple(
        Sign(
            sign["guard"],
            data["most_text"][sign["page"]],
            re.compile(sign["title"]) if "title" in sign else None,
            sign["markup"].encode() if "markup" in sign else None,
        )
        for sign in data["content"]
    )
    return signs, {(sign["name"], value): sign["guard"] for sign in data["header"] for value in sign["values"]}
