"""docs/add-a-task.md, run as it stands: its one file adds a task, by its path and by a package."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from radcurate import recipe as recipes
from radcurate.errors import DataError, UsageError
from radcurate.release import manifest as manifests
from radcurate.release.explain import explain
from radcurate.release.verify import verify
from radcurate.tables import file_sha256
from radcurate.tasks import TaskCode, load, task_files
from tests.conftest import ROOT, build_here, files_of, radcurate
from tests.releases import rows_of
from tests.test_docs import commands_of

PAGE = (ROOT / "docs/add-a-task.md").read_text(encoding="utf-8")
BLOCKS = {name: text for name, text in re.findall(r"```(?:python|toml|text) (\S+)\n(.*?)```", PAGE, re.DOTALL)}
FILES = ("effusion_side.py", "reports.csv", "recipe.toml")
TASK = BLOCKS["effusion_side.py"]
RELEASE = "releases/effusions/1.0.0"


def write_page(folder: Path, task: str = TASK) -> Path:
    """The page's files in `folder`, with this text for the task; the recipe's path."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (folder / name).write_text(task if name == "effusion_side.py" else BLOCKS[name], encoding="utf-8")
    return folder / "recipe.toml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's files, and its commands run beside them; then the file of the task is gone."""
    made = tmp_path_factory.mktemp("task")
    write_page(made)
    commands = commands_of(PAGE)
    assert [command.split()[1] for command in commands] == ["build", "verify", "inspect", "explain", "explain"]
    said = []
    for command in commands:
        done = radcurate(*shlex.split(command)[1:], cwd=made)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    (made / "said").write_text("\n---\n".join(said), encoding="utf-8")
    (made / "effusion_side.py").unlink()
    return made


def test_every_report_is_a_record_or_refused_with_its_reason(folder):
    release = folder / RELEASE
    records = [row for split in ("train", "validation", "test") for row in rows_of(release, f"effusion_side/{split}")]
    assert {row["record_key"]: row["output"] for row in records} == {
        "effusion_side/ward:1/side": "left",
        "effusion_side/ward:2/side": "right",
        "effusion_side/ward:3/side": "bilateral",
    }
    assert {row["generator"] for row in records} == {"effusion_side.v1"}
    refused = {row["id"]: row["reason"] for row in rows_of(release, "audit/dropped") if row["kind"] == "record"}
    assert refused == {"effusion_side/ward:4/side": "no_effusion", "effusion_side/ward:5/side": "no_effusion"}


def test_what_the_commands_of_the_page_show(folder):
    _, verified, inspected, explained, refused = (folder / "said").read_text(encoding="utf-8").split("\n---\n")
    assert "sound" in verified or "ok" in verified.lower()
    assert "effusion_side" in inspected
    assert "small left pleural effusion" in explained
    assert "the findings state no pleural effusion" in refused


def test_manifest_and_card_name_the_task_by_its_id_and_digest_and_no_path(folder):
    release = folder / RELEASE
    task = manifests.read(release)["recipe"]["tasks"]["effusion_side"]
    digest = task_digest(TASK, folder)
    assert task["generator"] == "effusion_side.v1"
    assert task["outside"]["sha256"] == digest
    assert task["outside"]["package"] is None
    assert (task["outside"]["kinds"], task["outside"]["wordings"]) == (["report"], 6)
    card = (release / "README.md").read_text(encoding="utf-8")
    assert f"`effusion_side.v1` is a file with the sha256\n`{digest}`" in card
    assert "From the findings of a report to the side of its pleural effusion" in card
    assert "3 different labels" in card
    assert not [path for path in files_of(release).values() if str(folder).encode() in path]


def task_digest(text: str, folder: Path) -> str:
    (folder / "digested").write_text(text, encoding="utf-8")
    return file_sha256(folder / "digested")


def test_verify_and_explain_work_where_the_file_is_not_at_hand(folder):
    assert not (folder / "effusion_side.py").exists()
    assert verify(folder / RELEASE) == []
    (told,) = explain(folder / RELEASE, "effusion_side/ward:4/side").dropped
    assert told["meaning"] == "the findings state no pleural effusion, or not without doubt"


def test_workers_load_it_and_give_the_same_bytes(folder, tmp_path):
    built, _ = build_here(write_page(tmp_path / "here"), tmp_path / "out", workers=2)
    assert files_of(built.folder) == files_of(folder / RELEASE)


def test_its_labels_can_be_bounded(tmp_path):
    recipe = write_page(tmp_path)
    text = recipe.read_text(encoding="utf-8")
    recipe.write_text(f"{text}balance = {{most_share = {{left = 0}}}}\n", encoding="utf-8")
    built, _ = build_here(recipe, tmp_path / "out")
    numbers = manifests.read(built.folder)["counts"]["records"]["effusion_side"]
    assert numbers["dropped"] == {"label_share.v1": 1, "no_effusion": 2}
    assert verify(built.folder) == []


def test_bounds_of_its_own_are_checked_like_those_of_a_recipe(tmp_path):
    recipe = write_page(tmp_path, f'{TASK}\n\nBALANCE = {{"label_spread": 2}}\n')
    with pytest.raises(UsageError, match=r"`tasks.effusion_side.balance.label_spread` is wrong: 2 is greater"):
        recipes.load(recipe)


