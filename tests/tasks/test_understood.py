"""Sentences understood whole: every word accounted for, every place certain, or the reason why not."""

import pytest

from radcurate.tasks.report_reading import Reading, read_report
from radcurate.tasks.understood import NOT_UNDERSTOOD, data, left, not_understood, read_sentences
from tests.shards import report


def why(text: str, places: bool = True) -> str | None:
    reading = read_report(report("r1", text), "any")
    assert isinstance(reading, Reading), reading
    return not_understood(reading, places)


@pytest.mark.parametrize(
    "text",
    [
        "Heart size is normal. The lungs are clear. The bony structures are intact.",
        "No focal consolidation, pleural effusion, or pneumothorax is seen.",
        "There is a small left pleural effusion. No pneumothorax.",
        "Scattered calcified granulomas. Old left rib fractures.",
        "Right upper lobe atelectasis and left pleural effusion.",
        "Patchy atelectasis and airspace disease in the left lung base.",
        "Left basilar atelectasis versus infiltrate.",
        "Hyperinflated lungs suggestive of emphysema.",
        "No pleural effusion. Recommend CT to exclude a nodule in the lingula.",
    ],
)
def test_plain_sentences_are_understood(text):
    assert why(text) is None


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("uncovered_words", "Tortuous aorta with a knobbly outline. No effusion."),
        ("uncovered_words", "Compression deformity of a vertebral body, approximately T8."),
        ("uncovered_words", "Tram-track lines and ring shadows in the left lower lobe."),
        ("redacted_words", "XXXX of the left lung base. No effusion."),
        ("coordination", "Interstitial opacities and pneumonia in the lower lobes and left effusion."),
        ("coordination", "Left atelectasis and opacity."),
        ("coordination", "No suspicious mass or nodule."),
        ("place_lost", "Streaky opacity in the posterior left lung."),
        ("place_lost", "Degenerative changes of the shoulder and calcified right hilar lymph nodes."),
        ("place_lost", "Degenerative changes of the thoracic spine and right shoulder."),
        ("coordination", "There is no pneumothorax large pleural effusion."),
        ("renamed", "Lung volumes are low normal."),
        ("hedge_unsure", "Infiltrate in the right lung probably within the right upper lobe."),
        ("hedge_unsure", "Probable edema and cardiomegaly."),
        ("renamed", "Pectus deformity is noted."),
        ("renamed", "The heart is not significantly enlarged."),
        ("not_of_these_images", "Deformity of the left ribs from previous fractures."),
    ],
)
def test_what_is_not_certain_is_refused_by_its_reason(reason, text):
    assert why(text) == reason
    assert reason in NOT_UNDERSTOOD


def test_places_do_not_matter_where_only_what_is_there_counts():
    text = "Left atelectasis and opacity."
    assert (why(text), why(text, places=False)) == ("coordination", None)


def test_the_words_that_nothing_accounts_for_are_told():
    reading = read_report(report("r1", "A knobbly left pleural effusion is seen."), "any")
    assert isinstance(reading, Reading)
    assert [left(sentence) for sentence in read_sentences(reading)] == [["knobbly"]]


def test_an_organ_of_which_nothing_is_said_is_not_understood():
    assert why("The left lower lobe. No effusion is seen.") == "uncovered_words"


def test_no_word_is_both_silent_and_a_limit_of_denials():
    assert not set(data()["silent"]) & set(data()["limits_all"])
