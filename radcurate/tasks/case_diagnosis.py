"""Task `case_diagnosis`: from what a case shows, study by study, to its diagnosis and how certain it is.

The input is the patient's age and sex, the presentation and the findings of each study; never the title, the
discussion or the tags. The answer is the title as published and the published certainty: `Acute appendicitis
(diagnosis almost certain)`. Titles that are no diagnosis (normal studies, signs, numbers, devices) make no record.
`answer_in_input` marks a case whose presentation or findings already name the diagnosis.
"""

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from radcurate.documents import Document, Section
from radcurate.language.sentences import sentences
from radcurate.records import Draft, Evidence, Refusal
from radcurate.tasks.phrases import find, holds_all
from radcurate.tasks.pool import Pool
from radcurate.tasks.scoring import averages, rouge_l, same_words

ID = "case_diagnosis.v1"
KINDS = ("case",)

INSTRUCTIONS = (
    "What is the diagnosis of this case, and how certain is it?",
    "Read the presentation and the imaging findings and give the diagnosis with its certainty.",
    "Name the most likely diagnosis and say whether it is certain, almost certain, probable or possible.",
    "From these findings, state the diagnosis and how sure one can be of it.",
    "You are reporting this case. Give one diagnosis and its certainty.",
    "Which diagnosis fits this patient, and with what certainty?",
)

REFUSALS = {
    "no_title": "the case has no title",
    "no_certainty": "the case does not say how certain its diagnosis is, or not in a known word",
    "not_applicable": "a certainty does not apply to the case: it shows no disease",
    "title_is_no_diagnosis": "the title is a normal study, a sign, a number, a modality, a procedure or a device",
    "no_presentation": "the case has no presentation",
    "no_findings": "no study of the case has findings",
    "findings_hold_nothing": "the findings have fewer than six words",
}

CERTAINTIES = ("certain", "almost certain", "probable", "possible")
FEWEST_WORDS = 6
_PUBLISHED = re.compile(r"(?:diagnosis )?([a-z ]+)")
_ANSWER = re.compile(rf"(.*\S) \(diagnosis ({'|'.join(CERTAINTIES)})\)", re.IGNORECASE | re.DOTALL)


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """One draft, or the reason why not."""
    yield _draft(document)


def _draft(document: Document) -> Draft | Refusal:
    title, studies = document.title or "", findings(document)
    presentation, certainty = document.text_of("presentation").strip(), document.text_of("diagnostic_certainty")
    level = _PUBLISHED.fullmatch(" ".join(certainty.lower().split()))
    reason = None
    if not title:
        reason = "no_title"
    elif level and level[1] == "not applicable":
        reason = "not_applicable"
    elif not level or level[1] not in CERTAINTIES:
        reason = "no_certainty"
    elif is_no_diagnosis(title):
        reason = "title_is_no_diagnosis"
    elif not presentation:
        reason = "no_presentation"
    elif not studies:
        reason = "no_findings"
    elif sum(len(study.text.split()) for study in studies) < FEWEST_WORDS:
        reason = "findings_hold_nothing"
    if reason or not level:
        return Refusal("diagnosis", reason or "no_certainty")
    texts = [presentation, *(f"{study.heading}\n{study.text}" for study in studies)]
    evidence = [
        Evidence(document.document_id, "@title", 0, 0),
        Evidence(document.document_id, "diagnostic_certainty", 0, len(certainty)),
    ]
    if named := find(document.text_of("discussion"), title):
        evidence.append(Evidence(document.document_id, "discussion", *named))
    return Draft(
        slot="diagnosis",
        input="\n\n".join([*_patient(document), f"Presentation: {presentation}", *map(_study, studies)]),
        output=f"{title} (diagnosis {level[1]})",
        evidence=tuple(evidence),
        rule="published_diagnosis.v1",
        flags=("answer_in_input",) if any(names(text, title) for text in texts) else (),
    )


def findings(document: Document) -> list[Section]:
    """The sections of a case that hold the findings of a study."""
    return [one for one in document.sections if re.fullmatch(r"findings(?:_\d+)?", one.name) and one.text.strip()]


def is_no_diagnosis(title: str) -> bool:
    """True for `Normal chest radiograph`, `Case 2`, `Apple core sign`, `Pacemaker`."""
    return any(pattern.search(title) for pattern in _patterns("no_diagnosis", "patterns"))


def names(text: str, title: str) -> bool:
    """True where `text` names the diagnosis of `title`: whole, bare (`Ruptured renal angiomyolipoma`: angiomyolipoma),
    or with all its words in one sentence (`fracture of the lateral tibial plateau`)."""
    bare = bare_diagnosis(title)
    if any(find(text, phrase) for phrase in (title, bare, last_words(bare)) if phrase):
        return True
    return any(holds_all(text[start:end], bare) for start, end in sentences(text))


def bare_diagnosis(title: str) -> str:
    """The diagnosis without what came of it, where it sits and how it is."""
    bare = title
    for pattern in _patterns("bare", "after"):
        bare = pattern.sub("", bare, count=1) or bare
    while (shorter := _patterns("bare", "before")[0].sub("", bare, count=1)) != bare and shorter:
        bare = shorter
    return title if _patterns("bare", "too_bare")[0].fullmatch(bare) else bare


def last_words(bare: str) -> str | None:
    """The last word where it names a disease by itself, else two where the last is a kind of disease; or None."""
    *before, last = bare.split()
    if _patterns("bare", "too_bare")[0].fullmatch(last):
        return f"{before[-1]} {last}" if before else None
    return last if _patterns("bare", "telling")[0].fullmatch(last) else None


@functools.cache
def _patterns(table: str, name: str) -> list[re.Pattern[str]]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    start = "^" if name == "before" else ""
    return [re.compile(start + pattern, re.IGNORECASE) for pattern in data[table][name]]


def _patient(document: Document) -> list[str]:
    patient = document.patient
    known = [part.strip().lower() for part in (patient.age, patient.sex) if part and part.strip()] if patient else []
    return [f"Patient: {', '.join(known)}"] if known else []


def _study(study: Section) -> str:
    return f"{study.heading or study.modality or 'Findings'}: {study.text.strip()}"


def parse(answer: str) -> tuple[str, str] | None:
    """Diagnosis and certainty of an answer, in lower case; None for one of another form."""
    match = _ANSWER.fullmatch(answer.strip().removesuffix("."))
    return (match[1].lower(), match[2].lower()) if match else None


def score(record: Mapping[str, object], answer: str) -> dict[str, float]:
    """`diagnosis` (same words, case aside), `certainty` (same word), `exact` (both), `rouge_l` of the diagnosis."""
    wanted, given = parse(str(record["output"])), parse(answer)
    if not wanted or not given:
        return {"malformed": 1.0, "diagnosis": 0.0, "certainty": 0.0, "exact": 0.0, "rouge_l": 0.0}
    diagnosis, certainty = same_words(wanted[0], given[0]), float(wanted[1] == given[1])
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
