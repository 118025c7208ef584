"""Any WARC tool reads a snapshot: every record of a crawl, with warcio and with fastwarc, and every digest holds."""

from pathlib import Path

import fastwarc
import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

import radcurate
from radcurate.demo.site.answers import Site
from radcurate.demo.site.server import serving
from radcurate.harvest import harvest
from radcurate.spiders.crawl import Crawl
from radcurate.spiders.snapshot import index

CASES = ("radiopaedia-cases",)
LATER = "2026-02-20T12:00:00Z"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A crawl and a refresh of it, so that every kind of record is there."""
    folder = tmp_path_factory.mktemp("crawled") / "snapshot"
    with serving(Site(most_pages=1)) as served:
        for clock in ("2026-01-15T12:00:00Z", LATER):
            harvest(Crawl(folder, served, served, CASES, ("Spine",), clock=clock, refresh=clock == LATER))
    return folder


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("answers-*.warc.gz"))


def test_warcio_checks_every_digest_and_finds_no_fault(crawled, capsys):
    command = type(
        "Command", (), {"inputs": [str(path) for path in files(crawled)], "verbose": True, "exit_value": 0}
    )()
    checker = Checker(command)
    checker.process_all()
    told = capsys.readouterr().out
    assert checker.exit_value == 0
    assert "fail" not in told
    assert told.count("digest pass") > 2 * len(index(crawled))


def test_fastwarc_reads_every_record_that_warcio_reads_and_checks_its_digests(crawled):
    kinds = []
    for path in files(crawled):
        with path.open("rb") as file:
            by_warcio = [
                (record.rec_type, record.rec_headers.get_header("WARC-Record-ID")) for record in ArchiveIterator(file)
            ]
        with path.open("rb") as file:
            for number, record in enumerate(fastwarc.ArchiveIterator(file, parse_http=False)):
                assert record.headers["WARC-Type"] == by_warcio[number][0]
                assert record.record_id == by_warcio[number][1]
                assert record.verify_block_digest()
                kinds.append(record.headers["WARC-Type"])
        with path.open("rb") as file:
            answers = [r for r in fastwarc.ArchiveIterator(file, record_types=fastwarc.warc.WarcRecordType.response)]
        with path.open("rb") as file:
            for record in fastwarc.ArchiveIterator(file, record_types=fastwarc.warc.WarcRecordType.response):
                assert record.verify_payload_digest()
        assert len(answers) == [kind for kind, _ in by_warcio].count("response")
    assert set(kinds) == {"warcinfo", "request", "response", "revisit"}


def test_a_changed_byte_is_seen_by_fastwarc_too(crawled, tmp_path):
    """The checks above can fail."""
    with files(crawled)[0].open("rb") as file:
        for record in fastwarc.ArchiveIterator(file, record_types=fastwarc.warc.WarcRecordType.response):
            record.freeze()
            body = record.reader.read()
            break
    import gzip

    whole = gzip.decompress(files(crawled)[0].read_bytes())
    assert whole.count(body) == 1
    (tmp_path / "x.warc").write_bytes(whole.replace(body, body[:-1] + b"?"))
    with (tmp_path / "x.warc").open("rb") as file:
        told = [
            record.verify_payload_digest()
            for record in fastwarc.ArchiveIterator(file, record_types=fastwarc.warc.WarcRecordType.response)
        ]
    assert told[0] is False
    assert all(told[1:])


def test_every_answer_stands_after_the_request_that_it_answers(crawled):
    for path in files(crawled):
        with path.open("rb") as file:
            found = [
                (record.rec_type, record.rec_headers)
                for record in ArchiveIterator(file)
                if record.rec_type != "warcinfo"
            ]
        pairs = list(zip(found[::2], found[1::2], strict=True))
        assert pairs
        for (asked, request), (kind, answer) in pairs:
            assert (asked, kind in ("response", "revisit")) == ("request", True)
            assert request.get_header("WARC-Concurrent-To") == answer.get_header("WARC-Record-ID")
            assert request.get_header("WARC-Target-URI") == answer.get_header("WARC-Target-URI")


def test_each_file_begins_with_who_asked_and_how(crawled):
    for path in files(crawled):
        with path.open("rb") as file:
            first = next(iter(ArchiveIterator(file)))
            text = first.raw_stream.read().decode()
        assert (first.rec_type, first.rec_headers.get_header("WARC-Filename")) == ("warcinfo", path.name)
        assert f"software: radcurate/{radcurate.__version__}\r\n" in text
        assert f"http-header-user-agent: radcurate/{radcurate.__version__}" in text
        assert "robots: obey\r\n" in text


def test_a_revisit_says_which_answer_still_holds(crawled):
    second = files(crawled)[1]
    with second.open("rb") as file:
        revisits = [record.rec_headers for record in ArchiveIterator(file) if record.rec_type == "revisit"]
    held = index(crawled)
    assert revisits
    for headers in revisits:
        url = headers.get_header("WARC-Refers-To-Target-URI")
        assert url == headers.get_header("WARC-Target-URI")
        assert headers.get_header("WARC-Refers-To-Date") == held[url].retrieved == "2026-01-15T12:00:00Z"
        assert headers.get_header("WARC-Payload-Digest") == f"sha256:{held[url].sha256}"
        assert headers.get_header("WARC-Profile").endswith(("server-not-modified", "identical-payload-digest"))
