"""Task `report_qa`: questions drawn by hash, answered by a word and the sentence, or by the words of the report."""

from collections import Counter, defaultdict

import pytest

from radcurate.records import Draft, Evidence
from radcurate.tasks import report_qa as task
from radcurate.tasks.report_answers import ANSWERS, Answered, changed
from radcurate.tasks.report_reading import Reading, read_report
from tests.openi import clean_reports
from tests.shards import report
from tests.tasks.observation_tasks import cited, derived, drafts


def asked(text: str, key: str) -> str:
    """The answer of a report to the question of that key, drawn or not."""
    reading = read_report(report("r1", text), "any")
    assert isinstance(reading, Reading), reading
    (made,) = [question.made() for question in task.questions(reading) if question.key == key]
    if isinstance(made, Evidence):
        return text[made.start : made.end]
    return made.answer if isinstance(made, Answered) else made


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("Opacity in the left lower lobe is seen.", "where", "left lower lobe"),
        ("There is a nodule in the right midlung.", "where", "right midlung"),
        ("Nodule of the right upper lobe and of the left base.", "where", "place_in_pieces"),
        ("Right upper lobe nodule and another nodule.", "where", "mixed"),
        ("A 2.4 cm nodule in the left upper lobe.", "size", "2.4 cm"),
        ("A 2.4 cm nodule, 3 cm from the left hilum.", "size", "uncovered_words"),
    ],
)
def test_where_and_how_large_are_answered_by_the_words_of_the_report(text, key, expected):
    assert asked(text, key) == expected


def change(text: str, asked_for: str) -> str:
    reading = read_report(report("r1", text), "any")
    assert isinstance(reading, Reading), reading
    own = [one for one in reading.observations if one.finding == "pleural effusion"]
    made = changed(reading, own, asked_for)
    return made.answer if isinstance(made, Answered) else made


@pytest.mark.parametrize(
    ("text", "asked_for", "expected"),
    [
        ("The left effusion has increased.", "increased", "yes"),
        ("The left effusion has increased.", "decreased", "no"),
        ("The left effusion has increased.", "unchanged", "no"),
        ("The left effusion is unchanged.", "new", "no"),
        ("Resolving left pleural effusion.", "decreased", "yes"),
        ("Resolving left pleural effusion.", "increased", "no"),
        ("Small left pleural effusion is seen.", "new", "not stated"),
        ("New left pleural effusion is seen.", "increased", "mixed"),
        ("Small left effusion. Improved aeration.", "new", "mixed"),
        ("Stable silhouette with left effusion.", "unchanged", "mixed"),
        ("No left pleural effusion is seen.", "new", "not stated"),
    ],
)
def test_a_change_is_told_denied_by_its_opposite_or_not_stated(text, asked_for, expected):
    if "No left" in text:
        # Of what is absent nothing is asked.
        reading = read_report(report("r1", text), "any")
        assert isinstance(reading, Reading)
        assert not [one for one in task.questions(reading) if one.slot.startswith("change")]
    else:
        assert change(text, asked_for) == expected


def test_a_closed_answer_is_a_word_and_its_sentence_on_the_next_line():
    found = {}
    for number in range(200):
        document = report(f"r{number}", "Small left effusion. No\npneumothorax. Possible left pneumonia.")
        for made in derived(task, document):
            if isinstance(made, Draft) and made.rule == "presence.v2":
                found[made.slot] = (made.output, cited(document, made.evidence))
    assert found["is:pleural effusion"] == ("yes\nSmall left effusion.", ["Small left effusion."])
    assert found["is:pneumothorax"] == ("no\nNo pneumothorax.", ["No\npneumothorax."])
    assert found["is:pneumonia"] == ("maybe\nPossible left pneumonia.", ["Possible left pneumonia."])


def test_not_stated_stands_alone_and_cites_everything_read_at_most_three_times_a_report():
    seen = 0
    for number in range(40):
        document = report(f"r{number}", "There is moderate scoliosis.", "Scoliosis is seen again.")
        made = [one for one in derived(task, document) if isinstance(one, Draft) and one.output == "not stated"]
        assert len(made) <= task.MOST_NOT_STATED
        for one in made:
            seen += 1
            texts = [document.text_of("findings"), document.text_of("impression")]
            assert cited(document, one.evidence) == texts[: len(one.evidence)]
            assert ("IMPRESSION" in one.input) == (len(one.evidence) == 2)
    assert seen


