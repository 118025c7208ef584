"""Bad input at the command line: an error of one or two lines, or an audit row, that says which file and record."""

import resource
import shutil
import signal
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from radcurate.cli import main
from radcurate.release.manifest import read
from radcurate.tables import read_rows
from tests.conftest import files_of, radcurate
from tests.sources.samples import RECIPE, REPORTS, archive, openi_report, write_recipe
from tests.sources.test_openi import BILLION_LAUGHS, EXTERNAL_ENTITY

OPENI = ("build", "openi", "--workers", "1", "--out")
HEADER = "id,findings,impression\n"


def _error(code: int, *arguments: object) -> str:
    """The error that this command ends with, once its form is checked."""
    done = CliRunner().invoke(main, list(map(str, arguments)))
    return _form(done.exit_code, done.stdout, done.stderr, code)


def _form(exit_code: int, stdout: str, stderr: str, wanted: int) -> str:
    before, error, after = stderr.partition("Error: ")
    assert (exit_code, stdout, "Traceback" in before + after) == (wanted, "", False), stderr
    assert error, stderr
    assert 1 <= len(after.splitlines()) <= 2, after
    return after


def _build(recipe: Path | str, out: Path, *options: object) -> str:
    """What a build that works prints on stderr."""
    done = CliRunner().invoke(main, ["build", str(recipe), "--out", str(out), "--workers", "1", *map(str, options)])
    assert done.exit_code == 0, done.output
    return str(done.stderr)


def _dropped(release: Path, kind: str = "input") -> list[dict[str, Any]]:
    """The audit's rows of this kind, once the release is proven whole."""
    proven = CliRunner().invoke(main, ["verify", str(release)])
    assert proven.exit_code == 0, proven.output
    counts = read(release)["counts"][f"{kind}s"]
    rows = [row for path in (release / "audit").glob("dropped-*.parquet") for row in read_rows(path)]
    rows = [row for row in rows if row["kind"] == kind]
    assert counts["in"] == counts["kept"] + len(rows)
    return rows


# The recipe


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("licence =", "license =", ["unknown key `sources.clinic.license`", "nearest allowed: `licence`"]),
        ('title = "Chest reports of a clinic"', "title = 5", ["`title` must be of type string"]),
        ("reports.csv", "report.csv", ["`sources.clinic.path`", "report.csv, which does not exist"]),
        ('"table"', '"csv"', ["`sources.clinic.type` is 'csv'", "nearest allowed: "]),
        ("spaces.v1", "space.v1", ["`cleaning.rules`", "nearest: 'spaces.v1'"]),
        ("impression.v2", "impression.v0", ["`tasks.impression.generator`", "nearest: 'impression.v2'"]),
        ('title = "', 'title = "\\', ["is not TOML", "line 3"]),
        ('path = "reports.csv"', "path = [[1]]", ["`sources.clinic.path`", "expected: A file"]),
    ],
)
def test_a_wrong_recipe_is_one_error_with_file_and_key_and_nothing_is_written(
    tmp_path: Path, old: str, new: str, words: Sequence[str]
) -> None:
    assert old in RECIPE
    recipe = write_recipe(tmp_path, RECIPE.replace(old, new))
    error = _error(2, "build", recipe, "--out", tmp_path / "out")
    assert error.startswith(f"{recipe}: ")
    assert all(word in error for word in words), error
    assert not (tmp_path / "out").exists()


def test_a_recipe_of_another_encoding_is_refused(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    recipe.write_bytes(RECIPE.replace("clinic", "clínica").encode("latin-1"))
    assert f"{recipe}: is not UTF-8 at byte " in _error(2, "build", recipe, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("sources.openi.pth=x", "unknown key `sources.openi.pth`; nearest allowed: `path`"),
        ("sources.openi.path=gone.tgz", "`sources.openi.path` names "),
        ("sources.openi.path=[1, 2]", "`sources.openi.path` names "),
        ("nonsense", "--set nonsense: expected KEY=VALUE"),
    ],
)
def test_a_wrong_setting_is_refused(tmp_path: Path, setting: str, words: str) -> None:
    assert words in _error(2, *OPENI, tmp_path / "out", "--set", setting)
    assert not (tmp_path / "out").exists()


# Open-i


