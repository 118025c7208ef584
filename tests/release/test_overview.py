"""The overview says of a release what its tables hold, counted here a second time with pandas and numpy."""

from collections import Counter
from pathlib import Path

import numpy
import pandas
import pytest

from radcurate.errors import UsageError
from radcurate.release import overview as module
from radcurate.release.overview import audit, check_rule, documents_of, overview, samples
from tests.conftest import DEMO_TASKS as TASKS
from tests.releases import build_trouble

SPLITS = ("train", "validation", "test")


@pytest.fixture(scope="module")
def found(demo_release: Path) -> dict:
    """The demo's overview."""
    return overview(demo_release)


@pytest.fixture(scope="module")
def trouble(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of reports with every kind of trouble."""
    return build_trouble(tmp_path_factory.mktemp("trouble"))


def _table(release: Path, task: str, split: str = "*") -> pandas.DataFrame:
    return pandas.concat([pandas.read_parquet(path) for path in sorted((release / task).glob(f"{split}-*.parquet"))])


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("split", SPLITS)
def test_counts_are_those_of_the_tables(demo_release: Path, found: dict, task: str, split: str) -> None:
    assert found["tasks"][task]["kept"][split] == len(_table(demo_release, task, split))


@pytest.mark.parametrize("task", TASKS)
def test_what_was_considered_is_kept_or_dropped_by_reason(demo_release: Path, found: dict, task: str) -> None:
    dropped = pandas.read_parquet(demo_release / "audit" / "dropped-00000-of-00001.parquet")
    own = dropped[(dropped.kind == "record") & dropped.id.str.startswith(f"{task}/")]
    reasons = own.reason.where(own.rule.str.startswith(f"{task}."), own.rule)
    assert found["tasks"][task]["dropped"] == dict(Counter(reasons))
    assert found["tasks"][task]["considered"] == len(_table(demo_release, task)) + len(own)
    assert found["tasks"][task]["meanings"].keys() == found["tasks"][task]["dropped"].keys()


@pytest.mark.parametrize("task", TASKS)
def test_lengths_are_the_quantiles_of_the_words(demo_release: Path, found: dict, task: str) -> None:
    rows = found["tasks"][task]["lengths"]
    assert [(row["column"], row["split"]) for row in rows] == [(c, s) for c in ("input", "output") for s in SPLITS]
    for row in rows:
        words = _table(demo_release, task, row["split"])[row["column"]].str.split().str.len()
        expected = numpy.quantile(words, [0.05, 0.5, 0.95], method="inverted_cdf")
        assert [row["p5"], row["p50"], row["p95"], row["longest"]] == [*expected, words.max()]


@pytest.mark.parametrize("task", TASKS)
def test_the_balance_is_that_of_the_outputs(demo_release: Path, found: dict, task: str) -> None:
    outputs = _table(demo_release, task).output
    counted = outputs.value_counts()
    answers = found["tasks"][task]["answers"]
    assert found["tasks"][task]["different_answers"] == len(counted)
    assert [row["records"] for row in answers] == sorted(counted, reverse=True)[: len(answers)]
    assert all(row["share"] == row["records"] / len(outputs) for row in answers)
    lines = {(" ".join(text.split()), count) for text, count in counted.items()}
    assert all((row["answer"], row["records"]) in lines for row in answers if not row["answer"].endswith("…"))


def test_flags_are_counted(demo_release: Path, found: dict) -> None:
    for task in TASKS:
        flags = [flag for flags in _table(demo_release, task)["flags"] for flag in flags]
        assert found["tasks"][task]["flags"] == dict(Counter(flags))


def test_documents_inputs_and_edits_are_those_of_the_tables(demo_release: Path, found: dict) -> None:
    documents = pandas.read_parquet(demo_release / "documents")
    edits = pandas.read_parquet(demo_release / "audit" / "edited-00000-of-00001.parquet")
    assert found["counts"]["documents"]["kept"] == len(documents)
    assert found["counts"]["documents_by_split"] == dict(Counter(documents.split))
    assert found["counts"]["edits"] == dict(Counter(edits.rule))
    dropped = pandas.read_parquet(demo_release / "audit" / "dropped-00000-of-00001.parquet")
    gone = {kind: Counter(dropped[dropped.kind == kind].rule) for kind in ("input", "document")}
    came = len(documents) + gone["document"].total()
    assert found["counts"]["documents"]["dropped"] == gone["document"]
    assert found["counts"]["inputs"] == {"in": came + gone["input"].total(), "kept": came, "dropped": gone["input"]}


def test_one_task_alone(demo_release: Path, found: dict) -> None:
    assert overview(demo_release, "tagging")["tasks"] == {"tagging": found["tasks"]["tagging"]}


def test_an_unknown_task_is_refused_with_the_nearest(demo_release: Path) -> None:
    with pytest.raises(UsageError, match="--task taging: the release has no such task; nearest: tagging"):
        overview(demo_release, "taging")


@pytest.mark.parametrize("number", [1, 3, 500])
def test_samples_are_that_many_of_each_task_and_the_same_every_time(demo_release: Path, number: int) -> None:
    drawn = samples(demo_release, number)
    assert drawn == samples(demo_release, number)
    counts = Counter(sample["record"]["task"] for sample in drawn)
    assert counts == {task: min(number, len(_table(demo_release, task))) for task in TASKS}


def test_more_samples_begin_with_the_fewer(demo_release: Path) -> None:
    few, many = samples(demo_release, 2, "tagging"), samples(demo_release, 9, "tagging")
    assert many[:2] == few


def test_samples_bring_the_documents_that_their_evidence_points_into(demo_release: Path) -> None:
    for sample in samples(demo_release, 20):
        documents = {document["document_id"]: document for document in sample["documents"]}
        assert [*documents] == sample["record"]["document_ids"]
        assert {document["split"] for document in sample["documents"]} == {sample["split"]}
        for piece in sample["record"]["evidence"]:
            sections = {section["name"]: section["text"] for section in documents[piece["document_id"]]["sections"]}
            if not piece["section"].startswith("@"):
                cited = sections[piece["section"]][piece["start"] : piece["end"]]
                assert cited
                # Of a case the evidence also bears the answer out in other words; a section may be printed with the
                # numbers of its items, or be one that is not there.
                other_words = ("section_numbered.v1", "section_missing.v1")
                record = sample["record"]
                in_other_words = record["task"] == "case_diagnosis" or record["rule"] in other_words
                assert cited in sample["record"]["output"] or in_other_words


def test_the_audit_has_every_drop_then_every_edit(trouble: Path) -> None:
    rows = list(audit(trouble))
    assert [row["table"] for row in rows] == ["dropped"] * 7 + ["edited"] * 2


@pytest.mark.parametrize(
    ("rule", "ids"),
    [
        ("empty_document.v1", ["ward:t3"]),
        ("impression.v2", ["impression/ward:t4/impression", "impression/ward:t5/impression"]),
        ("cites_prior", ["impression/ward:t5/impression"]),
        ("signature_line.v1", ["ward:t4"]),
        ("invisible.v1", []),
    ],
)
def test_the_audit_of_one_rule_or_reason(trouble: Path, rule: str, ids: list[str]) -> None:
    assert [row.get("id") or row["document_id"] for row in audit(trouble, rule)] == ids


def test_the_audit_of_one_task_holds_its_records_alone(trouble: Path) -> None:
    rows = list(audit(trouble, task="impression"))
    assert {row["id"] for row in rows} == {"impression/ward:t4/impression", "impression/ward:t5/impression"}
    assert list(audit(trouble, task="tagging")) == []


@pytest.mark.parametrize("rule", ["spaces.v1", "impression.v2", "no_tags", "duplicate_id.v1", "broken_line.v1"])
def test_rules_and_reasons_of_the_release_are_known_whether_or_not_they_fired(trouble: Path, rule: str) -> None:
    check_rule(trouble, rule)


def test_an_unknown_rule_is_refused_with_the_nearest(trouble: Path) -> None:
    with pytest.raises(UsageError, match=r"--rule space\.v1: no rule or reason .*; nearest: spaces\.v1"):
        check_rule(trouble, "space.v1")


def test_documents_are_all_of_them(demo_release: Path) -> None:
    ids = [row["document_id"] for row in documents_of(demo_release)]
    assert ids == [*pandas.read_parquet(demo_release / "documents").document_id]


def test_a_task_without_records_has_an_overview_all_the_same(tmp_path: Path) -> None:
    reports = (
        {"id": "n1", "patient": "a", "findings": "Clear lungs and normal heart.", "impression": None, "tags": []},
    )
    found = overview(build_trouble(tmp_path, reports=reports))["tasks"]
    assert found["impression"]["lengths"] == found["impression"]["answers"] == []
    assert (found["impression"]["dropped"], found["tagging"]["dropped"]) == ({"no_impression": 1}, {"no_tags": 1})
    assert module.samples(tmp_path / "out" / "trouble" / "1.0.0", 3) == []
