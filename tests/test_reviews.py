"""What people say of records is applied, audited, and holds through rebuilds and versions."""

import csv
import json
from pathlib import Path

import pytest

from radcurate import reviews
from radcurate.errors import DataError, UsageError
from radcurate.release.explain import explain
from radcurate.release.overview import samples
from radcurate.release.verify import verify
from radcurate.splits import SPLITS
from tests.cli.running import run
from tests.conftest import build_here
from tests.releases import rows_of, write_recipe

KEY = "impression/ward:t6/impression"
TAGS = "tagging/ward:t6/tags"
FIELDS = ("record_key", "verdict", "new_output", "reason", "by")


def verdicts(folder: Path, *rows: dict[str, str], fields=FIELDS, **options) -> Path:
    path = folder / "reviews.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, restval="", **options)
        writer.writeheader()
        writer.writerows(rows)
    return path


def said(verdict: str, key: str = KEY, **more: str) -> dict[str, str]:
    return {"record_key": key, "verdict": verdict, "reason": "size is not in the findings", "by": "A. Reader", **more}


def built_with(folder: Path, *rows: dict[str, str], fields=FIELDS, **options):
    """The release of the reports with every kind of trouble, with these verdicts, and what the build said."""
    verdicts(folder, *rows, fields=fields)
    built, heard = build_here(write_recipe(folder), folder / "out", f"reviews={folder / 'reviews.csv'}", **options)
    return built, [line for line in heard.lines if line.startswith("reviews:")]


def records(release: Path) -> dict[str, dict]:
    return {
        row["record_key"]: row
        for task in ("impression", "tagging")
        for split in SPLITS
        for row in rows_of(release, f"{task}/{split}")
    }


# --- applied ---------------------------------------------------------------------------------------------------------


def test_a_rejected_record_is_gone_and_the_audit_says_why_and_by_whom(tmp_path):
    built, heard = built_with(tmp_path, said("reject"))
    assert KEY not in records(built.folder)
    assert TAGS in records(built.folder)
    (row,) = [row for row in rows_of(built.folder, "audit/dropped") if row["rule"] == reviews.RULE]
    assert (row["kind"], row["id"], row["locator"]) == ("record", KEY, "ward:t6")
    assert row["reason"] == "size is not in the findings (rejected by A. Reader)"
    assert built.manifest["counts"]["records"]["impression"]["dropped"][reviews.RULE] == 1
    assert heard[0].startswith("reviews: 1 of 1 verdicts applied; 0 on")
    assert verify(built.folder) == []


def test_a_fixed_record_has_the_new_answer_everywhere_and_its_edit_is_audited(tmp_path):
    before = records(build_here(write_recipe(tmp_path), tmp_path / "before")[0].folder)[KEY]
    built, _ = built_with(tmp_path, said("fix", new_output="Cardiomegaly."))
    record = records(built.folder)[KEY]
    assert (record["output"], record["messages"][-1]["content"]) == ("Cardiomegaly.", "Cardiomegaly.")
    assert (record["rule"], record["evidence"]) == (reviews.RULE, before["evidence"])
    assert record["record_id"] != before["record_id"]
    (edit,) = [row for row in rows_of(built.folder, "audit/edited") if row["rule"] == reviews.RULE]
    assert edit == {
        "document_id": "ward:t6",
        "section": f"@output {KEY}",
        "start": 0,
        "end": len(before["output"]),
        "rule": reviews.RULE,
        "replacement": "Cardiomegaly.",
    }
    assert built.manifest["counts"]["edits"][reviews.RULE] == 1
    assert verify(built.folder) == []
    assert edit in explain(built.folder, KEY).edits
    assert edit not in explain(built.folder, TAGS).edits
    assert "corrected the answer, of" in run("explain", built.folder, KEY).stdout


def test_verdicts_hold_in_the_next_version_and_after_a_rebuild(tmp_path):
    first, _ = built_with(tmp_path, said("reject"))
    again, _ = built_with(tmp_path, said("reject"))
    later, _ = built_with(tmp_path, said("reject"), version="2.0.0", parent=first.folder)
    assert again.up_to_date
    assert KEY not in records(later.folder)
    assert records(later.folder).keys() == records(first.folder).keys()


def test_the_file_of_verdicts_is_an_input_by_name_and_sha256_and_by_no_path(tmp_path):
    built, _ = built_with(tmp_path, said("reject"))
    (entry,) = [entry for entry in built.manifest["inputs"] if entry["source"] == "@reviews"]
    assert entry["name"] == "reviews.csv"
    assert str(tmp_path) not in json.dumps(built.manifest)


def test_another_verdict_is_another_release_of_this_version(tmp_path):
    built_with(tmp_path, said("reject"))
    with pytest.raises(UsageError, match=r"already holds another release of this version \(its inputs differ\)"):
        built_with(tmp_path, said("fix", new_output="Cardiomegaly."))


# --- not applied, and told -------------------------------------------------------------------------------------------


