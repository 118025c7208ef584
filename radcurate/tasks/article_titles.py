"""Titles of articles as questions name them, and titles that name nothing one can ask about.

In: an article. Out: why its title cannot be asked about (`REFUSALS`), or the title as it stands within a sentence.
"""

import functools
import re
import tomllib
from pathlib import Path

from radcurate.documents import Document
from radcurate.tasks.modality_names import modality_of

LONGEST = 150

REFUSALS = {
    "no_title": "the article has no title to ask about",
    "title_is_a_list": "the article is a list, an index or a mnemonic, not about one subject",
    "title_is_ambiguous": "the title alone does not say what is meant: a bare abbreviation, or a word for many things",
    "title_too_long": f"the title has more than {LONGEST} characters",
}

_ABBREVIATION = re.compile(r"(?=[^a-z]*[A-Z])[A-Z0-9]{1,4}(?:s|[-/][A-Z0-9]{1,3})?")


def fault_of(title: str | None) -> str | None:
    """Why no question can be asked about an article of this title, or None."""
    plain = " ".join((title or "").split())
    if not any(map(str.isalpha, plain)):
        return "no_title" if not plain else "title_is_ambiguous"
    if len(plain) > LONGEST:
        return "title_too_long"
    if _pattern("list").search(plain):
        return "title_is_a_list"
    bare_abbreviation = _ABBREVIATION.fullmatch(plain) and not modality_of(plain)
    return "title_is_ambiguous" if bare_abbreviation or _pattern("ambiguous").search(plain) else None


def is_no_disease(title: str) -> bool:
    """True for schemes, procedures, techniques, anatomy and signs, by which nobody is affected."""
    return bool(_pattern("no_disease").search(title))


def named(document: Document) -> str:
    """The title as a sentence names it: its first word is small where the text or common use writes it so."""
    title = " ".join((document.title or "").split())
    first = title.split(" ", 1)[0]
    text = "\n".join(section.text for section in document.sections)
    small = _pattern("common").fullmatch(first) or re.search(rf"(?<![\w-]){re.escape(first.lower())}(?![\w-])", text)
    name = re.search(rf"[a-z,;] {re.escape(first)}(?![\w-])", text)
    if small and not name and first[1:].islower():
        title = title[0].lower() + title[1:]
    return f"the {title}" if _pattern("with_the").search(title) else title


@functools.cache
def _pattern(name: str) -> re.Pattern[str]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return re.compile("|".join(f"(?:{one})" for one in data[name]), re.IGNORECASE)
