"""Task `change_summary`: from a report that compares with an earlier study to what is new, worse, better, unchanged and
gone.

The answer has five lines, `new:`, `worse:`, `better:`, `unchanged:` and `resolved:`, each with findings parted by `; `
(side and places in brackets), or `none`. Only a word of change that is bound to its finding counts, and a
recommendation ("until resolved") compares nothing. A stable silhouette is unchanged under its own name, which says
nothing of its state. What is resolving is better, what has resolved is resolved; a report that says both is refused. Of
devices, a new one is new and a removed one resolved; one in unchanged position is unchanged.

Every word of a sentence that compares a finding is accounted for (`understood.py`), and where a word of change may be
hidden by a redaction mark or was bound to none, the report makes no record.

Where the source names the patient's report before, a second record shows both (`prior_reports.py`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from radcurate.documents import REDACTION_MARKS, Document
from radcurate.language.cues import cites_prior
from radcurate.language.observations import ABSENT, NONE, PRESENT, UNCERTAIN, Observation
from radcurate.language.sentences import Span, sentences
from radcurate.records import Draft, Evidence, Refusal
from radcurate.tasks.change_words import LINE_OF, lines_named, outlined, steady
from radcurate.tasks.doubts import DOUBTS, doubt
from radcurate.tasks.finding_lines import Item, item, read, side_of, written
from radcurate.tasks.pool import Pool
from radcurate.tasks.prior_reports import REFUSALS as PRIOR_REFUSALS
from radcurate.tasks.prior_reports import SLOT, Told, compared
from radcurate.tasks.report_reading import REFUSALS as READING_REFUSALS
from radcurate.tasks.report_reading import Reading, read_report
from radcurate.tasks.scoring import averages, label_counts, label_f1
from radcurate.tasks.understood import NOT_UNDERSTOOD, Sentence, read_sentences, unclear

ID = "change_summary.v3"
KINDS = ("report",)
READS_PRIORS = True

INSTRUCTIONS = (
    "Say what has changed since the earlier study: one line each for new, worse, better, unchanged and resolved.",
    "Which findings of this report are new, worse, better, unchanged or resolved? Answer on five lines.",
    "Summarise the interval change that this report describes (new:, worse:, better:, unchanged:, resolved:).",
    "Compare with the prior as the report does: list each finding that changed or did not under its kind of change.",
    "From the report below, give the findings by how they changed, with none where a line has no finding.",
    "Read the report and sort the findings that it compares into new, worse, better, unchanged and resolved.",
)

REFUSALS = {
    **READING_REFUSALS,
    **DOUBTS,
    **PRIOR_REFUSALS,
    **NOT_UNDERSTOOD,
    "no_change": "the report binds no word of change to a finding",
    "unbound_change": "a sentence compares with an earlier study, and no finding is bound to its word of change",
    "uncertain_change": "a finding whose change is told is itself uncertain",
    "no_comparison": "the report says that there is no earlier study to compare with",
    "changes_differ": "a finding changes in two ways, and no side tells them apart",
}

# Words that compare, with an earlier study or with another side.
_MORE = re.compile(r"\b(?:more|less|again|re-?demonstrated|interval)\b", re.IGNORECASE)
# What a report says under COMPARISON that has no earlier study.
_NO_COMPARISON = re.compile(
    r"\s*(?:none\b|n/?a\b|not available|unavailable|no (?:prior|previous|comparison|earlier)\b)", re.IGNORECASE
)
# "Heart size remains normal."
_REMAINS = re.compile(r"\bremain(?:s|ed)?\b", re.IGNORECASE)
LINES = ("new", "worse", "better", "unchanged", "resolved")


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """A draft of the report, and one of it and the one before it where it names one; or the reasons why not."""
    read = _read(document)
    if isinstance(read, str):
        yield from (Refusal(slot, read) for slot in ("change", *([SLOT] if document.prior else [])))
        return
    reading, told = read
    yield _draft(reading, told)
    if document.prior:
        yield compared(reading, told, pool.prior, ID, LINES)


def _read(document: Document) -> tuple[Reading, list[Told]] | str:
    """The report, and what its own words compare, sentence by sentence; or why that cannot be told."""
    reading = read_report(document, ID)
    if isinstance(reading, str):
        return reading
    if why := _unclear(reading):
        return why
    told: list[Told] = []
    for name in reading.sections:
        text = document.text_of(name)
        for span in sentences(text):
            found = _told(reading, name, text, span)
            if isinstance(found, str):
                return found
            told += [(line, one, Evidence(document.document_id, name, *span)) for line, one in found]
    if told and _NO_COMPARISON.match(document.text_of("comparison")):
        return "no_comparison"
    return "changes_differ" if _differ([(line, one) for line, one, _ in told]) else (reading, told)


def _draft(reading: Reading, told: Sequence[Told]) -> Draft | Refusal:
    if not told:
        return Refusal("change", "no_change")
    cited = tuple(dict.fromkeys(piece for _, _, piece in told))
    return Draft(
        slot="change",
        input=reading.shown,
        output=written({line: [one for name, one, _ in told if name == line] for line in LINES}),
        evidence=(*cited, *(piece for piece in reading.whole if piece not in cited)),
        rule="bound_change.v2",
    )


def _unclear(reading: Reading) -> str | None:
    """Why a word of change may be hidden, unread, or said of more than one thing."""
    told = list(read_sentences(reading))
    if any(map(_may_hide_new, told)):
        return "redacted_modifier"
    if any(map(_unread, told)):
        return "unbound_change"
    if any(one.change == "resolving" for one in reading.observations) and any(
        one.statement and one.finding == "consolidation" for one in reading.observations
    ):
        # "Clearing of the opacity. The lungs are now clear."
        return "changes_differ"
    return next(filter(None, (unclear(each) for each in told if _compares(each))), None)


def _may_hide_new(sentence: Sentence) -> bool:
    """True where a redaction mark stands in a sentence with a finding that is there: it may have been "new"."""
    there = any(one.polarity not in (ABSENT, NONE) and one.kind != "quality" for one in sentence.observations)
    return there and any(mark in sentence.words for mark in REDACTION_MARKS)


def _compares(sentence: Sentence) -> bool:
    """True where a finding is compared, so that every word matters."""
    return cites_prior(sentence.words) and any(not one.statement for one in sentence.observations)


def _unread(sentence: Sentence) -> bool:
    """True where a finding is worse or better by a word that was bound to none ("slightly more prominent")."""
    there = any(one.polarity in (PRESENT, UNCERTAIN) and one.kind != "quality" for one in sentence.observations)
    if _REMAINS.search(sentence.words) and any(one.statement for one in sentence.observations):
        return True
    lines = lines_named(sentence.text, sentence.span, [])
    unbound = not cites_prior(sentence.words) or any(
        one.change is None for one in sentence.observations if one.polarity in (PRESENT, UNCERTAIN)
    )
    return there and unbound and bool(lines & {"new", "worse", "better"} or _MORE.search(sentence.words))


def _told(reading: Reading, name: str, text: str, span: Span) -> list[tuple[str, Item]] | str:
    """What one sentence says has changed, with its line; or why it cannot be told."""
    words = text[span[0] : span[1]]
    if not cites_prior(words):
        return []
    here = [each for each in reading.observations if (each.section, each.sentence) == (name, span)]
    if not here:
        what = steady(words)
        return [("unchanged", Item(what))] if what else "unbound_change"
    if reason := next(filter(None, (doubt(reading, each) for each in here)), None):
        return reason
    if any(each.change and each.polarity == UNCERTAIN for each in here):
        return "uncertain_change"
    bound = [(line, each) for each in here if (line := line_of(each))]
    if not bound:
        # "No new effusion", "stable postoperative film without effusion": what compares is denied or not read.
        return "unbound_change" if any(each.polarity != ABSENT for each in here) or _is_steady(words) else []
    if any(each.polarity in (PRESENT, UNCERTAIN) and line_of(each) is None for each in here):
        return "unbound_change"
    if _beside_mark(text, [each for _, each in bound]):
        return "redacted_modifier"
    names = [(each.start, each.end) for each in here]
    if lines_named(text, span, names) - {line for line, _ in bound} or outlined(text, span, names):
        return "unbound_change"
    return [(line, item(each)) for line, each in bound]


def line_of(one: Observation) -> str | None:
    """The line of a finding, by its word of change; None where it does not compare."""
    if one.kind in ("statement", "quality") or one.statement:
        return None
    if one.polarity == ABSENT:
        return "resolved" if one.change == "resolved" or one.device_status == "removed" else None
    if one.polarity != PRESENT or one.change is None:
        return None
    return LINE_OF.get(one.change)


def _is_steady(words: str) -> bool:
    """True for words of no change before what is denied."""
    return "unchanged" in lines_named(words, (0, len(words)), ())


def _beside_mark(text: str, observations: Sequence[Observation]) -> bool:
    """True where a redaction mark stands next to the name of a finding and may be a part of it."""
    return any(
        text[: one.start].rstrip().endswith(REDACTION_MARKS) or text[one.end :].lstrip().startswith(REDACTION_MARKS)
        for one in observations
    )


def _differ(told: Sequence[tuple[str, Item]]) -> bool:
    """True where one finding stands on two lines at one side."""
    return any(
        one.finding == other.finding
        and line != another
        and (side_of(one) == side_of(other) or "" in (side_of(one), side_of(other)))
        for number, (line, one) in enumerate(told)
        for another, other in told[number + 1 :]
    )


def score(record: Mapping[str, Any], answer: str) -> dict[str, float]:
    """Counts of findings on the right line and not, of each line too; `exact`."""
    wanted, given = read(record["output"], LINES), read(answer, LINES)
    assert wanted is not None
    counts = label_counts(_named(wanted), _named(given or {}))
    return {
        "malformed": float(given is None),
        "exact": float(given == wanted),
        **{name: value for name, value in counts.items() if "/" not in name},
        **_by_line(counts),
    }


def _named(lines: Mapping[str, set[Any]]) -> list[str]:
    return [f"{line}: {one}" for line, items in lines.items() for one in items]


def _by_line(counts: Mapping[str, float]) -> dict[str, float]:
    """Hits, extras and misses of single findings summed over each line."""
    summed: dict[str, float] = {}
    for key, value in counts.items():
        kind, _, name = key.partition("/")
        if name:
            line = f"{kind}/{name.partition(':')[0]}"
            summed[line] = summed.get(line, 0.0) + value
    return summed


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """`exact` as a mean; micro F1 over findings, macro F1 over the five lines, and the F1 of each."""
    return {**averages(scores, ("exact",)), **label_f1(scores)}


def labels(output: str) -> list[str]:
    """The lines that hold a finding: what the balance of a release is counted in."""
    found = read(output, LINES) or {}
    return [line for line, items in found.items() if items]
