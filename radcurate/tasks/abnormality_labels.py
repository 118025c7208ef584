"""Task `abnormality_labels`: from a report to those of the 14 CheXpert labels that it says are present.

The answer is a list of lower-case labels in the order of the set, parted by `, `; `none` where none of them is present
(it is neither `no finding` nor normal: a granuloma has no label and is a finding). `no finding` is said only where
nothing at all is there or in doubt: no device, scar, foreign body or state after an operation either. Labels that are
uncertain leave the answer and stand in `uncertain`. What counts as what is the CheXpert policy of
`language/lexicon/label_sets.toml`. A report that contradicts itself on a label, hides one behind a redaction mark, or
has words that nothing accounts for (`understood.py`), makes no record.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from radcurate.documents import Document
from radcurate.language.labels import PRESENT, UNCERTAIN, Labelled, label_texts, names_of
from radcurate.language.lexicon import Lexicon
from radcurate.language.observations import Observation
from radcurate.records import Draft, Refusal
from radcurate.tasks import label_answers
from radcurate.tasks.doubts import DOUBTS, doubt
from radcurate.tasks.label_answers import labels as labels
from radcurate.tasks.pool import Pool
from radcurate.tasks.report_reading import MISSED, Reading, read_report
from radcurate.tasks.report_reading import REFUSALS as READING_REFUSALS
from radcurate.tasks.understood import NOT_UNDERSTOOD, data, not_understood

ID = "abnormality_labels.v3"
KINDS = ("report",)
LABEL_SET = "chexpert"

INSTRUCTIONS = (
    "Which of the 14 CheXpert labels does this report say are present? Answer with their names, or none.",
    "Label this chest radiograph report with the CheXpert labels that are present, separated by commas.",
    "List the CheXpert observations that the report below calls present. Write none if there are none.",
    "Read the report and name every CheXpert label that applies for certain, in lower case and parted by commas.",
    "Assign the CheXpert labels that are positive in this report; leave out those that are negative or uncertain.",
    "Give the present abnormalities among the 14 CheXpert labels as a comma-separated list, or none.",
)

REFUSALS = {
    **READING_REFUSALS,
    **DOUBTS,
    **MISSED,
    **NOT_UNDERSTOOD,
    "label_unsure": "a finding is named of which readers do not agree whether it makes a label",
}
# Polarities of what may be there.
SAID = ("present", "uncertain")
NO_FINDING = "no finding"


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """One draft, or the reason why not."""
    yield _draft(document)


def _draft(document: Document) -> Draft | Refusal:
    reading = read_report(document, ID)
    if isinstance(reading, str):
        return Refusal("labels", reading)
    reason = next((why for each in reading.observations if _labelled(each) and (why := doubt(reading, each))), None)
    if reason:
        return Refusal("labels", reason)
    if reading.hides_device():
        return Refusal("labels", "redacted_modifier")
    if reading.missed():
        return Refusal("labels", "missed_finding")
    if why := not_understood(reading, places=False):
        return Refusal("labels", why)
    if any(one.finding in data()["unlabelled"] and one.polarity in SAID for one in reading.observations):
        return Refusal("labels", "label_unsure")
    if any(one.kind == "device" and one.cue == "alternatives" for one in reading.observations):
        return Refusal("labels", "label_unsure")  # "pacemaker/defibrillator": one of them is there for certain
    found = label_texts({name: document.text_of(name) for name in reading.sections}, LABEL_SET)
    if any(one.conflict for one in found.values()):
        return Refusal("labels", "contradiction")
    present = {name.lower(): one for name, one in found.items() if one.value == PRESENT}
    if any(one.polarity in SAID and one.kind not in ("quality", "statement") for one in reading.observations):
        present.pop(NO_FINDING, None)
    return Draft(
        slot="labels",
        input=reading.shown,
        output=label_answers.written(present),
        evidence=_evidence(reading, present),
        rule="chexpert_labels.v2",
        uncertain=tuple(name.lower() for name, one in found.items() if one.value == UNCERTAIN),
    )


def _labelled(one: Observation) -> bool:
    """True for an observation of a finding that stands for a label."""
    lexicon = Lexicon.load()
    finding = lexicon.findings.get(one.finding)
    return bool(finding and lexicon.labels(finding, LABEL_SET, one.region))


def _evidence(reading: Reading, present: Mapping[str, Labelled]) -> tuple[Any, ...]:
    """The sentences of the mentions that make the labels; everything read where a label, or none, has no mention."""
    spans = {
        (mention.part, mention.start)
        for one in present.values()
        for mention in one.evidence
        if mention.value == PRESENT
    }
    cited = reading.sentences(each for each in reading.observations if (each.section, each.start) in spans)
    unnamed = not present or any(not one.evidence for one in present.values())
    return (*cited, *(piece for piece in reading.whole if piece not in cited)) if unnamed else cited


def score(record: Mapping[str, Any], answer: str) -> dict[str, float]:
    """Counts of labels right, extra and missed, of each label too, and `exact`."""
    return label_answers.score(record, answer, [name.lower() for name in names_of(LABEL_SET)])


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """`exact` as a mean, micro and macro F1 over labels (`none` is none), and the F1 of each."""
    return label_answers.summarise(scores)
