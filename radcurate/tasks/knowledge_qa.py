"""Task `knowledge_qa`: a question on one side of an article's subject, answered closed-book with the article's words.

The sides (slots) are epidemiology, presentation, general appearance, the appearance in each modality, differential,
treatment, prognosis, classification and staging. An answer is the section's text, ended after a paragraph or a whole
list where it is long; what modality it speaks of stays above it. Answers on treatment and prognosis, which age, end
with the day of the article's revision. An answer that opens with a pronoun is preceded by the title.
"""

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from radcurate.documents import Document
from radcurate.records import Draft, Evidence, Refusal, choose
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

INSTRUCTIONS = (
    "Answer this question about radiology.",
    "Answer the question below as a textbook of radiology would.",
    "A trainee in radiology asks the following. Reply from what you know.",
    "Give an accurate answer to this question of a radiology colleague.",
    "Reply to the question with what radiologists should know.",
    "Use your knowledge of medical imaging to answer.",
)

REFUSALS = {
    "not_an_article": "the document is no article",
    "no_title": "the article has no title to ask about",
    "no_section": "the article has no section on this",
    "no_general_part": "the radiographic features begin with a sub-heading",
    "lead_in_only": "nothing is left once an announcement of what follows, or a figure's caption, is out",
    "no_safe_end": "its first block is too long, or what stands after it qualifies it and is too long",
    "too_short": "the answer has fewer than six words",
    "refers_elsewhere": "the answer sends its reader to another page or section",
    "no_revision_date": "treatment and prognosis age, and the article does not say when it was revised",
}

FEATURES = "radiographic_features"
# Slots that are the section of the same name, whole.
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
DATED = ("treatment_and_prognosis", "treatment", "prognosis")
FEWEST_WORDS = 6


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """A draft or a refusal for every slot, and one for every modality that the radiographic features name."""
    if document.kind != "article" or not document.title:
        yield Refusal("article", "no_title" if document.kind == "article" else "not_an_article")
        return
    for name in SECTIONS:
        text = document.text_of(name)
        yield _draft(document, name, name, pieces(text)) if text else Refusal(name, "no_section")
    parts = pieces(document.text_of(FEATURES))
    general, *_ = _under_headings(parts) if parts else [[]]
    if not parts or not general:
        yield Refusal("appearance", "no_general_part" if parts else "no_section")
    else:
        yield _draft(document, "appearance", FEATURES, general)
    for slot, asked, part in _modalities(parts):
        yield _draft(document, slot, FEATURES, part, asked)


def _under_headings(parts: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces before the first sub-heading, then those of each sub-heading with it."""
    groups: list[list[Piece]] = [[]]
    for piece in parts:
        if piece.is_heading:
            groups.append([])
        groups[-1].append(piece)
    return groups


def _modalities(parts: Sequence[Piece]) -> Iterator[tuple[str, str, list[Piece]]]:
    """(slot, modality in a question, pieces) of each modality: its sub-heading and the deeper ones under it."""
    seen: dict[str, int] = {}
    slot, asked, gathered = "", "", list[Piece]()
    for group in [*_under_headings(parts)[1:], [Piece("", 0, 0, is_heading=True)]]:
        heading = group[0].text.removesuffix(":").strip()
        named = modality_of(heading)
        if named or not heading or _data().siblings.fullmatch(heading):
            if slot:
                yield slot, asked, gathered
            slot, asked, gathered = "", "", []
        if named:
            slot, asked = f"appearance_{named[0]}", named[1]
            seen[slot] = seen.get(slot, 0) + 1
            slot += f"_{seen[slot]}" if seen[slot] > 1 else ""
        gathered += group


def modality_of(heading: str) -> tuple[str, str] | None:
    """Key and name in a question of the modality that a sub-heading names: `CT chest` → `ct`, `CT chest`; or None."""
    match = _data().heading.fullmatch(heading)
    if not match or _data().not_appearance.search(heading):
        return None
    named = [key for name in match["names"].split("\n") if (key := _key_of(name))] if match else []
    keys = list(dict.fromkeys(named or [_key_of(found.group()) for found in _data().name.finditer(match["names"])]))
    alone = _data().name.fullmatch(heading) and len(keys) == 1
    asked = _data().modalities[keys[0]]["asked"] if alone else _lower_first(heading)
    return "_".join(keys), asked
