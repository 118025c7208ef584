"""Words of change: those bound to no finding, and sentences that say only that things are as they were."""

import pytest

from radcurate.tasks.change_words import lines_named, outlined, steady


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        ("Stable chest.", None),
        ("No significant interval change.", None),
        ("Stable cardiomediastinal silhouette.", "cardiomediastinal silhouette"),
        ("The mediastinal contours are stable.", "mediastinum"),
        ("Stable heart size and mediastinal contours.", "heart and mediastinum"),
        ("The heart is unchanged in size from the prior.", "heart"),
        # It says how they are, or what of: that is no such sentence.
        ("Stable normal cardiomediastinal silhouette.", None),
        ("This is essentially unchanged.", None),
        ("Unchanged.", None),
        ("The heart is large.", None),
        ("Improved aeration of the lungs.", None),
    ],
)
def test_a_sentence_of_no_change_without_a_state_names_its_subject(sentence, subject):
    assert steady(sentence) == subject


@pytest.mark.parametrize(
    ("text", "names", "lines"),
    [
        ("Stable blunting with improved aeration.", [], {"unchanged", "better"}),
        ("New effusion, larger nodule.", [], {"new", "worse"}),
        ("The increased density is stable.", [(4, 21)], {"unchanged"}),
        ("The tube was removed, effusion resolved.", [], {"resolved"}),
        ("The lungs are clear.", [], set()),
    ],
)
def test_words_of_change_outside_the_names_of_findings_tell_their_lines(text, names, lines):
    assert lines_named(text, (0, len(text)), names) == lines


def test_an_outline_outside_the_names_of_findings_may_be_what_is_stable():
    text = "Stable silhouette with mild cardiomegaly."
    assert outlined(text, (0, len(text)), [(28, 40)])
    assert not outlined(text, (0, len(text)), [(7, 17), (28, 40)])
