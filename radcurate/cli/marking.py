"""Shows text with its evidence marked, in the terminal."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

# Brackets besides the colour, so that the marks survive a pipe.
OPEN, CLOSE = "⟦", "⟧"
INDENT = "    "
FIELDS = ("title", "modality", "systems", "tags")

Row = Mapping[str, Any]


def marked_document(document: Row, evidence: Sequence[Row], fields: Collection[str] = ()) -> Iterator[Text]:
    """A document's sections, then its fields that are cited or asked for, one each, with its evidence marked."""
    own = [piece for piece in evidence if piece["document_id"] == document["document_id"]]
    for section in document["sections"]:
        yield marked_section(section, own)
    for name in FIELDS:
        cited = any(piece["section"] == f"@{name}" for piece in own)
        value = document[name]
        if value and (cited or name in fields):
            text = value if isinstance(value, str) else "; ".join(value)
            line = Text(f"  @{name}: ", style="bold")
            yield line.append(*((f"{OPEN}{text}{CLOSE}", "not bold green") if cited else (text, "not bold")))


def marked_section(section: Row, evidence: Sequence[Row]) -> Text:
    """A section under its heading, with the spans of `evidence` that lie in it between ⟦ and ⟧; spans that overlap are
    marked as one."""
    text = Text(f"  {section['heading']}: " if section["heading"] else "  ", style="bold")
    reached = 0
    for start, end in _joined(piece for piece in evidence if piece["section"] == section["name"]):
        text.append(indented(section["text"][reached:start]), style="not bold")
        text.append(f"{OPEN}{indented(section['text'][start:end])}{CLOSE}", style="not bold green")
        reached = end
    return text.append(indented(section["text"][reached:]), style="not bold")


def indented(text: str, by: str = INDENT) -> str:
    """Further lines stand under the first, so that a text is seen as one; empty ones stay empty."""
    return re.sub(r"\n(?!\n)", f"\n{by}", text)


def shown(left: str, middle: str, right: str) -> str:
    """A stretch of text on one line with what is meant between the marks; line breaks and blanks can be seen."""
    return "".join((_visible(left), OPEN, _visible(middle), CLOSE, _visible(right)))


def _visible(text: str) -> str:
    """On one line: what does not show (line breaks, odd blanks, invisible characters) is written as an escape."""
    return "".join(one if one == " " or one.isprintable() else repr(one)[1:-1] for one in text)


def asked(record: Row, documents: Sequence[Row]) -> str:
    """The instruction, then what the input asks before the document's own text begins: a question, say."""
    first = record["input"].partition("\n\n")[0]
    told = any(section["text"] in first for document in documents for section in document["sections"])
    return record["instruction"] if told else f"{record['instruction']}\n{first}"


def _joined(evidence: Iterator[Row]) -> list[tuple[int, int]]:
    """The spans in order, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted((piece["start"], piece["end"]) for piece in evidence):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
