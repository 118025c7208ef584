"""Which finding a word is said of.

Words that may belong to what follows are held until a finding takes them, or a boundary gives them to the finding
before; a cue that looks back goes to the findings that are pending: the last, and those that are listed with it.
"""

import itertools
from collections.abc import Sequence

from radcurate.language.context import CHANGES, HEDGES, NOT_HERE, Cue
from radcurate.language.lexicon.entries import Finding, Modifier, Place
from radcurate.language.mentions import Mention
from radcurate.language.phrases import Match
from radcurate.language.scope import MOST_HELD, MOST_LISTED, Scope, is_hedge
from radcurate.language.wording import wording


class Binding(Scope):
    """A scope that binds words to findings."""

    def hold(self, event: Match) -> None:
        """Keeps a word for the finding that may follow; the oldest go where there are too many."""
        if len(self.held) == MOST_HELD:
            del self.held[0]
        self.held.append(event)

    def take(self, mention: Mention) -> None:
        """Gives what was held to the finding that follows."""
        for match in self.held:
            entry = match.entry
            if type(entry) is Place:
                mention.places.append(match)
            elif type(entry) is Modifier:
                mention.modifiers.append(match)
            elif type(entry) is str:
                mention.measure = match[:2]
            elif entry.name in HEDGES:
                if self.negated and self.after_separator(match):
                    self.new_assertion()
                if not self.negated:
                    self.hedge = match
            elif entry.name in NOT_HERE:
                self.away = match
            else:
                mention.set_change(match)
        self.held = []

    def flush(self) -> None:
        """What was held for a finding to follow belongs to the one before, where there is one."""
        if not self.held:
            return
        if not self.pending:
            # A word is of what it stands at: "increased markings, perhaps atelectasis".
            self.held = [match for number, match in enumerate(self.held) if self._still_held(number, match)]
            return
        held, self.held = self.held, []
        for match in held:
            entry = match.entry
            if type(entry) is Place:
                for number, mention in enumerate(self._listed(True, (*wording("alternatives"), "with"))):
                    if number == 0 or not (mention.sided or _elsewhere(mention, entry)):
                        mention.places.append(match)
            elif type(entry) is Modifier:
                self.pending[-1].modifiers.append(match)
            elif type(entry) is str:
                self.pending[-1].measure = self.pending[-1].measure or match[:2]
            elif entry.name not in CHANGES or self.of_before(match):
                self.backward(match)

    def _still_held(self, number: int, match: Match) -> bool:
        """True for a place or hedge, and where only other words held stand between a word and here."""
        if type(match.entry) is Place or is_hedge(match):
            return True
        end = match.end
        for other in self.held[number + 1 :]:
            if self.text[end : other.start].strip():
                return False
            end = other.end
        return not self.text[end : self.here].strip()

    def of_before(self, match: Match) -> bool:
        """True where no noun of its own follows a word of change: "increased since …" but not "increased markings", nor
        after a comma "stable mediastinal contours"."""
        here = self.events[self.index]
        if type(here.entry) is Place and here.entry.kind != "side" and here.start == match.end + 1 and self.parted():
            return False
        words = self.text[match.end : max(match.end, self.here)].split(None, 1)
        word = words[0].lower().rstrip(".,") if words else ""
        return not word[:1].isalpha() or word.endswith("ly") or word in wording("after_change")

    def backward(self, cue: Match) -> None:
        """Binds a cue to what stands before it."""
        if not self.pending:
            if self.asked and not self.mentions[self.first :] and cue.entry.name == "negated":
                self.answer(cue)
            return
        name = cue.entry.name
        listed = self._listed(self._plural(cue))
        if name == "replaced":
            self.replaced = (listed[0], cue)
            cue = Match(cue.start, cue.end, Cue("exchanged", "backward"))
        elif name != "negated" and listed[0].negated and len(self.pending) > 1 and not self.pending[-2].negated:
            # "Pneumonia as opposed to atelectasis is thought to be present."
            listed = [self.pending[-2]]
        for mention in listed:
            self._bind(mention, cue, name)

    def _plural(self, cue: Match) -> bool:
        """False where the verb tells that only one thing is spoken of."""
        first = self.words(cue).partition(" ")[0]
        copula = self.words(self.copula) if self.copula else ""
        return first in wording("plural") or not {first, copula} & wording("singular")

    def _bind(self, mention: Mention, cue: Match, name: str) -> None:
        if name == "negated":
            if not (mention.away and mention.away.entry.name == "other"):
                mention.negated, mention.away, mention.hedge = cue, None, None
                mention.gap = mention.start
        elif name in HEDGES:
            mention.hedge, mention.negated = cue, None
        elif name in NOT_HERE:
            mention.away = cue
        elif name == "redacted":
            mention.redacted = cue
        elif name == "resolved" and mention.negated and self.link == "verb":
            # "No evidence that it has resolved".
            mention.negated = None
            mention.set_change(Match(cue.start, cue.end, Cue("persists", "backward")))
        else:
            mention.set_change(cue)

    def _listed(self, plural: bool, links: Sequence[str] = ("or",)) -> list[Mention]:
        """The mentions that a word behind them is said of: the last, and those joined to it."""
        listed = [self.pending[-1]]
        joined = False
        for mention, before in itertools.pairwise(reversed(self.pending)):
            joins = mention.link in links or (mention.link == "and" and plural) or (mention.link == "," and joined)
            if not (joins or mention.away or mention.start == before.end + 1) or len(listed) == MOST_LISTED:
                break
            joined = True
            listed.append(before)
        return listed

    def answer(self, cue: Match) -> None:
        """Hiatal hernia? No."""
        for mention in self.previous:
            mention.negated, mention.hedge, mention.gap = cue, None, mention.start
        self.asked = False


def _elsewhere(mention: Mention, place: Place) -> bool:
    """True for a place of another organ: the heart has no side and is not enlarged in a lobe of the lung."""
    if type(mention.entry) is not Finding or mention.entry.is_device:
        return False
    if place.region == "any":
        return mention.region == "heart"
    if place.region == "diaphragm":
        return mention.region in wording("outside_lungs") and mention.region != "diaphragm"
    return place.region in wording("chest") and mention.region in wording("outside_lungs")
