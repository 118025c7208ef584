"""`radcurate inspect`: what is printed is what the tables hold, for people and for machines."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pandas
import pytest

from radcurate.cli.marking import CLOSE, INDENT, OPEN, asked, marked_document, marked_section
from radcurate.cli.show_release import print_lines
from radcurate.release.manifest import read
from radcurate.release.verify import VERBATIM_RULES
from tests.cli.running import run
from tests.conftest import DEMO_TASKS as TASKS
from tests.releases import build_trouble, rows_of

SPLITS = ("train", "validation", "test")
MODES = {
    "overview": [],
    "one task": ["--task", "tagging"],
    "samples": ["--sample", "2"],
    "no samples": ["--sample", "0"],
    "audit": ["--audit"],
    "audit of a task": ["--audit", "--task", "impression"],
    "rule": ["--rule", "cites_prior"],
    "rule that did nothing": ["--rule", "unicode_nfc.v1"],
    "documents": ["--documents"],
}
LISTS = ("audit", "audit of a task", "rule", "rule that did nothing", "documents")


@pytest.fixture(scope="module")
def trouble(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of reports with every kind of trouble."""
    return build_trouble(tmp_path_factory.mktemp("trouble"))


def _printed(release: Path, *options: str) -> str:
    done = run("inspect", release, *options)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def _objects(release: Path, *options: str) -> list[dict]:
    return [json.loads(line) for line in _printed(release, *options, "--json").splitlines()]


def test_the_printed_counts_are_those_of_the_tables(demo_release: Path) -> None:
    lines = [line.split() for line in _printed(demo_release).splitlines()]
    assert ["records", "of", "train", "validation", "test", "left", "out", "all"] in lines
    dropped = pandas.read_parquet(next((demo_release / "audit").glob("dropped-*")))
    for task in TASKS:
        kept = [len(rows_of(demo_release, f"{task}/{split}")) for split in SPLITS]
        gone = int(dropped.id.str.startswith(f"{task}/").sum())
        assert [task, *map(str, kept), str(gone), str(sum(kept) + gone)] in lines


def test_the_printed_overview_has_lengths_balance_drops_and_the_proof(trouble: Path) -> None:
    text = _printed(trouble)
    assert "inputs     9 in, 7 kept; dropped: broken_line.v1 1, missing_id.v1 1" in text
    assert "documents  7 in, 4 kept; dropped: duplicate_id.v1 1, empty_document.v1 1, exact_duplicate.v1 1" in text
    assert "edits      signature_line.v1 1, spaces.v1 1; redaction marks kept 0" in text
    assert "splits     4 groups (4 train, 0 validation, 0 test), 0 in two splits" in text
    assert "2 different answers; none comes twice" in text
    assert "flags: not_in_text 2" in text
    assert "no_impression: the report has no impression section" in text


def test_splits_stand_in_their_order(demo_release: Path) -> None:
    lines = [line.split()[:2] for line in _printed(demo_release, "--task", "tagging").splitlines()]
    rows = [line for line in lines if line and line[0] in ("input", "output")]
    assert rows == [[column, split] for column in ("input", "output") for split in SPLITS]


def test_one_task_leaves_the_others_out(demo_release: Path) -> None:
    text = _printed(demo_release, "--task", "tagging")
    assert "tagging.v3" in text
    assert "section_extraction" not in text


@pytest.mark.parametrize("number", [0, 1, 3])
def test_so_many_samples_of_each_task_the_same_every_time(demo_release: Path, number: int) -> None:
    text = _printed(demo_release, "--sample", str(number))
    assert text.count("\n  asks: ") == number * len(TASKS)
    assert _printed(demo_release, "--sample", str(number)) == text


def test_evidence_is_marked_where_it_stands(demo_release: Path) -> None:
    for sample in json.loads(_printed(demo_release, "--sample", "5", "--json"))["samples"]:
        record, (document,) = sample["record"], sample["documents"]
        text = "\n".join(line.plain for line in marked_document(document, record["evidence"]))
        marked = [part.split(CLOSE)[0].replace(f"\n{INDENT}", "\n") for part in text.split(OPEN)[1:]]
        assert Counter(marked) == Counter(_cited(document, piece) for piece in record["evidence"])
        if record["rule"] in VERBATIM_RULES:
            assert " ".join(marked) == record["output"]
    printed = _printed(demo_release, "--sample", "5")
    assert printed.count(OPEN) == printed.count(CLOSE) >= 5 * len(TASKS)


