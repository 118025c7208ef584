"""The rule for sentences that a report says twice."""

from collections.abc import Iterator

from radcurate.cleaning.rules import REPORTS, Edit, Example, TextRule
from radcurate.cleaning.units import sentences, without
from radcurate.documents import REDACTION_MARKS, Section

# A sentence that is not next to its first saying goes only if it has as many words: shorter ones ("No fracture.") may
# stand under another part of the body.
FEWEST_WORDS = 3
FEWEST_WORDS_NEXT = 2
# A short sentence that begins otherwise ("Left ankle.") may be the heading of another part, as one with a colon is.
NO_HEADING = ("no", "normal", "clear", "stable", "unchanged", "unremarkable", "intact", "negative")


def _repeated_sentence(section: Section) -> Iterator[Edit]:
    """Takes out a sentence that the section has said already, in the same words and under no other heading since; one
    with a redaction mark stays, since nobody knows whether it says the same."""
    said: set[str] = set()
    gone = []
    before = ""
    for unit in sentences(section.text):
        text = unit.text.lower()
        words = len(text.split())
        if ":" in text or (words < FEWEST_WORDS and not text.startswith(NO_HEADING)):
            said.clear()
        repeated = text == before or (words >= FEWEST_WORDS and text in said)
        if repeated and words >= FEWEST_WORDS_NEXT and not any(mark in unit.raw for mark in REDACTION_MARKS):
            gone.append(unit)
        said.add(text)
        before = text
    yield from without(section.text, gone)


RULES = (
    TextRule(
        "repeated_sentence.v1",
        _repeated_sentence,
        (
            Example("The lungs are clear. The lungs are clear. Normal heart.", "The lungs are clear. Normal heart."),
            Example("No pleural effusion. No nodule. No pleural effusion.", "No pleural effusion. No nodule."),
            Example("Stable exam.\nStable exam.", "Stable exam."),
            Example("No left effusion. No right effusion.", "No left effusion. No right effusion."),
            Example(
                "Chest: No acute fracture. Left ribs: No acute fracture.",
                "Chest: No acute fracture. Left ribs: No acute fracture.",
            ),
            Example(
                "Chest. No acute finding. Left ankle. No acute finding.",
                "Chest. No acute finding. Left ankle. No acute finding.",
            ),
            Example("Old films, XXXX. Old films, XXXX.", "Old films, XXXX. Old films, XXXX."),
            Example("Liver. Normal. Spleen. Normal.", "Liver. Normal. Spleen. Normal."),
        ),
        REPORTS,
    ),
)
