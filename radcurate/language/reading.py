"""From a text to its mentions of findings, each with the cues, places and words of change that are bound to it.

In: a text. Out: a `Mention` for each finding and each statement that all is normal. One sweep over the matches of the
lexicon, the cues of `context.tsv` and the signs between them, in their order; `scope.py` keeps what is open. Time
grows with the text alone, however many findings stand in a sentence.
"""

import re
from operator import itemgetter

from radcurate.language.context import Cue, cue_finder
from radcurate.language.lexicon.entries import Adjective, Blocker, Finding, Modifier, Normal, Place, Predicate, Subject
from radcurate.language.mentions import Mention
from radcurate.language.naming import Naming
from radcurate.language.phrases import Match, finder
from radcurate.language.scope import MOST_LISTED
from radcurate.language.sentences import sentences, without_print
from radcurate.language.wording import wording

# Every sign begins with one of few characters, so that the search skips all others at once.
_SIGNS = re.compile(
    r"[,;:()?/—–\-.\d](?:(?<=[,;:()?/—])|(?<=\s[-–])\s"
    # A measure in one or more dimensions.
    r"|(?<![\w.][.\d])(?:(?<=\d)|(?<=\.)\d)[\d.]*(?:\s?(?:x|by|X|to|-|×)\s?\d[\d.]*)*[\s-]?(?:mm|cm)\b)"
)
# Without one of these nothing is said of a finding.
_NAMES = frozenset({Finding, Normal, Predicate, Adjective})
_BLANK_MARK = re.compile(r"_{3,}")
# Abbreviations whose parts the table of cues has apart: r/o, w/o, c/w, s/p, h/o.
_SLASHED = re.compile(r"\b([rwcsh])/([owp])\b", re.IGNORECASE)
# What follows a measure that is a distance, not a size.
_DISTANCE = re.compile(
    r"\s*(?:above|below|from|proximal|distal|beyond|cephalad|caudal|superior|inferior|into|past|deep|lateral|medial)\b"
)


def mentions(text: str) -> list[Mention]:
    """The mentions of `text` in order."""
    text = text if text.isascii() else without_print(text)
    marked = _BLANK_MARK.sub(lambda mark: "x" * len(mark[0]), text) if "___" in text else text
    marked = _SLASHED.sub(r"\1 \2", marked) if "/" in text else marked
    found = finder().find(marked)
    if not any(type(match.entry) in _NAMES for match in found):
        return []
    signs = [Match(sign.start(), sign.end(), sign[0].strip()) for sign in _SIGNS.finditer(text)]
    # In their order; of those that begin together, the longest first.
    events = sorted([*found, *cue_finder().find(marked), *signs], key=itemgetter(1), reverse=True)
    events.sort(key=itemgetter(0))
    return Reading(text, sentences(text), events).run()


class Reading(Naming):
    """Goes through the events and tells the scope what each is."""

    def run(self) -> list[Mention]:
        """All mentions of the text."""
        handle = {
            Finding: self.mention,
            Normal: self.mention,
            Place: self._place,
            Modifier: self._modifier,
            Subject: self.subject,
            Predicate: self.predicate,
            Adjective: self.adjective,
            str: self._sign,
            Cue: self.cue,
        }
        # Where the last finding and the last cue end: what lies within them says nothing by itself.
        covered = hidden = 0
        number = sentence_end = -1
        for index, event in enumerate(self.events):
            start, end, entry = event
            if start >= sentence_end:
                if number >= 0:
                    self.close()
                number += 1
                while start >= self.spans[number][1]:
                    number += 1
                self.open(self.spans[number])
                sentence_end = self.spans[number][1]
            self.index, self.here = index, start
            kind = type(entry)
            if kind is Blocker:
                continue
            if kind is Adjective and not (self.says(event) if start >= covered else self.shares(event, covered)):
                continue
            if kind is Finding or kind is Normal or kind is Adjective:
                if kind is Finding and end <= covered:
                    # "Above the upper limits of normal".
                    continue
                covered = end
            elif end <= covered and kind is not Predicate:
                if kind is Place and self.mentions[-1].end == covered:
                    self.mentions[-1].places.append(event)
                continue
            elif kind is Cue and start < covered:
                if entry.name != "negated" or type(self.mentions[-1].entry) is not Normal:
                    continue
                self.withdraw()
            elif kind is Place and end <= hidden:
                continue
            if kind is Cue and entry.name != "exam":
                hidden = max(hidden, end)
            handle[kind](event)
        self.close()
        for mention in self.mentions:
            if mention.heir_of:
                mention.inherit()
        return self.mentions

    # Places, modifiers, signs.

    def _place(self, event: Match) -> None:
        if self.parted() and not self.linked(event):
            self.flush()
            self.pending = []
        elif event.entry.side and self.negated and self.link == "," and self.after_separator(event):
            self.new_assertion()
        self.hold(event)

    def _modifier(self, event: Match) -> None:
        # Words of change are cues: their direction matters.
        if event.entry.kind != "change":
            if (event.entry.kind in wording("assertive") or event.entry.name == "chronic") and self.after_separator(
                event
            ):
                self.new_assertion()
            self.hold(event)

    def _sign(self, event: Match) -> None:
        sign = event.entry
        if sign in (",", "(", ")"):
            if sign == "(" and self.verb:
                # "No effusion is seen (blunting may be scar or …)".
                self.negated = self.hedge = None
            self.separate(event, ",")
        elif sign == "/":
            if self.last and self.last.end == event.start:
                self.link = "/"
                self.separator_end = event.end
        elif sign == "?":
            self._question(event)
        elif sign == ";":
            self.end(event)
        elif sign == ":" or sign[0] in "-–—":
            # "Effusion: none", "Absent: effusion", "Indication: effusion".
            away = self.away if self.away and self._right_before(self.away, event) else None
            negated = self.negated if self.negated and self._right_before(self.negated, event) else None
            self.flush()
            pending = self.pending
            self.end(event)
            self.away, self.negated, self.pending = away, negated, pending
            self.link = ":"
        elif not _DISTANCE.match(self.text, event.end):
            self.hold(event)

    def _right_before(self, cue: Match, sign: Match) -> bool:
        return not self.text[cue.end : sign.start].strip()

    def _question(self, event: Match) -> None:
        """ "Effusion?" asks of what stands before, "?effusion" of what follows."""
        before = self.text[event.start - 1 : event.start]
        if before.isalnum() or before == "?" or before == ")":
            self.flush()
            for mention in self.mentions[self.first :][-MOST_LISTED:]:
                mention.hedge = mention.hedge or Match(event.start, event.end, Cue("possible", "backward"))
            self.asked = True
        else:
            self.hedge = Match(event.start, event.end, Cue("possible", "forward"))
