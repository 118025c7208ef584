"""A snapshot read in slices, by however many workers, gives what it gives in one piece, to the byte."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from radcurate import parse_stages
from radcurate.engines.local import LocalEngine
from radcurate.inputs import Given, Input, describe
from radcurate.sources import SourceSpec
from radcurate.sources.parse import documents_file
from radcurate.sources.snapshot_index import cut, indexed, stretches
from radcurate.spiders.snapshot import FILES, Entry, contents, fingerprint, index
from radcurate.spiders.snapshot_writer import SnapshotWriter
from radcurate.stages import run
from radcurate.tables import read_rows
from tests.conftest import Quiet, build_here, files_of
from tests.sources.pages import ADDRESS, HTML, article, case, snapshot, study

SHARDS = 3
STUDY_LINKS = '<a href="/cases/{0}/studies/1">CT</a> <a href="/cases/{0}/studies/2">MRI</a>'


def site() -> dict[str, object]:
    """Articles of very different length, cases whose studies are pages of their own, and much that is no document."""
    pages: dict[str, object] = {}
    for number in range(12):
        text = f"<p>Fracture number {number} of the distal radius.</p>" * (1 + 40 * (number % 4))
        pages[f"/articles/number-{number:02d}"] = article(text, rid=1000 + number)
        pages[f"/cases/number-{number:02d}"] = case(rid=2000 + number, rest=STUDY_LINKS.format(2000 + number))
        pages[f"/cases/{2000 + number}/studies/1"] = case(study("<p>Two fragments.</p>", "CT", "CT"), rid=2000 + number)
    return {
        **pages,
        "/articles/gone": 410,
        "/articles/nothing": b"",
        "/articles/untitled": "<p>Hyoid</p>",
        "/articles/guarded": "<title>Just a moment...</title>",
        "/cases/77/studies/1": case(study("<p>Nobody's.</p>", "CT", "CT"), rid=77),
        "/search?page=1": "<a href='/articles/number-00'>Listed</a>",
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of it, with an alias and with a record that cannot be read."""
    made = snapshot(tmp_path_factory.mktemp("sliced") / "snapshot", site())
    writer = SnapshotWriter(made, {}, "2026-01-15T12:00:00Z")
    writer.store(f"{ADDRESS}/articles/old-name", b"GET / HTTP/1.1\r\n\r\n", 200, HTML, article("<p>x</p>").encode())
    writer.note_alias(f"{ADDRESS}/articles/old-name", f"{ADDRESS}/articles/number-03")
    writer.close("finished")
    first = sorted(made.glob(FILES))[0]
    whole = first.read_bytes()
    place = index(made)[f"{ADDRESS}/articles/number-07"].offset + 60
    first.write_bytes(whole[:place] + b"\0\0\0\0\0\0" + whole[place + 6 :])
    assert contents(made).damaged
    return made


def parsed(folder: Path, work: Path, workers: int = 1, limit: int | None = None) -> tuple[Path, Quiet]:
    """The folder of the stage `parse`, and the teller that heard which stages ran."""
    spec = SourceSpec("site", "radiopaedia", (folder,), {"licence": "CC0-1.0"})
    told = describe(spec, folder)
    known = [Given(spec, (Input("site", folder.name, told.sha256, told.bytes),), None)]
    teller = Quiet()
    with LocalEngine(workers) as engine:
        done = parse_stages.run_parse(lambda stage: run(stage, work, engine, teller), known, SHARDS, limit)
    return done.folder, teller


def tables_of(made: Path) -> dict[str, bytes]:
    """Every table of `parse`, by its name: units part its shards among themselves. And what the units counted."""
    paths = sorted(made.rglob("*.parquet"))
    assert len({path.name for path in paths}) == len(paths)
    counts = json.dumps(json.loads((made / "stage.json").read_text(encoding="utf-8"))["counts"])
    return {**{path.name: path.read_bytes() for path in paths}, "counts": counts.encode()}


