"""What names a finding: its own words, a statement that all is normal, an adjective said of an organ.

In: a match of the lexicon. Out: a mention of the finding, with the cues that are open and the words that were held.
"""

import re

from radcurate.language.context import Cue
from radcurate.language.cue_rules import CueRules
from radcurate.language.lexicon.entries import Finding
from radcurate.language.mentions import Mention
from radcurate.language.phrases import Match
from radcurate.language.relations import ancestors
from radcurate.language.scope import MOST_LISTED
from radcurate.language.wording import wording

# How far an adjective may stand from its organ: time stays linear.
FARTHEST = 100

# What makes a word of change one of a whole list: "decrease in (the) size of", "change in".
_OF = re.compile(r"\s(?:of|in)\b", re.IGNORECASE)
_NOT = re.compile(r"\bnot\b", re.IGNORECASE)


class Naming(CueRules):
    """A scope that makes mentions."""

    def withdraw(self) -> None:
        """ "The lungs are clear of infiltrates" is no statement on all that lungs can show."""
        mention = self.mentions.pop()
        if self.pending and self.pending[-1] is mention:
            self.pending.pop()
        self.chain = []
        self.last = self.pending[-1] if self.pending else None

    # Findings and statements.

    def mention(self, event: Match) -> None:
        start, end, entry = event
        joined = self.link in ("and", ",") and self.after_separator(event, 1)
        if self.verb:
            self.pending = []
        if self.negated or self.hedge:
            self._end_run_on(start)
        mention = Mention(start, end, entry, self.sentence, self.link, max(self.separator_end, self.sentence[0]))
        if self.held:
            self.take(mention)
        if self.negated and self.suspended and mention.change and mention.change.start > self.negated.start:
            # "No enlargement of the known nodule".
            mention.change = None
        self._share_change(mention)
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
            self.joined = self.subjects if joined else []
            self.subjects = []

    def _end_run_on(self, start: int) -> None:
        """Run on without a sign ("no effusion small nodule"), a scope that began before the last finding ended with
        it; not in a list that comes to an "or", nor where "of" was dictated for one."""
        last = self.last
        if last is None or self.link or self.suspended:
            return
        if self.text[last.end : start] == " of " or self.or_follows():
            return
        if self.negated and self.negated.start < last.start:
            self.negated = None
        if self.hedge and self.hedge.start < last.start:
            self.hedge = None

    def _share_change(self, mention: Mention) -> None:
        """ "Resolution of effusion and infiltrate": what is said "of" a list is said of all of it."""
        before = self.last
        if before is None or mention.change or mention.status or self.negated or self.hedge:
            return
        change = before.change if self.link in ("and", "or", "/") else None
        if (
            change
            and change.end <= before.start
            and (self.words(change).endswith(" of") or _OF.match(self.text, change.end))
        ):
            mention.change = change

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

    def subject(self, event: Match) -> None:
        if self.after_separator(event, 1):
            self.pending = []
        self.subjects.append(event)

    def predicate(self, event: Match) -> None:
        """ "Heart, hila and bones are normal": every subject of the list is denied its findings."""
        said = self.subjects and not self.negated and self.subjects[-1].end <= event.start
        if said and not self.text.startswith(" of ", event.end):
            for subject in self.subjects:
                if event.entry.name in subject.entry.predicates and subject.entry.denies:
                    mention = Mention(subject.start, subject.end, subject.entry, self.sentence, "", subject.start)
                    mention.away, mention.redacted, mention.negated = self.away, self.redacted, event
                    self.mentions.append(mention)
        self.subjects = []

    def says(self, event: Match) -> bool:
        """True where an adjective is said of the organ before it: "the heart is again enlarged", no "enlarged node"."""
        subject = self.subjects[-1] if self.subjects else None
        if subject is None or subject.entry.name not in event.entry.findings or event.start - subject.end > FARTHEST:
            return False
        between = self.text[subject.end : event.start].lower().split(None, 10)
        following = self.text[event.end : event.end + 20].lower().split(None, 1)
        word = following[0].rstrip(".,;)") if following else ""
        noun = word[:1].isalpha() and not word.endswith("ly") and word not in wording("after_change")
        return all(word in wording("predicative") for word in between) and (self.verb or not noun)

    def shares(self, event: Match, covered: int) -> bool:
        """True where the words of the last finding end in an adjective that organs listed before it have too: "the
        heart and hila are prominent"."""
        self.subjects, self.joined = (self.joined if event.end == covered else []), []
        self.link = "and" if self.subjects else self.link
        return any(subject.entry.name in event.entry.findings for subject in self.subjects)

    def adjective(self, event: Match) -> None:
        """The finding that an adjective names of each subject of the list."""
        denied = _NOT.search(self.text, self.subjects[-1].end, event.start)
        if denied:
            self.negated = Match(*denied.span(), Cue("negated", "forward"))
        for number, subject in enumerate(self.subjects):
            if finding := event.entry.findings.get(subject.entry.name):
                self.link = "and" if number else self.link
                self.mention(Match(event.start, event.end, finding))
        if denied:
            self.negated = None


def _same_kind(one: str, other: str) -> bool:
    return one == other or one in ancestors(other) or other in ancestors(one)
