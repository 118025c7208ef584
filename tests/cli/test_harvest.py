"""`radcurate harvest`: what it prints, what it ends with, and the options that shape a crawl."""

import json
from urllib.parse import urlsplit

import pytest

from radcurate import permission
from radcurate.spiders.crawl_log import about
from radcurate.spiders.snapshot import index
from tests.cli.running import run
from tests.conftest import files_of
from tests.spiders.recording import Reply, recorded


def pages(folder) -> list[str]:
    found = (urlsplit(url).path.split("/")[1] for url in index(folder) if "/studies/" not in url)
    return sorted(kind for kind in found if kind in ("articles", "cases"))


def test_without_a_spider_all_are_run_on_the_demo_site_and_a_limit_ends_each(tmp_path):
    """Then one of them again, into the same snapshot; `--limit` counts pages, not links to them."""
    folder = tmp_path / "snapshot"
    first = run("harvest", "--snapshot", folder, "--limit", "3", "--json")
    assert (first.returncode, first.stderr) == (0, "")
    told = json.loads(first.stdout)
    asked = len(index(folder)) - 1  # robots.txt is not counted
    assert told == {"snapshot": str(folder), "answers": {"200": asked + 1}, "asked": asked, "up_to_date": False}
    assert pages(folder) == ["articles"] * 3 + ["cases"] * 3

    more = run(
        *("harvest", "radiopaedia-cases", "--system", "Spine", "--system", "Trauma", "--limit", "5"),
        *("--snapshot", folder),
    )
    assert more.returncode == 0
    assert more.stdout == f"snapshot {folder}: {len(index(folder))} answers ({len(index(folder))} with status 200)\n"
    assert [(crawl["spiders"], crawl["systems"], crawl["limit"]) for crawl in about(folder)] == [
        (["radiopaedia-articles", "radiopaedia-cases"], [], 3),
        (["radiopaedia-cases"], ["Spine", "Trauma"], 5),
    ]


def test_a_crawl_that_is_stopped_ends_with_1_says_why_in_two_lines_and_asks_no_more(tmp_path):
    with recorded(lambda *_: Reply(b"", 403)) as there:
        done = run(
            *("harvest", "radiopaedia-articles", "--base-url", f"{there.address}/", "--snapshot", tmp_path / "s"),
            "--json",
        )
        assert there.targets() == ["/robots.txt"]
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"Error: the crawl stopped: the site answered 403: {there.address}/robots.txt\n"
        f"1 answers are kept in {tmp_path / 's'}: the same command again fetches what is missing\n"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("--base-url", "https://radiopaedia.invalid"),
            "radiopaedia.invalid: to download its text needs a recorded permission",
        ),
        (("--permission", "nowhere.toml"), "nowhere.toml: cannot be read"),
        (("radiopaedia-case",), "radiopaedia-case: no such spider; nearest: radiopaedia-cases"),
        (("--limit", "0"), "--limit"),
    ],
)
def test_wrong_use_ends_with_2_and_leaves_nothing(tmp_path, arguments, words):
    done = run("harvest", *arguments, "--snapshot", tmp_path / "snapshot")
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert files_of(tmp_path) == {}


def test_a_folder_that_is_no_snapshot_ends_with_2(tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    done = run("harvest", "--snapshot", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{tmp_path}: is no snapshot" in done.stderr
    assert files_of(tmp_path) == {"notes.txt": b"mine"}


def test_a_snapshot_is_needed(tmp_path):
    done = run("harvest")
    assert done.returncode == 2
    assert "--snapshot" in done.stderr


def test_the_explained_permission_is_one_that_loads(tmp_path):
    done = run("harvest", "--explain-permission")
    assert done.returncode == 0, done.stderr
    (tmp_path / "permission.toml").write_text(done.stdout, encoding="utf-8")
    assert permission.load(tmp_path / "permission.toml").contact
