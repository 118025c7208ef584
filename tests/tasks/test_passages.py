"""A passage ends where an answer may end: after a paragraph or a whole list, never before what takes it back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.tasks.passages import (
    MOST_WORDS,
    MOST_WORDS_QUALIFIED,
    ended,
    finished,
    holds_list,
    joined,
    pieces,
    spans,
)


def passage(text, strict=False):
    return joined(text, ended(*finished(pieces(text)), strict=strict))


def words(count, last="end"):
    return " ".join(["word"] * (count - 1) + [f"{last}."])


def test_headings_and_blocks_are_pieces_with_their_places():
    text = "A first paragraph.\n\nCT:\nContrast:\nBright rim.\n\n• one\n◦ two\n• three:\n◦ four"
    found = pieces(text)
    assert [(piece.text, piece.is_heading) for piece in found] == [
        ("A first paragraph.", False),
        ("CT:", True),
        ("Contrast:", True),
        ("Bright rim.", False),
        ("• one\n◦ two\n• three:\n◦ four", False),
    ]
    assert all(text[piece.start : piece.end] == piece.text for piece in found)


@pytest.mark.parametrize("text", ["Features include:", "• a list that ends so:", "Type | Shape:\nA | round"])
def test_a_lead_in_an_item_and_a_row_are_no_headings(text):
    assert not any(piece.is_heading for piece in pieces(text))


@pytest.mark.parametrize(
    ("caption", "is_one"),
    [
        ("Axial CT: a flap divides the aorta into two channels.", True),
        ("Transvaginal ultrasound: an echogenic ring lies beside the ovary.", True),
        ("Selective left T8 injection: a tangle of vessels drains upwards.", True),
        ("Axial images are best. They show: a line.", False),
        ("Lateral views help.", False),
        ("Unenhanced T1 is the workhorse: replaced fat catches the eye.", False),
        ("Axial CT: a mass of 3.5 cm. It is lobulated.", False),
        ("Axial CT: a mass of 3.5 cm is lobulated.", True),
        ("Ultrasound: a round echogenic focus.", False),
    ],
)
def test_a_figures_caption_leaves(caption, is_one):
    assert passage(f"It is seen.\n\n{caption}\n\nThe end.") == (
        "It is seen.\n\nThe end." if is_one else f"It is seen.\n\n{caption}\n\nThe end."
    )


def test_a_heading_stays_with_its_text_where_a_caption_between_them_left():
    text = "CT:\nAxial CT: a ring is seen.\n\nA bright ring is typical."
    assert passage(text) == "CT:\nA bright ring is typical."
    assert [text[slice(*span)] for span in spans(text, pieces(text))] == ["CT:", "A bright ring is typical."]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Pain is common.\n\nFeatures include:", "Pain is common."),
        ("Pain is common.\n\nThe signs are as follows.", "Pain is common."),
        ("Pain is common.\n\nThe following are rare.\n\n• one", "Pain is common.\n\nThe following are rare.\n\n• one"),
        ("Pain is common.\n\nCT:", "Pain is common."),
        ("Features include:", ""),
        ("Features include:\n\n• one\n• two", "Features include:\n\n• one\n• two"),
    ],
)
def test_a_lead_in_is_never_the_end(text, kept):
    assert passage(text) == kept


def test_a_long_text_ends_after_the_last_block_that_fits():
    first, second, third = words(120, "first"), words(80, "second"), words(1, "third")
    assert passage(f"{first}\n\n{second}\n\n{third}") == f"{first}\n\n{second}"
    assert passage(f"{first}\n\n{second}") == f"{first}\n\n{second}"


def test_a_list_is_never_cut_and_brings_its_lead_in():
    items = "\n".join(f"• {words(30)}" for _ in range(3))
    first = words(150)
    assert passage(f"{first}\n\nSigns:\n\n{items}") == first


def test_a_sub_heading_is_never_the_end():
    assert passage(f"{words(195)}\n\nMRI:\n{words(20)}") == words(195)


@pytest.mark.parametrize(
    "qualifying",
    [
        "However, a word.", "Not so unless a word.", "All true except one word.", "But a word.",
        "It is contraindicated in pregnancy.", "It must not be given in shock.", "Biopsy is best avoided.",
        "Only if a word.", "Although rare, a word.", "True provided that a word.",
    ],
)  # fmt: skip
def test_a_block_that_takes_back_comes_along_or_takes_the_one_before_with_it(qualifying):
    first, second = words(150, "first"), words(50, "second")
    assert passage(f"{first}\n\n{second}\n\n{qualifying}") == f"{first}\n\n{second}\n\n{qualifying}"
    long = f"{qualifying} {words(MOST_WORDS_QUALIFIED)}"
    assert passage(f"{first}\n\n{second}\n\n{long}") == first
    assert passage(f"{first}\n\n{long}") == ""


def test_a_second_block_that_takes_back_comes_along_too():
    text = "\n\n".join([words(198), "However, rarely.", "Never so, unless seen.", words(30)])
    assert passage(text) == text.rsplit("\n\n", 1)[0]


def test_a_first_block_is_whole_or_nothing():
    assert passage(words(MOST_WORDS_QUALIFIED)) == words(MOST_WORDS_QUALIFIED)
    assert passage(words(MOST_WORDS_QUALIFIED + 1)) == ""


BLOCKS = st.sampled_from(["CT:\nShort.", words(90), words(60), "However, no.", "Signs:", "1. a\n2. b", "Unless so."])


@given(st.lists(BLOCKS, max_size=9).map("\n\n".join))
def test_any_passage_is_a_beginning_of_its_text_that_ends_well(text):
    kept = passage(text)
    rest = text[len(kept) :].strip()
    assert text.startswith(kept)
    assert not kept.endswith(":")
    assert not kept or not rest.startswith(("However", "Unless"))
    assert sum(len(piece.text.split()) for piece in pieces(kept)) <= MOST_WORDS or "However" in kept or "Unless" in kept


def test_a_strict_passage_leaves_out_no_warning_wherever_it_stands():
    first, second, warning = words(150, "first"), words(100, "second"), "Never in children; it is contraindicated."
    text = f"{first}\n\n{second}\n\n{warning}"
    assert passage(text) == first
    assert passage(text, strict=True) == ""
    assert passage(f"{first}\n\n{second}\n\nA word.", strict=True) == first
    assert passage(f"{first}\n\n{warning}", strict=True) == f"{first}\n\n{warning}"


def test_a_passage_does_not_end_before_a_warning_whose_list_is_lost():
    assert passage("Aspirin is given.\n\nContraindications are:") == ""
    assert passage("Pain is usual.\n\nAspirin is given.\n\nIt is contraindicated as follows:") == "Pain is usual."
    assert passage("Aspirin is given.\n\nDoses are:") == "Aspirin is given."


@pytest.mark.parametrize(
    ("text", "is_list"), [("• one\n• two", True), ("1. one\n2. two", True), ("• one", False), ("One. 2. Two", False)]
)
def test_a_list_has_two_items(text, is_list):
    assert holds_list(pieces(text)[0]) is is_list
