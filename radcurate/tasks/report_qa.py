"""Task `report_qa`: from a report and a question to its answer in the words of the report.

The input is the line `Question: …` and the report. Is there a finding, at a side, a device in place, a change? The
answer is `yes`, `no`, `maybe` or `not stated` on the first line, and on the second the sentence that says so (none
after `not stated`). Where is it, how large is it? The answer is the words of the report alone. "No" needs a denial of
that finding and side in its own words ("no large effusion", "heart size is normal" and a granuloma are no answer to
effusion, cardiomegaly and nodule); of two opposite changes the one told denies the other.

Questions are drawn by the hash of report and question, each answer with the share of `report_qa_shares.tsv`, so that
the answers to a question come about equally often, and the question alone tells little.
"""

import functools
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from radcurate.documents import Document
from radcurate.language.observations import PRESENT
from radcurate.records import Draft, Evidence, Refusal, choose
from radcurate.tasks.doubts import DOUBTS
from radcurate.tasks.finding_lines import item
from radcurate.tasks.pool import Pool
from radcurate.tasks.report_answers import (
    ANSWERS,
    NOT_STATED,
    YES,
    Answered,
    answered,
    asked,
    changed,
    place_words,
    size_words,
)
from radcurate.tasks.report_answers import REFUSALS as ANSWER_REFUSALS
from radcurate.tasks.report_reading import REFUSALS as READING_REFUSALS
from radcurate.tasks.report_reading import Reading, read_report
from radcurate.tasks.scoring import averages, rouge_l, same_words

ID = "report_qa.v2"
KINDS = ("report",)

_FORM = "yes, no, maybe or not stated, with the sentence that says so on the next line"
INSTRUCTIONS = (
    f"Answer the question from this radiology report: {_FORM}; or, if it asks where or how large, in its words.",
    f"Read the report and answer: {_FORM}. Where a place or a size is asked for, quote it.",
    f"What does the report say? Reply {_FORM}; quote the place or the size if that is the question.",
    f"Use only the report below. Answer with {_FORM}. Answer where and how large with the report's own words.",
    f"Reply to the question on this report with {_FORM}, or with the words for the place or size it asks for.",
    f"The question is about one radiology report. Give {_FORM}; for a place or size give just those words.",
)

REFUSALS = {
    **READING_REFUSALS,
    **DOUBTS,
    **ANSWER_REFUSALS,
    "no_question": "no question was drawn that the report could answer",
}

# How it is asked; {} is the finding.
PRESENCE = ("Is there evidence of {}?", "Does the report describe {}?", "Do these images show {}?")
DEVICE = ("Does the report describe {} in place?", "According to the report, is there {} in place?")
CHANGES = {
    "new": "Is {} described as new?",
    "increased": "Is {} described as increased or worse?",
    "decreased": "Is {} described as decreased or better?",
    "unchanged": "Is {} described as unchanged?",
}
# Of one report: one that says little would else answer everything so.
MOST_NOT_STATED = 3
# Part of the refused questions that are told, so that the audit of a release stays readable.
REFUSALS_TOLD = 0.25
# How the names of more than one thing end.
_MANY = ("clips", "wires", "leads", "volumes", "opacities", "nodules", "nodes", "lines", "plates", "anchors")
SPAN_RULES = ("place_span.v2", "size_span.v2")


class Question(NamedTuple):
    """A question to a report: its `key` in the table of shares, the slot, its words, by which rule it is answered, and
    whether the report names what it asks about; `made` finds the answer, or why there is none."""

    key: str
    slot: str
    text: str
    rule: str
    named: bool
    made: Callable[[], Answered | Evidence | str]


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """A draft or a refusal for every question drawn."""
    reading = read_report(document, ID)
    if isinstance(reading, str):
        yield Refusal("questions", reading)
        return
    drawn: list[tuple[Question, Answered | Evidence | str]] = []
    for place, question in sorted(((_place(document, each), each) for each in questions(reading)), key=itemgetter(0)):
        made = _drawn(place, question)
        unsaid = sum(isinstance(other, Answered) and other.one is None for _, other in drawn)
        if made is not None and not (isinstance(made, Answered) and made.one is None and unsaid == MOST_NOT_STATED):
            drawn.append((question, made))
    if not drawn:
        yield Refusal("questions", "no_question")
    for question, made in drawn:
        yield Refusal(question.slot, made) if isinstance(made, str) else _draft(reading, question, made)


