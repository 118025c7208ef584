"""The recipe: TOML in, checked dataclasses out; an error names the file, the key and what is allowed there.

`schemas/recipe.schema.json` is the contract; `docs/recipe.md` is made from it. Bundled recipes lie in
`radcurate/recipes/`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import radcurate
from radcurate import checked_toml, recipe_tasks
from radcurate.errors import UsageError, nearest
from radcurate.recipe_tasks import TaskSpec, check_names
from radcurate.sources import INVENTED, SourceSpec, has_surrogates
from radcurate.tasks import TaskFile

if TYPE_CHECKING:
    from radcurate.cleaning.deidentify.policy import Policy

BUNDLED = Path(__file__).parent / "recipes"
PACKAGE_PREFIX = "package:"
# Options of sources that name a folder or file beside `path`; like it, no manifest holds them.
PLACES = ("tables", "labels", "permission", "pages")
# Names a file with a secret; a manifest holds its sha256.
KEY = ["cleaning", "dates", "key"]


@dataclass(frozen=True)
class Recipe:
    """A checked recipe; `content` is what it says without any path, as the manifest keeps it; `near_threshold` is the
    Jaccard similarity from which articles and cases are near-duplicates, None where no rule looks for any; `reviews` is
    the file of verdicts on its records, `deidentify` what `clean` is told of surrogates and dates (with the key)."""

    name: str
    version: str
    title: str
    description: str
    language: str
    sources: tuple[SourceSpec, ...]
    rules: tuple[str, ...]
    near_threshold: float | None
    tasks: tuple[TaskSpec, ...]
    content: Mapping[str, Any]
    reviews: Path | None = None
    deidentify: Mapping[str, Any] = field(default_factory=dict)


def bundled_names() -> list[str]:
    """The names of the recipes that come with radcurate."""
    return sorted(path.stem for path in BUNDLED.glob("*.toml"))


def locate(recipe: str) -> Path:
    """The file of a recipe given as a path or as the name of a bundled one."""
    if recipe in bundled_names():
        return BUNDLED / f"{recipe}.toml"
    path = Path(recipe)
    if path.is_file():
        return path
    raise UsageError(
        f"{recipe}: no such recipe file, and no bundled recipe of that name\n"
        f"Nearest bundled recipe: {nearest(recipe, bundled_names())} (`radcurate recipes` lists them)"
    )


def load(path: Path, settings: Sequence[str] = (), version: str | None = None) -> Recipe:
    """Reads, overrides (`KEY=VALUE`, dotted keys) and checks a recipe; raises `UsageError` for anything wrong in it."""
    data = checked_toml.read(path, "recipe")
    for setting in settings:
        _override(data, setting)
    if version is not None:
        data["version"] = version
    checked_toml.refuse_wrong(path, data, "recipe")
    files = recipe_tasks.files_of(path, data["tasks"], _resolve)
    _check(path, data, files)
    return _build(path, data, files)


def _override(data: dict[str, Any], setting: str) -> None:
    key, equals, text = setting.partition("=")
    if not equals or not key.strip():
        raise UsageError(f"--set {setting}: expected KEY=VALUE, as in --set sources.openi.path=reports.tgz")
    parts = key.strip().split(".")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        value = text
    is_task_file = parts[0] == "tasks" and parts[-1] == "generator" and text.endswith(recipe_tasks.TASK_FILE)
    if (
        parts[-1] == "path"
        or is_task_file
        or parts in (["reviews"], KEY)
        or (parts[0] == "sources" and len(parts) == 3 and parts[-1] in PLACES)
    ):
        value = [_from_here(str(item)) for item in value] if isinstance(value, list) else value
        value = value if isinstance(value, list) else _from_here(value if isinstance(value, str) else text)
    elif has_surrogates(setting):
        raise UsageError(f"--set {setting!r}: is not UTF-8")
    table = data
    for part in parts[:-1]:
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            raise UsageError(f"--set {setting}: `{part}` is no table of the recipe")
    table[parts[-1]] = value


def _from_here(path: str) -> str:
    return path if path.startswith(PACKAGE_PREFIX) else str(Path.cwd() / path)


def _check(path: Path, data: Mapping[str, Any], files: Mapping[str, TaskFile]) -> None:
    from radcurate import cleaning
    from radcurate.cleaning import duplicates
    from radcurate.cleaning.deidentify import policy as deidentify

    rules = data["cleaning"]["rules"]
    check_names(path, "cleaning.rules", rules, cleaning.RULE_IDS)
    if "near_duplicates" in data["cleaning"] and duplicates.NEAR_DUPLICATE not in rules:
        raise UsageError(
            f"{path}: `cleaning.near_duplicates` is set, but `cleaning.rules` does not name {duplicates.NEAR_DUPLICATE}"
        )
    deidentify.check(path, rules, "dates" in data["cleaning"])
    recipe_tasks.check(path, data["tasks"], files)
    checked_toml.refuse_wrong(path, data, "recipe")


def _build(path: Path, data: dict[str, Any], files: Mapping[str, TaskFile]) -> Recipe:
    named = data.pop("reviews", None)
    reviews = _resolve(path, named) if named else None
    if reviews and not reviews.is_file():
        raise UsageError(f"{path}: `reviews` names {reviews}, which does not exist")
    content = {**data, "description": data.get("description", ""), "language": data.get("language", "en")}
    content["sources"] = {
        name: {key: value for key, value in source.items() if key not in ("path", *PLACES)}
        for name, source in data["sources"].items()
    }
    content["tasks"] = {name: recipe_tasks.told(task, files.get(name)) for name, task in data["tasks"].items()}
    policy = _policy(path, data)
    if policy.shift:
        told = {"day_first": policy.shift.day_first, "key_sha256": policy.shift.digest}
        content["cleaning"] = {**data["cleaning"], "dates": told}
    return Recipe(
        name=data["name"],
        version=data["version"],
        title=data["title"],
        description=content["description"],
        language=content["language"],
        sources=tuple(_source(path, name, source) for name, source in sorted(data["sources"].items())),
        rules=tuple(data["cleaning"]["rules"]),
        near_threshold=_near_threshold(data["cleaning"]),
        tasks=tuple(recipe_tasks.spec(name, task, files.get(name)) for name, task in sorted(data["tasks"].items())),
        content=content,
        reviews=reviews,
        deidentify=policy.parameters(),
    )


def _near_threshold(cleaning: Mapping[str, Any]) -> float | None:
    from radcurate.cleaning.duplicates import DEFAULT_THRESHOLD, NEAR_DUPLICATE

    if NEAR_DUPLICATE not in cleaning["rules"]:
        return None
    return float(cleaning.get("near_duplicates", {}).get("threshold", DEFAULT_THRESHOLD))


def _policy(path: Path, data: Mapping[str, Any]) -> "Policy":
    from radcurate.cleaning.deidentify import policy as deidentify
    from radcurate.cleaning.rules import Shift

    cleaning, dates = data["cleaning"], data["cleaning"].get("dates")
    invented = tuple(sorted(name for name, source in data["sources"].items() if source["type"] in INVENTED))
    shift = None
    if dates:
        shift = Shift(deidentify.read_key(_resolve(path, dates["key"])), dates.get("day_first", False))
    return deidentify.Policy(invented, cleaning.get("surrogates") == deidentify.TREAT, shift)


def _source(recipe: Path, name: str, source: Mapping[str, Any]) -> SourceSpec:
    given = source.get("path", [])
    paths = tuple(_resolve(recipe, item) for item in ([given] if isinstance(given, str) else given))
    for path in paths:
        if not path.exists():
            raise UsageError(f"{recipe}: `sources.{name}.path` names {path}, which does not exist")
        if has_surrogates(path.name):
            raise UsageError(f"{recipe}: `sources.{name}.path` names {path.name!r}, which is not UTF-8; rename it")
    if len({path.name for path in paths}) < len(paths):
        raise UsageError(f"{recipe}: `sources.{name}.path` names two files of one name; a release tells inputs by name")
    options = {key: value for key, value in source.items() if key not in ("path", "type")}
    for key in PLACES:
        if key in options:
            options[key] = str(_resolve(recipe, options[key]))
    return SourceSpec(name, source["type"], tuple(sorted(paths, key=lambda path: path.name)), options)


def _resolve(recipe: Path, path: str) -> Path:
    if path.startswith(PACKAGE_PREFIX):
        return Path(radcurate.__file__).parent / path.removeprefix(PACKAGE_PREFIX)
    return recipe.resolve().parent / path
