"""The recipe: what it becomes, and the one error for each thing that can be wrong in it."""

import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import radcurate
from radcurate import recipe
from radcurate.errors import RadcurateError, UsageError, nearest, one_line
from tests.sources.samples import RECIPE, write_recipe

SOURCE_TYPES = "openi, radiopaedia, mediawiki, pages, mimic_cxr, chexpert_plus, table"


def _refused(tmp_path: Path, changed: str, *sets: str, version: str | None = None) -> str:
    """The error of this recipe, without the file's name, which it must begin with."""
    path = write_recipe(tmp_path, changed)
    with pytest.raises(UsageError) as refused:
        recipe.load(path, sets, version)
    message = str(refused.value)
    assert "\n" not in message
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


def _changed(old: str, new: str) -> str:
    assert RECIPE.count(old) == 1
    return RECIPE.replace(old, new)


# What a recipe becomes


def test_a_recipe_becomes_its_sources_rules_and_tasks(tmp_path: Path) -> None:
    found = recipe.load(write_recipe(tmp_path))
    assert (found.name, found.version, found.title) == ("clinic", "1.0.0", "Chest reports of a clinic")
    assert (found.description, found.language) == ("", "en")
    [source] = found.sources
    assert (source.name, source.type, source.paths) == ("clinic", "table", (tmp_path / "reports.csv",))
    assert set(source.options) == {"licence", "columns"}
    assert found.rules == ("spaces.v1", "empty_document.v1")
    assert found.tasks == (recipe.TaskSpec("impression", "impression.v2", (), {}),)


def test_the_content_for_the_manifest_holds_no_path_and_the_defaults(tmp_path: Path) -> None:
    content = recipe.load(write_recipe(tmp_path)).content
    assert "path" not in content["sources"]["clinic"]
    assert str(tmp_path) not in str(content)
    assert (content["language"], content["description"]) == ("en", "")


def test_sources_and_tasks_come_in_order_of_their_names(tmp_path: Path) -> None:
    source = RECIPE[RECIPE.index("[sources.clinic]") : RECIPE.index("[cleaning]")]
    added = source.replace("clinic", "archive") + '[tasks.section_extraction]\ngenerator = "section_extraction.v3"\n'
    found = recipe.load(write_recipe(tmp_path, RECIPE + added + '[tasks.tagging]\ngenerator = "tagging.v3"\n'))
    assert [source.name for source in found.sources] == ["archive", "clinic"]
    assert [task.name for task in found.tasks] == ["impression", "section_extraction", "tagging"]


def test_several_files_of_one_source_come_in_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).touch()
    found = recipe.load(write_recipe(tmp_path, _changed('"reports.csv"', '["b.csv", "a.csv"]')))
    assert [path.name for path in found.sources[0].paths] == ["a.csv", "b.csv"]


@pytest.mark.parametrize("name", recipe.bundled_names())
def test_every_bundled_recipe_is_right(name: str) -> None:
    assert recipe.load(recipe.locate(name)).name == name.replace("_", "-")


def test_bundled_recipes_are_the_demo_and_one_for_each_collection() -> None:
    assert {"demo", "openi", "mimic_cxr", "chexpert_plus"} <= set(recipe.bundled_names())


def test_folders_beside_the_path_are_relative_to_the_recipe_or_with_set_to_here(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = (recipe.BUNDLED / "mimic_cxr.toml").read_text(encoding="utf-8")
    path.write_text(text.replace('type = "mimic_cxr"', 'type = "mimic_cxr"\ntables = "jpg"'), encoding="utf-8")
    [source] = recipe.load(path).sources
    assert source.options["tables"] == str(tmp_path / "jpg")
    found = recipe.load(path, ["sources.mimic_cxr.tables=jpg"])
    assert found.sources[0].options["tables"] == str(Path.cwd() / "jpg")
    assert "tables" not in found.content["sources"]["mimic_cxr"]


def test_a_bundled_name_is_found_before_a_file_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "demo").write_text("no recipe")
    monkeypatch.chdir(tmp_path)
    assert recipe.locate("demo") == recipe.BUNDLED / "demo.toml"


