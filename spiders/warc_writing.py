"""The records of WARC 1.1 that a crawl writes, as bytes to append to a file (`warc.py` reads them).

In: requests and answers as they went over the wire. Out: gzip members, one record each.
"""

import gzip
import io
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import responses

from warcio.recordloader import ArcWarcRecord
from warcio.warcwriter import WARCWriter

from radcurate.spiders.warc import ALIAS, Headers
from radcurate.spiders.warc_record import LEVEL, http_block, new_id, packed

# What a revisit record may say of an answer (WARC 1.1, annex of profiles).
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


@dataclass(frozen=True)
class Unchanged:
    """Why an answer is written as a revisit (a profile), and which answer still holds: its date and payload digest."""

    profile: str
    retrieved: str
    digest: str


def head(name: str, fields: Mapping[str, str], date: str) -> bytes:
    """The record at the head of a file: which software wrote it, how it asked, for whom."""
    record = _writer().create_warcinfo_record(name, dict(fields))
    record.rec_headers.replace_header("WARC-Date", date)
    return _member(record)


def exchange(
    url: str,
    request: bytes,
    status: int,
    headers: Headers,
    body: bytes,
    digest: str,
    date: str,
    *,
    truncated: bool = False,
    unchanged: Unchanged | None = None,
) -> tuple[bytes, int]:
    """A request and its answer, each a gzip member, and at which byte the answer begins.

    `url` is in its canonical form, `digest` that of the body (`warc.digest`). The request stands first, so that a pair
    which breaks off lacks its answer. An answer that says nothing new (`unchanged`) is a revisit record: its headers,
    and no body. One that was cut off for its length is `truncated`.
    """
    identity, about = new_id(), [("WARC-Target-URI", url), ("WARC-Date", date)]
    if unchanged is None:
        told = [("WARC-Type", "response"), ("WARC-Payload-Digest", digest)]
        told += [("WARC-Truncated", "length")] if truncated else []
    else:
        told = [
            ("WARC-Type", "revisit"),
            ("WARC-Payload-Digest", unchanged.digest),
            ("WARC-Profile", unchanged.profile),
            ("WARC-Refers-To-Target-URI", url),
            ("WARC-Refers-To-Date", unchanged.retrieved),
        ]
    answer = packed(
        [*told, ("WARC-Record-ID", identity), *about, ("Content-Type", "application/http; msgtype=response")],
        # Scrapy does not keep the words that came: these are the standard ones.
        http_block(status, responses.get(status, "Unknown"), headers, body if unchanged is None else b""),
    )
    asked = packed(
        [
            ("WARC-Type", "request"),
            ("WARC-Record-ID", new_id()),
            *about,
            ("WARC-Concurrent-To", identity),
            ("Content-Type", "application/http; msgtype=request"),
        ],
        request,
    )
    return asked + answer, len(asked)


def alias(url: str, of: str, date: str) -> bytes:
    """A metadata record that calls `url` a second address of the page at `of`."""
    text = f"{ALIAS}: {of}\r\n".encode()
    record = _writer().create_warc_record(
        url,
        "metadata",
        payload=io.BytesIO(text),
        length=len(text),
        warc_content_type="application/warc-fields",
        warc_headers_dict={"WARC-Date": date},
    )
    return _member(record)


def _writer() -> WARCWriter:
    return WARCWriter(io.BytesIO(), gzip=False, warc_version="1.1")


def _member(record: ArcWarcRecord) -> bytes:
    """A record that is written once in a while, as a gzip member."""
    writer = _writer()
    writer.write_record(record)
    return gzip.compress(writer.out.getvalue(), LEVEL, mtime=0)
