"""Source `chexpert_plus`: the CSV of CheXpert Plus as Stanford ships it, one document a study.

    radcurate build chexpert_plus --out releases --set sources.chexpert_plus.path=df_chexpert_plus_240401.csv

In: the CSV (a row for each image) and, where they lie beside it, the CheXbert label files. Out: for each study its
sections, age, sex, images, split and prior. Race, ethnicity, insurance, body mass, death and interpreter are not taken
over, nor is the accession number. The CSV is read twice: once for what its rows say of each study (in memory), once for
the texts (one by one). Names and dates in the texts are the surrogates of the publisher.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from radcurate.documents import Document, Patient, Section
from radcurate.licences import licence_url
from radcurate.sources import Rejected, SourceSpec, labels
from radcurate.sources.chexpert_plus_rows import SECTIONS, ImageRow, check_columns, rows
from radcurate.sources.chexpert_plus_studies import LABEL_FILES, Study, label_files, studies

PREFIX = "chexpert-plus"
LICENCE = "Stanford-CheXpert-Plus"
COLLECTION_URL = "https://stanfordaimi.azurewebsites.net/datasets/5158c524-d3ab-4e02-96e9-6ee9efc110a1"
PATH_EXAMPLE = "df_chexpert_plus_240401.csv"


def check(path: Path, spec: SourceSpec) -> None:
    """Reads the CSV and the label files to their ends; raises a `RadcurateError` for what is damaged as a whole."""
    check_columns(path, spec)
    studies(path, spec)


def beside(path: Path, spec: SourceSpec) -> list[Path]:
    """The label files that are read with the CSV."""
    return [file for file in label_files(path, spec) if file]


def notices(path: Path, spec: SourceSpec) -> Iterator[str]:
    """Which label file is missing."""
    for name, file in zip(LABEL_FILES, label_files(path, spec), strict=True):
        if file is None:
            yield f"warning: {path}: no {name} beside it: reports have no labels by {LABEL_FILES[name]}"


def read(path: Path, spec: SourceSpec) -> Iterator[Document | Rejected]:
    """A document or rejection for every study, at its first row, and a rejection for every row that names none."""
    found = studies(path, spec)
    for line, row in rows(path, spec):
        if isinstance(row, Rejected):
            yield row
            continue
        study = found[row.patient, row.study]
        if study.line == line:
            yield study.fault or _document(row, study, spec)


def document_id(patient: str, number: int) -> str:
    """`chexpert-plus:patient00001/study1`: the folder of the study's images."""
    return f"{PREFIX}:{patient}/study{number}"


def _document(row: ImageRow, study: Study, spec: SourceSpec) -> Document:
    return Document(
        document_id=document_id(row.patient, row.study),
        source=spec.name,
        kind="report",
        url=COLLECTION_URL,
        licence=LICENCE,
        licence_url=licence_url(LICENCE),
        raw_sha256=hashlib.sha256((row.texts.get("report") or str(row.texts)).encode()).hexdigest(),
        group_id=f"{PREFIX}:{row.patient}",
        split=row.split,
        systems=("Chest",),
        modality="X-ray",
        patient=Patient(row.age, row.sex) if row.age or row.sex else None,
        images=tuple(study.images),
        studied=study.dated,
        prior=None if study.prior is None else document_id(row.patient, study.prior),
        labels=tuple(
            label
            for by, codes in zip(LABEL_FILES.values(), study.labels, strict=True)
            if codes is not None
            for label in labels.unpacked(by, codes)
        ),
        sections=_sections(row.texts),
    )


def _sections(texts: Mapping[str, str]) -> tuple[Section, ...]:
    """The section columns that hold text, under unique names: of two histories the second is `indication_2`."""
    seen: Counter[str] = Counter()
    made = []
    for column, name, heading in SECTIONS:
        if column in texts:
            seen[name] += 1
            made.append(Section(name if seen[name] == 1 else f"{name}_{seen[name]}", heading, texts[column]))
    return tuple(made)
