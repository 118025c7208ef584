"""Labelling tables: columns are carried over, every format into every other, nothing half, nothing lost."""

import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from radcurate import label_table
from radcurate.errors import DataError, UsageError
from radcurate.language.labels import names_of

REPORTS = [
    {"id": "1", "report": "FINDINGS: No effusion.\nIMPRESSION: Mild edema, possible pneumonia.", "note": "a,b\nc"},
    {"id": "2", "report": "", "note": "ö"},
    {"id": "3", "report": "There is a pneumothorax. No pneumothorax.", "note": ""},
]
NAMES = names_of("chexpert")


def write_csv(path, rows=REPORTS):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter="\t" if path.suffix == ".tsv" else ",")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_jsonl(path, rows=REPORTS):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_parquet(path, rows=REPORTS):
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


WRITE = {".csv": write_csv, ".tsv": write_csv, ".jsonl": write_jsonl, ".parquet": write_parquet}


def read(path):
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))


def labelled(path, out, *, columns=("report",), label_set="chexpert", workers=1, options=None, **how):
    job = label_table.job(path, columns, label_set, options or {}, **how)
    return label_table.label_table(job, label_table.scan(job.table), out, workers)


@pytest.mark.parametrize("of", sorted(WRITE))
@pytest.mark.parametrize("to", sorted(WRITE))
def test_every_format_is_labelled_into_every_other_with_its_columns_unchanged(of, to, tmp_path):
    path = WRITE[of](tmp_path / f"in{of}")
    counts = labelled(path, tmp_path / f"out{to}")
    rows = read(tmp_path / f"out{to}")
    empty = "" if to in (".csv", ".tsv") else None
    assert [{name: row[name] for name in REPORTS[0]} for row in rows] == REPORTS
    assert all(list(row) == [*REPORTS[0], *NAMES] for row in rows)
    assert [rows[0][name] for name in ("Pleural Effusion", "Edema", "Pneumonia", "Fracture")] == (
        ["0", "1", "-1", ""] if empty == "" else [0, 1, -1, None]
    )
    assert {rows[1][name] for name in NAMES} == {empty}
    assert (counts.rows, counts.empty, counts.contradicting, counts.rejected) == (3, 1, 1, 0)
    assert counts.labels["Pneumothorax"] == {"not_mentioned": 2, "present": 1}
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([f"in{of}", f"out{to}"])


def test_parquet_columns_keep_their_types(tmp_path):
    table = pa.table(
        {
            "report": pa.array(["No effusion.", None], pa.large_string()),
            "when": pa.array([1, 2], pa.timestamp("us", "UTC")),
            "codes": pa.array([[1, 2], None], pa.list_(pa.int16())),
            "share": pa.array([0.5, float("nan")], pa.float32()),
        }
    )
    pq.write_table(table, tmp_path / "in.parquet")
    labelled(tmp_path / "in.parquet", tmp_path / "out.parquet")
    out = pq.read_table(tmp_path / "out.parquet")
    assert out.select(table.column_names).schema == table.schema
    assert out.select(table.column_names).slice(0, 1).equals(table.slice(0, 1))
    assert out.schema.field("Edema").type == pa.int8()


def test_rows_of_jsonl_may_differ_in_their_keys_and_kinds(tmp_path):
    rows = [
        {"report": "No effusion.", "age": 50, "tags": ["a"], "ok": True},
        {"report": "Edema.", "age": 50.5, "more": {"x": 1}},
        {"report": ["no text"], "age": None},
        {"age": 3},
    ]
    path = write_jsonl(tmp_path / "in.jsonl", rows)
    for suffix in (".jsonl", ".csv", ".parquet"):
        counts = labelled(path, tmp_path / f"out{suffix}")
        assert (counts.rows, counts.empty, counts.not_text) == (4, 1, 1)
    told = read(tmp_path / "out.parquet")
    assert [row["age"] for row in told] == [50.0, 50.5, None, 3.0]
    assert [row["tags"] for row in told] == ['["a"]', None, None, None]
    assert [row["more"] for row in told] == [None, '{"x": 1}', None, None]
    assert [{name: row[name] for name in row if name not in NAMES} for row in read(tmp_path / "out.jsonl")] == rows


def test_the_bytes_are_the_same_whatever_the_workers(tmp_path):
    rows = [{"id": str(number), "report": REPORTS[number % 3]["report"]} for number in range(1_000)]
    path = write_csv(tmp_path / "in.csv", rows)
    for workers in (1, 2):
        labelled(path, tmp_path / f"{workers}.parquet", workers=workers, spans=True)
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()
    assert [row["id"] for row in read(tmp_path / "2.parquet")] == [row["id"] for row in rows]


