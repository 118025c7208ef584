"""A mention: a place in a text that names a finding, and the matches that were bound to it.

`reading.py` makes and fills it; `observations.py` turns it into a value.
"""

from radcurate.language.context import STATUSES
from radcurate.language.lexicon.entries import Finding, Normal, Subject
from radcurate.language.phrases import Match
from radcurate.language.sentences import Span

# No mention takes over more places than this: time stays linear.
MOST_PLACES = 20


class Mention:
    """A finding at `text[start:end]` and what was found for it; filled while the text is read.

    `link` is what joins it to the mention before (", ", and, or, versus, with, …: see `Scope.link`), `gap` where the
    words before it that may limit a denial begin, `heir_of` the mention whose place it shares and how far.
    """

    __slots__ = (
        "alternative",
        "away",
        "change",
        "end",
        "entry",
        "gap",
        "hedge",
        "heir_of",
        "link",
        "measure",
        "modifiers",
        "negated",
        "places",
        "redacted",
        "sentence",
        "start",
        "status",
    )

    def __init__(
        self, start: int, end: int, entry: Finding | Normal | Subject, sentence: Span, link: str, gap: int
    ) -> None:
        self.start, self.end, self.entry, self.sentence = start, end, entry, sentence
        self.link, self.gap = link, gap
        self.negated: Match | None = None
        self.hedge: Match | None = None
        self.away: Match | None = None
        self.redacted: Match | None = None
        self.alternative: Match | None = None
        self.change: Match | None = None
        self.status: Match | None = None
        self.measure: Span | None = None
        self.places: list[Match] = []
        self.modifiers: list[Match] = []
        self.heir_of: tuple[Mention, int] | None = None

    @property
    def sided(self) -> bool:
        """True where a place tells the side."""
        return any(match.entry.side for match in self.places)

    @property
    def region(self) -> str:
        """The region of the finding; empty for a statement."""
        return self.entry.region if type(self.entry) is Finding else ""

    @property
    def is_postoperative(self) -> bool:
        """True for a state after an operation."""
        return type(self.entry) is Finding and self.entry.kind == "postoperative"

    def set_change(self, match: Match) -> None:
        """The first word of change counts, save that what is gone or going, or removed, counts before all."""
        name = match.entry.name
        if name in STATUSES:
            if self.status is None or name == "removed":
                self.status = match
        elif self.change is None or name in ("resolved", "resolving") or self.change.entry.name == "persists":
            self.change = match

    def inherit(self) -> None:
        """Takes over the places that it shares, where it has no side of its own."""
        if self.heir_of and not self.sided:
            before, end = self.heir_of
            self.places += [match for match in before.places[:MOST_PLACES] if match.start < end]