def _cut(whole: bytes, share: float) -> bytes:
    return whole[: int(len(whole) * share)]


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_archive_is_refused_and_nothing_is_written(tmp_path: Path, share: float) -> None:
    reports = archive(tmp_path / "reports.tgz", [(f"{n}.xml", openi_report(f"CXR{n}", str(n) * n)) for n in range(99)])
    reports.write_bytes(_cut(reports.read_bytes(), share))
    error = _error(1, *OPENI, tmp_path / "out", "--set", f"sources.openi.path={reports}")
    assert error.startswith(f"{reports}: the archive is truncated or damaged")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.25, 0.75])
def test_the_published_archive_truncated_is_refused_and_nothing_is_written(
    tmp_path: Path, openi_reports: Path, share: float
) -> None:
    reports = tmp_path / "reports.tgz"
    reports.write_bytes(_cut(openi_reports.read_bytes(), share))
    done = radcurate(*OPENI, tmp_path / "out", "--set", f"sources.openi.path={reports}")
    assert "truncated or damaged" in _form(done.returncode, done.stdout, done.stderr, 1)
    assert not (tmp_path / "out").exists()


def test_an_empty_archive_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    reports = archive(tmp_path / "reports.tgz", [])
    assert f"{reports}: holds no files" in _error(1, *OPENI, tmp_path / "out", "--set", f"sources.openi.path={reports}")
    assert not (tmp_path / "out").exists()


def test_an_archive_given_by_hand_with_another_sha256_only_warns(tmp_path: Path) -> None:
    reports = archive(tmp_path / "reports.tgz", [("7.xml", openi_report())])
    said = _build("openi", tmp_path / "out", "--set", f"sources.openi.path={reports}")
    assert f"warning: {reports} is not the published archive (its sha256 differs)" in said
    assert read(tmp_path / "out/openi/1.0.0")["counts"]["documents"]["kept"] == 1


def test_without_path_cache_publisher_and_wheel_the_error_says_what_to_do_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A proxy that nobody listens at: no request leaves this machine.
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RADCURATE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    error = _error(1, *OPENI, tmp_path / "out")
    assert error.startswith("Open-i reports: not found (https://openi.nlm.nih.gov/")
    assert "--set sources.openi.path=NLMCXR_reports.tgz" in error
    assert not (tmp_path / "out").exists()


