"""Source `mimic_cxr`: what a report becomes, what becomes of each bad one, and whole builds from its layout."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate import schemas
from radcurate.documents import Document, Label
from radcurate.errors import DataError, RadcurateError, UsageError
from radcurate.licences import is_restricted
from radcurate.release.verify import verify
from radcurate.sources import Rejected
from radcurate.sources.mimic_cxr import LICENCE, beside, check, notices, read
from radcurate.splits import split_of
from tests.conftest import build_here, files_of, radcurate
from tests.releases import rows_of
from tests.sources import mimic_layout as layout
from tests.sources.mimic_layout import mimic, name_of, reports, write_table, write_tables, write_tree, write_zip
from tests.sources.samples import parted

REPORT = name_of(layout.SUBJECT, 50414267)


def _checked(path: Path, **options: object) -> dict[str, Document]:
    """The documents by the number of their study; nothing was rejected."""
    check(path, mimic(path, **options))
    documents, rejected = parted(read(path, mimic(path, **options)))
    assert rejected == []
    return {document.document_id.removeprefix("mimic-cxr:s"): document for document in documents}


def _rejected(path: Path) -> list[Rejected]:
    check(path, mimic(path))
    return [item for item in read(path, mimic(path)) if isinstance(item, Rejected)]


@pytest.fixture
def documents(tmp_path: Path) -> dict[str, Document]:
    write_tables(tmp_path)
    return _checked(write_zip(tmp_path))


# What a report becomes


def test_a_report_has_the_ids_of_its_study_and_its_subject(documents: dict[str, Document]) -> None:
    assert set(documents) == {str(study) for _, study, *_ in layout.STUDIES}
    document = documents["50414267"]
    assert (document.document_id, document.group_id) == ("mimic-cxr:s50414267", "mimic-cxr:p10000032")
    assert (document.source, document.kind, document.modality) == ("mimic_cxr", "report", "X-ray")
    assert document.systems == ("Chest",)
    assert document.raw_sha256 == hashlib.sha256(layout.EFFUSION.encode()).hexdigest()
    assert document.text_of("impression") == "1.  Small right pleural effusion.\n2.  No pneumothorax."


def test_every_document_fits_the_schema_and_its_row(documents: dict[str, Document]) -> None:
    for document in documents.values():
        assert list(schemas.validator("document").iter_errors(document.row())) == []


def test_the_licence_is_the_credentialed_one_and_restricts_what_is_derived(documents: dict[str, Document]) -> None:
    assert {document.licence for document in documents.values()} == {LICENCE} == {"PhysioNet-Credentialed-1.5.0"}
    assert {document.licence_url for document in documents.values()} == {
        "https://physionet.org/content/mimic-cxr/view-license/2.0.0/"
    }
    assert is_restricted(LICENCE)


def test_splits_are_the_official_ones(documents: dict[str, Document]) -> None:
    assert {study: document.split for study, document in documents.items()} == {
        "50414267": "train",
        "53189527": "train",
        "50000014": "train",
        "57375967": "validation",
        "51029426": "test",
    }


def test_images_are_the_dicom_ids_of_the_study(documents: dict[str, Document]) -> None:
    assert documents["50414267"].images == ("02aa804e-bde0afdd", "174413ec-4ec4c1f7")


def test_labels_say_who_gave_them_and_blank_ones_are_none(documents: dict[str, Document]) -> None:
    assert documents["50414267"].labels == (
        Label("chexpert", "pleural effusion", "present"),
        Label("chexpert", "pneumothorax", "absent"),
        Label("negbio", "pleural effusion", "present"),
        Label("negbio", "pneumothorax", "uncertain"),
    )
    assert documents["51029426"].labels == ()


def test_the_prior_is_the_subjects_last_study_before_by_time_and_not_by_number(documents: dict[str, Document]) -> None:
    assert {study: (document.studied, document.prior) for study, document in documents.items()} == {
        "50000014": ("2180-05-06T09:30:14", None),
        "50414267": ("2180-05-06T21:30:14.53", "mimic-cxr:s50000014"),
        "53189527": ("2180-06-26T08:35:45", "mimic-cxr:s50414267"),
        "57375967": ("2132-01-14T00:00:55", None),
        "51029426": ("2144-05-15T10:45:52.234", None),
    }


def test_a_study_that_is_not_in_the_collection_is_nobodys_prior(tmp_path: Path) -> None:
    write_tables(tmp_path)
    kept = {name: text for name, text in reports().items() if name != REPORT}
    assert _checked(write_tree(tmp_path, kept))["53189527"].prior == "mimic-cxr:s50000014"


def test_a_report_that_is_rejected_is_nobodys_prior(tmp_path: Path) -> None:
    write_tables(tmp_path)
    path = write_tree(tmp_path, {**reports(), REPORT: b" "})
    found, _ = parted(read(path, mimic(path)))
    assert [document.prior for document in found if document.document_id.endswith("53189527")] == [
        "mimic-cxr:s50000014"
    ]


def test_of_two_studies_at_one_time_neither_is_the_prior_of_the_other(tmp_path: Path) -> None:
    times = {"50414267": "100000", "50000014": "100000.0", "53189527": "100000.5"}
    rows = [["i", "10000032", study, *["x"] * 4, "21800506", time, *["x"] * 3] for study, time in times.items()]
    write_table(tmp_path, "metadata", layout.METADATA_COLUMNS, rows)
    found = _checked(write_zip(tmp_path))
    assert found["50414267"].prior is found["50000014"].prior is None
    assert found["53189527"].prior == "mimic-cxr:s50414267"


@pytest.mark.parametrize("missing", ["split", "metadata", "chexpert", "negbio"])
def test_a_missing_table_is_said_and_costs_only_what_it_holds(tmp_path: Path, missing: str) -> None:
    kinds = [kind for kind in layout.TABLES if kind != missing]
    write_tables(tmp_path, kinds)
    path = write_zip(tmp_path)
    document = _checked(path)["50414267"]
    [told] = notices(path, mimic(path))
    assert f"no table mimic-cxr-2.0.0-{missing}.csv.gz beside it" in told
    assert [file.name for file in beside(path, mimic(path))] == [f"mimic-cxr-2.0.0-{kind}.csv.gz" for kind in kinds]
    assert (document.split is None) == (missing == "split")
    assert (document.studied is None) == (document.prior is None) == (missing == "metadata")
    assert {label.by for label in document.labels} == {"chexpert", "negbio"} - {missing}
    assert document.images == ("02aa804e-bde0afdd", "174413ec-4ec4c1f7")


def test_with_all_tables_nothing_is_said(tmp_path: Path) -> None:
    write_tables(tmp_path)
    path = write_tree(tmp_path)
    assert list(notices(path, mimic(path))) == []


def test_tables_in_a_folder_of_their_own_are_named_by_the_recipe(tmp_path: Path) -> None:
    (tmp_path / "jpg").mkdir()
    write_tables(tmp_path / "jpg", gzipped=False)
    path = write_zip(tmp_path)
    assert _checked(path)["57375967"].split is None
    assert _checked(path, tables=str(tmp_path / "jpg"))["57375967"].split == "validation"


# What becomes of bad reports


def _without(kind: str, study: int) -> list[list[str]]:
    return [row for row in layout.TABLES[kind][1] if str(study) not in row]


def test_a_study_that_the_split_table_does_not_know_is_rejected(tmp_path: Path) -> None:
    write_tables(tmp_path)
    write_table(tmp_path, "split", layout.SPLIT_COLUMNS, _without("split", 50414267))
    [odd] = _rejected(write_zip(tmp_path))
    assert (odd.locator, odd.rule) == (f"mimic-cxr-reports.zip:{REPORT}", "not_in_split_table.v1")
    assert "does not know study 50414267" in odd.reason


def test_a_report_under_another_subject_than_the_tables_say_is_rejected(tmp_path: Path) -> None:
    write_tables(tmp_path)
    moved = name_of(10000033, 50414267)
    path = write_tree(tmp_path, {**reports(), moved: layout.EFFUSION.encode()})
    [odd] = _rejected(path)
    assert (odd.locator, odd.rule) == (f"files:{moved.removeprefix('files/')}", "other_subject.v1")
    assert odd.reason == "stands under subject 10000033, where the tables give study 50414267 to 10000032"


@pytest.mark.parametrize("with_tables", [True, False])
def test_a_study_that_stands_twice_in_the_tree_is_read_once(tmp_path: Path, with_tables: bool) -> None:
    if with_tables:
        write_tables(tmp_path)
    again = f"files/p10/copy/p10/p{layout.SUBJECT}/s50414267.txt"
    path = write_zip(tmp_path, [*reports().items(), (again, layout.EFFUSION.encode())])
    [odd] = _rejected(path)
    assert odd.rule == "repeated_study.v1"
    assert "study 50414267 was read before, under subject 10000032" in odd.reason


@pytest.mark.parametrize(
    ("content", "rule", "reason"),
    [
        pytest.param(b"", "empty_report.v1", "holds no text", id="empty"),
        pytest.param(b" \n\t\r\n ", "empty_report.v1", "holds no text", id="blank"),
        pytest.param(layout.TITLE.encode(), "empty_report.v1", "nothing but titles", id="title"),
        pytest.param(b"FINDINGS: caf\xe9.", "wrong_encoding.v1", "not UTF-8 at byte 13", id="latin-1"),
        pytest.param("FINDINGS: x".encode("utf-16"), "wrong_encoding.v1", "not UTF-8 at byte 0", id="utf-16"),
        pytest.param(b" " * 1_000_001, "too_large.v1", "1,000,000 bytes", id="bomb"),
    ],
)
@pytest.mark.parametrize("write", [write_tree, lambda folder, files: write_zip(folder, files.items())])
def test_a_bad_report_is_rejected_by_name_and_the_rest_goes_on(
    tmp_path: Path, write: Callable[[Path, dict[str, bytes]], Path], content: bytes, rule: str, reason: str
) -> None:
    write_tables(tmp_path)
    path = write(tmp_path, {**reports(), REPORT: content})
    [odd] = _rejected(path)
    assert odd.locator.endswith("p10/p10000032/s50414267.txt")
    assert odd.rule == rule
    assert reason in odd.reason


@pytest.mark.parametrize("name", ["README.md", "files/p10/index.html", "files/p10/p10000032/s1.txt", "../secret.txt"])
def test_a_file_that_is_no_report_is_rejected_by_name(tmp_path: Path, name: str) -> None:
    write_tables(tmp_path)
    [odd] = _rejected(write_zip(tmp_path, [*reports().items(), (name, b"?")]))
    assert odd.locator == f"mimic-cxr-reports.zip:{name}"
    assert odd.rule == ("unsafe_path.v1" if ".." in name else "not_a_report.v1")


def test_a_byte_order_mark_is_none_of_the_text(tmp_path: Path) -> None:
    path = write_tree(tmp_path, {REPORT: b"\xef\xbb\xbfFINDINGS: Clear."})
    assert _checked(path)["50414267"].text_of("findings") == "Clear."


def test_no_reason_repeats_a_word_of_a_report(tmp_path: Path) -> None:
    write_tables(tmp_path)
    texts = {REPORT: b"FINDINGS: unspeakable caf\xe9", name_of(10000032, 59999999): b"FINDINGS: unspeakable"}
    found = _rejected(write_tree(tmp_path, {**reports(), **texts}))
    assert len(found) == 2
    assert "unspeakable" not in str(found)


def test_a_tree_without_reports_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path, [("files/p10/README", b"?")])
    with pytest.raises(DataError, match=r"holds no report of MIMIC-CXR; expected files/p10/p10000032/s50414267\.txt"):
        check(path, mimic(path))


@pytest.mark.parametrize("kind", list(layout.TABLES))
def test_a_broken_table_is_refused_before_anything_is_read(tmp_path: Path, kind: str) -> None:
    path = write_zip(tmp_path)
    (tmp_path / f"mimic-cxr-2.0.0-{kind}.csv.gz").write_bytes(b"\x1f\x8b\x08broken")
    with pytest.raises(DataError, match=rf"{kind}\.csv\.gz: is truncated or damaged"):
        check(path, mimic(path))


@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_as_a_report_are_a_document_or_a_rejection(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = write_tree(tmp_path_factory.mktemp("bytes"), {REPORT: content})
    [item] = read(path, mimic(path))
    if isinstance(item, Document):
        assert schemas.validator("document").is_valid(item.row())


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 3), st.sampled_from([b"FINDINGS: Clear.", b" ", b"\xff"])),
        max_size=9,
    )
)
def test_every_file_of_any_tree_is_a_document_or_a_rejection(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[int, int, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    members = {name_of(10000000 + subject, 50000000 + study): content for subject, study, content in files}
    path = write_zip(folder, members.items())
    found = list(read(path, mimic(path)))
    made = [item.document_id for item in found if isinstance(item, Document)]
    assert len(found) == len(members)
    assert len(made) == len(set(made))


# Builds


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled recipe on the invented collection, with an empty report and a file that is no report in it."""
    folder = tmp_path_factory.mktemp("mimic")
    write_tables(folder)
    bad = [(name_of(10000764, 58888888), b"FINDINGS:"), ("files/p10/index.html", b"?")]
    rows = [*layout.TABLES["split"][1], ["x", "58888888", "10000764", "validate"]]
    write_table(folder, "split", layout.SPLIT_COLUMNS, rows)
    path = write_zip(folder, [*reports().items(), *bad])
    built, _ = build_here("mimic_cxr", folder / "out", f"sources.mimic_cxr.path={path}")
    return built.folder


