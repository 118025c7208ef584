"""Rules that take out e-mail addresses and web addresses, which may name people and records."""

import re
from collections.abc import Callable, Iterator

from radcurate.cleaning.deidentify.marks import EMAIL, URL
from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}(?!\w)")
# The digital object identifier of a paper names no person.
_URL = re.compile(r"\b(?:https?://(?!(?:dx\.)?doi\.org/)|www\.)[^\s<>\"“”]{3,2000}(?<![.,;:!?)\]'’])", re.IGNORECASE)


def _replaces(pattern: re.Pattern[str], mark: str, what: str) -> Callable[[Section], Iterator[Edit]]:
    def propose(section: Section) -> Iterator[Edit]:
        for match in pattern.finditer(section.text):
            yield Edit(match.start(), match.end(), mark)

    propose.__doc__ = what
    return propose


RULES = (
    TextRule(
        "email.v1",
        _replaces(_EMAIL, EMAIL, "Takes out e-mail addresses."),
        (
            Example("Mail h.marsh@radiology.example.org.", "Mail [email]."),
            Example("Uptake @ 30 min.", "Uptake @ 30 min."),
        ),
    ),
    TextRule(
        "url.v1",
        _replaces(_URL, URL, "Takes out web addresses, which may name people and records; those of doi.org stay."),
        (
            Example("See https://www.example.org/users/ana-roy.", "See [url]."),
            Example("See www.anaroy.example, page 3.", "See [url], page 3."),
            Example("https://doi.org/10.1000/182", "https://doi.org/10.1000/182"),
        ),
    ),
)
