"""A snapshot keeps every exchange as it came, in files that any WARC tool reads, and tells what is damaged."""

import gzip
import hashlib
import io
import itertools
import json
import random
import re
import tracemalloc
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from radcurate.errors import DataError, UsageError
from radcurate.spiders import snapshot
from radcurate.spiders.crawl_log import about
from radcurate.spiders.snapshot import Answer, Damaged, answers, fingerprint, index, refuse_other
from radcurate.spiders.snapshot_writer import SnapshotWriter

SITE = "https://site.example"
CLOCK = "2026-01-15T12:00:00Z"
HTML = [("Content-Type", "text/html; charset=utf-8")]
ASKED = b"GET /articles/a?lang=us HTTP/1.1\r\nHost: site.example\r\nUser-Agent: radcurate/0\r\n\r\n"
BROKEN = "the record was cut off, changed, or is too large: it cannot be unpacked"
PAGES = {f"{SITE}/articles/{name}": f"<p>The {name} page.</p>".encode() * 40 for name in ("a", "b", "c", "d")}


def store(folder: Path, *exchanges, clock: str | None = CLOCK, why: str = "finished") -> Path:
    """A crawl's file; an exchange is (url, body), or with a status, or with a status and headers."""
    writer = SnapshotWriter(folder, {"spiders": ["radiopaedia-articles"]}, clock)
    for url, body, *more in exchanges:
        status, headers = (*more, 200, HTML)[:2] if len(more) != 1 else (more[0], HTML)
        writer.store(url, ASKED, status, headers, body)
    writer.close(why)
    return sorted(folder.glob("answers-*.warc.gz"))[-1]


def records(path: Path) -> list:
    """Type, headers, HTTP headers and payload of every record, as warcio reads them."""
    with path.open("rb") as file:
        return [
            (record.rec_type, record.rec_headers, record.http_headers, record.raw_stream.read())
            for record in ArchiveIterator(file)
        ]


def members(path: Path) -> list[int]:
    """Where each record of a file begins, as warcio finds it."""
    with path.open("rb") as file:
        iterator = ArchiveIterator(file)
        return [iterator.get_record_offset() for _ in iterator]


def bodies(folder: Path) -> dict[str, bytes]:
    return {answer.url: answer.body for answer in answers(folder) if isinstance(answer, Answer)}


def damaged(folder: Path) -> list[Damaged]:
    return [answer for answer in answers(folder) if isinstance(answer, Damaged)]


# --- what is stored --------------------------------------------------------------------------------------------------


def test_an_answer_comes_back_as_it_was_stored(tmp_path):
    body = "<p>10⁹ cells</p>".encode()
    store(tmp_path, (f"{SITE}/articles/a", body, 404, [("Content-Type", "text/html"), ("ETag", '"x"')]))
    assert list(answers(tmp_path)) == [
        Answer(
            url=f"{SITE}/articles/a",
            status=404,
            headers=[("Content-Type", "text/html"), ("ETag", '"x"')],
            body=body,
            sha256=hashlib.sha256(body).hexdigest(),
            retrieved=CLOCK,
        )
    ]


def test_warcio_checks_its_digests_and_finds_no_fault(tmp_path, capsys):
    path = store(tmp_path, *PAGES.items(), (f"{SITE}/empty", b""), (f"{SITE}/gone", b"x", 999))
    command = type("Command", (), {"inputs": [str(path)], "verbose": True, "exit_value": 0})()
    checker = Checker(command)
    checker.process_all()
    told = capsys.readouterr().out
    assert checker.exit_value == 0
    assert "fail" not in told
    assert told.count("digest pass") == 2 * (len(PAGES) + 2)


def test_the_request_stands_beside_its_answer_as_it_was_sent(tmp_path):
    path = store(tmp_path, *PAGES.items())
    found = records(path)
    assert [kind for kind, *_ in found] == ["request", "response"] * len(PAGES)
    for (_, request, http, sent), (_, answer, _, body) in zip(found[::2], found[1::2], strict=True):
        url = answer.get_header("WARC-Target-URI")
        assert (url, body) in PAGES.items()
        assert request.get_header("WARC-Target-URI") == url
        assert request.get_header("WARC-Concurrent-To") == answer.get_header("WARC-Record-ID")
        assert answer.get_header("WARC-Date") == request.get_header("WARC-Date") == CLOCK
        assert answer.get_header("WARC-Payload-Digest") == f"sha256:{hashlib.sha256(body).hexdigest()}"
        assert f"{http.protocol} {http.statusline}" == "GET /articles/a?lang=us HTTP/1.1"
        assert (http.get_header("User-Agent"), sent) == ("radcurate/0", b"")


