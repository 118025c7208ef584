"""A body becomes text by the numbered rules of docs/harvest.md, and nothing that a reader sees is lost or added."""

import re

import pytest
from hypothesis import given, settings
from selectolax.lexbor import LexborHTMLParser

from radcurate.spiders.pages.text import Block, blocks, inline, joined, under_headings
from tests.spiders.bodies import bodies


def body(html: str):
    return LexborHTMLParser(f'<!DOCTYPE html><html><body><div id="body">{html}</div></body></html>').css_first("#body")


def text(html: str) -> str:
    return joined(blocks(body(html)))


def parts(html: str) -> list[tuple[str, str]]:
    return list(under_headings(blocks(body(html))))


# --- 1: unseen things -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>let mass = 1</script>",
        "<style>p { margin: 0 }</style>",
        "<template><p>mass</p></template>",
        "<noscript><p>mass</p></noscript>",
        "<!-- mass -->",
        "<div hidden>mass</div>",
        '<div hidden="until-found"><p>mass</p></div>',
        '<p class="note hidden">mass</p>',
        '<p style="display:none">mass</p>',
        '<p style="color: red; display: none !important">mass</p>',
        "<ul hidden><li>mass</li></ul>",
        "<table><tbody hidden><tr><td>mass</td></tr></tbody></table>",
        "<table><tr hidden><td>mass</td></tr></table>",
        "<table><tr><td hidden>mass</td></tr></table>",
        "<table hidden><caption>mass</caption></table>",
        "<table><tr><script>mass()</script></tr></table>",
        "<sup hidden>1</sup>",
        "<h4 hidden>mass</h4>",
    ],
)
def test_unseen_things_are_no_text(unseen):
    assert text(f"<p>cyst</p>{unseen}") == "cyst"


def test_a_body_that_is_hidden_itself_has_no_text():
    assert blocks(LexborHTMLParser('<div id="x" hidden><p>mass</p></div>').css_first("#x")) == []


@pytest.mark.parametrize("seen", ['class="unhidden"', 'class="hidden-xs"', 'style="visibility:hidden"', 'id="hidden"'])
def test_what_is_only_named_like_hidden_is_seen(seen):
    assert text(f"<p {seen}>cyst</p>") == "cyst"


def test_unseen_parts_leave_the_words_around_them_together():
    assert text("<p>pneumo<!-- - --><span hidden>x</span><script>1</script>thorax</p>") == "pneumothorax"


# --- 2: spaces ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", [" ", "  ", "\t", "\n", "\r\n", "\f", " \n\t ", " <b> </b> ", "<i> </i> <i> </i>"])
def test_a_run_of_spaces_is_one_and_blocks_have_none_at_their_ends(run):
    assert text(f"<p>{run}small{run}cyst{run}</p>") == "small cyst"


@pytest.mark.parametrize("character", ["\xa0", "\u2009", "\u202f", "\u200b", "\ufeff", "\xad", "\x0b"])
def test_a_space_of_another_kind_is_a_character_like_any_other(character):
    assert text(f"<p>{character}10{character}{character}mm{character}</p>") == (
        f"{character}10{character}{character}mm{character}"
    )


def test_a_non_breaking_space_alone_is_a_block():
    assert text("<p>cyst</p><p>&nbsp;</p>") == "cyst\n\n\xa0"


@pytest.mark.parametrize("br", ["<br>", " <br> ", "\n<br>\n", "<br/>", "<b> <br></b> "])
def test_a_break_is_a_line_feed_without_spaces_around_it(br):
    assert blocks(body(f"<p>small{br}cyst</p>")) == [Block("paragraph", "small\ncyst")]


def test_two_breaks_are_two_line_feeds():
    assert text("<p>small<br> <br>cyst</p>") == "small\n\ncyst"


def test_breaks_at_the_ends_of_a_block_are_none():
    assert text("<p><br>cyst<br><br></p><p>mass</p>") == "cyst\n\nmass"


# --- 3: blocks ------------------------------------------------------------------------------------------------------

INLINE = (
    *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins"),
    *("kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u"),
    "var",
)


@pytest.mark.parametrize("tag", INLINE)
def test_inline_elements_stay_in_their_line(tag):
    assert text(f"<div>hyper<{tag}>dense</{tag}>focus</div>") == "hyperdensefocus"


def test_a_place_to_break_a_word_is_none():
    assert text("<p>hyper<wbr>dense</p>") == "hyperdense"


