"""docs/add-a-source.md, run as it stands: its two files add a site, from harvest to release."""

import re
import shlex
from pathlib import Path

import pytest

from radcurate.errors import UsageError
from radcurate.release import manifest as manifests
from radcurate.spiders import registry
from radcurate.tables import file_sha256
from tests.conftest import ROOT, build_here, files_of, radcurate
from tests.releases import rows_of
from tests.spiders.recording import Recording, Reply, recorded
from tests.test_docs import commands_of

PAGE = (ROOT / "docs/add-a-source.md").read_text(encoding="utf-8")
BLOCKS = {name: text for name, text in re.findall(r"```(?:python|toml|html) (\S+)\n(.*?)```", PAGE, re.DOTALL)}
FILES = ("spider.py", "pages.py", "recipe.toml")
# Of three entries the second states no number, and the third is gone.
ENTRIES = {
    "/entry/7/atelectasis": BLOCKS["entry"],
    "/entry/8/hamartoma": BLOCKS["entry"].replace("entry-7", "entry").replace("Atelectasis", "Hamartoma"),
    "/entry/9/gone": None,
}


def site(_: Recording, target: str) -> Reply:
    """The page's site: an entry a listing."""
    if target == "/robots.txt":
        return Reply(b"User-agent: *\n", headers={"Content-Type": "text/plain"})
    if target.startswith("/list?page="):
        number = int(target.rpartition("=")[2])
        listing = BLOCKS["listing"].replace("/entry/7/atelectasis", list(ENTRIES)[number - 1])
        following = f"page={number + 1}" if number < len(ENTRIES) else ""
        listing = listing.replace("page=2", following) if following else listing.splitlines()[0]
        return Reply(f"<html><body>{listing}</body></html>".encode())
    entry = ENTRIES.get(target)
    return Reply(f"<html><body>{entry}</body></html>".encode()) if entry else Reply(b"gone", 404)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's files in a folder of their own, and its commands run there."""
    made = tmp_path_factory.mktemp("site")
    for name in FILES:
        (made / name).write_text(BLOCKS[name], encoding="utf-8")
    commands = commands_of(PAGE)
    assert [command.split()[1] for command in commands] == ["harvest", "build"]
    with recorded(site) as there:
        for command in commands:
            done = radcurate(*shlex.split(command.replace("http://127.0.0.1:8000", there.address))[1:], cwd=made)
            assert done.returncode == 0, done.stderr
    return made


def test_every_entry_is_a_document_or_in_the_audit(folder):
    release = folder / "releases/invented-site/1.0.0"
    (document,) = rows_of(release, "documents/documents")
    assert document["document_id"] == "invented:article:7"
    assert [section["name"] for section in document["sections"]] == [
        "introduction",
        "radiographic_features",
        "treatment",
    ]
    assert (document["authors"], document["systems"], document["revised"]) == (["A. Sample"], ["Chest"], "2024-05-02")
    dropped = {row["rule"]: row for row in rows_of(release, "audit/dropped") if row["kind"] == "input"}
    assert set(dropped) == {"unreadable_page.v1", "http_status.v1"}
    assert "rid: no number in 'entry' at `article[id]`" in dropped["unreadable_page.v1"]["reason"]
    assert dropped["http_status.v1"]["locator"].endswith("/entry/9/gone")


def test_its_records_lead_to_the_entry(folder):
    release = folder / "releases/invented-site/1.0.0"
    records = [row for split in ("train", "validation", "test") for row in rows_of(release, f"knowledge_qa/{split}")]
    assert records
    assert all(row["url"].endswith("/entry/7/atelectasis") and row["licence"] == "CC-BY-4.0" for row in records)


def test_the_manifest_names_the_file_of_the_page_objects_by_its_digest_and_no_path(folder):
    manifest = manifests.read(folder / "releases/invented-site/1.0.0")
    digests = {item["name"]: item["sha256"] for item in manifest["inputs"]}
    assert set(digests) == {"snapshot", "pages.py"}
    assert digests["pages.py"] == file_sha256(folder / "pages.py")
    assert str(folder) not in (folder / "releases/invented-site/1.0.0/manifest.json").read_text(encoding="utf-8")