def test_spans_point_into_the_column_that_they_name(tmp_path):
    rows = [{"findings": "INDICATION: edema\nFINDINGS: No large effusion.", "impression": "Left effusion."}]
    path = write_csv(tmp_path / "in.csv", rows)
    labelled(path, tmp_path / "out.csv", columns=("findings", "impression"), spans=True)
    (row,) = read(tmp_path / "out.csv")
    told = json.loads(row["spans"])["Pleural Effusion"]
    assert row["Pleural Effusion"] == "1"
    assert row["Edema"] == ""
    pieces = [
        (one["column"], rows[0][one["column"]][one["start"] : one["end"]], one["value"]) for one in told["evidence"]
    ]
    assert pieces == [("findings", "effusion", 0), ("impression", "Left effusion", 1)]
    assert told["evidence"][0]["qualifier"] == "large"
    assert told["conflict"] is None


@pytest.mark.parametrize(("how", "value"), [("keep", "-1"), ("as-present", "1"), ("as-absent", "0")])
def test_uncertain_labels_are_written_as_asked(how, value, tmp_path):
    path = write_csv(tmp_path / "in.csv")
    labelled(path, tmp_path / "out.csv", uncertain=how)
    assert read(tmp_path / "out.csv")[0]["Pneumonia"] == value


def test_broken_rows_are_told_beside_the_output_and_the_rest_goes_on(tmp_path):
    path = tmp_path / "in.csv"
    path.write_bytes(b"id,report\n1,No effusion.\n2,a,b\n3,\xff\xfe effusion\n4,Edema.\n")
    counts = labelled(path, tmp_path / "out.csv")
    assert [row["id"] for row in read(tmp_path / "out.csv")] == ["1", "4"]
    rejected = [json.loads(line) for line in (tmp_path / "out.csv.rejected.jsonl").read_text().splitlines()]
    assert [(row["locator"], row["rule"]) for row in rejected] == [
        ("in.csv:3", "broken_line.v1"),
        ("in.csv:4", "wrong_encoding.v1"),
    ]
    assert (counts.rows, counts.rejected) == (2, 2)
    path.write_text("id,report\n1,No effusion.\n", encoding="utf-8")
    labelled(path, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv.rejected.jsonl").exists()


def test_another_encoding_and_delimiter_can_be_named(tmp_path):
    path = tmp_path / "in.txt"
    path.write_bytes("id;report\nä;No effusion.\n".encode("latin-1"))
    labelled(path, tmp_path / "out.csv", options={"format": "csv", "encoding": "latin-1", "delimiter": ";"})
    assert read(tmp_path / "out.csv")[0]["id"] == "ä"


def test_a_run_that_fails_leaves_the_old_output_and_nothing_half(tmp_path, monkeypatch):
    path = write_csv(tmp_path / "in.csv")
    (tmp_path / "out.csv").write_text("old")

    def broken(*_):
        raise RuntimeError("stop")

    monkeypatch.setattr(label_table, "label_texts", broken)
    with pytest.raises(RuntimeError):
        labelled(path, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "old"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in.csv", "out.csv"]


@pytest.mark.parametrize(
    ("rows", "columns", "how", "told"),
    [
        ([{"text": "x", "Edema": "1"}], ("text",), {}, "'Edema'"),
        ([{"text": "x", "spans": "1"}], ("text",), {"spans": True}, "'spans'"),
        ([{"text": "x"}], ("report",), {}, "nearest: 'text'"),
        ([{"indication": "x"}], ("indication",), {}, "makes no finding"),
    ],
)
def test_what_cannot_be_labelled_is_refused_with_what_to_do(rows, columns, how, told, tmp_path):
    path = write_csv(tmp_path / "in.csv", rows)
    with pytest.raises(UsageError, match="What to do") as refused:
        label_table.job(path, columns, "chexpert", {}, **how)
    assert told in str(refused.value)


def test_a_clash_of_names_is_solved_by_a_prefix(tmp_path):
    path = write_csv(tmp_path / "in.csv", [{"text": "No edema.", "Edema": "1"}])
    labelled(path, tmp_path / "out.csv", columns=("text",), prefix="our ")
    (row,) = read(tmp_path / "out.csv")
    assert (row["Edema"], row["our Edema"]) == ("1", "0")


def test_a_key_of_jsonl_that_clashes_is_found_on_any_line(tmp_path):
    path = write_jsonl(tmp_path / "in.jsonl", [{"report": "x"}, {"report": "y", "Edema": 1}])
    with pytest.raises(UsageError, match="'Edema'"):
        labelled(path, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("name", "content", "error", "told"),
    [
        ("in.csv", b"", DataError, "is empty"),
        ("in.csv", b"a,a\n1,2\n", DataError, "several columns"),
        ("in.xlsx", b"a", UsageError, "--format"),
        ("in.parquet", b"PAR1 no", DataError, "no Parquet file"),
        ("in.csv", "a\n1\n".encode("utf-16"), UsageError, "--encoding"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(name, content, error, told, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=told):
        label_table.job(tmp_path / name, ("a",), "chexpert", {})


@pytest.mark.parametrize(
    ("out", "told"), [("out.xls", "suffix"), ("no/out.csv", "no folder"), ("in.csv", "the input itself")]
)
def test_an_output_that_cannot_be_written_is_refused(out, told, tmp_path):
    job = label_table.job(write_csv(tmp_path / "in.csv"), ("report",), "chexpert", {})
    with pytest.raises(UsageError, match=told):
        label_table.check_out(job, tmp_path / out)