def _place(document: Document, question: Question) -> float:
    """Where the hash of report and question puts it, from 0 to 1: the questions of a report are drawn in this order."""
    digest = hashlib.sha256(f"{ID} {document.document_id} {question.slot}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _drawn(place: float, question: Question) -> Answered | Evidence | str | None:
    """The answer where the place of the question falls into its share, else None; of refusals, which are many, a part
    of the share of the most frequent answer is told."""
    shares = _shares().get(question.key, {})
    refused = min(filter(None, shares.values()), default=0.0) * REFUSALS_TOLD
    if place >= (max(shares.values(), default=0.0) if question.named else max(shares.get(NOT_STATED, 0.0), refused)):
        return None
    made = question.made()
    share = refused if isinstance(made, str) else shares[made.answer if isinstance(made, Answered) else YES]
    return made if place < share else None


def _draft(reading: Reading, question: Question, made: Answered | Evidence) -> Draft:
    evidence: tuple[Evidence, ...]
    if isinstance(made, Evidence):
        output, evidence = reading.document.text_of(made.section)[made.start : made.end], (made,)
    elif made.one:
        output, evidence = (
            f"{made.answer}\n{' '.join(reading.sentence(made.one).split())}",
            reading.sentences([made.one]),
        )
    else:
        output, evidence = NOT_STATED, reading.whole
    return Draft(question.slot, f"Question: {question.text}\n\n{reading.shown}", output, evidence, question.rule)


def questions(reading: Reading) -> Iterator[Question]:
    """Every question that could be put to a report."""
    name = reading.document.document_id
    named = {one.finding for one in reading.observations}
    for area, findings in asked()["areas"].items():
        for finding in findings:
            wordings = PRESENCE if area != "devices" else DEVICE[:1] if finding.endswith(_MANY) else DEVICE
            text = choose(wordings, f"{name} {finding} wording").format(_named(finding, area))
            made = functools.partial(answered, reading, finding)
            yield Question(finding, f"is:{finding}", text, "presence.v2", finding in named, made)
            if finding in asked()["lists"]["sided"]:
                side = choose(("right", "left"), f"{name} {finding} side")
                text = choose(PRESENCE, f"{name} {finding} side wording").format(f"{side} {finding}")
                made = functools.partial(answered, reading, finding, side)
                key, slot = f"sided {finding}", f"is:{side} {finding}"
                yield Question(key, slot, text, "presence_at_side.v2", finding in named, made)
    present = [one for one in reading.observations if one.polarity == PRESENT and one.kind in ("finding", "diagnosis")]
    for finding in dict.fromkeys(one.finding for one in present):
        own = [one for one in reading.observations if one.finding == finding]
        change = choose(tuple(CHANGES), f"{name} {finding} change")
        text, told = CHANGES[change].format(finding), functools.partial(changed, reading, own, change)
        yield Question(f"change {change}", f"change:{finding}", text, "change.v1", True, told)
        if any(item(one).places for one in own):
            where = functools.partial(place_words, reading, own)
            text = f"Where {_is(finding)} the {finding}?"
            yield Question("where", f"where:{finding}", text, "place_span.v2", True, where)
        if any(one.size and one.size[0].isdigit() for one in own):
            size = functools.partial(size_words, reading, own)
            text = f"How large {_is(finding)} the {finding}?"
            yield Question("size", f"size:{finding}", text, "size_span.v2", True, size)


def _is(finding: str) -> str:
    """The verb of a finding: some are many."""
    return "are" if finding.endswith(_MANY) else "is"


def _named(finding: str, area: str) -> str:
    """The finding as a question names it: a device with its article."""
    if area != "devices" or finding.endswith(_MANY):
        return finding
    return f"{'an' if finding[0] in 'aeiou' else 'a'} {finding}"


@functools.cache
def _shares() -> Mapping[str, Mapping[str, float]]:
    """The share in which each answer to a question is kept."""
    rows = Path(__file__).with_name("report_qa_shares.tsv").read_text(encoding="utf-8").splitlines()
    return {
        key: dict(zip(ANSWERS, map(float, shares), strict=True))
        for key, *shares in (row.split("\t") for row in rows if row and not row.startswith("#"))
    }


def labels(output: str) -> list[str]:
    """The answer, `span` for the words of a report: what the balance of a release is counted in."""
    first = output.partition("\n")[0]
    return [first if first in ANSWERS else "span"]


def score(record: Mapping[str, Any], answer: str) -> dict[str, float]:
    """Of a closed question: whether the first line is the right answer (`accuracy`), and the overlap of the sentence;
    of a span: its F1 over words. `exact` of both."""
    first, _, quoted = answer.strip().partition("\n")
    given = first.strip().lower().rstrip(".")
    if record["rule"] in SPAN_RULES:
        return {
            "malformed": float(not answer.strip()),
            "exact": same_words(record["output"].lower(), answer.lower()),
            "span_f1": rouge_l(record["output"], answer),
        }
    wanted, _, sentence = record["output"].partition("\n")
    right = given == wanted
    counted = {f"hit/{wanted}": 1.0} if right else {f"missed/{wanted}": 1.0}
    if not right and given in ANSWERS:
        counted[f"extra/{given}"] = 1.0
    return {
        "malformed": float(given not in ANSWERS),
        "exact": float(right and same_words(sentence, quoted)),
        "accuracy": float(right),
        "sentence_f1": float(right) if not sentence else rouge_l(sentence, quoted),
        **counted,
    }


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """`exact` over all; accuracy, macro F1 over the four answers and `sentence_f1` over closed questions; `span_f1`
    over the others."""
    closed = [one for one in scores if "accuracy" in one]
    spans = [one for one in scores if "span_f1" in one]
    summary = averages(scores, ("exact",))
    if closed:
        summary |= {name: sum(one[name] for one in closed) / len(closed) for name in ("accuracy", "sentence_f1")}
        summary["macro_f1"] = _macro_f1(closed)
    if spans:
        summary["span_f1"] = sum(one["span_f1"] for one in spans) / len(spans)
    return summary


def _macro_f1(scores: Sequence[Mapping[str, float]]) -> float:
    """The mean F1 of the answers that are in a reference or were given."""
    each = []
    for name in ANSWERS:
        hit, extra, missed = (
            sum(one.get(f"{kind}/{name}", 0.0) for one in scores) for kind in ("hit", "extra", "missed")
        )
        if hit + extra + missed:
            each.append(2 * hit / (2 * hit + extra + missed))
    return sum(each) / len(each)