@pytest.mark.parametrize(
    "tag",
    [
        *("p", "div", "section", "blockquote", "figure", "figcaption", "pre", "address", "article", "aside", "center"),
        *("dl", "dd", "form", "fieldset", "main", "nav"),
    ],
)
def test_every_other_element_is_a_block(tag):
    assert text(f"<div>before<{tag}>within</{tag}>after</div>") == "before\n\nwithin\n\nafter"


@pytest.mark.parametrize("tag", ["img", "hr", "input"])
def test_an_empty_element_that_is_not_inline_parts_too(tag):
    assert text(f"<div>before<{tag}>after</div>") == "before\n\nafter"


def test_text_between_blocks_is_a_block():
    assert text("one<p>two</p>three <b>four</b><div>five<div>six</div>seven</div>") == (
        "one\n\ntwo\n\nthree four\n\nfive\n\nsix\n\nseven"
    )


def test_a_block_within_an_inline_element_is_a_block():
    assert text("<span>one<div>two</div>three</span>") == "one\n\ntwo\n\nthree"


@pytest.mark.parametrize("empty", ["<p></p>", "<p> \n</p>", "<p><br></p>", "<div><p></p></div>", "<p><b></b></p>"])
def test_a_block_without_text_is_none(empty):
    assert text(f"<p>one</p>{empty}<p>two</p>") == "one\n\ntwo"


def test_unclosed_paragraphs_and_items_are_parted():
    assert text("<p>one<p>two<ul><li>three<li>four</ul>") == "one\n\ntwo\n\n• three\n• four"


# --- 4: raised and lowered numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("10<sup>9</sup>", "10⁹"),
        ("<sup>0123456789</sup>", "⁰¹²³⁴⁵⁶⁷⁸⁹"),
        ("H<sub>2</sub>O", "H₂O"),
        ("<sub>0123456789</sub>", "₀₁₂₃₄₅₆₇₈₉"),
        ("s<sup>-1</sup>", "s⁻¹"),
        ("s<sup>\u22121</sup>", "s⁻¹"),
        ("Ca<sup>2+</sup>", "Ca²⁺"),
        ("x<sub>+1</sub>y<sub>-1</sub>z<sub>\u22121</sub>", "x₊₁y₋₁z₋₁"),
        ("Na<sup>+</sup>", "Na⁺"),
        ("Cl<sup>-</sup>", "Cl⁻"),
        ("seen<sup>1,2</sup>.", "seen¹,²."),
        ("seen<sup>1, 2;3</sup>", "seen¹, ²;³"),
        ("seen<sup>1,&nbsp;2</sup>", "seen¹,\xa0²"),
        ("seen<sup>1\u20133</sup>", "seen¹\u2013³"),
        ("seen<sup>1\u20143</sup>", "seen¹\u2014³"),
        ("seen<sup>1\u2014</sup>", "seen¹\u2014"),
        ("seen<sup>1-3</sup>", "seen¹⁻³"),
        ("seen<sup> 1 </sup>again", "seen ¹ again"),
        ("seen<sup>\n 1</sup>", "seen ¹"),
        ('seen<sup><a href="#r">4</a></sup>', "seen⁴"),
        ("seen<sup>1</sup><sup>,</sup><sup>2</sup>", "seen¹,²"),
        ("seen<sup>1<!-- 2 --><i hidden>a</i></sup>", "seen¹"),
    ],
)
def test_numbers_are_raised_and_lowered(html, shown):
    assert text(f"<p>{html}</p>") == shown


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("99m<sup>Tc</sup>", "99mTc"),
        ("<sup>99m</sup>Tc", "99mTc"),
        ("1<sup>st</sup>", "1st"),
        ("SUV<sub>max</sub>", "SUVmax"),
        ("note<sup>*</sup>", "note*"),
        ("note<sup>1/2</sup>", "note1/2"),
        ("note<sup>1.5</sup>", "note1.5"),
        ("note<sup>,</sup>", "note,"),
        ("note<sup>–</sup>", "note–"),
        ("note<sup> </sup>end", "note end"),
        ("note<sup></sup>end", "noteend"),
        ("note<sup>1<br>2</sup>", "note1\n2"),
        ("note<sup>a<sub>2</sub></sup>", "notea₂"),
    ],
)
def test_other_raised_text_is_ordinary(html, shown):
    assert text(f"<p>{html}</p>") == shown


def test_numbers_are_raised_in_headings_items_and_cells_too():
    assert parts("<h4>T<sub>2</sub></h4><ul><li>cm<sup>2</sup></li></ul><table><tr><td>m<sup>3</sup></table>") == [
        ("T₂", "• cm²\n\nm³")
    ]


# --- 5: lists -------------------------------------------------------------------------------------------------------


