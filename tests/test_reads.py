"""What was read one by one: the file of verdicts, what releases tell of it, and how records are drawn to be read."""

import csv
import json
from pathlib import Path

import pytest

from benchmarks import tasks as reading
from radcurate.release import quality
from radcurate.release.manifest import read


def answered(folder: Path, **filled: str) -> None:
    """Fills the same into every row of a draw's answers."""
    with (folder / "answers.csv").open(encoding="utf-8", newline="") as file:
        rows = [row | filled for row in csv.DictReader(file)]
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, reading.ANSWERS)
        writer.writeheader()
        writer.writerows(rows)


def test_the_packaged_rates_are_those_of_what_was_read():
    assert json.loads((Path(quality.__file__).parent.parent / quality.NAME).read_text()) == reading.rates()


def test_verdicts_are_known_words_and_each_that_is_not_right_has_a_cause():
    with reading.READS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["verdict"] for row in rows} <= set(reading.VERDICTS)
    assert [row for row in rows if row["verdict"] != "right" and not row["cause"]] == []


def test_a_release_tells_what_is_known_of_its_task_versions(demo_release: Path):
    told = json.loads((demo_release / quality.NAME).read_text())
    generators = {task["generator"] for task in read(demo_release)["recipe"]["tasks"].values()}
    assert told == quality.measured(generators)
    assert set(told) == generators


def test_the_sheet_shows_no_answer_and_the_key_waits_for_the_readers(demo_release: Path, tmp_path: Path):
    assert reading.draw(demo_release, "impression", 10, 1, tmp_path) == 10
    sheet = [json.loads(line) for line in (tmp_path / "sheet.jsonl").read_text().splitlines()]
    assert {tuple(row) for row in sheet} == {("number", "instruction", "input")}
    with pytest.raises(SystemExit, match="own_answer is missing for"):
        list(reading.reveal(tmp_path))
    answered(tmp_path, own_answer="normal chest")
    shown = list(reading.reveal(tmp_path))
    assert len(shown) == 10
    assert all(
        "--- own answer: normal chest" in text and "findings: " not in text.partition("---")[0] for text in shown
    )


def test_another_round_draws_other_records_and_the_same_round_the_same(demo_release: Path, tmp_path: Path):
    def drawn(round_: int, name: str) -> list[str]:
        reading.draw(demo_release, "impression", 10, round_, tmp_path / name)
        return [json.loads(line)["record_id"] for line in (tmp_path / name / "key.jsonl").read_text().splitlines()]

    assert drawn(1, "a") == drawn(1, "b") != drawn(2, "c")


def test_verdicts_are_counted_once_and_doubt_is_not_right(demo_release: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(reading, "READS", tmp_path / "reads.csv")
    reading.draw(demo_release, "impression", 4, 1, tmp_path / "draw")
    answered(tmp_path / "draw", own_answer="x", verdict="doubtful", cause="hedge")
    assert [reading.add(tmp_path / "draw", "someone") for _ in range(2)] == [4, 0]
    ((told,),) = reading.rates().values()
    assert (told["read"], told["right"], told["corpora"]) == (4, 0, ["demo"])
    answered(tmp_path / "draw", own_answer="x", verdict="fine")
    with pytest.raises(SystemExit, match="verdict is one of"):
        reading.add(tmp_path / "draw", "another")
