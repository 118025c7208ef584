"""What several tasks ask of a report's findings and impression before they use them."""

from radcurate.documents import REDACTION_MARKS, Document
from radcurate.language.cues import cue_set, has_inner_heading
from radcurate.language.sentences import sentences

FEWEST_WORDS = 3

REFUSALS = {
    "no_findings": "the report has no findings section",
    "no_impression": "the report has no impression section",
    "section_repeated": "the report has findings or an impression more than once, which may differ",
    "inner_heading": "a section holds headings of its own (other body parts, or sections that were lost)",
}


def refusal_of_sections(document: Document) -> str | None:
    """Why findings and impression cannot be used as a pair, or None where they can."""
    if not document.text_of("findings"):
        return "no_findings"
    if not document.text_of("impression"):
        return "no_impression"
    if document.section("findings_2") or document.section("impression_2"):
        return "section_repeated"
    if any(has_inner_heading(document.text_of(name)) for name in ("findings", "impression")):
        return "inner_heading"
    return None


def holds_nothing(text: str) -> bool:
    """True for text that says nothing of a finding: under three words that are not redacted, or only which views."""
    words = [word for word in text.split() if not any(mark in word for mark in REDACTION_MARKS)]
    if sum(any(character.isalpha() for character in word) for word in words) < FEWEST_WORDS:
        return True
    return all(cue_set("view").occurs(text[start:end]) for start, end in sentences(text))
