"""Rules that take out addresses of mail, of pages and of machines, which may name people, records and places."""

import re
from collections.abc import Callable, Iterator

from radcurate.cleaning.deidentify.context import before
from radcurate.cleaning.deidentify.marks import EMAIL, NUMBER, URL
from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}(?!\w)")
# The digital object identifier of a paper names no person.
_URL = re.compile(r"\b(?:https?://(?!(?:dx\.)?doi\.org/)|www\.)[^\s<>\"“”]{3,2000}(?<![.,;:!?)\]'’])", re.IGNORECASE)

_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_GROUP = r"[\da-fA-F]{1,4}"
_MACHINE = re.compile(
    rf"""(?<![\w.:-])(?:
        (?:{_OCTET}\.){{3}}{_OCTET}(?:/\d\d?|:\d{{2,5}})?(?![\w-]|\.\d)
      | (?:[\da-fA-F]{{2}}:){{5}}[\da-fA-F]{{2}}(?![\w:])|(?:[\da-fA-F]{{2}}-){{5}}[\da-fA-F]{{2}}(?![\w-])
      | (?:{_GROUP}:){{7}}{_GROUP}(?![\w:])|(?:{_GROUP}:){{1,6}}(?::{_GROUP}){{1,6}}(?![\w:])
    )""",
    re.VERBOSE,
)
_SOME_MACHINE = re.compile(r"\d\.\d|[\da-fA-F][:-][\da-fA-F:]")
# Versions and sections are numbered in four parts too.
_NUMBERED = re.compile(
    r"\b(?:version|ver|v|software|release|build|firmware|section|chapter|figure|table|item|protocol|grade|type|class|level|step)\.?\s\Z",
    re.IGNORECASE,
)


def _machine(section: Section) -> Iterator[Edit]:
    """Takes out addresses of machines in a network: IPv4, IPv6 and MAC; numbers of versions stay."""
    text = section.text
    if _SOME_MACHINE.search(text):
        for match in _MACHINE.finditer(text):
            if not before(_NUMBERED, text, match.start()):
                yield Edit(match.start(), match.end(), NUMBER)


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
    TextRule(
        "machine_address.v1",
        _machine,
        (
            Example("Sent from 192.0.2.44 to node 2001:db8::8a2e.", "Sent from [number] to node [number]."),
            Example("MAC 00:1B:44:11:3A:B7.", "MAC [number]."),
            Example("Software version 4.2.10.1 at 10:12:30.", "Software version 4.2.10.1 at 10:12:30."),
            Example("Sections 1.2.3; 3.4 2.1 1.0.", "Sections 1.2.3; 3.4 2.1 1.0."),
        ),
    ),
)
