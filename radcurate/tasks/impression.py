"""Task `impression`: from the findings of a report (and its indication, where it has one) to its impression.

The impression is kept word for word but for sentences on who was told and who signed. A report whose findings hold
nothing, or whose sections hold headings of their own, makes no record. `cites_prior` marks an impression that compares
with an earlier study, which the input does not hold.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from radcurate.documents import REDACTION_MARKS, Document, as_published
from radcurate.language.cues import cites_prior, cue_set, is_communication
from radcurate.language.sentences import Span, sentences
from radcurate.records import Draft, Evidence, Refusal
from radcurate.tasks.pool import Pool
from radcurate.tasks.report_sections import REFUSALS as SECTION_REFUSALS
from radcurate.tasks.report_sections import holds_nothing, refusal_of_sections
from radcurate.tasks.scoring import averages, rouge_l, same_words

ID = "impression.v1"
KINDS = ("report",)

INSTRUCTIONS = (
    "Write the impression of this radiology report from its findings.",
    "Summarise the findings below as the impression of the report.",
    "Given these findings, what is the radiologist's impression?",
    "Read the findings and give the concluding impression.",
    "State the impression that follows from these radiological findings.",
    "You are completing a radiology report. Write its impression section.",
)

REFUSALS = {
    **SECTION_REFUSALS,
    "addendum": "the report has an addendum, which may say otherwise",
    "findings_hold_nothing": "the findings name no more than the views, or fewer than three words",
    "impression_holds_nothing": "nothing remains of the impression without notifications and redaction marks",
    "refers_elsewhere": "the impression refers to what is said elsewhere ('as described above')",
}

# An impression may be two words long ("Normal chest"), but marks and numbers need a word or an abbreviation beside them
# ("XXXX at XXXX." holds nothing).
_WORD = re.compile(r"[A-Za-z]{3,}|[A-Z]{2,}")


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """One draft, or the reason why not."""
    yield _draft(document)


def _draft(document: Document) -> Draft | Refusal:
    reason = refusal_of_sections(document)
    if reason:
        return Refusal("impression", reason)
    findings, impression = document.text_of("findings"), document.text_of("impression")
    if document.text_of("addendum"):
        return Refusal("impression", "addendum")
    if holds_nothing(findings):
        return Refusal("impression", "findings_hold_nothing")
    kept = _joined(impression, [span for span in sentences(impression) if _belongs(impression, span)])
    output = " ".join(impression[start:end] for start, end in kept)
    if not output:
        return Refusal("impression", "impression_holds_nothing")
    if cue_set("elsewhere").occurs(output):
        return Refusal("impression", "refers_elsewhere")
    flags = []
    if cites_prior(output):
        flags.append("cites_prior")
    if " ".join(output.lower().split()) in " ".join(findings.lower().split()):
        flags.append("answer_in_input")
    return Draft(
        slot="impression",
        input=as_published(section for section in document.sections if section.name in ("indication", "findings")),
        output=output,
        evidence=tuple(Evidence(document.document_id, "impression", start, end) for start, end in kept),
        rule="impression_section.v1",
        flags=tuple(flags),
    )


def _belongs(text: str, span: Span) -> bool:
    """True for a sentence that says something of the film."""
    sentence = text[span[0] : span[1]]
    bare = sentence
    for mark in REDACTION_MARKS:
        bare = bare.replace(mark, "")
    return bool(_WORD.search(bare)) and not is_communication(sentence)


def _joined(text: str, spans: Sequence[Span]) -> list[Span]:
    """Neighbouring sentences as one span, with the blanks or line breaks between them."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def score(record: Mapping[str, Any], answer: str) -> dict[str, float]:
    """`rouge_l`, `exact`, and `invented_prior`: 1.0 where the answer cites a prior and the reference does not."""
    return {
        "malformed": float(not answer.strip()),
        "rouge_l": rouge_l(record["output"], answer),
        "exact": same_words(record["output"], answer),
        "invented_prior": float(cites_prior(answer) and not cites_prior(record["output"])),
    }


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The means of all values."""
    return averages(scores, ("rouge_l", "exact", "invented_prior"))
