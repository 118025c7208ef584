"""`radcurate label`: what it writes, draws and refuses."""

import csv
import json
from pathlib import Path

import pytest

import radcurate.demo
from radcurate.language.labels import names_of
from tests.cli.running import run

REPORTS = Path(radcurate.demo.__file__).parent / "reports.jsonl"
COLUMNS = ("--column", "findings", "--column", "impression")


def test_the_demo_reports_are_labelled(tmp_path):
    out = tmp_path / "labels.csv"
    done = run("label", REPORTS, *COLUMNS, "--label-set", "chexpert", "--out", out, "--workers", 1)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{out}: 120 rows labeled")
    with out.open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert rows["r002"]["Pneumonia"] == "1"
    assert rows["r002"]["Pleural Effusion"] == "-1"
    assert rows["r001"]["No Finding"] == "1"


def test_json_gives_the_counts(tmp_path):
    out = tmp_path / "labels.jsonl"
    done = run("label", REPORTS, *COLUMNS, "--label-set", "chestxray14", "--out", out, "--workers", 1, "--json")
    told = json.loads(done.stdout)
    assert told["rows"] == 120
    assert list(told["labels"]) == sorted(names_of("chestxray14"))
    assert all(sum(values.values()) == 120 for values in told["labels"].values())


def test_show_draws_the_first_reports_with_marks_that_survive_a_pipe():
    done = run("label", REPORTS, *COLUMNS, "--label-set", "chexpert", "--show", 2)
    assert done.returncode == 0, done.stderr
    assert "report 2" in done.stdout
    assert "report 3" not in done.stdout
    assert "‹Probable› small right ⟦parapneumonic effusion?⟧" in done.stdout
    assert "? pleural effusion  right; small; probable" in done.stdout
    assert "1  Pneumonia  present" in done.stdout
    assert "\x1b" not in done.stdout


def test_show_without_a_number_draws_three():
    done = run("label", REPORTS, *COLUMNS, "--label-set", "chexpert", "--show")
    assert "report 3" in done.stdout
    assert "report 4" not in done.stdout


def test_every_character_of_a_report_is_drawn_once():
    done = run("label", REPORTS, *COLUMNS, "--label-set", "chexpert", "--show", 120)
    drawn = done.stdout
    for mark in ("⟦", "‹", "›", "+⟧", "-⟧", "?⟧", "~⟧", ".⟧"):
        drawn = drawn.replace(mark, "")
    for line in REPORTS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for name in ("findings", "impression"):
            for piece in row.get(name, "").splitlines():
                assert piece.strip() in drawn


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--label-set", "chexpert"), "--column"),
        ((*COLUMNS, "--label-set", "nih"), "chexpert"),
        ((*COLUMNS, "--label-set", "chexpert"), "--out"),
        (("--column", "findnigs", "--label-set", "chexpert", "--show"), "nearest: 'findings'"),
        ((*COLUMNS, "--label-set", "chexpert", "--out", "s3://bucket/labels.csv"), "not on this machine"),
    ],
)
def test_wrong_use_is_refused_with_what_to_do(arguments, told):
    done = run("label", REPORTS, *arguments)
    assert done.returncode == 2
    assert told in done.stderr


def test_a_file_that_is_not_there_is_refused(tmp_path):
    done = run("label", tmp_path / "no.csv", *COLUMNS, "--label-set", "chexpert", "--show")
    assert done.returncode == 2
    assert "there is no such file" in done.stderr


def test_quiet_prints_nothing(tmp_path):
    out = tmp_path / "labels.parquet"
    done = run("label", REPORTS, *COLUMNS, "--label-set", "chexpert", "--out", out, "--workers", 1, "--quiet", "--show")
    assert (done.stdout, done.stderr) == ("", "")
    assert out.is_file()
