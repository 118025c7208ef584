"""Source `openi`: the Indiana University chest X-ray reports, one XML file a report, in a `.tgz` or a folder.

Sections come from `AbstractText` by its label, tags from the hand-coded `MeSH/major`, images from `parentImage`.
The collection names no patient, so the group is the report: its splits are study-safe, not patient-safe.
"""

import hashlib
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal, cast
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from radcurate.documents import Document, Section
from radcurate.errors import DataError
from radcurate.licences import named_by_url
from radcurate.sources import Rejected, SourceSpec

PUBLISHER_URL = "https://openi.nlm.nih.gov/imgs/collections/NLMCXR_reports.tgz"
ARCHIVE_SHA256 = "8fb6de7eec73d8c3665067ad4bb003ccd57f971ae316d2642e1627ac7268667a"
LARGEST_REPORT = 1_000_000
GZIP_MAGIC = b"\x1f\x8b"


def check(path: Path, spec: SourceSpec) -> None:
    """Reads the archive to its end, so that a truncated one is refused before anything is written."""
    entries = 0
    for _ in _members(path):
        entries += 1
    if not entries:
        raise DataError(f"{path}: holds no files; expected the XML files of the Open-i reports")


def read(path: Path, spec: SourceSpec) -> Iterator[Document | Rejected]:
    """One document or rejection for each file in the archive or folder."""
    for name, content in _members(path):
        yield _parse(f"{path.name}:{name}", name, content, spec.name)


def _members(path: Path) -> Iterator[tuple[str, bytes | None]]:
    """Name and bytes of each entry; None for one that is no plain file or larger than a report can be."""
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_symlink() or not file.is_dir():
                small = file.is_file() and file.stat().st_size <= LARGEST_REPORT
                yield _printable(file.relative_to(path).as_posix()), file.read_bytes() if small else None
        return
    with path.open("rb") as opened:
        try:
            with tarfile.open(fileobj=opened, mode=_mode(opened)) as archive:
                for member in archive:
                    if not member.isdir():
                        small = member.isreg() and member.size <= LARGEST_REPORT
                        content = archive.extractfile(member) if small else None
                        yield _printable(member.name), content.read() if content else None
                _read_to_end(archive)
        except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error) as error:
            raise DataError(
                f"{path}: the archive is truncated or damaged ({error}); fetch it again (`make data`)"
            ) from error


def _mode(file: BinaryIO) -> Literal["r:gz", "r:"]:
    gzipped = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    file.seek(0)
    return "r:gz" if gzipped else "r:"


def _read_to_end(archive: tarfile.TarFile) -> None:
    """Raises for an archive that stops short: `tarfile` itself takes a cut or damaged header for the end."""
    stream = cast(BinaryIO, archive.fileobj)
    stream.seek(archive.offset)
    if stream.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise tarfile.ReadError("it stops before its closing block")
    while stream.read(LARGEST_REPORT):
        pass  # gzip's checksum stands at the end


def _printable(name: str) -> str:
    """A name whose bytes are no UTF-8 with those bytes spelt out, so that the audit can hold it."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _parse(locator: str, name: str, content: bytes | None, source: str) -> Document | Rejected:
    entry = PurePosixPath(name)
    if entry.is_absolute() or ".." in entry.parts:
        return Rejected(locator, "unsafe_path.v1", "the entry's path leaves the archive")
    if entry.suffix != ".xml":
        return Rejected(locator, "not_a_report.v1", "not an XML file")
    if content is None:
        return Rejected(locator, "not_a_report.v1", f"no plain file, or over {LARGEST_REPORT:,} bytes")
    try:
        root = fromstring(content)
    except DefusedXmlException as error:
        return Rejected(
            locator, "xml_entities.v1", f"declares entities, which a report never needs: {type(error).__name__}"
        )
    except (ParseError, LookupError, ValueError) as error:
        return Rejected(locator, "broken_xml.v1", str(error))
    uid = _clean(_attribute(root, "uId"))
    licence_url = _clean(root.findtext("licenseURL"))
    if not uid or not licence_url:
        return Rejected(locator, "not_a_report.v1", "has no uId or no licenseURL")
    sections = tuple(_sections(root))
    if not all(section.name for section in sections):
        return Rejected(locator, "not_a_report.v1", "has an AbstractText without a Label")
    document_id = f"openi:{uid}"
    return Document(
        document_id=document_id,
        source=source,
        kind="report",
        title=_clean(root.findtext(".//ArticleTitle")),
        url=PUBLISHER_URL,
        licence=named_by_url(licence_url),
        licence_url=licence_url,
        authors=tuple(_authors(root)),
        revised=_clean(root.findtext("articleDate")),
        raw_sha256=hashlib.sha256(content).hexdigest(),
        group_id=document_id,
        systems=("Chest",),
        tags=tuple(tag for node in root.findall("MeSH/major") if (tag := _clean(node.text))),
        modality="X-ray",
        images=tuple(image for node in root.findall("parentImage") if (image := node.get("id"))),
        sections=sections,
    )


def _sections(root: Element) -> Iterator[Section]:
    texts: dict[str, tuple[str, str]] = {}
    for node in root.iter("AbstractText"):
        heading = node.get("Label", "").strip()
        text = "".join(node.itertext())
        if text.strip():
            before = texts.get(heading.lower(), (heading, ""))[1]
            texts[heading.lower()] = (heading, f"{before}\n\n{text}" if before else text)
    for name, (heading, text) in texts.items():
        yield Section(name, heading, text)


def _authors(root: Element) -> Iterator[str]:
    for author in root.iter("Author"):
        yield " ".join(part for part in (author.findtext("ForeName"), author.findtext("LastName")) if part)


def _attribute(root: Element, tag: str) -> str | None:
    node = root.find(tag)
    return None if node is None else node.get("id")


def _clean(text: str | None) -> str | None:
    return text.strip() or None if text else None
