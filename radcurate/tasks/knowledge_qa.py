"""Task `knowledge_qa`: a question on one side of an article's subject, answered closed-book with the article's words.

The sides (slots) are epidemiology, presentation, pathology, etiology, complications, general appearance, the appearance
in each modality, differential, treatment, prognosis, classification and staging. An answer is the section's text, of
200 words at most, or 270 where its first block or what qualifies it is long: it ends after a paragraph, table or whole
list, and never before a block that takes back, narrows or warns ("unless", "except", "however", "contraindicated").
Of treatment and prognosis nothing of that kind is left out at all, and the answer ends with the day of the article's
revision, for it ages. The sub-headings of the text stay, a modality's too, and captions of figures leave. An answer
that opens with a pronoun for the subject is preceded by the title.
"""

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from radcurate.documents import Document, Section
from radcurate.language.foreign import is_foreign
from radcurate.language.sentences import sentences
from radcurate.records import Draft, Evidence, Refusal, choose
from radcurate.tasks import article_titles, passage_faults
from radcurate.tasks.list_answers import item_counts
from radcurate.tasks.modality_names import ends_modality, modality_of
from radcurate.tasks.passage_faults import opens_with_pronoun
from radcurate.tasks.passages import MOST_WORDS_QUALIFIED, Piece, ended, finished, holds_list, joined, pieces, spans
from radcurate.tasks.pool import Pool
from radcurate.tasks.scoring import averages, micro_f1, rouge_l, same_words

ID = "knowledge_qa.v2"
KINDS = ("article",)

INSTRUCTIONS = (
    "Answer this question about radiology.",
    "Answer the question below as a textbook of radiology would.",
    "A trainee in radiology asks the following. Reply from what you know.",
    "Give an accurate answer to this question of a radiology colleague.",
    "Reply to the question with what radiologists should know.",
    "Use your knowledge of medical imaging to answer.",
)

# Longer sections are no article of one subject (the longest of encyclopedias stay below).
LONGEST_SECTION = 50_000

REFUSALS = {
    **article_titles.REFUSALS,
    "no_section": "the article has no section on this",
    "section_repeated": "the article has the section more than once, and each may hold a part",
    "section_too_long": f"the section has more than {LONGEST_SECTION:,} characters",
    "not_english": "the section is not in English",
    "no_general_part": "the radiographic features begin with a sub-heading",
    "lead_in_only": "nothing is left once announcements of what follows and captions of figures are out",
    "no_safe_end": (
        f"no end within {MOST_WORDS_QUALIFIED} words is safe: the first block is too long, what qualifies it is, or a "
        "warning on treatment would be left out"
    ),
    **passage_faults.REFUSALS,
    "no_revision_date": "treatment and prognosis age, and the article does not say when it was revised",
}

# Slots that are the section of the same name.
SECTIONS = (
    "epidemiology",
    "clinical_presentation",
    "pathology",
    "etiology",
    "complications",
    "differential_diagnosis",
    "treatment_and_prognosis",
    "treatment",
    "prognosis",
    "classification",
    "staging",
)
AGEING = ("treatment_and_prognosis", "treatment", "prognosis")
FEATURES = "radiographic_features"
_REVISED = "(As of the article's revision of"


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """A draft or a refusal for each slot; a modality has one where the article has a heading or sub-heading of it."""
    if fault := article_titles.fault_of(document.title):
        yield Refusal("article", fault)
        return
    for name in SECTIONS:
        yield _made(document, name, document.section(name), _pieces(document.section(name)))
    features = document.section(FEATURES)
    parts = _pieces(features)
    general = parts[: next((place for place, piece in enumerate(parts) if piece.is_heading), len(parts))]
    if parts and not general:
        yield Refusal("appearance", "no_general_part")
    else:
        yield _made(document, "appearance", features, general)
    yield from _by_modality(document, parts)


def _by_modality(document: Document, parts: Sequence[Piece]) -> Iterator[Draft | Refusal]:
    """What stands under a modality's sub-heading among the radiographic features, and in a section of its name."""
    under = [(key, asked, document.section(FEATURES), part, "") for key, asked, part in modalities(parts)]
    for section in document.sections:
        if section.name not in (*SECTIONS, FEATURES) and (found := modality_of(section.heading)):
            under.append((found.key, found.asked, section, _pieces(section), section.heading))
    keys = [key for key, *_ in under]
    for place, (key, asked, read, part, heading) in enumerate(under):
        number = 1 + keys[:place].count(key)
        slot = f"appearance_{key}" if number == 1 else f"appearance_{key}_{number}"
        yield _made(document, slot, read, part, asked, heading)


