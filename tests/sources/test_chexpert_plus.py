"""Source `chexpert_plus`: what a study becomes, what becomes of each bad row, and a whole build from the CSV."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate import schemas
from radcurate.documents import Document, Label, Patient
from radcurate.errors import DataError, RadcurateError, UsageError
from radcurate.licences import is_restricted
from radcurate.release.verify import verify
from radcurate.sources import Rejected
from radcurate.sources.chexpert_plus import LICENCE, beside, check, notices, read
from radcurate.sources.chexpert_plus_rows import COLUMNS
from radcurate.sources.chexpert_plus_studies import exam_date
from tests.conftest import build_here, radcurate
from tests.releases import rows_of
from tests.sources import chexpert_layout as layout
from tests.sources.chexpert_layout import EFFUSION, HELD_OUT, PATIENT, chexpert, row, write_csv, write_labels
from tests.sources.samples import parted

Row = dict[str, Any]


def _checked(path: Path, **options: object) -> dict[str, Document]:
    """The documents by patient and study; nothing was rejected."""
    check(path, chexpert(path, **options))
    documents, rejected = parted(read(path, chexpert(path, **options)))
    assert rejected == []
    return {document.document_id.removeprefix("chexpert-plus:"): document for document in documents}


def _rejected(path: Path) -> list[Rejected]:
    check(path, chexpert(path))
    return [item for item in read(path, chexpert(path)) if isinstance(item, Rejected)]


@pytest.fixture
def documents(tmp_path: Path) -> dict[str, Document]:
    return _checked(write_csv(tmp_path))


@pytest.fixture
def document(documents: dict[str, Document]) -> Document:
    return documents[f"{PATIENT}/study1"]


# What a study becomes


def test_a_study_is_one_document_however_many_images_it_has_and_wherever_they_stand(
    documents: dict[str, Document], document: Document
) -> None:
    assert set(documents) == {f"{PATIENT}/study1", f"{PATIENT}/study2", f"{HELD_OUT}/study1"}
    assert document.images == (f"{PATIENT}/study1/view1_frontal.jpg", f"{PATIENT}/study1/view2_lateral.jpg")


def test_the_group_is_the_patient(documents: dict[str, Document]) -> None:
    assert {document.group_id for document in documents.values()} == {
        f"chexpert-plus:{PATIENT}",
        f"chexpert-plus:{HELD_OUT}",
    }


def test_sections_come_from_the_columns_in_their_order_with_the_closing_lines(document: Document) -> None:
    assert [(section.name, section.heading) for section in document.sections] == [
        ("narrative", "NARRATIVE"),
        ("indication", "CLINICAL HISTORY"),
        ("comparison", "COMPARISON"),
        ("findings", "FINDINGS"),
        ("impression", "IMPRESSION"),
        ("end_of_impression", "END OF IMPRESSION"),
    ]
    assert document.text_of("impression") == EFFUSION["section_impression"]
    assert document.text_of("end_of_impression") == layout.CLOSING


def test_two_histories_are_two_sections(tmp_path: Path) -> None:
    path = write_csv(tmp_path, [row(PATIENT, 1, section_clinical_history="Cough.", section_history="Asthma.")])
    assert [(section.name, section.text) for section in _checked(path)[f"{PATIENT}/study1"].sections] == [
        ("indication", "Cough."),
        ("indication_2", "Asthma."),
    ]


def test_every_section_column_is_taken(tmp_path: Path) -> None:
    cells = {column: f"Text of {column}." for column in layout.HEADINGS}
    [document] = _checked(write_csv(tmp_path, [row(PATIENT, 1, **cells)])).values()
    assert [section.text for section in document.sections] == list(cells.values())
    assert [section.heading for section in document.sections] == list(layout.HEADINGS.values())


def test_line_breaks_that_the_csv_spells_out_are_line_breaks(tmp_path: Path) -> None:
    path = write_csv(tmp_path, [row(PATIENT, 1, section_findings=r"\n", section_impression=r"1. Clear.\n\n2. Normal.")])
    [document] = _checked(path).values()
    assert [(section.name, section.text) for section in document.sections] == [
        ("impression", "1. Clear.\n\n2. Normal.")
    ]


def test_neither_the_accession_number_nor_what_is_told_of_the_person_is_taken(documents: dict[str, Document]) -> None:
    told = json.dumps([document.row() for document in documents.values()])
    assert [value for value in layout.PRIVATE.values() if value in told] == []


@pytest.mark.parametrize(
    ("age", "told"),
    [("61.0", "61"), ("61", "61"), ("89.0", "89"), ("90", "90+"), ("104.0", "90+"), ("90+", "90+"), ("", None)],
)
def test_ages_are_as_published_and_over_89_as_90_plus(tmp_path: Path, age: str, told: str | None) -> None:
    [document] = _checked(write_csv(tmp_path, [row(PATIENT, 1, age=age, **EFFUSION)])).values()
    assert document.patient == Patient(told, "Female")


def test_a_study_without_age_and_sex_has_no_patient(tmp_path: Path) -> None:
    [document] = _checked(write_csv(tmp_path, [row(PATIENT, 1, age="", sex="", **EFFUSION)])).values()
    assert document.patient is None


def test_their_split_valid_is_validation(documents: dict[str, Document]) -> None:
    assert documents[f"{HELD_OUT}/study1"].split == "validation"
    assert {documents[f"{PATIENT}/study{number}"].split for number in (1, 2)} == {"train"}


def test_the_licence_restricts_what_is_derived(documents: dict[str, Document]) -> None:
    assert {document.licence for document in documents.values()} == {LICENCE} == {"Stanford-CheXpert-Plus"}
    assert is_restricted(LICENCE)


def test_every_document_fits_the_schema(documents: dict[str, Document]) -> None:
    for document in documents.values():
        assert list(schemas.validator("document").iter_errors(document.row())) == []


def test_columns_are_found_by_name_and_others_are_passed_over(tmp_path: Path) -> None:
    columns = ["", *reversed(layout.COLUMNS), "more"]
    assert _checked(write_csv(tmp_path, columns=columns)) == _checked(write_csv(tmp_path))


# Priors


def _priors(tmp_path: Path, *rows: Row) -> dict[str, str | None]:
    found = _checked(write_csv(tmp_path, rows))
    return {
        name: prior and prior.removeprefix("chexpert-plus:") for name, prior in ((k, d.prior) for k, d in found.items())
    }


def test_the_prior_is_the_patients_study_before_by_the_published_order(documents: dict[str, Document]) -> None:
    assert {name: document.prior for name, document in documents.items()} == {
        f"{PATIENT}/study1": None,
        f"{PATIENT}/study2": f"chexpert-plus:{PATIENT}/study1",
        f"{HELD_OUT}/study1": None,
    }


def _study(number: int, order: Any, date: str = "", patient: str = "patient1") -> Row:
    return row(patient, number, order=order, section_narrative=f"CHEST: {date}", section_impression=f"Clear {number}.")


def test_numbers_of_studies_and_their_order_in_the_file_give_no_prior(tmp_path: Path) -> None:
    rows = [_study(10, 1), _study(9, 2), _study(2, 11), _study(1, 3, patient="patient2")]
    assert _priors(tmp_path, *rows) == {
        "patient1/study10": None,
        "patient1/study9": "patient1/study10",
        "patient1/study2": "patient1/study9",
        "patient2/study1": None,
    }


def test_of_studies_of_one_place_in_the_order_none_is_the_prior_of_another(tmp_path: Path) -> None:
    assert _priors(tmp_path, _study(1, 1), _study(2, 1), _study(3, "2.0")) == {
        "patient1/study1": None,
        "patient1/study2": None,
        "patient1/study3": "patient1/study2",
    }


def test_a_study_without_a_place_in_the_order_has_no_prior_and_is_none(tmp_path: Path) -> None:
    assert set(_priors(tmp_path, _study(1, ""), _study(2, 2)).values()) == {None}


@pytest.mark.parametrize(
    ("first", "second", "given"),
    [
        ("8-9-2005", "9-2-2005", True),
        ("8-9-2005", "8/9/2005", True),
        ("8-10-2005", "8-9-2005", False),
        ("8-10-2005", "morning", True),
        ("", "8-9-2005", True),
    ],
)
def test_a_prior_that_the_reports_own_dates_contradict_is_not_given(
    tmp_path: Path, first: str, second: str, given: bool
) -> None:
    found = _priors(tmp_path, _study(1, 1, first), _study(2, 2, second))
    assert found["patient1/study2"] == ("patient1/study1" if given else None)


@pytest.mark.parametrize(
    ("narrative", "date"),
    [
        ("CHEST 2 VIEWS: 8-9-2005", "2005-08-09"),
        ("Chest, 9/11/2011 at 0400", "2011-09-11"),
        ("CHEST 2005-8-7", "2005-08-07"),
        ("CHEST 8-9-2005 AND 8/9/2005", "2005-08-09"),
        ("CHEST 8-9-2005, 8-10-2005", None),
        ("CHEST 25-18.M", None),
        ("CHEST 13-13-2005", None),
        ("CHEST 8-9/2005", None),
        ("CHEST 8/9/05", None),
        ("CHEST 1-8-9-2005", None),
        ("", None),
    ],
)
def test_the_date_of_the_exam_is_the_one_that_its_title_tells(narrative: str, date: str | None) -> None:
    assert exam_date(narrative) == date


# Labels


def test_labels_of_both_files_say_which_text_was_read(tmp_path: Path) -> None:
    image = f"train/{PATIENT}/study1/view1_frontal.jpg"
    write_labels(tmp_path / "report_fixed.json", [(image, {"Pleural Effusion": 1.0, "Pneumothorax": 0.0, "Edema": -1})])
    write_labels(tmp_path / "chexbert_labels/impression_fixed.json", [(image, {"Pleural Effusion": 1})])
    path = write_csv(tmp_path)
    assert _checked(path)[f"{PATIENT}/study1"].labels == (
        Label("chexbert", "edema", "uncertain"),
        Label("chexbert", "pleural effusion", "present"),
        Label("chexbert", "pneumothorax", "absent"),
        Label("chexbert_impression", "pleural effusion", "present"),
    )
    assert [file.name for file in beside(path, chexpert(path))] == ["report_fixed.json", "impression_fixed.json"]
    assert list(notices(path, chexpert(path))) == []


def test_missing_label_files_are_said(tmp_path: Path) -> None:
    path = write_csv(tmp_path)
    assert [told.partition(": no ")[2] for told in notices(path, chexpert(path))] == [
        "report_fixed.json beside it: reports have no labels by chexbert",
        "impression_fixed.json beside it: reports have no labels by chexbert_impression",
    ]


def test_a_folder_of_labels_that_the_recipe_names_is_the_only_place(tmp_path: Path) -> None:
    write_labels(tmp_path / "report_fixed.json", [])
    write_labels(tmp_path / "labels/impression_fixed.json", [])
    path = write_csv(tmp_path)
    [found] = beside(path, chexpert(path, labels=str(tmp_path / "labels")))
    assert found.name == "impression_fixed.json"
    with pytest.raises(UsageError, match=r"`sources\.chexpert_plus\.labels` names .*nowhere, which is no folder"):
        check(path, chexpert(path, labels=str(tmp_path / "nowhere")))


def test_labels_of_images_that_the_csv_does_not_hold_are_passed_over(tmp_path: Path) -> None:
    write_labels(tmp_path / "report_fixed.json", [("train/patient9/study1/view1_frontal.jpg", {"Edema": 1})])
    assert {document.labels for document in _checked(write_csv(tmp_path)).values()} == {()}


def test_a_study_whose_images_are_labelled_otherwise_is_rejected(tmp_path: Path) -> None:
    views = ("view1_frontal", "view2_lateral")
    labelled = [(f"train/{PATIENT}/study1/{view}.jpg", {"Edema": place}) for place, view in enumerate(views)]
    write_labels(tmp_path / "report_fixed.json", labelled)
    [odd] = _rejected(write_csv(tmp_path))
    assert (odd.locator.partition(":")[0], odd.rule) == (layout.CSV_NAME, "labels_differ.v1")
    assert f"{PATIENT}/study1" in odd.reason


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "is no line of CheXbert labels"),
        ("[]", "is no line of CheXbert labels"),
        ("[" * 90_000, "is no line of CheXbert labels"),
        ('{"path_to_image": "train/patient1/study1/a.jpg"}', "is no line of CheXbert labels: has no 'Atelectasis'"),
        ('{"Edema": 1}', "is no line of CheXbert labels: has no 'path_to_image'"),
        ("{}" + " " * 200_000 + "x", "is no line of CheXbert labels"),
        ("\xff", "is no line of CheXbert labels"),
    ],
)
def test_a_broken_line_of_labels_is_refused_with_its_number(tmp_path: Path, line: str, told: str) -> None:
    image = f"train/{PATIENT}/study1/view1_frontal.jpg"
    labels = write_labels(tmp_path / "report_fixed.json", [(image, {})])
    labels.write_bytes(labels.read_bytes() + line.encode("latin-1"))
    path = write_csv(tmp_path)
    with pytest.raises(DataError, match=rf"report_fixed\.json:2: {told}"):
        check(path, chexpert(path))


@pytest.mark.parametrize(("image", "value"), [("view1.jpg", 1), (f"{PATIENT}/study1/view1_frontal.jpg", 5)])
def test_a_wrong_image_or_value_of_a_label_is_refused(tmp_path: Path, image: str, value: int) -> None:
    write_labels(tmp_path / "impression_fixed.json", [(image, {"Edema": value})])
    path = write_csv(tmp_path)
    with pytest.raises(DataError, match=r"impression_fixed\.json:1: .*(path_to_image|a label is '5')"):
        check(path, chexpert(path))


# What becomes of bad rows


@pytest.mark.parametrize(
    ("cells", "differing"),
    [
        ({"report": "Another one."}, "report"),
        ({"section_findings": "Another one."}, "report"),
        ({"split": "valid", "path_to_image": f"train/{PATIENT}/study1/view2.jpg"}, "split"),
        ({"patient_report_date_order": 7}, "order"),
        ({"age": "20"}, "age"),
        ({"sex": "Male"}, "sex"),
    ],
)
def test_a_study_whose_rows_differ_is_rejected_with_its_lines(
    tmp_path: Path, cells: dict[str, Any], differing: str
) -> None:
    first = row(PATIENT, 1, **EFFUSION)
    second = {**row(PATIENT, 1, "view2_lateral", **EFFUSION), **cells}
    flat = [{key: str(value).replace("\n", " ") for key, value in one.items()} for one in (first, second)]
    other = row(HELD_OUT, 1, **layout.FRACTURE)
    path = write_csv(tmp_path, [*flat, other])
    [odd] = _rejected(path)
    assert (odd.locator, odd.rule) == (f"{layout.CSV_NAME}:2", "rows_differ.v1")
    assert odd.reason == f"the rows of {PATIENT}/study1 differ in {differing}: lines 2 and 3"
    assert len(list(read(path, chexpert(path)))) == 2


@pytest.mark.parametrize(
    ("cells", "rule", "reason"),
    [
        ({"path_to_image": "view1_frontal.jpg"}, "not_a_study.v1", "path_to_image"),
        ({"path_to_image": ""}, "not_a_study.v1", "path_to_image"),
        ({"path_to_image": "train/patientX/study1/a.jpg"}, "not_a_study.v1", "path_to_image"),
        ({"deid_patient_id": "patient00008"}, "other_subject.v1", "another than patient00007"),
        ({"split": "holdout"}, "unknown_split.v1", "'holdout'; expected train or valid"),
        ({"split": ""}, "unknown_split.v1", "''"),
        ({"patient_report_date_order": "second"}, "wrong_type.v1", "no number"),
    ],
)
def test_a_bad_row_is_rejected_by_line_and_the_rest_goes_on(
    tmp_path: Path, cells: dict[str, str], rule: str, reason: str
) -> None:
    path = write_csv(tmp_path, [{**row(PATIENT, 1, section_impression="Clear."), **cells}, *layout.rows()[1:]])
    [odd] = _rejected(path)
    assert (odd.locator, odd.rule) == (f"{layout.CSV_NAME}:2", rule)
    assert reason in odd.reason
    assert len(parted(read(path, chexpert(path)))[0]) == 2


def test_a_study_without_text_in_any_section_is_rejected_and_is_nobodys_prior(tmp_path: Path) -> None:
    path = write_csv(tmp_path, [row(PATIENT, 1, section_findings=" \n"), row(PATIENT, 2, **layout.RESOLVED)])
    [odd] = _rejected(path)
    assert (odd.locator, odd.rule) == (f"{layout.CSV_NAME}:2", "no_sections.v1")
    [document] = parted(read(path, chexpert(path)))[0]
    assert document.prior is None


def test_a_row_that_is_not_utf8_is_rejected_by_line(tmp_path: Path) -> None:
    path = write_csv(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"sixth rib is", b"sixth r\xe9b is"))
    [odd] = _rejected(path)
    assert odd.rule == "wrong_encoding.v1"


def test_a_row_with_too_few_cells_is_rejected_by_line(tmp_path: Path) -> None:
    path = write_csv(tmp_path)
    path.write_text(path.read_text() + "train/patient1/study1/a.jpg,x\n")
    [odd] = _rejected(path)
    assert (odd.rule, odd.reason) == ("broken_line.v1", "2 fields where the header has 27")


def test_no_reason_repeats_a_word_of_a_report(tmp_path: Path) -> None:
    rows = [
        row(PATIENT, 1, view, section_findings=f"Unspeakable {view}.") for view in ("view1_frontal", "view2_lateral")
    ]
    found = _rejected(write_csv(tmp_path, rows))
    assert len(found) == 1
    assert "nspeakable" not in str(found)


@pytest.mark.parametrize("column", COLUMNS)
def test_every_missing_column_is_refused_by_name(tmp_path: Path, column: str) -> None:
    path = write_csv(tmp_path, columns=[name for name in layout.COLUMNS if name != column])
    with pytest.raises(DataError, match=rf"has no column '{column}', or two; is it df_chexpert_plus_240401\.csv\?"):
        check(path, chexpert(path))


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "is empty"), (b" \n", "is empty"), ("path".encode("utf-16"), "is UTF-16"), (b'"path', "first line")],
)
def test_a_file_that_is_no_csv_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / layout.CSV_NAME
    path.write_bytes(content)
    with pytest.raises(RadcurateError, match=told):
        check(path, chexpert(path))


def test_a_folder_is_refused_with_the_name_of_the_file(tmp_path: Path) -> None:
    write_csv(tmp_path)
    with pytest.raises(UsageError, match=r"is a folder; name the file df_chexpert_plus_240401\.csv in it"):
        check(tmp_path, chexpert(tmp_path))


CELLS = st.sampled_from(["", "1", "valid", "patient1", r"\n", "Clear.", '"', "\n", "\ud7ff", "1e9", "-1"])
WILD = st.fixed_dictionaries({}, optional={column: CELLS | st.text(max_size=20) for column in COLUMNS})


@given(st.lists(WILD, max_size=6))
def test_any_cells_make_a_document_or_a_rejection_for_every_study(
    tmp_path_factory: pytest.TempPathFactory, cells: list[dict[str, str]]
) -> None:
    wild = [{**row("patient1", number % 2, **EFFUSION), **given} for number, given in enumerate(cells)]
    path = write_csv(tmp_path_factory.mktemp("wild"), wild)
    found = list(read(path, chexpert(path)))
    ids = [item.document_id for item in found if isinstance(item, Document)]
    assert len(ids) == len(set(ids))
    assert all(schemas.validator("document").is_valid(item.row()) for item in found if isinstance(item, Document))
    assert bool(found) == bool(wild)


@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_document_but_its_images(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random
) -> None:
    rows = layout.rows()
    chance.shuffle(rows)
    folder = tmp_path_factory.mktemp("shuffled")
    found = {name: document.row() for name, document in _checked(write_csv(folder, rows)).items()}
    plain = {name: document.row() for name, document in _checked(write_csv(folder)).items()}
    for row_ in (*found.values(), *plain.values()):
        row_["images"].sort()
    assert found == plain


# Builds


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled recipe on the invented CSV, with a study whose rows differ in it."""
    folder = tmp_path_factory.mktemp("chexpert")
    differing = [
        row("patient00009", 1, view, section_findings=f"{view}.") for view in ("view1_frontal", "view2_lateral")
    ]
    path = write_csv(folder, [*layout.rows(), *differing])
    write_labels(folder / "report_fixed.json", [(f"train/{PATIENT}/study1/view1_frontal.jpg", {"Edema": 0})])
    built, _ = build_here("chexpert_plus", folder / "out", f"sources.chexpert_plus.path={path}")
    return built.folder