def test_a_release_of_the_bundled_recipe_verifies(release: Path) -> None:
    assert verify(release) == []


def test_every_record_of_it_is_restricted_and_the_card_says_so(release: Path) -> None:
    records = [row for task in ("impression", "section_extraction") for row in rows_of(release, f"{task}/*")]
    assert records
    assert all(row["restricted"] and row["licence"] == LICENCE for row in records)
    card = (release / "README.md").read_text(encoding="utf-8")
    assert "May not be published" in card
    assert f"[{LICENCE}]" in card
    assert "`mimic_cxr`: the split that the collection publishes" in card


def test_subjects_are_in_one_split_and_it_is_the_official_one(release: Path) -> None:
    found = {row["document_id"]: (row["group_id"], row["split"]) for row in rows_of(release, "documents/documents")}
    assert found == {
        f"mimic-cxr:s{study}": (f"mimic-cxr:p{subject}", {"validate": "validation"}.get(split, split))
        for subject, study, _, split, *_ in layout.STUDIES
    }


def test_the_new_columns_reach_the_release(release: Path) -> None:
    rows = {row["document_id"]: row for row in rows_of(release, "documents/documents")}
    row = rows["mimic-cxr:s50414267"]
    assert (row["studied"], row["prior"]) == ("2180-05-06T21:30:14.53", "mimic-cxr:s50000014")
    assert {"by": "negbio", "name": "pneumothorax", "value": "uncertain"} in row["labels"]


