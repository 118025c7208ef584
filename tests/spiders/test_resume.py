"""A crawl that was killed goes on: the same fingerprint, nothing asked twice, a torn record cut off, nothing else."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from radcurate.demo.site.answers import Site
from radcurate.demo.site.render import site
from radcurate.errors import UsageError
from radcurate.harvest import SPIDERS, harvest
from radcurate.spiders.crawl import Crawl
from radcurate.spiders.crawl_log import about
from radcurate.spiders.snapshot import Answer, answers, contents, fingerprint, index
from radcurate.spiders.snapshot_writer import SnapshotWriter
from radcurate.spiders.status import status
from tests.cli.running import run
from tests.spiders.recording import Recording, Reply, recorded
from tests.spiders.test_snapshot import ASKED, CLOCK, HTML, PAGES, bodies, damaged, members, store

CASES = ("radiopaedia-cases",)


def demo(seconds: float = 0.0, **options):
    """The demo site at the recording site, every answer so much later."""
    own = Site(**options)

    def answer(recording: Recording, target: str) -> Reply:
        time.sleep(seconds)
        given = own.answer(target, recording.requests[-1][1])
        body = given.body.replace(site()["address"].encode(), recording.address.encode())
        return Reply(body, given.status, given.headers)

    return recorded(answer)


def counted(there: Recording) -> Counter[str]:
    return Counter(target for target in there.targets() if target != "/robots.txt")


# --- what is stored is not asked for again ---------------------------------------------------------------------------


def test_a_finished_crawl_asks_for_robots_txt_alone_and_says_that_it_is_up_to_date(tmp_path):
    folder = tmp_path / "snapshot"
    with demo(most_pages=1) as there:
        command = ("harvest", *CASES, "--system", "Chest", "--base-url", there.address, "--snapshot", folder)
        assert run(*command).returncode == 0
        before, asked = fingerprint(index(folder)), len(there.requests)
        again = run(*command)
        assert there.targets()[asked:] == ["/robots.txt"]
    assert again.stdout.startswith(f"snapshot {folder}: up to date, ")
    assert fingerprint(index(folder)) == before


def test_a_wider_crawl_asks_only_for_what_is_missing(tmp_path):
    folder = tmp_path / "snapshot"
    with demo() as there:
        harvest(Crawl(folder, there.address, there.address, CASES, ("Chest",)))
        harvest(Crawl(folder, there.address, there.address, CASES, ("Chest", "Vascular", "Cardiac")))
        harvest(Crawl(tmp_path / "at once", there.address, there.address, CASES, ("Chest", "Vascular", "Cardiac")))
    assert set(counted(there).values()) == {2}  # once for each folder
    assert fingerprint(index(folder)) == fingerprint(index(tmp_path / "at once"))


def test_what_failed_is_asked_for_again_and_what_is_gone_is_not(tmp_path):
    listed = ["/articles/shaky?lang=us", "/articles/gone?lang=us"]
    healthy = threading.Event()

    def answer(recording: Recording, target: str) -> Reply:
        if target.startswith("/search"):
            return Reply(
                "".join(f'<a class="search-result search-result-article" href="{to}">x</a>' for to in listed).encode()
            )
        if target.startswith("/articles/gone"):
            return Reply(b"gone", 410)
        if target.startswith("/articles/shaky") and not healthy.is_set():
            return Reply(b"no", 500)
        return Reply(b"", 404) if target == "/robots.txt" else Reply(b"<p>page</p>")

    with recorded(answer) as there:
        plan = Crawl(tmp_path, there.address, there.address, SPIDERS[:1], ("Chest",))
        harvest(plan)
        assert about(tmp_path)[0]["unanswered"] == [f"{there.address}{listed[0]}"]
        asked = len(there.requests)
        healthy.set()
        harvest(plan)
        assert there.targets()[asked:] == ["/robots.txt", listed[0]]
    assert {answer.url: answer.status for answer in answers(tmp_path)}[f"{there.address}{listed[0]}"] == 200


def test_a_page_that_was_stored_behind_a_closed_door_is_asked_for_again(tmp_path):
    opened = threading.Event()

    def answer(recording: Recording, target: str) -> Reply:
        if target.startswith("/search"):
            return Reply(b'<a class="search-result search-result-article" href="/articles/a?lang=us">x</a>')
        if target.startswith("/articles") and not opened.is_set():
            return Reply(b"<html><head><title>Just a moment...</title></head><body></body></html>")
        return Reply(b"", 404) if target == "/robots.txt" else Reply(b"<p>page</p>")

    with recorded(answer) as there:
        command = (
            "harvest",
            SPIDERS[0],
            "--system",
            "Chest",
            "--base-url",
            there.address,
            "--snapshot",
            tmp_path / "s",
        )
        assert "challenge page" in run(*command).stderr
        opened.set()
        assert run(*command).returncode == 0
    found = {answer.url: answer.body for answer in answers(tmp_path / "s")}
    assert found[f"{there.address}/articles/a?lang=us"] == b"<p>page</p>"


# --- a torn tail -----------------------------------------------------------------------------------------------------


def test_a_file_cut_anywhere_in_its_last_exchange_is_mended_and_goes_on_to_the_same_fingerprint(tmp_path):
    whole = store(tmp_path / "whole", *PAGES.items())
    content, starts = whole.read_bytes(), members(whole)
    wanted, last = fingerprint(index(tmp_path / "whole")), list(PAGES.items())[-1]
    for length in range(starts[-2], len(content)):
        folder = tmp_path / "cut"
        folder.mkdir()
        (folder / whole.name).write_bytes(content[:length])
        kept = max(start for start in [*starts, len(content)] if start <= length)
        writer = SnapshotWriter(folder, {"spiders": []}, CLOCK)
        assert (folder / whole.name).read_bytes() == content[:kept]
        cut = {"file": whole.name, "at": kept, "bytes": length - kept} if kept < length else None
        assert writer.log.entry["repaired"] == cut
        assert len(writer.held.entries) == len(PAGES) - 1
        writer.store(last[0], ASKED, 200, HTML, last[1])
        writer.close("finished")
        assert damaged(folder) == []
        assert fingerprint(index(folder)) == wanted
        assert bodies(folder) == PAGES
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def test_damage_that_whole_records_follow_is_left_as_it_is(tmp_path):
    path = store(tmp_path, *PAGES.items())
    changed = bytearray(path.read_bytes())
    changed[members(path)[3] + 200] ^= 0xFF
    path.write_bytes(changed)
    writer = SnapshotWriter(tmp_path, {}, CLOCK)
    writer.close("finished")
    assert path.read_bytes() == bytes(changed)
    assert [one.locator for one in damaged(tmp_path)] == [f"{path.name}:{members_of_damage(damaged(tmp_path))}"]


def members_of_damage(found) -> str:
    return found[0].locator.partition(":")[2]


def test_a_write_that_fails_leaves_the_file_as_it_was_and_tells_the_place(tmp_path):
    """The system takes no more of this process than so many bytes of a file."""
    code = """
