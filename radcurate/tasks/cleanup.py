"""Task `cleanup`: from a noisy report to the clean one.

The answer is the report's cleaned sections under their published headings, in their order, a blank line between. The
input is that text with noise put in, of the kinds that reports hold in life: commands of dictation, sentences and
sections said twice, line breaks in mid-sentence or none before a heading, signatures and marks of pages, blanks, stops
and capital letters damaged or lost, numbers of lists, and bare references to earlier studies. All of it can be undone
from the input alone, which is tried for every record, and no finding changes by it. `rule` names the kinds put in.
Redaction marks are kept where they stand, never filled; those of a signature leave with it. Who was told of a finding
stays, who signed leaves. What is said of a finding by comparison ("stable", "new") stays; a sentence or clause that
only names the earlier study leaves. A report that holds such noise of its own makes no record.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from radcurate.documents import REDACTION_MARKS, Document, as_published
from radcurate.language.labels import observed
from radcurate.language.observations import UNKNOWN
from radcurate.records import Draft, Evidence, Refusal
from radcurate.tasks.doubts import DOUBTS
from radcurate.tasks.noise_undone import Undone, found_headings, undone
from radcurate.tasks.pool import Pool
from radcurate.tasks.report_noise import noisy
from radcurate.tasks.report_reading import READ, read_report
from radcurate.tasks.report_reading import REFUSALS as READING_REFUSALS
from radcurate.tasks.said_findings import is_chest, said_findings
from radcurate.tasks.scoring import averages, micro_f1, rouge_l, set_counts

ID = "cleanup.v1"
KINDS = ("report",)

_NOISE = "spoken commands, repeats, signatures, list numbers, damaged lines and signs, bare mentions of earlier studies"
INSTRUCTIONS = (
    f"Clean up this radiology report: take out the noise ({_NOISE}) and keep all else to the letter.",
    f"The report below was damaged by dictation and copying ({_NOISE}). Give it as it was meant, section by section.",
    f"Undo the noise in this report and change nothing else; noise is {_NOISE}.",
    f"Rewrite this report without its noise: {_NOISE}. Do not add, drop or reword a finding, or fill redaction marks.",
    f"Restore the clean text of this report under its headings. What has to go: {_NOISE}.",
    f"Prepare this dictated report for the archive. Repair {_NOISE}; leave what it says of the images untouched.",
)

REFUSALS = {
    **READING_REFUSALS,
    "fragment": DOUBTS["fragment"],
    "sections_equal": "findings and impression are the same text, of which one may be a repeat",
    "unknown_heading": "a section has no heading, or one by which it cannot be told from the text around it",
    "noise_of_its_own": "the report itself holds what would be taken for noise",
    "no_noise": "no kind of noise that was drawn finds a place in the report",
    "not_undone": "the input alone does not tell what it was before the noise",
    "findings_differ": "what is observed in the noisy text differs from what is observed in the clean one",
}


# The number of a list that is left in mid-text: "metastases 2. Catheter in place".
_STRAY_NUMBER = re.compile(r"(?<=[a-z.;] )\(?[1-9][.)] +(?=[A-Z])")
# Noise that fails its checks is drawn again, so many times at most.
DRAWS = 4


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """One draft, or the reason why not."""
    yield _draft(document)


def _draft(document: Document) -> Draft | Refusal:
    reading = read_report(document, ID)
    if isinstance(reading, str):
        return Refusal("report", reading)
    if document.text_of("findings") == document.text_of("impression"):
        return Refusal("report", "sections_equal")
    if any(_is_fragment(document, name) for name in READ):
        return Refusal("report", "fragment")
    sections = [section for section in document.sections if section.text.strip()]
    if not all(_headings(f"{section.heading}: ") == [section.heading.lower()] for section in sections):
        return Refusal("report", "unknown_heading")
    clean = as_published(sections)
    if undone(clean).kinds or _STRAY_NUMBER.search(clean):
        return Refusal("report", "noise_of_its_own")
    wanted = said_findings(clean)
    reason = ""
    for draw in range(DRAWS):
        shown = noisy(sections, f"{ID} {document.document_id} {draw}")
        found = undone(shown)
        reason = _fault(found, clean, shown, wanted)
        if not reason:
            break
    if reason:
        return Refusal("report", reason)
    return Draft(
        slot="report",
        input=shown,
        output=clean,
        evidence=tuple(Evidence(document.document_id, section.name, 0, len(section.text)) for section in sections),
        rule=f"noise_undone.v1: {', '.join(found.kinds)}",
    )


def _fault(found: Undone, clean: str, shown: str, wanted: frozenset[str]) -> str:
    """Why a noisy text cannot be the input; empty where it can."""
    if not found.kinds:
        return "no_noise"
    if found.text != clean:
        return "not_undone"
    return "" if said_findings(shown) == wanted else "findings_differ"


def _is_fragment(document: Document, name: str) -> bool:
    """True where a finding is unreadable in a section, and no redaction mark is why."""
    text = document.text_of(name)
    for offset, one in observed(text, name):
        start, end = one.cue_span or one.sentence
        unreadable = text[offset + start : offset + end]
        if one.polarity == UNKNOWN and not any(mark in unreadable for mark in REDACTION_MARKS):
            return True
    return False


def score(record: Mapping[str, Any], answer: str) -> dict[str, float]:
    """`exact` (to the letter), `rouge_l`, `words_kept` (part of the reference's words), `noise_left` (part of the kinds
    put in that the answer still holds), and of chest reports counts of observations that the answer shares with the
    reference or not. An answer without the headings of the reference, in their order, is malformed and scores nothing.
    """
    wanted, given = record["output"], answer.strip()
    malformed = not given or _headings(given) != _headings(wanted)
    if malformed:
        given = ""
    put_in = undone(record["input"]).kinds
    left = set(undone(given).kinds) & set(put_in)
    return {
        "malformed": float(malformed),
        "exact": float(given == wanted),
        "rouge_l": rouge_l(wanted, given),
        "words_kept": _kept(wanted.split(), given.split()),
        "noise_left": len(left) / max(1, len(put_in)),
        **(set_counts(said_findings(wanted), said_findings(given)) if is_chest(record) else {}),
    }


def _headings(text: str) -> list[str]:
    return [(found["capitals"] or found["heading"]).lower() for found in found_headings(text)]


def _kept(wanted: Sequence[str], given: Sequence[str]) -> float:
    """The part of the wanted words that are given, each as often as it is wanted."""
    both = Counter(wanted) & Counter(given)
    return both.total() / len(wanted)


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The means, and `observation_f1`, micro F1 of observations over chest reports; absent where there are none."""
    means = averages(scores, ("exact", "rouge_l", "words_kept", "noise_left"))
    f1 = micro_f1([score for score in scores if "true_positives" in score])
    return means if f1 is None else {**means, "observation_f1": f1}
