"""How far a crawl is: while it runs, after its end, after it was stopped or killed."""

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from radcurate.cli.crawl_progress import CrawlProgress
from radcurate.errors import UsageError
from radcurate.spiders.crawl_log import about
from radcurate.spiders.snapshot_writer import SnapshotWriter
from radcurate.spiders.status import status
from tests.cli.running import run
from tests.spiders.recording import Reply, recorded
from tests.spiders.test_snapshot import ASKED, CLOCK, HTML


def begun(folder: Path, clock: str | None = CLOCK) -> SnapshotWriter:
    """A crawl that knows of ten pages, has four, and was answered once with 503."""
    asked = {"address": "https://site.example", "spiders": ["radiopaedia-cases"], "limit": None, "refresh": False}
    writer = SnapshotWriter(folder, asked, clock)
    for number in range(4):
        writer.store(f"https://site.example/cases/{number}", ASKED, 200, HTML, b"x")
    writer.log.pages["radiopaedia-cases"] = {"known": 10, "finished": 4}
    writer.log.statuses.update({"200": 4, "503": 1})
    writer.log.counters.update(requests=5)
    writer.log.errors.update(["DownloadTimeoutError"])
    writer.unanswered.append("https://site.example/cases/9")
    row = {"scope": "cases", "system": "Chest", "pages": 10, "stated": 300, "seen": 200, "held": 0}
    writer.log.listings["x"] = {**row, "complete": False, "why": "it stopped after 10 pages"}
    writer.log.save(now=True)
    return writer


def test_a_running_crawl_is_told_from_one_that_was_killed(tmp_path):
    begun(tmp_path / "running")
    assert status(tmp_path / "running").state == "running"
    code = "import sys; from pathlib import Path; from tests.spiders.test_status import begun; begun(Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "killed")], check=True)
    assert status(tmp_path / "killed").state == "killed"


@pytest.mark.parametrize(("why", "state"), [("finished", "finished"), ("the site answered 403", "stopped")])
def test_an_ended_crawl_says_why(tmp_path, why, state):
    begun(tmp_path).close(why)
    found = status(tmp_path)
    assert (found.state, found.why) == (state, why)


def test_rate_and_time_left_are_those_of_the_crawl(tmp_path):
    begun(tmp_path).close("the site answered 403")
    path = tmp_path / "crawl.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["crawls"][0].update(begun="2026-01-15T12:00:00Z", ended="2026-01-15T12:00:50Z")
    path.write_text(json.dumps(told), encoding="utf-8")
    found = status(tmp_path)
    assert (found.known, found.finished, found.requests) == (10, 4, 5)
    assert (found.rate, found.seconds_left) == (0.1, 60.0)


def test_the_command_prints_all_of_it_for_people(tmp_path):
    begun(tmp_path).close("the site answered 403: https://site.example/cases/9")
    done = run("harvest", "--status", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"crawl       stopped since {CLOCK}: the site answered 403: https://site.example/cases/9 (radiopaedia-cases; "
        f"begun {CLOCK}, last heard of {CLOCK})",
        "pages       4 of 10 known; 5 requests in this crawl",
        "errors      1 DownloadTimeoutError, 1 status 503",
        "unanswered  1 addresses (crawl.json lists them)",
        "listing     cases, Chest: named 200 of 300; it stopped after 10 pages",
    ]


def test_the_command_prints_all_of_it_for_machines(tmp_path):
    begun(tmp_path).close("finished")
    told = json.loads(run("harvest", "--status", tmp_path, "--json").stdout)
    assert (told["state"], told["known"], told["finished"], told["errors"]["status 503"]) == ("finished", 10, 4, 1)
    assert told["incomplete"][0]["system"] == "Chest"


def test_a_folder_without_a_crawl_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no crawl was begun here"):
        status(tmp_path)
    assert run("harvest", "--status", tmp_path).returncode == 2


def test_status_goes_with_no_snapshot_and_no_spider(tmp_path):
    done = run("harvest", "--status", tmp_path, "--snapshot", tmp_path)
    assert (done.returncode, "goes with neither" in done.stderr) == (2, True)


def test_a_real_crawl_leaves_what_status_tells_while_it_is_stopped(tmp_path):
    with recorded(lambda *_: Reply(b"", 403)) as there:
        run("harvest", "radiopaedia-cases", "--base-url", there.address, "--snapshot", tmp_path / "s")
    found = status(tmp_path / "s")
    assert (found.state, found.errors) == ("stopped", {"status 403": 1})


def test_the_log_is_written_while_the_crawl_runs(tmp_path):
    writer = begun(tmp_path)
    writer.log.pages["radiopaedia-cases"] = {"known": 10, "finished": 9}
    writer.log.save()
    assert about(tmp_path)[0]["pages"]["radiopaedia-cases"]["finished"] == 4, "written a moment ago"
    writer.log.save(now=True)
    assert about(tmp_path)[0]["pages"]["radiopaedia-cases"]["finished"] == 9
    writer.close("finished")


# --- the bar ---------------------------------------------------------------------------------------------------------


def test_the_bar_shows_finished_pages_of_those_known_on_a_terminal(tmp_path):
    out = io.StringIO()
    with CrawlProgress(tmp_path, quiet=False, console=Console(file=out, force_terminal=True, width=100)):
        writer = begun(tmp_path)
        while "4/10" not in out.getvalue():
            time.sleep(0.02)
        writer.close("finished")
    assert "radiopaedia-cases" in out.getvalue()


@pytest.mark.parametrize(("quiet", "terminal"), [(True, True), (False, False)])
def test_the_bar_is_silent_when_quiet_and_where_there_is_no_terminal(tmp_path, quiet, terminal):
    out = io.StringIO()
    with CrawlProgress(tmp_path, quiet, Console(file=out, force_terminal=terminal)):
        begun(tmp_path).close("finished")
    assert out.getvalue() == ""
