"""From a text to its mentions of findings, each with the cues, places and words of change that are bound to it.

In: a text. Out: a `Mention` for each finding and each statement that all is normal. One sweep over the matches of the
lexicon, the cues of `context.tsv` and the signs between them, in order; what is open at a place is kept in a handful
of variables, so time grows with the text alone, however many findings stand in a sentence.
"""

import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from radcurate.language.context import CHANGES, HEDGES, NOT_HERE, STATUSES, Cue, cue_finder
from radcurate.language.lexicon import Lexicon
from radcurate.language.lexicon.entries import Blocker, Finding, Modifier, Normal, Place, Predicate, Subject
from radcurate.language.phrases import Match, finder
from radcurate.language.relations import ancestors
from radcurate.language.sentences import Span, sentences

_SIGNS = re.compile(r"[,;:()?/]|\s[-–—]\s|—|(?<![\w.])\.?\d[\d.]*(?:\s?(?:x|by|X|to|-|×)\s?\d[\d.]*)*[\s-]?(?:mm|cm)\b")
_BLANK_MARK = re.compile(r"_{3,}")
_DISTANCE = re.compile(
    r"\s*(?:above|below|from|proximal|distal|beyond|cephalad|caudal|superior|inferior|into|past|deep|lateral|medial)\b"
)
_ALTERNATIVES = ("or", "versus", "/")
_PLACED = (*_ALTERNATIVES, "with")
_CHEST = frozenset({"lung", "pleura", "any"})
_SINGULAR = frozenset({"is", "was", "has", "appears", "remains", "seems", "shows"})
_PLURAL = frozenset({"are", "were", "have", "have been", "appear", "remain"})
_RELATIVE = frozenset({"which", "that is", "that was", "that are", "that were", "that has", "that have"})
# What one cue is said of at most, going backward, and how many words are held for a finding: time stays linear.
_LISTED, _HELD = 40, 20
_AFTER_CHANGE = frozenset(
    "since from in on at to by as when now compared with than and but or over again also today significantly slightly the".split()
)
_LINKING = frozenset(
    "on in at the of within more greater worse also to side mostly predominantly particularly especially a and".split()
)
_EITHER_HEDGES = frozenset(Cue(name, "either") for name in HEDGES)
_NEVER_OFFERED = frozenset({"pleural effusion", "pneumothorax"})
_SIZES = frozenset({"size", "severity", "change", "number"})


class Mention:
    """A finding at `text[start:end]` and what was found for it; filled by the sweep."""

    __slots__ = (
        "start", "end", "entry", "sentence", "negated", "hedge", "away", "redacted", "change", "status", "alternative",
        "link", "gap", "places", "modifiers", "measure", "heir_of",
    )  # fmt: skip

    def __init__(
        self, start: int, end: int, entry: Finding | Normal | Subject, sentence: Span, link: str, gap: int
    ) -> None:
        self.start, self.end, self.entry, self.sentence = start, end, entry, sentence
        self.negated: Match | None = None
        self.hedge: Match | None = None
        self.away: Match | None = None
        self.redacted: Match | None = None
        self.change: Match | None = None
        self.status: Match | None = None
        self.alternative: Match | None = None
        self.link = link
        self.gap = gap
        self.places: list[Match] = []
        self.modifiers: list[Match] = []
        self.measure: Span | None = None
        self.heir_of: tuple[Mention, int] | None = None

    @property
    def sided(self) -> bool:
        """True where a place tells the side."""
        return any(match.entry.side for match in self.places)

    def inherit(self) -> None:
        """Takes over places that stand before a point, where there is no side of its own."""
        if self.heir_of and not self.sided:
            before, end = self.heir_of
            self.places += [match for match in before.places[:_HELD] if match.start < end]


def mentions(text: str) -> list[Mention]:
    """The mentions of `text` in order."""
    marked = _BLANK_MARK.sub(lambda mark: "x" * len(mark[0]), text) if "___" in text else text
    found = finder().find(marked)
    if not any(isinstance(match.entry, Finding | Normal | Predicate) for match in found):
        return []
    return _Sweep(text, found, cue_finder().find(marked)).run()


