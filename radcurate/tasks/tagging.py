"""Task `tagging`: from a text to what its curators gave it: systems, modalities, tags or index terms.

The first line of the input says what is wanted. Of a report: index terms (Open-i's hand-coded MeSH), each a head and
its qualifiers, parted by `/`, an inverted MeSH heading turned round (`Catheters, Indwelling` → `indwelling catheters`).
Of an article: body systems and tags; of a case: body systems, tags, and from the findings alone the imaging modalities.
An answer is lower-case, its terms in their order and parted by `, `. What the text does not support leaves the answer,
stands in `uncertain`, and the record is flagged `not_in_text`: heads of index terms that findings and impression do not
name (a technical one never), their qualifiers (lobe, side, degree …) that no sentence on the finding states; tags of
articles and cases that the text, its title not counted, does not name. A report that contradicts itself makes none.
"""

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from radcurate.documents import Document, as_published
from radcurate.records import Draft, Evidence, Refusal
from radcurate.tasks.index_terms import natural, supported_part
from radcurate.tasks.phrases import find
from radcurate.tasks.pool import Pool
from radcurate.tasks.report_reading import REFUSALS as READING_REFUSALS
from radcurate.tasks.report_reading import read_whole
from radcurate.tasks.scoring import averages, micro_f1, set_counts

ID = "tagging.v3"
KINDS = ("article", "case", "report")

INSTRUCTIONS = (
    "List what is wanted for this radiology text, separated by commas.",
    "As a curator of a radiology library would, label the text below with what its first line asks for.",
    "Read this text from radiology and give the terms named in its first line.",
    "Which terms of the wanted kind describe this radiology text?",
    "Assign the wanted terms to the text below, in lower case and parted by commas.",
    "Index this radiology text: answer with terms of the wanted kind only.",
)

REFUSALS = {
    **READING_REFUSALS,
    "no_systems": "the curators gave the document no body system",
    "no_modality": "the case names no imaging modality, or one of its studies with findings does not",
    "no_tags": "the curators gave the document no tag or index term",
    "no_supported_tag": "no term is left once what the text does not support is out",
    "no_text": "the document has no text to read (of a report: neither findings nor impression)",
    "no_findings": "the case has no findings, or a study whose modality is named has none",
    "comma_in_name": "a name holds a comma, which would part it in two",
}

# What the first line of an input asks for, by slot; of a report it is index terms.
WANTED = {"systems": "body systems", "modality": "imaging modalities", "tags": "tags"}
SLOTS = {"article": ("systems", "tags"), "case": ("systems", "modality", "tags")}


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """A draft or the reason why not, for every slot of the document's kind."""
    if document.kind == "report":
        yield _report(document)
        return
    sections = [section for section in document.sections if section.name != "diagnostic_certainty"]
    text = "\n\n".join(filter(None, (document.title, as_published(sections))))
    for slot in SLOTS[document.kind]:
        if not sections:
            yield Refusal(slot, "no_text")
        elif slot == "modality":
            yield _modality(document)
        elif slot == "systems":
            yield _fields(document, slot, document.systems, text)
        else:
            yield _tags(document, text, as_published(sections))


def _report(document: Document) -> Draft | Refusal:
    if not document.tags:
        return Refusal("tags", "no_tags")
    reading = read_whole(document)
    if isinstance(reading, str):
        return Refusal("tags", reading)
    terms = {term: supported_part(term, reading) for term in map(natural, document.tags)}
    return _supported(document, "index terms", reading.shown, terms)


def _tags(document: Document, shown: str, text: str) -> Draft | Refusal:
    if not document.tags:
        return Refusal("tags", "no_tags")
    if any("," in tag for tag in document.tags):
        return Refusal("tags", "comma_in_name")
    terms = [" ".join(tag.lower().split()) for tag in document.tags]
    editorial = _data()["editorial"]
    kept = {term: term if term not in editorial and find(text, term) else None for term in terms}
    return _supported(document, WANTED["tags"], shown, kept)


def _supported(document: Document, wanted: str, shown: str, terms: Mapping[str, str | None]) -> Draft | Refusal:
    """`terms` are the published ones, each with the part of it that the text supports."""
    answers = dict.fromkeys(part for part in terms.values() if part)
    uncertain = tuple(published for published, part in terms.items() if part != published)
    if not answers:
        return Refusal("tags", "no_supported_tag")
    return Draft(
        slot="tags",
        input=f"Wanted: {wanted}\n\n{shown}",
        output=", ".join(answers),
        evidence=(Evidence(document.document_id, "@tags", 0, 0),),
        rule="published_tags.v3",
        flags=("not_in_text",) if uncertain else (),
        uncertain=uncertain,
    )


def _modality(document: Document) -> Draft | Refusal:
    """The modalities of the studies from their findings alone: titles and headings name them."""
    studies = [one for one in document.sections if re.fullmatch(r"findings(?:_\d+)?", one.name) and one.text.strip()]
    if not document.modality:
        return Refusal("modality", "no_modality")
    if not studies:
        return Refusal("modality", "no_findings")
    if not all(study.modality for study in studies):
        return Refusal("modality", "no_modality")
    read = list(dict.fromkeys(study.modality for study in studies if study.modality))
    if not any("," in name for name in read) and set(read) != set(document.modality.split(", ")):
        return Refusal("modality", "no_findings")
    return _fields(document, "modality", read, "\n\n".join(study.text for study in studies))


def _fields(document: Document, slot: str, names: Sequence[str], shown: str) -> Draft | Refusal:
    if not names:
        return Refusal(slot, f"no_{slot}")
    if any("," in name for name in names):
        return Refusal(slot, "comma_in_name")
    return Draft(
        slot=slot,
        input=f"Wanted: {WANTED[slot]}\n\n{shown}",
        output=", ".join(dict.fromkeys(" ".join(name.lower().split()) for name in names)),
        evidence=(Evidence(document.document_id, f"@{slot}", 0, 0),),
        rule=f"published_{slot}.v1",
    )


def labels(output: str) -> list[str]:
    """The terms of an answer, of index terms their heads, each once: what the balance of a release is counted in."""
    return list(dict.fromkeys(term.partition("/")[0] for term in output.split(", ")))


@functools.cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def score(record: Mapping[str, Any], answer: str) -> dict[str, float]:
    """Counts of right, wrong and missed terms, and `exact`; terms that are `uncertain` are wrong neither way."""
    wanted = record["output"].split(", ")
    given = [term for part in answer.lower().split(",") if (term := " ".join(part.split()))]
    return {
        "malformed": float(not given),
        "exact": float(set(given) - set(record["uncertain"]) == set(wanted)),
        **set_counts(wanted, given, record["uncertain"]),
    }


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """`exact` as a mean and `micro_f1` over all terms."""
    f1 = micro_f1(scores)
    return {**averages(scores, ("exact",)), **({} if f1 is None else {"micro_f1": f1})}
