"""Puts noise into a report: which kinds and where is drawn by the hash of a key, so a report gets the same always.

In: the sections of a clean report. Out: its text with the noise. `noise_words.toml` holds the kinds, their shares and
their words; `noise_undone.py` takes all of it out again. One place between sentences holds one noise.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from radcurate.documents import Section
from radcurate.language.cues import cites_prior
from radcurate.language.sentences import sentences
from radcurate.records import choose
from radcurate.tasks.noise_undone import may_repeat, tells_findings
from radcurate.tasks.noise_words import noise

# What a sentence ends with, and the next begins with, to hold noise between them.
_ENDS = re.compile(r"[a-z]{2}\.\Z")
_OPENS = re.compile(r"[A-Z][a-z]+\b|A\b")
_COMMA = re.compile(r"(?<=[a-z]), (?=[a-z])")
_BLANK = re.compile(r"(?<=\w) (?=\w)")
# A line is never broken after a sign or before a capital letter, where it may have ended anyway.
_BREAKABLE = re.compile(r"(?<=\w) (?=[a-z])")
# What a comparison says where no earlier study is at hand.
_NO_PRIOR = re.compile(r"\b(?:no|none|not|without|unavailable)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Draws:
    """What is drawn for a report: every answer is a hash of its key and of the question."""

    key: str
    never: frozenset[str] = frozenset()
    """Kinds that cannot be in this report."""

    def chance(self, question: str) -> float:
        """A number from 0 to 1."""
        digest = hashlib.sha256(f"{self.key} {question}".encode()).digest()
        return int.from_bytes(digest[:8], "big") / 2**64

    def one_of(self, options: Sequence[str], question: str) -> str:
        """One of the options."""
        return choose(options, f"{self.key} {question}")

    def takes(self, kind: str, place: str) -> bool:
        """Whether a place gets a kind of noise: where the kind is drawn for the report, and this place for it."""
        if kind in self.never:
            return False
        told = noise()["kinds"][kind]
        share, places = float(told["share"]), float(told.get("places", 1.0))
        return self.chance(kind) < share and self.chance(f"{kind} {place}") < places


def noisy(sections: Sequence[Section], key: str) -> str:
    """The report with noise, or as it was where no kind that is drawn finds a place."""
    none = any(section.name == "comparison" and _NO_PRIOR.search(section.text) for section in sections)
    draws = Draws(key, frozenset({"prior_reference"} if none else ()))
    return _signed(_joined(sections, [_body(section, draws) for section in sections], draws), draws)


# Within a section.


def _body(section: Section, draws: Draws) -> str:
    """The text of a section with what is drawn for its sentences, commas, blanks and lines."""
    name, text = section.name, section.text
    if "\n" in text:
        return text
    if tells_findings(section.heading):
        text = _sentences(name, text, draws)
    text = _at_commas(name, text, draws)
    blanks = [found.start() for found in _BLANK.finditer(text)]
    for blank in reversed(blanks):
        if draws.chance(f"{name} blank {blank}") < 0.2 and draws.takes("spacing", f"{name} {blank}"):
            text = f"{text[:blank]} {text[blank:]}"
    return _broken(name, text, draws) if draws.takes("hard_break", name) else text


def _at_commas(name: str, text: str, draws: Draws) -> str:
    """Each comma with one of the kinds that a comma can have, or none."""
    ways = {"spoken_comma": " comma ", "doubled_sign": ",, ", "spacing": draws.one_of([",", " , "], f"{name} comma")}

    def changed(comma: re.Match[str]) -> str:
        place = f"{name} comma {comma.start()}"
        return next((ways[kind] for kind in ways if draws.takes(kind, place)), comma[0])

    return _COMMA.sub(changed, text)


def _sentences(name: str, text: str, draws: Draws) -> str:
    """The sentences of a section, some of them repeated or numbered, and what is drawn between them."""
    said = [text[start:end] for start, end in sentences(text)]
    if not said:
        return text
    if name == "findings" and draws.takes("prior_reference", name):
        said = _with_prior(said, draws)
    again = int(draws.chance(f"{name} repeat") * len(said))
    if said[again].endswith(".") and may_repeat(said[again]) and draws.takes("repeated_sentence", name):
        said.insert(again, said[again])
    if len(said) > 1 and draws.takes("list_number", name):
        mark = draws.one_of(["{}. ", "{}) "], f"{name} mark")
        return " ".join(mark.format(number) + sentence for number, sentence in enumerate(said, 1))
    if _OPENS.match(said[0]) and draws.takes("lost_capital", f"{name} first"):
        said[0] = _small(said[0])
    whole = ""
    for number, sentence in enumerate(said):
        following = said[number + 1] if number + 1 < len(said) else None
        between, lost = _end(f"{name} {number}", sentence, following, draws)
        if lost and following:
            said[number + 1] = _small(following)
        whole += between
    return whole


def _with_prior(said: list[str], draws: Draws) -> list[str]:
    words = noise()["prior"]
    if _OPENS.match(said[0]) and not cites_prior(said[0]) and draws.chance("clause") < 0.4:
        return [draws.one_of(words["clauses"], "clause") + _small(said[0]), *said[1:]]
    return [draws.one_of(words["sentences"], "prior"), *said]


def _small(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _end(place: str, sentence: str, following: str | None, draws: Draws) -> tuple[str, bool]:
    """A sentence with what stands between it and the next, and whether the next loses its capital letter."""
    gap = " " if following else ""
    if not _ENDS.search(sentence):
        return sentence + gap, False
    opens = bool(following and _OPENS.match(following))
    bare = sentence[:-1]
    apart = sentence if opens and draws.chance(f"{place} side") < 0.5 else f"{bare} .{gap}"
    ways = {
        "spoken_stop": f"{bare} {draws.one_of(noise()['spoken']['stop'], 'stop')}{gap}",
        "doubled_sign": f"{sentence}.{gap}",
        "spacing": apart,
    }
    if opens:
        ways["lost_capital"] = sentence + gap
    if following:
        ways["lost_stop"] = bare + gap
    kinds = [kind for kind in ways if draws.takes(kind, place)]
    if "lost_stop" in kinds and len(bare) + 1 not in [start for start, _ in sentences(f"{bare} {following}")]:
        kinds.remove("lost_stop")
    if not kinds:
        return sentence + gap, False
    kind = draws.one_of(kinds, f"{place} kind")
    return ways[kind], kind == "lost_capital"


def _broken(name: str, text: str, draws: Draws) -> str:
    """The text in lines of a width, each broken at the last blank within a sentence, or the first beyond the width."""
    width = draws.one_of(noise()["hard_break"]["widths"], f"{name} width")
    lines, start = [], 0
    while len(text) - start > int(width):
        blanks = [found.start() for found in _BREAKABLE.finditer(text, start)]
        if not blanks:
            break
        within = [blank for blank in blanks if blank - start <= int(width)]
        lines.append(text[start : (within or blanks[:1])[-1]])
        start += len(lines[-1]) + 1
    return "\n".join([*lines, text[start:]])


# Between sections.


def _joined(sections: Sequence[Section], bodies: Sequence[str], draws: Draws) -> str:
    """The sections under their headings, with what is drawn for headings and the breaks before them."""
    text = ""
    repeated = draws.one_of([section.name for section in sections], "repeated")
    for section, body in zip(sections, bodies, strict=True):
        runs_in = draws.takes("heading_run_in", section.name)
        if text and draws.takes("spoken_paragraph", section.name):
            text += f" {draws.one_of(noise()['spoken']['paragraph'], 'paragraph')} "
        elif text:
            text += draws.one_of([" ", "\n"], f"{section.name} break") if runs_in else "\n\n"
        blank = "" if runs_in and draws.chance(f"{section.name} blank") < 0.6 else " "
        text += f"{section.heading}:{blank}{body}"
        if section.name == repeated and may_repeat(section.text) and draws.takes("repeated_section", section.name):
            text += f"\n\n{section.heading}: {body}"
    return text


def _signed(text: str, draws: Draws) -> str:
    """The text with a line on who signed it at its end, or a line of the system's at its beginning or end."""
    if not draws.takes("signature", "end"):
        return text
    words = noise()["signature"]
    if draws.chance("line") < 0.3:
        line = draws.one_of(words["lines"], "line")
        if "FINAL" in line:
            return f"{line}\n{text}"
    else:
        line = f"{draws.one_of(words['signed'], 'signed')} {draws.one_of(words['who'], 'who')}"
        line += draws.one_of(words["when"], "when")
    if text.endswith(".") and draws.chance("sentence") < 0.3:
        return f"{text} {line}."
    return text + draws.one_of(["\n", "\n\n"], "above") + line
