"""The index that workers make of stretches is that of one reading, wherever the stretches begin."""

import gzip
import itertools
import json
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.errors import DataError
from radcurate.sources.parted import PARTS, PartedWriter, by_shard, part_of, shards_of
from radcurate.sources.snapshot_index import (
    DROPPED,
    STRETCH,
    Stretch,
    index_snapshot,
    indexed,
    scan_stretch,
    slice_of,
    stretches,
)
from radcurate.spiders.snapshot import FILES, contents
from radcurate.spiders.snapshot_writer import SnapshotWriter
from radcurate.spiders.warc import digest
from radcurate.spiders.warc_record import http_block, packed
from radcurate.tables import read_rows
from tests.shards import report

SITE = "https://site.example"
HTML = [("Content-Type", "text/html; charset=utf-8")]
CLOCK = "2026-01-15T12:00:00Z"
ASKED = b"GET / HTTP/1.1\r\n\r\n"


def answer(name: str, body: bytes) -> bytes:
    """An answer's record."""
    told = [("WARC-Type", "response"), ("WARC-Target-URI", f"{SITE}/articles/{name}"), ("WARC-Date", CLOCK)]
    return packed([*told, ("WARC-Payload-Digest", digest(body))], http_block(200, "OK", HTML, body))


# An answer that holds the record of another page, and whose own record keeps it byte by byte.
FORGED = answer("forged", b"<p>Forged.</p>")
HOLDER = gzip.compress(gzip.decompress(answer("holder", b"<p>Held.</p>" + FORGED + b"<p>Text.</p>")), 0, mtime=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two crawls: pages, a record within a record, what was asked again, an alias, and damage."""
    made = tmp_path_factory.mktemp("indexed") / "snapshot"
    for day in (CLOCK, "2026-02-15T12:00:00Z"):
        writer = SnapshotWriter(made, {}, day)
        for number in range(8):
            page = f"<p>Page {number}.</p>".encode() * (1 + number % 3)
            writer.store(f"{SITE}/articles/{number}", ASKED, 200, HTML, page + (day.encode() if number % 2 else b""))
        writer.store(f"{SITE}/articles/gone", ASKED, 410, HTML, b"gone")
        writer.note_alias(f"{SITE}/articles/7", f"{SITE}/articles/1")
        writer.close("finished")
    first, second = sorted(made.glob(FILES))
    place = contents(made).entries[f"{SITE}/articles/4"].offset + 40
    first.write_bytes(first.read_bytes()[:place] + bytes(5) + first.read_bytes()[place + 5 :])
    first.write_bytes(first.read_bytes() + HOLDER)
    second.write_bytes(second.read_bytes() + bytes(9))
    assert len(contents(made).damaged) == 2
    return made


def made(folder: Path, known: list[Stretch], work: Path, slices: int = 3) -> tuple[Path, list[int]]:
    """The folder of the index, and where each stretch was found to begin."""
    scanned = []
    for number, stretch in enumerate(known):
        scanned.append(work / f"{number}")
        scanned[-1].mkdir(parents=True)
        scan_stretch([folder], scanned[-1], asdict(stretch))
    (work / "index").mkdir()
    index_snapshot(
        [folder, *scanned], work / "index", {"slices": slices, "stretches": [asdict(stretch) for stretch in known]}
    )
    return work / "index", [json.loads((path / STRETCH).read_text(encoding="utf-8"))["begin"] for path in scanned]


def same_as_one_reading(folder: Path, index: Path) -> bool:
    held, back = contents(folder), indexed(index)
    damaged = [(row["locator"], row["reason"]) for row in read_rows(index / DROPPED)]
    return (back.entries, back.aliases, damaged) == (
        held.entries,
        held.aliases,
        [(one.locator, one.reason) for one in held.damaged],
    )


@pytest.mark.parametrize("count", [1, 2, 5, 40])
def test_the_number_of_stretches_leaves_no_trace(folder, tmp_path, count):
    known = stretches(folder, count)
    sizes = {path.name: path.stat().st_size for path in folder.glob(FILES)}
    assert sum(stretch.stop - stretch.start for stretch in known) == sum(sizes.values())
    assert same_as_one_reading(folder, made(folder, known, tmp_path)[0])


@given(borders=st.lists(st.integers(0, 10_000), max_size=6))
def test_a_stretch_may_begin_at_any_byte(folder, tmp_path_factory, borders):
    known = []
    for path in sorted(folder.glob(FILES)):
        size = path.stat().st_size
        places = [0, *sorted({border % size for border in borders} - {0}), size]
        known += [Stretch(path.name, *pair) for pair in itertools.pairwise(places)]
    assert same_as_one_reading(folder, made(folder, known, tmp_path_factory.mktemp("work"))[0])


def test_a_record_within_the_body_of_another_one_is_never_taken_for_one(folder, tmp_path):
    first = sorted(folder.glob(FILES))[0]
    data = first.read_bytes()
    inner = data.index(FORGED)
    known = [Stretch(first.name, 0, inner - 9), Stretch(first.name, inner - 9, len(data)), *stretches(folder, 1)[1:]]
    index, begins = made(folder, known, tmp_path)
    assert begins[1] == inner
    assert same_as_one_reading(folder, index)


def test_a_slice_knows_the_entries_of_the_others(folder, tmp_path):
    index, _ = made(folder, stretches(folder, 2), tmp_path, slices=4)
    whole = contents(folder)
    parts = [slice_of(index, number) for number in range(4)]
    assert [url for _, addresses in parts for url in addresses] == sorted(whole.entries)
    for held, addresses in parts:
        assert set(addresses) < set(whole.entries)
        assert {url: held.entries.get(url) for url in whole.entries} == whole.entries
        assert all(held.entries[url] == whole.entries[url] for url in whole.entries)
        assert held.entries.get(f"{SITE}/nowhere") is None
        assert [held.stands_elsewhere(url) for url in addresses] == [whole.stands_elsewhere(url) for url in addresses]


def test_a_slice_without_addresses_is_empty(folder, tmp_path):
    index, _ = made(folder, stretches(folder, 1), tmp_path, slices=60)
    parts = [slice_of(index, number)[1] for number in range(60)]
    assert [] in parts
    assert [url for part in parts for url in part] == sorted(contents(folder).entries)


# --- documents in parts ----------------------------------------------------------------------------------------------


def test_every_document_is_in_the_part_of_its_shard_in_the_order_it_came(tmp_path, monkeypatch):
    monkeypatch.setattr("radcurate.sources.parted.ROWS_PER_GROUP", 7)
    rows = [report(f"{number}", f"Number {number}.").row() for number in range(50)]
    with PartedWriter(tmp_path / "one", 20) as writer:
        for row in rows[:33]:
            writer.write(row)
    with PartedWriter(tmp_path / "two", 20) as writer:
        for row in rows[33:]:
            writer.write(row)
    found: dict[int, list[str]] = {}
    for part in range(PARTS):
        for table in part_of([tmp_path / "one", tmp_path / "two"], part):
            for shard, own in by_shard(table, 20):
                assert shard in shards_of(part, 20)
                found.setdefault(shard, []).extend(own["document_id"].to_pylist())
    order = {row["document_id"]: number for number, row in enumerate(rows)}
    assert sorted(name for names in found.values() for name in names) == sorted(order)
    assert all([order[name] for name in names] == sorted(order[name] for name in names) for names in found.values())


def test_a_document_that_breaks_the_schema_is_refused(tmp_path):
    row = {**report("1", "Clear.").row(), "licence": ""}
    with pytest.raises(DataError, match=r"breaks the schema at \['licence'\]"), PartedWriter(tmp_path / "x", 3) as file:
        file.write(row)
