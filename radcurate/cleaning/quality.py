"""Rules that say when a document holds too little to learn from."""

from radcurate.cleaning.rules import DocumentRule
from radcurate.documents import Document


def _empty_document(document: Document) -> str | None:
    """Drops a document none of whose sections holds any text."""
    return None if any(section.text for section in document.sections) else "no section holds any text"


RULES = (DocumentRule("empty_document.v1", _empty_document),)
