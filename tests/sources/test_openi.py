"""Source `openi`: what each field becomes, and what becomes of each kind of bad entry."""

import hashlib
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.documents import Document
from radcurate.errors import DataError
from radcurate.sources import Rejected
from radcurate.sources.openi import LARGEST_REPORT, check, read
from tests.sources.samples import archive, openi, openi_report, parted

BILLION_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE eCitation [
  <!ENTITY a "ha">
  <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
  <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
]>
<eCitation><uId id="CXR9"/><title>&c;</title></eCitation>"""

EXTERNAL_ENTITY = b"""<?xml version="1.0"?>
<!DOCTYPE eCitation [<!ENTITY secret SYSTEM "file:///etc/hostname">]>
<eCitation><uId id="CXR9"/><title>&secret;</title></eCitation>"""

PARAMETER_ENTITY = b"""<?xml version="1.0"?>
<!DOCTYPE eCitation [<!ENTITY % all SYSTEM "file:///etc/hostname"> %all;]>
<eCitation><uId id="CXR9"/></eCitation>"""


@pytest.fixture
def document(tmp_path: Path) -> Document:
    path = archive(tmp_path / "reports.tgz", [("ecgen-radiology/7.xml", openi_report())])
    [found], _ = parted(read(path, openi(path)))
    return found


def _read_one(tmp_path: Path, content: bytes, name: str | tarfile.TarInfo = "ecgen-radiology/9.xml") -> Rejected:
    """What becomes of an entry between two good ones, which must both come through."""
    good = [("ecgen-radiology/1.xml", openi_report("CXR1")), ("ecgen-radiology/2.xml", openi_report("CXR2"))]
    path = archive(tmp_path / "reports.tgz", [good[0], (name, content), good[1]])
    check(path, openi(path))
    first, odd, last = read(path, openi(path))
    assert (first.document_id, last.document_id) == ("openi:CXR1", "openi:CXR2")
    assert isinstance(odd, Rejected)
    return odd


def test_sections_come_in_published_order_under_their_labels(document: Document) -> None:
    assert [(section.name, section.heading) for section in document.sections] == [
        ("comparison", "COMPARISON"),
        ("indication", "INDICATION"),
        ("findings", "FINDINGS"),
        ("impression", "IMPRESSION"),
    ]
    assert document.text_of("findings") == "Acute fracture of the left sixth rib. No pneumothorax."


def test_tags_are_the_hand_coded_terms_in_their_order_and_never_the_automatic_ones(document: Document) -> None:
    assert document.tags == ("Fractures, Bone/ribs/left", "Thoracic Vertebrae/degenerative/mild")


def test_images_are_the_parent_images_in_their_order(document: Document) -> None:
    assert document.images == ("CXR7_IM-0001-1001", "CXR7_IM-0001-2001")


def test_licence_is_named_and_its_address_is_kept_as_published(document: Document) -> None:
    assert document.licence == "CC-BY-NC-ND-4.0"
    assert document.licence_url == "http://creativecommons.org/licenses/by-nc-nd/4.0/"


def test_a_licence_that_is_not_in_the_table_keeps_its_address_as_name(tmp_path: Path) -> None:
    path = archive(tmp_path / "reports.tgz", [("7.xml", openi_report(licence="https://example.org/terms"))])
    [document], _ = parted(read(path, openi(path)))
    assert document.licence == "https://example.org/terms"


def test_the_group_is_the_report_because_the_collection_names_no_patient(document: Document) -> None:
    assert document.group_id == document.document_id == "openi:CXR7"


def test_raw_sha256_is_of_the_bytes_of_the_entry(document: Document) -> None:
    assert document.raw_sha256 == hashlib.sha256(openi_report()).hexdigest()


def test_the_other_fields_are_as_published(document: Document) -> None:
    assert document.title == "Chest radiographs"
    assert document.authors == ("Ana Rivera", "Okafor")
    assert document.revised == "2013-08-01"
    assert (document.kind, document.modality, document.systems) == ("report", "X-ray", ("Chest",))
    assert document.split is None


def test_a_label_that_comes_twice_is_one_section(tmp_path: Path) -> None:
    twice = openi_report().replace(b'Label="INDICATION"', b'Label="FINDINGS"')
    path = archive(tmp_path / "reports.tgz", [("7.xml", twice)])
    [document], _ = parted(read(path, openi(path)))
    assert [section.name for section in document.sections] == ["comparison", "findings", "impression"]
    assert document.text_of("findings").startswith("Fall from a ladder.\n\nAcute fracture")


def test_an_empty_section_is_none(tmp_path: Path) -> None:
    path = archive(tmp_path / "reports.tgz", [("7.xml", openi_report().replace(b">None.<", b"> <"))])
    [document], _ = parted(read(path, openi(path)))
    assert document.section("comparison") is None


def test_markup_within_a_section_leaves_its_text_whole(tmp_path: Path) -> None:
    path = archive(tmp_path / "reports.tgz", [("7.xml", openi_report(findings="Heart <b>not</b> enlarged."))])
    [document], _ = parted(read(path, openi(path)))
    assert document.text_of("findings").endswith("Heart not enlarged.")


@pytest.mark.parametrize("name", ["reports.tgz", "reports.tar.gz", "reports.tar"])
def test_an_archive_and_a_folder_of_the_same_files_give_the_same_documents(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "ecgen-radiology"
    folder.mkdir()
    for uid in ("CXR1", "CXR2"):
        (folder / f"{uid}.xml").write_bytes(openi_report(uid))
    path = archive(tmp_path / name, [(f"{uid}.xml", openi_report(uid)) for uid in ("CXR1", "CXR2")])
    from_folder, _ = parted(read(folder, openi(folder)))
    from_archive, _ = parted(read(path, openi(path)))
    assert from_folder == from_archive
    assert [document.document_id for document in from_folder] == ["openi:CXR1", "openi:CXR2"]


def test_a_folder_is_read_in_order_of_its_names_and_in_depth(tmp_path: Path) -> None:
    for name in ("b/2.xml", "a/9.xml", "a/1.xml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(openi_report(name.replace("/", "")))
    documents, _ = parted(read(tmp_path, openi(tmp_path)))
    assert [document.document_id for document in documents] == ["openi:a1.xml", "openi:a9.xml", "openi:b2.xml"]


@pytest.mark.parametrize(
    ("content", "rule", "reason"),
    [
        pytest.param(openi_report()[:-40], "broken_xml.v1", "unclosed token", id="cut short"),
        pytest.param(openi_report().replace(b"</uId>", b"").replace(b"<MeSH>", b""), "broken_xml.v1", "tag", id="tag"),
        pytest.param(b"", "broken_xml.v1", "no element found", id="empty"),
        pytest.param(
            openi_report(findings="\xe9").decode().encode("latin-1"), "broken_xml.v1", "invalid", id="latin-1"
        ),
        pytest.param(openi_report().replace(b"utf-8", b"klingon"), "broken_xml.v1", "klingon", id="encoding"),
        pytest.param(openi_report().replace(b"utf-8", b"hex"), "broken_xml.v1", "hex", id="no text encoding"),
        pytest.param(BILLION_LAUGHS, "xml_entities.v1", "entities", id="entity expansion"),
        pytest.param(EXTERNAL_ENTITY, "xml_entities.v1", "entities", id="external entity"),
        pytest.param(PARAMETER_ENTITY, "xml_entities.v1", "entities", id="parameter entity"),
        pytest.param(openi_report(uid=""), "not_a_report.v1", "uId", id="no uId"),
        pytest.param(openi_report(uid=" "), "not_a_report.v1", "uId", id="blank uId"),
        pytest.param(openi_report(licence=""), "not_a_report.v1", "licenseURL", id="no licence"),
        pytest.param(openi_report().replace(b' Label="FINDINGS"', b""), "not_a_report.v1", "Label", id="no label"),
        pytest.param(b"<html><body>Not found</body></html>", "not_a_report.v1", "uId", id="another document"),
    ],
)
def test_a_bad_file_is_rejected_by_name_and_the_rest_goes_on(
    tmp_path: Path, content: bytes, rule: str, reason: str
) -> None:
    odd = _read_one(tmp_path, content)
    assert (odd.locator, odd.rule) == ("reports.tgz:ecgen-radiology/9.xml", rule)
    assert reason in odd.reason


@pytest.mark.parametrize("name", ["../9.xml", "ecgen-radiology/../../9.xml", "/etc/9.xml", "../../etc/passwd"])
def test_an_entry_that_leaves_the_archive_is_rejected(tmp_path: Path, name: str) -> None:
    odd = _read_one(tmp_path, openi_report("CXR9"), name)
    assert (odd.locator, odd.rule) == (f"reports.tgz:{name}", "unsafe_path.v1")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_an_entry_that_is_no_plain_file_is_rejected_and_never_followed(tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("ecgen-radiology/9.xml")
    member.type, member.linkname = kind, "ecgen-radiology/1.xml"
    odd = _read_one(tmp_path, b"", member)
    assert (odd.rule, "no plain file" in odd.reason) == ("not_a_report.v1", True)


def test_an_entry_larger_than_a_report_can_be_is_rejected(tmp_path: Path) -> None:
    odd = _read_one(tmp_path, openi_report("CXR9", findings=" " * LARGEST_REPORT))
    assert (odd.rule, "1,000,000 bytes" in odd.reason) == ("not_a_report.v1", True)


@pytest.mark.parametrize("name", ["README.txt", "ecgen-radiology/9.xml.bak", "ecgen-radiology/9"])
def test_an_entry_that_is_no_xml_file_is_rejected(tmp_path: Path, name: str) -> None:
    odd = _read_one(tmp_path, openi_report("CXR9"), name)
    assert (odd.rule, odd.reason) == ("not_a_report.v1", "not an XML file")


def test_a_name_that_is_not_utf8_is_spelt_out_so_that_the_audit_can_hold_it(tmp_path: Path) -> None:
    odd = _read_one(tmp_path, b"<a>", "caf\udce9.xml")
    assert odd.locator == "reports.tgz:caf\\xe9.xml"


def test_folders_in_an_archive_are_no_inputs(tmp_path: Path) -> None:
    folder = tarfile.TarInfo("ecgen-radiology")
    folder.type = tarfile.DIRTYPE
    path = archive(tmp_path / "reports.tgz", [(folder, b""), ("ecgen-radiology/7.xml", openi_report())])
    assert len(list(read(path, openi(path)))) == 1


def test_two_members_of_one_name_are_two_inputs(tmp_path: Path) -> None:
    path = archive(tmp_path / "reports.tgz", [("7.xml", openi_report()), ("7.xml", openi_report(findings="Clear."))])
    documents, _ = parted(read(path, openi(path)))
    assert [document.document_id for document in documents] == ["openi:CXR7", "openi:CXR7"]


def test_a_link_to_nowhere_in_a_folder_is_rejected_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "1.xml").write_bytes(openi_report("CXR1"))
    (tmp_path / "2.xml").symlink_to(tmp_path / "gone.xml")
    os.mkfifo(tmp_path / "3.xml")
    documents, rejected = parted(read(tmp_path, openi(tmp_path)))
    assert len(documents) == 1
    assert rejected == [(f"{tmp_path.name}:{name}", "not_a_report.v1") for name in ("2.xml", "3.xml")]


def test_an_empty_archive_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "reports.tgz", [])
    with pytest.raises(DataError, match=r"reports\.tgz: holds no files"):
        check(path, openi(path))


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no files"):
        check(tmp_path, openi(tmp_path))


@pytest.mark.parametrize("content", [b"", b"no archive at all", b"\x1f\x8b", b"\x1f\x8bno gzip", b"PK\x03\x04" * 400])
def test_a_file_that_is_no_archive_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "reports.tgz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"truncated or damaged") as refused:
        check(path, openi(path))
    assert "\n" not in str(refused.value)


def _some_reports(path: Path) -> bytes:
    # Random-looking findings keep gzip from making the archive too small to be cut at interesting places.
    digests = (hashlib.sha512(bytes([number])).hexdigest() for number in range(4))
    return archive(
        path, [(f"{number}.xml", openi_report(f"CXR{number}", digest)) for number, digest in enumerate(digests)]
    ).read_bytes()


def test_a_gzipped_archive_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "reports.tgz"
    whole = _some_reports(path)
    check(path, openi(path))
    for length in range(0, len(whole), 3):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match=r"truncated or damaged"):
            check(path, openi(path))


def test_a_plain_archive_is_refused_when_cut_between_two_members(tmp_path: Path) -> None:
    path = tmp_path / "reports.tar"
    whole = _some_reports(path)
    closing = len(whole.rstrip(b"\0"))
    for length in range(512, closing, 512):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match=r"truncated or damaged"):
            check(path, openi(path))


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_gzipped_archive_with_one_flipped_bit_is_refused_or_unharmed(
    tmp_path_factory: pytest.TempPathFactory, place: float, bit: int
) -> None:
    path = tmp_path_factory.mktemp("flipped") / "reports.tgz"
    content = bytearray(_some_reports(path))
    before = list(read(path, openi(path)))
    content[int(place * len(content))] ^= 1 << bit
    path.write_bytes(content)
    try:
        after = list(read(path, openi(path)))
    except DataError:
        return
    assert after == before


@given(content=st.binary(max_size=300))
def test_any_bytes_as_a_report_are_a_document_or_a_rejection(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    (folder / "1.xml").write_bytes(content)
    assert len(list(read(folder, openi(folder)))) == 1


@pytest.mark.slow
def test_the_published_archive_gives_a_document_for_every_report(openi_reports: Path) -> None:
    documents, rejected = parted(read(openi_reports, openi(openi_reports)))
    assert (len(documents), rejected) == (3955, [])
    assert len({document.document_id for document in documents}) == 3955
    assert {document.licence for document in documents} == {"CC-BY-NC-ND-4.0"}
    assert all(document.images or document.tags for document in documents)
    assert {section.name for document in documents for section in document.sections} == {
        "comparison",
        "indication",
        "findings",
        "impression",
    }


@pytest.mark.slow
def test_the_published_archive_is_refused_wherever_it_is_cut(openi_reports: Path, tmp_path: Path) -> None:
    whole = openi_reports.read_bytes()
    path = tmp_path / "cut.tgz"
    for length in range(len(whole) - 20_011, 0, -len(whole) // 40):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match=r"truncated or damaged"):
            check(path, openi(path))
