"""Task `findings_extraction`: present, absent and uncertain findings with their places, or no record."""

import pytest

from radcurate.records import Draft
from radcurate.tasks import findings_extraction as task
from tests.openi import clean_reports
from tests.shards import report
from tests.tasks.observation_tasks import cited, derived, outcome, record


def answer(present="none", absent="none", uncertain="none") -> str:
    return f"present: {present}\nabsent: {absent}\nuncertain: {uncertain}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Small left pleural effusion is seen.", answer("pleural effusion (left)")),
        ("No large pleural effusion is seen.", answer(absent="large pleural effusion")),
        ("No pleural effusion is seen.", answer(absent="pleural effusion")),
        ("No acute displaced rib fracture.", answer(absent="acute displaced rib fracture")),
        ("There may be a small left effusion.", answer(uncertain="pleural effusion (left)")),
        ("The pneumothorax has resolved completely.", answer(absent="pneumothorax")),
        ("Resolving left lower lobe pneumonia.", answer("pneumonia (left lower lobe)")),
        ("Nasogastric tube has been removed.", answer(absent="nasogastric tube")),
        (
            "Atelectasis or infiltrate at the left base.",
            answer(uncertain="atelectasis (left lung base); infiltrate (left lung base)"),
        ),
        ("No acute cardiopulmonary abnormality.", answer(absent="acute cardiopulmonary abnormality")),
        ("There is cardiomegaly. The patient is rotated.", answer("cardiomegaly")),
        (
            "Bibasilar atelectasis. The lungs are clear of infiltrate. Heart size is normal. The spine is intact.",
            answer("atelectasis (both lung bases)", "infiltrate"),
        ),
        ("The lungs are clear. Heart size is normal. Scoliosis.", answer("scoliosis")),
        (
            "Interstitial opacities, possibly edema or infection.",
            answer("interstitial opacities", uncertain="pulmonary edema; infection"),
        ),
        ("No effusion. Recommend CT to exclude a nodule.", answer(absent="pleural effusion")),
    ],
)
def test_a_finding_stands_on_its_line_with_what_limits_it_and_its_place(text, expected):
    assert outcome(task, text) == expected


def test_what_findings_and_impression_say_twice_stands_once_as_fully_as_it_is_said():
    made = outcome(task, "There is a left pleural effusion. No pneumothorax.", "Pleural effusion is seen.")
    assert made == answer("pleural effusion (left)", "pneumothorax")


@pytest.mark.parametrize(
    ("reason", "texts"),
    [
        ("redacted_modifier", ("No XXXX consolidation is seen.", "")),
        ("fragment", ("Pleural effusions or pneumothorax.", "")),
        ("alternatives", ("Opacity compatible with scar or atelectasis.", "")),
        ("missed_finding", ("There is wedging of a vertebral body. No effusion.", "")),
        ("certainty_differs", ("Left lower lobe pneumonia is seen.", "Possible pneumonia of the left lower lobe.")),
        ("certainty_differs", ("Large hiatal hernia is seen. Questionable bowel hernia.", "")),
        ("redacted_modifier", ("Surgical XXXX at the left clavicle. No effusion.", "")),
        ("no_finding_named", ("The patient is rotated to the left.", "")),
        ("contradiction", ("Clearing of the left basilar opacity. The lungs are clear.", "")),
        ("contradiction", ("Small right pleural effusion.", "Small left pleural effusion.")),
    ],
)
def test_what_is_not_sure_to_be_read_whole_makes_no_record(reason, texts):
    assert outcome(task, *texts) == reason


def test_an_indication_makes_no_finding_though_it_is_shown():
    for number in range(30):
        document = report(f"r{number}", "No pleural effusion is seen.", sections={"indication": "Pneumothorax?"})
        (made,) = derived(task, document)
        assert isinstance(made, Draft)
        assert made.output == answer(absent="pleural effusion")


