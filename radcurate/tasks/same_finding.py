"""Two claims on the same finding, or on one and a kind of it: places, sizes, change and qualifiers decide.

In: a claim of the premise and one of the hypothesis. Out: a verdict, or None where it cannot be told.
"""

from radcurate.tasks.claims import Claim, canonical, data, words_of
from radcurate.tasks.verdicts import CONTRADICTION, ENTAILMENT, NEUTRAL, Verdict


def asserted(given: Claim, wanted: Claim, same: bool) -> Verdict | None:
    """Both are there; the hypothesis names the same or a broader finding."""
    if {given.side, wanted.side} == {"right", "left"}:
        # "An isolated right effusion" says something of the left.
        exclusive = {"single", "unilateral"} & (given.details | wanted.details)
        return None if exclusive else Verdict(NEUTRAL, "other_side")
    if given.seen.device_status != wanted.seen.device_status or wanted.is_hedged:
        return None
    if "unilateral" in given.details | wanted.details:
        return None
    place = _within(given, wanted)
    if place == "unclear":
        return None
    if place == "elsewhere":
        return None if "single" in given.details else Verdict(NEUTRAL, "other_place")
    if any("chronic" in one.details and other.change for one, other in ((given, wanted), (wanted, given))):
        return None
    alike = same and given.side == wanted.side and given.places == wanted.places
    if given.change and wanted.change and given.change != wanted.change:
        opposed = sorted((given.change, wanted.change)) in [sorted(pair) for pair in data()["opposed_changes"]]
        return Verdict(CONTRADICTION, "opposite_change") if opposed and alike and not wanted.details else None
    ours, theirs = _step(given), _step(wanted)
    if theirs is not None and ours is not None and ours != theirs:
        one = given.finding in words_of("one_a_person") or (given.finding in words_of("one_a_side") and given.side)
        far = isinstance(ours, int) and isinstance(theirs, int) and abs(ours - theirs) > 1
        return Verdict(CONTRADICTION, "opposite_size") if one and far and alike else None
    if (given.size, given.severity) != (wanted.size, wanted.severity) and ours is not None and theirs is not None:
        return None
    more = extra(given, wanted)
    if more == "unclear":
        return None
    if more == "something":
        return Verdict(NEUTRAL, "more_specific")
    exact = alike and given.details == wanted.details and ours == theirs and given.change == wanted.change
    return Verdict(ENTAILMENT, "same_finding" if exact else "broader")


def extra(given: Claim, wanted: Claim) -> str:
    """Whether the hypothesis says `something` more of the finding, `nothing`, or what is `unclear`."""
    details = wanted.details - given.details
    if wanted.plural and not given.plural and wanted.side != "bilateral" and given.side != "bilateral":
        return "unclear"
    if details and given.details:
        return "unclear"
    if wanted.side and given.side not in (wanted.side, "bilateral"):
        return "something" if given.side is None or wanted.side == "bilateral" else "unclear"
    if _within(given, wanted) == "narrower":
        return "something"
    if (wanted.change and not given.change) or (_step(wanted) is not None and _step(given) is None) or details:
        return "something"
    return "nothing"


def _within(given: Claim, wanted: Claim) -> str:
    """Where the premise's place lies: `inside` the hypothesis's, it is `narrower`, it is `elsewhere`, or `unclear`."""
    if wanted.places <= given.places or not wanted.places:
        return "inside"
    if not given.places:
        return "narrower"
    heights = data()["height"]
    ours, theirs = ({heights.get(name) for name in claim.places} for claim in (given, wanted))
    if len(ours) == len(theirs) == 1 and None not in ours | theirs and ours != theirs:
        return "elsewhere"
    return "unclear"


def _step(claim: Claim) -> int | str | None:
    """A step of size or severity, or a measure as written."""
    said = claim.size or claim.severity
    return data()["steps"].get(said, said) if said else None