def _link(name: str, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, target
    return member


def test_every_bad_entry_of_an_archive_is_an_audit_row_and_the_rest_becomes_a_release(tmp_path: Path) -> None:
    entries: list[tuple[str | tarfile.TarInfo, bytes]] = [
        ("ecgen/1.xml", openi_report("CXR1")),
        ("ecgen/broken.xml", openi_report("CXR2")[:-20]),
        ("../outside.xml", openi_report("CXR3")),
        ("/absolute.xml", openi_report("CXR4")),
        (_link("ecgen/link.xml", "/etc/passwd"), b""),
        ("ecgen/laughs.xml", BILLION_LAUGHS),
        ("ecgen/external.xml", EXTERNAL_ENTITY),
        ("ecgen/large.xml", openi_report("CXR5", " " * 1_000_000)),
        ("ecgen/notes.txt", b"notes"),
        ("ecgen/no-uid.xml", openi_report("")),
        ("ecgen/caf\udce9.xml", b"<a>"),
        ("ecgen/2.xml", openi_report("CXR6")),
    ]
    reports = archive(tmp_path / "reports.tgz", entries)
    _build("openi", tmp_path / "out", "--set", f"sources.openi.path={reports}")
    release = tmp_path / "out/openi/1.0.0"
    assert {row["locator"]: row["rule"] for row in _dropped(release)} == {
        "reports.tgz:ecgen/broken.xml": "broken_xml.v1",
        "reports.tgz:../outside.xml": "unsafe_path.v1",
        "reports.tgz:/absolute.xml": "unsafe_path.v1",
        "reports.tgz:ecgen/link.xml": "not_a_report.v1",
        "reports.tgz:ecgen/laughs.xml": "xml_entities.v1",
        "reports.tgz:ecgen/external.xml": "xml_entities.v1",
        "reports.tgz:ecgen/large.xml": "not_a_report.v1",
        "reports.tgz:ecgen/notes.txt": "not_a_report.v1",
        "reports.tgz:ecgen/no-uid.xml": "not_a_report.v1",
        "reports.tgz:ecgen/caf\\xe9.xml": "broken_xml.v1",
    }
    assert read(release)["counts"]["documents"]["kept"] == 2
    assert not (tmp_path / "outside.xml").exists()


@pytest.mark.parametrize("names", [("1.xml", "1.xml"), ("1.xml", "2.xml")])
def test_a_report_that_comes_twice_is_an_audit_row(tmp_path: Path, names: tuple[str, str]) -> None:
    entries = [(names[0], openi_report()), (names[1], openi_report(findings="No pneumothorax. Heart size normal."))]
    reports = archive(tmp_path / "reports.tgz", entries)
    _build("openi", tmp_path / "out", "--set", f"sources.openi.path={reports}")
    release = tmp_path / "out/openi/1.0.0"
    [row] = _dropped(release, "document")
    assert (row["id"], row["rule"], row["kept_id"]) == ("openi:CXR7", "duplicate_id.v1", "openi:CXR7")
    [kept] = [row for path in (release / "documents").glob("*.parquet") for row in read_rows(path)]
    assert "Heart size normal." in kept["sections"][2]["text"]


# Tables


def test_broken_lines_of_a_table_are_audit_rows_with_their_numbers_and_the_rest_goes_on(tmp_path: Path) -> None:
    lines = [
        HEADER.encode(),
        b"1,Lungs clear.,No acute disease.\n",
        b"2,too few\n",
        b'3,"never closed,x\n',
        "4,Sténose.,x\n".encode("latin-1"),
        b",no id,x\n",
        b'6,"over\ntwo lines",x\n',
        b"7,too,many,fields\n",
        b"8,Heart enlarged.,Cardiomegaly.\n",
    ]
    _build(write_recipe(tmp_path, reports=b"".join(lines)), tmp_path / "out")
    release = tmp_path / "out/clinic/1.0.0"
    assert [(row["locator"], row["rule"]) for row in _dropped(release)] == [
        ("reports.csv:3", "broken_line.v1"),
        ("reports.csv:4", "broken_line.v1"),
        ("reports.csv:5", "wrong_encoding.v1"),
        ("reports.csv:6", "missing_id.v1"),
        ("reports.csv:9", "broken_line.v1"),
    ]
    assert read(release)["counts"]["documents"]["kept"] == 3


def test_an_id_that_comes_twice_is_an_audit_row_and_the_longer_report_stays(tmp_path: Path) -> None:
    reports = f"{HEADER}1,Lungs clear.,Normal.\n1,Lungs clear. No effusion.,Normal.\n"
    _build(write_recipe(tmp_path, reports=reports), tmp_path / "out")
    [row] = _dropped(tmp_path / "out/clinic/1.0.0", "document")
    assert (row["id"], row["rule"], row["kept_id"]) == ("clinic:1", "duplicate_id.v1", "clinic:1")


def test_a_header_alone_gives_a_whole_release_without_records(tmp_path: Path) -> None:
    _build(write_recipe(tmp_path, reports=HEADER), tmp_path / "out")
    release = tmp_path / "out/clinic/1.0.0"
    assert _dropped(release) == []
    assert read(release)["counts"]["inputs"]["in"] == 0


@pytest.mark.parametrize(
    ("reports", "code", "words"),
    [
        pytest.param(b"", 1, "reports.csv: is empty", id="empty"),
        pytest.param(b"\n \n", 1, "reports.csv: is empty", id="blank"),
        pytest.param(REPORTS.encode("utf-16"), 2, "is UTF-16, not utf-8; set `sources.clinic.encoding`", id="utf-16"),
        pytest.param(b"id,finding,impression\n", 2, "nearest: 'finding' (of id, finding, impression)", id="column"),
        pytest.param(bytes(range(256)) * 99, 2, "has no column 'id'", id="binary"),
        pytest.param(b"\xff" * 5_000, 2, "has no column 'id'", id="one long line"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_and_nothing_is_written(
    tmp_path: Path, reports: bytes, code: int, words: str
) -> None:
    recipe = write_recipe(tmp_path, reports=reports)
    error = _error(code, "build", recipe, "--out", tmp_path / "out")
    assert error.startswith(str(tmp_path / "reports.csv"))
    assert words in error
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("share", [0.3, 0.99])
def test_a_truncated_parquet_file_is_refused_and_nothing_is_written(tmp_path: Path, share: float) -> None:
    path = tmp_path / "reports.parquet"
    pq.write_table(pa.table({name: ["a", "b"] for name in ("id", "findings", "impression")}), path)
    path.write_bytes(_cut(path.read_bytes(), share))
    recipe = write_recipe(tmp_path, RECIPE.replace("reports.csv", "reports.parquet"))
    assert f"{path}: is no Parquet file" in _error(1, "build", recipe, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ['encoding = "klingon"', 'delimiter = "\\n"', 'encoding = "hex"'])
def test_an_option_that_fits_no_file_is_refused_with_its_key(tmp_path: Path, option: str) -> None:
    recipe = write_recipe(tmp_path, RECIPE.replace("licence =", f"{option}\nlicence ="))
    error = _error(2, "build", recipe, "--out", tmp_path / "out")
    assert f"`sources.clinic.{option.split()[0]}` is " in error
    assert not (tmp_path / "out").exists()


# The output folder


def _other_reports(folder: Path) -> Sequence[str]:
    (folder / "reports.csv").write_text(REPORTS.replace("clear", "normal"))
    return ()


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (_other_reports, "inputs"),
        (lambda folder: ("--set", "title=Other"), "recipe"),
        (lambda folder: ("--set", 'cleaning.rules=["spaces.v1"]'), "recipe"),
        (lambda folder: ("--limit", "1"), "limit"),
    ],
)
def test_a_version_that_is_there_from_something_else_is_refused_and_stays_as_it_is(
    tmp_path: Path, change: Callable[[Path], Sequence[str]], key: str
) -> None:
    recipe = write_recipe(tmp_path)
    _build(recipe, tmp_path / "out")
    before = files_of(tmp_path / "out")
    error = _error(2, "build", recipe, "--out", tmp_path / "out", *change(tmp_path))
    assert error.startswith(f"{tmp_path}/out/clinic/1.0.0: already holds another release of this version (its {key} ")
    assert "--version" in error
    assert files_of(tmp_path / "out") == before


def test_the_same_release_again_is_up_to_date_and_stays_as_it_is(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    _build(recipe, tmp_path / "out")
    before = files_of(tmp_path / "out/clinic")
    said = _build(recipe, tmp_path / "out").splitlines()
    assert said
    assert all("up to date" in line for line in said)
    assert files_of(tmp_path / "out/clinic") == before


def test_another_version_of_other_reports_stands_beside_the_first(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    _build(recipe, tmp_path / "out")
    before = files_of(tmp_path / "out/clinic/1.0.0")
    _other_reports(tmp_path)
    _build(recipe, tmp_path / "out", "--version", "1.1.0")
    assert sorted(path.name for path in (tmp_path / "out/clinic").iterdir()) == ["1.0.0", "1.1.0"]
    assert files_of(tmp_path / "out/clinic/1.0.0") == before


def test_a_folder_in_the_releases_place_that_is_no_release_is_refused_and_stays(tmp_path: Path) -> None:
    mine = tmp_path / "out/clinic/1.0.0/mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    assert "is no release" in _error(2, "build", write_recipe(tmp_path), "--out", tmp_path / "out")
    assert files_of(tmp_path / "out") == {"clinic/1.0.0/mine.txt": b"mine"}


# A full disk


def _files_no_larger_than(size: int) -> Callable[[], None]:
    """What makes the system refuse to let a file grow any further, as a full disk does."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@pytest.mark.parametrize(("size", "workers"), [(0, 1), (3_000, 2)])
def test_a_build_that_may_write_no_more_leaves_no_release_and_the_next_goes_on(
    tmp_path: Path, size: int, workers: int
) -> None:
    command = ("build", write_recipe(tmp_path), "--out", tmp_path / "out", "--quiet", "--workers", workers)
    done = radcurate(*command, preexec_fn=_files_no_larger_than(size))
    error = _form(done.returncode, done.stdout, done.stderr, 1)
    assert "File too large" in error
    assert "What to do: a file may not grow that large here" in error
    assert not (tmp_path / "out/clinic").exists()
    _build(tmp_path / "recipe.toml", tmp_path / "out")
    assert len(_dropped(tmp_path / "out/clinic/1.0.0")) == 0


def test_a_disk_that_is_full_at_the_last_step_leaves_no_release_and_the_next_gives_the_same(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    _build(recipe, tmp_path / "out")
    before = files_of(tmp_path / "out/clinic")
    shutil.rmtree(tmp_path / "out/clinic")
    command = ("build", recipe, "--out", tmp_path / "out", "--quiet", "--workers", 1)
    done = radcurate(*command, preexec_fn=_files_no_larger_than(2_000))
    error = _form(done.returncode, done.stdout, done.stderr, 1)
    assert error.startswith(f"{tmp_path}/out/.stages/release.tmp/")
    assert "File too large\nWhat to do: a file may not grow that large here" in error
    assert not (tmp_path / "out/clinic").exists()
    _build(recipe, tmp_path / "out")
    assert files_of(tmp_path / "out/clinic") == before
