"""Rules for lists of a page's parts: the box that many bodies open with, and lists in whatever wording they are headed.

`contents_lists.toml` has the words.
"""

import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.headings import subheadings
from radcurate.cleaning.rules import PAGES, Edit, Example, TextRule
from radcurate.cleaning.units import Unit, lines
from radcurate.documents import Section

_ON_THIS_PAGE = re.compile(r"(?:\A|(?<=\n))on this page:?\s*(?:(?P<article>article:)|(?=images:))", re.IGNORECASE)
_IMAGES = re.compile(r"images:[^\S\n]*(?:\n*(?:[•◦▪] [^\n]*(?:\n|\Z))+|[^\n]*)\n*", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ITEM = re.compile(r"(?:[•◦▪*–-]|\d{1,2}(?:\.\d{1,2})?\.?)\s")
# A part's name: a few words, no sentence.
_NAME = re.compile(r"[^.:;!\n]{1,60}")
_ON_ONE_LINE = re.compile(r"(?P<title>[^:|\n]{4,40}):?\s(?P<parts>[^\n]{3,400})")
_MOST_PARTS = 60
_BETWEEN = re.compile(r"\s?[|·•,›/–;]\s?")


def _on_this_page(section: Section) -> Iterator[Edit]:
    """Takes out the list of a page's parts that opens many bodies, from "On this page:" to the end of its images."""
    reached = 0
    for match in _ON_THIS_PAGE.finditer(section.text):
        if match.start() < reached:
            continue
        images = _IMAGES.search(section.text, match.end())
        if not images:
            return
        yield Edit(match.start(), images.end(), "")
        reached = images.end()


@functools.cache
def _box() -> re.Pattern[str]:
    names = subheadings()
    images = r"Images:?\s*(?:Cases and figures|Imaging differential diagnosis)"
    by_line = rf"On this page:?[ \t]*\n(?:[ \t]*(?:Article:?|Images:?|Cases and figures|{names})[ \t]*(?:\n|\Z))+"
    headed = (
        rf"(?:(?<=\n)|\A)Article:[ \t]*\n(?:[ \t]*(?:{names})[ \t]*\n)+"
        r"[ \t]*Images:[ \t]*\n[ \t]*Cases and figures[ \t]*(?:\n|\Z)"
    )
    on_one_line = rf"On this page:\s*Article:\s*(?:(?:{names})\s*)+{images}\s*"
    return re.compile(rf"(?:(?<=\n)|\A)(?:{by_line}|{on_one_line})|{headed}")


def _page_box(section: Section) -> Iterator[Edit]:
    """Takes out the list of a page's parts where it came as lines or as one line, by the names of the parts."""
    if "Article" not in section.text:
        return
    for match in _box().finditer(section.text):
        yield Edit(match.start(), match.end(), "")


@functools.cache
def _listed() -> tuple[frozenset[str], tuple[str, ...], frozenset[str], frozenset[str]]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return frozenset(data["words"]), tuple(data["sure"]), frozenset(data["doubtful"]), frozenset(data["parts"])


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]


def _titles(text: str) -> str:
    """ "sure" for a line that can only head a list of parts, "doubtful" for one that may, else nothing."""
    if len(text) > 60:
        return ""
    allowed, sure, doubtful, _ = _listed()
    words = _words(text)
    if not words or not all(word in allowed for word in words):
        return ""
    phrase = f" {' '.join(words)} "
    if any(f" {one} " in phrase for one in sure):
        return "sure"
    return "doubtful" if phrase.strip() in doubtful else ""


def _names_part(text: str) -> bool:
    return not _listed()[3].isdisjoint(_words(text))


def _contents_list(section: Section) -> Iterator[Edit]:
    """Takes out a line that heads a list of the page's parts, with the list."""
    units = list(lines(section.text))
    place = 0
    while place < len(units):
        end = _end_of_list(section.text, units, place)
        if end == place:
            place += 1
            continue
        start, stop = units[place].start, units[end].start if end < len(units) else len(section.text)
        if end == len(units):
            start = len(section.text[:start].rstrip())
        yield Edit(start, stop, "")
        place = end


def _end_of_list(text: str, units: list[Unit], place: int) -> int:
    """The place of the first line after the list that this line heads; the same place where it heads none."""
    whole = _ON_ONE_LINE.fullmatch(units[place].text)
    if whole and _titles(whole["title"]):
        parts = _BETWEEN.split(whole["parts"])
        if len(parts) > 1 and sum(map(_names_part, parts)) > len(parts) / 2 and all(map(_NAME.fullmatch, parts)):
            return place + 1
    title = _titles(units[place].text)
    if not title:
        return place
    end = place + 1
    bullets = end < len(units) and bool(_ITEM.match(units[end].raw))
    while end < len(units) and end - place <= _MOST_PARTS and _NAME.fullmatch(_ITEM.sub("", units[end].raw, count=1)):
        if bool(_ITEM.match(units[end].raw)) != bullets or (not bullets and _apart(text, units[end - 1], units[end])):
            break
        end += 1
    named = sum(_names_part(unit.raw) for unit in units[place + 1 : end])
    if title == "doubtful":
        return end if named > (end - place - 1) / 2 else place
    return end if named else place + (end == place + 1)


def _apart(text: str, before: Unit, after: Unit) -> bool:
    return "\n\n" in text[before.end : after.start]


RULES = (
    TextRule(
        "on_this_page.v1",
        _on_this_page,
        (
            Example(
                "On this page:\n\nArticle:\n\n• Pathology\n• CT\n\nImages:\n\n• Cases\n\nA cyst is round.",
                "A cyst is round.",
                "",
            ),
            Example("On this page: Article: Pathology CT Images: Cases and figures\n\nA cyst.", "A cyst.", ""),
            Example("ON THIS PAGE:\nImages:\n• Cases and figures\n\nA cyst.", "A cyst.", ""),
            Example("Images: the films on this page show it.", "Images: the films on this page show it.", ""),
        ),
        PAGES,
    ),
    TextRule(
        "page_box.v1",
        _page_box,
        (
            Example(
                "On this page:\nArticle:\nPathology\nCT\nImages:\nCases and figures\nA cyst is round.",
                "A cyst is round.",
                "",
            ),
            Example(
                "On this page: Article: Pathology CT Images: Cases and figures A cyst is round.", "A cyst is round.", ""
            ),
            Example(
                "Pathology\nA cyst.\nImages: axial CT shows it.", "Pathology\nA cyst.\nImages: axial CT shows it.", ""
            ),
        ),
        PAGES,
    ),
    TextRule(
        "contents_list.v1",
        _contents_list,
        (
            Example(
                "Article outline\n\n• Pathology\n• Imaging (CT)\n• Images (3)\n\nA cyst is round.",
                "A cyst is round.",
                "",
            ),
            Example("Sections on this page\nPathology\nTreatment\n\nA cyst is round.", "A cyst is round.", ""),
            Example("A cyst.\n\nJump to: Pathology | Imaging | Treatment", "A cyst.", ""),
            Example("Contents:\n• flexor tendons\n• median nerve", "Contents:\n• flexor tendons\n• median nerve", ""),
            Example(
                "In this article we describe imaging, pathology, and treatment.",
                "In this article we describe imaging, pathology, and treatment.",
                "",
            ),
        ),
        PAGES,
    ),
)