def test_the_question_stands_on_the_first_line_of_the_input():
    for _, made in drafts(task, iter([report(f"r{number}", "Small left effusion is seen.") for number in range(20)])):
        first, _, rest = made.input.partition("\n\n")
        assert first.startswith("Question: ")
        assert first.endswith("?")
        assert rest == "FINDINGS: Small left effusion is seen."


def test_slots_of_one_report_are_different():
    for number in range(20):
        document = report(f"r{number}", "Small left effusion. Stable cardiomegaly. Nodule of 2 cm in the left base.")
        slots = [made.slot for made in derived(task, document)]
        assert len(slots) == len(set(slots))


CLOSED = {"output": "no\nNo pneumothorax is seen.", "uncertain": [], "rule": "presence.v2"}
SPAN = {"output": "left lower lobe", "uncertain": [], "rule": "place_span.v2"}


@pytest.mark.parametrize(
    ("record", "answer", "expected"),
    [
        (CLOSED, "no\nNo pneumothorax is seen.", {"exact": 1.0, "accuracy": 1.0, "sentence_f1": 1.0, "hit/no": 1.0}),
        (CLOSED, "No.\nNo effusion is seen.", {"exact": 0.0, "accuracy": 1.0, "sentence_f1": 0.75, "hit/no": 1.0}),
        (CLOSED, "yes", {"exact": 0.0, "accuracy": 0.0, "sentence_f1": 0.0, "missed/no": 1.0, "extra/yes": 1.0}),
        (SPAN, "left lower lobe", {"exact": 1.0, "span_f1": 1.0}),
        (SPAN, "in the left lung", {"exact": 0.0, "span_f1": 2 / 7}),
    ],
)
def test_an_answer_gets_the_scores_worked_out_by_hand(record, answer, expected):
    assert task.score(record, answer) == pytest.approx({"malformed": 0.0, **expected})


@pytest.mark.parametrize("answer", ["", "perhaps", "there is no pneumothorax", "no, none"])
def test_an_answer_that_is_none_of_the_four_is_malformed(answer):
    scores = task.score(CLOSED, answer)
    assert (scores["malformed"], scores["accuracy"]) == (1.0, 0.0)


def test_a_summary_keeps_closed_questions_and_spans_apart():
    scores = [
        task.score(CLOSED, CLOSED["output"]),
        task.score({**CLOSED, "output": "not stated"}, "no"),
        task.score(SPAN, "left lower lobe"),
    ]
    assert task.summarise(scores) == pytest.approx(
        {
            "answers": 3.0,
            "malformed": 0.0,
            "exact": 2 / 3,
            "accuracy": 1 / 2,
            "sentence_f1": 1 / 2,
            "macro_f1": (2 / 3 + 0) / 2,
            "span_f1": 1.0,
        }
    )


def test_the_balance_of_a_release_counts_the_four_answers_and_spans():
    assert [task.labels(text)[0] for text in ("no\nNone.", "not stated", "left base")] == ["no", "not stated", "span"]


def test_real_questions_have_balanced_answers_with_their_words_in_the_report(openi_reports):
    documents = list(clean_reports(openi_reports).values())[::8]
    made = list(drafts(task, iter(documents)))
    counts = Counter(task.labels(one.output)[0] for _, one in made)
    closed = sum(counts[name] for name in ANSWERS)
    assert counts["not stated"] / len(made) >= 0.15
    assert max(counts[name] for name in ANSWERS) / closed < 0.45
    assert all(counts[name] for name in (*ANSWERS, "span"))
    by_question = defaultdict(Counter)
    for document, one in made:
        answer, _, sentence = one.output.partition("\n")
        if task.labels(one.output) == ["span"]:
            assert cited(document, one.evidence) == [one.output]
            continue
        by_question[one.slot][answer] += 1
        if sentence:
            assert [" ".join(text.split()) for text in cited(document, one.evidence)] == [sentence]
        else:
            assert answer == "not stated"
    # Who guesses from the question alone is right not much more often than who knows the two answers it has.
    guessed = sum(counter.most_common(1)[0][1] for counter in by_question.values() if sum(counter.values()) >= 10)
    told = sum(sum(counter.values()) for counter in by_question.values() if sum(counter.values()) >= 10)
    assert guessed / told < 0.62


@pytest.mark.parametrize("number", ["CXR343", "CXR1262", "CXR1475", "CXR3170"])
def test_no_real_report_that_slips_answers_on_what_it_slipped_on(openi_reports, number):
    for made in derived(task, clean_reports(openi_reports)[number]):
        if isinstance(made, Draft):
            assert "effusion" not in made.slot
            assert "pneumothorax" not in made.slot
