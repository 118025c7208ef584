"""The local engine: the same results in one process or many, and a plain word when a worker fails or is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from radcurate.engines.local import LocalEngine, in_own_process, peak_memory, usable_cores
from radcurate.errors import DataError, UsageError
from radcurate.stages import Call
from tests.conftest import ROOT, files_of
from tests.engines.work import allocate, be_killed, be_killed_on_two, fail_on_two, own_id, refuse, square, tell_process
from tests.invented import write_invented

MIB = 1024 * 1024


def calls(function, folder: Path, count: int = 6, **parameters: int) -> list[tuple[int, Call]]:
    folder.mkdir(parents=True, exist_ok=True)
    return [
        (number, Call(function, (), folder / f"{number:05d}", {"number": number, **parameters}))
        for number in range(count)
    ]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_call_is_done_and_told_once_by_its_number(tmp_path, workers):
    with LocalEngine(workers) as engine:
        done = list(engine.run(calls(square, tmp_path)))
    assert {(one.index, one.counts["square"]) for one in done} == {(n, n * n) for n in range(6)}
    assert len(done) == 6
    assert all(one.seconds >= 0 for one in done)


def test_one_worker_and_two_write_the_same_files(tmp_path):
    for workers in (1, 2):
        with LocalEngine(workers) as engine:
            list(engine.run(calls(square, tmp_path / str(workers))))
    assert files_of(tmp_path / "1") == files_of(tmp_path / "2")
    assert len(files_of(tmp_path / "1")) == 12


def test_one_worker_starts_no_process(tmp_path):
    with LocalEngine(1) as engine:
        done = list(engine.run(calls(tell_process, tmp_path)))
    assert {one.counts["process"] for one in done} == {os.getpid()}


def test_a_single_call_is_done_here_however_many_workers(tmp_path):
    with LocalEngine(2) as engine:
        (done,) = engine.run(calls(tell_process, tmp_path, 1))
    assert done.counts["process"] == os.getpid()


def test_no_calls_are_no_work(tmp_path):
    with LocalEngine(2) as engine:
        assert list(engine.run([])) == []


def test_workers_are_kept_from_stage_to_stage_and_gone_at_the_end(tmp_path):
    with LocalEngine(2) as engine:
        processes = {
            one.counts["process"] for stage in "abc" for one in engine.run(calls(tell_process, tmp_path / stage))
        }
    assert os.getpid() not in processes
    assert 1 <= len(processes) <= 2
    assert not [process for process in processes if psutil.pid_exists(process)]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failing_call_reaches_the_caller_as_it_is(tmp_path, workers):
    with LocalEngine(workers) as engine, pytest.raises(DataError, match=r"reports\.csv: row 2 is damaged"):
        list(engine.run(calls(fail_on_two, tmp_path)))
    assert not (tmp_path / "00002").exists()


def test_in_one_process_nothing_is_done_past_the_first_failure(tmp_path):
    with LocalEngine(1) as engine, pytest.raises(DataError):
        list(engine.run(calls(fail_on_two, tmp_path)))
    assert [path.name for path in sorted(tmp_path.iterdir()) if path.suffix != ".tmp"] == ["00000", "00001"]


def test_an_engine_goes_on_after_a_failing_call(tmp_path):
    with LocalEngine(2) as engine:
        with pytest.raises(DataError):
            list(engine.run(calls(fail_on_two, tmp_path / "failing")))
        assert len(list(engine.run(calls(square, tmp_path / "next")))) == 6


def test_a_killed_worker_is_told_with_what_to_do(tmp_path):
    with (
        LocalEngine(2) as engine,
        pytest.raises(DataError, match=r"worker process was killed.*fewer --workers.*finished shards are kept"),
    ):
        list(engine.run(calls(be_killed_on_two, tmp_path)))
    assert not (tmp_path / "00002").exists()


def test_a_worker_killed_between_two_stages_is_told_the_same(tmp_path):
    with LocalEngine(2) as engine:
        done = list(engine.run(calls(tell_process, tmp_path / "first")))
        worker = psutil.Process(done[0].counts["process"])
        worker.kill()
        with pytest.raises(DataError, match="worker process was killed"):
            list(engine.run(calls(square, tmp_path / "second")))


def test_the_peak_of_a_call_is_in_bytes_and_holds_what_it_allocated(tmp_path):
    with LocalEngine(2) as engine:
        done = list(engine.run(calls(allocate, tmp_path, 2, number=300 * MIB)))
    assert all(300 * MIB < one.peak < 1_500 * MIB for one in done)


def test_the_peak_is_no_less_than_what_is_resident_now():
    assert peak_memory() >= 0.9 * psutil.Process().memory_info().rss


def test_the_cores_counted_are_those_that_this_process_may_use():
    code = "import os; from radcurate.engines.local import usable_cores; print(usable_cores())"
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system ties no process to a core")
    bound = f"import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]); {code}"
    result = subprocess.run([sys.executable, "-c", bound], capture_output=True, text=True, check=True)
    assert result.stdout == "1\n"
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)


def test_a_function_in_its_own_process_gives_what_it_returns_and_the_process_is_gone():
    own, arguments = in_own_process(own_id, "chest", 3)
    assert arguments == ("chest", 3)
    assert own != os.getpid()
    assert not psutil.pid_exists(own)


def test_each_call_has_a_process_of_its_own():
    assert in_own_process(own_id) != in_own_process(own_id)


def test_what_a_function_raises_in_its_own_process_reaches_the_caller_as_it_is():
    with pytest.raises(UsageError, match=r"^reports\.csv: no such column$") as caught:
        in_own_process(refuse, "reports.csv")
    assert caught.value.exit_code == 2


def test_a_killed_process_is_told_with_the_name_of_its_work():
    with pytest.raises(DataError, match=r"the process of be_killed was killed .*run again"):
        in_own_process(be_killed)


HANG = """
import sys
from pathlib import Path
from radcurate.engines.local import LocalEngine
from radcurate.stages import Call
from tests.engines.work import work_until_killed
if __name__ == "__main__":
    with LocalEngine(2) as engine:
        list(engine.run([(n, Call(work_until_killed, (), Path(sys.argv[1], str(n)), {})) for n in range(4)]))
