"""Task `section_extraction`: from a whole report to one of its sections, word for word as it is printed there.

The first line of the input names the section. A report with findings and impression gives a record of each. What a
report does not have is answered `not stated`: four reports in ten are asked for such a section (half of them for one of
the others that they lack, half for findings or impression, which the input then leaves out), and so are four in ten of
those that have findings or impression alone. Two reports in ten are asked for another section that they do have, so
that the name of the section does not tell. About one answer in six is `not stated`; its evidence is every section
shown. Headings, layout and numbers of the input are those of `section_layout.py`.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from radcurate.documents import REDACTION_MARKS, REPORT_SECTIONS, Document
from radcurate.language.cues import has_inner_heading
from radcurate.records import Draft, Evidence, Refusal, choose
from radcurate.tasks.pool import Pool
from radcurate.tasks.report_reading import LONGEST, has_unknown_section, is_english
from radcurate.tasks.report_reading import REFUSALS as READING_REFUSALS
from radcurate.tasks.report_sections import REFUSALS as SECTION_REFUSALS
from radcurate.tasks.scoring import averages, micro_f1, rouge_l, same_words
from radcurate.tasks.section_layout import laid_out, printed

ID = "section_extraction.v3"
KINDS = ("report",)

WANTED = ("findings", "impression")
OTHERS = ("indication", "technique", "comparison", "addendum")
NOT_STATED = "not stated"
# A heading that lost its colon: "None Indication chest pain", "FINDINGS the lungs are clear".
_LOST_HEADING = re.compile(
    r"(?i:\bnone\b[.\s]+(?:indications?|findings|technique|history|impression)\b)"
    r"|\b(?:INDICATION|FINDINGS|IMPRESSION|TECHNIQUE|COMPARISON)\b"
)
# What a report is asked for besides findings and impression, by a lot of ten.
_LOTS = ("absent",) * 2 + ("left_out",) * 2 + ("other",) * 2 + ("",) * 4
_ASKED_OF_HALF_REPORTS = ("absent", "left_out")

# The wanted section stands on the first line of the input, so that wording and section are chosen apart.
INSTRUCTIONS = (
    "Copy the requested section of this radiology report word for word, or answer: not stated.",
    "Extract the section named below from the report, verbatim. If the report has no such section, write: not stated.",
    "Return only the text of the requested section of the report; where there is none, return: not stated.",
    "Find the section that is asked for and repeat it exactly as it is written (not stated, if it is missing).",
    "From the report below, quote the requested section in full. Say not stated where the report does not have it.",
    "Give the named section of this report without changing a word. For a section that is not there, give: not stated.",
)

REFUSALS = {
    **SECTION_REFUSALS,
    **{name: READING_REFUSALS[name] for name in ("unknown_section", "too_long", "not_english")},
    "no_text": "the report has neither findings nor an impression",
    "sections_equal": "findings and impression are the same text",
}


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """A draft for the findings and one for the impression, which need the other section beside them; for some reports
    one for a section that is missing, or for another that is there."""
    there = [name for name in REPORT_SECTIONS if document.text_of(name).strip()]
    reason = _refusal(document, there)
    lot = choose(_LOTS, f"{ID} asks {document.document_id}")
    if reason in ("no_findings", "no_impression") and lot in _ASKED_OF_HALF_REPORTS:
        for name in WANTED:
            yield Refusal(name, reason) if name in there else _not_stated(document, name, there, name)
        return
    for name in WANTED:
        yield Refusal(name, reason) if reason else _verbatim(document, name, there, name)
    if reason:
        return
    absent = [name for name in OTHERS if name not in there]
    once = [name for name in OTHERS if name in there and not document.section(f"{name}_2")]
    others = [name for name in once if _holds_words(document.text_of(name))]
    key = f"{ID} name {document.document_id}"
    if lot == "other" and others:
        yield _verbatim(document, choose(others, key), there, "other")
    elif lot == "absent" and absent:
        yield _not_stated(document, choose(absent, key), there, "not_stated")
    elif lot in ("absent", "left_out"):
        yield _not_stated(document, choose(WANTED, key), there, "not_stated")


def _refusal(document: Document, there: Collection[str]) -> str | None:
    """Why no section of a report can be asked for; the missing one of findings and impression comes last."""
    texts = [document.text_of(name) for name in there]
    if not any(name in there for name in WANTED):
        return "no_text"
    if any(document.section(f"{name}_2") for name in WANTED):
        return "section_repeated"
    if has_unknown_section(document):
        return "unknown_section"
    if sum(map(len, texts)) > LONGEST:
        return "too_long"
    if any(has_inner_heading(text) or _LOST_HEADING.search(text) for text in texts):
        return "inner_heading"
    if not is_english(texts):
        return "not_english"
    if document.text_of("findings") == document.text_of("impression"):
        return "sections_equal"
    return next((f"no_{name}" for name in WANTED if name not in there), None)


def _holds_words(text: str) -> bool:
    """False for marks of redaction alone."""
    for mark in REDACTION_MARKS:
        text = text.replace(mark, "")
    return any(character.isalpha() for character in text)


def _verbatim(document: Document, name: str, there: Collection[str], slot: str) -> Draft:
    texts, own = printed(document, there, ID), document.text_of(name)
    return Draft(
        slot=slot,
        input=_input(document, name, texts),
        output=texts[name],
        evidence=(Evidence(document.document_id, name, 0, len(own)),),
        rule="section_verbatim.v2" if texts[name] == own else "section_numbered.v1",
    )


def _not_stated(document: Document, name: str, there: Collection[str], slot: str) -> Draft:
    texts = printed(document, [other for other in there if other != name], ID)
    return Draft(
        slot=slot,
        input=_input(document, name, texts),
        output=NOT_STATED,
        evidence=tuple(Evidence(document.document_id, other, 0, len(document.text_of(other))) for other in texts),
        rule="section_missing.v1",
    )


def _input(document: Document, name: str, texts: Mapping[str, str]) -> str:
    return f"Section: {name}\n\n{laid_out(document, texts, ID)}"


def labels(output: str) -> list[str]:
    """`stated` or `not stated`: what the balance of a release is counted in."""
    return [NOT_STATED if output == NOT_STATED else "stated"]


_WORD = re.compile(r"[^\W_]+")


def score(record: Mapping[str, Any], answer: str) -> dict[str, float]:
    """`span_f1` over the words of the report that the answer covers, `exact` (spacing aside), `rouge_l`, and the counts
    of `not stated`. An answer that is neither `not stated` nor a piece of the report, case and stops aside, is
    `malformed` and has no span."""
    wanted, said = record["output"], " ".join(answer.lower().split()).strip(".\"' ")
    missing = wanted == NOT_STATED
    words = _words(record["input"].partition("\n\n")[2])
    given = [] if said == NOT_STATED else _places(words, _words(answer))
    return {
        "malformed": float(said != NOT_STATED and not given),
        "exact": float(said == NOT_STATED) if missing else same_words(wanted, answer),
        "rouge_l": rouge_l(wanted, answer),
        "span_f1": float(said == NOT_STATED) if missing else _overlap(_places(words, _words(wanted)), given),
        "true_positives": float(missing and said == NOT_STATED),
        "false_positives": float(not missing and said == NOT_STATED),
        "false_negatives": float(missing and said != NOT_STATED),
    }


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _places(words: Sequence[str], piece: Sequence[str]) -> list[range]:
    """Where `piece` stands in `words`."""
    size = len(piece)
    if not size:
        return []
    return [
        range(start, start + size)
        for start in range(len(words) - size + 1)
        if words[start] == piece[0] and words[start : start + size] == piece
    ]


def _overlap(wanted: Sequence[range], given: Sequence[range]) -> float:
    """The best F1 over words of a place of one and a place of the other; 0 where either has none."""
    return max(
        (
            2 * max(0, min(one.stop, other.stop) - max(one.start, other.start)) / (len(one) + len(other))
            for one in wanted
            for other in given
        ),
        default=0.0,
    )


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The means of `span_f1`, `exact` and `rouge_l`, and `not_stated_f1` where anything was not stated."""
    found = averages(scores, ("span_f1", "exact", "rouge_l"))
    f1 = micro_f1(scores)
    return found if f1 is None else {**found, "not_stated_f1": f1}
