"""Harvesting refuses before it asks, and a build from a snapshot asks nobody."""

import json
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from radcurate import permission
from radcurate.errors import UsageError
from radcurate.harvest import SPIDERS, harvest, is_site
from radcurate.recipe import load, locate
from radcurate.spiders.crawl import Crawl
from radcurate.spiders.snapshot import fingerprint, index
from tests.conftest import build_here, files_of
from tests.releases import rows_of
from tests.spiders.recording import Reply, recorded
from tests.test_permission import GRANTED, written

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


NAMES = (("radiology.test", "127.0.0.1"),)
VALID = GRANTED.replace("2026-02-03", "2020-02-03").replace("2027-02-02", "2999-02-02")
REFUSED = {
    "none": (None, "radiology.test: to download its text needs a recorded permission of those who run it"),
    "expired": (("2999-02-02", "2020-02-04"), "expired on 2020-02-04"),
    "not yet valid": (("2020-02-03", "2999-01-01"), "holds from 2999-01-01 only"),
    "of another host": (('"radiology.test"', '"other.test"'), "does not cover radiology.test, only other.test"),
    "of a host above": (('"radiology.test"', '"test"'), "does not cover radiology.test, only test"),
    "for another use": (('["download", "derive"]', '["derive"]'), "does not allow to download what comes from"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_real_host_is_asked_nothing_without_a_permission_that_covers_it_now(tmp_path, case):
    """The name leads to loopback: it is the name that counts."""
    change, why = REFUSED[case]
    given = permission.load(written(tmp_path, VALID.replace(*change))) if change else None
    with recorded(lambda *_: Reply(b"answered")) as there:
        asked = plan(tmp_path / "snapshot", there.address.replace("127.0.0.1", "radiology.test"))
        with pytest.raises(UsageError) as caught:
            harvest(replace(asked, spiders=SPIDERS[:1], systems=("Chest",), resolve=NAMES), given)
        assert there.requests == []
    told = str(caught.value)
    assert why in told
    assert len(told.splitlines()) == 2
    assert told.splitlines()[1].startswith("What to do: ")
    assert not (tmp_path / "snapshot").exists()


def test_on_the_command_line_a_refusal_is_two_lines_and_exit_code_2(tmp_path):
    with recorded(lambda *_: Reply(b"answered")) as there:
        arguments = ["--base-url", there.address.replace("127.0.0.1", "radiology.test"), "--snapshot", "snapshot"]
        done = subprocess.run(
            [sys.executable, "-m", "radcurate", "harvest", *arguments], cwd=tmp_path, capture_output=True, text=True
        )
        assert there.requests == []
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 2
    assert "needs a recorded permission" in done.stderr


def test_on_the_command_line_a_crawl_that_stops_is_two_lines_and_exit_code_1(tmp_path):
    """A listing that fails, pages that break off: nothing of that is told in a traceback."""
    with recorded(lambda *_: Reply(b"", 500)) as there:
        arguments = ["--base-url", there.address, "--snapshot", "snapshot", "--system", "Chest"]
        done = subprocess.run(
            [sys.executable, "-m", "radcurate", "harvest", *arguments], cwd=tmp_path, capture_output=True, text=True
        )
    assert (done.returncode, done.stdout) == (1, "")
    told = done.stderr.splitlines()
    assert len(told) == 2
    assert "/robots.txt answered 500, so nothing may be asked of the site" in told[0]


# --- whose permission a snapshot keeps -------------------------------------------------------------------------------


def crawled_under(folder: Path, text: str) -> permission.Permission:
    """A crawl of a loopback site into `folder/snapshot` under this permission."""
    given = permission.load(written(folder, text))
    with recorded(lambda *_: Reply(b"", 404)) as there:
        harvest(plan(folder / "snapshot", there.address, SPIDERS[0]), given)
    return given


def test_a_renewed_permission_takes_the_place_of_the_one_before_which_is_kept(tmp_path):
    before = crawled_under(tmp_path, GRANTED)
    renewed = GRANTED.replace("2027-02-02", "2028-02-02")
    crawled_under(tmp_path, renewed)
    folder = tmp_path / "snapshot"
    assert (folder / "permission.toml").read_text(encoding="utf-8") == renewed
    assert (folder / f"permission-{before.digest[:16]}.toml").read_text(encoding="utf-8") == GRANTED


def test_a_permission_for_other_hosts_is_refused_and_the_one_there_stays(tmp_path):
    crawled_under(tmp_path, GRANTED)
    with pytest.raises(UsageError, match=r"under a permission for radiology.test, which .*\nWhat to do: name another"):
        crawled_under(tmp_path, GRANTED.replace('"radiology.test"', '"other.test"'))
    assert (tmp_path / "snapshot/permission.toml").read_text(encoding="utf-8") == GRANTED
    crawled_under(tmp_path, GRANTED.replace('"radiology.test"', '"radiology.test", "other.test"'))


def test_a_run_that_was_killed_before_its_first_answer_does_not_bar_the_next(tmp_path):
    (tmp_path / "snapshot").mkdir()
    (tmp_path / "snapshot/permission.toml").write_text(GRANTED, encoding="utf-8")
    crawled_under(tmp_path, GRANTED)
    assert len(index(tmp_path / "snapshot")) > 1


def test_nothing_is_sent_to_a_refused_address_that_would_answer(tmp_path):
    """0.0.0.0 leads to this machine, but is no loopback address."""
    with recorded(lambda *_: Reply(b"answered")) as there:
        with pytest.raises(UsageError, match="needs a recorded permission"):
            harvest(plan(tmp_path / "snapshot", there.address.replace("127.0.0.1", "0.0.0.0")))
        assert there.requests == []


@pytest.mark.parametrize("name", ["radiopaedia", "radiopedia-cases", ""])
def test_an_unknown_spider_is_refused_with_the_nearest_name_and_nothing_is_sent(tmp_path, name):
    with recorded(lambda *_: Reply(b"answered")) as there:
        with pytest.raises(UsageError, match=r"no such spider; nearest: [a-z]+-[a-z]+ \(of radiopaedia-articles, "):
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
    own = {row["document_id"]: row for row in rows_of(built.folder, "documents/documents")}
    demo = rows_of(demo_release, "documents/documents")
    assert own == {row["document_id"]: row for row in demo if row["source"] == "site"}
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
