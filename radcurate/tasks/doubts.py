"""Findings that are named, of which it is not sure what the report says: no record stands on them.

In: a reading of a report and one of its observations. Out: the reason of the doubt, or None.
"""

import functools
import re

from radcurate.documents import REDACTION_MARKS
from radcurate.language.lexicon import Lexicon
from radcurate.language.observations import ABSENT, PRESENT, UNCERTAIN, UNKNOWN, Observation
from radcurate.tasks.report_reading import Reading, word_lists

DOUBTS = {
    "redacted_modifier": "a redaction mark stands where a word of meaning was, so a finding may be there or not",
    "alternatives": "the finding is one of two that the images are called compatible with",
    "fragment": "the words are a fragment, or turn round what stands before them: a finding may be there or not",
}

# "The lungs are clear airspace disease": words are lost between.
_CUT_SHORT = re.compile(r"\b(?:clear|normal|intact|unremarkable)\s+$", re.IGNORECASE)
# "Compatible with scar or atelectasis".
_OR_AFTER = re.compile(r"\s*(?:/|,?\s+(?:or|and/or|versus|vs)\b)", re.IGNORECASE)
_OR_BEFORE = re.compile(r"(?:/|\b(?:or|and/or|versus|vs\.?)(?:\s+\w+)?)\s*$", re.IGNORECASE)
# "No XXXX infiltrates or masses": what limits the first denial may limit all.
_HIDDEN_DENIAL = re.compile(r"\b(?:no|not|without)\s+(?:XXXX|___)", re.IGNORECASE)
# "The nodular density is not well-seen today", "concerning findings for fibrosis", "right-to-left shift".
_UNSEEN = re.compile(
    r"\bnot\s+(?:(?:well|clearly|definitely|again|as well)[\s-]+)?"
    r"(?:seen|visuali[sz]ed|identified|demonstrated|evident)",
    re.IGNORECASE,
)
_CONCERN = re.compile(r"\b(?:concern\w*|suspicious|worrisome)\s+(?:\w+\s+){1,2}for\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_ACROSS = re.compile(r"\b(?:right|left)[\s-]+to[\s-]+(?:left|right)\b", re.IGNORECASE)
# "Vascular engorgement within limits of normal".
_NORMAL = re.compile(
    r"\s+(?:(?:is|are|appears?)\s+)?(?:with)?in\s+(?:the\s+)?(?:normal\s+limits|limits\s+of\s+normal)", re.IGNORECASE
)


def doubt(reading: Reading, observation: Observation) -> str | None:
    """Why nothing is sure of a finding that is named, one of `DOUBTS`; None where nothing speaks against it."""
    text = reading.document.text_of(str(observation.section))
    if observation.polarity == UNKNOWN:
        start, end = observation.cue_span or observation.sentence
        return "redacted_modifier" if any(mark in text[start:end] for mark in REDACTION_MARKS) else "fragment"
    first, last = observation.sentence
    if observation.polarity == ABSENT:
        if observation.qualifier and _names_finding(observation.qualifier):
            return "fragment"
        hidden = not observation.statement and _HIDDEN_DENIAL.search(text, first, observation.start)
        return "redacted_modifier" if hidden else None
    offered = _OR_AFTER.match(text, observation.end, last) or _OR_BEFORE.search(text[first : observation.start])
    if observation.polarity == PRESENT and observation.cue == "compatible" and offered:
        return "alternatives"
    if observation.polarity == UNCERTAIN and observation.cue_span and _UNSEEN.match(text, *observation.cue_span):
        return "fragment"
    if observation.polarity == PRESENT and (
        _UNSEEN.search(text, observation.end, last) or _CONCERN.search(text[first : observation.start])
    ):
        return "fragment"
    if observation.side == "bilateral" and _ACROSS.search(text, first, last):
        return "fragment"
    begun, ended = _CUT_SHORT.search(text[first : observation.start]), _NORMAL.match(text, observation.end)
    return "fragment" if begun or (ended and observation.finding not in word_lists()["may_be_normal"]) else None


@functools.cache
def _names_finding(words: str) -> bool:
    phrases = Lexicon.load().phrases
    return any(getattr(entry, "kind", "") == "finding" for word in words.split() for entry in phrases.get(word, ()))
