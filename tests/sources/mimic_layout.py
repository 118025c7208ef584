"""Invented reports, written to disk in the layout of MIMIC-CXR: the tree or its zip, and the tables beside it."""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from radcurate.sources import SourceSpec
from radcurate.sources.labels import NAMES

RULE = " " + "_" * 78
TITLE = f"{'FINAL REPORT':>45}"

# Two columns of blanks, upper-case headings, lines wrapped at 80 columns, marks where names and dates stood.
EFFUSION = f"""{TITLE}
 EXAMINATION:  CHEST (PA AND LAT)

 INDICATION:  ___ year old woman with dyspnea  // effusion?

 TECHNIQUE:  Chest PA and lateral

 COMPARISON:  Chest radiograph from ___.

 FINDINGS:

 The right costophrenic angle is blunted on both views, in keeping with a small
 pleural effusion.  The left lung is clear.  There is no pneumothorax.  Cardiac
 size is normal.

 IMPRESSION:

 1.  Small right pleural effusion.
 2.  No pneumothorax.
"""

NORMAL = f"""{TITLE}
 INDICATION:  ___M with fever.  COMPARISON:  None.

 FINDINGS:  The heart is normal in size.  The mediastinal contours are normal.
 The lungs are clear of consolidation.  No pleural effusion is seen.

 IMPRESSION:  No evidence of pneumonia.
"""

WET_READ = f""" WET READ: ___ ___ ___ 9:47 PM
  No acute fracture.  Follow-up by the attending to come.
  FINDINGS: ribs intact.

{RULE}
{TITLE}
 HISTORY:  Fall from a bicycle.

 FINDINGS:  The lateral aspect of the left sixth rib is fractured without
 displacement.  No pneumothorax and no effusion is present.

 CONCLUSION:  Fracture of the left sixth rib.
"""

ADDENDA = f"""{"ADDENDUM":>43}
 A second reader agrees.  IMPRESSION: as below.

{RULE}
{TITLE}
 INDICATION:  Line placement.

 FINDINGS AND IMPRESSION:  The tip of the right internal jugular catheter lies
 in the lower superior vena cava.  There is no pneumothorax.

 RECOMMENDATION(S):  None.

 NOTIFICATION:  Dr. ___ was told by telephone at 10:15 on ___.

 ADDENDUM:  The catheter was withdrawn by 2 cm after this film.
"""

UNHEADED = """
 Portable upright film of the chest shows a nasogastric tube whose tip projects
 over the stomach.

 Lungs are clear.
"""

SUBJECT, OTHER, THIRD = 10000032, 10000764, 11000011
# Subject, study, report, split, date and time, images.
STUDIES: tuple[tuple[int, int, str, str, str, str, tuple[str, ...]], ...] = (
    (SUBJECT, 50414267, EFFUSION, "train", "21800506", "213014.53", ("02aa804e-bde0afdd", "174413ec-4ec4c1f7")),
    (SUBJECT, 53189527, NORMAL, "train", "21800626", "83545.0", ("2a2277a9-b0ded155",)),
    (SUBJECT, 50000014, WET_READ, "train", "21800506", "93014", ("e084de3b-be89b11e",)),
    (OTHER, 57375967, ADDENDA, "validate", "21320114", "55.0", ("096052b7-d256dc40",)),
    (THIRD, 51029426, UNHEADED, "test", "21440515", "104552.234", ("b79e55c3-735ce5ac",)),
)

SPLIT_COLUMNS = ("dicom_id", "study_id", "subject_id", "split")
METADATA_COLUMNS = (
    "dicom_id",
    "subject_id",
    "study_id",
    "PerformedProcedureStepDescription",
    "ViewPosition",
    "Rows",
    "Columns",
    "StudyDate",
    "StudyTime",
    "ProcedureCodeSequence_CodeMeaning",
    "ViewCodeSequence_CodeMeaning",
    "PatientOrientationCodeSequence_CodeMeaning",
)
LABEL_COLUMNS = ("subject_id", "study_id", *NAMES)
CHEXPERT = {
    50414267: {"Pleural Effusion": "1.0", "Pneumothorax": "0.0"},
    53189527: {"No Finding": "1.0", "Pneumonia": "-1.0"},
}
NEGBIO = {50414267: {"Pleural Effusion": "1.0", "Pneumothorax": "-1.0"}, 57375967: {"Support Devices": "1.0"}}


def name_of(subject: int, study: int) -> str:
    """`files/p10/p10000032/s50414267.txt`."""
    return f"files/p{str(subject)[:2]}/p{subject}/s{study}.txt"


def reports() -> dict[str, bytes]:
    """Every report of `STUDIES` under its name in the tree."""
    return {name_of(subject, study): text.encode() for subject, study, text, *_ in STUDIES}


def write_tree(folder: Path, files: Mapping[str, bytes] | None = None) -> Path:
    """The tree unpacked in `folder`; returns its `files/`."""
    for name, content in (reports() if files is None else files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder / "files"


def write_zip(folder: Path, members: Iterable[tuple[str | zipfile.ZipInfo, bytes]] | None = None) -> Path:
    """`mimic-cxr-reports.zip` in `folder`, with entries for folders too, as PhysioNet has them."""
    path = folder / "mimic-cxr-reports.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("files/", b"")
        for name, content in reports().items() if members is None else members:
            archive.writestr(name, content)
    return path


def split_rows() -> list[list[str]]:
    """A row for each image."""
    return [
        [image, str(study), str(subject), split]
        for subject, study, _, split, _, _, images in STUDIES
        for image in images
    ]


def metadata_rows() -> list[list[str]]:
    """A row for each image; times have lost their leading zeros, as the published ones."""
    views = ["CHEST (PA AND LAT)", "PA", "3056", "2544"]
    codes = ["CHEST (PA AND LAT)", "postero-anterior", "Erect"]
    return [
        [image, str(subject), str(study), *views, date, time, *codes]
        for subject, study, _, _, date, time, images in STUDIES
        for image in images
    ]


def label_rows(labels: Mapping[int, Mapping[str, str]]) -> list[list[str]]:
    """A row for each study that is labelled; what a labeller does not mention is blank."""
    subjects = {study: subject for subject, study, *_ in STUDIES}
    return [
        [str(subjects[study]), str(study), *(cells.get(name, "") for name in NAMES)] for study, cells in labels.items()
    ]


TABLES: dict[str, tuple[Sequence[str], list[list[str]]]] = {
    "split": (SPLIT_COLUMNS, split_rows()),
    "metadata": (METADATA_COLUMNS, metadata_rows()),
    "chexpert": (LABEL_COLUMNS, label_rows(CHEXPERT)),
    "negbio": (LABEL_COLUMNS, label_rows(NEGBIO)),
}


def write_table(
    folder: Path, kind: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, gzipped: bool = True
) -> Path:
    """`mimic-cxr-2.0.0-<kind>.csv.gz` (or `.csv`) in `folder`."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    content = text.getvalue().encode()
    path = folder / f"mimic-cxr-2.0.0-{kind}.csv{'.gz' if gzipped else ''}"
    path.write_bytes(gzip.compress(content, mtime=0) if gzipped else content)
    return path


def write_tables(folder: Path, kinds: Iterable[str] = TABLES, *, gzipped: bool = True) -> None:
    """The published tables of these kinds in `folder`."""
    for kind in kinds:
        write_table(folder, kind, *TABLES[kind], gzipped=gzipped)


def mimic(path: Path, **options: object) -> SourceSpec:
    """A source `mimic_cxr` that reads `path`."""
    return SourceSpec("mimic_cxr", "mimic_cxr", (path,), options)