def test_a_recipe_that_is_nowhere_is_refused_with_the_nearest_bundled_name(tmp_path: Path) -> None:
    for given_name in ("opni", str(tmp_path / "opni"), str(tmp_path)):
        with pytest.raises(UsageError, match="no such recipe file") as refused:
            recipe.locate(given_name)
        assert len(str(refused.value).splitlines()) == 2
    with pytest.raises(UsageError, match="Nearest bundled recipe: openi"):
        recipe.locate("opni")


# Paths


def test_a_path_is_relative_to_the_recipe_and_not_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    path = write_recipe(tmp_path)
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert recipe.load(path).sources[0].paths == (tmp_path / "reports.csv",)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("other.csv", ["other.csv"]),
        ('"other.csv"', ["other.csv"]),
        ("['other.csv', 'true']", ["other.csv", "true"]),
        ("true", ["true"]),
        ("5", ["5"]),
        ("[5]", ["5"]),
    ],
)
def test_a_path_that_is_set_is_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, names: list[str]
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    for name in names:
        (here / name).touch()
    path = write_recipe(tmp_path)
    monkeypatch.chdir(here)
    found = recipe.load(path, [f"sources.clinic.path={value}"])
    assert found.sources[0].paths == tuple(here / name for name in names)


def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.touch()
    path = write_recipe(tmp_path)
    assert recipe.load(path, [f"sources.clinic.path={other}"]).sources[0].paths == (other,)


@pytest.mark.parametrize("sets", [(), ("sources.clinic.path=package:demo/reports.jsonl",)])
def test_a_package_path_names_what_radcurate_brings_along(tmp_path: Path, sets: tuple[str, ...]) -> None:
    text = RECIPE if sets else _changed("reports.csv", "package:demo/reports.jsonl")
    found = recipe.load(write_recipe(tmp_path, text), sets)
    assert found.sources[0].paths == (Path(radcurate.__file__).parent / "demo/reports.jsonl",)


@pytest.mark.parametrize("missing", ["gone.csv", "/nowhere/gone.csv", "package:demo/gone.csv"])
def test_a_missing_path_is_refused_with_its_key(tmp_path: Path, missing: str) -> None:
    message = _refused(tmp_path, _changed("reports.csv", missing))
    assert re.fullmatch(r"`sources\.clinic\.path` names /\S+/gone\.csv, which does not exist", message)


