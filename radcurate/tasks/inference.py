"""How the claims of a premise bear on those of a hypothesis: same patient, same time, open world, in one direction.

In: the claims of two texts (`claims.py`). Out: a verdict (label and rule), or None where it cannot be told. The rules:

entailment      same_finding        the same, in these or other words (a part of a list, too)
                broader             without a side, place, size or other detail, or as a broader kind
                same_denial         the same is denied
                wider_denial        what is denied takes in what the hypothesis denies
                same_statement      the same statement that all is normal
                hedged_alike        the same doubt about the same finding
contradiction   denied              what the one asserts the other denies, at the same or a wider place
                normal_statement    … denies by saying that all is normal
                removed             a device in place, and removed
                resolved            a finding there, and gone
                opposite_change     increased and decreased, new and unchanged …
                opposite_size       two steps of size or severity apart
neutral         other_finding       a finding of another family, of which nothing is said
                other_side          the other side
                other_place         upper and lower
                more_specific       a side, place, size or other detail more
                narrower_kind       a kind of what is there
                narrower_denial     less is denied than the hypothesis denies or asserts
                qualified_denial    "no large", "no acute": the rest stays open
                hedged              the premise doubts
                alternatives        the premise leaves the choice
                not_of_these_images history, advice, a condition
                diagnosis           a finding, and what may be its cause or its companion
                part                a part of the hypothesis is entailed, of the rest nothing is said
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

from radcurate.language import relations
from radcurate.language.lexicon import Lexicon
from radcurate.language.observations import ABSENT, NONE, PRESENT, UNCERTAIN
from radcurate.language.wording import wording
from radcurate.tasks.claims import Claim, canonical, data, words_of

ENTAILMENT, NEUTRAL, CONTRADICTION = "entailment", "neutral", "contradiction"
LABELS = (ENTAILMENT, NEUTRAL, CONTRADICTION)


class Verdict(NamedTuple):
    """A label and the rule that gave it."""

    label: str
    rule: str


OTHER_FINDING = Verdict(NEUTRAL, "other_finding")
# Two related findings that say nothing certain of each other: silent, unless another claim decides.
UNJUDGED = Verdict("", "related")


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
    """A claim that decides outweighs those that leave it open; one that cannot be judged makes all silent."""
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
    if given.polarity == NONE:
        elsewhere = given.definite or (given.seen.cue == "historical" and given.seen.kind == "device")
        return None if elsewhere or wanted.polarity == UNCERTAIN else Verdict(NEUTRAL, "not_of_these_images")
    if wanted.polarity == UNCERTAIN:
        alike = same and given.polarity == UNCERTAIN and given.seen.cue == wanted.seen.cue
        if alike and given.seen.cue != "alternatives":
            return Verdict(ENTAILMENT, "hedged_alike") if _more(given, wanted) == "nothing" else None
        return None
    if given.polarity == UNCERTAIN:
        if given.definite or given.change not in (None, "new"):
            # "The effusion may have grown": there is one.
            return None
        return Verdict(NEUTRAL, "alternatives" if given.seen.cue == "alternatives" else "hedged")
    if given.is_hedged:
        return None
    if given.polarity == PRESENT and wanted.polarity == PRESENT:
        return Verdict(NEUTRAL, "narrower_kind") if parent else _asserted(given, wanted, same)
    if given.polarity == ABSENT and wanted.polarity == ABSENT:
        return _denied(given, wanted, same or parent)
    if given.polarity == ABSENT:
        return Verdict(NEUTRAL, "narrower_denial") if child else _against(given, wanted)
    if parent:
        return Verdict(NEUTRAL, "narrower_denial")
    turned = _against(wanted, given)
    if turned and turned.label == NEUTRAL and (wanted.seen.qualifier and (given.size or given.severity or given.details)):
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
    if other.polarity != PRESENT or other.is_hedged or whole.statement is None:
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
    filler = {"no", "evidence", "of", "radiographic", "negative", "for", "visible", "the", "exam", "examination", "study"}
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


def _asserted(given: Claim, wanted: Claim, same: bool) -> Verdict | None:
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
    more = _more(given, wanted)
    if more == "unclear":
        return None
    if more == "something":
        return Verdict(NEUTRAL, "more_specific")
    exact = alike and given.details == wanted.details and ours == theirs and given.change == wanted.change
    return Verdict(ENTAILMENT, "same_finding" if exact else "broader")


def _more(given: Claim, wanted: Claim) -> str:
    """Whether the hypothesis says `something` more of the finding, `nothing`, or what is `unclear`."""
    extra = wanted.details - given.details
    if wanted.plural and not given.plural and wanted.side != "bilateral" and given.side != "bilateral":
        return "unclear"
    if extra and given.details:
        return "unclear"
    if wanted.side and given.side not in (wanted.side, "bilateral"):
        return "something" if given.side is None or wanted.side == "bilateral" else "unclear"
    if _within(given, wanted) == "narrower":
        return "something"
    if (wanted.change and not given.change) or (_step(wanted) is not None and _step(given) is None) or extra:
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


def _denied(given: Claim, wanted: Claim, covers: bool) -> Verdict | None:
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
    if (given.side and not wanted.side) or (given.places and not wanted.places):
        return Verdict(NEUTRAL, "narrower_denial") if not given.statement else None
    if given.places and given.places != wanted.places:
        return None
    exact = given.finding == wanted.finding and ours == theirs and given.side == wanted.side
    return Verdict(ENTAILMENT, "same_denial" if exact and given.places == wanted.places else "wider_denial")


def _organ(claim: Claim) -> frozenset[str]:
    """The words of a statement of normality that name what is normal."""
    organs = {"heart", "cardiac", "lungs", "lung", "mediastinum", "mediastinal", "hila", "hilar", "silhouette", "contour"}
    words = frozenset((claim.statement or "").split()) & (organs | {"contours", "bones", "ribs", "osseous", "diaphragm"})
    return frozenset("heart" if word == "cardiac" else word for word in words)


def _qualifiers(claim: Claim) -> frozenset[str]:
    said = (claim.seen.qualifier or "").split()
    more = (word for word in (claim.size, claim.severity) if word)
    return frozenset(canonical(word) for word in said) | claim.details | frozenset(more)


def _against(denial: Claim, assertion: Claim) -> Verdict | None:
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
    if denial.places and not denial.places <= assertion.places:
        if assertion.places:
            return None
        return Verdict(NEUTRAL, "narrower_denial")
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
