"""Phrases are found where a reader sees them: at the edges of words, across hyphens and lines, the longest first."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.language.lexicon import Lexicon
from radcurate.language.lexicon.entries import Blocker, Finding
from radcurate.language.phrases import PhraseFinder, finder, flattened

# A small lexicon, so that the slow reading of the same promise stays short.
FEW = {name: Lexicon.load().phrases[name] for name in ("pleural effusion", "effusion", "mass", "ptx", "mass effect")}
PIECES = st.sampled_from(
    [
        "pleural",
        "Effusion",
        "effusions",
        "mass",
        "masses",
        "effect",
        "PTX",
        "ptx",
        " ",
        "  ",
        "-",
        " - ",
        "\n",
        "\n\n",
        ".",
        ", ",
        "İ",
        "ß",
        "é",
        "_",
        "/",
        "\xa0",
        "\t",
        "9",
        "’",
    ]
)
TEXT = st.one_of(st.text(st.characters(codec="utf-8"), max_size=40), st.lists(PIECES, max_size=25).map("".join))


def found(text: str, kind: type = Finding) -> list[tuple[str, str]]:
    return [
        (match.entry.name, text[match.start : match.end])
        for match in finder().find(text)
        if isinstance(match.entry, kind)
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Small left pleural effusion.", [("pleural effusion", "pleural effusion")]),
        ("PLEURAL\nEFFUSION", [("pleural effusion", "PLEURAL\nEFFUSION")]),
        ("pleural \n  effusion", [("pleural effusion", "pleural \n  effusion")]),
        ("air-space disease", [("airspace disease", "air-space disease")]),
        ("air-\nspace disease", [("airspace disease", "air-\nspace disease")]),
        ("(cardiomegaly)/nodule", [("cardiomegaly", "cardiomegaly"), ("nodule", "nodule")]),
        ("Pleural oedema", [("pulmonary edema", "oedema")]),
        ("massive, endplate, nodulectomy, importable", []),
        ("No pleural line is seen.", []),
        ("This leads to a growth plate.", []),
        ("local mass effect", [("mass effect", "local mass effect")]),
        ("the tip of the port", [("implantable venous access port", "port")]),
        ("lymph nodes of the portable film", []),
        ("subcutaneous emphysema", [("subcutaneous emphysema", "subcutaneous emphysema")]),
        ("pericardial effusion", [("pericardial effusion", "pericardial effusion")]),
        ("loss of the pleural. Effusion", [("pleural effusion", "Effusion")]),
        ("pleural\n\neffusion", [("pleural effusion", "effusion")]),
        ("pleural - effusion", [("pleural effusion", "effusion")]),
        ("İİ pleural  effusion", [("pleural effusion", "pleural  effusion")]),
        ("", []),
    ],
)
def test_a_finding_is_found_with_the_very_span(text, wanted):
    assert found(text) == wanted


def test_places_inside_a_finding_are_found_too():
    spans = {(match.entry.name, match.start, match.end) for match in finder().find("apical pleuroparenchymal scarring")}
    assert ("pleuroparenchymal scarring", 0, 33) in spans
    assert ("lung apex", 0, 6) in spans


@pytest.mark.parametrize("text", ["the midclavicular line", "no pleural line", "a growth plate", "the lymph node"])
def test_what_a_blocker_covers_is_no_place_and_no_subject_either(text):
    assert [type(match.entry) for match in finder().find(text)] == [Blocker]


def test_matches_are_in_order_and_do_not_overlap_within_findings():
    text = (
        "Calcified hilar lymph nodes, pleural effusions and mild cardiomegaly with PICC line and left base atelectasis."
    )
    matches = [match for match in finder().find(text) if isinstance(match.entry, Finding)]
    assert [match[:2] for match in matches] == sorted(match[:2] for match in matches)
    assert all(before.end <= after.start for before, after in itertools.pairwise(matches))
    assert len(matches) == 5


def test_every_phrase_is_found_in_itself_at_full_length():
    lost = [
        phrase
        for number, phrase in enumerate(finder().phrases)
        if (number, 0, len(phrase)) not in finder().occurrences(phrase)
    ]
    assert lost == []


@pytest.mark.parametrize("spelt", ["oedema", "edema", "Oesophageal stent", "haemothorax", "lung tumour"])
def test_both_spellings_are_found(spelt):
    assert found(spelt)


def slowly(text: str) -> set[tuple[str, int, int]]:
    """The same promise read phrase by phrase with a regular expression."""
    joint = r"(?:[\s\-‐‑–]+)"
    matches = set()
    for phrase in FEW:
        pattern = rf"(?<![^\W_]){joint.join(map(re.escape, phrase.split()))}(?![^\W_])"
        for match in re.finditer(pattern, text, re.IGNORECASE | re.ASCII):
            gaps = re.findall(r"[\s\-‐‑–]+", match[0])
            if not any(re.search(r"\n[^\S\n]*\n|\s[-‐‑–]|[-‐‑–]{2}", gap) for gap in gaps):
                matches.add((phrase, *match.span()))
    return matches


@given(st.lists(PIECES.filter(str.isascii), max_size=25).map("".join))
def test_the_automaton_finds_what_a_regular_expression_finds(text):
    few = PhraseFinder(FEW)
    assert {(few.phrases[number], start, end) for number, start, end in few.occurrences(text)} == slowly(text)


@given(TEXT)
def test_any_text_can_be_searched_and_spans_hold_the_phrase(text):
    for number, start, end in finder().occurrences(text):
        assert 0 <= start < end <= len(text)
        flat = flattened(text[start:end]).text.decode("ascii")
        assert flat == finder().phrases[number].replace("'", " ")


@given(TEXT)
def test_a_flat_text_keeps_the_place_of_each_character(text):
    flat = flattened(text)
    places = range(len(text)) if flat.places is None else flat.places
    assert len(flat.text) == len(places)
    assert list(places) == sorted(set(places))
    for byte, place in zip(flat.text, places, strict=True):
        if chr(byte).isascii() and chr(byte).isalnum():
            assert chr(byte) == text[place].lower()


@pytest.mark.parametrize(
    "text", ["effusion " * 10_000, "pleural  " * 10_000, "\n-" * 50_000, "a" * 1_000_000, "\x00\x01\ufffd" * 10_000]
)
def test_long_and_strange_texts_are_searched(text):
    assert len(finder().find(text)) == text.count("effusion") + text.count("pleural")


def test_real_reports_name_few_words_that_the_lexicon_lacks(openi_reports):
    from tests.openi import clean_reports, report_text

    documents = list(clean_reports(openi_reports).values())
    with_finding = sum(bool(found(report_text(document))) for document in documents)
    assert with_finding / len(documents) > 0.9
