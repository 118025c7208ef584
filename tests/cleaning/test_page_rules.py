"""The rules for pages: each reads hostile text in one pass, and none takes sentences of medicine for a site's."""

import itertools
import sys
from collections.abc import Iterator

import pytest

from radcurate.cleaning import TextRule, chosen
from radcurate.cleaning.apply import clean_section
from radcurate.documents import Section
from radcurate.recipe import load, locate

RULES = [rule for rule in chosen(load(locate("demo")).rules) if isinstance(rule, TextRule)]
PAGE_RULES = [rule for rule in RULES if set(rule.kinds) & {"article", "case"} and "report" not in rule.kinds]
# What the patterns look for, over and over, and never ended: brackets, lists, headings, credits, phrases of sites.
HOSTILE = [
    *(
        "[1",
        "[1] ",
        "[1, ",
        "(1) ",
        "(1, ",
        "((",
        "[see ",
        " refs. 1",
        ", p. 1",
        "(Roy 2017; ",
        "(Roy and Sample, ",
        "[[1",
    ),
    *(
        "women 1,2 ",
        "women 1-",
        "aaa1,",
        "of 4 1,2",
        "word 3 ",
        "² ",
        "²,",
        "1. A ",
        "1. Roy A, ",
        "Roy AB. ",
        "van de ",
    ),
    *(
        "References\n",
        "References: ",
        "Notes\n",
        "2017;2:",
        "1(",
        "On this page:\nArticle:\n",
        "Contents: a | ",
        "Contents\n",
    ),
    *(
        "Case courtesy of A. ",
        "Image by A. Roy ",
        "thanks to ",
        "© ",
        "by A. ",
        "Roy-",
        "image by a b c d ",
        "photo: A ",
    ),
    *(
        "Q. a? ",
        "Q1. ?\na) b\n",
        "tap to ",
        "share ",
        "Quiz: ",
        "created 1 ",
        "tags: ",
        "a: ",
        "– ",
        "you your ",
        "ID: 1",
    ),
    *("Ultrasound", "CT", "this is a basic article for ", "a\n", " ", "\n", ".", "? "),
]
SIZE = 10_000


def lines_run(rule: TextRule, text: str) -> int:
    """How many lines of Python a rule runs on a text: what work is counted by, on any machine."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += event == "line"
        return trace

    section = Section("findings", "FINDINGS", text)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        list(rule.propose(section))
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("rule", PAGE_RULES, ids=lambda rule: rule.id)
def test_work_grows_with_the_text_and_no_faster(rule):
    for piece in HOSTILE:
        small, large = (lines_run(rule, piece * (size // len(piece))) for size in (SIZE // 10, SIZE // 2))
        assert large <= 8 * small + 2_000, piece  # for a text five times as long


@pytest.mark.slow
@pytest.mark.parametrize("rule", PAGE_RULES, ids=lambda rule: rule.id)
def test_ten_megabytes_of_what_its_patterns_look_for_are_read(rule):
    for piece in (
        "[1",
        "(1, ",
        "Case courtesy of A. ",
        "On this page:\nArticle:\n",
        "Q. a? ",
        "References: ",
        "Roy A, ",
    ):
        assert list(rule.propose(Section("findings", "FINDINGS", piece * (1000 * SIZE // len(piece))))) is not None


def medicine() -> Iterator[str]:
    """Sentences that share words with sites, credits, references and citations. Written for this test."""
    yield from (
        "Biopsy may reveal the diagnosis.",
        "The findings suggest a change in management.",
        "Return to the index finger for the third view.",
        "The next case was a boy with the same rash.",
        "The main text of the report names the level.",
        "Our patients were asked for their partner's history.",
        "The radiologist asked: can you lift your arm?",
        "A cup of coffee before the scan lowers the signal.",
        "Upgrade to invasive carcinoma at excision is found in a quarter.",
        "A click over the mitral valve and a double click were heard.",
        "Electromagnetic navigation helped us to reach the nodule.",
        "Quantitative maps can help us identify early fibrosis.",
        "Readers also read the CT without contrast.",
        "The sponsor of the trial had no part in the reading.",
        "The cine loop shows a hypokinetic septum.",
        "Share of the left kidney in the function: 38%.",
        "Images were viewed on a DICOM viewer with a bone window.",
        "Question of stroke on the right.",
        "Any question of a bone lesion?",
        "A companion shadow lies along the clavicle.",
        "Organ donation was discussed with the family.",
        "Zoom ultrasound confirmed the tear.",
        "He was seen online after the early appeal of the knee pain had failed.",
        "Contributors: smoking, obesity and age.",
        "Revised Atlanta criteria of 2012.",
        "Contents: fat, bowel and omentum.",
        "Tags of residual stool are marked by barium.",
        "Thanks to Doppler the sac was found.",
        "Thanks to early surgery she walks again.",
        "The case was contributed to by steroid use.",
        "Images acquired by a Philips scanner show it.",
        "Supplied by the Adamkiewicz artery, the cord is at risk.",
        "The history was provided by the patient's family.",
        "The curve was drawn by Kaplan-Meier estimates.",
        "The flap is supplied by the Riolan arcade.",
        "The patient walks with permission of the surgeon.",
        "Three types are told: (a) fat, (b) fluid and (c) Paget disease.",
        "CT: Hampton Hump.",
        "Ultrasound: Murphy Sign.",
        "Weber C: fractures reclassified after 1972.",
        "Type II, first seen in 1984.",
        "The literature is scarce; the reference was surgery in 2015.",
        "The median was 2 [1-4] days, in others 80 [70, 90].",
        "Cirrhosis (38), cholangitis (22) and cysts (11) were the causes.",
        "He came 3 and 12 months after birth.",
        "It was done on March 1, 2019, and on June 2.",
        "A mutation of exon 2, a deletion of chromosome 7, a fracture of rib 9.",
        "Antibodies cause 9 of 10 cases.",
        "Human papillomavirus 16 was found, and Tween 80, hsp90.",
        "Venous gas: pH 7.52, lactate 3.",
        "Grade 3, stage 2, level 4, in zone 1, Bosniak 3.",
    )


@pytest.mark.parametrize(("kind", "sentence"), list(itertools.product(["article", "case"], medicine())))
def test_a_sentence_of_medicine_stays_by_itself_and_within_a_text(kind, sentence):
    rules = [rule for rule in RULES if not rule.kinds or kind in rule.kinds]
    for text in (sentence, f"A cyst is round.\n\n{sentence}\n\nIt is flat.", f"It is round. {sentence} It is flat."):
        if "2019" not in text:  # a date is written as its year
            assert clean_section(Section("discussion", "Discussion", text), rules)[0].text == text
        else:
            left = [rule.id for rule in PAGE_RULES if list(rule.propose(Section("discussion", "Discussion", text)))]
            assert left == []