@pytest.fixture(scope="module")
def in_one_piece(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every table of `parse`, the snapshot read as one."""
    made, teller = parsed(folder, tmp_path_factory.mktemp("whole"))
    assert list(teller.up_to_date) == ["parse"]
    return tables_of(made)


@pytest.mark.parametrize(("slices", "workers"), [(2, 1), (7, 2), (40, 1)])
def test_the_number_of_slices_and_of_workers_leaves_no_trace_in_any_byte(
    folder, in_one_piece, tmp_path, monkeypatch, slices, workers
):
    size = describe(SourceSpec("site", "radiopaedia", (), {}), folder).bytes
    monkeypatch.setattr(parse_stages, "BYTES_PER_SLICE", size // slices)
    monkeypatch.setattr(parse_stages, "MOST_SLICES", slices)
    made, teller = parsed(folder, tmp_path, workers)
    scans = len(stretches(folder, slices))
    assert scans > 1
    assert teller.lines == [f"scan: 0 of {scans}", "index: 0 of 1", f"read: 0 of {slices}", f"parse: 0 of {SHARDS}"]
    assert tables_of(made) == in_one_piece


def test_what_was_compared_holds_documents_and_every_kind_of_rejection(in_one_piece, tmp_path):
    for name, content in in_one_piece.items():
        if name.endswith(".parquet"):
            (tmp_path / name.rpartition("/")[2]).write_bytes(content)
    ids = {row["document_id"] for shard in range(SHARDS) for row in read_rows(tmp_path / documents_file(shard))}
    assert len(ids) == 23
    rules = [row["rule"] for row in read_rows(tmp_path / "dropped.parquet")]
    assert {rule: rules.count(rule) for rule in rules} == {
        "damaged_record.v1": 1,
        "alias.v1": 1,
        "http_status.v1": 1,
        "empty_answer.v1": 1,
        "challenge_page.v1": 1,
        "unreadable_page.v1": 1,
        "missing_study.v1": 12,
        "study_without_case.v1": 1,
    }


@pytest.mark.slow
def test_the_demo_release_is_the_same_to_the_byte_where_its_snapshot_is_read_in_slices(
    demo_release, tmp_path, monkeypatch
):
    monkeypatch.setattr(parse_stages, "BYTES_PER_SLICE", 16 * 1024)
    built, heard = build_here("demo", tmp_path, workers=2)
    assert list(heard.up_to_date)[:4] == ["harvest", "scan", "index", "read"]
    assert files_of(built.folder) == files_of(demo_release)


def test_a_small_snapshot_and_one_of_which_only_some_inputs_are_wanted_are_read_in_one_piece(
    folder, tmp_path, monkeypatch
):
    assert list(parsed(folder, tmp_path / "small")[1].up_to_date) == ["parse"]
    monkeypatch.setattr(parse_stages, "BYTES_PER_SLICE", 1)
    made, teller = parsed(folder, tmp_path / "limited", limit=5)
    assert list(teller.up_to_date) == ["parse"]
    assert sum(len(list(read_rows(file))) for file in made.rglob("*.parquet")) == 5


def test_an_index_is_made_anew_where_the_same_answers_lie_elsewhere_in_the_files(tmp_path, monkeypatch):
    monkeypatch.setattr(parse_stages, "BYTES_PER_SLICE", 1)
    pages = {path: page for path, page in site().items() if path.startswith("/articles/number")}
    folder = snapshot(tmp_path / "snapshot", pages)
    made, _ = parsed(folder, tmp_path / "work")
    before = fingerprint(index(folder))
    for path in folder.iterdir():
        path.unlink()
    snapshot(folder, dict(reversed(pages.items())))
    assert fingerprint(index(folder)) == before
    again, teller = parsed(folder, tmp_path / "work")
    assert teller.up_to_date == {"scan": False, "index": False, "read": False, "parse": False}
    assert tables_of(again) == tables_of(made)


def test_an_index_comes_back_as_it_was(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(parse_stages, "BYTES_PER_SLICE", 1)
    parsed(folder, tmp_path)
    (made,) = tmp_path.glob("index-*/00000")
    held, back = contents(folder), indexed(made)
    assert back.entries == held.entries
    assert back.aliases == held.aliases


@example(sizes=[2542, 42], slices=63)
@given(sizes=st.lists(st.integers(0, 5_000), max_size=60), slices=st.integers(1, 70))
def test_slices_are_all_addresses_in_their_order_each_once(sizes, slices):
    entries = {
        f"https://site.example/{number:03d}": Entry("f", number, 200, "", "", size, True, "")
        for number, size in enumerate(sizes)
    }
    parts = cut(entries, slices)
    assert len(parts) == slices
    assert [url for part in parts for url in part] == sorted(entries)
    share = sum(sizes) / slices
    assert all(sum(entries[url].size for url in part) <= share + max(sizes, default=0) for part in parts)
