"""What has changed from one report of a patient to the next: the form of `change_summary` that shows both.

In: the reading of the later report, what its own words of change say, and the patient's report before it. Out: a draft
whose lines hold what the later report compares where the earlier one bears it out, and what one denies and the other
has; or a refusal: where the two differ, and where a finding is there and neither its words nor the earlier report tell
since when. What only the earlier report names is not listed.
"""

from collections.abc import Iterable, Iterator, Sequence

from radcurate.documents import Document
from radcurate.language.lexicon import Lexicon
from radcurate.language.observations import ABSENT, NONE, PRESENT, Observation
from radcurate.language.relations import ancestors
from radcurate.records import Draft, Evidence, Refusal
from radcurate.tasks.doubts import doubt
from radcurate.tasks.finding_lines import Item, item, side_of, written
from radcurate.tasks.report_reading import Reading, read_report

SLOT = "change_from_prior"
RULE = "both_reports.v1"

REFUSALS = {
    "no_prior": "the patient's report before this one is not among the documents",
    "prior_unreadable": "the report before it cannot be used itself, or a finding of it is in doubt",
    "prior_differs": "the earlier report does not have what is called unchanged, worse, better or gone, or has what is "
    "called new",
    "change_not_told": "a finding is there, and neither report tells since when",
}

Told = tuple[str, Item, Evidence]


def compared(
    later: Reading, told: Sequence[Told], prior: Document | None, task: str, lines: Sequence[str]
) -> Draft | Refusal:
    """The draft of both reports: `told` is what the later one says of change (line, finding, sentence)."""
    if prior is None:
        return Refusal(SLOT, "no_prior")
    earlier = read_report(prior, task)
    if isinstance(earlier, str) or any(doubt(earlier, each) for each in earlier.observations):
        return Refusal(SLOT, "prior_unreadable")
    if any(not _borne_out(line, one, earlier) for line, one, _ in told):
        return Refusal(SLOT, "prior_differs")
    untold = list(_untold(later, earlier, [one for _, one, _ in told]))
    if any(line is None for line, _ in untold):
        return Refusal(SLOT, "change_not_told")
    found = [(line, one) for line, one, _ in told] + [(line, item(each)) for line, each in untold]
    if not found:
        return Refusal(SLOT, "no_change")
    cited = [piece for _, _, piece in told]
    cited += later.sentences(each for _, each in untold)
    cited += earlier.sentences(each for _, one in found for each in _said(earlier, one))
    return Draft(
        slot=SLOT,
        input=f"Earlier report:\n{earlier.shown}\n\nLater report:\n{later.shown}",
        output=written({line: [one for name, one in found if name == line] for line in lines}),
        evidence=tuple(dict.fromkeys([*cited, *later.whole, *earlier.whole])),
        rule=RULE,
        others=(prior,),
    )


def _borne_out(line: str, one: Item, earlier: Reading) -> bool:
    """True where the earlier report lets the later one say so."""
    if one.finding not in Lexicon.load().findings:
        return True  # a stable silhouette: no finding, whose state nobody tells
    was = {_state(each) for each in _said(earlier, one)}
    return was <= {ABSENT} if line == "new" else PRESENT in was


def _untold(later: Reading, earlier: Reading, told: Iterable[Item]) -> Iterator[tuple[str | None, Observation]]:
    """The findings of the later report that its own words do not compare, with their line; None where nobody tells."""
    known = {one.finding for one in told}
    for each in later.observations:
        if each.finding in known or each.kind in ("statement", "quality") or each.polarity == NONE:
            continue
        was = {_state(other) for other in _said(earlier, item(each))}
        if each.polarity == ABSENT:
            if PRESENT in was and not each.qualifier:
                yield "resolved", each
        elif each.polarity == PRESENT and was == {ABSENT}:
            yield "new", each
        elif not each.statement:
            yield None, each


def _said(reading: Reading, one: Item) -> list[Observation]:
    """What a report says of a finding: present in it or in a kind of it, denied in it or in what it is a kind of."""
    return [
        each
        for each in reading.observations
        if each.polarity != NONE and _is_of(each, one.finding) and _sides_meet(each.side or "", side_of(one))
    ]


def _is_of(each: Observation, finding: str) -> bool:
    wider, narrower = ancestors(finding), ancestors(each.finding)
    if each.finding == finding:
        return True
    return each.finding in wider if each.polarity == ABSENT else finding in narrower


def _sides_meet(one: str, other: str) -> bool:
    return one == other or not one or not other or "bilateral" in (one, other)


def _state(each: Observation) -> str:
    """Its polarity; a denial with a limit denies nothing for certain."""
    return "limited" if each.polarity == ABSENT and each.qualifier else each.polarity
