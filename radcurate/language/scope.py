"""What is open at a place of a sentence, and what each kind of word does to it.

In: the events of a text, one after the other. Out: mentions with their cues. A `Scope` is a handful of variables, so
nothing is looked at twice; `reading.py` drives it. Forward cues stay open until something ends them; words that may
belong to what follows are held until a finding takes them or a boundary gives them to the finding before; backward
cues go to the findings that are pending.
"""

import itertools
from bisect import bisect_right
from collections.abc import Sequence

from radcurate.language.context import CHANGES, HEDGES, NOT_HERE, Cue
from radcurate.language.lexicon.entries import Modifier, Place
from radcurate.language.mentions import Mention
from radcurate.language.phrases import Match
from radcurate.language.sentences import Span
from radcurate.language.wording import wording

# What one cue is said of at most, going backward, and how many words are held for a finding: time stays linear.
MOST_LISTED, MOST_HELD = 40, 20


def is_hedge(match: Match) -> bool:
    """True for a cue of doubt; a sign or a measure has no name."""
    return type(match.entry) is Cue and match.entry.name in HEDGES


class Scope:
    """The state within a sentence.

    negated, hedge, away, redacted   forward cues that are open; `suspended`: "within the mass" holds up a denial
    held                             places, modifiers, measures, cues that wait for a finding
    pending                          findings that a word behind them can be said of
    chain                            findings joined by commas and "or"
    link                             what was read since the last finding: "", ",", and, or, versus, /, over, with, verb, no,
                                     ":", clause (a new assertion began)
    verb, copula                     a verb was read since the last finding; the last of is, are, has …
    bound                            where the last verb or hedge ends: no word before it limits a denial
    """

    def __init__(self, text: str, spans: Sequence[Span], events: Sequence[Match]) -> None:
        self.text, self.spans, self.events = text, spans, events
        self.mentions: list[Mention] = []
        self.index = self.here = 0
        self.previous: list[Mention] = []
        self.asked = False
        self.or_ahead: list[bool] | None = None
        self.open((0, 0))

    def open(self, sentence: Span) -> None:
        """Nothing is known at the start of a sentence."""
        self.sentence = sentence
        self.first = len(self.mentions)
        self.negated: Match | None = None
        self.hedge: Match | None = None
        self.away: Match | None = None
        self.redacted: Match | None = None
        self.suspended = False
        self.held: list[Match] = []
        self.pending: list[Mention] = []
        self.last: Mention | None = None
        self.chain: list[Mention] = []
        self.subjects: list[Match] = []
        self.replaced: tuple[Mention, Match] | None = None
        self.link = ""
        self.separator_end = self.bound = -1
        self.verb = self.said = self.advised = False
        self.copula: Match | None = None
        self.exam: Match | None = None

    # Questions.

    def words(self, event: Match) -> str:
        """The text of an event in lower case."""
        return self.text[event.start : event.end].lower()

    def after_separator(self, event: Match, words: int = 0) -> bool:
        """True where the event stands right after a comma, "and" or a dash, or after so many words more."""
        return self.separator_end >= 0 and len(self.text[self.separator_end : event.start].split(None, words)) <= words

    def after_copula(self, event: Match) -> bool:
        """True where it is said of what stands before: "is (now slightly) larger"."""
        copula = self.copula
        return bool(copula and self.pending and self.text.count(" ", copula.end, event.start) <= 3)

    def parted(self) -> bool:
        """True where a separator stands between the last finding and here."""
        return bool(self.last and self.last.end < self.separator_end)

    def linked(self, event: Match) -> bool:
        """True where only small words stand between the last separator and a place: "effusions, more on the right"."""
        between = self.text[self.separator_end : event.start].lower().split(None, 6)
        return all(word in wording("linking") for word in between)

    def or_follows(self) -> bool:
        """True where the list that stands here goes on to an "or" before its clause ends."""
        if self.or_ahead is None:
            self.or_ahead = self._or_ahead()
        return self.or_ahead[self.index + 1]

    def _or_ahead(self) -> list[bool]:
        """For each event whether an "or" follows, itself counted; one pass from the end."""
        ahead = [False] * (len(self.events) + 1)
        starts = [span[0] for span in self.spans]
        after = len(starts)
        for index in range(len(self.events) - 1, -1, -1):
            start, _, entry = self.events[index]
            sentence = bisect_right(starts, start)
            follows = ahead[index + 1] and sentence == after
            after = sentence
            if type(entry) is Cue:
                follows = entry.name in ("or", "versus") or (
                    follows and entry.name not in ("end", "verb", "negated", "with")
                )
            elif type(entry) is str and entry in ";:":
                follows = False
            ahead[index] = follows
        return ahead

    # Boundaries.

    def separate(self, event: Match, link: str) -> None:
        """A comma or conjunction: a scope goes on in a list, but not into a new clause."""
        self.flush()
        self.suspended = False
        if self.verb or (self.subjects and link == ","):
            self.held = [match for match in self.held if type(match.entry) is not Place]
        if self.verb:
            if link in (",", "and") and not self.or_follows():
                self.negated = self.hedge = None
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

    def new_assertion(self) -> None:
        """Words that open an assertion of its own after a comma or "and"; not within a list that goes on with "or"."""
        # "May represent atelectasis versus mild edema", "the differential includes atelectasis, small infiltrate".
        listed = self.hedge and self.hedge.entry.direction == "list"
        if listed or self.link in wording("alternatives") or (self.link == "," and self.or_follows()):
            return
        self.negated = self.hedge = None
        if self.last and self.away and self.away.start < self.last.start:
            self.away = None
        self.link = "clause"

    def end(self, event: Match) -> None:
        """Nothing passes here."""
        self.flush()
        self.negated = self.hedge = self.away = self.redacted = None
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
            self._answer(denial)

    # Binding.

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
                    if number == 0 or not mention.sided:
                        mention.places.append(match)
            elif type(entry) is Modifier:
                self.pending[-1].modifiers.append(match)
            elif type(entry) is str:
                self.pending[-1].measure = self.pending[-1].measure or match[:2]
            elif entry.name not in CHANGES or self._of_before(match):
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

    def _of_before(self, match: Match) -> bool:
        """True where no noun of its own follows a word of change: "increased since …" but not "increased markings"."""
        words = self.text[match.end : max(match.end, self.here)].split(None, 1)
        word = words[0].lower().rstrip(".,") if words else ""
        return not word[:1].isalpha() or word.endswith("ly") or word in wording("after_change")

    def backward(self, cue: Match) -> None:
        """Binds a cue to what stands before it."""
        if not self.pending:
            if self.asked and not self.mentions[self.first :] and cue.entry.name == "negated":
                self._answer(cue)
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

    def _doubt_fragment(self) -> None:
        """ "Pleural effusions or pneumothorax." is what is left of a denial: see `never_offered`."""
        offered = wording("never_offered")
        plain = all(each.alternative and not (each.negated or each.hedge or each.sided) for each in self.chain)
        if plain and all(each.entry.name in offered for each in self.chain):
            for mention in self.chain:
                mention.redacted = mention.negated = mention.alternative

    def _answer(self, cue: Match) -> None:
        """Hiatal hernia? No."""
        for mention in self.previous:
            mention.negated, mention.hedge, mention.gap = cue, None, mention.start
        self.asked = False
