"""The studies of CheXpert Plus: its CSV has a row for each image, and the report again in each of them.

In: `df_chexpert_plus_240401.csv`, and the CheXbert label files beside it. Out: a `Study` for every study, with all its
images and its prior, before any document is made: about 900 bytes a study, 170 MB for all of CheXpert Plus.
"""

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from radcurate.errors import DataError, UsageError
from radcurate.sources import Rejected, SourceSpec, labels
from radcurate.sources.chexpert_plus_rows import ALIKE, IMAGE, ImageRow, rows

# Which labeller's file is which: CheXbert read the whole report, or its impression alone.
LABEL_FILES = {"report_fixed.json": "chexbert", "impression_fixed.json": "chexbert_impression"}
LABEL_FOLDER = "chexbert_labels"
LONGEST_LINE = 100_000


_DATES = re.compile(r"(?<![\d/-])(?:(\d{1,2})([/-])(\d{1,2})\2(\d{4})|(\d{4})([/-])(\d{1,2})\6(\d{1,2}))(?![\d/-])")


@dataclass(slots=True)
class Study:
    """A study: where it stands first (`line`), its images as named in the CSV, and why it makes no document (`fault`).

    `values` are those of `ALIKE`, the texts as a digest; `labels` those of `LABEL_FILES`.
    """

    line: int
    patient: str
    number: int
    values: tuple[Any, ...]
    dated: str | None
    images: list[str] = field(default_factory=list)
    labels: list[bytes | None] = field(default_factory=lambda: [None] * len(LABEL_FILES))
    prior: int | None = None
    fault: Rejected | None = None

    @property
    def order(self) -> int | None:
        """The published place of the study among those of its patient."""
        order: int | None = self.values[2]
        return order


def studies(path: Path, spec: SourceSpec) -> dict[tuple[str, int], Study]:
    """Every study of the CSV by patient and number, with labels, priors and faults.

    Raises `DataError` for a label file that is damaged.
    """
    found: dict[tuple[str, int], Study] = {}
    for line, row in rows(path, spec):
        if isinstance(row, ImageRow):
            _take(found, path, line, row)
    for place, file in enumerate(label_files(path, spec)):
        if file:
            _label(found, path, file, place)
    _order(found)
    return found


def _take(found: dict[tuple[str, int], Study], path: Path, line: int, row: ImageRow) -> None:
    key = (row.patient, row.study)
    study = found.get(key)
    if study is None:
        dated = exam_date(row.texts.get("section_narrative", ""))
        study = found[key] = Study(line, row.patient, row.study, row.values, dated)
        if not row.texts.keys() - {"report"}:
            study.fault = Rejected(f"{path.name}:{line}", "no_sections.v1", "none of its section columns holds text")
    elif study.fault is None and study.values != row.values:
        differing = next(name for name, one, other in zip(ALIKE, study.values, row.values, strict=True) if one != other)
        reason = f"the rows of {row.patient}/study{row.study} differ in {differing}: lines {study.line} and {line}"
        study.fault = Rejected(f"{path.name}:{study.line}", "rows_differ.v1", reason)
    if row.image not in study.images:
        study.images.append(row.image)


def exam_date(narrative: str) -> str | None:
    """The one date that the exam's title tells (`Chest 2 views: 8-9-2005`, month first) in ISO form; None where it
    tells none or several."""
    dates = set()
    for month, _, day, year, first, _, second, third in _DATES.findall(narrative):
        try:
            told = (int(year), int(month), int(day)) if year else (int(first), int(second), int(third))
            dates.add(datetime.date(*told).isoformat())
        except ValueError:
            return None
    return dates.pop() if len(dates) == 1 else None


def _order(found: Mapping[tuple[str, int], Study]) -> None:
    """Gives each study its prior: the last of the patient's that the published order puts before it.

    None where the dates in the two reports say that it was made later: order and dates contradict each other then.
    """
    patients: dict[str, list[Study]] = {}
    for study in found.values():
        if study.fault is None and study.order is not None:
            patients.setdefault(study.patient, []).append(study)
    for own in patients.values():
        own.sort(key=lambda study: (study.order, study.number))
        before: Study | None = None
        for index, study in enumerate(own):
            if index and own[index - 1].order != study.order:
                before = own[index - 1]
            if before and not (before.dated and study.dated and before.dated > study.dated):
                study.prior = before.number


def label_files(path: Path, spec: SourceSpec) -> list[Path | None]:
    """Where the files of `LABEL_FILES` are: in the folder that the recipe names, else beside the CSV or in
    `chexbert_labels/` there; None for one that is missing."""
    named = spec.options.get("labels")
    folders = [Path(named)] if named else [path.resolve().parent, path.resolve().parent / LABEL_FOLDER]
    if named and not folders[0].is_dir():
        raise UsageError(f"`sources.{spec.name}.labels` names {named}, which is no folder")
    return [next((folder / name for folder in folders if (folder / name).is_file()), None) for name in LABEL_FILES]


def _label(found: Mapping[tuple[str, int], Study], path: Path, file: Path, place: int) -> None:
    for line, image, codes in _labelled(file):
        match = IMAGE.fullmatch(image)
        if match is None:
            raise DataError(f"{file}:{line}: path_to_image does not name patient, study and image")
        study = found.get((match["patient"], int(match["study"])))
        if study is None:
            continue
        if study.labels[place] not in (None, codes) and study.fault is None:
            reason = f"{file.name} labels {study.patient}/study{study.number} twice, and otherwise, in line {line}"
            study.fault = Rejected(f"{path.name}:{study.line}", "labels_differ.v1", reason)
        study.labels[place] = codes


def _labelled(file: Path) -> Iterator[tuple[int, str, bytes]]:
    """Line, image and packed labels of each line of a label file."""
    with file.open("rb") as opened:
        for line, raw in enumerate(iter(lambda: opened.readline(LONGEST_LINE), b""), 1):
            if not raw.strip():
                continue
            try:
                row = json.loads(raw)
                yield line, str(row["path_to_image"]), labels.packed(row[name] for name in labels.NAMES)
            except (ValueError, TypeError, KeyError, RecursionError) as error:
                what = f"has no {error}" if isinstance(error, KeyError) else str(error)
                raise DataError(f"{file}:{line}: is no line of CheXbert labels: {what}") from error
