"""Word by word, the sentencizer cuts where it cuts the whole text."""

import spacy
from hypothesis import given
from hypothesis import strategies as st

from radcurate.language.sentencizer import sentencizer_starts, skip_blanks
from tests.openi import clean_reports

SPACY = spacy.blank("en")
SPACY.add_pipe("sentencizer")
WORDS = (
    "1.|a.m.|(|\"|...|?!|. |- |\n|\t|  | |Dr.|x.Y|XXXX.|。|…|e.g.|)|U.S.|3.5|No|\u00a0|w/|:)| . |'|''"
    "|effusion|Effusion."
)
PIECES = st.sampled_from(WORDS.split("|"))
TEXT = st.one_of(st.text(st.characters(codec="utf-8")), st.lists(PIECES, max_size=15).map("".join))


def starts(text: str) -> set[int]:
    found = {skip_blanks(text, sentence.start_char) for sentence in SPACY(text).sents}
    return found - {skip_blanks(text, 0), len(text)}


@given(TEXT)
def test_wild_text_is_cut_as_from_the_whole(text):
    assert set(sentencizer_starts(text)) - {skip_blanks(text, 0)} == starts(text)


def test_reports_are_cut_as_from_the_whole(openi_reports):
    for document in clean_reports(openi_reports).values():
        for section in document.sections:
            assert set(sentencizer_starts(section.text)) == starts(section.text)
