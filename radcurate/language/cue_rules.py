"""What each class of cue does to the scope that is open where it stands.

In: a cue of `context.tsv`, in the order of the text. Out: the scope changed. `context.py` tells what the classes are.
"""

from radcurate.language.context import CHANGES, HEDGES, NOT_HERE, STATUSES, Cue
from radcurate.language.lexicon import Lexicon
from radcurate.language.lexicon.entries import Place
from radcurate.language.phrases import Match
from radcurate.language.scope import MOST_LISTED, Scope, is_hedge
from radcurate.language.wording import wording


class CueRules(Scope):
    """A scope that knows what cues do."""

    def cue(self, event: Match) -> None:
        """What a cue does, by its class and direction."""
        name, direction = event.entry.name, event.entry.direction
        if name == "negated":
            self._negation(event, direction)
        elif name in HEDGES:
            self._hedge(event, direction)
        elif name in CHANGES or name in STATUSES:
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
            self._boundary(event, name)

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
        if self.link != ":" and self.after_separator(event):
            self.away = None
        self.negated, self.hedge, self.redacted = event, None, None
        self.suspended = self.verb = False
        self.link = "no"
        self.chain = []

    def _hedge(self, event: Match, direction: str) -> None:
        if direction == "either":
            self.hold(event)
        elif direction == "backward":
            self.flush()
            self.backward(event)
        else:
            weaker = self._weaker(event)
            self.flush()
            # "No line is seen to suggest pneumothorax" goes on to deny.
            purpose = self.text.endswith("to ", 0, event.start)
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

    def _boundary(self, event: Match, name: str) -> None:
        if name == "end":
            self._end(event)
        elif name == "with":
            self._with(event)
        elif name == "given":
            if self.negated and self.text[self.negated.end : event.start].strip():
                self.suspended = True
        elif name == "sides":
            self.hold(Match(event.start, event.end, Lexicon.load().places["bilateral"]))
        elif name == "over":
            self._outweigh(event)
        elif name == "exam":
            self.exam = event
        elif name == "opener":
            if self.after_separator(event):
                self.new_assertion()
        elif name != "pseudo":
            self.separate(event, name)
            last = self.last
            if name == "versus" and last and not self.text[last.end : event.start].strip():
                # "Effusion versus thickening": what the other may be matters not.
                last.alternative = last.alternative or event
            if len(self.chain) > 1 and self.words(event) == "or both":
                self.chain[-1].link = "or"
                for mention in self.chain[-MOST_LISTED:]:
                    mention.alternative = event

    def _outweigh(self, event: Match) -> None:
        """ "Favor atelectasis over pneumonia": what follows is the less likely of two; but "opacity over the heart"."""
        last = self.last
        if last is None or self.text[last.end : event.start].strip(" ,"):
            if not (self.held and self.pending and is_hedge(self.held[-1])):
                return
        self.flush()
        if last and (last.hedge or last.redacted):
            self.hedge = Match(event.start, event.end, Cue("possible", "forward"))
            self.link = "over"

    def _end(self, event: Match) -> None:
        """ "But" ends all; "which is" goes on about the finding before; "in the lobe there is" keeps the place."""
        words = self.words(event)
        relative = words in wording("relative") or (words.startswith(("and ", "but ")) and not words.endswith("there"))
        last = self.last
        places = [match for match in self.held if type(match.entry) is Place]
        self.end(event)
        self.said = self.said or words.startswith("there")
        if relative and last:
            self.pending, self.separator_end = [last], -1
        elif words.startswith("there") and not last:
            self.held = places

    def _with(self, event: Match) -> None:
        hedge = self.held[-1] if self.held else None
        if hedge and is_hedge(hedge) and not self.text[hedge.end : event.start].strip():
            # "Possibly due to".
            self.held.pop()
            self.flush()
            self.hedge = Match(hedge.start, event.end, Cue(hedge.entry.name, "forward"))
            return
        self.flush()
        if self.after_separator(event):
            self.away = None
        self.negated = self.hedge = self.redacted = None
        self.link = "with"
        self.chain = []
