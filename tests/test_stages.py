"""The stage contract: what a key depends on, resume, and that nothing half done stands under a final name."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from radcurate import environment
from radcurate.engines.local import LocalEngine
from radcurate.sources.parse import parse_file
from radcurate.stages import Call, Finished, Stage, Unit, canonical_json, run
from tests.conftest import Quiet


def copy_letter(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """Writes its letter, and where it was told to write; logs that it ran; fails while its gate is shut."""
    with Path(parameters["log"]).open("a", encoding="utf-8") as log:
        log.write(parameters["letter"])
    if parameters["letter"] in parameters.get("fails_on", "") and not Path(parameters["gate"]).exists():
        raise ValueError(f"letter {parameters['letter']} is broken")
    (output / "letter.txt").write_text(parameters["letter"], encoding="utf-8")
    (output / "seen.json").write_text(json.dumps([output.name, output.parent.name]), encoding="utf-8")
    return {"letters": 1, f"letter.{parameters['letter']}": 1}


def leave_a_late_worker(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """What a worker of a killed build can do: write beside its place after the next build has cleared up."""
    (output.parent / "00000.4711.tmp").mkdir()
    return {}


def letters(tmp_path: Path, text: str = "abc", **parameters: str) -> Stage:
    units = tuple(Unit((), {"letter": letter}) for letter in text)
    told = {"log": str(tmp_path / "log"), "gate": str(tmp_path / "gate"), **parameters}
    return Stage("letters", copy_letter, units, {"input": "0" * 64}, told)


def run_here(stage: Stage, work: Path) -> tuple[Finished, Quiet]:
    teller = Quiet()
    with LocalEngine(1) as engine:
        return run(stage, work, engine, teller), teller


def ran(tmp_path: Path) -> str:
    return (tmp_path / "log").read_text(encoding="utf-8")


def partial_of(stage: Stage, work: Path) -> Path:
    return work / f"{stage.name}-{stage.key()}.partial"


# --- the key ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"function": parse_file},
        {"modules": ("radcurate.shingles",)},
        {"parameters": {"rules": ["spaces.v1", "unicode_nfc.v1"]}},
        {"units": (Unit((), {"shard": 0}), Unit((), {"shard": 2}))},
        {"units": (Unit((), {"shard": 0}),)},
        {"inputs": {"parse": "1" * 64}},
        {"inputs": {"clean": "0" * 64}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_key_changes_with(change):
    base = Stage(
        "name",
        copy_letter,
        (Unit((), {"shard": 0}), Unit((), {"shard": 1})),
        {"parse": "0" * 64},
        {"rules": ["unicode_nfc.v1", "spaces.v1"]},
    )
    assert replace(base, **change).key() != base.key()


def test_key_does_not_depend_on_where_the_inputs_lie_nor_on_the_expected_total():
    here = Stage("name", copy_letter, (Unit((Path("/here/00000"),)),), {"parse": "0" * 64})
    there = Stage("name", copy_letter, (Unit((Path("/there/x/00000"),)),), {"parse": "0" * 64}, total=7)
    assert here.key() == there.key()


def test_key_does_not_depend_on_the_order_in_which_parameters_were_given():
    one = Stage("name", copy_letter, (), {"a": "1", "b": "2"}, {"x": 1, "y": 2})
    other = Stage("name", copy_letter, (), {"b": "2", "a": "1"}, {"y": 2, "x": 1})
    assert one.key() == other.key()


@pytest.fixture
def probe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package `radcurate_probe` whose module `rules` imports `words`, each with a data file."""
    folder = tmp_path / "radcurate_probe"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "rules.py").write_text("import os\nfrom radcurate_probe.words import WORDS\n")
    (folder / "rules.toml").write_text("a = 1\n")
    (folder / "words.py").write_text("from .deeper import DEEP as WORDS\n")
    (folder / "words.json").write_text("{}\n")
    (folder / "deeper.py").write_text("DEEP = 1\n")
    (folder / "stranger.py").write_text("import radcurate_probe.rules\n")
    (folder / "stranger.toml").write_text("a = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    forget()
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == folder.name]:
        del sys.modules[name]
    forget()


def forget() -> None:
    """Makes this process look at files and versions anew, as a new process would."""
    environment.module_sha256.cache_clear()
    environment.library_versions.cache_clear()
    environment._sha256.cache_clear()


