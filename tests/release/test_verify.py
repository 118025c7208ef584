"""Verify finds what is wrong with a release, whether a bit flipped or a careful forger sealed it again."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from radcurate.errors import DataError
from radcurate.records import content_id
from radcurate.release import manifest as manifests
from radcurate.release.manifest import NAME
from radcurate.release.recount import differences
from radcurate.release.verify import verify
from radcurate.tables import file_sha256
from tests.cli.running import run
from tests.conftest import DEMO_TASKS as TASKS
from tests.releases import build_trouble, change_columns, copy_of, file_of, reseal, rewrite, rows_of

TABLES = [f"{task}/{split}" for task in TASKS for split in ("test", "train", "validation")]
FILES = [
    NAME,
    "README.md",
    "CHANGELOG.md",
    "quality.json",
    *(f"{table}-00000-of-00001.parquet" for table in (*TABLES, "documents/documents", "audit/dropped", "audit/edited")),
]

Rows = list[dict[str, Any]]


@pytest.fixture
def release(demo_release: Path, tmp_path: Path) -> Path:
    """A copy of the demo release."""
    return copy_of(demo_release, tmp_path)


@pytest.fixture(scope="module")
def trouble(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release with drops and edits of every kind; tests copy it."""
    return build_trouble(tmp_path_factory.mktemp("trouble"))


def test_the_demo_release_is_sound(demo_release: Path) -> None:
    assert verify(demo_release) == []


def test_a_release_with_drops_and_edits_of_every_kind_is_sound(trouble: Path) -> None:
    assert verify(trouble) == []


def test_the_open_i_release_is_sound(openi_release: Path) -> None:
    assert verify(openi_release) == []


def test_the_files_below_are_all_files_of_the_demo_release(demo_release: Path) -> None:
    there = {path.relative_to(demo_release).as_posix() for path in demo_release.rglob("*") if path.is_file()}
    assert there == set(FILES)


# --- the bytes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_one_flipped_bit_is_found_and_the_file_named(release: Path, name: str) -> None:
    path = release / name
    whole = path.read_bytes()
    lot = random.Random(name)
    places = [0, len(whole) - 1, *(lot.randrange(len(whole)) for _ in range(6))]
    for place in places:
        bit = lot.randrange(8)
        damaged = bytearray(whole)
        damaged[place] ^= 1 << bit
        path.write_bytes(damaged)
        faults = verify(release)
        assert any(fault.startswith((f"{name}:", str(path))) for fault in faults), f"byte {place}, bit {bit}: {faults}"
        path.write_bytes(whole)
    assert verify(release) == []


@pytest.mark.parametrize("name", [name for name in FILES if name != NAME])
def test_a_missing_file_is_found(release: Path, name: str) -> None:
    (release / name).unlink()
    assert f"{name}: is missing" in verify(release)


@pytest.mark.parametrize("name", ["notes.txt", "impression/train-00001-of-00002.parquet", "impression/manifest.json"])
def test_an_additional_file_is_found(release: Path, name: str) -> None:
    shutil.copy(release / "README.md", release / name)
    assert verify(release) == [f"{name}: is not in the manifest"]


def test_an_additional_empty_folder_is_found(release: Path) -> None:
    (release / "audit" / "old").mkdir()
    assert verify(release) == ["audit/old/: is an empty folder that no manifest names"]


def test_a_link_that_leads_nowhere_is_found(release: Path) -> None:
    (release / "README.md").unlink()
    (release / "README.md").symlink_to(release / "nothing")
    assert verify(release) == ["README.md: is no file"]


@pytest.mark.parametrize("ending", [b"", b"\n\n", b" "])
def test_a_manifest_of_other_bytes_but_the_same_content_is_found(release: Path, ending: bytes) -> None:
    path = release / NAME
    path.write_bytes(path.read_bytes().rstrip(b"\n") + ending)
    assert verify(release) == [f"{NAME}: its self_sha256 does not fit, or its bytes were changed"]


def test_a_manifest_that_is_no_json_is_a_fault_and_no_crash(release: Path) -> None:
    (release / NAME).write_bytes(b"\xff{")
    (fault,) = verify(release)
    assert NAME in fault
    assert "is damaged" in fault


@pytest.mark.parametrize("content", ["[]", "{", "[" * 100_000])
def test_a_manifest_that_is_no_object_is_a_fault(release: Path, content: str) -> None:
    (release / NAME).write_text(content)
    (fault,) = verify(release)
    assert "is damaged" in fault


