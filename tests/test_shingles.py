"""Jaccard similarities are exact: counted here a second time, in plain sets of words."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.shingles import BLOCK, best_jaccard, bulk_shingles, shingle_hash, shingles

WORDS = st.lists(st.sampled_from(["no", "effusion", "the", "heart", "is", "normal", "left", "clear"]), max_size=14)
TEXTS = st.lists(WORDS.map(" ".join), max_size=6)


def plain(text: str) -> set[str]:
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[start : start + 5]) for start in range(max(1, len(words) - 4))}


@given(TEXTS, TEXTS)
def test_the_best_similarity_is_the_one_that_sets_of_words_give(queries, corpus):
    expected = [
        max((len(plain(one) & plain(other)) / len(plain(one) | plain(other)) for other in corpus), default=0.0)
        for one in queries
    ]
    found = best_jaccard([shingles(text) for text in queries], [shingles(text) for text in corpus])
    assert found.tolist() == pytest.approx(expected)


def runs(text: str) -> list[str]:
    words = re.findall(r"\w+", text.lower())
    return [" ".join(words[start : start + 5]) for start in range(max(1, len(words) - 4))] if words else []


def test_case_and_punctuation_do_not_count():
    one, other = shingles("The heart is normal in size."), shingles("the HEART, is normal in size")
    assert np.array_equal(one, other)


def test_a_text_under_five_words_is_one_shingle():
    assert len(shingles("Normal chest.")) == 1
    assert best_jaccard([shingles("Normal chest.")], [shingles("normal chest")])[0] == 1.0


def test_hashes_do_not_depend_on_the_process():
    assert shingles("no acute disease").tolist() == [shingle_hash(b"no acute disease")] == [0x959C4AE15886EF91]


ANY_TEXT = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.lists(st.sampled_from(["é", "İ", "ΑΣ", "中文", "H₂O", "\U00010400", "a_b", "x" * 40, "…", "\ud800", "-"])).map(
        " ".join
    ),
)


@given(st.lists(ANY_TEXT, max_size=8))
def test_many_texts_at_once_give_the_hashes_that_the_definition_gives_for_each_shingle(texts):
    hashes, sizes = bulk_shingles(texts)
    expected = [run for text in texts for run in runs(text)]
    assert sizes.tolist() == [len(runs(text)) for text in texts]
    assert hashes.tolist() == [shingle_hash(run.encode("utf-8", "surrogatepass")) for run in expected]


def test_texts_over_a_block_and_texts_beside_them_give_what_each_gives_alone():
    long = " ".join(f"word{number % 977}" for number in range(BLOCK // 4))
    texts = ["Normal chest.", long, "", "…", f"é {long}", "The heart is normal in size."]
    hashes, sizes = bulk_shingles(texts)
    alone = [bulk_shingles([text])[0] for text in texts]
    assert [len(one) for one in alone] == sizes.tolist()
    assert np.array_equal(hashes, np.concatenate(alone))


@pytest.mark.parametrize("text", ["", "…!?", " \n", "---"])
def test_a_text_without_a_word_has_no_shingle_but_is_like_another_such(text):
    assert bulk_shingles([text])[1].tolist() == [0]
    assert best_jaccard([shingles(text)], [shingles("***")])[0] == 1.0
