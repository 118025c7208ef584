"""Document: one article, case or report, with its identity, attribution and named sections of text.

In: what a source parsed. Out: rows of `documents/documents-*.parquet` (`DOCUMENT_SCHEMA`, whose JSON form is
`schemas/document.schema.json`).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

REPORT_SECTIONS = ("indication", "technique", "comparison", "findings", "impression", "addendum")

# What stands where a collection took out names and dates: Open-i's mark and MIMIC's.
REDACTION_MARKS = ("XXXX", "___")

SECTION_TYPE = pa.struct(
    [
        pa.field("name", pa.string(), nullable=False),
        pa.field("heading", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("modality", pa.string()),
    ]
)

LABEL_TYPE = pa.struct(
    [
        pa.field("by", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("value", pa.string(), nullable=False),
    ]
)

DOCUMENT_SCHEMA = pa.schema(
    [
        pa.field("document_id", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("title", pa.string()),
        pa.field("url", pa.string()),
        pa.field("licence", pa.string(), nullable=False),
        pa.field("licence_url", pa.string()),
        pa.field("authors", pa.list_(pa.string()), nullable=False),
        pa.field("revised", pa.string()),
        pa.field("retrieved", pa.string()),
        pa.field("raw_sha256", pa.string(), nullable=False),
        pa.field("group_id", pa.string(), nullable=False),
        pa.field("split", pa.string()),
        pa.field("permission", pa.string()),
        pa.field("systems", pa.list_(pa.string()), nullable=False),
        pa.field("tags", pa.list_(pa.string()), nullable=False),
        pa.field("modality", pa.string()),
        pa.field("patient", pa.struct([pa.field("age", pa.string()), pa.field("sex", pa.string())])),
        pa.field("images", pa.list_(pa.string()), nullable=False),
        pa.field("doi", pa.string()),
        pa.field("links", pa.list_(pa.string()), nullable=False),
        pa.field("studied", pa.string()),
        pa.field("prior", pa.string()),
        pa.field("labels", pa.list_(LABEL_TYPE), nullable=False),
        pa.field("sections", pa.list_(SECTION_TYPE), nullable=False),
    ]
)


@dataclass(frozen=True)
class Section:
    """A named piece of text; `heading` is what the publisher printed above it."""

    name: str
    heading: str
    text: str
    modality: str | None = None


@dataclass(frozen=True)
class Patient:
    """Age and sex as published, never computed."""

    age: str | None = None
    sex: str | None = None


@dataclass(frozen=True)
class Label:
    """What a labeller that came with the collection says of a report: `value` is present, absent or uncertain."""

    by: str
    name: str
    value: str


@dataclass(frozen=True)
class Document:
    """One document. `group_id` is what may not be split (patient, study or rID); `raw_sha256` is of the raw bytes;
    `links` are the addresses of documents of the same site that it names as related. Of a report: `studied` is when
    the images were made (ISO 8601; a shifted date where the collection shifts them), `prior` the id of the same
    patient's last report before it."""

    document_id: str
    source: str
    kind: str
    licence: str
    raw_sha256: str
    group_id: str
    sections: tuple[Section, ...]
    title: str | None = None
    url: str | None = None
    licence_url: str | None = None
    authors: tuple[str, ...] = ()
    revised: str | None = None
    retrieved: str | None = None
    split: str | None = None
    permission: str | None = None
    systems: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    modality: str | None = None
    patient: Patient | None = None
    images: tuple[str, ...] = ()
    doi: str | None = None
    links: tuple[str, ...] = ()
    studied: str | None = None
    prior: str | None = None
    labels: tuple[Label, ...] = ()

    def section(self, name: str) -> Section | None:
        """The section of that name, or None."""
        return next((section for section in self.sections if section.name == name), None)

    def text_of(self, name: str) -> str:
        """The text of the section of that name, or an empty string."""
        section = self.section(name)
        return section.text if section else ""

    def row(self) -> dict[str, Any]:
        """The document as a row of `DOCUMENT_SCHEMA`."""
        row = dict(vars(self))
        row["patient"] = dict(vars(self.patient)) if self.patient else None
        row["sections"] = [dict(vars(section)) for section in self.sections]
        row["labels"] = [dict(vars(label)) for label in self.labels]
        for name in ("authors", "systems", "tags", "images", "links"):
            row[name] = list(row[name])
        return row


def from_row(row: Mapping[str, Any]) -> Document:
    """The document that `row` was written from."""
    patient = row["patient"]
    return Document(
        **{
            **row,
            "sections": tuple(Section(**section) for section in row["sections"]),
            "patient": Patient(**patient) if patient else None,
            "authors": tuple(row["authors"]),
            "systems": tuple(row["systems"]),
            "tags": tuple(row["tags"]),
            "images": tuple(row["images"]),
            "links": tuple(row["links"]),
            "labels": tuple(Label(**label) for label in row["labels"]),
        }
    )


def as_published(sections: Iterable[Section]) -> str:
    """A whole text: its sections under their published headings, in their order, a blank line between."""
    return "\n\n".join(
        f"{section.heading}: {section.text}" if section.heading else section.text for section in sections
    )


def bucket(identity: str, count: int) -> int:
    """Which of `count` shards an id belongs to: by its hash, so that the order of arrival never matters."""
    return int.from_bytes(hashlib.sha256(identity.encode()).digest()[:8], "big") % count


def redaction_marks(row: Mapping[str, Any]) -> int:
    """How many redaction marks the text of a document, given as a row, holds."""
    return sum(section["text"].count(mark) for section in row["sections"] for mark in REDACTION_MARKS)
