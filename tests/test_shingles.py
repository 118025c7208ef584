"""Jaccard similarities are exact: counted here a second time, in plain sets of words."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.shingles import best_jaccard, shingles

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


def test_case_and_punctuation_do_not_count():
    one, other = shingles("The heart is normal in size."), shingles("the HEART, is normal in size")
    assert np.array_equal(one, other)


def test_a_text_under_five_words_is_one_shingle():
    assert len(shingles("Normal chest.")) == 1
    assert best_jaccard([shingles("Normal chest.")], [shingles("normal chest")])[0] == 1.0


def test_hashes_do_not_depend_on_the_process():
    assert int(shingles("no acute disease")[0]) == int.from_bytes(
        __import__("hashlib").blake2b(b"no acute disease", digest_size=8).digest(), "little"
    )
