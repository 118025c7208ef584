"""Where the Open-i archive comes from: the cache, its publisher, the wheel; each checked by sha256."""

import hashlib
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from radcurate.errors import DataError
from radcurate.sources import openi_archive
from tests.sources.samples import archive, openi_report

NOWHERE = "http://127.0.0.1:9/NLMCXR_reports.tgz"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The archive that counts as the published one in these tests."""
    return archive(tmp_path_factory.mktemp("published") / "reports.tgz", [("1.xml", openi_report())]).read_bytes()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reports: bytes) -> Path:
    """The archive's place in an empty cache; no publisher answers and pip finds no wheel."""
    monkeypatch.setenv("RADCURATE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for name, value in (("PIP_NO_INDEX", "1"), ("PIP_FIND_LINKS", ""), ("PIP_CONFIG_FILE", "/dev/null")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(openi_archive, "PUBLISHER_URL", NOWHERE)
    monkeypatch.setattr(openi_archive, "ARCHIVE_SHA256", hashlib.sha256(reports).hexdigest())
    return tmp_path / "cache" / openi_archive.NAME


@pytest.fixture
def publisher(reports: bytes) -> Iterator[tuple[str, list[str]]]:
    """The address of a server on this machine that answers well or badly by path, and what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            if self.path == "/garbage":
                self.wfile.write(b"this is no HTTP\r\n\r\n")
                return
            if self.path == "/missing":
                self.send_error(404)
                return
            self.send_response(200)
            body = b"<html>moved</html>" if self.path == "/other" else reports
            if self.path == "/chunked":
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.write(b"%x\r\n" % len(reports) + reports[:40])
                return
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:40] if self.path == "/cut" else body)

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def _wheel(folder: Path, content: bytes, member: str = openi_archive.WHEEL_MEMBER) -> Path:
    """A wheel of the wanted name that brings `content`."""
    folder.mkdir()
    path = folder / "torchxrayvision-1.5.7-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(member, content)
        info = "torchxrayvision-1.5.7.dist-info"
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: torchxrayvision\nVersion: 1.5.7\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return folder


def test_the_cache_comes_first_and_nobody_is_asked(
    cache: Path, publisher: tuple[str, list[str]], reports: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, asked = publisher
    monkeypatch.setattr(openi_archive, "PUBLISHER_URL", f"{address}/good")
    cache.parent.mkdir()
    cache.write_bytes(reports)
    said: list[str] = []
    assert openi_archive.find(said.append) == cache
    assert asked == []
    assert said == [f"Open-i reports: from the cache, {cache}"]


def test_then_the_publisher_and_what_came_is_kept_in_the_cache(
    cache: Path, publisher: tuple[str, list[str]], reports: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, asked = publisher
    monkeypatch.setattr(openi_archive, "PUBLISHER_URL", f"{address}/good")
    said: list[str] = []
    assert openi_archive.find(said.append) == openi_archive.find(said.append) == cache
    assert cache.read_bytes() == reports
    assert asked == ["/good"]
    assert f"from {address}/good" in said[0]
    assert "from the cache" in said[1]


def test_a_damaged_file_in_the_cache_is_told_and_fetched_anew(
    cache: Path, publisher: tuple[str, list[str]], reports: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, asked = publisher
    monkeypatch.setattr(openi_archive, "PUBLISHER_URL", f"{address}/good")
    cache.parent.mkdir()
    cache.write_bytes(reports[:-1])
    said: list[str] = []
    openi_archive.find(said.append)
    assert cache.read_bytes() == reports
    assert asked == ["/good"]
    assert "damaged (another sha256)" in said[0]


@pytest.mark.parametrize("answer", ["other", "missing"])
def test_then_the_wheel_where_the_publisher_has_it_not(
    cache: Path,
    publisher: tuple[str, list[str]],
    reports: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
) -> None:
    address, asked = publisher
    monkeypatch.setattr(openi_archive, "PUBLISHER_URL", f"{address}/{answer}")
    monkeypatch.setenv("PIP_FIND_LINKS", str(_wheel(tmp_path / "wheels", reports)))
    said: list[str] = []
    assert openi_archive.find(said.append).read_bytes() == reports
    assert asked == [f"/{answer}"]
    assert said == [f"Open-i reports: from the torchxrayvision==1.5.7 wheel, kept as {cache}"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("missing", "404"),
        ("other", "another sha256"),
        ("cut", "another sha256"),
        ("chunked", "IncompleteRead"),
        ("garbage", "this is no HTTP"),
    ],
)
def test_where_no_place_has_it_the_error_tells_why_of_each_and_what_to_do(
    cache: Path, publisher: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch, answer: str, reason: str
) -> None:
    url = f"{publisher[0]}/{answer}"
    monkeypatch.setattr(openi_archive, "PUBLISHER_URL", url)
    with pytest.raises(DataError) as refused:
        openi_archive.find(lambda line: None)
    what, remedy = str(refused.value).splitlines()
    assert url in what
    assert reason in what
    assert "the torchxrayvision==1.5.7 wheel: ERROR: No matching distribution" in what
    assert "--set sources.openi.path=" in remedy
    assert list(cache.parent.iterdir()) == []


def test_a_publisher_that_cannot_be_reached_is_an_error_and_no_traceback(cache: Path) -> None:
    with pytest.raises(DataError, match="refused"):
        openi_archive.find(lambda line: None)


def test_a_wheel_with_other_reports_is_refused(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", str(_wheel(tmp_path / "wheels", b"other reports")))
    with pytest.raises(DataError, match="wheel: another sha256"):
        openi_archive.find(lambda line: None)
    assert not cache.exists()


def test_a_wheel_without_the_reports_is_refused(
    cache: Path, reports: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", str(_wheel(tmp_path / "wheels", reports, member="torchxrayvision/x.tgz")))
    with pytest.raises(DataError, match=r"no item named 'torchxrayvision/data/NLMCXR_reports\.tgz'"):
        openi_archive.find(lambda line: None)


@pytest.mark.parametrize(
    ("settings", "folder"),
    [
        ({"RADCURATE_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/a"),
        ({"XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/b/radcurate"),
        ({"HOME": "/c"}, "/c/.cache/radcurate"),
        ({"RADCURATE_CACHE": "", "XDG_CACHE_HOME": "", "HOME": "/c"}, "/c/.cache/radcurate"),
    ],
)
def test_the_cache_folder_follows_the_environment(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], folder: str
) -> None:
    for name in ("RADCURATE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert openi_archive.cache_folder() == Path(folder)


def test_another_sha256_differs_and_a_folder_never_does(cache: Path, tmp_path: Path, reports: bytes) -> None:
    given = tmp_path / "reports.tgz"
    given.write_bytes(reports)
    assert not openi_archive.differs(given)
    given.write_bytes(reports + b"\0")
    assert openi_archive.differs(given)
    assert not openi_archive.differs(tmp_path)


def test_the_digest_of_a_folder_is_of_names_and_bytes_and_of_nothing_else(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, names in ((first, ("a.xml", "b/c.xml")), (second, ("b/c.xml", "a.xml"))):
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(name)
    digest = openi_archive.folder_sha256(first)
    assert openi_archive.folder_sha256(second) == digest
    (second / "a.xml").write_text("b")
    assert openi_archive.folder_sha256(second) != digest
    (first / "a.xml").rename(first / "d.xml")
    assert openi_archive.folder_sha256(first) != digest


@pytest.mark.skipif(sys.platform == "darwin", reason="its file system holds no such name")
def test_a_file_name_that_is_not_utf8_has_its_digest_too(tmp_path: Path) -> None:
    (tmp_path / "caf\udce9.xml").write_text("<a/>")
    assert len(openi_archive.folder_sha256(tmp_path)) == 64
