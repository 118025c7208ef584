"""Whether a report answers a question on a finding: yes, no, maybe, not stated, or no answer at all."""

import pytest

from radcurate.language.lexicon import Lexicon
from radcurate.tasks.report_answers import REFUSALS, Answered, answered, asked
from radcurate.tasks.report_reading import Reading, read_report
from radcurate.tasks.understood import NOT_UNDERSTOOD
from tests.shards import report

# finding, side, text, answer or reason
CASES = [
    ("pleural effusion", None, "Small left effusion is seen.", "yes"),
    ("pleural effusion", None, "No pleural effusion is seen.", "no"),
    ("pleural effusion", None, "There may be a pleural effusion.", "maybe"),
    ("pleural effusion", None, "There is moderate scoliosis of the spine.", "not stated"),
    ("pleural effusion", None, "No large pleural effusion is seen.", "qualified_denial"),
    ("pleural effusion", None, "No left pleural effusion is seen.", "qualified_denial"),
    ("pleural effusion", None, "The pleural spaces are clear today.", "implied_denial"),
    ("pleural effusion", None, "No acute cardiopulmonary abnormality. There is scoliosis.", "covered"),
    ("pleural effusion", None, "Normal chest. There is moderate scoliosis.", "covered"),
    ("pleural effusion", None, "Blunting of the left costophrenic angle.", "kind_mismatch"),
    ("pleural effusion", None, "CT is advised for a pleural effusion.", "only_elsewhere"),
    ("pleural effusion", None, "There is moderate scoliosis. The XXXX are intact.", "may_be_hidden"),
    ("pleural effusion", None, "Scoliosis. The contour of the bowel is lobulated.", "may_be_hidden"),
    ("pleural effusion", None, "There may be a left effusion. Small right effusion.", "mixed"),
    ("pleural effusion", "left", "Small left effusion is seen.", "yes"),
    ("pleural effusion", "left", "Small bilateral effusions are seen.", "yes"),
    ("pleural effusion", "left", "No pleural effusion is seen.", "no"),
    ("pleural effusion", "left", "Small right effusion is seen.", "not stated"),
    ("pleural effusion", "left", "Small right effusion. The costophrenic angle is blunted.", "kind_mismatch"),
    ("pleural effusion", "left", "Right effusion only. Scoliosis is seen.", "side_not_said"),
    ("pleural effusion", "left", "Small right effusion. The left lung is clear.", "side_not_said"),
    ("pleural effusion", "left", "Small pleural effusion is seen.", "side_not_said"),
    ("nodule", None, "Calcified granuloma in the left upper lobe.", "kind_mismatch"),
    ("granuloma", None, "There is a nodule in the left upper lobe.", "kind_mismatch"),
    ("rib fracture", None, "Old left rib fractures are seen.", "kind_mismatch"),
    ("rib fracture", None, "Displaced left rib fracture is seen.", "yes"),
    ("rib fracture", None, "No acute displaced rib fracture is seen.", "qualified_denial"),
    ("cardiomegaly", None, "The heart size is normal today.", "implied_denial"),
    ("scoliosis", None, "No acute cardiopulmonary abnormality is seen.", "not stated"),
    ("scoliosis", None, "The bony structures are intact today.", "covered"),
    ("chest tube", None, "Left chest tube in place today.", "yes"),
    ("chest tube", None, "The left chest tube has been removed.", "qualified_denial"),
    ("nasogastric tube", None, "The nasogastric tube has been removed.", "no"),
]


def outcome(finding: str, side: str | None, text: str) -> str:
    reading = read_report(report("r1", text), "any")
    assert isinstance(reading, Reading), reading
    made = answered(reading, finding, side)
    return made.answer if isinstance(made, Answered) else made


@pytest.mark.parametrize(("finding", "side", "text", "expected"), CASES, ids=[case[2] + str(case[1]) for case in CASES])
def test_a_question_gets_the_answer_that_the_words_give_or_the_reason_why_not(finding, side, text, expected):
    assert outcome(finding, side, text) == expected


def test_every_reason_but_those_of_devices_and_of_words_is_reached():
    reached = {expected for _, _, _, expected in CASES} | set(NOT_UNDERSTOOD)  # those are tried in test_understood.py
    assert set(REFUSALS) - reached == {"device_status", "place_in_pieces"}


def test_everything_asked_about_is_in_the_lexicon_and_has_one_area():
    names = [name for findings in asked()["areas"].values() for name in findings]
    assert len(names) == len(set(names))
    assert set(names) <= set(Lexicon.load().findings)
    for listed in ("sided", "acute"):
        assert set(asked()["lists"][listed]) <= set(names)