"""


def test_busy_workers_end_when_the_build_is_killed(tmp_path):
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    script = tmp_path / "hang.py"
    script.write_text(HANG, encoding="utf-8")
    (tmp_path / "out").mkdir()
    parent = subprocess.Popen([sys.executable, script, tmp_path / "out"], env=environ)
    try:
        wait_for(lambda: len(list((tmp_path / "out").glob("*.tmp"))) == 2, parent)
        family = psutil.Process(parent.pid).children(recursive=True)
    finally:
        parent.kill()
        parent.wait()
    assert len(family) >= 2
    _, alive = psutil.wait_procs(family, timeout=60)
    assert alive == []


def wait_for(condition, process: subprocess.Popen) -> None:
    """Waits until the condition holds; a process that ends before is a failure."""
    while not condition():
        assert process.poll() is None, f"ended with {process.returncode} before it came that far"
        time.sleep(0.001)


@pytest.mark.parametrize(
    "stage",
    ["clean", *(pytest.param(stage, marks=pytest.mark.slow) for stage in ("parse", "derive-tagging", "release"))],
)
def test_ctrl_c_ends_a_build_without_a_traceback(tmp_path, stage):
    recipe = write_invented(tmp_path, 300, tasks=("tagging",))
    command = [sys.executable, "-m", "radcurate", "build", recipe, "--out", tmp_path / "out", "--workers", "2"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    wait_for(lambda: any((tmp_path / "out/.stages").glob(f"{stage}-*.partial")), process)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 1
    assert errors.endswith("Aborted!\n")
    assert "Traceback" not in errors
    assert not (tmp_path / "out/invented").exists()
