"""Sentences of articles are swapped only where the swap is provably false."""

import pytest

from radcurate.records import Draft
from radcurate.tasks import article_pairs
from tests.tasks.invented_site import article

SWAPPED = [
    ("Jejunal folds are more prominent than ileal ones.", "Jejunal folds are less prominent than ileal ones."),
    ("The tumour is more common in men than in women.", "The tumour is less common in men than in women."),
    ("The main bronchus is wider on the right.", "The main bronchus is wider on the left."),
    ("The right hilum is lower than the left.", "The right hilum is higher than the left."),
    ("Incidence increases with age.", "Incidence decreases with age."),
    ("The lesion is hyperintense on T2-weighted images.", None),
    ("Enhancement of the capsule is absent.", "Enhancement of the capsule is present."),
]
KEPT = [
    "The tumour may be more common in men than in women.",
    "The tumour is usually larger than the cyst.",
    "Lesions can be larger than the fist.",
    "The mass is not larger than the cyst.",
    "It is larger than the cyst beside it.",
    "The right lung is larger than the left in most people.",
    "Incidence increases with age, although children are affected.",
    "The cyst is larger than 3 cm in diameter.",
    "The lesion is benign unless it grows.",
]


@pytest.mark.parametrize(("sentence", "wanted"), SWAPPED)
def test_a_plain_comparison_growth_or_opposite_is_swapped(sentence, wanted):
    made = article_pairs.swapped(sentence)
    assert (made[1] if made else None) == wanted


@pytest.mark.parametrize("sentence", KEPT)
def test_doubt_habit_exception_negation_and_pronouns_are_never_swapped(sentence):
    assert article_pairs.swapped(sentence) is None


def made(document):
    return list(article_pairs.drafts(document))


def test_a_sentence_gives_both_directions_with_each_label_once():
    document = article(
        "Tumour",
        {
            "Epidemiology": "The tumour is more common in men than in women.",
            "Pathology": "Sheets of pale cells fill the follicles.",
        },
    )
    drafts = made(document)
    assert [draft.output for draft in drafts] == ["entailment", "contradiction", "neutral"] * 2
    hypotheses = [draft.input.split("\n")[1] for draft in drafts]
    assert len(set(hypotheses)) == 2
    assert {draft.input.split("\n")[1] for draft in drafts if draft.output == "entailment"} == set(hypotheses)
    for draft in drafts:
        assert isinstance(draft, Draft)
        cited = [document.text_of(one.section)[one.start : one.end] for one in draft.evidence]
        assert cited == ["Sheets of pale cells fill the follicles.", "The tumour is more common in men than in women."]


def test_a_refusal_says_why_there_is_none():
    plain = article("Tumour", {"Epidemiology": "The tumour may be found in men of every age."})
    assert [one.reason for one in made(plain)] == ["no_swap"]
    alone = article("Tumour", {"Epidemiology": "The tumour is more common in men than in women."})
    assert [one.reason for one in made(alone)] == ["no_context"]
    assert {"no_swap", "no_context"} == set(article_pairs.REFUSALS)
