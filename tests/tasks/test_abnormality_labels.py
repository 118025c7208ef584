"""Task `abnormality_labels`: the CheXpert labels that are present; uncertain ones apart; `none` is no label."""

import pytest

from radcurate.language.labels import names_of
from radcurate.records import Draft
from radcurate.tasks import abnormality_labels as task
from tests.openi import clean_reports
from tests.shards import report
from tests.tasks.observation_tasks import cited, derived, named, outcome


@pytest.mark.parametrize(
    ("text", "labels", "uncertain"),
    [
        ("Mild cardiomegaly. Small left pleural effusion.", "cardiomegaly, pleural effusion", ()),
        ("Small left effusion. Cardiomegaly.", "cardiomegaly, pleural effusion", ()),
        ("The lungs are clear. Heart size is normal.", "no finding", ()),
        ("Calcified granuloma in the right lower lobe.", "none", ()),
        ("Endotracheal tube tip above the carina. No edema.", "support devices", ()),
        ("There may be a left lower lobe pneumonia.", "none", ("pneumonia",)),
        ("There is an opacity. Atelectasis or pneumonia.", "lung opacity", ("pneumonia", "atelectasis")),
        ("No pneumothorax is seen today.", "no finding", ()),
    ],
)
def test_the_answer_is_what_is_present_in_the_order_of_the_set(text, labels, uncertain):
    (made,) = derived(task, report("r1", text))
    assert isinstance(made, Draft), made
    assert made.output == labels
    assert set(made.uncertain) == set(uncertain)


@pytest.mark.parametrize(
    ("reason", "texts"),
    [
        ("contradiction", ("There is a left pneumothorax.", "No pneumothorax.")),
        ("redacted_modifier", ("No XXXX consolidation is seen.", "")),
        ("redacted_modifier", ("XXXX tip projects over the SVC. No edema.", "")),
        ("fragment", ("Pleural effusions or pneumothorax.", "")),
        ("alternatives", ("Opacity compatible with pneumonia or atelectasis.", "")),
        ("missed_finding", ("There is wedging of a vertebral body. No effusion.", "")),
    ],
)
def test_a_report_that_hides_a_label_or_contradicts_itself_is_refused(reason, texts):
    assert outcome(task, *texts) == reason


def test_a_redaction_beside_a_finding_makes_no_record_though_the_finding_has_no_label():
    assert outcome(task, "No pleural effusion is seen. XXXX scoliosis of the spine.") == "redacted_words"


@pytest.mark.parametrize(
    "there",
    [
        "Surgical clips in the right upper quadrant.",
        "A foreign body is seen.",
        "Prior cholecystectomy.",
        "Sternotomy wires are present.",
        "Degenerative changes of the spine.",
    ],
)
def test_no_finding_is_said_only_where_nothing_at_all_is_there(there):
    assert outcome(task, "The lungs are clear. No pleural effusion.") == "no finding"
    assert "no finding" not in outcome(task, f"The lungs are clear. {there}")


def test_a_finding_whose_label_readers_do_not_agree_on_makes_no_record():
    assert outcome(task, "There is volume loss on the left. No pneumothorax.") == "label_unsure"
    assert outcome(task, "Left chest wall pacemaker/defibrillator. The lungs are clear.") == "label_unsure"


def test_labels_cite_their_sentences_and_none_everything_read():
    document = named(task, "Mild cardiomegaly. No edema. The spine is normal.", "Small effusion is seen.")
    (made,) = derived(task, document)
    assert isinstance(made, Draft)
    assert cited(document, made.evidence) == ["Mild cardiomegaly.", "Small effusion is seen."]
    other = named(task, "Calcified granuloma is seen.", "No edema is seen.")
    (made,) = derived(task, other)
    assert isinstance(made, Draft)
    assert cited(other, made.evidence) == ["Calcified granuloma is seen.", "No edema is seen."]


def test_a_label_is_never_both_answered_and_uncertain():
    (made,) = derived(task, report("r1", "Left pneumonia. Possible pneumonia on the right."))
    assert not isinstance(made, Draft) or not set(made.output.split(", ")) & set(made.uncertain)


RECORD = {"output": "cardiomegaly, edema", "uncertain": ["pneumonia"]}


@pytest.mark.parametrize(
    ("output", "answer", "expected"),
    [
        ("cardiomegaly, edema", "edema, cardiomegaly", (0, 1, 2, 0, 0)),
        ("cardiomegaly, edema", "Cardiomegaly, Edema.", (0, 1, 2, 0, 0)),
        ("cardiomegaly, edema", "cardiomegaly, edema, pneumonia", (0, 1, 2, 0, 0)),
        ("cardiomegaly, edema", "cardiomegaly, fracture", (0, 0, 1, 1, 1)),
        ("cardiomegaly, edema", "none", (0, 0, 0, 0, 2)),
        ("cardiomegaly, edema", "none, edema", (1, 0, 1, 0, 1)),
        ("cardiomegaly, edema", "a heart too large", (1, 0, 0, 1, 2)),
        ("none", "none", (0, 1, 0, 0, 0)),
        ("none", "", (1, 0, 0, 0, 0)),
        ("none", "edema", (0, 0, 0, 1, 0)),
    ],
)
def test_an_answer_is_counted_label_by_label_and_none_is_no_label(output, answer, expected):
    scores = task.score({"output": output, "uncertain": ["pneumonia"]}, answer)
    names = ("malformed", "exact", "true_positives", "false_positives", "false_negatives")
    assert tuple(scores[name] for name in names) == expected


def test_a_summary_has_micro_and_macro_f1_and_that_of_each_label():
    scores = [
        task.score({"output": "edema", "uncertain": []}, "edema"),
        task.score({"output": "edema, fracture", "uncertain": []}, "edema"),
        task.score({"output": "none", "uncertain": []}, "none"),
    ]
    assert task.summarise(scores) == pytest.approx(
        {
            "answers": 3.0,
            "malformed": 0.0,
            "exact": 2 / 3,
            "micro_f1": 4 / 5,
            "macro_f1": 1 / 2,
            "f1/edema": 1.0,
            "f1/fracture": 0.0,
        }
    )


def test_answers_of_none_alone_have_no_f1():
    scores = [task.score({"output": "none", "uncertain": []}, "none")]
    assert task.summarise(scores) == {"answers": 1.0, "malformed": 0.0, "exact": 1.0}


def test_the_balance_of_a_release_counts_none_as_a_class():
    assert task.labels("none") == ["none"]
    assert task.labels("no finding, support devices") == ["no finding", "support devices"]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("CXR1325", "redacted_modifier"),
        ("CXR343", "fragment"),
        ("CXR1262", "contradiction"),
        ("CXR1475", "contradiction"),
        ("CXR1122", "no finding"),
        ("CXR366", "no finding"),
        ("CXR313", "redacted_words"),
    ],
)
def test_real_reports_get_their_labels_or_the_reason_why_not(openi_reports, number, expected):
    (made,) = derived(task, clean_reports(openi_reports)[number])
    assert (made.output if isinstance(made, Draft) else made.reason) == expected


def test_real_labels_are_of_the_set_and_in_its_order(openi_reports):
    order = [name.lower() for name in names_of("chexpert")]
    for document in list(clean_reports(openi_reports).values())[5::25]:
        for made in derived(task, document):
            if isinstance(made, Draft) and made.output != "none":
                places = [order.index(name) for name in made.output.split(", ")]
                assert places == sorted(set(places))
