"""Task `knowledge_qa`: a question on one side of an article's subject, answered closed-book with the article's words.

The sides (slots) are epidemiology, presentation, general appearance, the appearance in each modality, differential,
treatment, prognosis, classification and staging. An answer is the section's text, ended after a paragraph or a whole
list where it is long; the sub-headings in it stay, a modality's too, and captions of figures leave. Answers on
treatment and prognosis, which age, end with the day of the article's revision. An answer that opens with a pronoun is
preceded by the title.
"""

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from radcurate.documents import Document
from radcurate.records import Draft, Evidence, Refusal, choose
from radcurate.tasks.modality_names import ends_modality, modality_of
from radcurate.tasks.passages import (
    Piece,
    ended,
    finished,
    joined,
    opens_with_pronoun,
    pieces,
    refers_elsewhere,
    spans,
)
from radcurate.tasks.pool import Pool
from radcurate.tasks.scoring import averages, rouge_l, same_words

ID = "knowledge_qa.v1"
KINDS = ("article",)

INSTRUCTIONS = (
    "Answer this question about radiology.",
    "Answer the question below as a textbook of radiology would.",
    "A trainee in radiology asks the following. Reply from what you know.",
    "Give an accurate answer to this question of a radiology colleague.",
    "Reply to the question with what radiologists should know.",
    "Use your knowledge of medical imaging to answer.",
)

REFUSALS = {
    "no_title": "the article has no title to ask about",
    "no_section": "the article has no section on this",
    "no_general_part": "the radiographic features begin with a sub-heading",
    "lead_in_only": "nothing is left once announcements of what follows and captions of figures are out",
    "no_safe_end": "the first block is too long, or what follows qualifies it and is too long",
    "too_short": "the answer has fewer than six words",
    "refers_elsewhere": "the answer sends its reader to another page or section",
    "no_revision_date": "treatment and prognosis age, and the article does not say when it was revised",
}

# Slots that are the section of the same name.
SECTIONS = (
    "epidemiology",
    "clinical_presentation",
    "differential_diagnosis",
    "treatment_and_prognosis",
    "treatment",
    "prognosis",
    "classification",
    "staging",
)
AGEING = ("treatment_and_prognosis", "treatment", "prognosis")
FEATURES = "radiographic_features"
FEWEST_WORDS = 6


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """A draft or a refusal for each slot; a modality has one where the radiographic features have its sub-heading."""
    if not document.title:
        yield Refusal("article", "no_title")
        return
    for name in SECTIONS:
        yield _made(document, name, name, pieces(document.text_of(name)))
    parts = pieces(document.text_of(FEATURES))
    general = parts[: next((place for place, piece in enumerate(parts) if piece.is_heading), len(parts))]
    if parts and not general:
        yield Refusal("appearance", "no_general_part")
    else:
        yield _made(document, "appearance", FEATURES, general)
    for slot, asked, part in modalities(parts):
        yield _made(document, slot, FEATURES, part, asked)


def modalities(parts: Sequence[Piece]) -> Iterator[tuple[str, str, list[Piece]]]:
    """Slot, modality as a question names it, and pieces: the modality's sub-heading and all until the next like it."""
    found: list[tuple[str, str, list[Piece]]] = []
    within = False
    for piece in parts:
        heading = piece.text.removesuffix(":")
        modality = modality_of(heading) if piece.is_heading else None
        if modality:
            found.append((f"appearance_{modality.key}", modality.asked, []))
        if modality or (piece.is_heading and ends_modality(heading)):
            within = bool(modality)
        if within:
            found[-1][2].append(piece)
    for place, (slot, asked, part) in enumerate(found):
        number = 1 + sum(other == slot for other, *_ in found[:place])
        yield slot if number == 1 else f"{slot}_{number}", asked, part


def _made(document: Document, slot: str, section: str, parts: Sequence[Piece], asked: str = "") -> Draft | Refusal:
    text = document.text_of(section)
    if not text:
        return Refusal(slot, "no_section")
    units = finished(parts)
    answer = ended(units)
    if not answer:
        return Refusal(slot, "no_safe_end" if units else "lead_in_only")
    if sum(piece.words for piece in answer if not piece.is_heading) < FEWEST_WORDS:
        return Refusal(slot, "too_short")
    if refers_elsewhere(answer):
        return Refusal(slot, "refers_elsewhere")
    if slot in AGEING and not document.revised:
        return Refusal(slot, "no_revision_date")
    output = joined(text, answer)
    if opens_with_pronoun(answer):
        output = f"{document.title}:{chr(10) if answer[0].is_heading else ' '}{output}"
    if slot in AGEING:
        output += f"\n\n(As of the article's revision of {document.revised}.)"
    return Draft(
        slot=slot,
        input=question(document, slot, asked),
        output=output,
        evidence=tuple(Evidence(document.document_id, section, *span) for span in spans(text, answer)),
        rule="section_passage.v1" if len(answer) == sum(map(len, units)) else "section_passage_cut.v1",
    )


def question(document: Document, slot: str, asked: str = "") -> str:
    """One of the wordings of a slot, by document and slot; `asked` is the modality."""
    data = _data()
    entry = data["slots"]["appearance_modality" if asked else slot]
    title = named(document)
    other_subject = re.search("|".join(data["titles"]["no_disease"]), title, re.IGNORECASE)
    wordings = data["titles"]["wordings"] if other_subject else entry["wordings"]
    wording = choose(wordings, f"{document.document_id}/{slot}")
    return str(wording.format(title=title, topic=entry["topic"].format(modality=asked), modality=asked))


def named(document: Document) -> str:
    """The title as a sentence names it: in lower case where the text writes its first word so, never a name."""
    title = document.title or ""
    first = title.split(" ", 1)[0]
    text = "\n".join(section.text for section in document.sections)
    small = re.search(rf"(?<![\w-]){re.escape(first.lower())}(?![\w-])", text)
    name = re.search(rf"[a-z,;] {re.escape(first)}(?![\w-])", text)
    if small and not name and first[1:].islower():
        title = title[0].lower() + title[1:]
    takes_the = re.search("|".join(_data()["titles"]["with_the"]), title, re.IGNORECASE)
    return f"the {title}" if takes_the else title


@functools.cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def score(record: Mapping[str, Any], answer: str) -> dict[str, float]:
    """`rouge_l` and `exact` (spacing aside)."""
    return {
        "malformed": float(not answer.strip()),
        "rouge_l": rouge_l(record["output"], answer),
        "exact": same_words(record["output"], answer),
    }


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The means of all values."""
    return averages(scores, ("rouge_l", "exact"))