def test_two_files_of_one_name_are_refused_because_the_audit_could_not_tell_them_apart(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other/reports.csv").touch()
    message = _refused(tmp_path, _changed('"reports.csv"', '["reports.csv", "other/reports.csv"]'))
    assert "`sources.clinic.path` names two files of one name" in message


# What is wrong


@pytest.mark.parametrize(
    ("old", "new", "key", "closest"),
    [
        ("title =", "titel =", "titel", "title"),
        ("[cleaning]", "[cleanin]", "cleanin", "cleaning"),
        ("licence =", "license =", "sources.clinic.license", "licence"),
        ("findings =", "finding =", "sources.clinic.columns.finding", "findings"),
        ("rules =", "rule =", "cleaning.rule", "rules"),
        ("generator =", "generatr =", "tasks.impression.generatr", "generator"),
    ],
)
def test_an_unknown_key_is_refused_at_every_level_with_the_nearest_one(
    tmp_path: Path, old: str, new: str, key: str, closest: str
) -> None:
    message = _refused(tmp_path, _changed(old, new))
    assert message.startswith(f"unknown key `{key}`; nearest allowed: `{closest}` (of ")


@pytest.mark.parametrize(("other", "key"), [("openi", "licence"), ("radiopaedia", "columns")])
def test_an_option_of_another_source_type_is_an_unknown_key(tmp_path: Path, other: str, key: str) -> None:
    message = _refused(tmp_path, _changed('type = "table"', f'type = "{other}"'))
    assert message.startswith(f"unknown key `sources.clinic.{key}`; nearest allowed: ")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('title = "Chest reports of a clinic"', "title = 5", "`title` must be of type string, is 5"),
        ('title = "Chest reports of a clinic"', "title = true", "`title` must be of type string, is True"),
        ('title = "Chest reports of a clinic"', "title = 2020-02-01", "`title` must be of type string"),
        ('["spaces.v1", "empty_document.v1"]', '"spaces.v1"', "`cleaning.rules` must be of type array"),
        ('["spaces.v1", "empty_document.v1"]', "[1]", "`cleaning.rules.0` must be of type string"),
        ('id = "id"', 'id = ["id"]', "`sources.clinic.columns.id` must be of type string"),
        ('path = "reports.csv"', "path = 5", "`sources.clinic.path` is 5; expected: A file, or a list of files"),
        ('path = "reports.csv"', "path = []", "`sources.clinic.path` is []; expected: A file, or a list of files"),
        (
            'type = "table"',
            "type = 5",
            f"`sources.clinic.type` is 5; nearest allowed: 'table' (of {SOURCE_TYPES})",
        ),
    ],
)
def test_a_wrong_type_is_refused_with_its_key_and_what_is_expected(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    assert _refused(tmp_path, _changed(old, new)).startswith(reason)


@pytest.mark.parametrize("table", ["sources", "cleaning", "tasks"])
def test_a_value_in_the_place_of_a_table_is_refused(tmp_path: Path, table: str) -> None:
    kept = re.sub(rf"(?ms)^\[{table}.*?(?=^\[(?!{table})|\Z)", "", RECIPE)
    message = _refused(tmp_path, f"{table} = 5\n{kept}")
    assert message == f"`{table}` must be of type object, is 5"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('name = "clinic"\n', "name"),
        ('version = "1.0.0"\n', "version"),
        ('title = "Chest reports of a clinic"\n', "title"),
        ('type = "table"\n', "sources.clinic.type"),
        ('path = "reports.csv"\n', "sources.clinic.path"),
        ('licence = "CC0-1.0"\n', "sources.clinic.licence"),
        ('id = "id"\n', "sources.clinic.columns.id"),
        ('rules = ["spaces.v1", "empty_document.v1"]\n', "cleaning.rules"),
        ('generator = "impression.v2"\n', "tasks.impression.generator"),
    ],
)
def test_a_missing_key_is_refused_by_its_name(tmp_path: Path, line: str, key: str) -> None:
    assert _refused(tmp_path, _changed(line, "")) == f"missing key `{key}`"


