"""What a build's bytes depend on besides its inputs: which code belongs to which stage, and which versions count."""

import json
import sys

import pytest

from radcurate import environment, tasks
from tests.copied import copy_package, run_copy

PARSE = ("sources.parse", "sources.table", "sources.openi", "sources.radiopaedia")
REPORTS = ("sources.parse", "sources.table", "sources.openi")
CLEAN = ("cleaning.clean", "cleaning.resolve")
TASKS = tuple(f"tasks.{generator.rpartition('.')[0]}" for generator in tasks.available())
STAGES = ("harvest", *PARSE, *CLEAN, "tasks.deriving", *TASKS, "release.shards")


# Each edit (a path and the bytes to append, or a new file's) is made, the digests are taken, and it is undone.
DIGESTS = """
import json, sys
from pathlib import Path
from radcurate import environment
folder, stages, edits = Path(sys.argv[1]), json.loads(sys.argv[2]), json.loads(sys.argv[3])
assert Path(environment.__file__).is_relative_to(folder), environment.__file__

def digests():
    for cached in (environment.module_sha256, environment.code_sha256, environment._sha256):
        cached.cache_clear()
    found = {name: environment.module_sha256(f"radcurate.{name}") for name in stages}
    return {**found, "all": environment.code_sha256()}

found = {"": digests()}
for path in edits:
    file = folder / "radcurate" / path
    content = file.read_bytes() if file.exists() else None
    file.parent.mkdir(exist_ok=True)
    file.write_bytes((content or b"") + b"\\n")
    found[path] = digests()
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
print(json.dumps(found))
"""

# What one changed file must change among the stages' digests, and what it must leave; of a stage named in neither
# nothing is said.
CHANGES = {
    "tasks/tagging.py": (["tasks.tagging"], [name for name in STAGES if name != "tasks.tagging"]),
    "tasks/tagging.toml": (["tasks.tagging"], [name for name in STAGES if name != "tasks.tagging"]),
    "tasks/impression.py": (["tasks.impression"], [name for name in STAGES if name != "tasks.impression"]),
    "tasks/pool.py": ([*TASKS, "tasks.deriving"], [*PARSE, *CLEAN]),
    "tasks/new_task.py": ([], list(STAGES)),
    "cleaning/noise.py": ([*CLEAN], [*PARSE, *TASKS, "tasks.deriving"]),
    "sources/headings.toml": (["sources.table"], ["sources.openi", *TASKS, "tasks.deriving"]),
    "language/cues.toml": (["tasks.impression"], [*PARSE, *CLEAN, "tasks.deriving"]),
    "shingles.py": (["tasks.deriving"], [*PARSE, *TASKS]),
    "spiders/pages/article.py": (["sources.radiopaedia"], [*REPORTS, *CLEAN, *TASKS, "tasks.deriving"]),
    "spiders/radiopaedia.py": (["harvest"], [*PARSE, *CLEAN, *TASKS, "tasks.deriving"]),
    "demo/site/answers.py": (["harvest"], [*PARSE, *CLEAN, *TASKS, "tasks.deriving"]),
    "sources/radiopaedia.toml": (["sources.radiopaedia"], ["harvest", *REPORTS, *CLEAN, *TASKS, "tasks.deriving"]),
    "cleaning/page_noise.py": ([*CLEAN], ["harvest", *PARSE, *TASKS, "tasks.deriving"]),
    "schemas/record.schema.json": (["tasks.deriving"], []),
    "cards/data_card.py": ([], list(STAGES)),
    "data_cards/release.md.jinja": ([], list(STAGES)),
    "cli/progress.py": ([], list(STAGES)),
    "build.py": ([], list(STAGES)),
}
COMPILED = "__pycache__/build.cpython-311.pyc"


@pytest.fixture(scope="module")
def digests(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """The stages' digests in a copy of the package, as it is (``) and after each edit."""
    folder = copy_package(tmp_path_factory.mktemp("package"))
    edits = json.dumps([*CHANGES, COMPILED])
    result = run_copy(folder, "-c", DIGESTS, folder, json.dumps(STAGES), edits, cwd=folder)
    assert result.returncode == 0, result.stderr
    return dict(json.loads(result.stdout))


@pytest.mark.parametrize("path", CHANGES)
def test_a_changed_file_changes_the_stages_that_read_it_and_no_others(digests, path):
    changed, left = CHANGES[path]
    before, after = digests[""], digests[path]
    differing = {name for name in before if before[name] != after[name]}
    assert differing >= {*changed, "all"}
    assert not differing & set(left)


def test_the_digests_are_the_same_wherever_the_package_lies(digests):
    here = {name: environment.module_sha256(f"radcurate.{name}") for name in STAGES}
    assert {**here, "all": environment.code_sha256()} == digests[""]


def test_the_digests_take_no_note_of_compiled_files(digests):
    assert digests[COMPILED] == digests[""]


@pytest.mark.parametrize("task", TASKS)
def test_no_task_depends_on_another(task):
    closure = environment._closure(f"radcurate.{task}")
    assert not {f"radcurate.{other}" for other in TASKS if other != task} & closure.keys()


def test_the_parse_stage_depends_neither_on_cleaning_nor_on_tasks_nor_on_other_sources():
    closure = environment._closure("radcurate.sources.parse")
    assert not [name for name in closure if name.startswith(("radcurate.cleaning", "radcurate.tasks"))]
    assert not {f"radcurate.{name}" for name in PARSE if name != "sources.parse"} & closure.keys()


def test_the_versions_name_python_unicode_and_every_library_that_shapes_the_output():
    versions = environment.library_versions()
    assert set(versions) == {"python", "unicode", *environment.LIBRARIES}
    assert versions["python"] == ".".join(map(str, sys.version_info[:3]))
    assert all(version[0].isdigit() for version in versions.values())


def test_a_fingerprint_takes_no_note_of_order_and_note_of_every_name_and_value():
    assert environment.fingerprint([("a", "1"), ("b", "2")]) == environment.fingerprint([("b", "2"), ("a", "1")])
    different = [[("a", "1")], [("a", "2")], [("b", "1")], [("a", "1"), ("b", "1")], []]
    assert len({environment.fingerprint(values) for values in different}) == len(different)
