"""Cues: words that mark a comparison with a prior study, a notification, an inner heading; `cues.toml` holds them.

Each set of cues is a list of regular expressions and a list of exceptions; a cue inside an exception does not count.
"""

import functools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from radcurate.language.sentences import Span


@dataclass(frozen=True)
class CueSet:
    """Compiled cues and exceptions of one kind."""

    cues: re.Pattern[str]
    exceptions: re.Pattern[str] | None

    def find(self, text: str) -> Iterator[Span]:
        """The spans of cues in `text` that no exception covers."""
        excused = [match.span() for match in self.exceptions.finditer(text)] if self.exceptions else []
        for match in self.cues.finditer(text):
            if not any(start <= match.start() and match.end() <= end for start, end in excused):
                yield match.span()

    def occurs(self, text: str) -> bool:
        """True where `text` holds a cue."""
        return next(self.find(text), None) is not None


@functools.cache
def cue_set(kind: str) -> CueSet:
    """The cues of one kind of `cues.toml`: `prior`, `communication`, `inner_heading`, `view`, `elsewhere`."""
    entry = examples(kind)
    flags = re.IGNORECASE if entry.get("ignore_case", True) else 0
    exceptions = entry.get("exceptions", [])
    return CueSet(
        re.compile("|".join(f"(?:{cue})" for cue in entry["cues"]), flags),
        re.compile("|".join(f"(?:{cue})" for cue in exceptions), flags) if exceptions else None,
    )


def examples(kind: str) -> dict[str, list[str]]:
    """The entry of `cues.toml`: `cues`, `exceptions`, and its tests: sentences `yes` and `no`."""
    return dict(tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))[kind])


def cites_prior(text: str) -> bool:
    """True where the text compares with an earlier study, which a reader of this one report cannot know."""
    return cue_set("prior").occurs(text)


def is_communication(sentence: str) -> bool:
    """True for a sentence on who was told, when and how, or who signed: nothing that a film shows."""
    return cue_set("communication").occurs(sentence)


def has_inner_heading(text: str) -> bool:
    """True where a section holds headings of its own ("Left ribs. …"): of other body parts, or of lost sections."""
    return cue_set("inner_heading").occurs(text)
