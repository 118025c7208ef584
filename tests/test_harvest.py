"""Harvesting refuses before it asks, and a build from a snapshot asks nobody."""

import json
import shutil
import socket
from pathlib import Path

import pytest

from radcurate.errors import UsageError
from radcurate.harvest import SPIDERS, harvest, is_site
from radcurate.recipe import load, locate
from radcurate.spiders.crawl import Crawl
from radcurate.spiders.snapshot import fingerprint, index
from tests.conftest import build_here, files_of
from tests.releases import rows_of
from tests.spiders.recording import Reply, recorded

RECIPE = """\
name = "harvested"
version = "1.0.0"
title = "From a snapshot"

[sources.site]
type = "radiopaedia"
path = {path}
licence = "CC0-1.0"

[cleaning]
rules = {rules}

[tasks.tagging]
generator = {generator}
"""


def plan(folder: Path, served: str, *spiders: str) -> Crawl:
    return Crawl(folder, served, served, spiders or SPIDERS)


def write_recipe(folder: Path, path: str = "snapshot") -> Path:
    """A recipe that names a snapshot beside it, with the demo's rules."""
    demo = load(locate("demo"))
    generator = next(task.generator for task in demo.tasks if task.name == "tagging")
    values = {"path": path, "rules": list(demo.rules), "generator": generator}
    recipe = folder / "recipe.toml"
    recipe.write_text(RECIPE.format(**{key: json.dumps(value) for key, value in values.items()}), encoding="utf-8")
    return recipe


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """No socket of this process connects or listens; gives the list of those that tried."""
    tried: list[object] = []

    def refuse(own: socket.socket, address: object) -> None:
        tried.append(address)
        raise OSError(f"a test does not let this process reach {address}")

    for name in ("connect", "connect_ex", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)
    return tried


@pytest.fixture
def snapshot(demo_release: Path, tmp_path: Path) -> Path:
    """A copy of the snapshot that the demo's build crawled."""
    (folder,) = (demo_release.parents[1] / ".stages").glob("harvest-*/00000/demo-site")
    return Path(shutil.copytree(folder, tmp_path / "snapshot"))


# --- refused before anything is asked --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "served",
    [
        "https://radiopaedia.invalid",
        "http://192.0.2.7",
        "http://localhost.example",
        "http://127.0.0.1.example/",
        "http://127.0.0.1@site.example/",
        "http://[2001:db8::1]:8000",
    ],
)
def test_a_site_that_is_not_on_loopback_needs_a_permission_and_no_crawl_begins(tmp_path, served):
    with pytest.raises(UsageError, match=r"needs a recorded permission.*\n.*--explain-permission"):
        harvest(plan(tmp_path / "snapshot", served))
    assert not (tmp_path / "snapshot").exists()


@pytest.mark.parametrize("served", ["http://[broken", "127.0.0.1:8000", "ftp://127.0.0.1/", "file:///etc", ""])
def test_what_is_no_address_of_a_site_is_refused(tmp_path, served):
    with pytest.raises(UsageError, match="is no address of a site"):
        harvest(plan(tmp_path / "snapshot", served))
    assert not (tmp_path / "snapshot").exists()


def test_nothing_is_sent_to_a_refused_address_that_would_answer(tmp_path):
    """0.0.0.0 leads to this machine, but is no loopback address."""
    with recorded(lambda *_: Reply(b"answered")) as there:
        with pytest.raises(UsageError, match="needs a recorded permission"):
            harvest(plan(tmp_path / "snapshot", there.address.replace("127.0.0.1", "0.0.0.0")))
        assert there.requests == []


@pytest.mark.parametrize("name", ["radiopaedia", "radiopedia-cases", ""])
def test_an_unknown_spider_is_refused_with_the_nearest_name_and_nothing_is_sent(tmp_path, name):
    with recorded(lambda *_: Reply(b"answered")) as there:
        with pytest.raises(UsageError, match=r"no such spider; nearest: radiopaedia-\w+ \(of radiopaedia-articles, "):
            harvest(plan(tmp_path / "snapshot", there.address, SPIDERS[0], name))
        assert there.requests == []
    assert not (tmp_path / "snapshot").exists()


def test_a_folder_that_holds_something_else_is_refused_and_left_as_it_was(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with recorded(lambda *_: Reply(b"answered")) as there:
        with pytest.raises(UsageError, match="is no snapshot"):
            harvest(plan(tmp_path, there.address))
        assert there.requests == []
    assert files_of(tmp_path) == {"thesis.txt": b"mine"}


# --- a build from a snapshot -----------------------------------------------------------------------------------------


def test_a_build_from_a_snapshot_asks_nobody_and_gives_the_documents_of_the_crawl(
    demo_release, snapshot, tmp_path, offline
):
    built, heard = build_here(write_recipe(tmp_path), tmp_path / "out")
    assert offline == []
    assert "harvest" not in heard.up_to_date
    assert not list((tmp_path / "out/.stages").glob("harvest*"))
    own = rows_of(built.folder, "documents/documents")
    assert own == [row for row in rows_of(demo_release, "documents/documents") if row["source"] == "site"]
    assert len(own) > 100


def test_the_manifest_names_a_snapshot_by_its_fingerprint_and_by_no_path(snapshot, tmp_path, demo_release):
    built, _ = build_here(write_recipe(tmp_path), tmp_path / "out")
    (named,) = built.manifest["inputs"]
    assert (named["source"], named["name"]) == ("site", "snapshot")
    assert named["sha256"] == fingerprint(index(snapshot))
    assert named["bytes"] == sum(entry.size for entry in index(snapshot).values())


def test_a_build_that_crawled_once_finds_the_snapshot_and_asks_nobody_again(demo_release, offline):
    built, heard = build_here("demo", demo_release.parents[1])
    assert offline == []
    assert built.up_to_date
    assert heard.up_to_date["harvest"]


def test_a_path_that_is_no_snapshot_is_refused_before_anything_is_written(tmp_path):
    (tmp_path / "snapshot").mkdir()
    with pytest.raises(UsageError, match=r"snapshot: is no snapshot.*\n.*radcurate harvest --snapshot DIR"):
        build_here(write_recipe(tmp_path), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_snapshot_is_no_site_that_would_be_served(snapshot, tmp_path):
    assert not is_site(snapshot)
    assert is_site(load(locate("demo")).sources[1].paths[0]) or is_site(load(locate("demo")).sources[0].paths[0])


def test_damage_in_a_snapshot_is_in_the_audit_and_the_rest_is_built(snapshot, tmp_path):
    path = snapshot / "answers-00001.warc.gz"
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    path.write_bytes(whole)
    built, _ = build_here(write_recipe(tmp_path), tmp_path / "out")
    (row,) = [row for row in rows_of(built.folder, "audit/dropped") if row["rule"] == "damaged_record.v1"]
    assert (row["kind"], row["locator"].partition(":")[0]) == ("input", path.name)
    inputs = built.manifest["counts"]["inputs"]
    assert inputs["in"] == inputs["kept"] + sum(inputs["dropped"].values())
    assert inputs["dropped"]["damaged_record.v1"] == 1