def test_an_empty_folder_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"is no release: it has no manifest\.json$"):
        verify(tmp_path)


# --- a forger who makes hashes and counts fit again -------------------------------------------------------------------


def test_sealing_an_unchanged_release_again_changes_nothing(release: Path, demo_release: Path) -> None:
    reseal(release, recounted=True)
    assert (release / NAME).read_bytes() == (demo_release / NAME).read_bytes()


def _first(change: Callable[[dict[str, Any]], object]) -> Callable[[Rows], Rows]:
    """Changes the first record of a table and gives it the id of its new content."""

    def changed(rows: Rows) -> Rows:
        change(rows[0])
        rows[0]["record_id"] = content_id(rows[0])
        return rows

    return changed


def _evidence(**values: object) -> Callable[[Rows], Rows]:
    return _first(lambda row: row["evidence"][0].update(values))


def _output(row: dict[str, Any]) -> None:
    row["output"] = row["messages"][1]["content"] = "Normal chest, as invented by a forger."


RECORDS = {
    "offsets past the end": (_evidence(end=99_999), "evidence impression 0–99999 is not in demo:"),
    "offsets before the start": (_evidence(start=5, end=5), "evidence impression 5–5 is not in demo:"),
    "offsets shifted by one": (_evidence(start=1), "its output is not the text it cites"),
    "an unknown document": (_evidence(document_id="demo:nobody"), "cites a document that is not in documents/"),
    "no such section": (_evidence(section="epilogue"), "evidence epilogue 0–"),
    "a field with offsets": (_evidence(section="@tags", start=0, end=4), "evidence @tags 0–4 is not in demo:"),
    "an output that was never cited": (_first(_output), "its output is not the text it cites"),
    "another conversation": (
        _first(lambda row: row["messages"][1].update(content="No acute disease.")),
        "its last message is not its output",
    ),
    "another licence": (_first(lambda row: row.update(licence="MIT")), "its licence are not those of its documents"),
    "another permission": (_first(lambda row: row.update(permission="0" * 64)), "what may be done with it is not what"),
    "another restriction": (_first(lambda row: row.update(restricted=True)), "what may be done with it is not what"),
    "another group": (_first(lambda row: row.update(group_ids=["demo:x"])), "its groups or its licence are not"),
    "another document": (
        _first(lambda row: row.update(document_ids=["demo:nobody"])),
        "comes from a document that is not in documents/",
    ),
    "an id of other content": (
        lambda rows: [{**rows[0], "record_id": "0" * 32}, *rows[1:]],
        "is not what its id was made of",
    ),
    "the same record twice": (lambda rows: [rows[0], *rows], "is there twice"),
    "an empty output": (_first(lambda row: row.update(output="")), "breaks the schema at ['output']"),
}


@pytest.mark.parametrize("case", RECORDS)
def test_a_forged_record_is_found_though_all_hashes_and_counts_fit(release: Path, case: str) -> None:
    change, reason = RECORDS[case]
    rewrite(release, "impression/train", change)
    reseal(release, recounted=True)
    faults = verify(release)
    assert any(reason in fault for fault in faults), faults
    assert all("impression" in fault for fault in faults if reason in fault)


def test_evidence_in_a_field_that_the_document_lacks_is_found(release: Path) -> None:
    rewrite(release, "tagging/train", _evidence(section="@title"))
    reseal(release, recounted=True)
    assert any("evidence @title 0–0 is not in demo:" in fault for fault in verify(release))


def test_a_record_moved_to_another_split_is_found(release: Path) -> None:
    moved = rows_of(release, "tagging/train")[0]
    rewrite(release, "tagging/train", lambda rows: rows[1:])
    rewrite(release, "tagging/test", lambda rows: [*rows, moved])
    reseal(release, recounted=True)
    (fault,) = verify(release)
    assert moved["record_id"] in fault
    assert "tagging/test" in fault
    assert "is of another split" in fault


@pytest.mark.parametrize("split", ["validation", "test"])
def test_a_document_whose_split_changed_is_found(release: Path, split: str) -> None:
    document = next(row for row in rows_of(release, "documents/documents") if row["split"] == "train")
    alone = [row for row in rows_of(release, "documents/documents") if row["group_id"] == document["group_id"]]

    def move(rows: Rows) -> Rows:
        return [{**row, "split": split} if row["group_id"] == document["group_id"] else row for row in rows]

    rewrite(release, "documents/documents", move)
    reseal(release, recounted=True)
    faults = verify(release)
    expected = f"document {document['document_id']}: its split is {split}, its group's another"
    assert sum("its group's another" in fault for fault in faults) == len(alone)
    assert any(expected in fault for fault in faults)
    assert any("is of another split than its documents" in fault for fault in faults)