def test_every_record_is_a_gzip_member_of_its_own(tmp_path):
    path = store(tmp_path, *PAGES.items())
    whole = path.read_bytes()
    starts = [*members(path), len(whole)]
    assert len(starts) == 2 * len(PAGES) + 1
    for start, end in itertools.pairwise(starts):
        assert gzip.decompress(whole[start:end]).startswith(b"WARC/1.1\r\n")


def test_an_exchange_is_on_disk_before_store_returns(tmp_path):
    writer = SnapshotWriter(tmp_path, {}, CLOCK)
    for number, (url, body) in enumerate(PAGES.items(), 1):
        writer.store(url, ASKED, 200, HTML, body)
        assert bodies(tmp_path)[url] == body
        assert len(index(tmp_path)) == number
    writer.close("finished")


def test_addresses_are_stored_with_their_query_sorted_and_without_a_fragment(tmp_path):
    store(tmp_path, (f"{SITE}/search?scope=cases&page=2&lang=us#top", b"x"))
    assert list(index(tmp_path)) == [f"{SITE}/search?lang=us&page=2&scope=cases"]


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip"])
def test_a_gzip_coded_answer_is_stored_as_it_came_and_read_decoded(tmp_path, coding):
    coded = gzip.compress(b"<p>Text.</p>", mtime=0)
    path = store(tmp_path, (f"{SITE}/articles/a", coded, 200, [*HTML, ("Content-Encoding", coding)]))
    assert records(path)[1][3] == coded
    (answer,) = answers(tmp_path)
    assert (answer.body, answer.sha256) == (b"<p>Text.</p>", hashlib.sha256(b"<p>Text.</p>").hexdigest())
    assert index(tmp_path)[answer.url].size == len(b"<p>Text.</p>")


@pytest.mark.parametrize(("coding", "body"), [("br", b"\x0b\x02"), ("gzip", b"no gzip"), ("gzip", b"\x1f\x8b\x08")])
def test_a_content_coding_that_cannot_be_undone_is_damage(tmp_path, coding, body):
    store(tmp_path, (f"{SITE}/a", body, 200, [("Content-Encoding", coding)]), (f"{SITE}/b", b"read"))
    first, second = answers(tmp_path)
    start = members(tmp_path / "answers-00001.warc.gz")[1]
    assert first == Damaged(f"answers-00001.warc.gz:{start}", "the answer's content coding cannot be undone")
    assert second.body == b"read"


def test_store_gives_the_answer_back_as_reading_gives_it_and_none_for_a_coding_that_cannot_be_undone(tmp_path):
    writer = SnapshotWriter(tmp_path, {}, CLOCK)
    body, coded = b"<p>Hyoid</p>" * 20, [*HTML, ("Content-Encoding", "gzip")]
    given = [
        writer.store(f"{SITE}/articles/a?b=2&a=1#c", ASKED, 200, HTML, body),
        writer.store(f"{SITE}/articles/b", ASKED, 200, coded, gzip.compress(body)),
        writer.store(f"{SITE}/articles/c", ASKED, 200, HTML, body[:100], truncated=True),
    ]
    assert writer.store(f"{SITE}/articles/d", ASKED, 200, coded, body) is None
    assert writer.store(f"{SITE}/articles/b", ASKED, 200, coded, gzip.compress(body)) == given[1]
    writer.close("finished")
    assert [answer for answer in answers(tmp_path) if isinstance(answer, Answer)] == given
    assert [answer.sha256 for answer in given] == [hashlib.sha256(answer.body).hexdigest() for answer in given]


def test_answers_of_more_files_than_are_kept_open_are_read(tmp_path, monkeypatch):
    for url, body in PAGES.items():
        store(tmp_path, (url, body))
    monkeypatch.setattr(snapshot, "MOST_OPEN", 2)
    assert bodies(tmp_path) == PAGES
    entries = index(tmp_path)
    with snapshot.Reader(tmp_path) as reader:
        for url in [*PAGES, *reversed(PAGES)]:
            assert reader.answer(entries[url]).body == PAGES[url]


