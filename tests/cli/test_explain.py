"""`radcurate explain`: what is printed names source, evidence, rule, licence and reasons."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from radcurate.cli.common import work_of
from radcurate.records import FLAGS
from radcurate.release.explain import explain
from radcurate.splits import SPLITS
from tests.cli.running import run
from tests.releases import build_trouble, rows_of

IDS = {
    "a record": "tagging/ward:t6/tags",
    "a record of cut text": "impression/ward:t6/impression",
    "a kept document": "ward:t5",
    "a document that came twice": "ward:t1",
    "an empty document": "ward:t3",
    "a duplicate": "ward:t2",
    "an input": "ward.jsonl:5",
    "a refused record": "impression/ward:t4/impression",
}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of reports with every kind of trouble."""
    return build_trouble(tmp_path_factory.mktemp("trouble"), {"ward": "CC-BY-NC-ND-4.0"})


def _printed(release: Path, identity: str) -> str:
    done = run("explain", release, identity)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_record_shows_its_text_with_the_evidence_rule_and_licence(release: Path) -> None:
    text = _printed(release, "impression/ward:t6/impression")
    (record,) = (row for row in rows_of(release, "impression/train") if row["document_ids"] == ["ward:t6"])
    assert f"record    impression/ward:t6/impression  (train, {record['record_id']})\n" in text
    assert "made by   impression.v2, rule impression_section.v2\n" in text
    assert "licence   CC-BY-NC-ND-4.0 (may not be published)\n" in text
    assert f"asks      {record['instruction']}\n" in text
    assert "answer    Cardiomegaly without failure.\n" in text
    assert "document  ward:t6  kept, train, group ward:f\n" in text
    assert "  IMPRESSION: ⟦Cardiomegaly without failure.⟧\n" in text
    assert "  FINDINGS: The cardiac silhouette is enlarged." in text


def test_an_answer_from_a_field_marks_the_field(release: Path) -> None:
    text = _printed(release, "tagging/ward:t6/tags")
    assert "  @tags: ⟦Cardiomegaly; Pulmonary Atelectasis/base/left⟧\n" in text
    assert f"flag      not_in_text: {FLAGS['not_in_text']}\n" in text
    assert "left out  pulmonary atelectasis/base/left\n" in text


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("a kept document", ["document  ward:t5  kept, train, group ward:e", "gave      tagging/ward:t5/tags"]),
        ("a kept document", ["not kept  record impression/ward:t5/impression", "impression.v2: cites_prior – the "]),
        ("a kept document", ["cleaned   ward:t5 by spaces.v1, 1 edit\n          findings 26–28\n            before  "]),
        ("a document that came twice", ["not kept  document ward:t1", "duplicate_id.v1: the same id came more than"]),
        ("an empty document", ["not kept  document ward:t3", "empty_document.v1: no section holds any text"]),
        ("a duplicate", ["exact_duplicate.v1: the same text", "kept instead: ward:t1 (similarity 1.00)"]),
        ("an input", ["not kept  input ward.jsonl:5", "broken_line.v1: is no JSON"]),
        ("a refused record", ["impression.v2: no_impression – the report has no ", "document  ward:t4  kept"]),
        ("a refused record", ["after   Small left effusion.⟦⟧\n", "cleaned   ward:t4 by signature_line.v1, 1 edit"]),
    ],
)
def test_everything_is_reached_and_gives_its_reason(release: Path, what: str, words: list[str]) -> None:
    text = _printed(release, IDS[what])
    assert [word for word in words if word not in text] == []
    assert not text.startswith("\n")


@pytest.mark.parametrize("what", IDS)
def test_json_has_the_same(release: Path, what: str) -> None:
    done = run("explain", release, IDS[what], "--json")
    assert json.loads(done.stdout) == json.loads(json.dumps(asdict(explain(release, IDS[what], work=work_of(release)))))


def test_a_prefix_of_the_id_explains_the_same_record(release: Path) -> None:
    record = rows_of(release, "tagging/train")[0]
    assert _printed(release, record["record_id"][:8]) == _printed(release, record["record_key"])


def test_how_near_a_held_out_record_comes_to_training_is_shown(demo_release: Path) -> None:
    held_out = [row for split in ("validation", "test") for row in rows_of(demo_release, f"tagging/{split}")]
    near = next(row for row in held_out if row["nearest_train"])
    assert f"similarity {near['nearest_train']:.2f}\n" in _printed(demo_release, near["record_id"])


def test_a_question_stands_under_what_is_asked_and_further_lines_of_an_answer_under_the_first(
    demo_release: Path,
) -> None:
    rows = [row for split in SPLITS for row in rows_of(demo_release, f"knowledge_qa/{split}")]
    record = next(row for row in rows if "\n" in row["output"])
    text = _printed(demo_release, record["record_id"])
    assert f"asks      {record['instruction']}\n          {record['input']}\n" in text
    lines = [f"          {line}" if line else "" for line in record["output"].splitlines()]
    assert "\n".join(["answer    " + lines[0].lstrip(), *lines[1:]]) in text


def test_a_training_record_left_out_for_the_test_split_names_the_test_document(demo_release: Path) -> None:
    dropped = rows_of(demo_release, "audit/dropped")
    row = next(row for row in dropped if row["rule"] == "links_test_document.v1")
    text = _printed(demo_release, row["id"])
    assert f"links_test_document.v1: {row['reason']}\n          the test document: {row['kept_id']}\n" in text
    assert f"document  {row['kept_id']}  kept, test, " in _printed(demo_release, row["kept_id"])


def test_an_article_shows_its_title_authors_revision_doi_and_address(demo_release: Path) -> None:
    page = next(row for row in rows_of(demo_release, "documents/documents") if row["kind"] == "article")
    lines = _printed(demo_release, page["document_id"]).splitlines()
    told = [page["title"], ", ".join(page["authors"]), page["revised"], page["doi"], page["url"]]
    labels = ("title", "authors", "revised", "doi", "url")
    expected = [f"{label:<9} {value}" for label, value in zip(labels, told, strict=True)]
    assert [line for line in lines if line in expected] == expected


def test_an_unknown_id_ends_with_2_and_says_what_ids_look_like(release: Path) -> None:
    done = run("explain", release, "ward:t99")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ward:t99: neither a record, a document nor an input of ")
    assert len(done.stderr.splitlines()) == 2


def test_quiet_prints_nothing(release: Path) -> None:
    done = run("explain", release, "ward:t5", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_folder_that_is_no_release_ends_with_1(tmp_path: Path) -> None:
    done = run("explain", tmp_path, "demo:r001")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
