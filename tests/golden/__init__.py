"""What the demo release held when it was last looked at: `demo.json`, made by `python -m tests.golden`.

In: the manifest of a demo release. Out: the content hash of each of its tables, with the versions of the rules and
tasks, the inputs and the environment that gave them.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("demo.json")
COMMAND = "python -m tests.golden"


def read() -> dict[str, Any]:
    """The committed hashes."""
    return dict(json.loads(PATH.read_text(encoding="utf-8")))


def golden(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a release's manifest."""
    recipe = manifest["recipe"]
    return {
        "tables": {name: table["content_sha256"] for name, table in manifest["tables"].items()},
        "inputs": {item["name"]: item["sha256"] for item in manifest["inputs"]},
        "rules": recipe["cleaning"]["rules"],
        "tasks": {name: task["generator"] for name, task in sorted(recipe["tasks"].items())},
        "environment": manifest["environment"],
    }


def difference(kept: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Empty where the tables hold the same rows; else which differ, why that may be, and what to do."""
    names = sorted(
        name for name in kept["tables"].keys() | now["tables"] if kept["tables"].get(name) != now["tables"].get(name)
    )
    if not names:
        return ""
    found = f"the demo release holds other rows than {PATH.name} says in: {', '.join(names)}"
    if kept["inputs"] != now["inputs"]:
        return f"{found}\nThe demo reports changed: read what came of it, then keep it with `{COMMAND}`"
    if (kept["rules"], kept["tasks"]) != (now["rules"], now["tasks"]):
        return f"{found}\nThe recipe names other rules or tasks: read what came of it, then keep it with `{COMMAND}`"
    other = [
        f"{name} {version} (now {now['environment'].get(name)})"
        for name, version in kept["environment"].items()
        if now["environment"].get(name) != version
    ]
    if other:
        found += f"\nThe kept rows were made with {', '.join(other)}: another environment must give the same rows"
    return (
        f"{found}\nReports, rules and tasks have the versions they had: a change of behaviour is a new version "
        f"(`noise.v2`, `tagging.v2`) in the code and in the recipe; then keep the new rows with `{COMMAND}`"
    )
