"""What closes a scope, and what goes on beyond it: commas and conjunctions, "but", "with", the end of a sentence.

In: the sign or cue at a boundary. Out: the scope changed: forward cues ended, what was held given to a finding.
"""

import re

from radcurate.language.binding import Binding
from radcurate.language.context import Cue
from radcurate.language.lexicon import Lexicon
from radcurate.language.lexicon.entries import Place, Predicate
from radcurate.language.phrases import Match
from radcurate.language.scope import MOST_LISTED, is_change, is_hedge
from radcurate.language.wording import wording

_ORDINAL_BEFORE = re.compile(r"\d(?:st|nd|rd|th),?\s*$")
_ORDINAL_AFTER = re.compile(r"[\s,]*(?:and\s+)?\d{1,2}(?:st|nd|rd|th)\b")


class Boundaries(Binding):
    """A scope that knows where it ends."""

    def separate(self, event: Match, link: str) -> None:
        """A comma or conjunction: a scope goes on in a list, but not into a new clause."""
        if self._within_ordinals(event):
            return
        self.flush()
        self.suspended = False
        if self.verb or (self.subjects and link == ","):
            self.held = [match for match in self.held if type(match.entry) is not Place]
        if self.copula:
            # "The heart is stable and the lungs are clear".
            self.held = [match for match in self.held if not (is_change(match) and self.follows_copula(match))]
        if self.verb:
            if link in (",", "and") and not self.or_follows():
                self.negated = self.hedge = None
            if not (link == "and" and self._predicate_follows(event)):
                self.subjects = []
        if self.negated and self.link == "no" and self.words(self.negated).endswith(" not"):
            # "The lungs are not clear, small effusion".
            self.negated = None
        if link == "and" and self.hedge and self.hedge.entry.direction == "either":
            self.hedge = None
        if (link == "," and self.link in ("and", *wording("alternatives"))) or (link == "and" and self.link == "or"):
            link = self.link
        if self.link not in ("verb", "with", "no") or not self.verb:
            self.link = link
        self.redacted = None
        self.separator_end = event.end

    def _predicate_follows(self, event: Match) -> bool:
        """ "The heart is stable and normal" goes on about the heart."""
        following = self.events[self.index + 1 : self.index + 2]
        return any(type(match.entry) is Predicate and match.start == event.end + 1 for match in following)

    def _within_ordinals(self, event: Match) -> bool:
        """ "The 4th, 5th and 6th ribs" are one place."""
        before = _ORDINAL_BEFORE.search(self.text, max(0, event.start - 6), event.start)
        return before is not None and _ORDINAL_AFTER.match(self.text, event.end) is not None

    def end(self, event: Match) -> None:
        """Nothing passes here."""
        self.flush()
        self.negated = self.hedge = self.away = self.redacted = self.no_change = None
        self.suspended = self.verb = False
        self.held = []
        self.pending = []
        self.chain = []
        self.link = ""
        self.copula = None
        self.separator_end = event.end

    def close(self) -> None:
        """The end of a sentence."""
        self.here = self.sentence[1]
        self.flush()
        here = self.mentions[self.first :]
        denial = self.negated
        if denial and self.link == "no" and self.pending and not self.text[denial.end : self.here].strip(" ."):
            # "Effusion: no."
            self.backward(denial)
        if not self.said and len(self.chain) > 1:
            self._doubt_fragment()
        if here:
            self.previous = here
            self.asked = self.text[self.here - 1] == "?"
        elif denial and self.asked:
            self.answer(denial)

    def _doubt_fragment(self) -> None:
        """ "Pleural effusions or pneumothorax." is what is left of a denial: see `never_offered`."""
        offered = wording("never_offered")
        plain = all(each.alternative and not (each.negated or each.hedge or each.sided) for each in self.chain)
        if plain and all(each.entry.name in offered for each in self.chain):
            for mention in self.chain:
                mention.redacted = mention.negated = mention.alternative

    # Boundaries that are words.

    def boundary(self, event: Match, name: str) -> None:
        if name == "end":
            self._clause(event)
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
            if name == "versus" and last and event.start - last.end == 1:
                # "Effusion versus thickening": what the other may be matters not.
                last.alternative = last.alternative or event
            words = self.words(event)
            if words in ("or possibly", "or perhaps"):
                self.hedge = Match(event.start + 3, event.end, Cue("possible", "forward"))
            if len(self.chain) > 1 and words == "or both":
                self.chain[-1].link = "or"
                for mention in self.chain[-MOST_LISTED:]:
                    mention.alternative = event

    def _outweigh(self, event: Match) -> None:
        """ "Favor atelectasis over pneumonia": what follows is the less likely of two; but "opacity over the heart"."""
        last = self.last
        joined = last and event.start - last.end <= 2
        hedged = self.held and self.pending and is_hedge(self.held[-1])
        if joined or hedged:
            self.flush()
        if (joined or hedged) and last and (last.hedge or last.redacted):
            self.hedge = Match(event.start, event.end, Cue("possible", "forward"))
            self.link = "over"

    def _clause(self, event: Match) -> None:
        """ "But" ends all; "which is" goes on about the finding before; "in the lobe there is" keeps the place."""
        words = self.words(event)
        relative = words in wording("relative") or (words.startswith(("and ", "but ")) and not words.endswith("there"))
        last = self.last
        if words == "but" and self._only_changed(event):
            relative = True
        places = [match for match in self.held if type(match.entry) is Place]
        self.end(event)
        self.said = self.said or words.startswith("there")
        if relative and last:
            self.pending, self.separator_end = [last], -1
        elif words.startswith("there") and not last:
            self.held = places

    def _only_changed(self, event: Match) -> bool:
        """True where all that follows is a word of change: "enlarged but unchanged"."""
        following = self.events[self.index + 1 : self.index + 3]
        return any(
            is_change(match) and match.start == event.end + 1 and self.text[match.end : match.end + 1] in ".,;)"
            for match in following
        )

    def _with(self, event: Match) -> None:
        hedge = self.held[-1] if self.held else None
        if hedge and is_hedge(hedge) and not self.text[hedge.end : event.start].strip():
            # "Possibly due to".
            self.held.pop()
            self.flush()
            self.hedge = Match(hedge.start, event.end, Cue(hedge.entry.name, "forward"))
            return
        self.flush()
        if self.words(event).startswith("with"):
            # "Decreased markings with hyperinflation".
            self.held = [match for match in self.held if not is_change(match)]
        if self.after_separator(event):
            self.away = None
        self.negated = self.hedge = self.redacted = None
        self.link = "with"
        self.chain = []
