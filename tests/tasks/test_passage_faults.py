"""A passage that points elsewhere, holds leftovers or lacks its beginning or end is no answer, with a reason."""

import pytest

from radcurate.tasks.passage_faults import REFUSALS, fault_of, opens_with_pronoun
from radcurate.tasks.passages import pieces

LONG = " The rest of this answer has more than six words."

FAULTY = [
    ("too_short", "A mass."),
    ("too_short", "CT:\nA mass • is | seen."),
    ("refers_elsewhere", "Look for the source: see deep vein thrombosis."),
    ("refers_elsewhere", "See main article: breast cancer." + LONG),
    ("refers_elsewhere", "Treated as described above." + LONG),
    ("refers_elsewhere", "The stages are listed below." + LONG),
    ("refers_elsewhere", "This is discussed separately." + LONG),
    ("refers_elsewhere", "The flap divides the lumen (see below)." + LONG),
    ("refers_elsewhere", "The lesion in Figure 2 is bright." + LONG),
    ("refers_elsewhere", "The lesion is bright (fig. 3)." + LONG),
    ("refers_elsewhere", "Sizes are given in Table 1." + LONG),
    ("refers_elsewhere", "The rim is bright (arrows)." + LONG),
    ("refers_elsewhere", "In this case the rim is bright." + LONG),
    ("refers_elsewhere", "The aforementioned rim is bright." + LONG),
    ("refers_elsewhere", "The table below shows the sizes." + LONG),
    ("leftovers", "The rim is bright [1]." + LONG),
    ("leftovers", "The rim is bright [2, 4-6]." + LONG),
    ("leftovers", "The rim is bright [citation needed]." + LONG),
    ("leftovers", "The rim is bright.3,4 It is thin." + LONG),
    ("leftovers", "The rim is bright (doi: 10.1000/1)." + LONG),
    ("leftovers", "Sample et al. saw a bright rim." + LONG),
    ("leftovers", "As in Sample (2019), the rim is bright." + LONG),
    ("leftovers", "More at https://example.org." + LONG),
    ("leftovers", "The rim is <b>bright</b>." + LONG),
    ("leftovers", "The rim is {{bright}}." + LONG),
    ("leftovers", "The rim is &nbsp;bright." + LONG),
    ("leftovers", "The rim is bright \ufffd." + LONG),
    ("leftovers", "Case courtesy of a colleague." + LONG),
    ("leftovers", "Start quiz. The rim is bright." + LONG),
    ("redacted", "First told by [name], the rim is bright." + LONG),
    ("redacted", "Since [date 2013-05] the rim is bright." + LONG),
    ("redacted", "The XXXX rim is bright." + LONG),
    ("no_antecedent", "The latter is bright on all sequences." + LONG),
    ("no_antecedent", "Other causes are rare in most patients." + LONG),
    ("no_antecedent", "He was the first to see it." + LONG),
    ("no_antecedent", "These tests are of little use." + LONG),
    ("no_antecedent", "This is the treatment of choice in most patients." + LONG),
    ("fragment", "and the rim is bright on all sequences." + LONG),
    ("fragment", "usually bright on all sequences." + LONG),
    ("fragment", "The rim] is bright on all sequences." + LONG),
    ("fragment", "However, the rim is bright on all sequences." + LONG),
    ("fragment", ", the rim is bright on all sequences." + LONG),
    ("fragment", "The rim is bright on all sequences and" ),
    ("fragment", "The rim is bright on all sequences (in most." + LONG),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "text"), FAULTY)
def test_what_is_no_answer_is_seen(reason, text):
    assert fault_of(pieces(text)) == reason


def test_every_reason_is_reached():
    assert {reason for reason, _ in FAULTY} == set(REFUSALS)


@pytest.mark.parametrize(
    "text",
    [
        "The vessels above the diaphragm are seen on most films.",
        "It may be hard to see a line on the film.",
        "Lesions below 7 mm are followed, and those above 5 cm removed.",
        "An enhancing rim is 3.5 mm thick, at T2.5 or so.",
        "Uptake of 99mTc is above 11 × 10⁹/L in E₂ or ¹⁸F-FDG studies.",
        "Grade | Depth\n1 | the villi abut the myometrium\n2 | they breach it",
        "• gradual loss of hearing\n• tinnitus\n• unsteadiness and true vertigo",
        "Ultrasound:\nThis is the first-line test in all such patients.",
        "These tumours are bright on every sequence there is.",
        "This is a heading's answer? No: It is not, but six words.",
        "mTOR inhibitors shrink the tumours in most of these patients.",
        "Forms are a) single, b) multiple and c) bilateral (both sides).",
        "Injury (class 1) is told from wear (class 2) in this scheme.",
        "pH is low, and hCG is high, in most of these.",
        "Type 1 (see-saw) injuries follow a fall on the hand.",
        "Koos grade 2 reaches the cistern; in the table position it shifts.",
    ],
)
def test_what_is_an_answer_is_left_alone(text):
    under_heading = text.startswith("This is a heading")
    assert fault_of(pieces(text), under_heading=under_heading) is None


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("It is rare.", True),
        ("CT:\nThey are bright.", True),
        ("• Its wall is thin", True),
        ("1. This sign", True),
        ("Such lesions grow.", True),
        ("Most are silent.", True),
        ("Half or more arise near the knee.", True),
        ("Before screening it was rare.", True),
        ("Most patients are men.", False),
        ("Italy has many cases.", False),
        ("Pain is common. It is worst at night.", False),
        ("", False),
    ],
)
def test_an_opening_that_needs_the_title_is_seen(text, opens):
    assert opens_with_pronoun(pieces(text)) is opens
