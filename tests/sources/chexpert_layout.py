"""Invented reports, written to disk in the layout of CheXpert Plus: the CSV with a row for each image, and labels."""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from radcurate.sources import SourceSpec
from radcurate.sources.labels import NAMES

CSV_NAME = "df_chexpert_plus_240401.csv"
COLUMNS = (
    "path_to_image",
    "path_to_dcm",
    "frontal_lateral",
    "ap_pa",
    "deid_patient_id",
    "patient_report_date_order",
    "report",
    "section_narrative",
    "section_clinical_history",
    "section_history",
    "section_comparison",
    "section_technique",
    "section_procedure_comments",
    "section_findings",
    "section_impression",
    "section_end_of_impression",
    "section_summary",
    "section_accession_number",
    "age",
    "sex",
    "race",
    "ethnicity",
    "interpreter_needed",
    "insurance_type",
    "recent_bmi",
    "deceased",
    "split",
)
# What must be in no document, each a word of its own.
PRIVATE = {
    "section_accession_number": "77001234",
    "race": "Undisclosed-race",
    "ethnicity": "Undisclosed-ethnicity",
    "interpreter_needed": "Undisclosed-interpreter",
    "insurance_type": "Undisclosed-insurance",
    "recent_bmi": "31.4159",
    "deceased": "Undisclosed-death",
}

HEADINGS = {
    "section_narrative": "NARRATIVE",
    "section_clinical_history": "CLINICAL HISTORY",
    "section_history": "HISTORY",
    "section_comparison": "COMPARISON",
    "section_technique": "TECHNIQUE",
    "section_procedure_comments": "PROCEDURE COMMENTS",
    "section_findings": "FINDINGS",
    "section_impression": "IMPRESSION",
    "section_end_of_impression": "END OF IMPRESSION",
    "section_summary": "SUMMARY",
}
CLOSING = "SUMMARY 2: Abnormal, previously reported.\nI have read the images. By: Okafor, Ana on: 8/9/2005"


def row(patient: str, study: int, view: str = "view1_frontal", order: Any = None, **cells: Any) -> dict[str, Any]:
    """One image's row; sections by their column, the report put together from them."""
    split = cells.get("split", "train")
    image = f"{split}/{patient}/study{study}/{view}"
    sections = {column: cells[column] for column in HEADINGS if cells.get(column)}
    report = "\n\n".join(f"{HEADINGS[column]}:\n{text}" for column, text in sections.items())
    return {
        **dict.fromkeys(COLUMNS, ""),
        "path_to_image": f"{image}.jpg",
        "path_to_dcm": f"{image}.dcm",
        "frontal_lateral": "Lateral" if "lateral" in view else "Frontal",
        "ap_pa": "" if "lateral" in view else "PA",
        "deid_patient_id": patient,
        "patient_report_date_order": study if order is None else order,
        "report": f"{report}\n\nACCESSION NUMBER:\n{PRIVATE['section_accession_number']}\nThis report is anonymized.",
        "age": "61.0",
        "sex": "Female",
        "split": split,
        **PRIVATE,
        **cells,
    }


EFFUSION = {
    "section_narrative": "CHEST 2 VIEWS: 8-9-2005",
    "section_clinical_history": "61 years of age, Female, shortness of breath.",
    "section_comparison": "None.",
    "section_findings": "The right costophrenic angle is blunted on both views.  The left lung is clear.",
    "section_impression": "1. SMALL RIGHT PLEURAL EFFUSION.\n\n2. NO PNEUMOTHORAX.",
    "section_end_of_impression": CLOSING,
}
RESOLVED = {
    "section_narrative": "CHEST 1 VIEW: 9/2/2005",
    "section_history": "Follow-up.",
    "section_comparison": "8/9/2005.",
    "section_findings": "The costophrenic angles are sharp and the lungs are clear.",
    "section_impression": "THE RIGHT PLEURAL EFFUSION HAS RESOLVED.",
    "section_summary": "1: No significant abnormality.",
}
FRACTURE = {
    "section_narrative": "LEFT RIBS: 1/26/2001",
    "section_clinical_history": "Fall.",
    "section_findings": "The lateral aspect of the left sixth rib is fractured without displacement.",
    "section_impression": "FRACTURE OF THE LEFT SIXTH RIB.",
}
PATIENT, HELD_OUT = "patient00007", "patient64601"


def rows() -> list[dict[str, Any]]:
    """Three studies of two patients; the images of a study do not stand together, as in the published file."""
    held_out = {"split": "valid", "age": "93.0", "sex": "Male"}
    return [
        row(PATIENT, 2, **RESOLVED),
        row(PATIENT, 1, **EFFUSION),
        row(HELD_OUT, 1, **FRACTURE, **held_out),
        row(PATIENT, 1, "view2_lateral", **EFFUSION),
    ]


def write_csv(
    folder: Path, table: Iterable[Mapping[str, Any]] | None = None, *, columns: Iterable[str] = COLUMNS
) -> Path:
    """`df_chexpert_plus_240401.csv` in `folder`."""
    path = folder / CSV_NAME
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns), extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows() if table is None else table)
    return path


def write_labels(path: Path, labelled: Iterable[tuple[str, Mapping[str, Any]]]) -> Path:
    """A CheXbert label file: a JSON object a line, every label in it, null where the report does not say."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps({"path_to_image": image, **dict.fromkeys(NAMES), **given}) for image, given in labelled)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def chexpert(path: Path, **options: object) -> SourceSpec:
    """A source `chexpert_plus` that reads `path`."""
    return SourceSpec("chexpert_plus", "chexpert_plus", (path,), options)
