"""Small invented inputs: Open-i files and archives of them, table sources, and a recipe over a table."""

import io
import tarfile
from collections.abc import Iterable
from pathlib import Path

from radcurate.documents import Document
from radcurate.sources import Rejected, SourceSpec

LICENCE_URL = "http://creativecommons.org/licenses/by-nc-nd/4.0/"

REPORT = """<?xml version="1.0" encoding="utf-8"?>
<eCitation>
  <uId id="{uid}"/>
  <licenseURL>{licence}</licenseURL>
  <articleDate>2013-08-01</articleDate>
  <MedlineCitation><Article>
    <ArticleTitle> Chest radiographs </ArticleTitle>
    <Abstract>
      <AbstractText Label="COMPARISON">None.</AbstractText>
      <AbstractText Label="INDICATION">Fall from a ladder.</AbstractText>
      <AbstractText Label="FINDINGS">Acute fracture of the left sixth rib. {findings}</AbstractText>
      <AbstractText Label="IMPRESSION">Left sixth rib fracture.</AbstractText>
    </Abstract>
    <AuthorList>
      <Author><LastName>Rivera</LastName><ForeName>Ana</ForeName></Author>
      <Author><LastName>Okafor</LastName></Author>
    </AuthorList>
  </Article></MedlineCitation>
  <MeSH>
    <major>Fractures, Bone/ribs/left</major>
    <major> Thoracic Vertebrae/degenerative/mild </major>
    <automatic>fractured rib</automatic>
  </MeSH>
  <parentImage id="{uid}_IM-0001-1001"/>
  <parentImage id="{uid}_IM-0001-2001"/>
</eCitation>
"""


def openi_report(uid: str = "CXR7", findings: str = "No pneumothorax.", licence: str = LICENCE_URL) -> bytes:
    """An invented report in the form of Open-i."""
    return REPORT.format(uid=uid, findings=findings, licence=licence).encode()


def archive(path: Path, entries: Iterable[tuple[str | tarfile.TarInfo, bytes]]) -> Path:
    """A tar archive (gzipped where its name ends in `gz`) of these entries, at `path`."""
    with tarfile.open(path, "w:gz" if path.suffix.endswith("gz") else "w") as opened:
        for name, content in entries:
            member = tarfile.TarInfo(name) if isinstance(name, str) else name
            member.size = len(content)
            opened.addfile(member, io.BytesIO(content))
    return path


def openi(path: Path) -> SourceSpec:
    """A source `openi` that reads `path`."""
    return SourceSpec("openi", "openi", (path,), {})


COLUMNS = {"id": "id", "findings": "findings", "impression": "impression"}


def table(path: Path, columns: dict[str, str] | None = None, **options: object) -> SourceSpec:
    """A source `table` that reads `path` by this column map."""
    return SourceSpec("clinic", "table", (path,), {"licence": "CC0-1.0", "columns": columns or COLUMNS, **options})


def parted(items: Iterable[Document | Rejected]) -> tuple[list[Document], list[tuple[str, str]]]:
    """The documents, and locator with rule of each rejection."""
    found = list(items)
    rejected = [(item.locator, item.rule) for item in found if isinstance(item, Rejected)]
    return [item for item in found if isinstance(item, Document)], rejected


RECIPE = """name = "clinic"
version = "1.0.0"
title = "Chest reports of a clinic"

[sources.clinic]
type = "table"
path = "reports.csv"
licence = "CC0-1.0"

[sources.clinic.columns]
id = "id"
findings = "findings"
impression = "impression"

[cleaning]
rules = ["spaces.v1", "empty_document.v1"]

[tasks.impression]
generator = "impression.v2"
"""

REPORTS = """id,findings,impression
a,The lungs are clear.,No acute disease.
b,Small left apical pneumothorax.,Left pneumothorax.
"""


def write_recipe(folder: Path, recipe: str = RECIPE, reports: str | bytes = REPORTS) -> Path:
    """`recipe.toml` in `folder`, with `reports.csv` beside it."""
    content = reports.encode() if isinstance(reports, str) else reports
    (folder / "reports.csv").write_bytes(content)
    path = folder / "recipe.toml"
    path.write_text(recipe, encoding="utf-8")
    return path
