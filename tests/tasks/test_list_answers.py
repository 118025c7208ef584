"""Of an answer that is a list the items are compared, whatever is said of them."""

import pytest

from radcurate.tasks.list_answers import item_counts, items

REFERENCE = "• Warthin tumor: older smokers, tail\n◦ lymph node, with a fatty hilum\n2. Schwannoma (facial nerve)"


def test_items_are_names_without_what_is_said_of_them():
    assert items(REFERENCE) == items("1. Warthin tumours\n2. the lymph nodes\n3. schwannomas")
    assert len(items(REFERENCE)) == 3


@pytest.mark.parametrize("text", ["One paragraph, with commas; and semicolons.", "• a single item", "A | B\n1 | 2", ""])
def test_a_text_without_two_items_is_no_list(text):
    assert items(text) == set()


@pytest.mark.parametrize(
    ("answer", "hits", "extra", "missed"),
    [
        (REFERENCE, 3, 0, 0),
        ("Schwannoma, lymph nodes and Warthin tumour.", 3, 0, 0),
        ("- schwannoma\n- lipoma", 1, 1, 2),
        ("Lipoma", 0, 1, 3),
        ("", 0, 0, 3),
    ],
)
def test_items_are_counted_as_right_wrong_and_missed(answer, hits, extra, missed):
    assert item_counts(REFERENCE, answer) == {
        "true_positives": hits, "false_positives": extra, "false_negatives": missed
    }  # fmt: skip


def test_an_answer_that_is_no_list_counts_for_nothing():
    assert set(item_counts("One paragraph.", "• one\n• two").values()) == {0.0}