def test_a_group_in_two_splits_is_found_though_the_manifest_denies_it(release: Path) -> None:
    groups = [row["group_id"] for row in rows_of(release, "documents/documents") if row["split"] == "train"]
    group = next(group for group in groups if groups.count(group) > 1)
    place = next(n for n, row in enumerate(rows_of(release, "documents/documents")) if row["group_id"] == group)

    def move(rows: Rows) -> Rows:
        rows[place]["split"] = "test"
        return rows

    rewrite(release, "documents/documents", move)
    reseal(release)
    assert any("proof of the splits" in fault and ", 1 in two splits" in fault for fault in verify(release))
    reseal(release, recounted=True)
    assert any("breaks its schema at splits.groups_in_two_splits" in fault for fault in verify(release))


def test_a_test_input_made_equal_to_a_training_one_is_found(release: Path) -> None:
    training = rows_of(release, "impression/train")[0]

    def equal(row: dict[str, Any]) -> None:
        row["input"] = f" {training['input'].upper()}\n"

    rewrite(release, "impression/test", _first(equal))
    reseal(release)
    (fault,) = verify(release)
    assert "proof of the splits" in fault
    assert "1 have the input of a training record" in fault
    reseal(release, recounted=True)
    (fault,) = verify(release)
    assert "breaks its schema at splits.tasks.impression.inputs_equal_to_training" in fault


def test_a_record_that_was_taken_out_is_missed(release: Path) -> None:
    before = len(rows_of(release, "tagging/validation"))
    rewrite(release, "tagging/validation", lambda rows: rows[1:])

    def fewer(manifest: dict[str, Any]) -> None:
        manifest["counts"]["records"]["tagging"]["kept"]["validation"] -= 1
        manifest["splits"]["tasks"]["tagging"]["held_out"] -= 1

    reseal(release)
    key = "manifest.json: counts.records.tagging"
    assert f"{key}.kept.validation is {before}, the tables give {before - 1}" in verify(release)
    reseal(release, fewer)
    considered = manifests.read(release)["counts"]["records"]["tagging"]["in"]
    assert f"{key}.in is {considered}, the tables give {considered - 1}" in verify(release)


@pytest.mark.parametrize("kind", ["input", "document", "record"])
def test_a_dropped_row_that_was_taken_out_is_missed(trouble: Path, tmp_path: Path, kind: str) -> None:
    release = copy_of(trouble, tmp_path)
    gone = next(row for row in rows_of(release, "audit/dropped") if row["kind"] == kind)
    rewrite(release, "audit/dropped", lambda rows: [row for row in rows if row != gone])
    reseal(release)
    where = f"records.impression.dropped.{gone['reason']}" if kind == "record" else f"{kind}s.dropped.{gone['rule']}"
    assert f"manifest.json: counts.{where} is 1, the tables give 0" in verify(release)


def test_an_edit_that_was_taken_out_is_missed(trouble: Path, tmp_path: Path) -> None:
    release = copy_of(trouble, tmp_path)
    rewrite(release, "audit/edited", lambda rows: rows[1:])
    reseal(release)
    (fault,) = verify(release)
    assert fault.startswith("manifest.json: counts.edits.")


def test_a_document_that_was_taken_out_is_missed_by_its_records(release: Path) -> None:
    rewrite(release, "documents/documents", lambda rows: rows[1:])
    reseal(release, recounted=True)
    faults = verify(release)
    assert any("cites a document that is not in documents/" in fault for fault in faults)


def test_a_document_that_is_there_twice_is_found(release: Path) -> None:
    rewrite(release, "documents/documents", lambda rows: [rows[0], *rows])
    reseal(release, recounted=True)
    assert any("is there twice" in fault and "documents/" in fault for fault in verify(release))


COUNTS = (
    "inputs.in",
    "inputs.kept",
    "documents.in",
    "documents.kept",
    "documents.dropped.exact_duplicate.v1",
    "documents_by_split.test",
    "edits.spaces.v1",
    "records.impression.in",
    "records.impression.kept.train",
    "records.impression.dropped.cites_prior",
    "records.tagging.dropped.repeats_training_input.v1",
    "records.tagging.documents_seen.report",
    "records.tagging.documents_seen.article",
    "records.tagging.dropped.links_test_document.v1",
    "records.case_diagnosis.documents_seen.case",
    "records.knowledge_qa.dropped.no_section",
    "records.section_extraction.documents_used",
)


