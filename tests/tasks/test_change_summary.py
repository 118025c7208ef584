"""Task `change_summary`: what is new, worse, better, unchanged and resolved, by words bound to their findings."""

import pytest

from radcurate.records import Draft
from radcurate.tasks import change_summary as task
from tests.openi import clean_reports
from tests.shards import report
from tests.tasks.observation_tasks import cited, derived, drafts, outcome


def answer(**lines: str) -> str:
    return "\n".join(f"{name}: {lines.get(name, 'none')}" for name in task.LINES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("New left pleural effusion is seen.", answer(new="pleural effusion (left)")),
        ("The right effusion has increased.", answer(worse="pleural effusion (right)")),
        ("The right effusion has decreased.", answer(better="pleural effusion (right)")),
        ("Stable cardiomegaly is seen.", answer(unchanged="cardiomegaly")),
        ("Resolving left lower lobe pneumonia.", answer(better="pneumonia (left lower lobe)")),
        ("The pneumothorax has resolved completely.", answer(resolved="pneumothorax")),
        ("Nasogastric tube has been removed.", answer(resolved="nasogastric tube")),
        ("No change in the left effusion.", answer(unchanged="pleural effusion (left)")),
        ("Stable cardiomediastinal silhouette.", answer(unchanged="cardiomediastinal silhouette")),
        (
            "New left effusion. The right effusion has decreased. Stable cardiomegaly.",
            answer(new="pleural effusion (left)", better="pleural effusion (right)", unchanged="cardiomegaly"),
        ),
    ],
)
def test_a_finding_stands_on_the_line_of_its_word_of_change(text, expected):
    assert outcome(task, text) == expected


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("no_change", "Small left pleural effusion is seen."),
        ("no_change", "Left pneumonia. Follow-up to document resolution is recommended."),
        ("no_change", "Increased retrosternal airspace is seen. No effusion."),
        ("no_change", "No new pleural effusion is seen."),
        ("unbound_change", "Nodules are larger on the right than the left."),
        ("unbound_change", "Improved aeration of the lungs. No effusion."),
        ("unbound_change", "This is essentially unchanged. There is cardiomegaly."),
        ("uncovered_words", "Stable cardiomediastinal silhouette with mild cardiomegaly."),
        ("uncovered_words", "Stable blunting of the left costophrenic angle with improved aeration."),
        ("coordination", "Stable calcified granuloma and a left effusion."),
        ("uncovered_words", "Cardiomegaly and tortuous dense aorta are unchanged."),
        ("renamed", "Cardiomegaly and tortuous calcified thoracic aorta are unchanged."),
        ("uncovered_words", "Stable coarse slightly tortuous aorta."),
        ("changes_differ", "Clearing of the left basilar opacity. The lungs are clear."),
        ("redacted_modifier", "XXXX left basilar consolidation. Stable cardiomegaly."),
        ("unbound_change", "Suggestion of slightly more prominent interstitial markings. Stable cardiomegaly."),
        ("unbound_change", "Heart size remains normal. Stable granuloma."),
        ("uncertain_change", "There may be a new left effusion."),
        ("redacted_modifier", "Stable calcified granuloma XXXX of the lung."),
        ("changes_differ", "New left effusion. The left effusion is stable."),
        ("contradiction", "Resolving left pneumonia. The effusion has resolved."),
        ("contradiction", "The left effusion has increased. The left effusion has decreased."),
    ],
)
def test_a_word_that_is_bound_to_no_sure_finding_makes_no_record(reason, text):
    assert outcome(task, text) == reason


def test_every_reason_of_its_own_is_reached():
    own = {"no_change", "unbound_change", "uncertain_change", "changes_differ"}
    assert own <= set(task.REFUSALS)


def test_evidence_is_the_sentences_that_compare_and_everything_read_for_the_empty_lines():
    document = report("r1", "Stable cardiomegaly. The lungs are clear.")
    (made,) = derived(task, document)
    assert isinstance(made, Draft)
    assert cited(document, made.evidence) == ["Stable cardiomegaly.", document.text_of("findings")]


REFERENCE = answer(unchanged="cardiomegaly", worse="pleural effusion (left)")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (REFERENCE, (0, 1, 2, 0, 0)),
        (answer(unchanged="cardiomegaly", better="pleural effusion (left)"), (0, 0, 1, 1, 1)),
        (answer(unchanged="cardiomegaly"), (0, 0, 1, 0, 1)),
        ("unchanged: cardiomegaly", (1, 0, 0, 0, 2)),
    ],
)
def test_an_answer_is_counted_finding_by_finding_on_its_line(given, expected):
    scores = task.score({"output": REFERENCE, "uncertain": []}, given)
    names = ("malformed", "exact", "true_positives", "false_positives", "false_negatives")
    assert tuple(scores[name] for name in names) == expected


def test_a_summary_has_micro_f1_over_findings_and_macro_f1_over_lines():
    given = answer(unchanged="cardiomegaly", better="pleural effusion (left)")
    scores = [task.score({"output": REFERENCE, "uncertain": []}, given)]
    assert task.summarise(scores) == pytest.approx(
        {
            "answers": 1.0,
            "malformed": 0.0,
            "exact": 0.0,
            "micro_f1": 2 / 4,
            "macro_f1": 1 / 3,
            "f1/better": 0.0,
            "f1/unchanged": 1.0,
            "f1/worse": 0.0,
        }
    )


def test_the_balance_of_a_release_counts_the_lines_that_hold_a_finding():
    assert task.labels(REFERENCE) == ["worse", "unchanged"]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("CXR728", "uncovered_words"),
        ("CXR3248", answer(resolved="nasogastric tube")),
        ("CXR2428", "unbound_change"),
        ("CXR157", "inner_heading"),
        ("CXR1936", "redacted_modifier"),
        ("CXR3130", "redacted_modifier"),
        ("CXR152", "uncovered_words"),
        ("CXR2272", "unbound_change"),
        ("CXR2454", "redacted_modifier"),
        ("CXR713", "redacted_modifier"),
        ("CXR2934", "unbound_change"),
    ],
)
def test_real_reports_give_their_change_or_the_reason_why_not(openi_reports, number, expected):
    (made,) = derived(task, clean_reports(openi_reports)[number])
    assert (made.output if isinstance(made, Draft) else made.reason) == expected


def test_no_real_report_is_told_resolving_and_resolved(openi_reports):
    documents = list(clean_reports(openi_reports).values())[::12]
    assert any(True for _ in drafts(task, iter(documents)))
    for document, made in drafts(task, iter(documents)):
        if not made.output.endswith("resolved: none"):
            assert "resolving" not in document.text_of("findings").lower()


@pytest.mark.parametrize("words", ["None.", "None available.", "No prior films.", "N/A"])
def test_a_report_without_an_earlier_study_compares_nothing(words):
    assert outcome(task, "Stable cardiomegaly is seen.", sections={"comparison": words}) == "no_comparison"


def test_a_comparison_with_a_date_is_one():
    made = outcome(task, "Stable cardiomegaly is seen.", sections={"comparison": "Chest radiograph, ___."})
    assert made == answer(unchanged="cardiomegaly")
