"""Rules that take out numbers that lead to a person: of records, accessions, studies, devices, plates and machines.

A number goes by the words before it (`numbers.toml`), a unique identifier of DICOM by its form. Levels, series, scores,
doses and sizes have no such word before them.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from radcurate.cleaning.deidentify.context import Span, apart, either
from radcurate.cleaning.deidentify.marks import NUMBER
from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

LEXICON = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_RARE = frozenset(LEXICON["rare"])
_WEAK = frozenset(LEXICON["weak"])

_SOME_NUMBER = re.compile(r"\d\D{0,3}\d")
# One word with a digit in it, then groups of digits ("943 476 5919"), of which the last may be a check digit.
_GROUP = r"(?![ ]\d{1,4}[ ]?(?:mm|cm|ml|year|yo|y/o|x|week|day|month|view)s?\b)[ ]\d[\w-]{0,9}"
_VALUE = (
    rf"(?P<number>(?:[A-Z]{{2}}[ ](?=\d))?(?=[\w./-]{{0,30}}\d)\w+(?:[./-]\w+){{0,12}}(?:{_GROUP}){{0,3}})(?![\w@])"
)
_PLATE = r"(?P<number>(?=[A-Z]{0,4}[ -]?\d)[A-Z\d]{1,7}(?:[ -][A-Z\d]{1,4})?)(?!\w)"
_UID = re.compile(r"(?<![\w.])(?P<label>)(?P<number>[12]\.\d{1,6}(?:\.\d{1,39}){4,20})(?!\w)")


def _labelled(labels: Iterable[str], value: str = _VALUE) -> re.Pattern[str]:
    words = either(labels).replace(r"\s", r"\.?\s")
    return re.compile(rf"(?<![\w/-])(?P<label>{words})\.?\s?(?:#|no\.|number)?\s?[:#=]?\s{{0,2}}{value}", re.IGNORECASE)


def _takes_out(patterns: Iterable[re.Pattern[str]], what: str) -> Callable[[Section], Iterator[Edit]]:
    def propose(section: Section) -> Iterator[Edit]:
        if _SOME_NUMBER.search(section.text):
            found = (match for pattern in patterns for match in pattern.finditer(section.text))
            for edit in apart([_span(match) for match in found if _identifies(match)], NUMBER):
                yield _with_stop(section.text, edit)

    propose.__doc__ = what
    return propose


def _span(match: re.Match[str]) -> Span:
    start, end = match.span("number")
    glued = match.end("label") == start and match["label"][-1:].isalnum()
    return (match.start("label") if glued else start), end  # "MRN0077120" is one word


def _with_stop(text: str, edit: Edit) -> Edit:
    """Takes the full stop of "No. 4411" too: before a mark, which is no number, it would end the sentence."""
    stop = edit.start - 2
    return Edit(stop, edit.end, f" {NUMBER}") if text[max(0, stop) : edit.start] == ". " else edit


def _identifies(match: re.Match[str]) -> bool:
    """Whether what follows a label is long enough to tell one record from the others."""
    number = str(match["number"])
    digits = sum(character.isdigit() for character in number)
    if match["label"].lower() in _RARE:
        return digits >= 6
    if match["label"].lower() in _WEAK:
        return digits >= 3 and len(number) >= 5
    return digits >= 2 and len(number) >= 4


RULES = (
    TextRule(
        "study_uid.v1",
        _takes_out((_UID,), "Takes out unique identifiers of studies, series and images (DICOM)."),
        (
            Example("Study UID 1.2.840.99999.4.55.7.", "Study UID [number]."),
            Example("Sections 1.2.3 and 1.2.3.4 apply.", "Sections 1.2.3 and 1.2.3.4 apply."),
        ),
    ),
    TextRule(
        "record_number.v1",
        _takes_out((_labelled(LEXICON["records"]),), "Takes out numbers of records, insurances, specimens and papers."),
        (
            Example("MRN: 7731-884 Chest pain.", "MRN: [number] Chest pain."),
            Example("NHS number 943 476 5919; cough.", "NHS number [number]; cough."),
            Example("Hosp. No. RX1 220985", "Hosp. No [number]"),
            Example("MR 3.0 T, IDH1 R132H, CPT 71046.", "MR 3.0 T, IDH1 R132H, CPT 71046."),
            Example("Unit number ___.", "Unit number ___."),
        ),
    ),
    TextRule(
        "accession_number.v1",
        _takes_out(
            (_labelled(LEXICON["accessions"]),), "Takes out numbers of accessions, exams, requests and dictations."
        ),
        (
            Example("Accession No. CT-19-004512.", "Accession No [number]."),
            Example("ACC: 10448829, two views.", "ACC: [number], two views."),
            Example("Series 4, image 112/240.", "Series 4, image 112/240."),
        ),
    ),
    TextRule(
        "device_number.v1",
        _takes_out(
            (_labelled([*LEXICON["devices"], *LEXICON["addresses"]]), _labelled(LEXICON["plates"], _PLATE)),
            "Takes out serial and lot numbers of devices, number plates and network addresses.",
        ),
        (
            Example("Pacemaker, serial number PJN440918S.", "Pacemaker, serial number [number]."),
            Example("A van (registration 7QRT992).", "A van (registration [number])."),
            Example("Serial 3 mm slices; 18 gauge needle.", "Serial 3 mm slices; 18 gauge needle."),
        ),
    ),
)
