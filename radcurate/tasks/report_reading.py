"""What the tasks that stand on observations read of a report, and the reports that none of them may use.

In: a document. Out: a `Reading`: the input that a record shows, the sections of it that tell findings, and their
observations; or the reason why the report makes no record. Inputs come as they do in life, one a report by its hash:
the findings alone, with the indication, or the whole report. What contradicts itself anywhere in a report, shown or
not, makes no record.
"""

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from radcurate.documents import REDACTION_MARKS, REPORT_SECTIONS, Document, as_published
from radcurate.language.conflicts import conflicts
from radcurate.language.context import cue_finder
from radcurate.language.cues import has_inner_heading
from radcurate.language.labels import observed
from radcurate.language.lexicon import Lexicon
from radcurate.language.observations import SILENT, Observation
from radcurate.language.sentences import Span, sentences
from radcurate.records import Evidence, choose
from radcurate.tasks.report_sections import holds_nothing

READ = ("findings", "impression")
# Longer reports hold more than one examination, and no small model reads them.
LONGEST = 20_000
# Of the words of a report that the language layer knows; real reports in English stand above 0.8, others below 0.5.
FEWEST_KNOWN = 0.6

REFUSALS = {
    "no_text": "the report has neither findings nor an impression",
    "section_repeated": "the report has findings or an impression more than once, which may differ",
    "unknown_section": "the report has a section of its own name, which may tell findings",
    "addendum": "the report has an addendum, which may say otherwise",
    "too_long": f"the report has more than {LONGEST:,} characters",
    "inner_heading": "a section holds headings of its own (other body parts, or sections that were lost)",
    "holds_nothing": "the report has fewer than three words on the film, or names no more than the views",
    "not_english": "too many of its words are in no list of English words of radiology",
    "contradiction": "what the report says of a finding in two places cannot both be (polarity, side, change, size)",
}

MISSED = {"missed_finding": "a word that tells a finding stands outside the findings that were read"}

_WORD = re.compile(r"[^\W\d_]+")
# Beside a device too ("sternotomy XXXX and clips").
_HIDDEN_DEVICE = re.compile(r"\b(?:sternotomy|clips and|wires and)\s+(?:XXXX|___)", re.IGNORECASE)
_SHORT_WORDS = (
    "a about after all also an and are as at be been both but by can could do does for from had has have he her his if "
    "in into is it its may more most no nor not of off on only or other our out over per same she should so some such "
    "than that the their then there these they this those through to under up was we were when where which while who "
    "will with within without would you cm mm th st nd rd"
)


@dataclass(frozen=True)
class Reading:
    """What a record shows of a report and what is said there: `shown` is the input, `sections` those of it that were
    read for findings, `observations` theirs, with spans of the section that each names."""

    document: Document
    shown: str
    sections: tuple[str, ...]
    observations: tuple[Observation, ...]

    @property
    def whole(self) -> tuple[Evidence, ...]:
        """Every section read, as evidence of what is not in them."""
        return tuple(
            Evidence(self.document.document_id, name, 0, len(self.document.text_of(name))) for name in self.sections
        )

    def sentences(self, observations: Iterable[Observation]) -> tuple[Evidence, ...]:
        """The sentences of observations as evidence, each once, in the order of the sections."""
        spans = {(str(each.section), *each.sentence) for each in observations}
        ordered = sorted(spans, key=lambda span: (self.sections.index(span[0]), span[1:]))
        return tuple(Evidence(self.document.document_id, *span) for span in ordered)

    def sentence(self, observation: Observation) -> str:
        """The words of its sentence."""
        start, end = observation.sentence
        return self.document.text_of(str(observation.section))[start:end]

    @functools.cached_property
    def text(self) -> str:
        """The sections that were read."""
        return "\n\n".join(self.document.text_of(name) for name in self.sections)

    def missed(self, what: str = "abnormal") -> bool:
        """True where a word that tells a finding (or one of `devices`) stands outside all that were read: a list of
        them may miss one."""
        return self._missed[what]

    @functools.cached_property
    def _missed(self) -> dict[str, bool]:
        read: dict[str, bytearray] = {name: bytearray(len(self.document.text_of(name))) for name in self.sections}
        for one in self.observations:
            read[str(one.section)][one.start : one.end] = b"\1" * (one.end - one.start)
        return {
            what: any(
                not any(covered[word.start() : word.end()])
                for name, covered in read.items()
                for word in _telling(what).finditer(self.document.text_of(name))
            )
            for what in ("abnormal", "devices")
        }

    def hides_device(self) -> bool:
        """True where a sentence without a device has a redaction mark and a word that stands beside devices ("XXXX with
        tip in the SVC", "sternotomy XXXX")."""
        seen = {(each.section, each.sentence) for each in self.observations if each.kind == "device"}
        for name in self.sections:
            text = self.document.text_of(name)
            if any(mark in text for mark in REDACTION_MARKS):
                for start, end in sentences(text):
                    words = text[start:end]
                    marked = any(mark in words for mark in REDACTION_MARKS)
                    if marked and _HIDDEN_DEVICE.search(words):
                        return True
                    if marked and (name, (start, end)) not in seen and _telling("beside_devices").search(words):
                        return True
        return False