def denied(given: Claim, wanted: Claim, covers: bool) -> Verdict | None:
    """Both are denied; `covers`: the premise denies the same finding or a broader one."""
    if wanted.change and wanted.change != given.change:
        return None
    if "removed" in (given.seen.device_status, wanted.seen.device_status):
        same = given.seen.device_status == wanted.seen.device_status and given.side == wanted.side
        return Verdict(ENTAILMENT, "same_finding") if same and given.finding == wanted.finding else None
    if given.side == "bilateral" or wanted.side == "bilateral":
        return None
    if {given.side, wanted.side} == {"right", "left"}:
        return Verdict(NEUTRAL, "other_side")
    if wanted.statement:
        if not given.statement or given.finding != wanted.finding:
            return None
        return Verdict(ENTAILMENT, "same_statement") if _organ(given) == _organ(wanted) else None
    if not covers:
        return Verdict(NEUTRAL, "narrower_denial") if not given.statement else None
    if given.statement and given.finding != wanted.finding:
        return None
    ours, theirs = _qualifiers(given), _qualifiers(wanted)
    if not ours <= theirs:
        if theirs or ours & words_of("weak_qualifiers"):
            return None
        return Verdict(NEUTRAL, "qualified_denial")
    if given.side and not wanted.side and given.statement:
        return None
    if given.side and not wanted.side:
        return Verdict(NEUTRAL, "narrower_denial")
    if given.places and not wanted.places and not given.statement:
        return Verdict(NEUTRAL, "narrower_denial") if _known(given) else None
    if given.places and not given.statement and given.places != wanted.places:
        return None
    exact = given.finding == wanted.finding and ours == theirs and given.side == wanted.side
    return Verdict(ENTAILMENT, "same_denial" if exact and given.places == wanted.places else "wider_denial")


def _known(claim: Claim) -> bool:
    """True for places of the lung; any other may have been carried on from a finding before it in the list."""
    return claim.places <= set(data()["height"])


def _organ(claim: Claim) -> frozenset[str]:
    """The words of a statement of normality that name what is normal."""
    words = frozenset((claim.statement or "").split()) & words_of("organs")
    return frozenset("heart" if word == "cardiac" else word for word in words)


def _qualifiers(claim: Claim) -> frozenset[str]:
    said = (claim.seen.qualifier or "").split()
    more = (word for word in (claim.size, claim.severity) if word)
    return frozenset(canonical(word) for word in said) | claim.details | frozenset(more)


def against(denial: Claim, assertion: Claim) -> Verdict | None:
    """What a denial makes of the assertion of the same finding, or of a kind of it."""
    if assertion.is_hedged:
        return None
    if {denial.side, assertion.side} == {"right", "left"}:
        return Verdict(NEUTRAL, "other_side")
    if denial.side == "bilateral" or "unilateral" in denial.details | assertion.details:
        return None
    removed = denial.seen.device_status == "removed"
    if removed and (denial.finding != assertion.finding or assertion.change or denial.side != assertion.side):
        return None
    if denial.change == "resolved" and assertion.change in ("new", "resolving"):
        return None
    qualifiers = _qualifiers(denial)
    said = assertion.details | {word for word in (assertion.size, assertion.severity) if word}
    if not qualifiers <= said:
        if qualifiers & words_of("weak_qualifiers"):
            return None
        return _beside(qualifiers, assertion)
    if denial.statement and ({"chronic", "healing"} & assertion.details or assertion.change):
        return None
    if denial.side and not assertion.side:
        return Verdict(NEUTRAL, "narrower_denial")
    if denial.places and not denial.statement and not denial.places <= assertion.places:
        return None if assertion.places or not _known(denial) else Verdict(NEUTRAL, "narrower_denial")
    if removed:
        return Verdict(CONTRADICTION, "removed")
    if denial.change == "resolved":
        return Verdict(CONTRADICTION, "resolved")
    return Verdict(CONTRADICTION, "normal_statement" if denial.statement else "denied")


def _beside(qualifiers: frozenset[str], assertion: Claim) -> Verdict | None:
    """A denial of the qualified, and an assertion that does not say it."""
    steps = data()["steps"]
    step = _step(assertion)
    if len(qualifiers) == 1:
        (word,) = qualifiers
        if word in steps and isinstance(step, int) and steps[word] - step < 2:
            return None
        if word not in steps and assertion.details and word == "acute" and "chronic" not in assertion.details:
            return None
        if word not in steps and word not in ("acute", "displaced", "suspicious", "loculated") and assertion.details:
            return None
        return Verdict(NEUTRAL, "qualified_denial")
    return None
