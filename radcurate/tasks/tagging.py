"""Task `tagging`: from a report to the index terms that its curators gave it (Open-i's hand-coded MeSH).

An answer is the terms in their order, lower-case, parted by `, `; a term is a head and its qualifiers, parted by `/`,
and an inverted MeSH heading is turned round (`Catheters, Indwelling` → `indwelling catheters`), so that a comma always
parts terms. Lobes and sides that the text does not state, and technical heads, leave the answer: the published term
stands in `uncertain`, and the record is flagged `not_in_text`.
"""

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from radcurate.documents import Document, as_published
from radcurate.records import Draft, Evidence, Refusal
from radcurate.tasks.pool import Pool
from radcurate.tasks.scoring import averages, micro_f1, set_counts

ID = "tagging.v1"

INSTRUCTIONS = (
    "List the index terms for this radiology report.",
    "Which MeSH-style index terms describe this report?",
    "Tag this report with index terms, each a heading with its qualifiers.",
    "As a librarian would, index this radiology report.",
    "Give the index terms of the report below, separated by commas.",
    "Assign index terms (heading/qualifier) to this radiology report.",
)

REFUSALS = {
    "no_tags": "the curators gave the document no index term",
    "no_supported_tag": "no index term is left once technical heads are out",
    "no_text": "the report has neither findings nor impression",
}

NORMAL = "normal"


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """One draft, or the reason why not."""
    yield _draft(document)


def _draft(document: Document) -> Draft | Refusal:
    if not document.tags:
        return Refusal("tags", "no_tags")
    read = [section for section in document.sections if section.name in ("findings", "impression", "addendum")]
    if not any(section.name in ("findings", "impression") for section in read):
        return Refusal("tags", "no_text")
    text = "\n".join(section.text for section in read)
    answers: dict[str, None] = {}
    uncertain = []
    for tag in document.tags:
        published = natural(tag)
        supported = supported_part(published, text)
        if supported:
            answers[supported] = None
        if supported != published:
            uncertain.append(published)
    if not answers:
        return Refusal("tags", "no_supported_tag")
    return Draft(
        slot="tags",
        input=as_published(document.sections),
        output=", ".join(answers),
        evidence=(Evidence(document.document_id, "@tags", 0, 0),),
        rule="published_tags.v1",
        flags=("not_in_text",) if uncertain else (),
        uncertain=tuple(dict.fromkeys(uncertain)),
    )


def labels(output: str) -> list[str]:
    """The heads of the terms in an answer, each once: what the balance of a release is counted in."""
    return list(dict.fromkeys(term.partition("/")[0] for term in output.split(", ")))


def natural(tag: str) -> str:
    """A published term in lower case, inverted headings turned round: `Aorta, Thoracic/x` → `thoracic aorta/x`."""
    parts = [" ".join(part.lower().split()) for part in tag.split("/")]
    names = _data()["names"]
    return "/".join(names.get(part) or " ".join(reversed(part.split(", "))) for part in parts if part)


def supported_part(term: str, text: str) -> str | None:
    """The term without the lobes and sides that `text` does not state; None for a technical head."""
    head, *qualifiers = term.split("/")
    if head in _data()["technical"]:
        return None
    return "/".join([head, *(part for part in qualifiers if part not in _places() or _places()[part].search(text))])


@functools.cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@functools.cache
def _places() -> dict[str, re.Pattern[str]]:
    return {name: re.compile("|".join(cues), re.IGNORECASE) for name, cues in _data()["places"].items()}


def score(record: Mapping[str, Any], answer: str) -> dict[str, float]:
    """Counts of right, wrong and missed terms, and `exact`; terms that are `uncertain` are wrong neither way."""
    wanted = record["output"].split(", ")
    given = [term for part in answer.lower().split(",") if (term := " ".join(part.split()))]
    return {
        "malformed": float(not given),
        "exact": float(set(given) - set(record["uncertain"]) == set(wanted)),
        **set_counts(wanted, given, record["uncertain"]),
    }


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """`exact` as a mean and `micro_f1` over all terms."""
    f1 = micro_f1(scores)
    return {**averages(scores, ("exact",)), **({} if f1 is None else {"micro_f1": f1})}