def test_what_made_no_document_is_in_the_audit(release: Path) -> None:
    dropped = {
        row["locator"].rpartition("/")[2]: row["rule"]
        for row in rows_of(release, "audit/dropped")
        if row["kind"] == "input"
    }
    assert dropped == {"s58888888.txt": "empty_report.v1", "index.html": "not_a_report.v1"}


def test_no_task_takes_findings_and_impression_in_one_for_findings(release: Path) -> None:
    used = {identity for row in rows_of(release, "section_extraction/*") for identity in row["document_ids"]}
    assert used == {"mimic-cxr:s50414267", "mimic-cxr:s53189527", "mimic-cxr:s50000014"}


def test_folder_and_zip_and_any_number_of_workers_give_the_same_tables(release: Path, tmp_path: Path) -> None:
    bad = {name_of(10000764, 58888888): b"FINDINGS:", "files/p10/index.html": b"?"}
    write_tables(tmp_path)
    rows = [*layout.TABLES["split"][1], ["x", "58888888", "10000764", "validate"]]
    write_table(tmp_path, "split", layout.SPLIT_COLUMNS, rows)
    path = write_tree(tmp_path, {**reports(), **bad})
    built, _ = build_here("mimic_cxr", tmp_path / "out", f"sources.mimic_cxr.path={path}", workers=2)
    for name, content in files_of(release).items():
        if name.endswith(".parquet") and not name.startswith("audit/dropped"):
            assert (built.folder / name).read_bytes() == content, name


