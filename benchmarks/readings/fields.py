"""What the readings share: no library's work, only how strings become the item that all of them must give."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from radcurate.spiders.pages.items import Article, Case, Part, Study

# Kind (paragraph, item, row, heading), text and level of a block.
Line = tuple[str, str, int]

INLINE = {"a", "abbr", "b", "code", "em", "i", "q", "small", "span", "strong", "u"}
UNSEEN = {"script", "style", "template", "noscript"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BULLETS = ("\u2022 ", "\u25e6 ", "\u25aa ")
RAISED = str.maketrans(
    "0123456789+-\u2212", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b\u207b"
)
LOWERED = str.maketrans(
    "0123456789+-\u2212", "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089\u208a\u208b\u208b"
)


def raised(text: str, tag: str) -> str:
    """A number as a `sup` or `sub` shows it; other text as it is."""
    if re.fullmatch(r"[\d ,;+\u2212\u2013-]*[\d+\u2212-][\d ,;+\u2212\u2013-]*", text):
        return text.translate(RAISED if tag == "sup" else LOWERED)
    return text


def joined(lines: Sequence[Line]) -> str:
    """Blocks as text."""
    text = ""
    for (before, _, _), (kind, line, _) in zip([("", "", 0), *lines], lines, strict=False):
        close = before == "heading" or (before == kind and kind in ("item", "row"))
        text += ("" if not text else "\n" if close else "\n\n") + (f"{line}:" if kind == "heading" else line)
    return text


def under_headings(lines: Sequence[Line]) -> list[Part]:
    """The parts of a body."""
    top = min((level for kind, _, level in lines if kind == "heading"), default=0)
    parts: list[tuple[str, list[Line]]] = [("", [])]
    for kind, text, level in lines:
        if kind == "heading" and level == top:
            parts.append((text, []))
        else:
            parts[-1][1].append((kind, text, level))
    return [Part(heading, joined(own)) for heading, own in parts if heading or own]


def date(text: str | None) -> str | None:
    """The day in a row, as ISO 8601."""
    found = re.match(r"\d{4}-\d{2}-\d{2}|\d{1,2} \w{3} \d{4}", text or "")
    if not found:
        return None
    return found[0] if "-" in found[0] else datetime.strptime(found[0], "%d %b %Y").date().isoformat()


def article(shared: dict[str, Any], synonyms: Sequence[str], body: Sequence[Part]) -> Article:
    """The item of an article."""
    rows = shared["rows"]
    revisions = rows.get("revisions")
    return Article(
        **_metadata(shared),
        sections=tuple(part.strip() for part in rows.get("sections", "").split(",") if part.strip()),
        synonyms=tuple(synonyms),
        revisions=int(revisions.split()[0]) if revisions else None,
        body=tuple(body),
    )


def case(
    shared: dict[str, Any],
    hidden: str,
    certainty: str,
    patient: Mapping[str, str],
    presentation: Sequence[Line],
    studies: Sequence[tuple[Study, Sequence[Line]]],
    discussion: Sequence[Line],
    related: Sequence[str],
    links: Sequence[str],
) -> Case:
    """The item of a case."""
    found = re.search(r"caseId\W+(\d+)", hidden)
    rid = shared["rows"].get("rid") or (found[1] if found else "")
    here = {study.id for study, _ in studies}
    elsewhere = (link for link in links if re.match(rf"/cases/{rid}/studies/\d+(?:\?|$)", link))
    return Case(
        **{**_metadata(shared), "rid": rid},
        study_pages=tuple(link for link in elsewhere if link.partition("?")[0].rpartition("/")[2] not in here),
        certainty=certainty or None,
        age=patient.get("age"),
        sex=patient.get("gender"),
        presentation=joined(presentation),
        studies=tuple(Study(study.id, study.title, study.modality, joined(lines)) for study, lines in studies),
        discussion=joined(discussion),
        related=tuple(dict.fromkeys(related)),
    )


def _metadata(shared: dict[str, Any]) -> dict[str, Any]:
    rows = shared["rows"]
    doi = re.search(r"10\.\d{4,9}/\S+", rows.get("doi", ""))
    return {
        **{name: shared[name] for name in ("title", "systems", "tags", "authors", "licence")},
        "rid": rows.get("rid", ""),
        "citation": rows.get("citation"),
        "doi": doi[0] if doi else None,
        "permalink": rows.get("permalink"),
        "created": date(rows.get("created")),
        "revised": date(rows.get("last revised")),
    }