def test_another_byte_derives_anew_is_another_release_and_is_told_where_the_version_stays(tmp_path):
    first, _ = build_here(write_page(tmp_path), tmp_path / "out")
    changed = TASK.replace("output=str(sides.pop()),", 'output=f"{sides.pop()} side",')
    recipe = write_page(tmp_path, changed)
    with pytest.raises(UsageError, match=r"already holds another release of this version \(its recipe differ\)"):
        build_here(recipe, tmp_path / "out")
    second, heard = build_here(recipe, tmp_path / "out", version="1.0.1", parent=first.folder)
    assert not heard.up_to_date["derive/effusion_side"]
    assert heard.up_to_date["split"]
    assert "effusion_side is another than the parent release's, and still says effusion_side.v1" in heard.lines[0]
    outputs = {row["output"] for split in ("train", "test") for row in rows_of(second.folder, f"effusion_side/{split}")}
    assert outputs <= {"left side", "right side", "bilateral side"}
    write_page(tmp_path, changed.replace('"effusion_side.v1"', '"effusion_side.v2"'))
    _, heard = build_here(recipe, tmp_path / "out", version="1.0.2", parent=second.folder)
    assert not [line for line in heard.lines if "is another than" in line]


def test_a_file_that_changes_while_the_build_runs_stops_it(tmp_path):
    checked = recipes.load(write_page(tmp_path))
    write_page(tmp_path, f"{TASK}\n")
    with pytest.raises(UsageError, match="was changed while the build ran: run it again"):
        checked.tasks[0].code.load()


def test_a_path_that_is_set_is_relative_to_the_working_directory(tmp_path, monkeypatch):
    recipe = write_page(tmp_path / "there")
    (tmp_path / "here").mkdir()
    shutil.move(tmp_path / "there/effusion_side.py", tmp_path / "here/effusion_side.py")
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        recipes.load(recipe)
    (task,) = recipes.load(recipe, ["tasks.effusion_side.generator=effusion_side.py"]).tasks
    assert task.file.path == tmp_path / "here/effusion_side.py"