import resource, sys
from pathlib import Path
from radcurate.spiders.snapshot_writer import SnapshotWriter
writer = SnapshotWriter(Path(sys.argv[1]), {})
writer.store("https://site.example/a", b"GET / HTTP/1.1\\r\\n\\r\\n", 200, [], b"one")
size = writer._end
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 300, size + 300))
try:
    writer.store("https://site.example/b", b"GET / HTTP/1.1\\r\\n\\r\\n", 200, [], bytes(range(256)) * 20)
except OSError as error:
    print(size, error.filename)
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    size, place = done.stdout.split()
    assert place == str(tmp_path / "answers-00001.warc.gz")
    assert Path(place).stat().st_size == int(size)
    assert contents(tmp_path).torn is None
    assert list(bodies(tmp_path)) == ["https://site.example/a"]


def test_a_full_disk_ends_the_crawl_in_two_lines_and_the_next_one_goes_on(tmp_path):
    folder = tmp_path / "snapshot"
    with demo() as there:
        command = [sys.executable, "-m", "radcurate", "harvest", *CASES, "--system", "Chest"]
        command += ["--base-url", there.address, "--snapshot", str(folder)]
        full = ["import os, resource, sys", "resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))"]
        start = [sys.executable, "-c", "; ".join([*full, "os.execv(sys.argv[1], sys.argv[1:])"]), *command]
        done = subprocess.run(start, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        first, second = done.stderr.splitlines()
        assert first.startswith(f"Error: the crawl stopped: {folder}")
        assert "File too large" in first
        assert second.startswith(f"{len(index(folder))} answers are kept in {folder}: the same command again")
        assert damaged(folder) == []
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0
        harvest(Crawl(tmp_path / "whole", there.address, there.address, CASES, ("Chest",)))
    assert fingerprint(index(folder)) == fingerprint(index(tmp_path / "whole"))


def test_a_second_crawl_into_a_folder_is_refused_while_the_first_runs(tmp_path):
    writer = SnapshotWriter(tmp_path, {}, CLOCK)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(UsageError, match=r"another crawl writes into this snapshot\n.*--status"):
        SnapshotWriter(tmp_path, {}, CLOCK)
    assert sorted(tmp_path.iterdir()) == before
    writer.close("finished")
    SnapshotWriter(tmp_path, {}, CLOCK).close("finished")


# --- kills -----------------------------------------------------------------------------------------------------------


def test_ctrl_c_ends_the_crawl_soon_says_what_is_kept_and_it_goes_on(tmp_path):
    with demo(0.3) as there:
        process = start(there.address, tmp_path)
        while len(there.requests) < 20:
            assert process.poll() is None, process.communicate()[1]
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        told = process.communicate()[1].decode()
        assert process.returncode == 1
        assert len(there.requests) < 100, "it went on to its end"
        stored = len(index(tmp_path))
        assert told == (
            f"Error: the crawl stopped: it was interrupted\n{stored} answers are kept in {tmp_path}: "
            "the same command again fetches what is missing\n"
        )
    assert (status(tmp_path).state, status(tmp_path).why) == ("stopped", "it was interrupted")


@dataclass(frozen=True)
class Kill:
    """What a kill left: after how many seconds, answers stored by then, bytes of a torn record."""

    number: int
    seconds: float
    stored: int
    torn: int
    state: str


def start(served: str, folder: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "radcurate", "harvest", "--base-url", served, "--snapshot", str(folder), "--quiet"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def kill_group(process: subprocess.Popen) -> None:
    family = psutil.Process(process.pid).children(recursive=True)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert psutil.wait_procs(family, timeout=60)[1] == [], "the crawl outlives its command"


def answers_in(folder: Path) -> int:
    """Bytes of all files: what grows with every answer."""
    return sum(path.stat().st_size for path in folder.glob("answers-*")) if folder.exists() else 0


def kills(served: str, folder: Path, number: int, seed: int) -> Iterator[Kill]:
    """Kills the crawl so often, each time at a random moment after it stored something new."""
    chance = random.Random(seed)
    for count in range(1, number + 1):
        before, process = answers_in(folder), start(served, folder)
        while answers_in(folder) <= before + 2000:  # more than the first record and robots.txt
            assert process.poll() is None, process.communicate()[1]
            time.sleep(0.001)
        wait = chance.random() * 0.2
        time.sleep(wait)
        assert process.poll() is None, "the crawl ended before it was killed"
        kill_group(process)
        found = contents(folder)
        torn = (folder / found.torn[0]).stat().st_size - found.torn[1] if found.torn else 0
        yield Kill(count, wait, len(found.entries), torn, status(folder).state)


def kill_and_compare(tmp_path: Path, number: int, seed: int, seconds: float) -> list[Kill]:
    """Kills a crawl so often, lets it end, compares it with an unkilled one; prints the log of the kills (`-s`)."""
    print("\nkill  seconds  answers stored  torn bytes")
    done: list[Kill] = []
    with demo(seconds, most_pages=1) as there:
        folder = tmp_path / "killed"
        for kill in kills(there.address, folder, number, seed):
            print(f"{kill.number:>4}  {kill.seconds:>7.3f}  {kill.stored:>14}  {kill.torn:>10}", flush=True)
            done.append(kill)
        process = start(there.address, folder)
        assert process.wait() == 0, process.communicate()[1]
        asked = counted(there)
        harvest(Crawl(tmp_path / "unkilled", there.address, there.address, SPIDERS))
    print(f"{sum(asked.values())} requests for {len(asked)} addresses, robots.txt aside")
    assert fingerprint(index(folder)) == fingerprint(index(tmp_path / "unkilled"))
    assert all(isinstance(answer, Answer) for answer in answers(folder)), "a torn record shows as damage"
    assert [(answer.url, answer.status, answer.body) for answer in answers(folder)] == [
        (answer.url, answer.status, answer.body) for answer in answers(tmp_path / "unkilled")
    ]
    # Only what was on its way when a kill came was asked for once more.
    assert sum(asked.values()) <= len(asked) + number * 16
    assert {kill.state for kill in done} == {"killed"}
    return done


@pytest.mark.slow
def test_a_crawl_killed_three_times_gives_the_fingerprint_of_an_unkilled_one(tmp_path):
    done = kill_and_compare(tmp_path, 3, seed=3, seconds=0.02)
    assert [kill.stored for kill in done] == sorted({kill.stored for kill in done})


@pytest.mark.slow
def test_a_crawl_killed_twenty_times_gives_the_fingerprint_of_an_unkilled_one(tmp_path):
    done = kill_and_compare(tmp_path, 20, seed=20, seconds=0.2)
    assert len(done) == 20