@pytest.mark.parametrize("key", COUNTS)
def test_a_changed_count_is_found_and_named(release: Path, key: str) -> None:
    def add_one(counts: dict[str, Any], rest: str) -> None:
        if rest in counts:
            counts[rest] += 1
            return
        name = next(name for name in counts if rest.startswith(f"{name}."))
        add_one(counts[name], rest.removeprefix(f"{name}."))

    reseal(release, lambda manifest: add_one(manifest["counts"], key))
    (fault,) = verify(release)
    assert fault.startswith(f"manifest.json: counts.{key} is ")


def test_whether_groups_are_patients_cannot_be_forged(release: Path) -> None:
    reseal(release, lambda manifest: manifest["counts"].update(groups_are_documents=True))
    assert verify(release) == ["manifest.json: counts.groups_are_documents is True, the tables give False"]


@pytest.mark.parametrize(
    ("task", "kind", "forged"),
    [("tagging", "case", None), ("impression", "report", None), ("impression", "article", "all"), ("tagging", "x", 1)],
)
def test_the_kinds_of_documents_that_a_task_was_shown_cannot_be_forged(
    release: Path, task: str, kind: str, forged: object
) -> None:
    number = sum(row["kind"] == kind for row in rows_of(release, "documents/documents"))

    def forge(manifest: dict[str, Any]) -> None:
        seen = manifest["counts"]["records"][task]["documents_seen"]
        if forged is None:
            del seen[kind]
        else:
            seen[kind] = number if forged == "all" else forged

    reseal(release, forge)
    told, counted = (0, number) if forged is None else (number or forged, 0)
    key = f"counts.records.{task}.documents_seen.{kind}"
    assert verify(release) == [f"manifest.json: {key} is {told}, the tables give {counted}"]


def test_of_a_task_version_that_this_code_does_not_have_the_kinds_are_those_that_the_manifest_tells(
    release: Path,
) -> None:
    def older(manifest: dict[str, Any]) -> None:
        manifest["recipe"]["tasks"]["tagging"]["generator"] = "tagging.v1"
        manifest["counts"]["records"]["tagging"]["documents_seen"] = {"report": reports}

    reports = sum(row["kind"] == "report" for row in rows_of(release, "documents/documents"))
    reseal(release, older)
    assert verify(release) == []


def test_a_count_of_a_rule_that_did_nothing_is_found(release: Path) -> None:
    reseal(release, lambda manifest: manifest["counts"]["edits"].update({"invented.v1": 7}))
    assert verify(release) == ["manifest.json: counts.edits.invented.v1 is 7, the tables give 0"]


def test_differences_of_counts_are_named_by_their_dotted_keys() -> None:
    assert list(differences({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}, "d": 3})) == [("a.c", 2, 0), ("d", 0, 3)]


@pytest.mark.parametrize("entry", ["rows", "bytes"])
def test_rows_and_bytes_of_a_file_cannot_be_forged(release: Path, entry: str) -> None:
    def one_more(manifest: dict[str, Any]) -> None:
        file = next(file for file in manifest["files"] if file["path"].startswith("tagging/train"))
        file[entry] += 1

    reseal(release, one_more)
    (fault,) = verify(release)
    assert fault.startswith("manifest.json: files: tagging/train-00000-of-00001.parquet")
    assert entry in fault


@pytest.mark.parametrize("forged", [{"content_sha256": "0" * 64}, {"rows": 1}])
@pytest.mark.parametrize("table", ["tagging/test", "audit/dropped", "documents/documents"])
def test_rows_and_content_hash_of_a_table_cannot_be_forged(release: Path, table: str, forged: dict[str, Any]) -> None:
    reseal(release, lambda manifest: manifest["tables"][table].update(forged))
    (fault,) = verify(release)
    assert fault.startswith(f"{table}: its rows are not those of the manifest")


def test_rows_in_another_order_are_the_same_table(release: Path) -> None:
    rewrite(release, "tagging/train", lambda rows: rows[::-1])
    tables = manifests.read(release)["tables"]
    reseal(release, recounted=True)
    assert manifests.read(release)["tables"] == tables
    assert verify(release) == []


# --- the tables' shape ------------------------------------------------------------------------------------------------

