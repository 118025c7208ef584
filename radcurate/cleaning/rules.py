"""What a cleaning rule is: a pure function with a versioned id that proposes, and its examples beside it.

A rule changes nothing itself: `apply.py` applies what it proposes and writes the audit. A change of behaviour is a new
version, `spaces.v2`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from radcurate.documents import Document, Section


@dataclass(frozen=True)
class Edit:
    """Replace the characters `start` to `end` (at least one) of a section's text by `replacement`."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True)
class Example:
    """A text before and after the rule; equal ones say what must survive. `heading` is the section's."""

    before: str
    after: str
    heading: str = "FINDINGS"


@dataclass(frozen=True)
class TextRule:
    """Proposes edits to one section at a time, of documents of these `kinds` (none given: of all).

    `surrogates`: what it takes out may be a publisher's invention in the place of the real thing, which stays unless
    the recipe says otherwise.
    """

    id: str
    propose: Callable[[Section], Iterable[Edit]]
    examples: tuple[Example, ...]
    kinds: tuple[str, ...] = ()
    surrogates: bool = False


@dataclass(frozen=True)
class Shift:
    """What a recipe says of dates that are moved: its secret key, and whether 3/4 is the third of April."""

    key: bytes = field(repr=False)
    day_first: bool = False

    @property
    def digest(self) -> str:
        """What a release says of the key."""
        return sha256(self.key).hexdigest()


@dataclass(frozen=True)
class KeyedRule:
    """Gives the text rule of one group of documents, made with a key that is no part of a release."""

    id: str
    rule_for: Callable[[Shift, str], TextRule]

    def example(self) -> TextRule:
        """The rule of an invented key and group, to show and test it by."""
        return self.rule_for(Shift(b"a key that examples are made with"), "a group")


@dataclass(frozen=True)
class Judged:
    """A document of this kind and text, and how the reason begins or what it holds; None for one that is kept."""

    text: str
    reason: str | None
    kind: str = "article"


@dataclass(frozen=True)
class DocumentRule:
    """Proposes to drop a document, once its text is clean: `judge` gives the reason, or None to keep it."""

    id: str
    judge: Callable[[Document], str | None]
    examples: tuple[Judged, ...]


@dataclass(frozen=True)
class CollectionRule:
    """Drops documents for the sake of others: `signature` gives what duplicates have in common, or None for none."""

    id: str
    signature: Callable[[Document], str | None]


@dataclass(frozen=True)
class SimilarityRule:
    """Drops documents whose text is nearly another's: `text` gives what is compared, or None for what never is."""

    id: str
    text: Callable[[Document], str | None]


Rule = TextRule | KeyedRule | DocumentRule | CollectionRule | SimilarityRule
REPORTS = ("report",)
PAGES = ("article", "case")
