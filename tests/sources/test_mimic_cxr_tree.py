"""The report tree of MIMIC-CXR: the folder and the zip hold the same files, and no entry does harm."""

import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.errors import DataError
from radcurate.sources import Rejected, mimic_cxr_tree
from radcurate.sources.mimic_cxr_tree import LARGEST_REPORT, described, opened
from tests.sources import mimic_layout as layout
from tests.sources.mimic_layout import write_tree, write_zip

REPORT = "files/p10/p10000032/s50414267.txt"


def _read(path: Path) -> list[tuple[str, int | None, bytes | str]]:
    """Name, study, and bytes or the rule of the refusal."""
    with opened(path) as entries:
        found = [(entry.name, entry.study, entry.load()) for entry in entries]
    return [(name, study, told.rule if isinstance(told, Rejected) else told) for name, study, told in found]


def _refused(path: Path) -> str:
    with pytest.raises(DataError) as refused, opened(path) as entries:
        list(entries)
    return str(refused.value)


def test_folder_download_and_zip_give_the_same_reports_in_the_same_order(tmp_path: Path) -> None:
    (tmp_path / "download/images").mkdir(parents=True)
    files = write_tree(tmp_path / "download")
    (tmp_path / "download/LICENSE.txt").write_text("Signed.")
    from_zip = [(name.removeprefix("files/"), *rest) for name, *rest in _read(write_zip(tmp_path))]
    assert _read(files) == _read(tmp_path / "download") == from_zip
    assert [study for _, study, _ in from_zip] == sorted(
        (study for _, study, *_ in layout.STUDIES), key=lambda study: (study == 51029426, study == 57375967, study)
    )


def test_the_unpacked_zip_within_a_download_is_found(tmp_path: Path) -> None:
    write_tree(tmp_path / "mimic-cxr-reports")
    assert len(_read(tmp_path)) == len(layout.STUDIES)


def test_the_folders_of_images_beside_the_reports_are_not_walked(tmp_path: Path) -> None:
    files = write_tree(tmp_path, {REPORT: b"Clear.", "files/p10/p10000032/s50414267/02aa804e.dcm": b"DICM"})
    assert _read(files) == [("p10/p10000032/s50414267.txt", 50414267, b"Clear.")]


@pytest.mark.parametrize(
    "name",
    [
        "files/p10/p10000032/index.html",
        "files/p10/p10000032/s5041426.txt",
        "files/p10/p10000032/s50414267.txt.bak",
        "files/p10/p10000032/S50414267.txt",
        "files/p10/10000032/s50414267.txt",
        "files/p11/p10000032/s50414267.txt",
        "files/p10/README",
        "files/stray/s50414267/x.dcm",
        "files/p10/p10000032/deep/er/s50414267.txt",
    ],
)
def test_a_name_out_of_the_pattern_is_no_study_but_no_file_is_passed_over(tmp_path: Path, name: str) -> None:
    other = "files/p12/p12000000/s59999999.txt"
    files = write_tree(tmp_path, {name: b"?", other: b"Clear."})
    path = write_zip(tmp_path, {name: b"?", other: b"Clear."}.items())
    for found in (_read(files), _read(path)):
        assert sorted(study or 0 for _, study, _ in found) == [0, 59999999]
        assert name.removeprefix("files/") in {told.removeprefix("files/") for told, _, _ in found}


def test_links_and_pipes_are_no_plain_files(tmp_path: Path) -> None:
    files = write_tree(tmp_path, {REPORT: b"Clear."})
    (files / "p10/p10000032/s50414268.txt").symlink_to(tmp_path / "gone.txt")
    (files / "p10/p10000099").symlink_to(files / "p10")
    assert _read(files)[1:] == [
        ("p10/p10000032/s50414268.txt", 50414268, "not_a_report.v1"),
        ("p10/p10000099", None, "not_a_report.v1"),
    ]


@pytest.mark.parametrize("name", ["../p10/p10000032/s50414267.txt", "/etc/p10/p10000032/s50414267.txt", "..\\s.txt"])
def test_a_member_that_leaves_the_zip_is_refused(tmp_path: Path, name: str) -> None:
    found = _read(write_zip(tmp_path, [(name, b"Clear."), (REPORT, b"Clear.")]))
    assert {rule for told, _, rule in found if told == name} == {"unsafe_path.v1"}
    assert (REPORT, 50414267, b"Clear.") in found