def _build(folder: Path, *settings: str) -> tuple[dict[str, Any], list[str]]:
    built, teller = build_here(
        "mimic_cxr", folder / "out", f"sources.mimic_cxr.path={folder}/mimic-cxr-reports.zip", *settings
    )
    return dict(built.manifest), teller.lines


def test_the_tables_are_inputs_of_the_release_and_another_one_is_another_release(tmp_path: Path) -> None:
    write_zip(tmp_path)
    write_tables(tmp_path, ["split"])
    manifest, lines = _build(tmp_path)
    assert [item["name"] for item in manifest["inputs"]] == ["mimic-cxr-reports.zip", "mimic-cxr-2.0.0-split.csv.gz"]
    assert sum("beside it" in line for line in lines) == 3
    write_tables(tmp_path, ["negbio"])
    with pytest.raises(UsageError, match="its inputs differ"):
        _build(tmp_path)
    again, _ = _build(tmp_path, "version=1.0.1")
    assert sum(len(row["labels"]) for row in rows_of(tmp_path / "out/mimic-cxr/1.0.1", "documents/documents")) == 3
    assert len(again["inputs"]) == 3


def test_without_the_split_table_subjects_are_placed_by_their_hash_and_the_release_verifies(tmp_path: Path) -> None:
    write_zip(tmp_path)
    write_tables(tmp_path, ["metadata"])
    _build(tmp_path)
    folder = tmp_path / "out/mimic-cxr/1.0.0"
    assert verify(folder) == []
    for row in rows_of(folder, "documents/documents"):
        assert row["split"] == split_of(row["group_id"])
    assert "`mimic_cxr`: the hash of the group's id" in (folder / "README.md").read_text(encoding="utf-8")