def test_a_verdict_on_an_answer_that_is_another_by_now_is_left_alone_and_told(tmp_path):
    built, heard = built_with(tmp_path, said("reject", output="What stood there once."), fields=(*FIELDS, "output"))
    assert KEY in records(built.folder)
    assert heard[0].startswith("reviews: 0 of 1 verdicts applied; 1 on an answer that is another by now, 0 on records")


def test_the_answer_that_was_read_may_have_other_line_ends(tmp_path):
    output = records(build_here(write_recipe(tmp_path), tmp_path / "before")[0].folder)[KEY]["output"]
    row = said("reject", output=output.replace(" ", "\r\n"))
    built, _ = built_with(tmp_path, row, fields=(*FIELDS, "output"))
    assert KEY not in records(built.folder)


def test_a_verdict_on_a_record_that_is_not_made_is_told(tmp_path):
    _, heard = built_with(tmp_path, said("reject", "impression/ward:nobody/impression"))
    assert heard[0].endswith("0 on an answer that is another by now, 1 on records that are not made (any more)")


def test_right_and_unread_records_change_nothing(tmp_path):
    plain = build_here(write_recipe(tmp_path), tmp_path / "plain")[0].folder
    built, heard = built_with(tmp_path, {"record_key": KEY, "verdict": "Right"}, {"record_key": TAGS})
    assert records(built.folder) == records(plain)
    assert heard[0].startswith("reviews: 0 of 0 verdicts")


def test_a_new_answer_that_is_not_in_the_tasks_form_is_refused(tmp_path):
    with pytest.raises(
        DataError, match=r"verdict on tagging/ward:t6/tags gives is no answer in the form of tagging.v3"
    ):
        built_with(tmp_path, said("fix", TAGS, new_output=", ,"))


# --- files that people write -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_spreadsheets_write_csv_in_several_forms(tmp_path, delimiter, mark):
    path = verdicts(tmp_path, said("reject"), delimiter=delimiter)
    path.write_text(mark + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert reviews.load(path)[KEY].by == "A. Reader"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([said("rejekt")], r"csv:2: `verdict` is 'rejekt'; nearest allowed: 'reject'"),
        ([said("fix")], "csv:2: a fix needs `new_output`"),
        ([said("reject", reason=" ")], "csv:2: a reject needs `reason`"),
        ([said("reject", by="")], "csv:2: a reject needs `by`"),
        ([said("reject", "")], "csv:2: `record_key` is empty"),
        ([said("reject"), said("reject")], f"csv:3: {KEY} has a verdict in line 2 already"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(tmp_path, rows, words):
    with pytest.raises(UsageError, match=words):
        reviews.load(verdicts(tmp_path, *rows))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "has no column `record_key`"),
        (b"record_key,verdict\n", "has no column `new_output`"),
        (b"record_key,verdict,new_output,reason,by\na,reject\n", "csv:2: has more or fewer cells"),
        (b"record_key,verdict,new_output,reason,by\na,reject,,x,y,z\n", "csv:2: has more or fewer cells"),
        (b"record_key,verdict,new_output,reason,by\n\xff,reject,,x,y\n", "is not UTF-8 at byte"),
        (b'record_key,verdict,new_output,reason,by\n"a,reject,,x,y\n', "is no CSV"),
    ],
)
def test_a_file_that_holds_no_verdicts_is_refused(tmp_path, content, words):
    path = tmp_path / "reviews.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=words):
        reviews.load(path)


def test_a_recipe_that_names_no_file_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"`reviews` names .*nowhere\.csv, which does not exist"):
        build_here(write_recipe(tmp_path), tmp_path / "out", f"reviews={tmp_path / 'nowhere.csv'}")


# --- the sample to read ----------------------------------------------------------------------------------------------


def test_the_drawn_sample_shows_the_cited_text_and_is_itself_a_file_of_verdicts(demo_release, tmp_path):
    done = run("inspect", demo_release, "--for-review", "2", "--out", tmp_path / "reviews.csv")
    assert done.returncode == 0, done.stderr
    with (tmp_path / "reviews.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    drawn = {sample["record"]["record_key"]: sample["record"] for sample in samples(demo_release, 2)}
    assert {row["record_key"]: row["output"] for row in rows} == {key: one["output"] for key, one in drawn.items()}
    impression = next(row for row in rows if row["task"] == "impression")
    assert impression["evidence"] == impression["output"]
    assert f"{len(rows)} records" in done.stdout
    assert reviews.load(tmp_path / "reviews.csv") == {}


def test_a_file_with_verdicts_is_not_written_over(demo_release, tmp_path):
    path = verdicts(tmp_path, said("reject"))
    done = run("inspect", demo_release, "--for-review", "2", "--out", path)
    assert (done.returncode, KEY in path.read_text(encoding="utf-8")) == (2, True)
    assert "is there already; verdicts may stand in it" in done.stderr


@pytest.mark.parametrize(
    "options", [("--for-review", "5"), ("--out", "x.csv"), ("--for-review", "5", "--out", "s3://bucket/x.csv")]
)
def test_a_sample_needs_a_file_of_this_machine(demo_release, options):
    assert run("inspect", demo_release, *options).returncode == 2
