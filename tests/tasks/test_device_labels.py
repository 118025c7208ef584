"""Task `device_labels`: the devices in place; what was removed, is historical or lies outside is no answer."""

import pytest

from radcurate.records import Draft
from radcurate.tasks import device_labels as task
from tests.openi import clean_reports
from tests.shards import report
from tests.tasks.observation_tasks import cited, derived, outcome


@pytest.mark.parametrize(
    ("text", "devices"),
    [
        (
            "Endotracheal tube tip above the carina. Left PICC.",
            "endotracheal tube, peripherally inserted central catheter",
        ),
        ("Nasogastric tube has been removed. No effusion.", "none"),
        ("ECG leads overlie the chest. No effusion.", "none"),
        ("A necklace overlies the chest. No effusion.", "none"),
        ("The lungs are clear. No pneumothorax.", "none"),
        ("Sternotomy wires are intact. Surgical clips are seen.", "sternotomy wires, surgical clips"),
        ("Platelike atelectasis. No pleural line. Endplate spurs.", "none"),
        ("Prosthetic aortic valve. No effusion.", "prosthetic aortic valve"),
        ("Cholecystectomy clips are seen.", "cholecystectomy clips"),
        ("Clips overlie the chest wall on the right.", "surgical clips"),
        (
            "Left cardiac defibrillator. The leads overlie the right ventricle.",
            "implantable cardioverter defibrillator, defibrillator leads",
        ),
        ("No effusion. Consider a chest tube if it grows.", "none"),
        ("Nasogastric tube in the stomach. The tube is kinked.", "nasogastric tube"),
    ],
)
def test_the_answer_is_what_is_in_place_under_its_narrowest_name(text, devices):
    assert outcome(task, text) == devices


def test_an_uncertain_device_stands_apart():
    (made,) = derived(task, report("r1", "There may be a chest tube on the left. No effusion is seen."))
    assert isinstance(made, Draft)
    assert (made.output, made.uncertain) == ("none", ("chest tube",))


@pytest.mark.parametrize(
    ("reason", "texts"),
    [
        ("redacted_modifier", ("XXXX sternotomy XXXX. No effusion is seen.", "")),
        ("redacted_modifier", ("Surgical clips are seen, sternotomy XXXX.", "")),
        ("redacted_modifier", ("XXXX tip projects over the SVC. No edema.", "")),
        ("missed_device", ("Stable valve artifact. No effusion is seen.", "")),
        ("status_differs", ("Left chest tube in place.", "The right chest tube has been removed.")),
        ("alternatives", ("Density compatible with a clip or a stent.", "")),
    ],
)
def test_a_device_that_may_be_there_or_not_is_refused(reason, texts):
    assert outcome(task, *texts) == reason


def test_devices_cite_their_sentences_and_none_everything_read():
    document = report("r1", "Left PICC is seen. No effusion.")
    (made,) = derived(task, document)
    assert isinstance(made, Draft)
    assert cited(document, made.evidence) == ["Left PICC is seen."]
    other = report("r1", "No effusion is seen. No edema.")
    (made,) = derived(task, other)
    assert isinstance(made, Draft)
    assert cited(other, made.evidence) == ["No effusion is seen. No edema."]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("chest tube, pacemaker", (0, 1, 2, 0, 0)),
        ("chest tube", (0, 0, 1, 0, 1)),
        ("chest tube, stent", (0, 0, 1, 1, 1)),
        ("a tube of some kind", (1, 0, 0, 1, 2)),
    ],
)
def test_an_answer_is_counted_device_by_device(answer, expected):
    scores = task.score({"output": "chest tube, pacemaker", "uncertain": []}, answer)
    names = ("malformed", "exact", "true_positives", "false_positives", "false_negatives")
    assert tuple(scores[name] for name in names) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("CXR3248", "central venous catheter"),  # its nasogastric tube has been removed
        ("CXR1936", "redacted_modifier"),
        ("CXR979", "surgical clips"),  # of the chest wall
        ("CXR3557", "peripherally inserted central catheter, nasogastric tube"),
        ("CXR412", "missed_device"),
        ("CXR1613", "enteric tube, peripherally inserted central catheter"),
        ("CXR153", "central venous catheter"),
    ],
)
def test_real_reports_give_their_devices_or_the_reason_why_not(openi_reports, number, expected):
    (made,) = derived(task, clean_reports(openi_reports)[number])
    assert (made.output if isinstance(made, Draft) else made.reason) == expected