def test_items_have_a_mark_by_depth_and_follow_line_by_line():
    deep = "<ul><li>a<ul><li>b<ul><li>c<ul><li>d</li></ul></li></ul></li></ul></li><li>e</li></ul>"
    assert text(deep) == "• a\n◦ b\n▪ c\n▪ d\n• e"


def test_depth_counts_lists_of_either_kind():
    assert text("<ol><li>a<ul><li>b<ol><li>c<ul><li>d</ul></ol></ul></ol>") == "1. a\n◦ b\n1. c\n▪ d"


@pytest.mark.parametrize(
    ("start", "numbers"),
    [("", "1 2"), ("5", "5 6"), (" 5 ", "5 6"), ("0", "0 1"), ("-1", "-1 0"), ("five", "1 2"), ("5a", "1 2")],
)
def test_ordered_items_are_counted_from_start_where_that_is_a_number(start, numbers):
    first, second = numbers.split()
    assert text(f'<ol start="{start}"><li>a</li><li>b</li></ol>') == f"{first}. a\n{second}. b"


def test_start_is_for_ordered_lists_alone():
    assert text('<ul start="5"><li>a</li></ul>') == "• a"


def test_hidden_items_are_not_counted():
    assert text("<ol><li>a</li><li hidden>b</li><li>c</li></ol>") == "1. a\n2. c"


def test_only_the_first_block_of_an_item_has_the_mark():
    assert text("<ul><li><p>a</p><p>b</p>c</li><li><div></div><div>d</div></li></ul>") == "• a\nb\nc\n• d"


def test_text_after_a_list_within_an_item_has_no_mark():
    assert text("<ul><li>a<ul><li>b</li></ul>c</li></ul>") == "• a\n◦ b\nc"


def test_an_item_whose_list_is_empty_keeps_its_mark():
    assert text("<ul><li><ul><li></li></ul>a</li></ul>") == "• a"


def test_items_without_text_leave_no_mark():
    assert text("<ul><li></li><li> <br></li><li>a</li></ul>") == "• a"


def test_lists_stand_apart_from_paragraphs():
    assert text("<p>a:</p><ul><li>b</li></ul><p>c</p>") == "a:\n\n• b\n\nc"


# --- 6: tables ------------------------------------------------------------------------------------------------------


def test_a_row_is_a_line_and_its_cells_are_parted():
    html = "<table><thead><tr><th>Size</th><th>Risk</th></tr></thead><tr><td>6 mm</td><td>low</td></tr></table>"
    assert blocks(body(html)) == [Block("row", "Size | Risk"), Block("row", "6 mm | low")]
    assert text(html) == "Size | Risk\n6 mm | low"


def test_an_empty_cell_keeps_its_place():
    assert text("<table><tr><td>a<td><td>c</table>") == "a | | c"
    assert text("<table><tr><td><td>b<td></table>") == "| b |"


def test_a_row_without_any_text_is_none():
    assert text("<table><tr><td>a<td>b<tr><td> <td><tr><td>c<td>d</table>") == "a | b\nc | d"


def test_a_cell_is_on_one_line():
    cell = "<p>a</p><p>b<br>c</p><ul><li>d</li><li>e<ul><li>f</li></ul></li></ul>"
    assert text(f"<table><tr><td>{cell}</td><td>g</td></tr></table>") == "a b c • d • e ◦ f | g"


def test_a_table_in_a_cell_is_part_of_the_line():
    inner = "<table><tr><td>b<td>c<tr><td>d<td>e</table>"
    assert text(f"<table><tr><td>a<td>{inner}</td></tr></table>") == "a | b | c d | e"


def test_a_list_in_a_cell_of_a_list_is_a_list_within_a_list():
    assert text("<ul><li><table><tr><td><ul><li>a</li></ul></td></tr></table></li></ul>") == "• ◦ a"


def test_a_caption_is_a_paragraph_before():
    assert text("<p>x</p><table><caption>Sizes <b>in mm</b></caption><tr><td>6</td></tr></table><p>y</p>") == (
        "x\n\nSizes in mm\n\n6\n\ny"
    )


# --- 7: headings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", range(1, 7))
def test_headings_of_any_level_begin_a_part(level):
    html = f"<p>a</p><h{level}>One</h{level}><p>b</p><h{level}>Two</h{level}>"
    assert parts(html) == [("", "a"), ("One", "b"), ("Two", "")]


def test_only_the_highest_level_begins_a_part():
    assert parts("<h5>Low</h5>a<h4>High</h4>b<h6>Deep</h6>c<h5>Low</h5>d") == [
        ("", "Low:\na"),
        ("High", "b\n\nDeep:\nc\n\nLow:\nd"),
    ]


