"""Task `segmentation`: from the sentences of a report without headings to the same sentences under their headings.

The input is one text, its sentences in their order: findings and impression, with the indication or all sections
before them where their own words tell which they are (others are left out of input and answer). The answer has each
section as `NAME: sentences`, the name in capitals (`INDICATION`, `TECHNIQUE`, `COMPARISON`, `FINDINGS`, `IMPRESSION`),
a blank line between. A report whose text alone does not tell where the impression begins makes no record. The numbers
of lists are taken out of half of the reports.
"""

import functools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from radcurate.documents import Document
from radcurate.language.sentences import sentences
from radcurate.records import Draft, Evidence, Refusal, choose
from radcurate.tasks.noise_undone import without_numbers
from radcurate.tasks.pool import Pool
from radcurate.tasks.report_reading import REFUSALS as READING_REFUSALS
from radcurate.tasks.report_reading import read_report
from radcurate.tasks.report_sections import REFUSALS as SECTION_REFUSALS
from radcurate.tasks.report_sections import holds_nothing, refusal_of_sections
from radcurate.tasks.scoring import averages
from radcurate.tasks.told_parts import is_told, parted, told_as, words

ID = "segmentation.v1"
KINDS = ("report",)

INSTRUCTIONS = (
    "Put the sentences of this report under their headings. Change no word.",
    "The headings of this radiology report were lost. Write it again with them.",
    "Divide the report into its sections, each under its heading in capitals, and keep every sentence as it is.",
    "Which sentences are findings, and which the impression? Give the text under its headings, word for word.",
    "Segment this report: repeat all sentences in their order, each section after its heading and a colon.",
    "Structure the report text below with the section headings it should have, without changing its sentences.",
)

REFUSALS = {
    **SECTION_REFUSALS,
    **READING_REFUSALS,
    "sections_equal": "findings and impression are the same text",
    "sentence_in_both": "a sentence stands in the findings and in the impression",
    "impression_not_told": "the text alone does not tell where the impression begins",
    "other_section": "a sentence of findings or impression reads like an indication, a technique or a comparison",
    "sentences_run_together": "one after the other, the sentences are no longer the same",
}

SPLIT = ("findings", "impression")
# Which other sections are shown, one variant a report.
VARIANTS: dict[str, tuple[str, ...]] = {
    "findings": (),
    "indication": ("indication",),
    "report": ("indication", "technique", "comparison"),
}


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """One draft, or the reason why not."""
    yield _draft(document)


def _draft(document: Document) -> Draft | Refusal:
    reason = refusal_of_sections(document)
    if reason:
        return Refusal("segments", reason)
    reading = read_report(document, ID)
    if isinstance(reading, str):
        return Refusal("segments", reading)
    numbered = choose(("kept", "stripped"), f"{ID} numbers {document.document_id}") == "kept"
    said = {section.name: _said(section.text, numbered) for section in document.sections}
    reason = _undecided(said["findings"], said["impression"])
    if reason:
        return Refusal("segments", reason)
    if any(told_as(sentence) for name in SPLIT for sentence in said[name]):
        return Refusal("segments", "other_section")
    shown = VARIANTS[choose(tuple(VARIANTS), f"{ID} {document.document_id}")]
    told = [name for name, each in said.items() if name in SPLIT or (name in shown and is_told(name, each))]
    for names in (told, [name for name in told if name in SPLIT]):
        wanted = [sentence for name in names for sentence in said[name]]
        text = " ".join(wanted)
        if [text[start:end] for start, end in sentences(text)] == wanted:
            return _made(document, text, {name: said[name] for name in names})
    return Refusal("segments", "sentences_run_together")


def _made(document: Document, text: str, parts: Mapping[str, Sequence[str]]) -> Draft:
    return Draft(
        slot="segments",
        input=text,
        output="\n\n".join(f"{name.upper()}: {' '.join(each)}" for name, each in parts.items()),
        evidence=tuple(Evidence(document.document_id, name, 0, len(document.text_of(name))) for name in parts),
        rule="section_sentences.v1",
    )


def _said(text: str, numbered: bool) -> list[str]:
    """The sentences of a section, each on one line."""
    text = " ".join((text if numbered else without_numbers(text)).split())
    return [text[start:end] for start, end in sentences(text)]


def _undecided(findings: Sequence[str], impression: Sequence[str]) -> str | None:
    """Why findings and impression cannot be told apart, or None."""
    if findings == impression:
        return "sections_equal"
    if not impression or holds_nothing(" ".join(findings)):
        return "holds_nothing"
    if {sentence.lower() for sentence in findings} & {sentence.lower() for sentence in impression}:
        return "sentence_in_both"
    return None if parted(findings, impression) else "impression_not_told"


@functools.cache
def _names() -> dict[str, str]:
    """Every heading that is read in an answer, and its section."""
    return {heading: name for name, known in words()["headings"].items() for heading in known}


@functools.cache
def _heading() -> re.Pattern[str]:
    known = "|".join(sorted(_names(), key=len, reverse=True))
    return re.compile(rf"^[ \t*#]*(?P<heading>{known})[ \t*]*:[ \t*]*", re.IGNORECASE | re.MULTILINE)


def read(text: str) -> dict[str, list[str]] | None:
    """The sentences of an answer under the name of their section, or None for a text that is not in sections."""
    found = list(_heading().finditer(text))
    if not found or text[: found[0].start()].strip():
        return None
    ends = [match.start() for match in found[1:]] + [len(text)]
    parts: dict[str, list[str]] = {}
    for match, end in zip(found, ends, strict=True):
        parts.setdefault(_names()[match["heading"].lower()], []).extend(_said(text[match.end() : end], True))
    return parts


def score(record: Mapping[str, Any], answer: str) -> dict[str, float]:
    """`exact`, and `sentences_right`: the part of the sentences that stand under their own heading. An answer without
    headings, or whose words are not those of the text, is malformed and scores nothing."""
    wanted, given = read(record["output"]), read(answer)
    assert wanted is not None
    if given is None or _words(given) != _words(wanted):
        return {"malformed": 1.0, "exact": 0.0, "sentences_right": 0.0}
    right = sum((Counter(each) & Counter(given.get(name, ()))).total() for name, each in wanted.items())
    return {
        "malformed": 0.0,
        "exact": float(list(given.items()) == list(wanted.items())),
        "sentences_right": right / sum(map(len, wanted.values())),
    }


def _words(parts: Mapping[str, Sequence[str]]) -> Counter[str]:
    return Counter(word for each in parts.values() for sentence in each for word in sentence.split())


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The means of both values."""
    return averages(scores, ("exact", "sentences_right"))


def labels(output: str) -> list[str]:
    """The sections of an answer: what the balance of a release is counted in."""
    return list(read(output) or {})
