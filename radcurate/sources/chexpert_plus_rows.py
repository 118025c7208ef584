"""The rows of the CSV of CheXpert Plus: one for each image, with the report of its study under its columns.

In: `df_chexpert_plus_240401.csv`. Out: an `ImageRow` for each row, or why it cannot be used.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from radcurate.errors import DataError, UsageError
from radcurate.sources import Rejected, SourceSpec, has_surrogates
from radcurate.sources.table_rows import column_names, read_rows
from radcurate.splits import ALIASES

# Column, name of the section, and the heading that the collection prints for it. Never the accession number.
SECTIONS = (
    ("section_narrative", "narrative", "NARRATIVE"),
    ("section_clinical_history", "indication", "CLINICAL HISTORY"),
    ("section_history", "indication", "HISTORY"),
    ("section_comparison", "comparison", "COMPARISON"),
    ("section_technique", "technique", "TECHNIQUE"),
    ("section_procedure_comments", "procedure_comments", "PROCEDURE COMMENTS"),
    ("section_findings", "findings", "FINDINGS"),
    ("section_impression", "impression", "IMPRESSION"),
    ("section_end_of_impression", "end_of_impression", "END OF IMPRESSION"),
    ("section_summary", "summary", "SUMMARY"),
)
COLUMNS = (
    "path_to_image",
    "deid_patient_id",
    "patient_report_date_order",
    "report",
    *(column for column, _, _ in SECTIONS),
    "age",
    "sex",
    "split",
)

IMAGE = re.compile(r"(?:[^/]+/)*(?P<image>(?P<patient>patient\d{1,9})/study(?P<study>\d{1,9})/[^/]+)")
# What all rows of a study must say alike; `report` stands for the sections too.
ALIKE = ("report", "split", "order", "age", "sex")
# Of people over 89 the age is not told.
_OLDEST = 89


@dataclass(frozen=True)
class ImageRow:
    """A row that can be read: its study, its image, what it says of the study, and the texts under their columns."""

    patient: str
    study: int
    image: str
    split: str
    order: int | None
    age: str | None
    sex: str | None
    texts: Mapping[str, str]

    @property
    def values(self) -> tuple[Any, ...]:
        """What all rows of a study must say alike, in the order of `ALIKE`: the texts as a digest."""
        texts = json.dumps(sorted(self.texts.items())).encode()
        return hashlib.sha256(texts).digest()[:16], self.split, self.order, self.age, self.sex


def csv_spec(spec: SourceSpec) -> SourceSpec:
    """The source as `table_rows` wants it."""
    return replace(spec, options={"format": "csv"})


def check_columns(path: Path, spec: SourceSpec) -> None:
    """Raises a `RadcurateError` for a file that is not the CSV of CheXpert Plus."""
    if path.is_dir():
        raise UsageError(f"{path}: is a folder; name the file df_chexpert_plus_240401.csv in it")
    columns = column_names(path, csv_spec(spec))
    for column in COLUMNS:
        if columns.count(column) != 1:
            raise DataError(f"{path}: has no column {column!r}, or two; is it df_chexpert_plus_240401.csv?")


def rows(path: Path, spec: SourceSpec) -> Iterator[tuple[int, ImageRow | Rejected]]:
    """Every row of the CSV with the line it begins on, or why it cannot be used."""
    for line, row in read_rows(path, csv_spec(spec)):
        yield line, row if isinstance(row, Rejected) else _row(row, f"{path.name}:{line}")


def _row(row: Mapping[str, Any], locator: str) -> ImageRow | Rejected:
    if any(has_surrogates(row[column]) for column in COLUMNS):
        return Rejected(locator, "wrong_encoding.v1", "is not UTF-8")
    cells = {column: row[column].strip() for column in COLUMNS}
    match = IMAGE.fullmatch(cells["path_to_image"])
    if match is None:
        reason = "path_to_image does not name patient, study and image: train/patient00001/study1/view1_frontal.jpg"
        return Rejected(locator, "not_a_study.v1", reason)
    if cells["deid_patient_id"] not in ("", match["patient"]):
        reason = f"deid_patient_id is another than {match['patient']} of path_to_image"
        return Rejected(locator, "other_subject.v1", reason)
    split = ALIASES.get(cells["split"].lower())
    if split is None:
        return Rejected(locator, "unknown_split.v1", f"split is {cells['split'][:20]!r}; expected train or valid")
    order = re.fullmatch(r"(\d{1,9})(?:\.0*)?", cells["patient_report_date_order"])
    if order is None and cells["patient_report_date_order"]:
        return Rejected(locator, "wrong_type.v1", "patient_report_date_order is no number")
    texts = {
        column: text for column in ("report", *(column for column, _, _ in SECTIONS)) if (text := _text(row[column]))
    }
    return ImageRow(
        patient=match["patient"],
        study=int(match["study"]),
        image=match["image"],
        split=split,
        order=int(order[1]) if order else None,
        age=_age(cells["age"]),
        sex=cells["sex"] or None,
        texts=texts,
    )


def _text(cell: str) -> str:
    """A text with the line breaks that the CSV spells out as backslash and n."""
    return cell.replace("\\n", "\n").strip()


def _age(cell: str) -> str | None:
    """`61.0` → `61`, and everything over 89 → `90+`, as de-identified text has it."""
    match = re.fullmatch(r"(\d{1,3})(?:\.\d*)?", cell)
    if match is None:
        return cell or None
    return "90+" if int(match[1]) > _OLDEST else str(int(match[1]))
