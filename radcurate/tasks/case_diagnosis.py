"""Task `case_diagnosis`: from what a case shows, study by study, to its diagnosis and how certain it is.

The input is the patient's age and sex as published, the presentation and the findings of each study; never the title,
the discussion or the tags. The answer is the title and the published certainty: `Acute appendicitis (diagnosis almost
certain)`. Words of a title on how well or on what the disease is shown (`— classic`, `(CT)`) are left out. Titles that
are no diagnosis (normal studies and variants, signs, numbers, anatomy, procedures, devices), that tell of a state after
treatment, or hold an abbreviation that nothing explains, make no record. `answer_in_input` marks a case whose
presentation or findings already name the diagnosis, in these words or in others.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from radcurate.documents import REDACTION_MARKS, Document, Section, as_published
from radcurate.language.foreign import is_foreign
from radcurate.records import Draft, Evidence, Refusal
from radcurate.tasks import case_titles
from radcurate.tasks.diagnosis_names import names
from radcurate.tasks.phrases import find, words_of
from radcurate.tasks.pool import Pool
from radcurate.tasks.scoring import averages, rouge_l

ID = "case_diagnosis.v2"
KINDS = ("case",)

INSTRUCTIONS = (
    "What is the diagnosis of this case, and how certain is it?",
    "Read the presentation and the imaging findings and give the diagnosis with its certainty.",
    "Name the most likely diagnosis and say whether it is certain, almost certain, probable or possible.",
    "From these findings, state the diagnosis and how sure one can be of it.",
    "You are reporting this case. Give one diagnosis and its certainty.",
    "Which diagnosis fits this patient, and with what certainty?",
)

# No small model reads more.
LONGEST = 20_000
FEWEST_WORDS = 6

REFUSALS = {
    **case_titles.REFUSALS,
    "no_certainty": "the case does not say how certain its diagnosis is, or not in a known word",
    "not_applicable": "a certainty does not apply to the case: it shows no disease",
    "no_presentation": "the case has no presentation",
    "no_findings": "no study of the case has findings",
    "findings_hold_nothing": f"the findings have fewer than {FEWEST_WORDS} words",
    "too_long": f"presentation and findings have more than {LONGEST:,} characters",
    "not_english": "presentation and findings are not in English",
    "redacted": "a mark stands where a word of the title was",
}

CERTAINTIES = ("certain", "almost certain", "probable", "possible")
_PUBLISHED = re.compile(r"(?:diagnosis )?([a-z ]+)")
_ANSWER = re.compile(rf"(.*\S) \(diagnosis ({'|'.join(CERTAINTIES)})\)", re.IGNORECASE | re.DOTALL)


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """One draft, or the reason why not."""
    level = _PUBLISHED.fullmatch(" ".join(document.text_of("diagnostic_certainty").lower().split()))
    certainty = level[1] if level else ""
    reason = _fault(document, certainty)
    yield Refusal("diagnosis", reason) if reason else _draft(document, certainty)


def _fault(document: Document, level: str) -> str | None:
    """Why the case makes no record, or None."""
    read = "\n".join([document.text_of("presentation"), *(study.text for study in findings(document))])
    if level == "not applicable":
        return "not_applicable"
    if len(read) > LONGEST:
        return "too_long"
    if fault := case_titles.fault_of(document.title, as_published(document.sections)):
        return fault
    if any(mark in str(document.title) for mark in REDACTION_MARKS):
        return "redacted"
    if level not in CERTAINTIES:
        return "no_certainty"
    if not document.text_of("presentation").strip():
        return "no_presentation"
    if not findings(document):
        return "no_findings"
    if sum(any(map(str.isalnum, word)) for study in findings(document) for word in study.text.split()) < FEWEST_WORDS:
        return "findings_hold_nothing"
    return "not_english" if is_foreign(read) else None


def _draft(document: Document, level: str) -> Draft:
    title, presentation = str(document.title), document.text_of("presentation").strip()
    published = document.text_of("diagnostic_certainty")
    diagnosis = case_titles.diagnosis_of(title)
    shown = [presentation, *(f"{study.heading}\n{study.text}" for study in findings(document))]
    evidence = [
        Evidence(document.document_id, "@title", 0, 0),
        Evidence(document.document_id, "diagnostic_certainty", 0, len(published)),
    ]
    if named := find(document.text_of("discussion"), diagnosis):
        evidence.append(Evidence(document.document_id, "discussion", *named))
    return Draft(
        slot="diagnosis",
        input="\n\n".join([*_patient(document), f"Presentation: {presentation}", *map(_study, findings(document))]),
        output=f"{diagnosis} (diagnosis {level})",
        evidence=tuple(evidence),
        rule="published_diagnosis.v2" if diagnosis == title else "published_diagnosis_bare.v2",
        flags=("answer_in_input",) if names(shown, diagnosis) else (),
    )


def findings(document: Document) -> list[Section]:
    """The sections of a case that hold the findings of a study."""
    return [one for one in document.sections if re.fullmatch(r"findings(?:_\d+)?", one.name) and one.text.strip()]


def _patient(document: Document) -> list[str]:
    patient = document.patient
    known = [part.strip() for part in (patient.age, patient.sex) if part and part.strip()] if patient else []
    return [f"Patient: {', '.join(known)}"] if known else []


def _study(study: Section) -> str:
    return f"{study.heading or study.modality or 'Findings'}: {study.text.strip()}"


def parse(answer: str) -> tuple[str, str] | None:
    """Diagnosis and certainty of an answer, in lower case; None for one of another form."""
    match = _ANSWER.fullmatch(answer.strip().removesuffix("."))
    return (match[1].lower(), match[2].lower()) if match else None


def score(record: Mapping[str, object], answer: str) -> dict[str, float]:
    """`diagnosis` (the same words, whatever their case, number, hyphens and spelling), `certainty` (the same word),
    `exact` (both), `rouge_l` of the diagnosis. An answer of another form is malformed and scores nothing."""
    wanted, given = parse(str(record["output"])), parse(answer)
    if not wanted or not given:
        return {"malformed": 1.0, "diagnosis": 0.0, "certainty": 0.0, "exact": 0.0, "rouge_l": 0.0}
    diagnosis = float(words_of(wanted[0]) == words_of(given[0]))
    certainty = float(wanted[1] == given[1])
    return {
        "malformed": 0.0,
        "diagnosis": diagnosis,
        "certainty": certainty,
        "exact": diagnosis * certainty,
        "rouge_l": rouge_l(wanted[0], given[0]),
    }


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The means of all values."""
    return averages(scores, ("diagnosis", "certainty", "exact", "rouge_l"))