def test_a_member_that_is_a_link_is_never_followed(tmp_path: Path) -> None:
    link = zipfile.ZipInfo(REPORT)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert _read(write_zip(tmp_path, [(link, b"/etc/hostname")])) == [(REPORT, 50414267, "not_a_report.v1")]


def test_a_report_larger_than_any_is_refused_unread_in_folder_and_zip(tmp_path: Path) -> None:
    bomb = {REPORT: b" " * (LARGEST_REPORT + 1)}
    assert _read(write_zip(tmp_path, bomb.items())) == [(REPORT, 50414267, "too_large.v1")]
    assert _read(write_tree(tmp_path, bomb))[0][2] == "too_large.v1"


def test_a_member_that_hides_its_size_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path, [(REPORT, b" " * 5_000_000)])
    content = path.read_bytes()
    assert content.count((5_000_000).to_bytes(4, "little")) == 2
    path.write_bytes(content.replace((5_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little")))
    assert _read(path) == [(REPORT, 50414267, "damaged_member.v1")]


def test_a_zip_that_unpacks_to_far_more_than_the_collection_is_refused_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mimic_cxr_tree, "LARGEST_TREE", 1_000)
    assert "unpacks to" in _refused(write_zip(tmp_path))


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path, [(REPORT, b"Clear.")])
    content = bytearray(path.read_bytes())
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 8] |= 1
    path.write_bytes(content)
    assert _read(path) == [(REPORT, 50414267, "not_a_report.v1")]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_member_is_refused_and_the_rest_comes_through(tmp_path: Path, method: int) -> None:
    path = tmp_path / "mimic-cxr-reports.zip"
    other = "files/p10/p10000032/s50414268.txt"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr(REPORT, layout.EFFUSION)
        archive.writestr(other, layout.NORMAL)
    content = bytearray(path.read_bytes())
    content[30 + len(REPORT) + 25] ^= 0xFF
    path.write_bytes(content)
    assert _read(path) == [(REPORT, 50414267, "damaged_member.v1"), (other, 50414268, layout.NORMAL.encode())]


def test_a_zip_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    path = write_zip(tmp_path)
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        assert "is no zip, or a truncated one" in _refused(path)


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_zip_with_one_flipped_bit_is_refused_or_loses_no_word_unnoticed(
    tmp_path_factory: pytest.TempPathFactory, place: float, bit: int
) -> None:
    path = write_zip(tmp_path_factory.mktemp("flipped"))
    texts = {content for _, _, content in _read(path)}
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    path.write_bytes(content)
    try:
        found = _read(path)
    except DataError:
        return
    assert {told for _, _, told in found if isinstance(told, bytes)} <= texts


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"\x1f\x8b\x08" + b"0" * 100])
def test_a_file_that_is_no_zip_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mimic-cxr-reports.zip"
    path.write_bytes(content)
    assert "\n" not in _refused(path)


def test_a_folder_without_the_tree_is_refused_with_what_is_expected(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    assert "Expected files/p10/p10000032/s50414267.txt" in _refused(tmp_path)


def test_a_name_that_is_not_utf8_is_spelt_out(tmp_path: Path) -> None:
    files = write_tree(tmp_path, {REPORT: b"Clear.", "files/p10/caf\udce9.txt": b"?"})
    assert _read(files)[0][0] == "p10/caf\\xe9.txt"


# What names the input


def test_a_folder_is_named_by_its_reports_and_not_by_what_lies_beside_them(tmp_path: Path) -> None:
    files = write_tree(tmp_path)
    before = described(files)
    (files / "p10/p10000032/s50414267").mkdir()
    (files / "p10/p10000032/s50414267/02aa804e.dcm").write_bytes(b"DICM")
    (tmp_path / "LICENSE.txt").write_text("Signed.")
    assert described(files) == described(tmp_path) == before
    assert before.bytes == sum(len(content) for content in layout.reports().values())


@pytest.mark.parametrize("change", ["text", "name", "more"])
def test_another_text_name_or_report_is_another_input(tmp_path: Path, change: str) -> None:
    files = write_tree(tmp_path)
    before = described(files)
    report = files / "p10/p10000032/s50414267.txt"
    if change == "text":
        report.write_text("Clear.")
    elif change == "name":
        report.rename(report.with_name("s50414268.txt"))
    else:
        (files / "p10/p10000032/s50414268.txt").write_text("Clear.")
    assert described(files).sha256 != before.sha256
