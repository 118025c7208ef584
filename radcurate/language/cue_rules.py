"""What each class of cue does to the scope that is open where it stands.

In: a cue of `context.tsv`, in the order of the text. Out: the scope changed. `context.py` tells what the classes are.
"""

from radcurate.language.boundaries import Boundaries
from radcurate.language.context import CHANGES, HEDGES, NOT_HERE, STATUSES, Cue
from radcurate.language.phrases import Match
from radcurate.language.scope import is_hedge


class CueRules(Boundaries):
    """A scope that knows what cues do."""

    def cue(self, event: Match) -> None:
        """What a cue does, by its class and direction."""
        name, direction = event.entry.name, event.entry.direction
        if name == "negated":
            self._negation(event, direction)
        elif name in HEDGES:
            self._hedge(event, direction)
        elif name in CHANGES or name in STATUSES:
            self._new_beside_no_change(event, name)
            if direction == "backward" or (direction == "either" and self.after_copula(event)):
                self.flush()
                self.backward(event)
            else:
                if self.after_separator(event):
                    self.new_assertion()
                self.hold(event)
        elif name in NOT_HERE:
            self._not_here(event, direction)
        elif name == "redacted":
            if direction == "forward":
                self.redacted = event
            else:
                self.flush()
                self.backward(event)
        elif name in ("verb", "told"):
            self._verb(event, name)
        else:
            self.boundary(event, name)

    def _new_beside_no_change(self, event: Match, name: str) -> None:
        """ "No growth of the nodule or new infiltrate" denies the infiltrate."""
        no, _, rest = self.words(event).partition(" ")
        if rest and no in ("no", "without"):
            self.no_change = Match(event.start, event.start + len(no), Cue("negated", "forward"))
        elif name == "new" and self.link == "or" and self.no_change:
            self.negated, self.suspended = self.no_change, False

    def _negation(self, event: Match, direction: str) -> None:
        if direction == "either":
            direction = "backward" if self.pending else "forward"
        if direction == "backward":
            # "Effusion is not." but "effusion is not large", and "lungs are not hyperinflated".
            goes_on = self.words(event).endswith(" not") and self.text[event.end : event.end + 1].strip(".,;)")
            if goes_on and not self.pending and not self.asked:
                direction = "forward"
            elif not goes_on:
                self.flush()
                self.backward(event)
        if direction == "backward":
            return
        self.flush()
        away = self.away
        told = away and away.entry.name == "historical" and self.last and self.last.away is away
        if told or (self.link != ":" and self.after_separator(event)):
            # "History of tuberculosis without active infection".
            self.away = None
        self.negated, self.hedge, self.redacted = event, None, None
        self.suspended = self.verb = False
        self.link = "no"
        self.chain = []

    def _hedge(self, event: Match, direction: str) -> None:
        if direction == "either":
            if self.after_separator(event):
                # "Opacity, possibly atelectasis or scar": what is offered begins here.
                self.chain = []
            self.hold(event)
        elif direction == "backward":
            self.flush()
            self.backward(event)
        else:
            weaker = self._weaker(event)
            self.flush()
            # "No line is seen to suggest pneumothorax" goes on to deny.
            purpose = self.text.endswith("to ", 0, event.start)
            last = self.last
            if self.link == "" and last and last.negated and last.negated is self.negated:
                # "No opacity to suggest pneumonia", "no nodule suspicious for malignancy".
                self.link = "sign"
            if self.after_separator(event) or (self.verb and not purpose):
                self.negated = None
            self.hedge = weaker
            self.bound = event.end
            self.chain = []
            if self.words(event) == "with or without":
                self.link = "with"

    def _weaker(self, event: Match) -> Match:
        """The hedge that counts where one stands right before another: "may be" in "may be compatible with"."""
        before = self.hedge
        if self.held and is_hedge(self.held[-1]):
            before = self.held[-1]
        if before is None or self.text[before.end : event.start].strip():
            return event
        if before in self.held:
            self.held.remove(before)
        strength, other = HEDGES[event.entry.name], HEDGES[before.entry.name]
        return event if strength >= other else Match(before.start, event.end, Cue(before.entry.name, "forward"))

    def _not_here(self, event: Match, direction: str) -> None:
        advice = event.entry.name == "recommendation"
        joined = self.link in ("", "verb")
        if direction == "either":
            direction = "backward" if self.pending and joined else "forward"
        self.flush()
        if direction == "backward" and joined and self.pending and not self.pending[-1].negated:
            self.backward(event)
        # What advice is for stays advice: "CT is recommended to exclude a mass".
        if (direction == "forward" and not (self.advised and event.entry.name == "hypothetical")) or (
            advice and self.away is None
        ):
            self.away = event
        self.advised = self.advised or advice

    def _verb(self, event: Match, name: str) -> None:
        self.flush()
        if name == "told" and self.exam:
            self.away = Match(self.exam.start, event.end, Cue("elsewhere", "forward"))
            return
        if self.parted() and not self.after_separator(event):
            # It is said of something else: "cardiomegaly, contours are unchanged".
            self.pending = []
        self.verb = self.said = True
        self.bound = event.end
        self.redacted = None
        self.link = "verb"
        if self.away and self.last and self.last.away is self.away:
            # "A history of sarcoidosis explains …".
            self.away = None
        if event.entry.direction == "backward" and self.words(event) != "been":
            self.copula = event