COLUMNS = {
    "one more": lambda table: table.append_column("label", pa.array(["x"] * table.num_rows)),
    "one less": lambda table: table.drop_columns(["rule"]),
    "evidence gone": lambda table: table.drop_columns(["evidence"]),
    "another order": lambda table: table.select(table.column_names[::-1]),
    "another type": lambda table: table.set_column(0, table.column_names[0], table.column(0).cast(pa.large_string())),
}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        *(("impression/train", change) for change in COLUMNS),
        ("audit/dropped", "one less"),
        ("audit/edited", "one less"),
    ],
)
def test_a_changed_arrow_schema_is_found(release: Path, name: str, change: str) -> None:
    change_columns(release, name, COLUMNS[change])
    reseal(release)
    assert verify(release) == [f"{name}-00000-of-00001.parquet: its columns are not those of the table"]


def test_documents_of_another_arrow_schema_are_found(release: Path) -> None:
    change_columns(release, "documents/documents", lambda table: table.drop_columns(["sections"]))
    reseal(release)
    assert verify(release) == ["documents/documents-00000-of-00001.parquet: its columns are not those of the table"]


def test_a_file_that_is_no_parquet_is_found_though_its_hash_fits(release: Path) -> None:
    path = file_of(release, "tagging/test")
    path.write_bytes(b"PAR1 and no more")
    manifest = manifests.read(release)
    del manifest[manifests.SELF]
    entry = next(file for file in manifest["files"] if file["path"].startswith("tagging/test"))
    entry.update(sha256=file_sha256(path), bytes=path.stat().st_size)
    (release / NAME).write_text(manifests.sealed(manifest), encoding="utf-8")
    (fault,) = verify(release)
    assert fault.startswith("tagging/test-00000-of-00001.parquet: is no Parquet file, or a damaged one")


def test_a_parquet_file_that_belongs_to_no_table_is_found(release: Path) -> None:
    shutil.copy(file_of(release, "tagging/test"), release / "tagging" / "extra-00000-of-00001.parquet")
    reseal(release)
    assert verify(release) == ["tagging/extra-00000-of-00001.parquet: belongs to no table"]


@pytest.mark.parametrize("part", ["tables", "counts", "splits"])
def test_a_part_of_the_manifest_that_lacks_a_task_is_found(release: Path, part: str) -> None:
    def lose(manifest: dict[str, Any]) -> None:
        if part == "tables":
            del manifest["tables"]["tagging/test"]
        else:
            del (manifest["counts"]["records"] if part == "counts" else manifest["splits"]["tasks"])["tagging"]

    reseal(release, lose)
    assert f"manifest.json: {part}: are not those of the recipe's tasks ({', '.join(TASKS)})" in verify(release)


def test_a_manifest_with_a_key_of_its_own_breaks_its_schema(release: Path) -> None:
    reseal(release, lambda manifest: manifest.update(built_at="yesterday"))
    (fault,) = verify(release)
    assert "breaks its schema" in fault
    assert "built_at" in fault


# --- splits that a collection publishes -------------------------------------------------------------------------------


def test_published_splits_are_not_held_against_the_hash(tmp_path: Path) -> None:
    reports = tuple(
        {
            "id": f"s{number}",
            "set": split,
            "findings": f"Calcified granuloma of {number} mm in the left upper lobe. Clear otherwise.",
            "impression": f"Granuloma, {number} mm.",
            "tags": ["Calcified Granuloma"],
        }
        for number, split in enumerate(("train", "dev", "test", "train"), 3)
    )
    assert verify(build_trouble(tmp_path, reports=reports, columns='split = "set"')) == []


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_names_every_fault_and_ends_with_1(release: Path) -> None:
    (release / "README.md").write_text("Another card.")
    (release / "CHANGELOG.md").unlink()
    done = run("verify", release)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "CHANGELOG.md: is missing",
        "README.md: its bytes were changed (another sha256)",
        f"{release}: 2 faults",
    ]


# --- training and test apart -----------------------------------------------------------------------------------------


def test_a_training_record_whose_document_names_a_test_document_is_found_however_well_it_was_sealed(
    release: Path,
) -> None:
    own = rows_of(release, "tagging/train")[0]["document_ids"][0]
    tested = next(
        row["url"] for row in rows_of(release, "documents/documents") if row["split"] == "test" and row["url"]
    )

    def link(rows: Rows) -> Rows:
        next(row for row in rows if row["document_id"] == own)["links"] = [tested]
        return rows

    rewrite(release, "documents/documents", link)
    reseal(release, recounted=True)
    faults = verify(release)
    assert any("splits.tasks.tagging.training_linked_to_test: 0 was expected" in fault for fault in faults)
    assert all("training_linked_to_test" in fault for fault in faults)