def test_an_unknown_source_type_is_told_before_the_options_that_it_makes_look_wrong(tmp_path: Path) -> None:
    message = _refused(tmp_path, _changed('type = "table"', 'type = "tabel"').replace("licence", "licens"))
    assert message == f"`sources.clinic.type` is 'tabel'; nearest allowed: 'table' (of {SOURCE_TYPES})"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"spaces.v1"', '"space.v1"', "`cleaning.rules` names 'space.v1', which does not exist; nearest: 'spaces.v1'"),
        (
            '"spaces.v1"',
            '"spaces.v9"',
            "`cleaning.rules` names 'spaces.v9', which does not exist; nearest: 'spaces.v1'",
        ),
        (
            '"impression.v2"',
            '"impresion.v1"',
            "`tasks.impression.generator` names 'impresion.v1', which does not exist; nearest: 'impression.v2'",
        ),
        (
            '"impression.v2"',
            '"tagging.v3"',
            "`tasks.impression` has generator tagging.v3: a task's table is named after it",
        ),
    ],
)
def test_an_unknown_rule_or_generator_is_refused_with_the_nearest_one(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert _refused(tmp_path, _changed(old, new)) == message


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('name = "clinic"', 'name = "The Clinic"', "name"),
        ('name = "clinic"', 'name = "../clinic"', "name"),
        ('name = "clinic"', 'name = "clinic\\n"', "name"),
        ("1.0.0", "1.0", "version"),
        ("1.0.0", "01.0.0", "version"),
        ("1.0.0", "1.0.0\\n", "version"),
        ("[tasks.impression]", "[tasks]\n[ignored.impression]", "ignored"),
        ('generator = "impression.v2"', 'generator = "impression.v2"\nleave_out = ["a", "a"]', "tasks.impression"),
    ],
)
def test_a_value_that_no_release_could_bear_is_refused(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert f"`{key}" in _refused(tmp_path, _changed(old, new))


@pytest.mark.parametrize("name", ["", "a b", "../up", "Clinic", "a:b"])
def test_a_source_name_that_cannot_begin_an_id_is_refused(tmp_path: Path, name: str) -> None:
    assert _refused(tmp_path, RECIPE.replace("[sources.clinic", f'[sources."{name}"')).startswith("`sources` is wrong")


def test_of_two_faults_one_is_told(tmp_path: Path) -> None:
    message = _refused(tmp_path, _changed("title =", "titel =").replace("licence", "license"))
    assert message.count("unknown key") == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name = \n", "is not TOML: Invalid value (at line 1, column 8)"),
        ('name = "a"\nname = "b"\n', "is not TOML: Cannot overwrite a value (at line 2"),
        ("name = " + "[" * 5_000, "is not TOML: "),
        ("name = " + "9" * 5_000, "is not TOML: "),
        ("", "missing key `name`"),
    ],
)
def test_what_is_not_toml_is_refused_with_its_place(tmp_path: Path, text: str, reason: str) -> None:
    assert _refused(tmp_path, text).startswith(reason)


def test_a_recipe_that_is_not_utf8_is_refused_with_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_bytes(b'name = "caf\xe9"\n')
    with pytest.raises(UsageError, match="is not UTF-8 at byte 11; save the recipe as UTF-8"):
        recipe.load(path)


def test_a_recipe_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        recipe.load(tmp_path)


# --set and --version


@pytest.mark.parametrize(
    ("setting", "title"),
    [
        ("title=Chest", "Chest"),
        ('title="Chest"', "Chest"),
        ("title=Chest = thorax", "Chest = thorax"),
        ("title=[unclosed", "[unclosed"),
        ("title=" + "[" * 5_000, "[" * 5_000),
        (" title =Chest", "Chest"),
    ],
)
def test_a_text_may_be_set_with_quotes_or_without(tmp_path: Path, setting: str, title: str) -> None:
    assert recipe.load(write_recipe(tmp_path), [setting]).title == title


def test_what_is_set_is_read_as_toml(tmp_path: Path) -> None:
    sets = ['cleaning.rules=["stray_stop.v1"]', 'tasks.impression.leave_out=["cites_prior"]']
    found = recipe.load(write_recipe(tmp_path), sets)
    assert found.rules == ("stray_stop.v1",)
    assert found.tasks[0].leave_out == ("cites_prior",)
    assert found.content["cleaning"]["rules"] == ["stray_stop.v1"]


def test_a_later_setting_wins(tmp_path: Path) -> None:
    assert recipe.load(write_recipe(tmp_path), ["title=A", "title=B"]).title == "B"


