"""How the claims of a premise bear on those of a hypothesis: same patient, same time, open world, in one direction.

In: the claims of two texts (`claims.py`). Out: a verdict (label and rule), or None where it cannot be told.
`verdicts.py` lists the rules, `same_finding.py` judges two claims on one finding.
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

from radcurate.language import relations
from radcurate.language.lexicon import Lexicon
from radcurate.language.observations import ABSENT, NONE, PRESENT, UNCERTAIN
from radcurate.language.wording import wording
from radcurate.tasks.claims import Claim, data, words_of
from radcurate.tasks.same_finding import against, asserted, denied, extra
from radcurate.tasks.verdicts import CONTRADICTION, ENTAILMENT, NEUTRAL, OTHER_FINDING, UNJUDGED, Verdict


class _Bond(NamedTuple):
    """What two findings are to each other; `implied`: the second is there where the first is."""

    implied: bool
    excluded: bool
    related: bool
    compatible: bool


@functools.lru_cache(maxsize=65536)
def _bond(one: str, other: str) -> _Bond:
    return _Bond(
        implied=other in relations.implied(one),
        excluded=relations.excludes(one, other),
        related=other in relations.family(one) or one in relations.family(other),
        compatible=relations.compatible(one, other),
    )


def infer(premise: Sequence[Claim], hypothesis: Sequence[Claim]) -> Verdict | None:
    """What the premise makes of the hypothesis as a whole."""
    verdicts = []
    for wanted in hypothesis:
        verdict = _from_all(premise, wanted)
        if verdict is None:
            return None
        verdicts.append(verdict)
    labels = {verdict.label for verdict in verdicts}
    if len(labels) == 1:
        return next((verdict for verdict in verdicts if verdict != OTHER_FINDING), verdicts[0])
    if labels == {ENTAILMENT, NEUTRAL}:
        return Verdict(NEUTRAL, "part")
    if labels == {NEUTRAL, CONTRADICTION} and all(
        verdict.label == CONTRADICTION or verdict == OTHER_FINDING for verdict in verdicts
    ):
        # One part is false, so the whole is.
        return next(verdict for verdict in verdicts if verdict.label == CONTRADICTION)
    return None


def _from_all(premise: Sequence[Claim], wanted: Claim) -> Verdict | None:
    """A claim that decides outweighs those that leave it open; one that cannot be judged makes all silent, and so does
    a premise that has a kind of the finding and denies the finding in part: "fissural fluid, no large effusion"."""
    if any(one.polarity == PRESENT and _is_kind(one, wanted) for one in premise) and any(
        one.polarity == ABSENT and one.finding == wanted.finding for one in premise
    ):
        return None
    verdicts = []
    for given in premise:
        verdict = _from_one(given, wanted)
        if verdict is None:
            return None
        verdicts.append(verdict)
    decided = [verdict for verdict in verdicts if verdict.label in (ENTAILMENT, CONTRADICTION)]
    if decided:
        return decided[0] if len({verdict.label for verdict in decided}) == 1 else None
    if UNJUDGED in verdicts:
        return None
    return next((verdict for verdict in verdicts if verdict != OTHER_FINDING), OTHER_FINDING)


def _is_kind(one: Claim, wanted: Claim) -> bool:
    return one.finding != wanted.finding and _bond(one.finding, wanted.finding).related


def _from_one(given: Claim, wanted: Claim) -> Verdict | None:
    if wanted.polarity == NONE or wanted.seen.cue in ("alternatives", "compatible"):
        return None
    if "statement" in (given.seen.kind, wanted.seen.kind):
        return _with_whole_statement(given, wanted)
    same = given.finding == wanted.finding
    child = _bond(given.finding, wanted.finding).implied
    parent = _bond(wanted.finding, given.finding).implied
    if not (same or child or parent):
        return _between(given, wanted)
    if not same and (given.statement or wanted.statement):
        return UNJUDGED
    if given.polarity == NONE:
        told = any(word in (given.away or "") for word in words_of("histories"))
        unclear = given.definite or given.seen.kind == "device" or (given.seen.cue == "historical" and not told)
        return (
            None
            if unclear or wanted.statement or wanted.polarity == UNCERTAIN
            else Verdict(NEUTRAL, "not_of_these_images")
        )
    if wanted.polarity == UNCERTAIN:
        alike = same and given.polarity == UNCERTAIN and given.seen.cue == wanted.seen.cue
        if alike and given.seen.cue != "alternatives":
            return Verdict(ENTAILMENT, "hedged_alike") if extra(given, wanted) == "nothing" else None
        return None
    if given.polarity == UNCERTAIN:
        if given.definite or given.change not in (None, "new") or wanted.statement:
            # "The effusion may have grown": there is one.
            return None
        return Verdict(NEUTRAL, "alternatives" if given.seen.cue == "alternatives" else "hedged")
    if given.is_hedged:
        return None
    if given.polarity == PRESENT and wanted.polarity == PRESENT:
        return Verdict(NEUTRAL, "narrower_kind") if parent else asserted(given, wanted, same)
    if given.polarity == ABSENT and wanted.polarity == ABSENT:
        return denied(given, wanted, same or parent)
    if given.polarity == ABSENT:
        return Verdict(NEUTRAL, "narrower_denial") if child else against(given, wanted)
    if parent:
        return Verdict(NEUTRAL, "narrower_denial")
    turned = against(wanted, given)
    if (
        turned
        and turned.label == NEUTRAL
        and (wanted.seen.qualifier and (given.size or given.severity or given.details))
    ):
        # "A small effusion" may well entail "no large effusion".
        return None
    if turned and turned.label == CONTRADICTION and given.change in ("decreased", "resolving") and wanted.change:
        return None
    if turned and turned.rule == "narrower_denial":
        return Verdict(NEUTRAL, "more_specific")
    return turned


def _with_whole_statement(given: Claim, wanted: Claim) -> Verdict | None:
    """ "Normal chest radiograph", "no acute cardiopulmonary abnormality"."""
    if given.seen.kind == wanted.seen.kind == "statement":
        same = given.finding == wanted.finding and _field(given) == _field(wanted)
        return Verdict(ENTAILMENT, "same_statement") if same else None
    whole, other = (given, wanted) if given.seen.kind == "statement" else (wanted, given)
    if other.polarity != PRESENT or other.is_hedged or not whole.statement:
        return None
    if whole.finding == "normal examination" and whole.statement.startswith("normal"):
        finding = Lexicon.load().findings[other.finding]
        if finding.kind in ("finding", "diagnosis") and finding.region in ("lung", "pleura"):
            return Verdict(CONTRADICTION, "normal_statement")
    if (
        whole.finding == "no acute cardiopulmonary abnormality"
        and other.finding in wording("acute")
        and other.change not in ("decreased", "resolving", "unchanged")
        and not other.details
    ):
        return Verdict(CONTRADICTION, "normal_statement")
    return None


def _field(claim: Claim) -> frozenset[str]:
    """The words of a statement but for those that mean the same."""
    same = {"abnormality", "abnormalities", "disease", "process", "processes", "finding", "findings", "pathology"}
    filler = {
        "no",
        "evidence",
        "of",
        "radiographic",
        "negative",
        "for",
        "visible",
        "the",
        "exam",
        "examination",
        "study",
    }
    return frozenset((claim.statement or "").replace("-", " ").split()) - same - filler


def _between(given: Claim, wanted: Claim) -> Verdict | None:
    """Two findings neither of which is a kind of the other."""
    one, other = given.finding, wanted.finding
    plain = given.polarity == wanted.polarity == PRESENT and not given.is_hedged and not wanted.is_hedged
    if _bond(one, other).excluded:
        return None
    if given.statement and _same_field(given, wanted):
        return UNJUDGED
    if wanted.statement and given.polarity != ABSENT and _same_field(wanted, given):
        return UNJUDGED
    bond = _bond(one, other)
    if bond.related and given.seen.cue == "alternatives" and not wanted.is_hedged and not wanted.statement:
        return Verdict(NEUTRAL, "alternatives")
    if bond.related or bond.compatible:
        kinds = given.seen.kind, wanted.seen.kind
        explained = kinds[0] != "diagnosis" and (kinds[1] == "diagnosis" or bond.compatible)
        caused = plain and other in data()["may_cause"].get(one, ())
        asserted = given.polarity in (PRESENT, UNCERTAIN) and wanted.polarity in (PRESENT, ABSENT)
        open_ = other not in words_of("vague") and not wanted.is_hedged and not wanted.statement
        return Verdict(NEUTRAL, "diagnosis") if asserted and open_ and (explained or caused) else UNJUDGED
    if {one, other} <= words_of("distinct"):
        return OTHER_FINDING
    if {one, other} & words_of("vague") or "quality" in (given.seen.kind, wanted.seen.kind):
        return UNJUDGED
    regions = {_region(given), _region(wanted)}
    if len(regions) == 2 and "any" not in regions and not regions & {"technique"}:
        # Words that share a head ("pleural effusion", "pericardial effusion") may have been told apart wrongly.
        return UNJUDGED if one.split()[-1] == other.split()[-1] else OTHER_FINDING
    return UNJUDGED


def _region(claim: Claim) -> str:
    return Lexicon.load().findings[claim.finding].region


def _same_field(statement: Claim, other: Claim) -> bool:
    """True where a statement that an organ is normal may bear on a finding of it."""
    regions = {_region(statement), _region(other)}
    return len(regions) == 1 or "any" in regions or (regions == {"lung", "pleura"} and other.polarity != ABSENT)
