"""The tables of MIMIC-CXR-JPG beside the reports: splits, study times and images, CheXpert and NegBio labels.

In: `mimic-cxr-2.0.0-split.csv.gz`, `-metadata`, `-chexpert`, `-negbio`, gzipped or plain, each optional. Out: a `Study`
for every study that one of them names: about 550 bytes a study, 130 MB for all of MIMIC-CXR.
"""

import csv
import datetime
import functools
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from radcurate.errors import DataError, UsageError, one_line
from radcurate.sources import SourceSpec, labels
from radcurate.splits import ALIASES

KINDS = ("split", "metadata", "chexpert", "negbio")
LABELLERS = ("chexpert", "negbio")
_NAME = re.compile(rf"mimic-cxr-[\d.]+-(?P<kind>{'|'.join(KINDS)})\.csv(?:\.gz)?")
_COLUMNS = {
    "split": ("dicom_id", "study_id", "subject_id", "split"),
    "metadata": ("dicom_id", "study_id", "subject_id", "StudyDate", "StudyTime"),
    **dict.fromkeys(LABELLERS, ("study_id", "subject_id", *labels.NAMES)),
}
LONGEST_LINE = 65_536
_GZIP = b"\x1f\x8b"
_TIME = re.compile(r"(?P<clock>\d{1,6})(?:\.(?P<fraction>\d*))?")


@dataclass(slots=True)
class Study:
    """What the tables say of a study; `split` is None where the split table does not name it.

    `images` are dicom ids parted by blanks, `studied` the earliest time of its images, `labels` those of `LABELLERS`.
    """

    subject: int
    split: str | None = None
    studied: str | None = None
    images: bytes = b""
    labels: tuple[bytes | None, bytes | None] = (None, None)


def found(path: Path, spec: SourceSpec) -> dict[str, Path]:
    """The tables by kind: of the folder that the recipe names, else in the reports' folder or the one that holds it.

    Raises `UsageError` for two tables of one kind in one folder.
    """
    named = spec.options.get("tables")
    folders = [Path(named)] if named else [*([path] if path.is_dir() else []), path.resolve().parent]
    tables: dict[str, Path] = {}
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"`sources.{spec.name}.tables` names {folder}, which is no folder")
        here: dict[str, list[Path]] = {}
        for file in sorted(folder.iterdir()):
            match = _NAME.fullmatch(file.name)
            if match:
                here.setdefault(match["kind"], []).append(file)
        for kind, files in here.items():
            if len(files) > 1:
                names = " and ".join(file.name for file in files)
                raise UsageError(f"{folder}: holds {names}; one of them must go, for only one can say the {kind}")
            tables.setdefault(kind, files[0])
    return {kind: tables[kind] for kind in KINDS if kind in tables}


def load(tables: dict[str, Path]) -> dict[int, Study]:
    """Every study that the tables name, by its number.

    Raises `DataError` for a table that is damaged, lacks a column, or contradicts itself or another.
    """
    studies: dict[int, Study] = {}
    for kind in KINDS:
        if kind in tables:
            _Reader(tables[kind], kind, studies).read()
    return studies


class _Reader:
    """Reads one table into the studies, and says file and line of whatever is wrong."""

    def __init__(self, path: Path, kind: str, studies: dict[int, Study]) -> None:
        self._path, self._kind, self._studies = path, kind, studies
        self._line = 0

    def read(self) -> None:
        take = {"split": self._split, "metadata": self._metadata}.get(self._kind, self._labels)
        for cells in self._rows():
            number = self._number(cells[_COLUMNS[self._kind].index("study_id")], "study_id")
            subject = self._number(cells[_COLUMNS[self._kind].index("subject_id")], "subject_id")
            study = self._studies.setdefault(number, Study(subject))
            if study.subject != subject:
                raise self._wrong(f"gives study {number} to subject {subject}, where it was {study.subject} before")
            take(study, number, cells)

    def _split(self, study: Study, number: int, cells: Sequence[str]) -> None:
        split = ALIASES.get(cells[3].strip().lower())
        if split is None:
            raise self._wrong(f"split is {cells[3][:20]!r}; expected train, validate or test")
        if study.split not in (None, split):
            raise self._wrong(f"study {number} is in {split}, where it was in {study.split} before")
        study.split = split
        self._image(study, cells[0])

    def _metadata(self, study: Study, number: int, cells: Sequence[str]) -> None:
        self._image(study, cells[0])
        date, time = cells[3].strip(), cells[4].strip()
        if date and time:
            studied = self._moment(date, time)
            study.studied = min(studied, study.studied or studied)

    def _labels(self, study: Study, number: int, cells: Sequence[str]) -> None:
        place = LABELLERS.index(self._kind)
        try:
            codes = labels.packed(cells[2:])
        except ValueError as error:
            raise self._wrong(str(error)) from error
        if study.labels[place] not in (None, codes):
            raise self._wrong(f"labels study {number} a second time, and otherwise")
        first, second = study.labels
        study.labels = (codes, second) if place == 0 else (first, codes)

    def _image(self, study: Study, dicom: str) -> None:
        image = dicom.strip().encode()
        if not image or b" " in image:
            raise self._wrong(f"dicom_id is {dicom[:60]!r}")
        if image not in study.images.split():
            study.images = study.images + b" " + image if study.images else image

    def _moment(self, date: str, time: str) -> str:
        """`21800506` and `83545.5` → `2180-05-06T08:35:45.5`, whose order as text is that of the times."""
        match = _TIME.fullmatch(time)
        try:
            if match is None:
                raise ValueError
            moment = datetime.datetime.strptime(f"{date} {match['clock'].zfill(6)}", "%Y%m%d %H%M%S")
        except ValueError as error:
            raise self._wrong(f"StudyDate {date[:20]!r} and StudyTime {time[:20]!r} are no date and time") from error
        fraction = (match["fraction"] or "").rstrip("0")
        return f"{moment.isoformat()}.{fraction}" if fraction else moment.isoformat()

    def _number(self, cell: str, column: str) -> int:
        if not (cell.isascii() and cell.isdigit() and len(cell) <= 12):
            raise self._wrong(f"{column} is {cell[:20]!r}, no number")
        return int(cell)

    def _wrong(self, what: str) -> DataError:
        return DataError(f"{self._path}:{self._line}: {what}")

    def _rows(self) -> Iterator[list[str]]:
        """The cells of the wanted columns, row by row."""
        wanted = _COLUMNS[self._kind]
        try:
            with self._path.open("rb") as raw:
                gzipped = raw.read(len(_GZIP)) == _GZIP
                raw.seek(0)
                with io.TextIOWrapper(
                    gzip.GzipFile(fileobj=raw) if gzipped else raw, encoding="utf-8-sig", newline=""
                ) as text:
                    rows = csv.reader(iter(functools.partial(text.readline, LONGEST_LINE), ""), strict=True)
                    header = next(rows, [])
                    missing = [column for column in wanted if header.count(column) != 1]
                    if missing:
                        raise DataError(
                            f"{self._path}: has no column {missing[0]!r}, or two; is it the {self._kind} table of "
                            "MIMIC-CXR-JPG?"
                        )
                    places = [header.index(column) for column in wanted]
                    for row in rows:
                        self._line = rows.line_num
                        if len(row) != len(header):
                            raise self._wrong(f"{len(row)} cells where the header has {len(header)}")
                        yield [row[place] for place in places]
        except (EOFError, OSError, zlib.error, csv.Error, UnicodeDecodeError) as error:
            raise DataError(
                f"{self._path}: is truncated or damaged after line {self._line} ({one_line(error)}); fetch it again"
            ) from error
