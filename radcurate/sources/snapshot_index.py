"""The index of a snapshot, made by workers side by side: which answer counts for each address, and where it stands.

In: a snapshot. Out, by the stage `scan`: what the records in each stretch of its files are (`records.parquet`) and
where the stretch really begins and ends; by the stage `index`: `entries.parquet`, a row for each address in the order
of addresses, cut into the slices that the stage `read` works on, and `dropped.parquet`, its damaged records.

A stretch begins at the first byte that looks like a record's first one. Whether it is one only the records before can
tell: `index` follows the file from its first byte, and reads a stretch again that does not begin where the one before
ended. So it holds what one reading of the whole file gives, whatever stands in its records.
"""

import bisect
import functools
import itertools
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from radcurate.spiders import warc
from radcurate.spiders.snapshot import FILES, Contents, Entry, entry_of
from radcurate.stages import write_json
from radcurate.tables import DROPPED_SCHEMA, TableWriter, dropped_row, read_rows

RECORDS, STRETCH = "records.parquet", "stretch.json"
ENTRIES, SLICES, DROPPED = "entries.parquet", "slices.json", "dropped.parquet"
RECORD_SCHEMA = pa.schema(
    [
        pa.field("kind", pa.string(), nullable=False),
        pa.field("offset", pa.int64(), nullable=False),
        pa.field("url", pa.string()),
        pa.field("status", pa.int32()),
        pa.field("retrieved", pa.string()),
        pa.field("sha256", pa.string()),
        pa.field("size", pa.int64()),
        pa.field("is_page", pa.bool_()),
        pa.field("told", pa.string()),
    ]
)
ENTRY_SCHEMA = pa.schema(
    [
        pa.field("url", pa.string(), nullable=False),
        pa.field("file", pa.string(), nullable=False),
        pa.field("offset", pa.int64(), nullable=False),
        pa.field("status", pa.int32(), nullable=False),
        pa.field("retrieved", pa.string(), nullable=False),
        pa.field("sha256", pa.string(), nullable=False),
        pa.field("size", pa.int64(), nullable=False),
        pa.field("is_page", pa.bool_(), nullable=False),
        pa.field("checked", pa.string(), nullable=False),
        pa.field("alias_of", pa.string()),
    ]
)
_FIELDS = tuple(field.name for field in fields(Entry))
_NOTHING = dict.fromkeys(RECORD_SCHEMA.names)


@dataclass(frozen=True)
class Stretch:
    """The records of a file that begin from byte `start` on and before byte `stop`."""

    file: str
    start: int
    stop: int