def test_the_same_files_give_the_same_bytes_with_more_workers(folder, tmp_path):
    built, _ = build_here(folder / "recipe.toml", tmp_path, workers=2)
    assert files_of(built.folder) == files_of(folder / "releases/invented-site/1.0.0")


def test_a_change_of_the_page_objects_parses_anew_and_is_another_release(folder, tmp_path):
    for name in FILES:
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "snapshot").symlink_to(folder / "snapshot")
    first, _ = build_here(tmp_path / "recipe.toml", tmp_path / "out")
    text = (tmp_path / "pages.py").read_text(encoding="utf-8")
    (tmp_path / "pages.py").write_text(text.replace("return number\n", 'return f"1{number}"\n'), encoding="utf-8")
    with pytest.raises(UsageError, match=r"1\.0\.0"):
        build_here(tmp_path / "recipe.toml", tmp_path / "out")
    second, heard = build_here(tmp_path / "recipe.toml", tmp_path / "out", version="1.0.1")
    assert not heard.up_to_date["parse"]
    (document,) = rows_of(second.folder, "documents/documents")
    assert document["document_id"] == "invented:article:17"
    assert rows_of(first.folder, "documents/documents")[0]["document_id"] == "invented:article:7"


# --- files that are no such files ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read: No such file"),
        ("def broken(:\n", ":1: cannot be loaded: SyntaxError"),
        ("import re\nimport helper_beside_it\n", ":2: cannot be loaded: ModuleNotFoundError: No module named 'helper_"),
        ("x = unknown\n", ":1: cannot be loaded: NameError"),
        ("import re\n", "holds 0 spiders, not one"),
        (
            "from radcurate.spiders.site import SiteSpider\n"
            "class A(SiteSpider):\n    name = 'a'\nclass B(SiteSpider):\n    name = 'b'\n",
            "holds 2 spiders, not one",
        ),
    ],
)
def test_a_file_without_a_spider_is_refused_by_file_and_line(tmp_path, text, words):
    path = tmp_path / "spider.py"
    (tmp_path / "helper_beside_it.py").write_text("", encoding="utf-8")
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        registry.spider(str(path))
    assert str(refused.value).startswith(str(path))
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no table of page objects"),
        ("PAGES = []\n", "has no table of page objects"),
        ('PAGES = {"/a": 5}\n', "is no page object of an `Article` or a `Case`"),
        (
            'from radcurate.spiders.pages.listing import ListingPage\nPAGES = {"/a": ListingPage}\n',
            "is no page object of an `Article` or a `Case`",
        ),
        (
            'from radcurate.spiders.pages.article import ArticlePage\nPAGES = {"(": ArticlePage}\n',
            "which is no regular expression",
        ),
        ("1 / 0\n", "cannot be loaded: ZeroDivisionError"),
    ],
)
def test_a_file_without_page_objects_is_refused_before_anything_is_written(folder, tmp_path, text, words):
    (tmp_path / "pages.py").write_text(text, encoding="utf-8")
    (tmp_path / "recipe.toml").write_text(BLOCKS["recipe.toml"], encoding="utf-8")
    (tmp_path / "snapshot").symlink_to(folder / "snapshot")
    with pytest.raises(UsageError) as refused:
        build_here(tmp_path / "recipe.toml", tmp_path / "out")
    assert str(tmp_path / "pages.py") in str(refused.value)
    assert words in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_a_spider_of_a_file_needs_to_be_told_its_site(tmp_path):
    (tmp_path / "spider.py").write_text(BLOCKS["spider.py"], encoding="utf-8")
    done = radcurate("harvest", tmp_path / "spider.py", "--snapshot", tmp_path / "snapshot")
    assert (done.returncode, done.stdout) == (2, "")
    assert "say where its site answers, as in --base-url" in done.stderr
