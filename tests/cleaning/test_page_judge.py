"""The trained judge of page text: whole numbers, the same for the same text, from weights that training gives again."""

import pytest

from radcurate.cleaning.judged_pieces import spans
from radcurate.cleaning.page_judge import BIAS, Judge, read, trained


def test_a_site_speaks_of_itself_and_a_radiologist_of_the_image():
    judge = trained()
    site = ["Sign in to save your progress", "You may also like these pages", "The author has no interests to declare."]
    medicine = ["Sign of Hampton hump", "The pages of the film show a mass in the liver.", "Interest lies in the apex."]
    assert min(map(judge.piece_score, site)) > max(map(judge.piece_score, medicine))


def test_a_score_is_a_whole_number_that_its_reasons_explain():
    judge = Judge({BIAS: -5, "w cyst": -30, "k account": 40, "f last .": 3}, {})
    assert judge.piece_score("Cyst.") == -5 + (-30 * 64) // 90 + 3
    assert judge.reasons("Cyst, password.") == [("k account", 40), ("w cyst", -30), ("f last .", 3)]


def test_weights_are_read_by_feature_and_nought_weighs_nothing():
    judge = read(["bias\t-1\t2", "w a\t0\t3"])
    assert (judge.piece, judge.span) == ({"bias": -1}, {"bias": 2, "w a": 3})


@pytest.mark.parametrize("text", ["¼A", "²", "\ud800", "___", "…", "👍 👎", "A" * 5000])
def test_any_text_has_a_score(text):
    assert isinstance(trained().piece_score(text), int)


def test_what_stands_in_a_bracket_or_begins_a_line_is_no_span_of_its_own():
    text = "It is rare (Roy, 2001; 4), as is known.\n(arrow) A cyst."
    assert [text[start:end] for start, end, _ in spans(text)] == [" (Roy, 2001; 4)", ", as is known"]


@pytest.mark.slow
def test_training_gives_the_weights_that_are_packaged():
    pytest.importorskip("sklearn")
    from benchmarks.page_judge import train
    from benchmarks.page_judge.rows import others, written

    assert train.table(train.judge([*written(), *others()])) == train.PLACE.read_text(encoding="utf-8")