def test_evidence_is_the_sentences_and_everything_read_where_a_line_is_none():
    document = report("r1", "Small left effusion. No pneumothorax. Possible nodule. The film is rotated.")
    (made,) = derived(task, document)
    assert isinstance(made, Draft)
    assert cited(document, made.evidence) == ["Small left effusion.", "No pneumothorax.", "Possible nodule."]
    other = report("r1", "Small left effusion. No pneumothorax.")
    (made,) = derived(task, other)
    assert isinstance(made, Draft)
    assert cited(other, made.evidence) == ["Small left effusion.", "No pneumothorax.", other.text_of("findings")]


REFERENCE = answer("pleural effusion (left); opacity", "pneumothorax")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (REFERENCE, (1, 3, 0, 0, 0, 0)),
        (answer("opacity; pleural effusion (left)", "pneumothorax"), (1, 3, 0, 0, 0, 0)),
        (answer("pleural effusion (right); opacity", "pneumothorax"), (0, 2, 1, 1, 1, 0)),
        (answer("opacity", "pneumothorax; pleural effusion (left)"), (0, 2, 1, 1, 0, 1)),
        (answer("opacity; cardiomegaly", "pneumothorax"), (0, 2, 1, 1, 0, 0)),
        (answer(), (0, 0, 0, 3, 0, 0)),
    ],
    ids=["right", "another order", "wrong side", "wrong line", "another finding", "nothing"],
)
def test_an_answer_is_counted_finding_by_finding_with_errors_of_side_and_negation_apart(given, expected):
    scores = task.score({"output": REFERENCE, "uncertain": []}, given)
    names = ("exact", "true_positives", "false_positives", "false_negatives", "side_errors", "negation_errors")
    assert tuple(scores[name] for name in names) == expected
    assert scores["malformed"] == 0.0


def test_a_summary_has_the_f1_of_findings_and_the_shares_of_errors():
    reference = {"output": REFERENCE, "uncertain": []}
    scores = [task.score(reference, text) for text in (REFERENCE, answer("pleural effusion (right)"), "effusion")]
    # 3 right of 4 said, 3 + 3 missed.
    assert task.summarise(scores) == pytest.approx(
        {
            "answers": 3.0,
            "malformed": 1.0,
            "exact": 1 / 3,
            "micro_f1": 6 / (6 + 1 + 6),
            "side_error_rate": 1 / 4,
            "negation_error_rate": 0.0,
        }
    )


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("CXR1325", "redacted_modifier"),
        ("CXR2130", "redacted_modifier"),
        ("CXR343", "fragment"),
        ("CXR3085", "fragment"),
        ("CXR3170", "fragment"),
        ("CXR1229", "fragment"),
        ("CXR1262", "contradiction"),
        ("CXR1475", "contradiction"),
        ("CXR619", "contradiction"),
        ("CXR1823", "inner_heading"),
        ("CXR206", "inner_heading"),
        ("CXR3278", "inner_heading"),
        ("CXR2428", "missed_finding"),
        ("CXR3082", "coordination"),
    ],
)
def test_real_reports_that_cannot_be_trusted_are_refused(openi_reports, number, reason):
    (made,) = derived(task, clean_reports(openi_reports)[number])
    assert getattr(made, "reason", made) == reason


@pytest.mark.parametrize(
    ("number", "line", "holds", "without"),
    [
        ("CXR1122", 1, "pneumothorax", ""),  # its indication suspects one
        ("CXR2433", 0, "subsegmental atelectasis (both lung bases)", ""),
        ("CXR712", 0, "hyperinflation", "pneumonia"),
    ],
)
def test_real_reports_give_what_they_say(openi_reports, number, line, holds, without):
    document = clean_reports(openi_reports)[number]
    lines = record(task, document)["output"].splitlines()
    assert holds in lines[line]
    assert not without or without not in lines[line]


def test_a_heart_at_the_upper_limit_of_normal_is_called_normal_and_not_listed():
    made = outcome(task, "Heart size is at the upper limits of normal. No pleural effusion or pneumothorax.")
    assert made == "present: none\nabsent: pleural effusion; pneumothorax\nuncertain: none"
