"""Task `impression`: from the findings of a report to its impression.

The input is drawn by the report's hash: the findings alone, with the indication, or the whole report without its
impression. The impression is kept word for word but for sentences on who was told and who signed. Findings in which no
observation is read, sections that contradict each other (polarity, side, change), fragments and redaction marks that
hide a word of meaning make no record. `not_in_input` marks an impression that says of a finding what the input does not
(an inference, or knowledge from elsewhere), `cites_prior` one that compares with an earlier study, which the input does
not hold. Of chest reports answers are also scored by their observations; `report_scoring.py` tells how.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from radcurate.documents import REDACTION_MARKS, Document, Section, as_published
from radcurate.language.cues import cites_prior, cue_set, is_communication
from radcurate.language.observations import NONE, Observation
from radcurate.language.sentences import Span, sentences
from radcurate.records import Draft, Evidence, Refusal
from radcurate.tasks import report_scoring
from radcurate.tasks.doubts import DOUBTS, doubt
from radcurate.tasks.pool import Pool
from radcurate.tasks.report_reading import REFUSALS as READING_REFUSALS
from radcurate.tasks.report_reading import Reading, drawn_sections, read_whole
from radcurate.tasks.report_sections import REFUSALS as SECTION_REFUSALS
from radcurate.tasks.report_sections import holds_nothing, refusal_of_sections
from radcurate.tasks.report_support import is_supported
from radcurate.tasks.said_findings import is_chest
from radcurate.tasks.scoring import averages, rouge_l, same_words

ID = "impression.v2"
KINDS = ("report",)

INSTRUCTIONS = (
    "Write the impression of this radiology report from its findings.",
    "Summarise the findings below as the impression of the report.",
    "Given these findings, what is the radiologist's impression?",
    "Read the findings and give the concluding impression.",
    "State the impression that follows from these radiological findings.",
    "You are completing a radiology report. Write its impression section.",
)

# Of the reasons why a report cannot be read these two have their own here; two of the doubts, since an impression may
# offer alternatives.
REFUSALS = {
    **SECTION_REFUSALS,
    **{name: READING_REFUSALS[name] for name in READING_REFUSALS if name not in ("no_text", "holds_nothing")},
    "findings_hold_nothing": "the findings name no more than the views, or fewer than three words",
    "no_observation": "no finding, present or absent, is read in the findings",
    "redacted_modifier": DOUBTS["redacted_modifier"],
    "fragment": DOUBTS["fragment"],
    "impression_holds_nothing": "nothing remains of the impression without notifications and redaction marks",
    "refers_elsewhere": "the impression refers to what is said elsewhere ('as described above')",
}

# An impression may be two words long ("Normal chest"), but marks and numbers need a word or an abbreviation beside them
# ("XXXX at XXXX." holds nothing).
_WORD = re.compile(r"[A-Za-z]{3,}|[A-Z]{2,}")
# Marks where a word of meaning was, beside no finding: "no XXXX or acute finding", "this is XXXX postprocedural".
_HIDDEN = re.compile(
    r"\b(?:no|not|without|acute|is|are|was|most|with)\s+(?:XXXX|___)|(?:XXXX|___)\s+(?:of|represent\w*|related|change\w*|in)\b",
    re.IGNORECASE,
)
# The same of a change in the findings: "the lungs have XXXX XXXX in the interval".
_HIDDEN_CHANGE = re.compile(r"(?:XXXX|___)\s+(?:in\s+the\s+interval|since|change\w*)\b", re.IGNORECASE)
# The number of an item left within a sentence, which ran into the next one: "no acute disease 2. No nodules".
_STRAY_NUMBER = re.compile(r"(?<=[^\W\d_])\s+\(?[1-9][.)]\s+(?=[A-Z\d])")


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """One draft, or the reason why not."""
    yield _draft(document)


def _draft(document: Document) -> Draft | Refusal:
    reason = refusal_of_sections(document)
    if reason:
        return Refusal("impression", reason)
    if holds_nothing(document.text_of("findings")):
        return Refusal("impression", "findings_hold_nothing")
    reading = read_whole(document)
    if isinstance(reading, str):
        return Refusal("impression", reading)
    text = document.text_of("impression")
    kept = _joined(text, [span for span in sentences(text) if _belongs(text, span)])
    output = " ".join(text[start:end] for start, end in kept)
    given = [one for one in reading.observations if one.section == "findings"]
    told = [one for one in reading.observations if one.section == "impression" and _lies_in(one, kept)]
    if reason := _refusal(reading, output, given, told):
        return Refusal("impression", reason)
    shown = as_published(_shown(document))
    return Draft(
        slot="impression",
        input=shown,
        output=output,
        evidence=tuple(Evidence(document.document_id, "impression", start, end) for start, end in kept),
        rule="impression_section.v2",
        flags=tuple(_flags(shown, output, given, told)),
    )


def _refusal(reading: Reading, output: str, given: Sequence[Observation], told: Sequence[Observation]) -> str | None:
    """Why no impression can be learnt from what is observed in the findings (`given`) and in the target (`told`)."""
    if not output:
        return "impression_holds_nothing"
    if all(one.polarity == NONE for one in given):
        return "no_observation"
    if cue_set("elsewhere").occurs(output):
        return "refers_elsewhere"
    if _HIDDEN.search(output) or _HIDDEN_CHANGE.search(reading.document.text_of("findings")):
        return "redacted_modifier"
    if _STRAY_NUMBER.search(output):
        return "fragment"
    doubts = (doubt(reading, one) for one in (*given, *told))
    return next((reason for reason in doubts if reason in ("redacted_modifier", "fragment")), None)


def _flags(shown: str, output: str, given: Sequence[Observation], told: Sequence[Observation]) -> Iterator[str]:
    if not all(is_supported(one, given) for one in told):
        yield "not_in_input"
    if cites_prior(output):
        yield "cites_prior"
    if " ".join(output.lower().split()) in " ".join(shown.lower().split()):
        yield "answer_in_input"


def _shown(document: Document) -> Iterator[Section]:
    """The findings, what is drawn beside them, and never the impression."""
    names = drawn_sections(document, ID)
    return (section for section in document.sections if section.name in names and section.name != "impression")


def _lies_in(one: Observation, spans: Sequence[Span]) -> bool:
    return any(start <= one.start and one.end <= end for start, end in spans)


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
    """`rouge_l` and `exact`; of a chest report the values of `report_scoring.compared` too."""
    values = {
        "malformed": float(not answer.strip()),
        "rouge_l": rouge_l(record["output"], answer),
        "exact": same_words(record["output"], answer),
    }
    if is_chest(record):
        values |= report_scoring.compared(record["output"], answer, record["input"])
    return values


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The means of `rouge_l` and `exact`; of chest reports what `report_scoring.summarised` gives."""
    return {**averages(scores, ("rouge_l", "exact")), **report_scoring.summarised(scores)}
