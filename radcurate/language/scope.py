"""What is open at a place of a sentence, and the questions that rules ask of it.

In: the events of a text, one after the other. A `Scope` is a handful of variables, so nothing is looked at twice.
`binding.py` gives words to findings, `boundaries.py` closes what is open, `cue_rules.py` knows what each cue does,
`naming.py` what names a finding; `reading.py` drives them all.
"""

from bisect import bisect_right
from collections.abc import Sequence

from radcurate.language.context import CHANGES, HEDGES, Cue
from radcurate.language.mentions import Mention
from radcurate.language.phrases import Match
from radcurate.language.sentences import Span
from radcurate.language.wording import wording

# What one cue is said of at most, going backward, and how many words are held for a finding: time stays linear.
MOST_LISTED, MOST_HELD = 40, 20


def is_hedge(match: Match) -> bool:
    """True for a cue of doubt; a sign or a measure has no name."""
    return type(match.entry) is Cue and match.entry.name in HEDGES


def is_change(match: Match) -> bool:
    """True for a word of change."""
    return type(match.entry) is Cue and match.entry.name in CHANGES


class Scope:
    """The state within a sentence.

    negated, hedge, away, redacted   forward cues that are open; `suspended`: "within the mass" holds up a denial
    held                             places, modifiers, measures, cues that wait for a finding
    pending                          findings that a word behind them can be said of
    chain                            findings joined by commas and "or"
    subjects, joined                 organs that a predicate may be said of; those listed before one that has its own
    no_change                        "no growth", "without interval change"
    link                             what was read since the last finding: "", ",", and, or, versus, /, over, with,
                                     verb, no, ":", clause (a new assertion began)
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
        self.joined: list[Match] = []
        self.no_change: Match | None = None
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
        return bool(self.pending) and self.follows_copula(event)

    def follows_copula(self, event: Match) -> bool:
        """True where few words stand between the last copula and here, whatever it is said of."""
        copula = self.copula
        return copula is not None and self.text.count(" ", copula.end, event.start) <= 3

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

    # What ends alone where an assertion of its own begins.

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
