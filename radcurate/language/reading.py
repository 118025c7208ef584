"""From a text to its mentions of findings, each with the cues, places and words of change that are bound to it.

In: a text. Out: a `Mention` for each finding and each statement that all is normal. One sweep over the matches of the
lexicon, the cues of `context.tsv` and the signs between them, in their order; `scope.py` keeps what is open,
`cue_rules.py` knows what each cue does. Time grows
with the text alone, however many findings stand in a sentence.
"""

import re

from radcurate.language.context import Cue, cue_finder
from radcurate.language.cue_rules import CueRules
from radcurate.language.lexicon.entries import Adjective, Blocker, Finding, Modifier, Normal, Place, Predicate, Subject
from radcurate.language.mentions import Mention
from radcurate.language.phrases import Match, finder
from radcurate.language.relations import ancestors
from radcurate.language.scope import MOST_LISTED
from radcurate.language.sentences import sentences, without_print
from radcurate.language.wording import wording

_SIGNS = re.compile(
    r"[,;:()?/]|\s[-–—]\s|—"
    # A measure in one or more dimensions.
    r"|(?<![\w.])\.?\d[\d.]*(?:\s?(?:x|by|X|to|-|×)\s?\d[\d.]*)*[\s-]?(?:mm|cm)\b"
)
_BLANK_MARK = re.compile(r"_{3,}")
# Abbreviations whose parts the table of cues has apart: r/o, w/o, c/w, s/p, h/o.
_SLASHED = re.compile(r"\b([rwcsh])/([owp])\b", re.IGNORECASE)
# What follows a measure that is a distance, not a size.
_DISTANCE = re.compile(
    r"\s*(?:above|below|from|proximal|distal|beyond|cephalad|caudal|superior|inferior|into|past|deep|lateral|medial)\b"
)


def mentions(text: str) -> list[Mention]:
    """The mentions of `text` in order."""
    text = without_print(text)
    marked = _BLANK_MARK.sub(lambda mark: "x" * len(mark[0]), text) if "___" in text else text
    marked = _SLASHED.sub(r"\1 \2", marked) if "/" in text else marked
    found = finder().find(marked)
    if not any(isinstance(match.entry, Finding | Normal | Predicate | Adjective) for match in found):
        return []
    signs = [Match(sign.start(), sign.end(), sign[0].strip()) for sign in _SIGNS.finditer(text)]
    events = sorted([*found, *cue_finder().find(marked), *signs], key=lambda event: (event[0], -event[1]))
    return Reading(text, sentences(text), events).run()


