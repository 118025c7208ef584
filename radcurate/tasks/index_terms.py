"""Index terms of a report (a head and its qualifiers, parted by `/`), and what of a term the report supports.

In: terms as published, and the reading of a report. Out: the term in natural order, and the part of it that the text
supports. `index_terms.tsv` says which findings or words support a head; one that it does not hold is supported by the
finding of that name in the lexicon, and one that neither knows where the text names it. Of a supported term each
qualifier must stand in a sentence that names the finding, in words of `index_terms.toml` or by its name.
"""

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from radcurate.language.lexicon import Lexicon
from radcurate.language.lexicon.entries import Finding
from radcurate.language.observations import ABSENT, NONE, PRESENT, UNKNOWN, Observation
from radcurate.language.sentences import Span, sentences
from radcurate.tasks.doubts import doubt
from radcurate.tasks.phrases import find
from radcurate.tasks.report_reading import Reading
from radcurate.tasks.report_scoring import ABNORMAL
from radcurate.tasks.report_support import is_one

NORMAL = "normal"
DEVICE = "@device"
# "No dense consolidation", "without cavitation": a word after a denial in its sentence supports nothing.
_DENIED = re.compile(r"\b(?:no|not|without|free of|negative for)\b[^,;]*$", re.IGNORECASE)

# "These lie in the lingula" goes on about what the sentence before names.
_GOES_ON = re.compile(r"(?:these|this|they|it)\b", re.IGNORECASE)


class Support(NamedTuple):
    """What supports a head: findings of the lexicon, and words."""

    findings: tuple[str, ...]
    words: re.Pattern[str] | None


def natural(tag: str) -> str:
    """A published term in lower case, inverted headings turned round: `Aorta, Thoracic/x` → `thoracic aorta/x`."""
    parts = [" ".join(part.lower().split()) for part in tag.split("/")]
    names = _data()["names"]
    return "/".join(names.get(part) or " ".join(reversed(part.split(", "))) for part in parts if part)


def supported_part(term: str, reading: Reading) -> str | None:
    """The term without the qualifiers that the report does not state; None for one whose head it does not support and
    for a technical one. `normal` is supported by a report that tells no positive finding."""
    head, *qualifiers = term.split("/")
    if head in _data()["technical"]:
        return None
    if head == NORMAL:
        told = (one for one in reading.observations if one.polarity == PRESENT and one.kind in ABNORMAL)
        return None if any(doubt(reading, one) is None for one in told) else head
    making = next((name for name in qualifiers if f"{head}/{name}" in _table()), None)
    named = _sentences(reading, _support(f"{head}/{making}" if making else head), head)
    if not named:
        return None
    kept = [name for name in qualifiers if name == making or any(_named(words, name) for words in named)]
    if head in _data()["organs"] and not making and (kept != qualifiers or not kept):
        return None
    return "/".join((head, *kept))


def _sentences(reading: Reading, support: Support | None, head: str) -> Sequence[str]:
    """The sentences that name what a head stands for and do not deny it, and those that go on about it."""
    seen = {
        (str(one.section), one.sentence)
        for one in reading.observations
        if support and _is_named(one) and _counts_for(one, support)
    }
    named = []
    for section in reading.sections:
        text, before = reading.document.text_of(section), False
        for span in sentences(text):
            words = text[slice(*span)]
            found = _named(words, head) if support is None else _match(support.words, words)
            said = (section, span) in seen or bool(found and not _DENIED.search(words[: found[0]]))
            before = said or (before and bool(_GOES_ON.match(words)))
            if before:
                named.append(words)
    return named


def _named(words: str, name: str) -> Span | None:
    """Where words name a head or a qualifier."""
    pattern = _qualifiers().get(name)
    return _match(pattern, words) if pattern else find(words, name)


def _match(pattern: re.Pattern[str] | None, words: str) -> Span | None:
    match = pattern.search(words) if pattern else None
    return match.span() if match else None


@functools.cache
def _support(term: str) -> Support | None:
    """What the table says of a term, else the finding that the lexicon knows by this name."""
    known = (entry for entry in Lexicon.load().phrases.get(term.replace("-", " "), ()) if isinstance(entry, Finding))
    finding = next(known, None)
    return _table().get(term) or (Support((finding.name,), None) if finding else None)


def _is_named(one: Observation) -> bool:
    """True for what is there, may be there, or was."""
    if one.polarity == UNKNOWN:
        return one.cue != "negated"
    return one.polarity != ABSENT and (one.polarity != NONE or one.cue == "historical")


def _counts_for(one: Observation, support: Support) -> bool:
    if one.kind == "device" and DEVICE in support.findings:
        return True
    return any(is_one(one.finding, finding) for finding in support.findings)


@functools.cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@functools.cache
def _qualifiers() -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile("|".join(cues), re.IGNORECASE) for name, cues in _data()["qualifiers"].items()}


@functools.cache
def _table() -> Mapping[str, Support]:
    rows = (line.split("\t") for line in Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8").splitlines())
    return {
        row[0]: Support(tuple(row[1].split(";")), None if row[2] == "-" else re.compile(row[2], re.IGNORECASE))
        for row in rows
        if not row[0].startswith("#")
    }