def key_of_probe() -> str:
    forget()
    return Stage("name", copy_letter, (), {}, modules=("radcurate_probe.rules",)).key()


@pytest.mark.parametrize("name", ["rules.py", "rules.toml", "words.py", "words.json", "deeper.py"])
def test_key_changes_with_the_code_that_is_imported_and_the_data_beside_it(probe, name):
    before = key_of_probe()
    path = probe / name
    path.write_text(f"{path.read_text()}\n", encoding="utf-8")
    assert key_of_probe() != before


@pytest.mark.parametrize("name", ["stranger.py", "stranger.toml"])
def test_key_does_not_change_with_code_that_only_lies_beside(probe, name):
    before = key_of_probe()
    (probe / name).write_text("# changed\n", encoding="utf-8")
    assert key_of_probe() == before


def test_key_changes_with_a_data_file_that_the_package_itself_owns(probe):
    (probe / "rules.py").write_text("import radcurate_probe\n")
    (probe / "form.schema.json").write_text("{}")
    before = key_of_probe()
    (probe / "form.schema.json").write_text('{"type": "object"}')
    assert key_of_probe() != before


@pytest.mark.parametrize("library", environment.LIBRARIES)
def test_key_changes_with_the_version_of_a_library_that_shapes_the_output(probe, library, tmp_path):
    before = key_of_probe()
    distribution = tmp_path / f"{library.replace('-', '_')}-99.9.9.dist-info"
    distribution.mkdir()
    (distribution / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {library}\nVersion: 99.9.9\n")
    assert key_of_probe() != before


# --- a run -----------------------------------------------------------------------------------------------------------


def test_a_finished_stage_has_a_folder_a_shard_and_a_manifest_with_every_file(tmp_path):
    stage = letters(tmp_path)
    finished, _ = run_here(stage, tmp_path / "work")
    assert [path.name for path in (tmp_path / "work").iterdir()] == [f"letters-{stage.key()}"]
    assert [path.name for path in finished.shards] == ["00000", "00001", "00002"]
    manifest = json.loads((finished.folder / "stage.json").read_text(encoding="utf-8"))
    assert manifest["stage"] == "letters"
    assert manifest["counts"] == finished.counts == {"letters": 3, "letter.a": 1, "letter.b": 1, "letter.c": 1}
    assert sorted(manifest["files"]) == [
        f"0000{shard}/{name}" for shard in range(3) for name in ("counts.json", "letter.txt", "seen.json")
    ]


def test_shards_come_in_the_order_of_their_units_past_ten(tmp_path):
    finished, _ = run_here(letters(tmp_path, "abcdefghijkl"), tmp_path / "work")
    assert "".join((shard / "letter.txt").read_text() for shard in finished.shards) == "abcdefghijkl"


def test_the_work_happens_in_a_scratch_folder_within_the_partial_one(tmp_path):
    stage = letters(tmp_path, "a")
    finished, _ = run_here(stage, tmp_path / "work")
    name, parent = json.loads((finished.shards[0] / "seen.json").read_text())
    assert name.startswith("00000.")
    assert name.endswith(".tmp")
    assert parent == f"letters-{stage.key()}.partial"


def test_a_slash_in_the_name_makes_no_folder_of_its_own(tmp_path):
    stage = replace(letters(tmp_path), name="derive/letters")
    finished, _ = run_here(stage, tmp_path / "work")
    assert finished.folder == tmp_path / "work" / f"derive-letters-{stage.key()}"


def test_the_same_key_found_is_up_to_date_and_runs_nothing(tmp_path):
    first, heard_first = run_here(letters(tmp_path), tmp_path / "work")
    second, heard = run_here(letters(tmp_path), tmp_path / "work")
    assert (heard_first.up_to_date, heard.up_to_date) == ({"letters": False}, {"letters": True})
    assert ran(tmp_path) == "abc"
    assert second == first


def test_another_key_leaves_the_old_stage_and_runs_all(tmp_path):
    run_here(letters(tmp_path), tmp_path / "work")
    run_here(replace(letters(tmp_path), inputs={"input": "1" * 64}), tmp_path / "work")
    assert ran(tmp_path) == "abcabc"
    assert len(list((tmp_path / "work").iterdir())) == 2


def test_the_digest_tells_outputs_apart_and_nothing_else(tmp_path):
    one, _ = run_here(letters(tmp_path, "a"), tmp_path / "one")
    same, _ = run_here(letters(tmp_path, "a"), tmp_path / "two")
    other, _ = run_here(letters(tmp_path, "b"), tmp_path / "one")
    # `seen.json` holds the process id, which is this one's in both.
    assert one.digest == same.digest
    assert one.digest != other.digest


# --- stopped and resumed ---------------------------------------------------------------------------------------------


def test_a_failed_unit_reaches_the_caller_and_leaves_nothing_under_the_final_name(tmp_path):
    stage = letters(tmp_path, fails_on="b")
    with pytest.raises(ValueError, match="letter b is broken"):
        run_here(stage, tmp_path / "work")
    assert [path.name for path in (tmp_path / "work").iterdir()] == [partial_of(stage, tmp_path / "work").name]
    assert not (partial_of(stage, tmp_path / "work") / "stage.json").exists()


def test_finished_shards_are_reused_and_told(tmp_path):
    stage = letters(tmp_path, fails_on="c")
    with pytest.raises(ValueError, match="letter c"):
        run_here(stage, tmp_path / "work")
    (tmp_path / "gate").touch()
    finished, heard = run_here(stage, tmp_path / "work")
    assert ran(tmp_path) == "abcc"
    assert heard.lines == ["letters: 2 of 3"]
    assert finished.counts["letters"] == 3


def test_a_resumed_stage_equals_one_that_was_never_stopped(tmp_path):
    stopped = letters(tmp_path, fails_on="b")
    with pytest.raises(ValueError, match="letter b"):
        run_here(stopped, tmp_path / "work")
    (tmp_path / "gate").touch()
    resumed, _ = run_here(stopped, tmp_path / "work")
    straight, _ = run_here(stopped, tmp_path / "straight")
    assert resumed.digest == straight.digest
    assert resumed.counts == straight.counts


def test_what_a_dead_worker_left_is_removed_and_done_again(tmp_path):
    stage = letters(tmp_path)
    leftover = partial_of(stage, tmp_path / "work") / "00001.4711.tmp"
    leftover.mkdir(parents=True)
    (leftover / "letter.txt").write_text("half", encoding="utf-8")
    finished, heard = run_here(stage, tmp_path / "work")
    assert heard.lines == ["letters: 0 of 3"]
    assert ran(tmp_path) == "abc"
    assert sorted(path.name for path in finished.folder.iterdir()) == ["00000", "00001", "00002", "stage.json"]


def test_a_stage_killed_between_its_last_shard_and_its_manifest_is_finished_without_work(tmp_path):
    stage = letters(tmp_path)
    finished, _ = run_here(stage, tmp_path / "work")
    (finished.folder / "stage.json").write_text("{", encoding="utf-8")
    finished.folder.rename(partial_of(stage, tmp_path / "work"))
    again, heard = run_here(stage, tmp_path / "work")
    assert again == finished
    assert heard.lines == ["letters: 3 of 3"]
    assert ran(tmp_path) == "abc"


def test_what_a_late_worker_of_a_killed_build_leaves_is_no_shard(tmp_path):
    stage = Stage("late", leave_a_late_worker, (Unit(()),), {})
    finished, _ = run_here(stage, tmp_path / "work")
    assert [path.name for path in finished.shards] == ["00000"]


def test_a_shard_that_another_process_finished_first_stands(tmp_path):
    (tmp_path / "00000").mkdir()
    (tmp_path / "00000" / "letter.txt").write_text("first", encoding="utf-8")
    call = Call(copy_letter, (), tmp_path / "00000", {"letter": "a", "log": str(tmp_path / "log")})
    assert call() == {"letters": 1, "letter.a": 1}
    assert (tmp_path / "00000" / "letter.txt").read_text() == "first"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["00000", "log"]


def test_a_shard_that_cannot_be_put_in_its_place_is_an_error(tmp_path):
    (tmp_path / "00000").write_text("a file, no folder", encoding="utf-8")
    call = Call(copy_letter, (), tmp_path / "00000", {"letter": "a", "log": str(tmp_path / "log")})
    with pytest.raises(OSError, match="00000"):
        call()


def test_json_is_written_in_one_form():
    assert canonical_json({"b": "é", "a": [1]}) == '{\n  "a": [\n    1\n  ],\n  "b": "é"\n}\n'
