"""A record is written as warcio reads it, and read as warcio writes it."""

import gzip
import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from radcurate.spiders.warc_record import Record, http_answer, http_block, new_id, packed, parsed

VALUES = st.text("abcXYZ09;:=,/é ", max_size=20).map(str.strip)
HEADERS = st.lists(st.tuples(st.sampled_from(["Content-Type", "ETag", "X-One"]), VALUES), max_size=4)
FIELDS = [
    ("WARC-Type", "response"),
    ("WARC-Record-ID", new_id()),
    ("Content-Type", "application/http; msgtype=response"),
]
PLACE = ("WARC-Target-URI", "https://site.example/a"), ("WARC-Date", "2026-01-15T12:00:00Z")


@given(st.binary(max_size=300), HEADERS, st.sampled_from([200, 404, 999]))
def test_warcio_reads_what_is_written(body, headers, status):
    member = packed([*FIELDS, *PLACE], http_block(status, "Why Not", headers, body))
    (record,) = [
        (one.rec_type, one.rec_headers.headers, one.http_headers, one.raw_stream.read())
        for one in ArchiveIterator(io.BytesIO(member))
    ]
    assert record[0] == "response"
    assert set(PLACE) <= set(record[1])
    assert record[2].statusline == f"{status} Why Not"
    assert record[2].headers == headers
    assert record[3] == body


@given(st.binary(max_size=300), HEADERS, st.sampled_from([200, 404, 999]))
def test_what_is_written_is_read(body, headers, status):
    fields = [*FIELDS, *PLACE]
    record = parsed(gzip.decompress(packed(fields, http_block(status, "OK", headers, body))))
    assert {name.lower(): value for name, value in fields}.items() <= record.fields.items()
    assert http_answer(record.block) == (status, headers, body)


@given(st.binary(max_size=300), HEADERS)
def test_what_warcio_writes_is_read(body, headers):
    out = io.BytesIO()
    http = StatusAndHeaders("200 OK", [(name, value.replace("é", "")) for name, value in headers], protocol="HTTP/1.1")
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    record = writer.create_warc_record(
        PLACE[0][1], "response", payload=io.BytesIO(body), length=len(body), http_headers=http
    )
    writer.write_record(record)
    found = parsed(gzip.decompress(out.getvalue()))
    assert found.fields["warc-target-uri"] == PLACE[0][1]
    assert http_answer(found.block) == (200, [(name, value.strip()) for name, value in http.headers], body)


def test_an_empty_block_is_one():
    digest = f"sha256:{hashlib.sha256(b'').hexdigest()}"
    assert parsed(gzip.decompress(packed([("WARC-Type", "request")], b""))) == Record(
        {"warc-type": "request", "warc-block-digest": digest, "content-length": "0"}, b""
    )


WHOLE = gzip.decompress(packed([("WARC-Type", "request")], b"GET / HTTP/1.1\r\n\r\n"))


@pytest.mark.parametrize(
    "member",
    [
        b"",
        b"no record",
        WHOLE * 2,
        WHOLE + b"x",
        WHOLE.replace(b"WARC/1.1", b"HTTP/1.1"),
        WHOLE.replace(b"Content-Length: 18", b"Content-Length: many"),
        WHOLE.replace(b"Content-Length: 18\r\n", b""),
        WHOLE.replace(b"Content-Length: 18", b"Content-Length: 17"),
        WHOLE.replace(b"Content-Length: 18", b"Content-Length: -18"),
    ],
)
def test_what_is_not_one_whole_record_is_none(member):
    assert parsed(member) is None


@given(st.integers(0, len(WHOLE) - 1))
def test_a_record_that_breaks_off_is_none(length):
    assert parsed(WHOLE[:length]) is None


@pytest.mark.parametrize("block", [b"", b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 OK\r\n\r\n", b"200 OK\r\n\r\nbody"])
def test_a_block_that_is_no_answer_is_none(block):
    assert http_answer(block) is None