def test_a_body_without_headings_is_one_part_and_without_text_none():
    assert parts("<p>a</p><p>b</p>") == [("", "a\n\nb")]
    assert parts("<p> </p>") == []


def test_there_is_no_part_before_a_heading_that_comes_first():
    assert parts("\n <h4>One</h4>a") == [("One", "a")]


@pytest.mark.parametrize("empty", ["<h2></h2>", "<h2> <br></h2>", "<h2 hidden>Menu</h2>", "<h2><i hidden>x</i></h2>"])
def test_a_heading_without_text_is_none_and_sets_no_level(empty):
    assert parts(f"{empty}<h4>One</h4>a") == [("One", "a")]


def test_a_deeper_heading_ends_with_one_colon():
    assert parts("<h4>One</h4><h5>CT:</h5>a<h5>MRI</h5>b") == [("One", "CT:\na\n\nMRI:\nb")]


def test_headings_follow_one_another_line_by_line():
    assert parts("<h4>One</h4><p>x</p><h5>MRI</h5><h6>T1</h6><ul><li>low</li></ul>") == [
        ("One", "x\n\nMRI:\nT1:\n• low")
    ]


@pytest.mark.parametrize(
    "inner", ["Two<br>words", "<b>Two</b> words", "<div>Two</div>words", 'Two words<img src="/i">', "Two\n  words"]
)
def test_a_heading_is_on_one_line(inner):
    assert parts(f"<h4>{inner}</h4>a") == [("Two words", "a")]


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<ul><li><h2>a</h2>b</li></ul>", "• a\nb"),
        ("<table><tr><td><h2>a</h2>b</td></tr></table>", "a b"),
        ("<table><caption><h2>a</h2></caption><tr><td>b</td></tr></table>", "a\n\nb"),
    ],
)
def test_headings_in_lists_and_tables_are_ordinary_blocks(html, shown):
    assert parts(f"{html}<h4>One</h4>") == [("", shown), ("One", "")]


def test_a_heading_after_a_table_is_one_again():
    assert parts("<table><caption>a</caption></table><h4>One</h4>b") == [("", "a"), ("One", "b")]


# --- 8: joining -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kinds", "between"),
    [
        ("paragraph paragraph", "\n\n"),
        ("paragraph item", "\n\n"),
        ("item paragraph", "\n\n"),
        ("item item", "\n"),
        ("item row", "\n\n"),
        ("row item", "\n\n"),
        ("row row", "\n"),
        ("paragraph heading", "\n\n"),
        ("item heading", "\n\n"),
    ],
)
def test_blocks_are_parted_by_their_kinds(kinds, between):
    first, second = (Block(kind, kind) for kind in kinds.split())
    assert joined([first, second]).rstrip(":") == f"{first.text}{between}{second.text}"


@pytest.mark.parametrize("kind", ["paragraph", "item", "row", "heading"])
def test_a_heading_is_followed_on_the_next_line(kind):
    assert joined([Block("heading", "CT", 5), Block(kind, "x:", 5)]) == "CT:\nx:"


def test_nothing_joined_is_nothing():
    assert joined([]) == ""


# --- fields ---------------------------------------------------------------------------------------------------------


def test_inline_text_is_on_one_line():
    assert inline(body("<p>a<br>b</p><ul><li>c</li></ul>")) == "a b • c"
    assert inline(None) == ""


# --- nothing is lost, nothing added ---------------------------------------------------------------------------------

LETTERS = "abcdefghXYZéß,;() \n\t\xa0\u200b"


def without_marks(line: str) -> str:
    """A line of a text without the marks that the rules put there, one each and only at their places."""
    line = re.sub(r"^(?:[•◦▪]|-?\d+\.) ", "", line)
    line = re.sub(r"(?:^| )\|(?= |$)", "", line)
    return line.removesuffix(":")


def shown_by(html: str, unmarked) -> str:
    lines = [line for heading, stretch in parts(html) for line in (heading, *map(unmarked, stretch.split("\n")))]
    return "".join("".join(lines).split())


@settings(max_examples=300)
@given(bodies(LETTERS, lists_in_cells=False))
def test_what_a_body_shows_is_in_the_text_in_order_and_nothing_is_added_but_marks(made):
    assert shown_by(made.html, without_marks) == made.shown


@settings(max_examples=200)
@given(bodies(LETTERS))
def test_what_a_body_shows_is_in_the_text_in_order_with_lists_in_tables_too(made):
    every_mark = re.compile(r"[•◦▪|:]|(?<![^ ])-?\d+\. ")
    assert shown_by(made.html, lambda line: every_mark.sub("", line)) == made.shown
