"""The words of noise: each kind is told, and a bare mention of an earlier study is known by its words."""

import pytest

from radcurate.tasks.noise_words import names_prior_alone, noise


def test_every_sentence_and_clause_that_is_put_in_names_the_prior_alone():
    words = noise()["prior"]
    assert all(names_prior_alone(one) for one in (*words["sentences"], *words["clauses"]))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Comparison is made with the chest radiograph of XXXX.", True),
        ("No prior studies.", True),
        ("The prior effusion is gone.", False),
        ("Chest radiograph.", False),
        ("No change from the prior study.", False),
    ],
)
def test_a_sentence_names_the_prior_alone_where_every_word_is_of_a_study(sentence, expected):
    assert names_prior_alone(sentence) is expected
