"""Rules for what dictation and reporting systems leave in a report's text."""

import itertools
import re
from collections.abc import Iterator

from radcurate.cleaning.rules import REPORTS, Edit, Example, TextRule
from radcurate.documents import Section

_SIGNATURE = re.compile(
    r"""(?:(?<=[.!?:;\n])|\A)\s*                       # a sentence or line of its own
        (?:electronically\s+signed|dictated|transcribed|(?:reviewed|verified|interpreted|read)\s+and\s+signed|signed)
        (?:\s+(?:and|&)\s+\w+)?
        \s*(?:by\b|:|on\b)""",
    re.IGNORECASE | re.VERBOSE,
)
# After "signed by" stand names, numbers and redaction marks, and of other words only these: so a full stop that is
# missing never takes a finding out with the signature.
_AROUND_NAME = re.compile(
    r"(?:and|at|attending|[ap]m|by|electronically|for|of|on|physician|radiologist|resident|the)[.,:;]*"
)
_WORD = re.compile(r"\S+")
_ABBREVIATION = re.compile(r"(?:Drs?|Prof|Mrs?|Ms|(?:[A-Z]\.)*[A-Z])\.")
_DEGREES = ("M.D.", "D.O.")
_STRAY_STOP = re.compile(r"(?<=[.!?])\s+\.(?=\s|\Z)")
_WRAPPED = re.compile(r"(?<=[a-z,])\n(?=[a-z(])")


def _repeated_heading(section: Section) -> Iterator[Edit]:
    """Takes out a section's own heading where its text begins with it again; an addendum says that it is one."""
    names = {section.heading, section.heading.rstrip("sS"), section.name.rpartition("_")[0] or section.name} - {""}
    if not section.heading or section.heading.lower().startswith("addendum"):
        return
    heading = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    match = re.match(rf"\s*(?:(?:{heading})(?:\s*:\s*|\s+-\s+|[ \t]*(?:\n\s*|\Z)))+", section.text, re.IGNORECASE)
    if match and match[0].strip() and match.end() > match.start():
        yield Edit(match.start(), match.end(), "")


def _signature_line(section: Section) -> Iterator[Edit]:
    """Takes out who signed, dictated or transcribed the report, and when."""
    reached = 0
    for match in _SIGNATURE.finditer(section.text):
        end = _signature_end(section.text, match.end())
        if end is not None and match.start() >= reached:
            yield Edit(match.start(), end, "")
            reached = end


def _signature_end(text: str, start: int) -> int | None:
    """Where the names after "signed by" end, with their sentence or line; None where other words stand among them."""
    line_end = text.find("\n", start)
    words = list(_WORD.finditer(text, start, len(text) if line_end < 0 else line_end))
    for word, following in itertools.zip_longest(words, words[1:]):
        if word[0][0].islower() and not _AROUND_NAME.fullmatch(word[0]):
            return None
        new_sentence = following is None or following[0][:2].istitle()
        if word[0].endswith(_DEGREES) and new_sentence:
            return word.end()
        if word[0].endswith(".") and not _ABBREVIATION.fullmatch(word[0]):
            return word.end()
    return words[-1].end() if words else start


def _wrapped_line(section: Section) -> Iterator[Edit]:
    """Joins a line that was broken within a sentence."""
    for match in _WRAPPED.finditer(section.text):
        yield Edit(match.start(), match.end(), " ")


def _stray_stop(section: Section) -> Iterator[Edit]:
    """Takes out a full stop that stands alone after the end of a sentence."""
    for match in _STRAY_STOP.finditer(section.text):
        yield Edit(match.start(), match.end(), "")


RULES = (
    TextRule(
        "repeated_heading.v2",
        _repeated_heading,
        (
            Example("FINDINGS: The lungs are clear.", "The lungs are clear."),
            Example("Findings : Clear.", "Clear."),
            Example("FINDINGS: FINDINGS: Clear.", "Clear."),
            Example("Findings are stable.", "Findings are stable."),
            Example("IMPRESSION: Clear.", "IMPRESSION: Clear."),
            Example("FINDINGS\nClear.", "Clear."),
            Example("Finding: a nodule.", "a nodule."),
            Example("FINDINGS - Clear.", "Clear."),
            Example("ADDENDUM: Clear.", "ADDENDUM: Clear.", "ADDENDUM"),
            Example("FINDINGS:", ""),
        ),
        REPORTS,
    ),
    TextRule(
        "signature_line.v1",
        _signature_line,
        (
            Example("No acute disease. Electronically signed by: XXXX", "No acute disease."),
            Example("Clear lungs.\nDictated by Dr. ___ on ___.\nNormal heart.", "Clear lungs.\nNormal heart."),
            Example("Clear.\nTranscribed by: XXXX", "Clear."),
            Example("No change. Dictated and signed by XXXX XXXX, M.D.", "No change."),
            Example("Normal heart. Dictated by J. Doe, M.D. Clear lungs.", "Normal heart. Clear lungs."),
            Example("Clear. Signed by J.R. Doe on ___ at 10:30 pm. No effusion.", "Clear. No effusion."),
            Example("Clear. Signed by XXXX The heart is large.", "Clear. Signed by XXXX The heart is large."),
            Example("Study was signed out to the ward by telephone.", "Study was signed out to the ward by telephone."),
            Example("Rotation is dictated by the scoliosis.", "Rotation is dictated by the scoliosis."),
            Example("The sign of Hampton hump is absent.", "The sign of Hampton hump is absent."),
        ),
        REPORTS,
    ),
    TextRule(
        "wrapped_line.v1",
        _wrapped_line,
        (
            Example("There is a small\npleural effusion.", "There is a small pleural effusion."),
            Example("effusion,\nnew since XXXX", "effusion, new since XXXX"),
            Example("1. Clear.\n2. Normal.", "1. Clear.\n2. Normal."),
            Example("clear\n\nno effusion", "clear\n\nno effusion"),
        ),
        REPORTS,
    ),
    TextRule(
        "stray_stop.v1",
        _stray_stop,
        (
            Example("No acute disease. .", "No acute disease."),
            Example("Clear. . Normal heart.", "Clear. Normal heart."),
            Example("A .5 cm nodule. 3 mm granuloma.", "A .5 cm nodule. 3 mm granuloma."),
            Example("and so on ...", "and so on ..."),
        ),
        REPORTS,
    ),
)
