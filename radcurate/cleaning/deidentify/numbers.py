"""Rules that take out numbers that lead to a person: of records, accessions, studies, devices and plates.

A number goes by the words before it (`numbers.toml`), a unique identifier of DICOM and the number of a specimen or exam
("H19-44021") by its form. Levels, series, scores, doses and sizes have neither.
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
    r"(?P<number>(?:(?-i:[A-Z]{2})[ ](?=\d))?"
    rf"(?=[\w./-]{{0,30}}\d)\w+(?:[./-]\w+){{0,12}}(?:{_GROUP}){{0,3}})(?![\w@])"
)
_NUMBER_WORDS = either(LEXICON["number_words"])
_PLATE = r"(?P<number>(?=[A-Z]{0,4}[ -]?\d)[A-Z\d]{1,7}(?:[ -][A-Z\d]{1,4})?)(?!\w)"
# By its form: roots 0, 1 and 2 with six parts at least, or 2.25 with the long number of a UUID; shorter after a word.
_UID = re.compile(
    r"(?<![\w.])(?P<label>)(?P<number>[012]\.\d{1,6}(?:\.\d{1,39}){4,20}|2\.25\.\d{10,39}(?:\.\d{1,39}){0,9})(?!\w)"
)
_UID_LABELLED = re.compile(r"(?P<label>(?:UID|OID)s?\b[\s:=]{0,4})(?P<number>[012](?:\.\d{1,39}){2,20})(?!\w)")
# Letters, a year, a stroke, a number: H19-44021, CT-19-004512; and the national insurance number of Britain.
_FORMED = re.compile(
    r"(?<![\w./-])(?P<label>)(?P<number>[A-Z]{1,3}-?(?:20)?\d\d[-/]\d{4,8}|[A-Z]{2}\s?\d\d\s?\d\d\s?\d\d\s?[A-D])(?![\w/]|[.-]\d)"
)
# Plates of cars, in capitals, after a word for one.
_CAR_PLATE = re.compile(
    rf"(?<![\w-])(?P<label>(?i:{either(LEXICON['vehicles'])}))(?!\w)\.?\s?[:=(]?\s?(?:[\w'’]{{1,20}}\s)?"
    r"(?P<number>[A-Z]{2}\d\d\s?[A-Z]{3}|[A-Z]\d{1,3}\s?[A-Z]{3}|\d[A-Z]{3}\d{3}|[A-Z]{3}[ -]?\d{3,4}|\d{3}[ -][A-Z]{3}"
    r"|[A-Z]{1,3}-[A-Z]{1,2}\s?\d{2,4}|[A-Z]{2}-\d{3}-[A-Z]{2}|[A-Z]{2}\s?\d{4,5}|\d{4}\s[A-Z]{3})(?![\w-])"
)
# A day is a date, not a number: "study 20140722", "report 2014-07-22".
_DAY = re.compile(
    r"(?:19|20)\d\d([./-]?)(?:0?[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?:T[\w:]*)?|\d{1,2}([./-])\d{1,2}\2(?:\d{4}|\d\d)"
)
_RANGE = re.compile(r"\d{1,3}[.-]\d{1,3}|(?:19|20)\d\d-\d{2,4}")


def _labelled(labels: Iterable[str], value: str = _VALUE) -> re.Pattern[str]:
    words = either(labels).replace(r"\s", r"\.?\s")
    kind = rf"(?:#|(?:[ -]?(?:{_NUMBER_WORDS}))(?![^\W\d_])\.?)?"
    return re.compile(rf"(?<![\w/-])(?P<label>{words})(?![^\W\d_])\.?\s?{kind}\s?[:#=]?\s{{0,2}}{value}", re.IGNORECASE)


def _takes_out(patterns: Iterable[re.Pattern[str]], what: str) -> Callable[[Section], Iterator[Edit]]:
    def propose(section: Section) -> Iterator[Edit]:
        if _SOME_NUMBER.search(section.text):
            found = [match for pattern in patterns for match in pattern.finditer(section.text) if _identifies(match)]
            labelled = {match.start("number") for match in found if match["label"]}
            for edit in apart(map(_span, found), NUMBER):
                yield _with_stop(section.text, edit) if edit.start in labelled else edit

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
    label = match["label"].lower()
    if label in _RARE:
        return digits >= 6 and not _DAY.fullmatch(number)
    if label in _WEAK:
        return digits >= 3 and len(number) >= 5 and not (_RANGE.fullmatch(number) or _DAY.fullmatch(number))
    return digits >= 2 and len(number) >= 4


RULES = (
    TextRule(
        "study_uid.v2",
        _takes_out((_UID, _UID_LABELLED), "Takes out unique identifiers of studies, series and images (DICOM)."),
        (
            Example("Study UID 1.2.840.99999.4.55.7.", "Study UID [number]."),
            Example("StudyInstanceUID=2.25.88812345678901234", "StudyInstanceUID=[number]"),
            Example("SOP Instance UID 2.999.41.7.", "SOP Instance UID [number]."),
            Example("Sections 1.2.3 and 1.2.3.4 apply.", "Sections 1.2.3 and 1.2.3.4 apply."),
        ),
    ),
    TextRule(
        "record_number.v2",
        _takes_out(
            (_labelled(LEXICON["records"]), _FORMED), "Takes out numbers of records, insurances, specimens and papers."
        ),
        (
            Example("MRN: 7731-884 Chest pain.", "MRN: [number] Chest pain."),
            Example("NHS number 943 476 5919; cough.", "NHS number [number]; cough."),
            Example("Hosp. No. RX1 220985", "Hosp. No [number]"),
            Example("MR 3.0 T, IDH1 R132H, CPT 71046.", "MR 3.0 T, IDH1 R132H, CPT 71046."),
            Example("CHI 2202881234. CPR-nr. 220288-1234", "CHI [number]. CPR-nr [number]"),
            Example("Passport K4411882, trial subject S-0731.", "Passport [number], trial subject [number]."),
            Example("Sent to the laboratory as H21-30991.", "Sent to the laboratory as [number]."),
            Example("D2-40 positive; CHI 0.85; policy of 2019-2021.", "D2-40 positive; CHI 0.85; policy of 2019-2021."),
            Example("The file of 1.25 mm slices; IEC 60601.", "The file of 1.25 mm slices; IEC 60601."),
            Example("Unit number ___.", "Unit number ___."),
        ),
    ),
    TextRule(
        "accession_number.v2",
        _takes_out(
            (_labelled(LEXICON["accessions"]),), "Takes out numbers of accessions, exams, requests and dictations."
        ),
        (
            Example("Accession No. CT-19-004512.", "Accession No [number]."),
            Example("ACC: 10448829, two views.", "ACC: [number], two views."),
            Example("See exam E10448829. ACCN: 44120017-2", "See exam [number]. ACCN: [number]"),
            Example("Exam 20140722, study 12, order 2 of 3.", "Exam 20140722, study 12, order 2 of 3."),
            Example("Series 4, image 112/240.", "Series 4, image 112/240."),
        ),
    ),
    TextRule(
        "device_number.v3",
        _takes_out(
            (_labelled(LEXICON["devices"]), _labelled(LEXICON["plates"], _PLATE), _CAR_PLATE),
            "Takes out serial and lot numbers of devices, and number plates.",
        ),
        (
            Example("Pacemaker, serial number PJN440918S.", "Pacemaker, serial number [number]."),
            Example("A van (registration 7QRT992).", "A van (registration [number])."),
            Example("Hit by a car, plate LM61 QRS.", "Hit by a car, plate [number]."),
            Example("Plate and 6 screws; car door, T12.", "Plate and 6 screws; car door, T12."),
            Example("Serial 3 mm slices; 18 gauge needle.", "Serial 3 mm slices; 18 gauge needle."),
            Example("Patients who carry HLA-B27.", "Patients who carry HLA-B27."),
        ),
    ),
)