def test_a_folder_of_tables_is_set_on_the_command_line_and_no_manifest_holds_it(tmp_path: Path) -> None:
    (tmp_path / "jpg").mkdir()
    write_tables(tmp_path / "jpg")
    write_zip(tmp_path)
    manifest, _ = _build(tmp_path, f"sources.mimic_cxr.tables={tmp_path}/jpg")
    assert len(manifest["inputs"]) == 5
    assert str(tmp_path) not in str(manifest)
    assert "tables" not in manifest["recipe"]["sources"]["mimic_cxr"]


def test_the_bundled_recipe_without_a_path_says_in_two_lines_what_to_set(tmp_path: Path) -> None:
    done = radcurate("build", "mimic_cxr", "--out", tmp_path / "out")
    assert done.returncode == 2
    first, second = done.stderr.strip().splitlines()
    assert "names no path" in first
    assert second.endswith("--set sources.mimic_cxr.path=mimic-cxr-reports.zip")
    assert not (tmp_path / "out").exists()


def test_a_refused_collection_leaves_no_release(tmp_path: Path) -> None:
    path = write_zip(tmp_path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(RadcurateError, match="truncated"):
        _build(tmp_path)
    assert not (tmp_path / "out/mimic-cxr").exists()


def test_documents_of_other_sources_have_the_new_columns_empty(demo_release: Path) -> None:
    rows = rows_of(demo_release, "documents/documents")
    assert {(row["studied"], row["prior"], len(row["labels"])) for row in rows} == {(None, None, 0)}
