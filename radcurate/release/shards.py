"""Stage `release`: the tables of a release, each from the shards of earlier stages, in their final files.

A unit writes one folder of the release, `documents`, `audit` or a task's records by split, and `content.json`, the
content hash of each of its tables.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radcurate.documents import DOCUMENT_SCHEMA
from radcurate.errors import DataError
from radcurate.records import RECORD_SCHEMA
from radcurate.release.counts import total
from radcurate.splits import SPLITS
from radcurate.stages import Finished, Stage, Unit, write_json
from radcurate.tables import DROPPED_SCHEMA, EDITED_SCHEMA, ContentHash, TableWriter, read_rows

ROWS_PER_FILE = 100_000
CONTENT = "content.json"
SCHEMAS = {"documents": DOCUMENT_SCHEMA, "dropped": DROPPED_SCHEMA, "edited": EDITED_SCHEMA}


def file_count(rows: int) -> int:
    """How many files a table of so many rows is written in; one at least, so that an empty table has its schema."""
    return max(1, -(-rows // ROWS_PER_FILE))


def file_name(stem: str, number: int, count: int) -> str:
    """`train-00000-of-00001.parquet`."""
    return f"{stem}-{number:05d}-of-{count:05d}.parquet"


def write_documents(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`documents/documents-*.parquet` from the folders of `split`; `parameters`: rows."""
    return _write_tables(output, [_Table("documents", "documents", "documents", inputs, parameters["rows"])])


def write_audit(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`audit/dropped-*` and `audit/edited-*` from the folders of every stage; `parameters`: dropped, edited (rows)."""
    return _write_tables(
        output,
        [
            _Table(
                "audit", name, name, [folder for folder in inputs if _file(folder, name).is_file()], parameters[name]
            )
            for name in ("dropped", "edited")
        ],
    )


def write_records(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`<task>/<split>-*.parquet` from the folders of `compare`; `parameters`: task, and the rows of each split."""
    return _write_tables(
        output,
        [
            _Table(parameters["task"], split, "records", [folder / split for folder in inputs], parameters[split])
            for split in SPLITS
        ],
    )


def write_folder(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """The folder that `parameters["table"]` names: documents, audit or records."""
    writers = {"documents": write_documents, "audit": write_audit, "records": write_records}
    return writers[parameters["table"]](inputs, output, parameters)


def release_stage(finished: Mapping[str, Finished], compared: Mapping[str, Sequence[Finished]]) -> Stage:
    """The last stage, from those of the documents and those of each task (`compare` last); a unit a folder.

    Units differ in function, so a parameter says which one a unit runs.
    """
    audited = [*finished.values(), *(stage for stages in compared.values() for stage in stages)]
    dropped = sum(total(stage.counts, ".dropped.") for stage in audited)
    edited = sum(total(stage.counts, "edits.") for stage in audited)
    split = finished["split"]
    units = [
        Unit(tuple(split.shards), {"table": "documents", "rows": split.counts.get("documents.kept", 0)}),
        Unit(
            tuple(folder for stage in audited for folder in stage.shards),
            {"table": "audit", "dropped": dropped, "edited": edited},
        ),
    ]
    for task, stages in compared.items():
        rows = {name: stages[-1].counts.get(f"records.kept.{name}", 0) for name in SPLITS}
        units.append(Unit(tuple(stages[-1].shards), {"table": "records", "task": task, **rows}))
    digests = {name: stage.digest for name, stage in finished.items()}
    digests.update({f"{task}/{n}": stage.digest for task, stages in compared.items() for n, stage in enumerate(stages)})
    return Stage("release", write_folder, tuple(units), digests)


@dataclass(frozen=True)
class _Table:
    """One table of the release: `folder/stem-*.parquet`, fed by `<name>.parquet` of every folder in `feeds`."""

    folder: str
    stem: str
    name: str
    feeds: Sequence[Path]
    rows: int


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.parquet"


def _write_tables(output: Path, tables: Sequence[_Table]) -> dict[str, int]:
    content = {f"{table.folder}/{table.stem}": _write(output, table) for table in tables}
    write_json(output / CONTENT, content)
    return {f"rows.{table.folder}.{table.stem}": table.rows for table in tables}


def _write(output: Path, table: _Table) -> str:
    """Writes the table's files and returns its content hash."""
    folder = output / table.folder
    folder.mkdir(exist_ok=True)
    files = file_count(table.rows)
    schema = SCHEMAS.get(table.name, RECORD_SCHEMA)
    content = ContentHash()
    rows = (row for feed in table.feeds for row in read_rows(_file(feed, table.name)))
    written = 0
    for number in range(files):
        with TableWriter(folder / file_name(table.stem, number, files), schema) as writer:
            for row in itertools.islice(rows, ROWS_PER_FILE):
                writer.write(row)
                content.add(row)
            written += writer.rows
    if written != table.rows or next(rows, None) is not None:
        raise DataError(f"{table.folder}/{table.stem}: the stages counted {table.rows} rows, {written} came")
    return content.hexdigest()
