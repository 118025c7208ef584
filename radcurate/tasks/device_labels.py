"""Task `device_labels`: from a report to the tubes, lines and other devices that it says are in place.

The answer is a list of the lexicon's names in the order of the text, parted by `, `, or `none`. A device that was
removed, is historical or lies outside the body (ECG leads, pads, jewellery) is no answer; clips, wires, valves, cement,
electrodes and hardware are. Of a device and a kind of it that the report names the kind stays (`nasogastric tube`, not
`tube`). Uncertain ones stand in `uncertain`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from radcurate.documents import Document
from radcurate.language.lexicon import Lexicon
from radcurate.language.observations import PRESENT, UNCERTAIN, Observation
from radcurate.language.relations import ancestors
from radcurate.records import Draft, Refusal
from radcurate.tasks import label_answers
from radcurate.tasks.doubts import DOUBTS, doubt
from radcurate.tasks.label_answers import labels as labels
from radcurate.tasks.pool import Pool
from radcurate.tasks.report_reading import REFUSALS as READING_REFUSALS
from radcurate.tasks.report_reading import Reading, read_report

ID = "device_labels.v1"
KINDS = ("report",)

INSTRUCTIONS = (
    "Which tubes, lines and devices does this report say are in place? Answer with their names, or none.",
    "List the support and implanted devices present in this radiology report, separated by commas.",
    "Name every device that the report below describes in the patient now. Write none if there are none.",
    "Extract the tubes, lines, wires and implants in place from this report, in lower case and parted by commas.",
    "Read the report and say which devices are present; leave out what was removed or lies outside the body.",
    "Give the medical devices seen in this study as a comma-separated list, or none.",
)

REFUSALS = {
    **READING_REFUSALS,
    **DOUBTS,
    "missed_device": "a word that tells a device stands outside the devices that were read",
    "status_differs": "a device is in place in one sentence, and removed or outside the body in another",
}

# Letters of a place that its noun and adjective share (abdomen, abdominal).
_STEM = 5
# What becomes of a device that is in place.
IN_PLACE = ("present", "exchanged")


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """One draft, or the reason why not."""
    yield _draft(document)


def _draft(document: Document) -> Draft | Refusal:
    reading = read_report(document, ID)
    if isinstance(reading, str):
        return Refusal("devices", reading)
    devices = [each for each in reading.observations if each.kind == "device"]
    reason = next(filter(None, (doubt(reading, each) for each in devices)), None)
    if reason:
        return Refusal("devices", reason)
    if reading.hides_device():
        return Refusal("devices", "redacted_modifier")
    if reading.missed("devices"):
        return Refusal("devices", "missed_device")
    devices = [_as_written(reading, each) for each in devices]
    there = [each for each in devices if each.polarity == PRESENT and each.device_status in IN_PLACE]
    gone = {each.finding for each in devices if each.device_status not in IN_PLACE}
    if any(_is_one(each.finding, name) or _is_one(name, each.finding) for each in there for name in gone):
        return Refusal("devices", "status_differs")
    names = _narrowest(there)
    unsure = _narrowest(each for each in devices if each.polarity == UNCERTAIN and each.finding not in names)
    cited = reading.sentences(there)
    return Draft(
        slot="devices",
        input=reading.shown,
        output=label_answers.written(names),
        evidence=cited or reading.whole,
        rule="device_status.v1",
        uncertain=tuple(unsure),
    )


def _as_written(reading: Reading, one: Observation) -> Observation:
    """Clips whose sentence does not tell their place by the word of their name ("chest wall clips" may be axillary or
    of the breast) are surgical clips; leads that only the word names, in a report of a defibrillator, are its own."""
    if one.finding == "pacemaker leads":
        words = reading.document.text_of(str(one.section))[one.start : one.end].lower()
        others = {each.finding for each in reading.observations}
        own = "pac" not in words and "implantable cardioverter defibrillator" in others and "pacemaker" not in others
        return one._replace(finding="defibrillator leads") if own else one
    place, _, kind = one.finding.rpartition(" ")
    unsaid = kind == "clips" and place[:_STEM] not in reading.sentence(one).lower()
    return one._replace(finding="surgical clips") if unsaid else one


def _is_one(kind: str, name: str) -> bool:
    return kind == name or name in ancestors(kind)


def _narrowest(observations: Iterable[Observation]) -> list[str]:
    """The names, each once, without those of which a kind is named too."""
    named = dict.fromkeys(each.finding for each in observations)
    return [name for name in named if not any(name in ancestors(other) for other in named)]


def score(record: Mapping[str, Any], answer: str) -> dict[str, float]:
    """Counts of devices right, extra and missed, of each device too, and `exact`."""
    known = [name for name, finding in Lexicon.load().findings.items() if finding.is_device]
    return label_answers.score(record, answer, known)


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """`exact` as a mean, micro and macro F1 over devices (`none` is none), and the F1 of each."""
    return label_answers.summarise(scores)