def read_report(document: Document, task: str) -> Reading | str:
    """The reading of a report for a task (each draws its own inputs), or the name of the refusal."""
    whole = read_whole(document)
    if isinstance(whole, str):
        return whole
    shown = drawn_sections(document, task)
    read = tuple(name for name in whole.sections if name in shown)
    return Reading(
        document,
        as_published(section for section in document.sections if section.name in shown),
        read,
        tuple(each for each in whole.observations if each.section in read),
    )


def read_whole(document: Document) -> Reading | str:
    """The reading of findings and impression, all sections shown, or the name of the refusal."""
    reason = _unusable(document)
    if reason:
        return reason
    there = tuple(name for name in READ if document.text_of(name).strip())
    observations = tuple(each for name in there for each in _observations(document.text_of(name), name))
    if any(True for _ in conflicts(observations)):
        return "contradiction"
    return Reading(document, as_published(document.sections), there, observations)


def _unusable(document: Document) -> str | None:
    """What is wrong with a report before anything is read of it."""
    there = [name for name in READ if document.text_of(name).strip()]
    if not there:
        return "no_text"
    if any(document.section(f"{name}_2") for name in READ):
        return "section_repeated"
    if document.text_of("addendum").strip():
        return "addendum"
    if has_unknown_section(document):
        return "unknown_section"
    if sum(len(section.text) for section in document.sections) > LONGEST:
        return "too_long"
    texts = [document.text_of(name) for name in there]
    if any(has_inner_heading(text) for text in texts):
        return "inner_heading"
    if holds_nothing("\n\n".join(texts)):
        return "holds_nothing"
    return None if is_english(texts) else "not_english"


def has_unknown_section(document: Document) -> bool:
    """True where a section has a name of its own, so that it may tell findings."""
    known = (*REPORT_SECTIONS, *SILENT, *word_lists()["silent_sections"])
    return any(section.name.rstrip("_0123456789") not in known for section in document.sections)


def is_english(texts: Iterable[str]) -> bool:
    """True where enough of the words are known ones of radiology in English; of no words at all too."""
    words = [word.lower() for text in texts for word in _WORD.findall(text) if not word.startswith("XXX")]
    return sum(word in _known_words() for word in words) >= FEWEST_KNOWN * len(words)


@functools.cache
def word_lists() -> dict[str, list[str]]:
    """The lists of `report_reading.toml`."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@functools.cache
def _telling(what: str) -> re.Pattern[str]:
    words = word_lists()
    stems = words["abnormal"] + words["devices"] if what == "abnormal" else words[what]
    return re.compile(rf"\b(?:{'|'.join(stems)})\b", re.IGNORECASE)


@functools.cache
def _known_words() -> frozenset[str]:
    """The words of the lexicon and of the cues, and short words of English."""
    phrases = (*Lexicon.load().phrases, *cue_finder().phrases, _SHORT_WORDS)
    return frozenset(word for phrase in phrases for word in phrase.split())


def drawn_sections(document: Document, task: str) -> frozenset[str]:
    """The names of the sections that the input shows: the findings alone or with the indication, where they hold
    anything, or all that are of the report (not who was told of it)."""
    silent = word_lists()["silent_sections"]
    everything = frozenset(section.name for section in document.sections if section.name not in silent)
    variant = choose(("findings", "indication", "report"), f"{task} {document.document_id}")
    if variant == "report" or holds_nothing(document.text_of("findings")):
        return everything
    return everything & ({"findings"} if variant == "findings" else {"indication", "findings"})


def _observations(text: str, name: str) -> Iterator[Observation]:
    """The observations of a section, with spans of its text; what stands under the heading of an advice makes none."""
    for offset, one in observed(text, name):
        yield one._replace(
            section=name,
            start=one.start + offset,
            end=one.end + offset,
            sentence=_moved(one.sentence, offset),
            cue_span=_moved(one.cue_span, offset) if one.cue_span else None,
        )


def _moved(span: Span, offset: int) -> Span:
    return span[0] + offset, span[1] + offset
