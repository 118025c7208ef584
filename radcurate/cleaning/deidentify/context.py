"""What the rules of de-identification share: what stands before a place, words as a pattern, spans that lie apart."""

import re
from collections.abc import Iterable, Iterator

from radcurate.cleaning.rules import Edit

# No word that leads to an identifier is longer.
REACH = 48

Span = tuple[int, int]


def before(pattern: re.Pattern[str], text: str, at: int, reach: int = REACH) -> re.Match[str] | None:
    """The match of a pattern that ends with `\\Z`, right before `at`."""
    return pattern.search(text, max(0, at - reach), at)


def either(words: Iterable[str]) -> str:
    """An alternation of words as they stand, longest first; any one blank parts them."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in longest_first)


def apart(spans: Iterable[Span], mark: str) -> Iterator[Edit]:
    """Edits that put `mark` in the place of each span; of spans that overlap the first and longest."""
    reached = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= reached:
            yield Edit(start, end, mark)
            reached = end
