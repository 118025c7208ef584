"""Small releases for tests: one of reports with every kind of trouble, and what a forger would do to a release."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from radcurate.release import manifest as manifests
from radcurate.release.proof import prove
from radcurate.release.recount import recount
from radcurate.tables import ContentHash, TableWriter, read_rows
from tests.conftest import build_here

NORMAL = {
    "findings": "The heart is normal in size. The lungs are clear. No pleural effusion or pneumothorax.",
    "impression": "Normal chest.",
}
REPORTS = (
    {"id": "t1", "patient": "a", **NORMAL, "tags": ["normal"]},
    {"id": "t1", "patient": "a", "findings": "Clear lungs.", "impression": "Normal.", "tags": []},
    {"id": "t2", "patient": "a", **NORMAL, "tags": ["normal"]},
    {"id": "t3", "patient": "b", "findings": " ", "impression": "", "tags": []},
    "this line is no JSON",
    {"id": "", "patient": "c", **NORMAL, "tags": []},
    {"id": "t4", "patient": "d", "findings": "Small left effusion. Dictated by Dr. ___.", "tags": ["Pleural Effusion"]},
    {
        "id": "t5",
        "patient": "e",
        "findings": "The left basal opacity has  cleared since the previous film. Scoliosis is noted.",
        "impression": "Resolved left basal pneumonia since the prior study.",
        "tags": ["Scoliosis/left"],
    },
    {
        "id": "t6",
        "patient": "f",
        "findings": "The cardiac silhouette is enlarged. Linear basal atelectasis. No edema and no effusion.",
        "impression": "Cardiomegaly without failure.",
        "tags": ["Cardiomegaly", "Pulmonary Atelectasis/base/left"],
    },
)

RECIPE = """\
name = "{name}"
version = "1.0.0"
title = "{title}"
description = "Invented reports with every kind of trouble."

{sources}
[cleaning]
rules = ["spaces.v1", "signature_line.v1", "empty_document.v1", "exact_duplicate.v1"]

[tasks.impression]
generator = "impression.v2"
leave_out = ["cites_prior"]

[tasks.tagging]
generator = "tagging.v3"
"""

SOURCE = """\
[sources.{name}]
type = "table"
path = "{path}"
licence = "{licence}"
{more}
[sources.{name}.columns]
id = "id"
{columns}
findings = "findings"
impression = "impression"
tags = "tags"
"""


def write_recipe(
    folder: Path,
    licences: Mapping[str, str] | None = None,
    *,
    reports: tuple[Any, ...] = REPORTS,
    columns: str = 'group = "patient"',
    more: str = "",
    name: str = "trouble",
    title: str = "Trouble",
) -> Path:
    """A recipe in `folder` with one source for each of `licences` (its name → the licence), all of these reports."""
    sources = ""
    for source, licence in (licences or {"ward": "CC0-1.0"}).items():
        lines = (report if isinstance(report, str) else json.dumps(report) for report in reports)
        (folder / f"{source}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        sources += SOURCE.format(name=source, path=f"{source}.jsonl", licence=licence, columns=columns, more=more)
    path = folder / "recipe.toml"
    path.write_text(RECIPE.format(name=name, title=title, sources=sources), encoding="utf-8")
    return path


def build_trouble(folder: Path, licences: Mapping[str, str] | None = None, **options: Any) -> Path:
    """The release of `write_recipe`."""
    limit = options.pop("limit", None)
    return build_here(write_recipe(folder, licences, **options), folder / "out", limit=limit)[0].folder


def copy_of(release: Path, folder: Path) -> Path:
    """A copy of a release that a test may change."""
    return Path(shutil.copytree(release, folder / "release"))


def rows_of(release: Path, table: str) -> list[dict[str, Any]]:
    """All rows of a table, `impression/train` say."""
    folder, _, stem = table.partition("/")
    return [row for path in sorted((release / folder).glob(f"{stem}-*.parquet")) for row in read_rows(path)]


def rewrite(release: Path, table: str, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    """Writes a table again with changed rows."""
    path = file_of(release, table)
    schema, rows = pq.read_schema(path), rows_of(release, table)
    with TableWriter(path, schema) as writer:
        for row in change(rows):
            writer.write(row)


def file_of(release: Path, table: str) -> Path:
    """The one file of a table."""
    folder, _, stem = table.partition("/")
    (path,) = (release / folder).glob(f"{stem}-*.parquet")
    return path


def change_columns(release: Path, table: str, change: Callable[[pa.Table], pa.Table]) -> None:
    """Writes a table again with other columns."""
    path = file_of(release, table)
    pq.write_table(change(pq.read_table(path)), path)


def reseal(release: Path, change: Callable[[dict[str, Any]], Any] | None = None, *, recounted: bool = False) -> None:
    """Makes the manifest fit the changed tables, as a careful forger would: content hashes, rows, file hashes, seal.

    With `recounted` also the counts and the proof of the splits. `change` edits the manifest last.
    """
    manifest = manifests.read(release)
    del manifest[manifests.SELF]
    for name, table in manifest["tables"].items():
        content, rows = ContentHash(), rows_of(release, name)
        for row in rows:
            content.add(row)
        table.update(rows=len(rows), content_sha256=content.hexdigest())
    if recounted:
        tasks = sorted(manifest["recipe"]["tasks"])
        shown = {task: manifest["counts"]["records"][task]["documents_seen"] for task in tasks}
        manifest["counts"].update(recount(release, shown))
        manifest["splits"] = prove(release, tasks)
    manifest["files"] = manifests.describe_files(release)
    if change:
        change(manifest)
    (release / manifests.NAME).write_text(manifests.sealed(manifest), encoding="utf-8", newline="\n")
