"""A task is one file that offers all a task must, and any answer to it gets a number."""

import functools
import re

import pytest

from radcurate import tasks
from radcurate.records import Draft, make_record
from radcurate.tables import read_rows
from radcurate.tasks.pool import Neighbours, Pool
from tests.shards import report
from tests.tasks.invented_site import article, case

ALL = tasks.available()
REPORTS = [
    report(
        f"r{number}",
        f"The lungs are clear. Stable cardiomegaly. Film {number}.",
        f"No pneumothorax, film {number}.",
        tags=("normal",),
    )
    for number in range(120)
]
# What can be entailed and contradicted by its neighbours.
REPORTS += [
    report(f"e{number}", f"{text} Heart size is normal.", "No acute disease.", tags=("normal",))
    for number, text in enumerate(
        f"{denial} {effusion}"
        for denial in ("No pneumothorax.", "No pneumothorax is seen.", "There is no pneumothorax.")
        for size in ("small", "large", "tiny")
        for effusion in (
            f"There is a {size} left pleural effusion.",
            f"{size.capitalize()} left pleural effusion.",
            "No pleural effusion.",
            "There is no pleural effusion.",
        )
    )
]
ARTICLES = [
    article(
        f"Tumour {number}",
        {
            "Epidemiology": f"Children of {number} years are affected. Tumours are more common in boys than in girls.",
            "Radiographic features": "A mass in the lung.",
            "Pathology": "Sheets of pale cells fill every follicle.",
        },
        name=str(number),
        systems=("Chest",),
        tags=("lung",),
    )
    for number in range(60)
]
CASES = [
    case(
        f"Tumour of kind {number}A",
        ("Chest radiograph", f"A mass of {number} cm in the left lung.", "X-ray"),
        presentation="Cough for a week.",
        name=str(number),
        systems=("Chest",),
        tags=("lung",),
    )
    for number in range(60)
]


NEIGHBOURS = Neighbours(REPORTS)


@functools.cache
def drafts(generator: str) -> list[tuple[object, Draft]]:
    """Of the reports, articles and cases that the task reads."""
    return [
        (one, made)
        for one in (*REPORTS, *ARTICLES, *CASES)
        if one.kind in tasks.load(generator).KINDS
        for made in tasks.load(generator).derive(one, Pool(one, (), NEIGHBOURS))
        if isinstance(made, Draft)
    ]


def test_the_tasks_of_this_release_are_there():
    assert {
        "impression.v2", "section_extraction.v3", "tagging.v3", "knowledge_qa.v2", "case_diagnosis.v2",
        "findings_extraction.v3", "abnormality_labels.v3", "device_labels.v1", "report_qa.v2", "change_summary.v3",
        "nli.v2", "cleanup.v1", "segmentation.v1",
    } <= set(ALL)  # fmt: skip


@pytest.mark.parametrize("generator", ALL)
def test_a_task_offers_what_its_protocol_names(generator):
    task = tasks.load(generator)
    assert generator == task.ID
    assert tasks.module_name(generator) == task.__name__
    assert re.fullmatch(r"[a-z_]+\.v\d+", generator)
    assert set(task.KINDS) <= {"article", "case", "report"}
    assert {one.kind for one, _ in drafts(generator)} == set(task.KINDS)
    assert all(callable(getattr(task, name)) for name in ("derive", "score", "summarise"))
    assert all(reason and meaning for reason, meaning in task.REFUSALS.items())


@pytest.mark.parametrize("generator", ALL)
def test_there_are_six_or_more_wordings_and_each_is_used(generator):
    task = tasks.load(generator)
    wordings = task.INSTRUCTIONS
    assert len(set(wordings)) == len(wordings) >= 6
    records = [make_record(generator, wordings, [one, *draft.others], draft) for one, draft in drafts(generator)]
    assert {record["instruction"] for record in records} == set(wordings)


@pytest.mark.parametrize("generator", ALL)
def test_the_same_key_gets_the_same_wording_whatever_the_record_holds(generator):
    wordings = tasks.load(generator).INSTRUCTIONS
    for one, draft in drafts(generator)[:20]:
        other = Draft(draft.slot, "another input", "another output", draft.evidence, draft.rule, ("flag",))
        made = [make_record(generator, wordings, [one], some)["instruction"] for some in (draft, other)]
        assert made[0] == made[1]


@pytest.mark.parametrize("generator", ALL)
def test_evidence_of_every_draft_resolves_in_its_document(generator):
    for one, draft in drafts(generator):
        assert draft.evidence
        for piece in draft.evidence:
            (cited,) = (each for each in (one, *draft.others) if each.document_id == piece.document_id)
            if piece.section.startswith("@"):
                assert (piece.start, piece.end) == (0, 0)
                assert getattr(cited, piece.section[1:])
            else:
                assert 0 <= piece.start < piece.end <= len(cited.text_of(piece.section))


@pytest.mark.parametrize("generator", ALL)
def test_every_reason_of_the_demo_release_is_listed_with_its_meaning(generator, demo_release):
    named = set()
    for path in (demo_release / "audit").glob("dropped-*.parquet"):
        named |= {row["reason"] for row in read_rows(path) if row["rule"] == generator}
    left_out = {"cites_prior"} if generator.startswith("impression") else set()
    assert named - left_out <= set(tasks.load(generator).REFUSALS)


@pytest.mark.parametrize("generator", ALL)
def test_no_answers_at_all_are_summarised_without_nan(generator):
    summary = tasks.load(generator).summarise([])
    assert summary == {"answers": 0.0, "malformed": 0.0}


@pytest.mark.parametrize("generator", ALL)
@pytest.mark.parametrize("answer", ["", " \n", ",", "nothing of the kind", "\u2003,\x00", "7 7 7"])
def test_any_answer_gets_numbers_between_nought_and_one(generator, answer):
    task = tasks.load(generator)
    records = [make_record(generator, task.INSTRUCTIONS, [one], draft) for one, draft in drafts(generator)[:5]]
    scores = [task.score(record, answer) for record in records]
    summary = task.summarise(scores)
    means = [value for name, value in summary.items() if name not in ("answers", "malformed")]
    assert means
    assert all(0.0 <= value <= 1.0 for value in means)
    assert summary["answers"] == 5.0


@pytest.mark.parametrize("generator", ALL)
@pytest.mark.parametrize("answer", ["", " \n", "\u2003"])
def test_an_empty_answer_is_counted_as_malformed_and_scores_nothing(generator, answer):
    task = tasks.load(generator)
    ((one, draft), *_) = drafts(generator)
    summary = task.summarise([task.score(make_record(generator, task.INSTRUCTIONS, [one], draft), answer)])
    assert summary["malformed"] == summary["answers"] == 1.0
    assert not any(value for name, value in summary.items() if name not in ("answers", "malformed"))


@pytest.mark.parametrize("generator", ALL)
def test_the_reference_itself_scores_full_marks(generator):
    task = tasks.load(generator)
    records = [make_record(generator, task.INSTRUCTIONS, [one], draft) for one, draft in drafts(generator)[:5]]
    summary = task.summarise([task.score(record, record["output"]) for record in records])
    assert summary["exact"] == 1.0
    assert summary["malformed"] == 0.0
    assert summary.get("rouge_l", 1.0) == summary.get("micro_f1", 1.0) == 1.0
