"""The Open-i reports as the bundled recipe cleans them, by the number of the report (`CXR202`)."""

import functools
from pathlib import Path

from radcurate import recipe as recipes
from radcurate.cleaning import chosen
from radcurate.cleaning.apply import clean_document
from radcurate.documents import Document
from radcurate.sources import SourceSpec, load


@functools.cache
def clean_reports(archive: Path) -> dict[str, Document]:
    """The documents that the archive gives, those that are dropped left out."""
    rules = chosen(recipes.load(recipes.locate("openi")).rules)
    kept = {}
    for item in load("openi").read(archive, SourceSpec("openi", "openi", (archive,), {})):
        if isinstance(item, Document):
            document, _, drop = clean_document(item, rules)
            if drop is None:
                kept[document.document_id.removeprefix("openi:")] = document
    return kept


def published_reports(archive: Path) -> dict[str, Document]:
    """The documents of the archive as they are parsed."""
    items = load("openi").read(archive, SourceSpec("openi", "openi", (archive,), {}))
    return {item.document_id.removeprefix("openi:"): item for item in items if isinstance(item, Document)}


def report_text(document: Document) -> str:
    """Findings and impression."""
    return f"{document.text_of('findings')}\n{document.text_of('impression')}"
