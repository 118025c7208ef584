"""The tables of MIMIC-CXR-JPG: where they are found, what they say of a study, and what is refused with its line."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from radcurate.errors import DataError, UsageError
from radcurate.sources.mimic_cxr_tables import Study, found, load
from tests.sources import mimic_layout as layout
from tests.sources.mimic_layout import mimic, write_table, write_tables, write_tree, write_zip


def _loaded(folder: Path) -> dict[int, Study]:
    path = folder / "reports"
    path.mkdir(exist_ok=True)
    return load(found(path, mimic(path)))


def _rows(kind: str, change: Callable[[list[list[str]]], object]) -> list[list[str]]:
    rows = [list(row) for row in layout.TABLES[kind][1]]
    change(rows)
    return rows


def _refused(folder: Path, kind: str, change: Callable[[list[list[str]]], object], others: tuple[str, ...] = ()) -> str:
    """What is said of the table with one change in it, without its path."""
    write_tables(folder, others)
    path = write_table(folder, kind, layout.TABLES[kind][0], _rows(kind, change))
    with pytest.raises(DataError) as refused:
        _loaded(folder)
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith(f"{path}:")
    return str(refused.value).removeprefix(f"{path}:")


@pytest.mark.parametrize("gzipped", [True, False])
def test_the_tables_say_subject_split_time_images_and_labels_of_a_study(tmp_path: Path, gzipped: bool) -> None:
    write_tables(tmp_path, gzipped=gzipped)
    studies = _loaded(tmp_path)
    assert set(studies) == {study for _, study, *_ in layout.STUDIES}
    study = studies[50414267]
    assert (study.subject, study.split, study.studied) == (10000032, "train", "2180-05-06T21:30:14.53")
    assert study.images == b"02aa804e-bde0afdd 174413ec-4ec4c1f7"
    assert study.labels == (b"         +  - ", b"         +  ? ")
    assert studies[51029426].labels == (None, None)


@pytest.mark.parametrize(
    ("date", "time", "moment"),
    [
        ("21800506", "213014.531", "2180-05-06T21:30:14.531"),
        ("21800506", "83545.0", "2180-05-06T08:35:45"),
        ("21800506", "55", "2180-05-06T00:00:55"),
        ("21800506", "0.5", "2180-05-06T00:00:00.5"),
        (" 21800506 ", " 093014 ", "2180-05-06T09:30:14"),
        ("21800506", "", None),
        ("", "", None),
    ],
)
def test_times_get_their_leading_zeros_back(tmp_path: Path, date: str, time: str, moment: str | None) -> None:
    row = ["image", "10000032", "50414267", "", "PA", "1", "2", date, time, "", "", ""]
    write_table(tmp_path, "metadata", layout.METADATA_COLUMNS, [row])
    assert _loaded(tmp_path)[50414267].studied == moment


def test_the_earliest_of_its_images_is_the_time_of_a_study(tmp_path: Path) -> None:
    rows = [
        [image, "10000032", "50414267", "", "PA", "1", "2", "21800506", time, "", "", ""]
        for image, time in (("a", "100001.5"), ("b", "100000"), ("c", "100001"))
    ]
    write_table(tmp_path, "metadata", layout.METADATA_COLUMNS, rows)
    study = _loaded(tmp_path)[50414267]
    assert (study.studied, study.images) == ("2180-05-06T10:00:00", b"a b c")


@pytest.mark.parametrize("kind", ["split", "metadata", "chexpert", "negbio"])
def test_any_table_may_be_the_only_one(tmp_path: Path, kind: str) -> None:
    write_tables(tmp_path, [kind])
    assert 50414267 in _loaded(tmp_path)


def test_columns_are_found_by_name_whatever_their_order(tmp_path: Path) -> None:
    columns = ["split", "study_id", "more", "subject_id", "dicom_id"]
    write_table(tmp_path, "split", columns, [["test", "50414267", "x", "10000032", "a"]])
    assert _loaded(tmp_path)[50414267] == Study(10000032, "test", None, b"a")


# Where they are


def test_tables_are_found_in_the_folder_of_the_reports_or_the_one_that_holds_it(tmp_path: Path) -> None:
    files = write_tree(tmp_path)
    write_tables(tmp_path, ["split"])
    write_tables(files, ["metadata"])
    assert found(files, mimic(files)) == {
        "metadata": files / "mimic-cxr-2.0.0-metadata.csv.gz",
        "split": tmp_path / "mimic-cxr-2.0.0-split.csv.gz",
    }
    assert set(found(tmp_path, mimic(tmp_path))) == {"split"}


def test_tables_of_a_zip_are_found_beside_it(tmp_path: Path) -> None:
    path = write_zip(tmp_path)
    write_tables(tmp_path, ["split"], gzipped=False)
    assert found(path, mimic(path)) == {"split": tmp_path / "mimic-cxr-2.0.0-split.csv"}


def test_a_folder_that_the_recipe_names_is_the_only_place(tmp_path: Path) -> None:
    path = write_zip(tmp_path)
    write_tables(tmp_path, ["split"])
    (tmp_path / "jpg").mkdir()
    write_tables(tmp_path / "jpg", ["metadata"])
    assert set(found(path, mimic(path, tables=str(tmp_path / "jpg")))) == {"metadata"}


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path)
    with pytest.raises(UsageError, match=r"`sources\.mimic_cxr\.tables` names .*nowhere, which is no folder"):
        found(path, mimic(path, tables=str(tmp_path / "nowhere")))


def test_two_tables_of_one_kind_are_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path)
    write_tables(tmp_path, ["split"])
    write_tables(tmp_path, ["split"], gzipped=False)
    with pytest.raises(UsageError, match=r"split\.csv and mimic-cxr-2\.0\.0-split\.csv\.gz; one of them must go"):
        found(path, mimic(path))


@pytest.mark.parametrize("name", ["mimic-cxr-2.0.0-split.csv.bak", "split.csv", "mimic-cxr-2.1.0-test-set-labeled.csv"])
def test_other_files_beside_them_are_none_of_the_tables(tmp_path: Path, name: str) -> None:
    path = write_zip(tmp_path)
    (tmp_path / name).write_text("no table")
    assert found(path, mimic(path)) == {}


# What is refused


def test_a_study_in_two_splits_is_refused(tmp_path: Path) -> None:
    told = _refused(tmp_path, "split", lambda rows: rows[1].__setitem__(3, "test"))
    assert told == "3: study 50414267 is in test, where it was in train before"


@pytest.mark.parametrize(("kind", "column"), [("metadata", 1), ("chexpert", 0), ("negbio", 0)])
def test_a_study_of_two_subjects_is_refused_within_a_table_and_between_two(
    tmp_path: Path, kind: str, column: int
) -> None:
    told = _refused(tmp_path, kind, lambda rows: rows[0].__setitem__(column, "19999999"), ("split",))
    assert told == "2: gives study 50414267 to subject 19999999, where it was 10000032 before"


def test_labels_of_a_study_that_contradict_each_other_are_refused_and_repeated_ones_are_not(tmp_path: Path) -> None:
    write_table(tmp_path, "chexpert", *_repeated(layout.TABLES["chexpert"]))
    assert _loaded(tmp_path)[50414267].labels[0]
    other = ["10000032", "50414267", *["1.0"] * 14]
    assert _refused(tmp_path, "chexpert", lambda rows: rows.append(other)) == (
        "4: labels study 50414267 a second time, and otherwise"
    )


def _repeated(table: tuple[object, list[list[str]]]) -> tuple[object, list[list[str]]]:
    return table[0], table[1] * 2


@pytest.mark.parametrize(
    ("kind", "column", "cell", "told"),
    [
        ("split", 3, "holdout", "split is 'holdout'; expected train, validate or test"),
        ("split", 3, "", "split is ''"),
        ("split", 1, "s50414267", "study_id is 's50414267', no number"),
        ("split", 1, "", "study_id is '', no number"),
        ("split", 2, "-1", "subject_id is '-1', no number"),
        ("split", 2, "²", "no number"),
        ("split", 2, "1" * 5000, "no number"),
        ("split", 0, "", "dicom_id is ''"),
        ("split", 0, "two words", "dicom_id is 'two words'"),
        ("metadata", 7, "21801306", "no date and time"),
        ("metadata", 7, "2180-05-06", "no date and time"),
        ("metadata", 8, "240000", "no date and time"),
        ("metadata", 8, "noon", "no date and time"),
        ("metadata", 8, "1e4", "no date and time"),
        ("chexpert", 5, "maybe", "a label is 'maybe'; expected 1, 0, -1 or nothing"),
        ("negbio", 5, "3.0", "a label is '3.0'"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_line(tmp_path: Path, kind: str, column: int, cell: str, told: str) -> None:
    message = _refused(tmp_path, kind, lambda rows: rows[1].__setitem__(column, cell))
    assert message.startswith("3: ")
    assert told in message


@pytest.mark.parametrize("kind", ["split", "metadata", "chexpert", "negbio"])
def test_every_missing_column_is_refused_by_name(tmp_path: Path, kind: str) -> None:
    columns, rows = layout.TABLES[kind]
    needed = {"split": columns, "metadata": (*columns[:3], "StudyDate", "StudyTime")}.get(kind, columns)
    for column in needed:
        place = list(columns).index(column)
        kept = [[cell for index, cell in enumerate(row) if index != place] for row in [columns, *rows]]
        write_table(tmp_path, kind, kept[0], kept[1:])
        with pytest.raises(DataError, match=f"has no column '{column}', or two; is it the {kind} table"):
            _loaded(tmp_path)


def test_a_column_that_comes_twice_and_an_empty_table_are_refused(tmp_path: Path) -> None:
    write_table(tmp_path, "split", [*layout.SPLIT_COLUMNS, "split"], [])
    with pytest.raises(DataError, match="has no column 'split', or two"):
        _loaded(tmp_path)
    (tmp_path / "mimic-cxr-2.0.0-split.csv.gz").write_bytes(b"")
    with pytest.raises(DataError, match="has no column 'dicom_id'"):
        _loaded(tmp_path)


def test_a_row_of_another_length_is_refused_with_its_line(tmp_path: Path) -> None:
    assert _refused(tmp_path, "split", lambda rows: rows[2].pop()) == "4: 3 cells where the header has 4"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xff\xfe" + "dicom_id,study_id".encode("utf-16-le"), id="utf-16"),
        pytest.param(b'dicom_id,study_id,subject_id,split\n"a,1,2,train\n', id="a quote that never closes"),
        pytest.param(b"dicom_id,study_id,subject_id,split\n" + b"a" * 200_000, id="an endless line"),
    ],
)
def test_a_file_that_is_no_csv_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mimic-cxr-2.0.0-split.csv").write_bytes(content)
    with pytest.raises(DataError, match=r"split\.csv(:\d+)?: (is truncated or damaged after line|\d+ cells)"):
        _loaded(tmp_path)


def test_a_gzipped_table_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    write_tables(tmp_path, ["split"])
    path = tmp_path / "mimic-cxr-2.0.0-split.csv.gz"
    whole = path.read_bytes()
    for length in range(2, len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match=r"truncated or damaged|has no column|cells where"):
            _loaded(tmp_path)


def test_a_table_whose_gzip_is_damaged_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mimic-cxr-2.0.0-split.csv.gz"
    content = bytearray(gzip.compress(b"dicom_id,study_id,subject_id,split\na,50414267,10000032,train\n", mtime=0))
    content[-6] ^= 1  # the checksum
    path.write_bytes(content)
    with pytest.raises(DataError, match="is truncated or damaged after line 2"):
        _loaded(tmp_path)