def stretches(snapshot: Path, count: int) -> list[Stretch]:
    """About so many stretches of much the same length, one at least of each file, which together are all its files."""
    sizes = {path.name: path.stat().st_size for path in sorted(snapshot.glob(FILES))}
    whole = max(1, sum(sizes.values()))
    found = []
    for name, size in sizes.items():
        parts = max(1, count * size // whole)
        borders = [size * part // parts for part in range(parts + 1)]
        found += [Stretch(name, start, stop) for start, stop in itertools.pairwise(borders)]
    return found


# --- stages ----------------------------------------------------------------------------------------------------------


def scan_stretch(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """Reads a stretch (`parameters`: file, start, stop) of the snapshot `inputs[0]`; writes `records.parquet`, and
    where the stretch begins and ends (`stretch.json`)."""
    stretch = Stretch(**parameters)
    with (
        warc.mapped(inputs[0] / stretch.file) as data,
        TableWriter(output / RECORDS, RECORD_SCHEMA) as writer,
    ):
        begin = end = warc.next_record(data, stretch.start) if stretch.start else 0
        for row, after in _records(data, stretch, begin):
            end = after
            if row is not None:
                writer.write(row)
    write_json(output / STRETCH, {"begin": begin, "end": end})
    return {}


def index_snapshot(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """Puts the stretches of the snapshot `inputs[0]`, scanned into the folders that follow, together by `parameters`:
    stretches, and in how many slices the snapshot is read."""
    known = [Stretch(**stretch) for stretch in parameters["stretches"]]
    held = Contents()
    with TableWriter(output / DROPPED, DROPPED_SCHEMA) as dropped:
        for file, row in _followed(inputs[0], known, inputs[1:]):
            match row["kind"]:
                case "damaged":
                    place = f"{file}:{row['offset']}"
                    dropped.write(dropped_row("input", place, "damaged_record.v1", row["told"], locator=place))
                case "alias":
                    held.aliases[row["url"]] = row["told"]
                case "revisit":
                    held.saw_again(row["url"], row["retrieved"])
                case "answer":
                    held.weigh(row["url"], _entry(sys.intern(file), row))
    rows = []
    with TableWriter(output / ENTRIES, ENTRY_SCHEMA, rows_per_group=sys.maxsize) as writer:
        for addresses in cut(held.entries, parameters["slices"]):
            for url in addresses:
                values = {name: getattr(held.entries[url], name) for name in _FIELDS}
                writer.write({"url": url, **values, "alias_of": held.aliases.get(url)})
            writer.end_group()
            rows.append(len(addresses))
    write_json(output / SLICES, rows)
    return {}


def _followed(
    snapshot: Path, known: Sequence[Stretch], folders: Sequence[Path]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """File and row of every record, as one reading of each file from its first byte gives them."""
    name, place = "", 0
    for stretch, folder in zip(known, folders, strict=True):
        if stretch.file != name:
            name, place = stretch.file, 0
        scanned = json.loads((folder / STRETCH).read_text(encoding="utf-8"))
        if scanned["begin"] == place:
            yield from ((name, row) for row in read_rows(folder / RECORDS))
            place = scanned["end"]
            continue
        with warc.mapped(snapshot / name) as data:
            for row, end in _records(data, stretch, place):
                place = end
                if row is not None:
                    yield name, row


def _records(data: warc.Bytes, stretch: Stretch, begin: int) -> Iterator[tuple[dict[str, Any] | None, int]]:
    """A row for each record of a stretch that begins there, None for one that tells nothing, and where it ends."""
    for found in warc.read_stretch(data, stretch.file, begin, stretch.stop):
        yield _row(found), found.end


def _row(found: warc.Found) -> dict[str, Any] | None:
    row = {**_NOTHING, "offset": found.start}
    match found.held:
        case warc.Answer() as answer:
            entry = entry_of(found.file, found.start, answer)
            told = {name: getattr(entry, name) for name in ("status", "retrieved", "sha256", "size", "is_page")}
            return {**row, "kind": "answer", "url": answer.url, **told}
        case warc.Revisit(url, retrieved):
            return {**row, "kind": "revisit", "url": url, "retrieved": retrieved}
        case warc.Alias(url, of):
            return {**row, "kind": "alias", "url": url, "told": of}
        case warc.Damaged(_, reason):
            return {**row, "kind": "damaged", "told": reason}
        case _:
            return None


def _entry(file: str, row: Mapping[str, Any]) -> Entry:
    when = sys.intern(row["retrieved"])
    return Entry(file, row["offset"], row["status"], when, row["sha256"], row["size"], row["is_page"], checked=when)


def cut(entries: Mapping[str, Entry], slices: int) -> list[list[str]]:
    """The addresses in so many slices, of about as many bytes each; in their order they are all addresses."""
    addresses = sorted(entries)
    ends = list(itertools.accumulate(entries[url].size for url in addresses))
    whole = ends[-1] if ends else 0
    borders = [bisect.bisect_left(ends, -(-whole * place // slices)) for place in range(slices)]
    return [addresses[start:end] for start, end in itertools.pairwise([*borders, len(addresses)])]


# --- what the index says ---------------------------------------------------------------------------------------------


def indexed(folder: Path) -> Contents:
    """What `index_snapshot` wrote there, save damaged records."""
    return _contents(pq.read_table(folder / ENTRIES))


def slice_of(folder: Path, number: int) -> tuple[Contents, list[str]]:
    """The same, of which only the entries of one slice are read before another one is asked for; its addresses."""
    rows = json.loads((folder / SLICES).read_text(encoding="utf-8"))
    with pq.ParquetFile(folder / ENTRIES) as file:
        groups = [sum(count > 0 for count in rows[:number])] if rows[number] else []  # one without addresses has none
        held = _contents(file.read_row_groups(groups))
    return Contents(_Entries(held.entries, folder), held.aliases), list(held.entries)


class _Entries(dict[str, Entry]):
    """Entries of a slice; the first address that is not among them has those of all slices read."""

    def __init__(self, own: Mapping[str, Entry], folder: Path) -> None:
        super().__init__(own)
        self._folder = folder

    @functools.cached_property
    def _whole(self) -> Mapping[str, Entry]:
        return indexed(self._folder).entries

    def __missing__(self, url: str) -> Entry:
        return self._whole[url]

    def get(self, url: str, default: Any = None) -> Any:
        """As `dict.get`."""
        return self[url] if super().__contains__(url) else self._whole.get(url, default)


def _contents(table: pa.Table) -> Contents:
    held = Contents()
    columns = table.to_pydict()
    aliases = columns.pop("alias_of")
    files = [sys.intern(file) for file in columns.pop("file")]
    urls = columns.pop("url")
    for number, (url, file, of) in enumerate(zip(urls, files, aliases, strict=True)):
        held.entries[url] = Entry(file=file, **{name: values[number] for name, values in columns.items()})
        if of is not None:
            held.aliases[url] = of
    return held
