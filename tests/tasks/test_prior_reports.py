"""Task `change_summary` with the report before: what two reports of one patient tell together."""

from dataclasses import replace

import pytest

from radcurate.records import Draft, Refusal
from radcurate.tasks import change_summary as task
from radcurate.tasks.pool import Pool
from tests.shards import report
from tests.tasks.observation_tasks import cited


def compared(earlier: str, later: str) -> Draft | Refusal:
    prior = report("r1", earlier)
    document = replace(report("r2", later), prior=prior.document_id)
    _, made = task.derive(document, Pool(document, (), prior=prior))
    return made


def lines(made: Draft | Refusal) -> str:
    """The lines that hold something, or the refusal's reason."""
    if isinstance(made, Refusal):
        return made.reason
    return " | ".join(line for line in made.output.splitlines() if not line.endswith(": none"))


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        ("Small left pleural effusion.", "The left effusion has decreased.", "better: pleural effusion (left)"),
        ("No pleural effusion is seen.", "New left pleural effusion.", "new: pleural effusion (left)"),
        ("Mild cardiomegaly is seen.", "Stable cardiomegaly is seen.", "unchanged: cardiomegaly"),
        ("Right pneumothorax is seen.", "The pneumothorax has resolved.", "resolved: pneumothorax"),
        # One denies and the other has it.
        ("No pleural effusion is seen.", "There is a left pleural effusion.", "new: pleural effusion (left)"),
        ("There is a left pleural effusion.", "No pleural effusion is seen.", "resolved: pleural effusion"),
        ("Heart size is normal.", "The heart is enlarged.", "new: cardiomegaly"),
    ],
)
def test_what_both_reports_tell_stands_on_its_line(earlier: str, later: str, expected: str):
    assert lines(compared(earlier, later)) == expected


@pytest.mark.parametrize(
    ("reason", "earlier", "later"),
    [
        ("prior_differs", "No pleural effusion is seen.", "The left effusion has decreased."),
        ("prior_differs", "Left pleural effusion is seen.", "New left pleural effusion."),
        ("prior_differs", "Right pleural effusion is seen.", "Stable left pleural effusion."),
        ("prior_differs", "The lungs are hyperinflated.", "The left effusion has decreased."),
        ("prior_differs", "There may be a left effusion.", "New left pleural effusion."),
        ("prior_differs", "No large pleural effusion.", "New left pleural effusion."),
        ("change_not_told", "Left pleural effusion is seen.", "There is a left pleural effusion."),
        ("change_not_told", "The lungs are hyperinflated.", "There is a left pleural effusion."),
        ("no_change", "No pleural effusion is seen.", "No pleural effusion is seen."),
        (
            "prior_unreadable",
            "Left pleural effusion is seen. No pleural effusion is seen.",
            "Stable cardiomegaly is seen.",
        ),
    ],
)
def test_where_the_two_do_not_agree_on_it_there_is_no_record(reason: str, earlier: str, later: str):
    assert lines(compared(earlier, later)) == reason


def test_a_denial_with_a_limit_resolves_nothing():
    made = compared(
        "Left pleural effusion. Mild cardiomegaly.", "No large pleural effusion. Stable cardiomegaly is seen."
    )
    assert lines(made) == "unchanged: cardiomegaly"


def test_the_input_shows_both_and_the_evidence_cites_both():
    earlier, later = "Small left pleural effusion.", "The left effusion has decreased."
    made = compared(earlier, later)
    assert isinstance(made, Draft)
    assert made.input == f"Earlier report:\nFINDINGS: {earlier}\n\nLater report:\nFINDINGS: {later}"
    assert {piece.document_id for piece in made.evidence} == {"here:r1", "here:r2"}
    assert [one.document_id for one in made.others] == ["here:r1"]
    own = tuple(piece for piece in made.evidence if piece.document_id == "here:r2")
    assert cited(report("r2", later), own)[0] == later


def test_without_a_prior_only_the_report_itself_is_asked_for_and_a_lost_one_is_told():
    alone = report("r2", "Stable cardiomegaly is seen.")
    assert [made.slot for made in task.derive(alone, Pool(alone, ()))] == ["change"]
    orphan = replace(alone, prior="here:gone")
    assert [lines(made) for made in task.derive(orphan, Pool(orphan, ()))] == ["unchanged: cardiomegaly", "no_prior"]