def test_a_setting_may_add_a_table(tmp_path: Path) -> None:
    found = recipe.load(write_recipe(tmp_path), ["tasks.tagging.generator=tagging.v3"])
    assert [task.name for task in found.tasks] == ["impression", "tagging"]


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("titel=x", "unknown key `titel`; nearest allowed: `title`"),
        ("sources.clinic.license=x", "unknown key `sources.clinic.license`; nearest allowed: `licence`"),
        ("title=5", "`title` must be of type string, is 5"),
        ("sources.clinic=5", "`sources.clinic` must be of type object, is 5"),
        ("sources.clinic.path=gone.csv", "`sources.clinic.path` names "),
        ("sources.other.type=table", "missing key `sources.other.path`"),
        ("cleaning.rules=spaces.v1", "`cleaning.rules` must be of type array"),
    ],
)
def test_a_setting_is_checked_like_the_recipe(tmp_path: Path, setting: str, reason: str) -> None:
    assert _refused(tmp_path, RECIPE, setting).startswith(reason)


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("title", "expected KEY=VALUE"),
        ("=x", "expected KEY=VALUE"),
        (" =x", "expected KEY=VALUE"),
        ("title.x=y", "`title` is no table of the recipe"),
        ("sources.clinic.path.x=y", "`path` is no table of the recipe"),
        ("title=caf\udce9", "is not UTF-8"),
    ],
)
def test_a_setting_that_fits_nowhere_is_refused_by_itself(tmp_path: Path, setting: str, reason: str) -> None:
    with pytest.raises(UsageError, match="--set") as refused:
        recipe.load(write_recipe(tmp_path), [setting])
    assert reason in str(refused.value)


def test_a_file_name_that_is_not_utf8_is_refused_because_the_manifest_could_not_hold_it(tmp_path: Path) -> None:
    odd = tmp_path / "caf\udce9.csv"
    odd.touch()
    with pytest.raises(UsageError, match=r"`sources\.clinic\.path` names .*rename it"):
        recipe.load(write_recipe(tmp_path), [f"sources.clinic.path={odd}"])


def test_the_version_may_be_given_apart(tmp_path: Path) -> None:
    found = recipe.load(write_recipe(tmp_path), version="2.3.4")
    assert (found.version, found.content["version"]) == ("2.3.4", "2.3.4")
    assert "`version`" in _refused(tmp_path, RECIPE, version="two")


PIECES = st.sampled_from(
    ["sources", "clinic", "path", "title", "tasks", ".", "..", "=", "[", "]", '"', "5", "1e9", "\udce9"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(setting=st.one_of(st.text(max_size=20), st.lists(PIECES, max_size=8).map("".join)))
def test_any_setting_is_taken_or_refused(tmp_path: Path, setting: str) -> None:
    path = write_recipe(tmp_path)
    with contextlib.suppress(UsageError):
        assert recipe.load(path, [setting]).tasks
    # Whatever was set, the file itself is as it was.
    assert recipe.load(path).title == "Chest reports of a clinic"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, len(RECIPE)), length=st.integers(0, 40), new=st.text(max_size=10))
def test_any_damage_to_a_recipe_leaves_a_recipe_or_is_refused(
    tmp_path: Path, start: int, length: int, new: str
) -> None:
    path = write_recipe(tmp_path)
    path.write_text(RECIPE[:start] + new + RECIPE[start + length :], encoding="utf-8", newline="")
    try:
        found = recipe.load(path)
    except UsageError:
        return
    assert found.sources
    assert found.tasks


# errors.py


def test_errors_carry_their_exit_code() -> None:
    assert issubclass(UsageError, RadcurateError)
    assert (RadcurateError.exit_code, UsageError.exit_code) == (1, 2)


@pytest.mark.parametrize(("name", "closest"), [("finding", "findings"), ("zzz", "a"), ("", "a")])
def test_there_is_always_a_nearest_name(name: str, closest: str) -> None:
    assert nearest(name, ["a", "findings"] if name == "finding" else ["a"]) == closest


def test_what_a_library_says_on_several_lines_is_told_on_one() -> None:
    assert one_line(ValueError("bad page\n  header.\n")) == "bad page header."


def test_a_flag_that_no_record_carries_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match=r"tasks\.impression\.leave_out.*'cites_priors'.*nearest: 'cites_prior'"):
        recipe.load(recipe.locate("demo"), ['tasks.impression.leave_out=["cites_priors"]'])
