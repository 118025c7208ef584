"""What a premise can make of a hypothesis: the labels, and the rules that give them.

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

from typing import NamedTuple

ENTAILMENT, NEUTRAL, CONTRADICTION = "entailment", "neutral", "contradiction"
LABELS = (ENTAILMENT, NEUTRAL, CONTRADICTION)


class Verdict(NamedTuple):
    """A label and the rule that gave it."""

    label: str
    rule: str


OTHER_FINDING = Verdict(NEUTRAL, "other_finding")
# Two related findings that say nothing certain of each other: silent, unless another claim decides.
UNJUDGED = Verdict("", "related")