def test_a_header_that_is_not_ascii_costs_no_answer(tmp_path):
    store(tmp_path, (f"{SITE}/a", b"read", 200, [("X-Author", "Ménière"), *HTML]))
    (answer,) = answers(tmp_path)
    assert (answer.body, dict(answer.headers)["Content-Type"]) == (b"read", "text/html; charset=utf-8")


def test_an_empty_answer_that_claims_a_coding_is_an_empty_answer(tmp_path):
    store(tmp_path, (f"{SITE}/a", b"", 200, [("Content-Encoding", "gzip")]))
    assert bodies(tmp_path) == {f"{SITE}/a": b""}


# --- the description -------------------------------------------------------------------------------------------------


def test_the_description_is_written_at_the_start_and_at_the_end_of_a_crawl(tmp_path):
    writer = SnapshotWriter(tmp_path / "new/folder", {"spiders": ["x"], "limit": 3}, CLOCK)
    (begun,) = about(tmp_path / "new/folder")
    assert (begun["ended"], begun["why"]) == (None, None)
    assert begun["begun"] == CLOCK
    writer.close("the site answered 403")
    (ended,) = about(tmp_path / "new/folder")
    assert (ended["file"], ended["spiders"], ended["limit"]) == ("answers-00001.warc.gz", ["x"], 3)
    assert (ended["begun"], ended["updated"], ended["ended"]) == (CLOCK, CLOCK, CLOCK)
    assert (ended["why"], ended["unanswered"], ended["permission"]) == ("the site answered 403", [], None)
    assert not (tmp_path / "new/folder/crawl.tmp").exists()


def test_without_a_clock_the_time_is_that_of_now_in_utc(tmp_path):
    store(tmp_path, (f"{SITE}/a", b"x"), clock=None)
    (crawl,) = about(tmp_path)
    (entry,) = index(tmp_path).values()
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", crawl[key]) for key in ("begun", "ended"))
    assert crawl["begun"] <= entry.retrieved <= crawl["ended"]


def test_a_second_crawl_goes_into_a_file_of_its_own(tmp_path):
    first = store(tmp_path, (f"{SITE}/a", b"one"))
    before = first.read_bytes()
    second = store(tmp_path, (f"{SITE}/b", b"two"), why="the site asks to sign in")
    assert (first.name, second.name) == ("answers-00001.warc.gz", "answers-00002.warc.gz")
    assert first.read_bytes() == before
    assert [(crawl["file"], crawl["why"]) for crawl in about(tmp_path)] == [
        (first.name, "finished"),
        (second.name, "the site asks to sign in"),
    ]
    assert bodies(tmp_path) == {f"{SITE}/a": b"one", f"{SITE}/b": b"two"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"spiders": []}', "null"])
