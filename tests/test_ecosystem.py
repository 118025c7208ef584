"""The release folder as others' tools read it: datasets (offline), pandas, Polars, DuckDB, each with nested columns."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pytest

from tests.conftest import DEMO_TASKS as TASKS
from tests.releases import build_trouble, rows_of

SPLITS = ("train", "validation", "test")
NESTED = ("messages", "evidence", "document_ids", "flags")

# datasets reads its settings when it is imported, so it gets a process of its own.
LOAD = """
import json, sys
import datasets
folder, *names = sys.argv[1:]
loaded = {name: datasets.load_dataset(folder, name) for name in names}
configs = datasets.get_dataset_config_names(folder)
rows = {name: {split: list(part) for split, part in splits.items()} for name, splits in loaded.items()}
print(json.dumps({"configs": configs, "rows": rows}))
"""


def load_offline(folder: Path, cache: Path, *tasks: str) -> dict[str, Any]:
    """What `datasets.load_dataset` gives without a network."""
    environ = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(cache)}
    environ |= {"HF_DATASETS_CACHE": str(cache / "datasets"), "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    command = [sys.executable, "-c", LOAD, str(folder), *tasks]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ, cwd=cache)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def loaded(demo_release: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The demo through `datasets`."""
    return load_offline(demo_release, tmp_path_factory.mktemp("cache"), *TASKS)


def test_every_task_is_a_config_of_the_hub(loaded: dict[str, Any]) -> None:
    assert loaded["configs"] == list(TASKS)


@pytest.mark.parametrize("task", TASKS)
def test_datasets_loads_every_split_row_by_row(loaded: dict[str, Any], demo_release: Path, task: str) -> None:
    assert list(loaded["rows"][task]) == list(SPLITS)
    for split in SPLITS:
        assert loaded["rows"][task][split] == rows_of(demo_release, f"{task}/{split}")


def test_the_loading_lines_of_the_card_run(demo_release: Path, tmp_path: Path) -> None:
    card = (demo_release / "README.md").read_text(encoding="utf-8")
    code = card.split("```python\n")[1].split("```")[0]
    environ = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    command = [sys.executable, "-c", f"{code}\nprint(len(records))"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environ, cwd=demo_release.parents[1]
    )
    assert done.stdout.strip() == str(len(rows_of(demo_release, f"{TASKS[0]}/train"))), done.stderr


def test_a_task_loads_though_splits_of_it_have_no_records(tmp_path: Path) -> None:
    release = build_trouble(tmp_path)
    rows = load_offline(release, tmp_path, "impression", "tagging")["rows"]
    counts = {task: {split: len(part) for split, part in splits.items()} for task, splits in rows.items()}
    assert counts == {"impression": {"train": 2}, "tagging": {"train": 4}}
    assert pandas.read_parquet(release / "impression" / "test-00000-of-00001.parquet").empty
    assert polars.read_parquet(release / "impression" / "test-*.parquet").is_empty()


def test_a_task_loads_though_another_has_no_records_at_all(tmp_path: Path) -> None:
    reports = (
        {"id": "n1", "patient": "a", "findings": "Clear lungs, normal heart.", "impression": "", "tags": ["normal"]},
    )
    release = build_trouble(tmp_path, reports=reports)
    found = load_offline(release, tmp_path, "tagging")
    assert found["configs"] == ["tagging"]
    assert [len(part) for part in found["rows"]["tagging"].values()] == [1]


@pytest.mark.parametrize("task", TASKS)
def test_pandas_reads_a_task_and_a_split(demo_release: Path, task: str) -> None:
    rows = [row for split in sorted(SPLITS) for row in rows_of(demo_release, f"{task}/{split}")]
    frame = pandas.read_parquet(demo_release / task)
    assert list(frame.record_id) == [row["record_id"] for row in rows]
    assert [dict(message) for message in frame.messages[0]] == rows[0]["messages"]
    assert [dict(piece) for piece in frame.evidence[0]] == rows[0]["evidence"]
    train = pandas.read_parquet(demo_release / task / "train-00000-of-00001.parquet")
    assert len(train) == len(rows_of(demo_release, f"{task}/train"))


@pytest.mark.parametrize("task", TASKS)
def test_polars_reads_and_scans_with_nested_columns_whole(demo_release: Path, task: str) -> None:
    rows = rows_of(demo_release, f"{task}/train")
    frame = polars.read_parquet(demo_release / task / "train-*.parquet")
    assert frame.select(NESTED).to_dicts() == [{name: row[name] for name in NESTED} for row in rows]
    answers = (
        polars.scan_parquet(demo_release / task / "train-*.parquet")
        .select(polars.col("messages").list.get(1).struct.field("content"))
        .collect()
    )
    assert answers["content"].to_list() == [row["output"] for row in rows]


def test_duckdb_queries_globs_over_tasks(demo_release: Path) -> None:
    query = f"select task, count(*) from '{demo_release}/*/train-*.parquet' group by task order by task"
    assert duckdb.sql(query).fetchall() == [(task, len(rows_of(demo_release, f"{task}/train"))) for task in TASKS]


@pytest.mark.parametrize("task", TASKS)
def test_duckdb_reads_nested_columns(demo_release: Path, task: str) -> None:
    query = (
        "select record_id, messages[2].content, evidence[1].section, document_ids[1] "
        f"from '{demo_release}/{task}/*.parquet' order by record_id"
    )
    rows = [row for split in SPLITS for row in rows_of(demo_release, f"{task}/{split}")]
    expected = [
        (row["record_id"], row["output"], row["evidence"][0]["section"], row["document_ids"][0])
        for row in sorted(rows, key=lambda row: row["record_id"])
    ]
    assert duckdb.sql(query).fetchall() == expected


def test_duckdb_joins_evidence_to_the_text_of_the_documents(demo_release: Path) -> None:
    query = f"""
        with pieces as (
            select record_id, output, unnest(evidence, recursive := true)
            from '{demo_release}/section_extraction/*.parquet' where rule = 'section_verbatim.v2'
        ), sections as (
            select document_id, unnest(sections, recursive := true) from '{demo_release}/documents/*.parquet'
        )
        select count(*), count(*) filter (output = text[pieces.start + 1 : pieces.end])
        from pieces join sections on pieces.document_id = sections.document_id and section = name
    """
    records = [row for split in SPLITS for row in rows_of(demo_release, f"section_extraction/{split}")]
    number = sum(row["rule"] == "section_verbatim.v2" for row in records)
    assert number > len(records) / 2
    assert duckdb.sql(query).fetchall() == [(number, number)]


def test_the_audit_and_the_documents_are_plain_tables(demo_release: Path) -> None:
    for table in ("documents/documents", "audit/dropped", "audit/edited"):
        assert len(polars.read_parquet(demo_release / f"{table}-*.parquet")) == len(rows_of(demo_release, table))


def test_no_column_has_a_name_that_trainers_give_a_meaning(demo_release: Path) -> None:
    taken = {"prompt", "completion", "chosen", "rejected", "label", "labels", "images", "tools", "text"}
    columns = polars.read_parquet(demo_release / "impression" / "train-*.parquet").columns
    assert not taken & set(columns)
