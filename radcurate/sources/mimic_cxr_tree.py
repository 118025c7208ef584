"""The reports of MIMIC-CXR where they lie: a folder (`files/`, or the download that holds it) or the zip of it.

In: the path. Out: `Entry`s in the order of their names, subject after subject, each read only when asked. Of a folder
two levels are walked: the folders of a study beside its report hold images. Of a zip the directory is in memory, about
900 bytes a report; no member is ever unpacked to disk.
"""

import contextlib
import functools
import hashlib
import lzma
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from radcurate.errors import DataError, one_line
from radcurate.sources import Described, Rejected

ROOTS = ("files", "mimic-cxr-reports/files")
LARGEST_REPORT = 1_000_000
# All reports together unpack to some 300 MB.
LARGEST_TREE = 4 * 2**30

_REPORT = re.compile(r"(?:.*/)?p(?P<group>\d\d)/p(?P<subject>\d{8})/s(?P<study>\d{8})\.txt")
# The folders on the way to a report, and that of a study's images beside it.
_LEVELS = (re.compile(r"p\d\d"), re.compile(r"p\d{8}"))
_STUDY = re.compile(r"s\d{8}")
_STRAY = len(_LEVELS) + 1
_UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError, ValueError)


@dataclass(frozen=True)
class Entry:
    """A file of the tree: subject and study by its name, None for one whose name is not a report's."""

    name: str
    subject: int | None
    study: int | None
    _load: Callable[[], bytes | Rejected]

    def load(self) -> bytes | Rejected:
        """Its bytes, or why they cannot be had."""
        return self._load()


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Iterator[Entry]]:
    """Every file of the tree, in the order of its name; what is not loaded within the block cannot be.

    Raises `DataError` where `path` is neither a zip nor a folder with `p10/…` in it.
    """
    if path.is_file():
        with _archive(path) as archive:
            yield _in_zip(path, archive)
    else:
        yield _in_folder(_root(path), "", 0)


def described(path: Path) -> Described:
    """The sha256 of a zip; of a folder one over the names and bytes of its reports alone; and their size."""
    if path.is_file():
        with path.open("rb") as file:
            return Described(hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size, frozenset())
    digest, size = hashlib.sha256(), 0
    with opened(path) as found:
        for entry in found:
            content = entry.load()
            told = content.reason.encode() if isinstance(content, Rejected) else content
            name = entry.name.encode()
            digest.update(b"%d %b %b\n" % (len(name), name, hashlib.sha256(told).digest()))
            size += len(told)
    return Described(digest.hexdigest(), size, frozenset())


def _root(path: Path) -> Path:
    """The folder that holds `p10`, `p11` …: `path` itself or one of `ROOTS` in it."""
    for root in (path, *(path / name for name in ROOTS)):
        if root.is_dir() and any(_LEVELS[0].fullmatch(name) for name in os.listdir(root)):
            return root
    raise DataError(
        f"{path}: holds no report of MIMIC-CXR\n"
        "Expected files/p10/p10000032/s50414267.txt and so on: name the folder of `files`, or mimic-cxr-reports.zip"
    )


def _entry(name: str, load: Callable[[], bytes | Rejected]) -> Entry:
    match = _REPORT.fullmatch(name)
    if match is None or not match["subject"].startswith(match["group"]):
        return Entry(name, None, None, load)
    return Entry(name, int(match["subject"]), int(match["study"]), load)


def _in_folder(folder: Path, name: str, depth: int) -> Iterator[Entry]:
    try:
        with os.scandir(folder) as scanned:
            found = sorted(scanned, key=lambda item: item.name)
    except OSError as error:
        refused = Rejected(name, "unreadable_file.v1", error.strerror or type(error).__name__)
        yield Entry(name, None, None, lambda: refused)
        return
    for item in found:
        inner = f"{name}{_printable(item.name)}"
        if item.is_symlink() or not item.is_dir():
            yield _entry(inner, functools.partial(_load_file, item, inner))
        elif depth == len(_LEVELS) and _STUDY.fullmatch(item.name):
            continue  # images
        else:
            expected = depth < len(_LEVELS) and _LEVELS[depth].fullmatch(item.name)
            yield from _in_folder(Path(item.path), f"{inner}/", depth + 1 if expected else _STRAY)


def _load_file(item: "os.DirEntry[str]", name: str) -> bytes | Rejected:
    if not item.is_file():
        return Rejected(name, "not_a_report.v1", "no plain file")
    if item.stat().st_size > LARGEST_REPORT:
        return Rejected(name, "too_large.v1", f"over {LARGEST_REPORT:,} bytes, which no report has")
    try:
        return Path(item.path).read_bytes()
    except OSError as error:
        return Rejected(name, "unreadable_file.v1", error.strerror or type(error).__name__)


def _in_zip(path: Path, archive: zipfile.ZipFile) -> Iterator[Entry]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    unpacked = sum(member.file_size for member in members if member.file_size <= LARGEST_REPORT)
    if unpacked > LARGEST_TREE:
        raise DataError(f"{path}: unpacks to {unpacked:,} bytes, ten times what the reports of MIMIC-CXR hold")
    for member in sorted(members, key=lambda member: member.filename.split("/")):
        name = _printable(member.filename)
        yield _entry(name, functools.partial(_load_member, archive, member, name))


@contextlib.contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except _UNREADABLE as error:
        raise DataError(
            f"{path}: is no zip, or a truncated one ({one_line(error)}); expected mimic-cxr-reports.zip or the folder "
            "`files` that it holds"
        ) from error
    with archive:
        yield archive


def _load_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bytes | Rejected:
    place = PurePosixPath(member.filename)
    if place.is_absolute() or ".." in place.parts or "\\" in member.filename:
        return Rejected(name, "unsafe_path.v1", "the member's path leaves the archive")
    mode = member.external_attr >> 16
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        return Rejected(name, "not_a_report.v1", "no plain file")
    if member.flag_bits & 1:
        return Rejected(name, "not_a_report.v1", "encrypted")
    if member.file_size > LARGEST_REPORT:
        return Rejected(name, "too_large.v1", f"over {LARGEST_REPORT:,} bytes, which no report has")
    try:
        with archive.open(member) as file:
            return file.read(LARGEST_REPORT)
    except _UNREADABLE as error:
        return Rejected(name, "damaged_member.v1", one_line(error) or type(error).__name__)


def _printable(name: str) -> str:
    """A name whose bytes are no UTF-8 with those bytes spelt out, so that the audit can hold it."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
