"""The rule for dictation commands that were written down instead of obeyed. `spoken.toml` has its exceptions."""

import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from radcurate.cleaning.rules import REPORTS, Edit, Example, TextRule
from radcurate.documents import Section

_NEEDED = re.compile(r"period|full stop|comma|paragraph|line|paren|dictation", re.IGNORECASE)
_STOP = re.compile(
    r"(?<=[a-z0-9)])[ \t]+(?:period|full stop)"
    r"(?:[ \t]+(?:new|next|end of)[ \t]+(?:paragraph|line))?(?=[ \t]+[A-Z]|[ \t]*(?:\n|\Z))"
)
_COMMA = re.compile(r"(?<=[a-z0-9)])[ \t]+comma(?=[ \t]+[a-z])")
_BREAK = re.compile(
    r"(?<=[.!?])[ \t]*(?:new|next)[ \t]+(?:paragraph|line)\.?(?=\s*\n|\s*\Z|[ \t]+[A-Z])", re.IGNORECASE
)
_DICTATION = re.compile(
    r"(?:(?<=[.!?\n])|\A)[ \t]*(?:begin|start|end|stop) (?:of )?dictation\.?(?=\s|\Z)", re.IGNORECASE
)
_PARENTHESES = re.compile(
    r"open paren(?:thesis)?[ \t]*(?P<inner>[^.\n]{1,80}?)[ \t]*close paren(?:thesis)?", re.IGNORECASE
)
_LAST_WORD = re.compile(r"[\w-]+\Z")


@functools.cache
def _before_period() -> frozenset[str]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return frozenset(data["before_period"])


def _spoken_command(section: Section) -> Iterator[Edit]:
    """Obeys dictation commands that were written down ("period", "comma", "new paragraph", "open paren")."""
    text = section.text
    if not _NEEDED.search(text):
        return
    edits = [Edit(match.start(), match.end(), ".") for match in _STOP.finditer(text) if _is_said(text, match.start())]
    edits += [Edit(match.start(), match.end(), ",") for match in _COMMA.finditer(text)]
    edits += [Edit(match.start(), match.end(), "") for match in _BREAK.finditer(text)]
    edits += [Edit(match.start(), match.end(), "") for match in _DICTATION.finditer(text)]
    edits += [Edit(match.start(), match.end(), f"({match['inner']})") for match in _PARENTHESES.finditer(text)]
    reached = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        if edit.start >= reached and edit.end > edit.start:
            yield edit
            reached = edit.end


def _is_said(text: str, start: int) -> bool:
    """False for a period of time."""
    word = _LAST_WORD.search(text[max(0, start - 40) : start])
    return word is not None and word[0].lower() not in _before_period()


RULES = (
    TextRule(
        "spoken_command.v1",
        _spoken_command,
        (
            Example(
                "The heart is normal period The lungs are clear period", "The heart is normal. The lungs are clear."
            ),
            Example("No effusion comma no pneumothorax.", "No effusion, no pneumothorax."),
            Example("Clear. New paragraph\nNormal heart.", "Clear.\nNormal heart."),
            Example(
                "Free gas is expected in the post-operative period.",
                "Free gas is expected in the post-operative period.",
            ),
            Example(
                "There is a new line in the left subclavian vein.", "There is a new line in the left subclavian vein."
            ),
            Example("The last menstrual period\nis unknown.", "The last menstrual period\nis unknown."),
        ),
        REPORTS,
    ),
)
