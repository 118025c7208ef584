"""Whatever stands in a document, it is cleaned or dropped with a reason, and what is clean stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.cleaning import chosen
from radcurate.cleaning.apply import clean_document
from radcurate.recipe import load, locate
from tests.cleaning.test_rules import ANY_TEXT
from tests.shards import report

RULES = {name: chosen(load(locate(name)).rules) for name in ("demo", "openi")}
SIZE = 100_000
ENORMOUS = {
    "one word": "effusion ",
    "one word, grown together": "effusion",
    "full stops": ".",
    "short lines": "a\n",
    "list numbers": "1. 2. 3. ",
    "broken lines": "a-\n",
    "mixed scripts": "心臓の大きさ Über §½ ",
    "one sentence": "No effusion is seen. ",
    "names": "Dr. A. Smith ",
    "blanks": " ",
    "brackets": "(",
    "page boxes": "On this page: Article: CT ",
    "cells": "a | b\n",
    "ratios": "1/2/",
    "superscripts": "²",
    "no-break spaces and marks": "\u00a0\u200b",
}


@pytest.mark.parametrize("kind", ["article", "case", "report"])
@pytest.mark.parametrize("text", ENORMOUS)
def test_an_enormous_section_is_cleaned_or_dropped(kind, text):
    piece = ENORMOUS[text]
    document = report("r1", sections={"findings": piece * (SIZE // len(piece))}, kind=kind)
    cleaned, edits, drop = clean_document(document, RULES["demo"])
    assert drop is None or drop[1]
    assert cleaned.text_of("findings") == document.text_of("findings") or edits


@pytest.mark.slow
@pytest.mark.parametrize("text", ["one word", "full stops", "one sentence"])
def test_ten_megabytes_in_a_section_are_cleaned_or_dropped(text):
    piece = ENORMOUS[text]
    document = report("r1", sections={"findings": piece * (100 * SIZE // len(piece))}, kind="report")
    assert clean_document(document, RULES["demo"])


@pytest.mark.parametrize("recipe", RULES)
@given(text=ANY_TEXT, kind=st.sampled_from(["article", "case", "report"]))
def test_what_a_recipe_made_of_any_text_it_leaves_as_it_is(recipe, text, kind):
    once, _, drop = clean_document(report("r1", sections={"findings": text}, kind=kind), RULES[recipe])
    again, edits, drop_again = clean_document(once, RULES[recipe])
    assert (again, edits, drop_again) == (once, [], drop)