def _pieces(section: Section | None) -> list[Piece]:
    return pieces(section.text) if section and len(section.text) <= LONGEST_SECTION else []


def modalities(parts: Sequence[Piece]) -> list[tuple[str, str, list[Piece]]]:
    """Key of a modality, its name as a question has it, and pieces: its sub-heading and all until the next like it."""
    found: list[tuple[str, str, list[Piece]]] = []
    within = False
    for piece in parts:
        heading = piece.text.removesuffix(":")
        modality = modality_of(heading) if piece.is_heading else None
        if modality:
            found.append((modality.key, modality.asked, []))
        if modality or (piece.is_heading and ends_modality(heading)):
            within = bool(modality)
        if within:
            found[-1][2].append(piece)
    return found


def _made(
    document: Document, slot: str, section: Section | None, parts: Sequence[Piece], asked: str = "", heading: str = ""
) -> Draft | Refusal:
    """`asked` is the modality of an appearance, `heading` what the section is called where its text does not say."""
    if not section or not section.text:
        return Refusal(slot, "no_section")
    if document.section(f"{section.name}_2"):
        return Refusal(slot, "section_repeated")
    if len(section.text) > LONGEST_SECTION:
        return Refusal(slot, "section_too_long")
    units, left_open = finished(parts)
    answer = ended(units, left_open, strict=slot in AGEING)
    if not answer:
        return Refusal(slot, "no_safe_end" if units else "lead_in_only")
    output = joined(section.text, answer)
    if is_foreign(output):
        return Refusal(slot, "not_english")
    if fault := passage_faults.fault_of(answer, under_heading=bool(heading)):
        return Refusal(slot, fault)
    if slot in AGEING and not document.revised:
        return Refusal(slot, "no_revision_date")
    if heading:
        output = f"{heading.removesuffix(':')}:\n{output}"
    if opens_with_pronoun(answer):
        output = f"{document.title}:{chr(10) if heading or answer[0].is_heading else ' '}{output}"
    if slot in AGEING:
        output += f"\n\n{_REVISED} {document.revised}.)"
    return Draft(
        slot=slot,
        input=question(document, slot, asked, _entry(slot, asked, answer)),
        output=output,
        evidence=tuple(Evidence(document.document_id, section.name, *span) for span in spans(section.text, answer)),
        rule="section_passage.v2" if len(answer) == sum(map(len, units)) else "section_passage_cut.v2",
    )


def question(document: Document, slot: str, asked: str, entry: str) -> str:
    """One of the wordings of `entry`, by document and slot; `asked` is the modality."""
    data = _data()
    title = article_titles.named(document)
    kind = data["slots"][entry]
    wordings = data["other_subjects"]["wordings"] if article_titles.is_no_disease(title) else kind["wordings"]
    wording = choose(wordings, f"{document.document_id}/{slot}")
    return str(wording.format(title=title, topic=kind["topic"].format(modality=asked), modality=asked))


def _entry(slot: str, asked: str, answer: Sequence[Piece]) -> str:
    """The kind of question: of a modality its appearance, or its use where the answer speaks of that."""
    if not asked:
        return slot
    first = next(piece.text for piece in answer if not piece.is_heading)
    opening = first[: sentences(first)[0][1]]
    speaks_of_use = re.search(_data()["slots"]["use_of_modality"]["opening"], opening)
    return "use_of_modality" if speaks_of_use and not any(map(holds_list, answer)) else "appearance_modality"


@functools.cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def score(record: Mapping[str, Any], answer: str) -> dict[str, float]:
    """`rouge_l` and `exact` (spacing aside) without the line on the revision; of a list, how many of its items are
    right, wrong and missed. An answer without a letter is malformed."""
    wanted, given = _undated(record["output"]), _undated(answer)
    return {
        "malformed": float(not any(map(str.isalpha, given))),
        "rouge_l": rouge_l(wanted, given),
        "exact": same_words(wanted, given),
        **item_counts(wanted, given),
    }


def _undated(answer: str) -> str:
    return answer.rpartition(_REVISED)[0] or answer


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The means of `rouge_l` and `exact`, and `list_item_f1` over all items of answers that are lists."""
    f1 = micro_f1(scores)
    return {**averages(scores, ("rouge_l", "exact")), **({} if f1 is None else {"list_item_f1": f1})}
