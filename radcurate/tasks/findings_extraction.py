"""Task `findings_extraction`: from a report to what it says is there, is not there and may be there, with the place.

The answer has three lines, `present:`, `absent:` and `uncertain:`, each with findings parted by `; `, or `none`. A
finding is its name, before it the words to which a denial is limited (`large pleural effusion` where the report says
"no large effusion"), behind it in brackets side and places: `pleural effusion (left)`. What is said twice stands once,
as fully as it is said.

Present are abnormal findings, old ones too, states after an operation and devices; absent is what the report denies by
name ("no effusion", "clear of infiltrate", "no acute abnormality", a device removed); uncertain is what it hedges. What
the report only calls normal, clear or intact makes no finding, nor do indications, history, recommendations, other
examinations and flaws of the image. Size, severity, age and change are left out.

So that nothing is missing, a report makes a record only where every word of it is accounted for (`understood.py`) and
it is certain to which finding each place belongs.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from radcurate.documents import Document
from radcurate.language.observations import ABSENT, PRESENT, UNCERTAIN, Observation
from radcurate.language.relations import ancestors
from radcurate.records import Draft, Refusal
from radcurate.tasks.doubts import DOUBTS, doubt
from radcurate.tasks.finding_lines import NO_ACUTE, Item, item, read, side_of, written
from radcurate.tasks.pool import Pool
from radcurate.tasks.report_reading import MISSED, read_report
from radcurate.tasks.report_reading import REFUSALS as READING_REFUSALS
from radcurate.tasks.scoring import averages, micro_f1
from radcurate.tasks.understood import NOT_UNDERSTOOD, not_understood

ID = "findings_extraction.v3"
KINDS = ("report",)

_LEFT_OUT = "leave out what is only called normal or clear"
INSTRUCTIONS = (
    "List the findings and devices of this radiology report on three lines, present, absent (denied by name) and "
    f"uncertain, each with its place; {_LEFT_OUT}.",
    "Which findings and devices does the report say are present, deny by name, or leave uncertain? Answer on the lines "
    f"present, absent and uncertain, with places; {_LEFT_OUT}.",
    "Extract the findings from the report below: a line for those present (devices too), one for those denied, one for "
    f"those uncertain; {_LEFT_OUT}.",
    "Turn this report into structured findings (present:, absent:, uncertain:), parted by semicolons: what is there, "
    f"devices included, what is denied by name, what is hedged; {_LEFT_OUT}.",
    "Read the radiology report and give its positive findings and devices, those it denies by name and the uncertain "
    f"ones, one line of each; {_LEFT_OUT}.",
    "Sort what this report says into findings that are present (devices too), absent because they are denied, and "
    f"uncertain, with side and place in brackets; {_LEFT_OUT}.",
)

REFUSALS = {
    **READING_REFUSALS,
    **DOUBTS,
    **MISSED,
    **NOT_UNDERSTOOD,
    "certainty_differs": "a finding is called certain in one place and uncertain in another",
    "no_finding_named": "the report names no finding of the lexicon",
}

LINES = (PRESENT, ABSENT, UNCERTAIN)
UPPER_NORMAL = "heart size at the upper limits of normal"
RULE = "observations.v2"


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """One draft, or the reason why not."""
    yield _draft(document)


def _draft(document: Document) -> Draft | Refusal:
    reading = read_report(document, ID)
    if isinstance(reading, str):
        return Refusal("findings", reading)
    reason = next(filter(None, (doubt(reading, each) for each in reading.observations)), None)
    if reason:
        return Refusal("findings", reason)
    if reading.hides_device():
        return Refusal("findings", "redacted_modifier")
    if reading.missed():
        return Refusal("findings", "missed_finding")
    if any(one.change == "resolving" for one in reading.observations) and any(
        one.statement and one.finding == "consolidation" for one in reading.observations
    ):
        # "Clearing of the opacity. The lungs are now clear."
        return Refusal("findings", "contradiction")
    if why := not_understood(reading):
        return Refusal("findings", why)
    told = [each for each in reading.observations if _is_told(each)]
    if not told:
        return Refusal("findings", "no_finding_named")
    if certainty_differs(told):
        return Refusal("findings", "certainty_differs")
    lines = {name: [item(each) for each in told if each.polarity == name] for name in LINES}
    evidence = reading.sentences(told)
    if not all(lines.values()):
        evidence += tuple(piece for piece in reading.whole if piece not in evidence)
    return Draft("findings", reading.shown, written(lines), evidence, RULE)


def _is_told(one: Observation) -> bool:
    """Not what is only called normal, be it at its upper limit, nor a flaw of the image."""
    named = one.kind not in ("quality", "statement") and not one.statement and one.finding != UPPER_NORMAL
    return one.polarity in LINES and (named or one.finding == NO_ACUTE)


def certainty_differs(observations: Sequence[Observation]) -> bool:
    """True where one finding at one side is uncertain, and elsewhere present (it or a kind of it) or denied without
    limit."""
    sure = {
        (name, one.side)
        for one in observations
        if one.polarity != UNCERTAIN and not one.qualifier
        for name in (one.finding, *(ancestors(one.finding) if one.polarity == PRESENT else ()))
    }
    unsure = {(one.finding, one.side) for one in observations if one.polarity == UNCERTAIN}
    return any(
        finding == other and (side == another or None in (side, another))
        for finding, side in unsure
        for other, another in sure
    )


def score(record: Mapping[str, Any], answer: str) -> dict[str, float]:
    """Counts of items right (finding, line, limit, side and places), extra and missed; `side_errors` and
    `negation_errors`: items whose finding the reference has on another side, or on another line only."""
    wanted, given = read(record["output"], LINES), read(answer, LINES)
    assert wanted is not None
    right = {(line, one) for line, items in wanted.items() for one in items}
    said = {(line, one) for line, items in (given or {}).items() for one in items}
    extra = said - right
    return {
        "malformed": float(given is None),
        "exact": float(given == wanted),
        "true_positives": float(len(said & right)),
        "false_positives": float(len(extra)),
        "false_negatives": float(len(right - said)),
        "side_errors": float(sum(_side_error(one, wanted[line]) for line, one in extra)),
        "negation_errors": float(sum(_negation_error(line, one, wanted) for line, one in extra)),
    }


def _side_error(one: Item, wanted: set[Item]) -> bool:
    sides = {side_of(other) for other in wanted if other.finding == one.finding}
    return bool(sides) and side_of(one) not in sides


def _negation_error(line: str, one: Item, wanted: Mapping[str, set[Item]]) -> bool:
    lines = {name for name, items in wanted.items() if any(other.finding == one.finding for other in items)}
    return bool(lines) and line not in lines


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """`exact` as a mean, `micro_f1` over all items; `side_error_rate` and `negation_error_rate` are shares of the
    items said."""
    f1 = micro_f1(scores)
    said = sum(score["true_positives"] + score["false_positives"] for score in scores)
    rates = {
        f"{name}_error_rate": sum(score[f"{name}_errors"] for score in scores) / said if said else 0.0
        for name in ("side", "negation")
    }
    return {**averages(scores, ("exact",)), **({} if f1 is None else {"micro_f1": f1, **rates})}