class Reading(CueRules):
    """Goes through the events and tells the scope what each is."""

    def run(self) -> list[Mention]:
        """All mentions of the text."""
        handle = {
            Finding: self._mention,
            Normal: self._mention,
            Place: self._place,
            Modifier: self._modifier,
            Subject: self._subject,
            Predicate: self._predicate,
            Adjective: self._adjective,
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
            if end <= covered and kind is Finding:
                # "Above the upper limits of normal".
                continue
            if kind is Adjective and (start < covered or not self._says(event)):
                continue
            if kind is Finding or kind is Normal or kind is Adjective:
                covered = end
            elif end <= covered and kind is not Predicate:
                if kind is Place and self.mentions[-1].end == covered:
                    self.mentions[-1].places.append(event)
                continue
            elif kind is Cue and start < covered:
                if entry.name != "negated" or type(self.mentions[-1].entry) is not Normal:
                    continue
                self._withdraw()
            elif kind is Place and end <= hidden:
                continue
            if kind is Cue and entry.name != "exam":
                hidden = max(hidden, end)
            handle[kind](event)
        self.close()
        for mention in self.mentions:
            mention.inherit()
        return self.mentions

    def _withdraw(self) -> None:
        """ "The lungs are clear of infiltrates" is no statement on all that lungs can show."""
        mention = self.mentions.pop()
        if self.pending and self.pending[-1] is mention:
            self.pending.pop()
        self.chain = []
        self.last = self.pending[-1] if self.pending else None

    # Findings and statements.

    def _mention(self, event: Match) -> None:
        start, end, entry = event
        if self.verb:
            self.pending = []
        self._end_run_on(start)
        mention = Mention(start, end, entry, self.sentence, self.link, max(self.separator_end, self.sentence[0]))
        self.take(mention)
        if self.negated and self.suspended and mention.change and mention.change.start > self.negated.start:
            # "No enlargement of the known nodule".
            mention.change = None
        if self.replaced:
            before, cue = self.replaced
            if not _same_kind(entry.name, before.entry.name):
                before.status = Match(cue.start, cue.end, Cue("removed", "backward"))
            self.replaced = None
        if self.negated and not self.suspended:
            mention.negated = self.negated
            mention.gap = max(mention.gap, self.negated.end, self.bound)
        mention.hedge, mention.away = self.hedge, self.away
        if self.away and self.words(self.away).startswith("from") and mention.is_postoperative:
            # "Clips from prior cholecystectomy": what an operation left is seen.
            mention.away = None
        self._redact(mention)
        self._join(mention, event)
        self.pending.append(mention)
        self.mentions.append(mention)
        self.last = mention
        self.link = ""
        self.verb = False
        self.copula = self.exam = None
        if type(entry) is Finding:
            self.subjects = []

    def _end_run_on(self, start: int) -> None:
        """Run on without a sign ("no effusion small nodule"), a scope that began before the last finding ended with
        it; not in a list that comes to an "or", nor where "of" was dictated for one."""
        last = self.last
        if last is None or self.link or self.suspended or not (self.negated or self.hedge):
            return
        if self.text[last.end : start] == " of " or self.or_follows():
            return
        if self.negated and self.negated.start < last.start:
            self.negated = None
        if self.hedge and self.hedge.start < last.start:
            self.hedge = None

    def _redact(self, mention: Mention) -> None:
        """A mark hides a word of what follows at once, and of what that is listed with."""
        mark = self.redacted
        self.redacted = None
        if mark:
            if self.text.count(" ", mark.end, mention.start) <= 6:
                mention.redacted = mark
        elif self.last and not self.negated and (self.link == "and" or self.link in wording("alternatives")):
            mark = self.last.redacted
            mention.redacted = mark if mark and mark.entry.direction == "forward" else None

    def _join(self, mention: Mention, event: Match) -> None:
        """The chain of alternatives that a mention goes on, and whose place it shares."""
        offered = self.link in wording("alternatives")
        if offered and self.chain and not (mention.negated and not self.chain[-1].negated):
            if self.link != "or":
                self.chain = self.chain[-1:]
            for other in (*self.chain[-MOST_LISTED:], mention):
                other.alternative = other.alternative or event
            self.chain.append(mention)
        elif self.link == "," and self.chain:
            self.chain.append(mention)
        else:
            self.chain = [mention]
        before = self.last
        if before:
            # "Left basilar atelectasis or pneumonia"; "left basilar opacity may represent pneumonia".
            explained = self.hedge is not None and before.end <= self.hedge.start and self.link in ("", "verb")
            in_chest = {before.region, mention.region} <= wording("chest")
            if offered or (in_chest and (explained or self.link == "and")):
                mention.heir_of = (before, mention.start if explained else before.end)

    def _subject(self, event: Match) -> None:
        if self.after_separator(event, 1):
            self.pending = []
        self.subjects.append(event)

    def _predicate(self, event: Match) -> None:
        """ "Heart, hila and bones are normal": every subject of the list is denied its findings."""
        said = self.subjects and not self.negated and self.subjects[-1].end <= event.start
        if said and not self.text.startswith(" of ", event.end):
            for subject in self.subjects:
                if event.entry.name in subject.entry.predicates and subject.entry.denies:
                    mention = Mention(subject.start, subject.end, subject.entry, self.sentence, "", subject.start)
                    mention.away, mention.redacted, mention.negated = self.away, self.redacted, event
                    self.mentions.append(mention)
        self.subjects = []

    def _says(self, event: Match) -> bool:
        """True where an adjective is said of the organ before it: "the heart is again enlarged", no "enlarged node"."""
        subject = self.subjects[-1] if self.subjects else None
        if subject is None or subject.entry.name not in event.entry.findings:
            return False
        between = self.text[subject.end : event.start].lower().split(None, 10)
        following = self.text[event.end : event.end + 20].lower().split(None, 1)
        word = following[0].rstrip(".,;)") if following else ""
        noun = word[:1].isalpha() and not word.endswith("ly") and word not in wording("after_change")
        return all(word in wording("predicative") for word in between) and (self.verb or not noun)

    def _adjective(self, event: Match) -> None:
        """The finding that an adjective names of each subject of the list."""
        denied = re.compile(r"\bnot\b").search(self.text, self.subjects[-1].end, event.start)
        if denied:
            self.negated = Match(*denied.span(), Cue("negated", "forward"))
        for number, subject in enumerate(self.subjects):
            if finding := event.entry.findings.get(subject.entry.name):
                self.link = "and" if number else self.link
                self._mention(Match(event.start, event.end, finding))
        if denied:
            self.negated = None

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
            away = self.away if self.away and self.away.end == event.start else None
            negated = self.negated if self.negated and self.negated.end == event.start else None
            self.flush()
            pending = self.pending
            self.end(event)
            self.away, self.negated, self.pending = away, negated, pending
            self.link = ":"
        elif not _DISTANCE.match(self.text, event.end):
            self.hold(event)

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


def _same_kind(one: str, other: str) -> bool:
    return one == other or one in ancestors(other) or other in ancestors(one)