def _cited(document: dict, piece: dict) -> str:
    """What a piece of evidence points at: a span of a section, or a whole field."""
    if piece["section"].startswith("@"):
        value = document[piece["section"].removeprefix("@")]
        return value if isinstance(value, str) else "; ".join(value)
    text = next(section["text"] for section in document["sections"] if section["name"] == piece["section"])
    return text[piece["start"] : piece["end"]]


def test_overlapping_evidence_is_marked_once_and_no_text_repeated() -> None:
    section = {"name": "findings", "heading": "FINDINGS", "text": "The heart is normal. The lungs are clear."}
    spans = [(4, 19), (10, 19), (13, 30), (31, 34), (34, 40)]
    evidence = [{"section": "findings", "start": start, "end": end} for start, end in spans]
    text = marked_section(section, [*evidence, {"section": "impression", "start": 0, "end": 3}]).plain
    assert text.replace(OPEN, "").replace(CLOSE, "") == "  FINDINGS: The heart is normal. The lungs are clear."
    assert text == f"  FINDINGS: The {OPEN}heart is normal. The lungs{CLOSE} {OPEN}are{CLOSE}{OPEN} clear{CLOSE}."


def test_further_lines_of_a_section_stand_under_its_first_and_empty_ones_stay_empty() -> None:
    section = {"name": "pathology", "heading": "Pathology", "text": "Causes:\n\n• trauma\n• infection"}
    assert marked_section(section, []).plain == "  Pathology: Causes:\n\n    • trauma\n    • infection"
    evidence = [{"section": "pathology", "start": 9, "end": 17}]
    text = marked_section(section, evidence).plain
    assert text == f"  Pathology: Causes:\n\n    {OPEN}• trauma{CLOSE}\n    • infection"


def test_what_is_asked_is_shown_where_the_document_does_not_say_it(demo_release: Path) -> None:
    first = {}
    for sample in json.loads(_printed(demo_release, "--sample", "1", "--json"))["samples"]:
        record = sample["record"]
        first[record["task"]] = asked(record, sample["documents"]).removeprefix(record["instruction"]).strip()
    assert first.pop("knowledge_qa").endswith(("?", "."))
    assert {task: line.partition(":")[0] for task, line in first.items()} == {
        "case_diagnosis": "Patient",
        "impression": "",
        "section_extraction": "Section",
        "tagging": "Wanted",
    }


def test_text_in_brackets_is_printed_as_it_is(tmp_path: Path) -> None:
    reports = (
        {
            "id": "b1",
            "patient": "a",
            "findings": "Nodule [bold]right[/bold] apex, see [1] and [/].",
            "impression": "Nodule [red]6 mm[/red].",
            "tags": ["nodule"],
        },
    )
    release = build_trouble(tmp_path, reports=reports)
    text = _printed(release)
    assert "Nodule [bold]right[/bold] apex, see [1] and [/]." in text
    assert "Nodule [red]6 mm[/red]." in run("explain", release, "ward:b1").stdout


def test_the_audit_ranks_rules_by_how_often_they_fired(demo_release: Path) -> None:
    rows = _objects(demo_release, "--audit")
    assert [row["times"] for row in rows] == sorted((row["times"] for row in rows), reverse=True)
    dropped, edited = rows_of(demo_release, "audit/dropped"), rows_of(demo_release, "audit/edited")
    assert sum(row["times"] for row in rows) == len(dropped) + len(edited)
    counted = Counter(row["rule"] for row in edited) + Counter(
        row["rule"] if " " in row["reason"] else f"{row['rule']} {row['reason']}" for row in dropped
    )
    assert {row["rule"]: row["times"] for row in rows} == counted
    first = _printed(demo_release, "--audit").splitlines()[0].split()
    assert first[:3] == [str(rows[0]["times"]), rows[0]["kind"], rows[0]["rule"].split()[0]]


def test_every_rank_has_an_example_of_its_rule(trouble: Path) -> None:
    examples = {row["rule"]: row["examples"] for row in _objects(trouble, "--audit")}
    assert [row["id"] for row in examples["impression.v2 cites_prior"]] == ["impression/ward:t5/impression"]
    assert [row["id"] for row in examples["exact_duplicate.v1"]] == ["ward:t2"]
    (signed,) = examples["signature_line.v1"]
    assert (signed["document_id"], signed["section"]) == ("ward:t4", "findings")
    assert (signed["step"]["before"].strip(), signed["step"]["after"]) == ("Dictated by Dr. ___.", "")
    assert examples["broken_line.v1"][0]["reason"].startswith("is no JSON")
    assert all(1 <= len(rows) <= 3 for rows in examples.values())