def test_a_damaged_description_is_told_with_its_path(tmp_path, text):
    (tmp_path / "crawl.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"crawl\.json: is no description of a snapshot"):
        about(tmp_path)


@pytest.mark.parametrize("there", [(), ("crawl.json",), ("answers-00001.warc.gz",), ("notes.txt",)])
def test_a_folder_that_is_no_snapshot_is_refused_with_what_to_do(tmp_path, there):
    for name in there:
        (tmp_path / name).write_text('{"crawls": []}', encoding="utf-8")
    with pytest.raises(UsageError, match=r"is no snapshot.*\n.*radcurate harvest --snapshot"):
        refuse_other(tmp_path)


def test_a_snapshot_is_not_refused(tmp_path):
    store(tmp_path, (f"{SITE}/a", b"x"))
    refuse_other(tmp_path)


# --- which answer counts ---------------------------------------------------------------------------------------------

OLD, NEW = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"


@pytest.mark.parametrize(
    ("crawls", "expected"),
    [
        ([(OLD, 200, b"old"), (NEW, 200, b"new")], b"new"),
        ([(NEW, 200, b"new"), (OLD, 200, b"old")], b"new"),
        ([(OLD, 200, b"page"), (NEW, 404, b"gone")], b"page"),
        ([(OLD, 429, b"wait"), (NEW, 200, b"page")], b"page"),
        ([(OLD, 404, b"gone"), (NEW, 503, b"down")], b"down"),
    ],
    ids=["newer", "newer, stored first", "a page before an error", "a page after an error", "newer of two errors"],
)
def test_of_several_answers_the_newest_page_counts_else_the_newest(tmp_path, crawls, expected):
    for clock, status, body in crawls:
        store(tmp_path, (f"{SITE}/a", body, status), clock=clock)
    (answer,) = answers(tmp_path)
    assert answer.body == expected
    assert len(index(tmp_path)) == 1


def test_of_two_answers_of_one_moment_the_same_counts_in_either_order(tmp_path):
    for name, order in (("one", (b"x", b"y")), ("other", (b"y", b"x"))):
        store(tmp_path / name, *((f"{SITE}/a", body) for body in order))
    assert bodies(tmp_path / "one") == bodies(tmp_path / "other")


# --- the fingerprint -------------------------------------------------------------------------------------------------


def test_neither_fingerprint_nor_answers_know_the_order_or_number_of_requests(tmp_path):
    exchanges = list(PAGES.items())
    store(tmp_path / "straight", *exchanges)
    random.Random(3).shuffle(exchanges)
    store(tmp_path / "shuffled", *exchanges[:2], *exchanges)
    store(tmp_path / "two crawls", *exchanges[:3])
    store(tmp_path / "two crawls", *exchanges[3:])
    folders = [tmp_path / name for name in ("straight", "shuffled", "two crawls")]
    assert len({fingerprint(index(folder)) for folder in folders}) == 1
    assert list(answers(folders[0])) == list(answers(folders[1])) == list(answers(folders[2]))
    assert [answer.url for answer in answers(folders[0])] == sorted(PAGES)


def test_the_fingerprint_is_that_of_the_sorted_addresses_and_digests(tmp_path):
    store(tmp_path, (f"{SITE}/b", b"two"), (f"{SITE}/a", b"one"))
    lines = [f"{SITE}/{name} {hashlib.sha256(body).hexdigest()}" for name, body in (("a", b"one"), ("b", b"two"))]
    assert fingerprint(index(tmp_path)) == hashlib.sha256("\n".join(lines).encode()).hexdigest()


@pytest.mark.parametrize("other", [(f"{SITE}/a", b"two"), (f"{SITE}/b", b"one")], ids=["body", "address"])
def test_another_body_or_address_is_another_fingerprint(tmp_path, other):
    store(tmp_path / "one", (f"{SITE}/a", b"one"))
    store(tmp_path / "other", other)
    assert fingerprint(index(tmp_path / "one")) != fingerprint(index(tmp_path / "other"))


# --- damage ----------------------------------------------------------------------------------------------------------


def test_every_flipped_bit_is_told_or_harmless_and_costs_no_other_answer(tmp_path):
    path = store(tmp_path, *PAGES.items())
    whole, starts = path.read_bytes(), members(path)
    lot, harmless = random.Random(11), 0
    for place in [*range(20), *(lot.randrange(len(whole)) for _ in range(250))]:
        changed = bytearray(whole)
        changed[place] ^= 1 << lot.randrange(8)
        path.write_bytes(changed)
        start = max(start for start in starts if start <= place)
        read, told = bodies(tmp_path), damaged(tmp_path)
        assert read.items() <= PAGES.items()
        if told:
            assert told == [Damaged(f"{path.name}:{start}", BROKEN)]
            assert len(read) == len(PAGES) - (starts.index(start) % 2 == 1)
        else:  # bits that gzip itself does not use
            assert read == PAGES
            harmless += 1
    assert harmless < 30


def test_a_file_that_breaks_off_is_read_up_to_there_and_told(tmp_path):
    path = store(tmp_path, *PAGES.items())
    whole, starts = path.read_bytes(), members(path)
    for length in [*range(starts[2], starts[3], 29), *range(starts[3] + 1, starts[4], 29)]:
        path.write_bytes(whole[:length])
        broken = [start for start in starts if start < length][-1]
        told = [f"{path.name}:{broken}"] if length not in starts else []
        assert [one.locator for one in damaged(tmp_path)] == told
        assert list(bodies(tmp_path)) == sorted(PAGES)[: 2 if length >= starts[4] else 1]


def test_several_damaged_records_are_told_each_for_itself(tmp_path):
    path = store(tmp_path, *PAGES.items())
    changed = bytearray(path.read_bytes())
    starts = members(path)
    for following in (starts[3], starts[4], starts[7]):
        changed[following - 12] ^= 0xFF
    path.write_bytes(changed)
    assert [one.locator for one in damaged(tmp_path)] == [f"{path.name}:{starts[n]}" for n in (2, 3, 6)]
    assert list(bodies(tmp_path)) == [f"{SITE}/articles/{name}" for name in "acd"]


def test_a_record_that_unpacks_to_more_than_a_crawl_stores_is_told_and_never_held(tmp_path):
    path = store(tmp_path, *PAGES.items())
    whole, starts = path.read_bytes(), members(path)
    head = b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 200000000\r\n\r\n"
    bomb = gzip.compress(head + bytes(200_000_000) + b"\r\n\r\n", 9)
    path.write_bytes(whole[: starts[2]] + bomb + whole[starts[2] :])
    tracemalloc.start()
    assert bodies(tmp_path) == PAGES
    assert damaged(tmp_path) == [Damaged(f"{path.name}:{starts[2]}", BROKEN)]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000_000


def test_damage_in_one_file_leaves_the_others(tmp_path):
    first = store(tmp_path, (f"{SITE}/a", b"one"))
    store(tmp_path, (f"{SITE}/b", b"two"))
    first.write_bytes(b"no WARC at all")
    assert [one.locator for one in damaged(tmp_path)] == [f"{first.name}:0"]
    assert bodies(tmp_path) == {f"{SITE}/b": b"two"}


def test_what_stands_after_the_last_record_is_told(tmp_path):
    path = store(tmp_path, (f"{SITE}/a", b"one"))
    length = path.stat().st_size
    path.write_bytes(path.read_bytes() + b"\0" * 7)
    assert [one.locator for one in damaged(tmp_path)] == [f"{path.name}:{length}"]
    assert bodies(tmp_path) == {f"{SITE}/a": b"one"}


def test_a_body_that_is_not_the_one_that_was_digested_is_told(tmp_path):
    path = store(tmp_path, (f"{SITE}/a", b"no pneumothorax"), (f"{SITE}/b", b"two"))
    start, end = members(path)[1:3]
    whole = path.read_bytes()
    forged = gzip.compress(gzip.decompress(whole[start:end]).replace(b"no pneumo", b"an pneumo"))
    path.write_bytes(whole[:start] + forged + whole[end:])
    (told,) = damaged(tmp_path)
    assert told.locator == f"{path.name}:{start}"
    assert "its digest differs" in told.reason
    assert list(bodies(tmp_path)) == [f"{SITE}/b"]


def test_the_reason_holds_nothing_of_the_page(tmp_path):
    path = store(tmp_path, *((url, bytes(random.Random(url).choices(range(256), k=400))) for url in PAGES))
    whole = bytearray(path.read_bytes())
    whole[600] ^= 1
    path.write_bytes(whole)
    (told,) = damaged(tmp_path)
    assert told.reason.isascii()
    assert len(told.reason) < 90


@pytest.mark.parametrize(
    "content",
    [b"", b"no record", b"WARC/1.1\r\nWARC-Type: response\r\n", b"WARC/1.1\r\nWARC-Type: response\r\n\r\n\r\n\r\n"],
)
def test_a_gzip_member_that_holds_no_whole_record_is_damage_and_no_crash(tmp_path, content):
    path = store(tmp_path, (f"{SITE}/a", b"one"))
    path.write_bytes(gzip.compress(content) + path.read_bytes())
    assert [one.locator for one in damaged(tmp_path)] == [f"{path.name}:0"]
    assert bodies(tmp_path) == {f"{SITE}/a": b"one"}


def test_records_that_share_a_gzip_member_are_told_and_not_lost_in_silence(tmp_path):
    path = store(tmp_path, *PAGES.items())
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))
    assert [one.locator for one in damaged(tmp_path)] == [f"{path.name}:0"]
    assert "more than one" in damaged(tmp_path)[0].reason


def test_records_of_other_kinds_from_other_tools_are_passed_over(tmp_path):
    path = store(tmp_path, (f"{SITE}/a", b"one"))
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    writer.write_record(writer.create_warcinfo_record("x.warc.gz", {"software": "another"}))
    writer.write_record(
        writer.create_warc_record(
            f"{SITE}/a", "revisit", http_headers=StatusAndHeaders("200 OK", [], protocol="HTTP/1.1")
        )
    )
    path.write_bytes(out.getvalue() + path.read_bytes())
    assert damaged(tmp_path) == []
    assert bodies(tmp_path) == {f"{SITE}/a": b"one"}


def test_a_crawl_that_ended_before_its_first_answer_left_nothing_to_read(tmp_path):
    store(tmp_path)
    assert list(answers(tmp_path)) == []
    assert json.loads((tmp_path / "crawl.json").read_text(encoding="utf-8"))["crawls"][0]["why"] == "finished"
