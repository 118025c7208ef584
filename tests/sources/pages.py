"""Small pages of articles and cases, and a snapshot that holds them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from radcurate.spiders.snapshot_writer import SnapshotWriter

ADDRESS = "https://site.example"
CLOCK = "2026-01-15T12:00:00Z"
HTML = (("Content-Type", "text/html; charset=utf-8"),)


def metadata(rid: object, rows: dict[str, str]) -> str:
    cells = "".join(
        f'<div class="row"><div class="col-sm-3">{label}:</div><div class="col-sm-8">{value}</div></div>'
        for label, value in {"rID": rid, **rows}.items()
    )
    return f'<div class="citation-info">{cells}</div>'


def names(kind: str, values: Iterable[str]) -> str:
    links = "".join(f'<a href="#">{value}</a>' for value in values)
    return f'<div class="meta-item meta-item-{kind}"><div class="row"><div class="col-sm-8">{links}</div></div></div>'


def page(title: str, rid: object, rest: str, *, more: str = "", **rows: str) -> str:
    head = f'<h1 class="header-title">{title}</h1>{metadata(rid, {k.replace("_", " "): v for k, v in rows.items()})}'
    return f"<html><body>{head}{more}{rest}</body></html>"


def article(body: str, title: str = "Colles fracture", rid: object = 77, **options: str) -> str:
    """The page of an article; `more` is HTML before its body, any other option a row of its metadata."""
    return page(title, rid, f'<div class="body user-generated-content">{body}</div>', **options)


def case(*studies: str, title: str = "Colles fracture", rid: object = 88, rest: str = "", **options: str) -> str:
    """The page of a case with these studies; `rest` follows them."""
    return page(title, rid, "".join(studies) + rest, **options)


def study(findings: str, title: str = "", modality: str = "") -> str:
    return (
        f'<div class="case-section case-study"><div class="study-desc"><h2>{title}</h2></div>'
        f'<div class="study-modality"><span class="label">{modality}</span></div>'
        f'<div class="sub-section study-findings body">{findings}</div></div>'
    )


def patient(**items: str) -> str:
    """The patient's data by label."""
    lines = "".join(
        f'<div class="data-item"><strong class="data-item-label">{label}:</strong> {value}</div>'
        for label, value in items.items()
    )
    return f'<div id="case-patient-data">{lines}</div>'


def snapshot(folder: Path, pages: dict[str, Any]) -> Path:
    """A snapshot of these answers by path: HTML, bytes, a status, or (status, headers, bytes)."""
    writer = SnapshotWriter(folder, {}, CLOCK)
    for path, given in pages.items():
        answer = given if isinstance(given, tuple) else (given, HTML, b"") if isinstance(given, int) else None
        body = given.encode() if isinstance(given, str) else given
        status, headers, body = answer or (200, HTML, body)
        writer.store(f"{ADDRESS}{path}", b"GET / HTTP/1.1\r\n\r\n", status, headers, body)
    writer.close("finished")
    return folder