def test_one_rule_lists_what_it_did(trouble: Path) -> None:
    text = _printed(trouble, "--rule", "exact_duplicate.v1")
    assert text == ("exact_duplicate.v1         ward:t2: the same text as the document that is kept (kept: ward:t1)\n")
    (row,) = _objects(trouble, "--rule", "exact_duplicate.v1")
    assert (row["table"], row["kind"], row["id"], row["kept_id"]) == ("dropped", "document", "ward:t2", "ward:t1")


def test_a_rule_of_the_release_that_did_nothing_says_so(demo_release: Path) -> None:
    (idle,) = (option for option in MODES["rule that did nothing"] if option != "--rule")
    assert idle in read(demo_release)["recipe"]["cleaning"]["rules"]
    assert _printed(demo_release, "--rule", idle) == f"{idle} did nothing here\n"


def test_documents_are_listed_with_words_by_section(trouble: Path) -> None:
    lines = _printed(trouble, "--documents").splitlines()
    assert sorted(line.split()[0] for line in lines) == ["ward:t1", "ward:t4", "ward:t5", "ward:t6"]
    (line,) = (line for line in lines if line.startswith("ward:t6"))
    assert line.split()[1:4] == ["train", "report", "CC0-1.0"]
    assert line.endswith("words: findings 13, impression 3")
    assert {row["document_id"] for row in _objects(trouble, "--documents")} == {line.split()[0] for line in lines}


def test_long_lists_are_cut_for_people_and_whole_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"number": number} for number in range(1_234)]
    print_lines(iter(rows), lambda row: str(row["number"]), "none", as_json=False, quiet=False)
    lines = capsys.readouterr().out.splitlines()
    assert (len(lines), lines[-1]) == (201, "… and 1,034 more; --json prints all")
    print_lines(iter(rows), lambda row: str(row["number"]), "none", as_json=True, quiet=False)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == rows


@pytest.mark.parametrize("mode", MODES)
def test_json_parses(demo_release: Path, mode: str) -> None:
    text = _printed(demo_release, *MODES[mode], "--json")
    if mode in LISTS:
        assert all(isinstance(json.loads(line), dict) for line in text.splitlines())
        assert bool(text) == (mode != "rule that did nothing")
    else:
        found = json.loads(text)
        assert set(found["tasks"]) == ({"tagging"} if mode == "one task" else set(TASKS))
        numbers = {"samples": 2 * len(TASKS), "no samples": 0, "one task": 1, "overview": len(TASKS)}
        assert len(found["samples"]) == numbers[mode]


@pytest.mark.parametrize("mode", MODES)
def test_quiet_prints_nothing(demo_release: Path, mode: str) -> None:
    assert _printed(demo_release, *MODES[mode], "--quiet") == ""


@pytest.mark.parametrize(
    "mode", [[], ["--json", "--sample", "9"], ["--documents"], ["--documents", "--json"], ["--audit"]]
)
def test_a_reader_that_leaves_early_gets_no_traceback(demo_release: Path, mode: list[str]) -> None:
    command = [sys.executable, "-m", "radcurate", "inspect", str(demo_release), *mode]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--task", "taging"], "nearest: tagging"),
        (["--audit", "--task", "taging"], "nearest: tagging"),
        (["--rule", "cites_prio"], "nearest: cites_prior"),
        (["--sample", "-1"], "--sample"),
        (["--audit", "--documents"], "exclude each other"),
        (["--audit", "--rule", "spaces.v1"], "exclude each other"),
        (["--documents", "--task", "tagging"], "leave out --task"),
        (["--pii", "--task", "tagging"], "leave out --task"),
        (["--pii", "--audit"], "exclude each other"),
    ],
)
def test_wrong_use_ends_with_2(demo_release: Path, options: list[str], words: str) -> None:
    done = run("inspect", demo_release, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


@pytest.mark.parametrize("mode", MODES)
def test_a_folder_that_is_no_release_is_one_line_and_1(tmp_path: Path, mode: str) -> None:
    done = run("inspect", tmp_path, *MODES[mode])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Error: {tmp_path}: is no release: it has no manifest.json\n"
