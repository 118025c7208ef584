"""Task `section_extraction`: from a whole report to its findings or its impression, word for word."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from radcurate.documents import Document, as_published
from radcurate.records import Draft, Evidence, Refusal
from radcurate.tasks.pool import Pool
from radcurate.tasks.report_sections import REFUSALS as SECTION_REFUSALS
from radcurate.tasks.report_sections import refusal_of_sections
from radcurate.tasks.scoring import averages, rouge_l, same_words

ID = "section_extraction.v1"
KINDS = ("report",)

WANTED = ("findings", "impression")

# The wanted section stands on the first line of the input, so that wording and section are chosen apart.
INSTRUCTIONS = (
    "Copy the requested section of this radiology report word for word.",
    "Extract the section named below from the report, verbatim.",
    "Return only the text of the requested section of the report.",
    "Find the section that is asked for and repeat it exactly as it is written.",
    "From the report below, quote the requested section in full.",
    "Give the named section of this report without changing a word.",
)

REFUSALS = {
    **SECTION_REFUSALS,
    "sections_equal": "findings and impression are the same text",
}


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """A draft for the findings and one for the impression; both need the other section beside them."""
    reason = refusal_of_sections(document)
    if not reason and document.text_of("findings") == document.text_of("impression"):
        reason = "sections_equal"
    for name in WANTED:
        yield Refusal(name, reason) if reason else _draft(document, name)


def _draft(document: Document, name: str) -> Draft:
    text = document.text_of(name)
    return Draft(
        slot=name,
        input=f"Section: {name}\n\n{as_published(document.sections)}",
        output=text,
        evidence=(Evidence(document.document_id, name, 0, len(text)),),
        rule="section_verbatim.v1",
    )


def score(record: Mapping[str, Any], answer: str) -> dict[str, float]:
    """`exact` (spacing aside) and `rouge_l`."""
    return {
        "malformed": float(not answer.strip()),
        "exact": same_words(record["output"], answer),
        "rouge_l": rouge_l(record["output"], answer),
    }


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The means of all values."""
    return averages(scores, ("exact", "rouge_l"))