class _Sweep:
    """The state of the sweep; `run` goes through the events in order."""

    def __init__(self, text: str, found: Sequence[Match], cues: Sequence[Match]) -> None:
        self.text = text
        self.mentions: list[Mention] = []
        self.spans = sentences(text)
        signs = [Match(sign.start(), sign.end(), sign[0].strip()) for sign in _SIGNS.finditer(text)]
        self.events: list[Match] = sorted([*found, *cues, *signs], key=lambda match: (match[0], -match[1]))
        self.or_ahead: list[bool] | None = None
        self.previous: list[Mention] = []
        self.asked = False
        self.bilateral = Lexicon.load().places["bilateral"]
        self._open((0, 0))

    def _open(self, sentence: Span) -> None:
        """Nothing is known at the start of a sentence."""
        self.sentence = sentence
        self.negated: Match | None = None
        self.suspended = False
        self.hedge: Match | None = None
        self.away: Match | None = None
        self.redacted: Match | None = None
        self.held: list[Match] = []
        self.status_to: tuple[Mention, Match] | None = None
        self.pending: list[Mention] = []
        self.last: Mention | None = None
        self.chain: list[Mention] = []
        self.subjects: list[Match] = []
        self.link = ""
        self.separator_end = -1
        self.verb = False
        self.copula: Match | None = None
        self.exam: Match | None = None
        self.bound = -1
        self.advised = False
        self.said = False
        self.first = len(self.mentions)

    def run(self) -> list[Mention]:
        """All mentions of the text."""
        covered = hidden = 0
        sentence_end = -1
        number = -1
        handle = {
            Finding: self._mention, Normal: self._mention, Place: self._hold, Modifier: self._hold,
            Subject: self._subject, Predicate: self._predicate, str: self._sign, Cue: self._cue,
        }  # fmt: skip
        for self.index, event in enumerate(self.events):
            start, end, entry = event
            if start >= sentence_end:
                if number >= 0:
                    self._close()
                while start >= self.spans[number + 1][1]:
                    number += 1
                number += 1
                self._open(self.spans[number])
                sentence_end = self.spans[number][1]
            kind = type(entry)
            if kind is Blocker:
                continue
            if kind is Finding or kind is Normal:
                covered = end
            elif end <= covered and kind is not Predicate:
                if kind is Place and self.mentions and self.mentions[-1].end == covered:
                    self.mentions[-1].places.append(event)
                continue
            elif kind is Cue and start < covered:
                if entry.name != "negated" or type(self.mentions[-1].entry) is not Normal:
                    continue
                # "The lungs are clear of infiltrates" is no statement on all that lungs can show.
                self._withdraw()
            elif kind is Place and end <= hidden:
                continue
            if kind is Cue and entry.name != "exam":
                hidden = max(hidden, end)
            handle[kind](event)
        self._close()
        for mention in self.mentions:
            mention.inherit()
        return self.mentions

    def _withdraw(self) -> None:
        mention = self.mentions.pop()
        self.pending = [other for other in self.pending if other is not mention]
        self.chain = []
        self.last = self.pending[-1] if self.pending else None

    # Events.

    def _mention(self, event: Match) -> None:
        start, end, entry = event
        if self.verb and self.pending:
            self.pending = []
        if (
            self.last
            and not self.link
            and self.text[self.last.end : start] != " of "
            and not self.suspended
            and (self.negated or self.hedge)
            and not self._or_follows()
        ):
            # Run on without a sign: a scope that began before the last finding ended with it.
            if self.negated and self.negated.start < self.last.start:
                self.negated = None
            if self.hedge and self.hedge.start < self.last.start:
                self.hedge = None
        mention = Mention(start, end, entry, self.sentence, self.link, max(self.separator_end, self.sentence[0]))
        self._take(mention)
        if self.status_to and not _same_kind(entry.name, self.status_to[0].entry.name):
            self.status_to[0].status = Match(*self.status_to[1][:2], Cue("removed", "backward"))
        self.status_to = None
        if self.negated and not self.suspended:
            mention.negated = self.negated
            mention.gap = max(mention.gap, self.negated.end, self.bound)
        mention.hedge = self.hedge
        mention.away = self.away
        if self.redacted:
            if self.text.count(" ", self.redacted.end, start) <= 6:
                mention.redacted = self.redacted
            self.redacted = None
        elif self.link in (*_ALTERNATIVES, "and") and self.last and not self.negated:
            mention.redacted = (
                self.last.redacted if self.last.redacted and self.last.redacted.entry.direction == "forward" else None
            )
        if self.link in _ALTERNATIVES and self.chain:
            if self.link != "or":
                self.chain = self.chain[-1:]
            for other in (*self.chain[-_LISTED:], mention):
                other.alternative = other.alternative or event
            self.chain.append(mention)
        elif self.link == "," and self.chain:
            self.chain.append(mention)
        else:
            self.chain = [mention]
        self._heir(mention)
        self.pending.append(mention)
        self.last = mention
        self.mentions.append(mention)
        self.link = ""
        self.verb = False
        self.copula = None
        self.exam = None
        if type(entry) is Finding:
            self.subjects = []

    def _heir(self, mention: Mention) -> None:
        """Notes whose place is that of a finding without one: the first of two ("left basilar atelectasis or
        pneumonia"), or what it is a sign of."""
        before = self.last
        if before is None:
            return
        explained = self.hedge is not None and before.end <= self.hedge.start and self.link in ("", "verb")
        in_chest = {_region(before), _region(mention)} <= _CHEST
        if self.link in _ALTERNATIVES or (in_chest and (explained or self.link == "and")):
            mention.heir_of = (before, before.end if not explained else mention.start)

    def _take(self, mention: Mention) -> None:
        """What was held for the finding that follows."""
        for match in self.held:
            entry = match.entry
            if type(entry) is Place:
                mention.places.append(match)
            elif type(entry) is Modifier:
                mention.modifiers.append(match)
            elif type(entry) is str:
                mention.measure = match[:2]
            elif entry.name in HEDGES:
                if self.negated and self._after_separator(match):
                    self._new_assertion()
                if not self.negated:
                    self.hedge = match
            elif entry.name in NOT_HERE:
                self.away = match
            else:
                _change(mention, match)
        self.held = []

    def _hold(self, event: Match) -> None:
        entry = event.entry
        if type(entry) is Modifier:
            if entry.kind == "change":
                return
            if (entry.kind in _SIZES or entry.name == "chronic") and self._after_separator(event):
                self._new_assertion()
        elif self.last and self.last.end < self.separator_end and not self._linked(event):
            self._flush()
            self.pending = []
        elif entry.side and self.negated and self._after_separator(event) and self.link == ",":
            self._new_assertion()
        self.held = [*self.held[-_HELD:], event]

    def _subject(self, event: Match) -> None:
        if self._after_separator(event, 1):
            self.pending = []
        self.subjects.append(event)

    def _predicate(self, event: Match) -> None:
        """ "Heart, hila and bones are normal": every subject of the list is denied its findings."""
        if self.subjects and not self.negated and self.subjects[-1].end <= event.start:
            if not self.text.startswith(" of ", event.end):
                self._deny(event)
        self.subjects = []

    def _deny(self, event: Match) -> None:
        name = event.entry.name if type(event.entry) is Predicate else "normal"
        for subject in self.subjects:
            if name in subject.entry.predicates and subject.entry.denies:
                mention = Mention(subject.start, subject.end, subject.entry, self.sentence, "", subject.start)
                mention.away, mention.redacted = self.away, self.redacted
                mention.negated = event
                self.mentions.append(mention)
        self.subjects = []

    def _sign(self, event: Match) -> None:
        sign = event.entry
        if sign == ",":
            self._flush()
            self._separate(event, ",")
        elif sign == "/":
            if self.last and self.last.end == event.start:
                self.link = "/"
                self.separator_end = event.end
        elif sign == "?":
            self._question(event)
        elif sign in ";:" or sign[0] in "-–—":
            colon = sign == ":"
            away = self.away if colon and self.away and self.away.end == event.start else None
            negated = self.negated if colon and self.negated and self.negated.end == event.start else None
            pending, last = self.pending, self.last
            self._end(event)
            self.away, self.negated = away, negated
            if sign != ";":
                self.pending, self.last = pending, last
                self.link = ":"
        elif sign in "()":
            self._flush()
            self._separate(event, ",")
        elif not _DISTANCE.match(self.text, event.end):
            self.held.append(event)

    def _question(self, event: Match) -> None:
        before = self.text[event.start - 1 : event.start]
        if before.isalnum() or before == "?" or before == ")":
            self._flush()
            for mention in self.mentions[self.first :][-_LISTED:]:
                mention.hedge = mention.hedge or Match(event.start, event.end, Cue("possible", "backward"))
            self.asked = True
        else:
            self.hedge = Match(event.start, event.end, Cue("possible", "forward"))

    def _cue(self, event: Match) -> None:
        name, direction = event.entry.name, event.entry.direction
        if name == "negated":
            if (
                direction == "backward"
                and self._words(event).endswith(" not")
                and self.text[event.end : event.end + 1].strip(".,;)")
            ):
                return
            if direction == "either":
                direction = "backward" if self.pending else "forward"
            if direction == "forward":
                self._flush()
                if self._after_separator(event):
                    self.away = None
                self.negated, self.suspended, self.hedge = event, False, None
                self.verb = False
                self.link = "no"
                self.chain = []
            else:
                self._flush()
                self._backward(event)
        elif name in HEDGES:
            if direction == "forward":
                self._flush()
                if self._after_separator(event) or (
                    self.negated and self.verb and not self.text.endswith("to ", 0, event.start)
                ):
                    self.negated = None
                self.hedge = event
                self.bound = event.end
                self.chain = []
                if self._words(event) == "with or without":
                    self.link = "with"
            elif direction == "either":
                self.held.append(event)
            else:
                self._flush()
                self._backward(event)
        elif name in CHANGES or name in STATUSES:
            if direction == "backward" or (direction == "either" and self._after_copula(event)):
                self._flush()
                self._backward(event)
            else:
                if self._after_separator(event):
                    self._new_assertion()
                self.held.append(event)
        elif name in NOT_HERE:
            self._not_here(event, direction)
        elif name == "redacted":
            if direction == "forward":
                self.redacted = event
            else:
                self._flush()
                self._backward(event)
        else:
            self._bound(event, name)

    def _not_here(self, event: Match, direction: str) -> None:
        if direction == "either":
            direction = "backward" if self.last and self.pending and self.link in ("", "verb") else "forward"
        self._flush()
        if direction == "forward":
            if not (self.advised and event.entry.name == "hypothetical"):
                self.away = event
            self.advised = self.advised or event.entry.name == "recommendation"
        elif self.link in ("", "verb") and self.pending and not self.pending[-1].negated:
            self._backward(event)
        if event.entry.name == "recommendation":
            self.advised = True
            if self.away is None and direction == "backward":
                self.away = event

    def _bound(self, event: Match, name: str) -> None:
        if name == "end":
            words = self._words(event)
            relative = words in _RELATIVE or words.startswith(("and ", "but "))
            last = self.last if not words.endswith("there") else None
            places = (
                [match for match in self.held if type(match.entry) is Place]
                if words.startswith("there") and not last
                else []
            )
            self._end(event)
            self.held = places
            if relative and last:
                self.pending, self.separator_end = [last], -1
        elif name == "with":
            if (
                self.held
                and self.held[-1].entry in _EITHER_HEDGES
                and not self.text[self.held[-1].end : event.start].strip()
            ):
                # "Possibly due to".
                held = self.held.pop()
                self._flush()
                self.hedge = Match(held.start, event.end, Cue(held.entry.name, "forward"))
                return
            self._flush()
            if self._after_separator(event):
                self.away = None
            self.negated = self.hedge = self.redacted = None
            self.link = "with"
            self.chain = []
        elif name == "given":
            if self.negated and self.text[self.negated.end : event.start].strip():
                self.suspended = True
        elif name == "verb" or (name == "told" and not self.exam):
            self._flush()
            if self.last and self.last.end < self.separator_end and not self._after_separator(event):
                # It is said of something else: "cardiomegaly, contours are unchanged".
                self.pending = []
            self.verb = self.said = True
            self.bound = event.end
            self.redacted = None
            self.link = "verb"
            if self.away and self.last and self.last.away is self.away:
                self.away = None
            if event.entry.direction == "backward" and self._words(event) != "been":
                self.copula = event
        elif name == "told":
            self._flush()
            self.away = Match(self.exam.start, event.end, Cue("elsewhere", "forward")) if self.exam else None
        elif name == "sides":
            self.held.append(Match(event.start, event.end, self.bilateral))
        elif name == "exam":
            self.exam = event
        elif name == "opener":
            if self._after_separator(event):
                self._new_assertion()
        elif name in ("and", "or", "versus"):
            self._flush()
            self._separate(event, name)
            if self._words(event) == "or both" and len(self.chain) > 1:
                self.chain[-1].link = "or"
                for mention in self.chain:
                    mention.alternative = event

    # What events do.

    def _words(self, event: Match) -> str:
        return self.text[event.start : event.end].lower()

    def _after_separator(self, event: Match, words: int = 0) -> bool:
        """True where the event stands right after a comma, "and" or a dash, or after so many words more."""
        return self.separator_end >= 0 and len(self.text[self.separator_end : event.start].split(None, words)) <= words

    def _after_copula(self, event: Match) -> bool:
        """True where it is said of what stands before: "is (now slightly) larger"."""
        copula = self.copula
        return bool(copula and self.pending and self.text.count(" ", copula.end, event.start) <= 3)

    def _linked(self, event: Match) -> bool:
        """True where only small words stand between the last separator and a place: "effusions, more on the right"."""
        return all(word in _LINKING for word in self.text[self.separator_end : event.start].lower().split(None, 6))

    def _separate(self, event: Match, link: str) -> None:
        """A comma or conjunction: the scope goes on in a list, but not into a new clause."""
        self.suspended = False
        if self.subjects and link == ",":
            self.held = [match for match in self.held if type(match.entry) is not Place]
        if self.verb:
            self.held = [match for match in self.held if type(match.entry) is not Place]
            if link in (",", "and") and not self._or_follows():
                self.negated = self.hedge = None
            self.subjects = []
        if link == "and" and self.hedge and self.hedge.entry.direction == "either":
            self.hedge = None
        if link == "," and self.link in ("and", "or", "versus"):
            link = self.link
        elif link == "and" and self.link == "or":
            link = "or"
        if self.link not in ("verb", "with", "no") or self.verb is False:
            self.link = link
        self.redacted = None
        self.separator_end = event.end

    def _new_assertion(self) -> None:
        """Words that open an assertion of its own after a comma or "and"; not within a list that goes on with "or"."""
        if self.link == "or" or (self.link == "," and self._or_follows()):
            return
        self.negated = self.hedge = None
        if self.last and self.away and self.away.start < self.last.start:
            self.away = None
        self.link = "clause"

    def _or_follows(self) -> bool:
        """True where the list that stands here goes on to an "or" before its clause ends."""
        if self.or_ahead is None:
            self.or_ahead = [False] * (len(self.events) + 1)
            bounds = [span[0] for span in self.spans]
            after = len(bounds)
            for index in range(len(self.events) - 1, -1, -1):
                entry = self.events[index].entry
                sentence = bisect_right(bounds, self.events[index].start)
                ahead = self.or_ahead[index + 1] and sentence == after
                after = sentence
                if type(entry) is Cue:
                    if entry.name in ("or", "versus"):
                        ahead = True
                    elif entry.name in ("end", "verb", "negated", "with"):
                        ahead = False
                elif type(entry) is str and entry in ";:":
                    ahead = False
                self.or_ahead[index] = ahead
        return self.or_ahead[self.index + 1]

    def _flush(self) -> None:
        """What was held for a finding to follow belongs to the one before, where there is one."""
        if not self.held:
            return
        if not self.pending:
            # A word is of what it stands at: "increased markings, perhaps atelectasis".
            here = self.events[self.index].start
            self.held = [
                match
                for number, match in enumerate(self.held)
                if type(match.entry) is Place
                or getattr(match.entry, "name", "") in HEDGES
                or self._adjoins(number, here)
            ]
            return
        held, self.held = self.held, []
        for match in held:
            entry = match.entry
            if type(entry) is Place:
                for number, mention in enumerate(self._listed(True, _PLACED)):
                    if number == 0 or not mention.sided:
                        mention.places.append(match)
            elif type(entry) is Modifier:
                self.pending[-1].modifiers.append(match)
            elif type(entry) is str:
                self.pending[-1].measure = self.pending[-1].measure or match[:2]
            elif entry.name not in CHANGES or self._of_before(match):
                self._backward(match)

    def _of_before(self, match: Match) -> bool:
        """True where no noun of its own follows a word of change: "increased since the prior", "increased markings"."""
        rest = self.text[match.end : min(self.sentence[1], max(match.end, self.events[self.index].start))]
        words = rest.split(None, 1)
        return not words or not words[0][0].isalpha() or words[0].lower().rstrip(".,") in _AFTER_CHANGE

    def _adjoins(self, number: int, here: int) -> bool:
        """True where only other words held stand between a word held and this place."""
        end = self.held[number].end
        for match in self.held[number + 1 :]:
            if self.text[end : match.start].strip():
                break
            end = match.end
        return not self.text[end:here].strip()

    def _listed(self, plural: bool, links: tuple[str, ...] = ("or",)) -> list[Mention]:
        """The mentions that a cue behind them is said of: the last, and those joined to it."""
        listed = [self.pending[-1]]
        joined = False
        for mention, before in itertools.pairwise(reversed(self.pending)):
            if (
                mention.link in links
                or (mention.link == "and" and plural)
                or (mention.link == "," and joined)
                or mention.away
                or mention.start == before.end + 1
            ):
                joined = True
                listed.append(before)
            else:
                break
            if len(listed) == _LISTED:
                break
        return listed

    def _backward(self, cue: Match) -> None:
        """Binds a cue to what stands before it."""
        if not self.pending:
            if self.asked and not self.mentions[self.first :] and cue.entry.name == "negated":
                self._answer(cue)
            return
        name = cue.entry.name
        words = self.text[cue.start : cue.end].lower()
        first = words.split()[0] if words else ""
        copula = self._words(self.copula) if self.copula else ""
        plural = first in _PLURAL or (first not in _SINGULAR and copula not in _SINGULAR)
        listed = self._listed(plural)
        if name == "replaced":
            self.status_to = (listed[0], cue)
            cue = Match(cue.start, cue.end, Cue("exchanged", "backward"))
        elif name != "negated" and listed[0].negated and len(self.pending) > 1 and not self.pending[-2].negated:
            listed = [self.pending[-2]]
        for mention in listed:
            if name == "negated":
                if mention.away and mention.away.entry.name == "other":
                    continue
                mention.negated, mention.away, mention.hedge = cue, None, None
                mention.gap = mention.start
            elif name in HEDGES:
                mention.hedge = cue
                mention.negated = None
            elif name in NOT_HERE:
                mention.away = cue
            elif name == "redacted":
                mention.redacted = cue
            elif name == "resolved" and mention.negated and self.link == "verb":
                # "No evidence that it has resolved".
                mention.negated = None
                _change(mention, Match(cue.start, cue.end, Cue("persists", "backward")))
            else:
                _change(mention, cue)

    def _end(self, event: Match) -> None:
        """Nothing passes here."""
        self._flush()
        self.negated = self.hedge = self.away = self.redacted = None
        self.suspended = False
        self.held = []
        self.pending = []
        self.chain = []
        self.link = ""
        self.verb = False
        self.copula = None
        self.separator_end = event.end

    def _close(self) -> None:
        """The end of a sentence."""
        self._flush()
        if (
            self.negated
            and self.link == "no"
            and self.pending
            and not self.text[self.negated.end : self.sentence[1]].strip(" .")
        ):
            self._backward(self.negated)
        if not self.said and len(self.chain) > 1:
            self._doubt_fragment()
        here = self.mentions[self.first :]
        if here:
            self.previous = here
            self.asked = self.text[self.sentence[1] - 1] == "?"
        elif self.negated and self.asked:
            self._answer(self.negated)

    def _doubt_fragment(self) -> None:
        """ "Pleural effusions or pneumothorax." is what dictation left of a denial: nobody offers one for the other."""
        plain = all(
            mention.alternative and not (mention.negated or mention.hedge or mention.sided)
            for mention in self.chain[:_LISTED]
        )
        if plain and any(mention.entry.name in _NEVER_OFFERED for mention in self.chain[:_LISTED]):
            for mention in self.chain:
                mention.redacted = mention.alternative

    def _answer(self, cue: Match) -> None:
        """ "Hiatal hernia? No." """
        for mention in self.previous:
            mention.negated, mention.hedge, mention.gap = cue, None, mention.start
        self.asked = False


def _change(mention: Mention, match: Match) -> None:
    """The first word of change counts, save that what is gone or removed counts before all."""
    name = match.entry.name
    if name in STATUSES:
        mention.status = match if mention.status is None or name == "removed" else mention.status
    elif mention.change is None or name in ("resolved", "resolving") or mention.change.entry.name == "persists":
        mention.change = match


def _region(mention: Mention) -> str:
    return mention.entry.region if type(mention.entry) is Finding else ""


def _same_kind(one: str, other: str) -> bool:
    return one == other or one in ancestors(other) or other in ancestors(one)
