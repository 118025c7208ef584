"""How a report is printed: the headings of its sections and the numbers of its impression, drawn by its hash.

In: a report, and the names of its sections that are shown. Out: the texts of these sections as they are printed, and
the whole as one text. Half of the reports keep their published headings, the others get headings and a layout of
`section_layout.toml`. Half have the sentences (or lines) of their impression numbered, where it has several and they
can be told apart; from the others numbers are taken out.
"""

import functools
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from radcurate.documents import Document, as_published
from radcurate.language.sentences import sentences
from radcurate.records import choose

# The number of an item at the beginning of a line, or after a sentence on the same line.
_NUMBER = re.compile(r"(?:^[ \t]*|(?<=[.!?;])[ \t]+)(?P<mark>\(?(?P<number>\d{1,2})[.)][ \t]+)(?=\S)", re.MULTILINE)
_LINE = re.compile(r"^[ \t]*(?=\S)", re.MULTILINE)


def printed(document: Document, names: Collection[str], task: str) -> dict[str, str]:
    """The texts of the named sections by name, in the order of the report; blank ones are left out."""
    numbered = choose(("numbered", "plain"), f"{task} numbers {document.document_id}") == "numbered"
    texts = {one.name: one.text for one in document.sections if one.name in names and one.text.strip()}
    if not numbered:
        return {name: without_numbers(text) for name, text in texts.items()}
    return {name: with_numbers(text) if name == "impression" else text for name, text in texts.items()}


def laid_out(document: Document, texts: Mapping[str, str], task: str) -> str:
    """Printed sections under their headings, a blank line between."""
    key = f"{task} layout {document.document_id}"
    sections = [section for section in document.sections if section.name in texts]
    if choose(("published", "other"), key) == "published":
        return as_published(replace(section, text=texts[section.name]) for section in sections)
    layout = _chosen(_data()["layouts"], f"{key} form")
    headings = {name: str(_chosen(_data()["headings"][name], f"{key} {name}")) for name in texts}
    letters = str.upper if layout["letters"] == "capitals" else str.capitalize
    return "\n\n".join(f"{letters(headings[name])}{layout['after']}{text}" for name, text in texts.items())


def _chosen(options: Sequence[Any], key: str) -> Any:
    return options[int(choose([str(number) for number in range(len(options))], key))]


@functools.cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def without_numbers(text: str) -> str:
    """A list that counts from its first line on without its numbers; any other text as it is."""
    kept, last = [], 0
    for mark in _counted(text):
        kept.append(text[last : mark.start("mark")])
        last = mark.end("mark")
    return "".join((*kept, text[last:]))


def with_numbers(text: str) -> str:
    """The lines of a text numbered, or its sentences where it is one line; a text with numbers of its own, or of which
    a piece begins with a small letter, as it is."""
    if any(True for _ in _counted(text)):
        return text
    starts = [line.end() for line in _LINE.finditer(text)]
    if len(starts) < 2:
        starts = [start for start, _ in sentences(text)]
    if len(starts) < 2 or any(text[start].islower() or not text[start].isalnum() for start in starts):
        return text
    ends = [*starts[1:], len(text)]
    items = (f"{n}. {text[start:end]}" for n, (start, end) in enumerate(zip(starts, ends, strict=True), 1))
    return text[: starts[0]] + "".join(items)


def _counted(text: str) -> Iterator[re.Match[str]]:
    """The marks that count from 1, the first of them where the text begins."""
    wanted = 1
    for mark in _NUMBER.finditer(text):
        if wanted == 1 and text[: mark.start("mark")].strip():
            return
        if int(mark["number"]) == wanted:
            wanted += 1
            yield mark