def test_a_release_of_the_bundled_recipe_verifies(release: Path) -> None:
    assert verify(release) == []


def test_every_record_of_it_is_restricted_and_the_card_says_so(release: Path) -> None:
    records = [record for task in ("impression", "section_extraction") for record in rows_of(release, f"{task}/*")]
    assert records
    assert all(record["restricted"] and record["licence"] == LICENCE for record in records)
    card = (release / "README.md").read_text(encoding="utf-8")
    assert "May not be published" in card
    assert f"[{LICENCE}]" in card
    assert "`chexpert_plus`: the split that the collection publishes" in card


def test_patients_are_in_one_split_and_it_is_the_published_one(release: Path) -> None:
    found = {(doc["group_id"], doc["split"]) for doc in rows_of(release, "documents/documents")}
    assert found == {(f"chexpert-plus:{PATIENT}", "train"), (f"chexpert-plus:{HELD_OUT}", "validation")}


def test_labels_and_priors_reach_the_release_and_its_rejected_study_the_audit(release: Path) -> None:
    rows = {doc["document_id"]: doc for doc in rows_of(release, "documents/documents")}
    assert rows[f"chexpert-plus:{PATIENT}/study1"]["labels"] == [{"by": "chexbert", "name": "edema", "value": "absent"}]
    assert rows[f"chexpert-plus:{PATIENT}/study2"]["prior"] == f"chexpert-plus:{PATIENT}/study1"
    assert [drop["rule"] for drop in rows_of(release, "audit/dropped") if drop["kind"] == "input"] == ["rows_differ.v1"]


def test_nothing_private_is_anywhere_in_the_release(release: Path) -> None:
    texts = [json.dumps(rows_of(release, table)) for table in ("documents/documents", "impression/*", "audit/*")]
    texts += [path.read_text(encoding="utf-8") for path in release.rglob("*") if path.suffix in (".md", ".json")]
    assert [value for value in layout.PRIVATE.values() for text in texts if value in text] == []


def test_the_bundled_recipe_without_a_path_says_in_two_lines_what_to_set(tmp_path: Path) -> None:
    done = radcurate("build", "chexpert_plus", "--out", tmp_path / "out")
    assert done.returncode == 2
    first, second = done.stderr.strip().splitlines()
    assert "names no path" in first
    assert second.endswith("--set sources.chexpert_plus.path=df_chexpert_plus_240401.csv")


def test_the_layout_of_these_tests_is_the_published_one() -> None:
    assert len(layout.COLUMNS) == len(set(layout.COLUMNS)) == 27
    assert set(COLUMNS) | set(layout.PRIVATE) | {"path_to_dcm", "frontal_lateral", "ap_pa"} == set(layout.COLUMNS)
