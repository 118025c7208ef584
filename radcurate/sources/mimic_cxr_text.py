"""Cuts the text of a MIMIC-CXR report into sections; `mimic_cxr_text.toml` holds the headings.

A report is a wet read, addenda and the final report, in any order, parted by lines of underscores or by their titles.
A wet read and an addendum are one section each, with whatever headings they hold, so that their findings never pass for
those of the report. In the final report a known heading opens a section: in capitals anywhere in a line, or with a
capital letter at its start. A heading in capitals that is not known (`CHEST, TWO VIEWS:`) opens one under a slug of it,
but not within findings or an impression, whose text it then stays in. Text under no heading is the section `report`: it
is nobody's guess whether it is findings or an impression.

Lines were wrapped at 80 columns: they are joined again where a sentence goes on. `___` stays.
"""

import functools
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from radcurate.documents import Section

UNHEADED = "report"
FINAL = "final_report"
# Headings that are not known stay within the text of these.
_CLOSED = frozenset(("findings", "impression", "findings_and_impression", "recommendation", "notification"))

_RULE = re.compile(r"^[^\S\n]*(?:_{10,}|-{10,}|={10,})[^\S\n]*$", re.MULTILINE)
_UNKNOWN = re.compile(r"^[^\S\n]*(?P<heading>[A-Z][A-Z0-9 ()/,&'.\-]{1,58}[A-Z0-9)])[^\S\n]*:(?=\s|\Z)", re.MULTILINE)
_ITEM = re.compile(r"\d{1,2}[.)](?:\s|\Z)|[-*•]\s")
_INNER = re.compile(r"[A-Z][A-Za-z0-9 ()/,&'.\-]{1,58}:(?:\s|\Z)")
# Who read it and when: marks, numbers and the clock.
_SIGNED = re.compile(r"(?:___|[\d:/.,]++|[AaPp]\.?[Mm]\.?|VERSION|#\d++|\s++)++")
_SENTENCE_ENDS = ".?!:;"
# A line of this length was ended by the margin, whatever its last character is.
_FULL_LINE = 70


@dataclass(frozen=True)
class _Part:
    """A stretch of the report: `kind` is final_report, wet_read or addendum, `heading` its title as printed."""

    kind: str
    heading: str
    text: str


@functools.cache
def _headings() -> dict[str, dict[str, str]]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {
        table: {heading: name for name, headings in entries.items() for heading in headings}
        for table, entries in data.items()
    }


def _words(table: str) -> str:
    return "|".join(re.escape(heading) for heading in sorted(_headings()[table], key=len, reverse=True))


@functools.cache
def _title() -> re.Pattern[str]:
    """A part's title begins its line: in capitals, followed by a colon, a gap, a version or the end of the line."""
    words = _words("parts").upper()
    return re.compile(
        rf"^[^\S\n]*(?P<title>{words})(?:[^\S\n]*:|[^\S\n]*$|(?=[^\S\n]{{2}}|[^\S\n]+(?:VERSION\b|#\d|___)))",
        re.MULTILINE,
    )


@functools.cache
def _known() -> re.Pattern[str]:
    """Headings of sections: at the start of a line, alone on it in capitals, or in capitals within it."""
    words = _words("sections")
    return re.compile(
        rf"^[^\S\n]*(?:(?P<start>(?=[A-Z])(?i:{words}))[^\S\n]*:|(?P<line>{words.upper()})[^\S\n]*$)"
        rf"|(?<=\s)(?P<within>{words.upper()})[^\S\n]*:",
        re.MULTILINE,
    )


def sections(text: str) -> tuple[Section, ...]:
    """The sections of a report in the order of its text; none for a text that holds only titles and empty headings.

    Names are unique: a second addendum is `addendum_2`.
    """
    parts = [part for part in _parts(text.replace("\r\n", "\n").replace("\r", "\n")) if part.text.strip()]
    pieces: list[tuple[str, str, str]] = []
    for part in parts:
        if part.kind == FINAL:
            pieces.extend(_cut(UNHEADED, part.heading, part.text))
        elif any(other.kind == FINAL for other in parts):
            pieces.append((part.kind, part.heading, part.text))
        else:
            # No final report beside it: taken whole, the only findings of the study would be hidden.
            pieces.extend(_cut(part.kind, part.heading, part.text))
    return _unique(pieces)