# --- by a package ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's package, installed in a folder of its own."""
    made = tmp_path_factory.mktemp("package")
    for name in ("effusion_side.py", "pyproject.toml"):
        (made / name).write_text(BLOCKS[name], encoding="utf-8")
    assert "```sh\npip install .\n```" in PAGE
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    done = subprocess.run([*command, "--target", "site", "."], cwd=made, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return made / "site"


def recipe_of_package(folder: Path) -> Path:
    recipe = write_page(folder)
    (folder / "effusion_side.py").unlink()
    text = recipe.read_text(encoding="utf-8").replace('"effusion_side.py"', '"effusion_side.v1"')
    recipe.write_text(text, encoding="utf-8")
    return recipe


def test_a_package_brings_the_task_by_its_entry_point(installed, folder, tmp_path):
    recipe = recipe_of_package(tmp_path / "recipe")
    environ = {**os.environ, "PYTHONPATH": str(installed)}
    done = radcurate("build", recipe, "--out", tmp_path, "--workers", 2, cwd=tmp_path, env=environ)
    assert done.returncode == 0, done.stderr
    release = tmp_path / "effusions/1.0.0"
    task = manifests.read(release)["recipe"]["tasks"]["effusion_side"]
    assert task["outside"]["package"] == "radcurate-effusion-side 0.1.0"
    assert task["outside"]["sha256"] == file_sha256(installed / "effusion_side.py")
    assert "of the package radcurate-effusion-side 0.1.0, a file with" in (release / "README.md").read_text("utf-8")
    tables = (files_of(one / "effusion_side") for one in (release, folder / RELEASE))
    assert next(tables) == next(tables)
    assert verify(release) == []


def test_an_installed_task_of_another_version_is_refused(installed, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(installed)
    assert load("effusion_side.v1", task_files.find("effusion_side.v1").path).ID == "effusion_side.v1"
    with pytest.raises(UsageError, match=r"radcurate-effusion-side 0.1.0: brings the task effusion_side.v1, not .*v2"):
        task_files.find("effusion_side.v2")
    assert task_files.find("effusion.v1") is None


def test_a_task_that_no_package_brings_is_unknown(tmp_path):
    with pytest.raises(UsageError, match=r"`tasks.effusion_side.generator` names 'effusion_side.v1', which does not"):
        recipes.load(recipe_of_package(tmp_path))


# --- files that are no tasks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "the task's file cannot be read: No such file or directory"),
        ("def broken(:\n", ":1: cannot be loaded: SyntaxError"),
        ("import re\nimport helper_beside_it\n", ":2: cannot be loaded: ModuleNotFoundError"),
        ("import re\n", "is no task: it has no ID, KINDS, INSTRUCTIONS, REFUSALS, derive, score, summarise;"),
        (TASK.replace("\nID = ", "\nNAME = "), "is no task: it has no ID;"),
        (TASK.replace("def score(", "def scores("), "is no task: it has no score;"),
        (f"{TASK}\n\nsummarise = 3\n", "its summarise is no function"),
        (TASK.replace('"effusion_side.v1"', '"effusion_side"'), "its ID is 'effusion_side', not a name and a version"),
        (TASK.replace('"effusion_side.v1"', '"effusion_side.v0"'), "its ID is 'effusion_side.v0', not a name and a"),
        (TASK.replace('"effusion_side.v1"', "1"), "its ID is 1, not a name and a version"),
        (TASK.replace('"effusion_side.v1"', '"impression.v2"'), "is impression.v2, and radcurate has the task"),
        (TASK.replace('"effusion_side.v1"', '"impression.v7"'), "is impression.v7, and radcurate has the task"),
        (TASK.replace('KINDS = ("report",)', 'KINDS = "report"'), "its KINDS are 'report', not some of article, case"),
        (TASK.replace('KINDS = ("report",)', 'KINDS = ("letter",)'), "its KINDS are ('letter',), not some of article"),
        (TASK.replace('KINDS = ("report",)', "KINDS = ()"), "its KINDS are (), not some of article"),
        (f'{TASK}\n\nINSTRUCTIONS = ("Which side?",) * 6\n', "its INSTRUCTIONS are fewer than 6 different wordings"),
        (f'{TASK}\n\nREFUSALS = ["no_effusion"]\n', "its REFUSALS are no table of reasons"),
        (f'{TASK}\n\nREFUSALS = {{"no effusion": "none"}}\n', "its REFUSALS have 'no effusion': a reason is a word"),
        (TASK[TASK.index("from collections") :], "it has no docstring that says what it teaches"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_task_is_refused_before_anything_is_written(tmp_path, text, words):
    recipe = write_page(tmp_path, text or "")
    (tmp_path / "helper_beside_it.py").write_text("", encoding="utf-8")
    if text is None:
        (tmp_path / "effusion_side.py").unlink()
    with pytest.raises(UsageError) as refused:
        build_here(recipe, tmp_path / "out")
    assert str(refused.value).startswith(str(tmp_path / "effusion_side.py"))
    assert words in str(refused.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("side", "`tasks.side` has generator effusion_side.v1: a task's table is named after it"),
        ("documents", "`tasks.documents`: a release has that name for something else"),
        ("label_share", "`tasks.label_share`: a release has that name for something else"),
    ],
)
def test_a_table_that_cannot_be_named_so_is_refused(tmp_path, name, words):
    own = TASK if name == "side" else TASK.replace('"effusion_side.v1"', f'"{name}.v1"')
    recipe = write_page(tmp_path, own)
    text = recipe.read_text(encoding="utf-8").replace("[tasks.effusion_side]", f"[tasks.{name}]")
    recipe.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        recipes.load(recipe)
    assert words in str(refused.value)


# --- tasks that fail at work -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("output=str(sides.pop())", "output={}['side']", "effusion_side.v1 fails on ward:1: KeyError: 'side'"),
        ('yield Refusal("side", "no_effusion")', 'yield Refusal("side", "none")', "the reason 'none' is none of its"),
        ('yield Refusal("side", "no_effusion")', 'yield "none"', "derive gives str, not a Draft or a Refusal"),
        ("for one in effusions),\n", "for one in effusions[1:]),\n", "the record 'side' has no evidence"),
        ("*one.sentence)", "0, 999)", "the evidence of the record 'side' is not there: findings 0–999 of ward:1"),
        ("input=text", 'input=" "', "the record 'side' has no input"),
        ("    text = doc", '    yield from [Refusal("x", "no_findings")] * 2\n    text = doc', "two records have"),
    ],
)  # fmt: skip
def test_a_task_that_does_wrong_stops_the_build_with_file_document_and_fault(tmp_path, old, new, words):
    assert TASK.count(old) == 1
    recipe = write_page(tmp_path, TASK.replace(old, new))
    with pytest.raises(DataError) as stopped:
        build_here(recipe, tmp_path / "out")
    told = str(stopped.value)
    assert told.startswith(str(tmp_path / "effusion_side.py"))
    assert words in told
    assert "ward:" in told
    assert not (tmp_path / RELEASE).exists()


def test_the_line_where_a_task_fails_is_told(tmp_path):
    recipe = write_page(tmp_path, TASK.replace("output=str(sides.pop())", "output={}['side']"))
    line = TASK[: TASK.index("output=str(")].count("\n") + 1
    with pytest.raises(DataError, match=rf"effusion_side\.py:{line}: "):
        build_here(recipe, tmp_path / "out")


def test_its_code_in_the_key_of_its_stages_is_its_digest_and_what_it_imports(tmp_path):
    write_page(tmp_path)
    code = TaskCode("effusion_side.v1", task_files.describe(tmp_path / "effusion_side.py"))
    assert code.parameters == {"generator": "effusion_side.v1", "file": file_sha256(tmp_path / "effusion_side.py")}
    assert {"radcurate.language.observations", "radcurate.records", "radcurate.tasks.pool"} <= set(code.modules)
    assert TaskCode("nli.v2").modules == ("radcurate.tasks.nli",)