def _parts(text: str) -> Iterator[_Part]:
    marks = sorted([*_title().finditer(text), *_RULE.finditer(text)], key=lambda match: match.start())
    starts = [mark.start() for mark in marks] + [len(text)]
    yield _Part(FINAL, "", text[: starts[0]])
    for mark, end in zip(marks, starts[1:], strict=True):
        title = mark.groupdict().get("title") or ""
        kind = _headings()["parts"][title.lower()] if title else FINAL
        yield _Part(kind, title, text[mark.end() : end])


def _cut(name: str, heading: str, text: str) -> Iterator[tuple[str, str, str]]:
    """Name, heading and text of the sections of a part; what stands before its first heading has the part's own."""
    start = 0
    for match, found in _opened(text):
        if found is None and name in _CLOSED:
            continue
        yield name, heading, text[start : match.start()]
        heading = _matched(match)
        name, start = found or _slug(heading), match.end()
    yield name, heading, text[start:]


def _opened(text: str) -> Iterator[tuple[re.Match[str], str | None]]:
    """The headings in `text` in order, each with the name of its section, None for one that is not known."""
    known = [match for match in _known().finditer(text) if not match["within"] or _stands_out(text, match)]
    taken = {match.start(match.lastgroup or 0) for match in known}
    unknown = [match for match in _UNKNOWN.finditer(text) if match.start("heading") not in taken]
    for match in sorted([*known, *unknown], key=lambda match: match.start()):
        yield match, _headings()["sections"].get(_matched(match).lower())


def _matched(match: re.Match[str]) -> str:
    return str(match[match.lastgroup or 0])


def _stands_out(text: str, match: re.Match[str]) -> bool:
    """False for the end of a longer phrase in capitals ("SEE IMPRESSION:"), which is no heading."""
    before = text[max(0, match.start() - 80) : match.start()]
    word = before.split()[-1] if before.split() else ""
    return before.endswith(("  ", "\n")) or not re.fullmatch(r"[A-Z][A-Z'&/,-]*", word) or word.endswith(",")


def _slug(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", heading.lower()).strip("_") or UNHEADED


def _unique(pieces: list[tuple[str, str, str]]) -> tuple[Section, ...]:
    """Sections with text, under names of their own; of a heading that is not known and holds nothing, its words."""
    named: dict[str, Section] = {}
    numbers: Counter[str] = Counter()
    standard = {UNHEADED, *_headings()["sections"].values(), *_headings()["parts"].values()}
    for name, heading, raw in pieces:
        text = unwrapped(raw, signed=name == "wet_read")
        if not text:
            if name in standard:
                continue
            name, text, heading = UNHEADED, heading, ""
        numbers[name] += 1
        while (own := name if numbers[name] == 1 else f"{name}_{numbers[name]}") in named:
            numbers[name] += 1
        named[own] = Section(own, heading, text)
    return tuple(named.values())


def unwrapped(text: str, *, signed: bool = False) -> str:
    """The text with its lines joined again where the margin broke a sentence; paragraphs and list items stay apart.

    With `signed` the first line, where it only says who read the images and when, stays a line of its own.
    """
    lines: list[list[str]] = []
    length, alone = 0, False
    for number, raw in enumerate(text.strip().split("\n")):
        line = raw.strip()
        if number > 0 and not alone and _goes_on(lines[-1][-1], length, line):
            lines[-1].append(line)
        elif line or lines[-1:] != [[""]]:
            lines.append([line])
        length = len(raw)
        alone = signed and number == 0 and _SIGNED.fullmatch(line) is not None
    return "\n".join(" ".join(parts) for parts in lines)


def _goes_on(before: str, length: int, line: str) -> bool:
    """True where `line` goes on with the sentence of the one before, which had `length` characters."""
    if not before or not line or _ITEM.match(line) or _INNER.match(line):
        return False
    return length >= _FULL_LINE or before[-1] not in _SENTENCE_ENDS
