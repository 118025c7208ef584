"""Puts a release together: tables from the last stage, then card and changelog, the manifest last, then one rename."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from radcurate.errors import DataError, UsageError
from radcurate.release import manifest, proof, quality
from radcurate.release.shards import CONTENT
from radcurate.splits import SPLITS
from radcurate.stages import Finished


def refuse_no_release(target: Path) -> None:
    """Raises `UsageError` where something else than a release stands at `target`."""
    if target.exists() and not (target / manifest.NAME).is_file():
        raise UsageError(f"{target}: is there already and is no release\nMove it away, or give another --out")


def refuse_another(target: Path, identity: Mapping[str, Any]) -> None:
    """Raises `UsageError` where `target` holds a release that these inputs would not give, or something else."""
    refuse_no_release(target)
    if not target.exists():
        return
    differing = manifest.differences(manifest.read(target), identity)
    if differing:
        raise UsageError(
            f"{target}: already holds another release of this version (its {', '.join(differing)} differ)\n"
            "A release never changes: give the new one a version of its own with --version, or another --out"
        )


def write_release(
    tables: Finished,
    target: Path,
    scratch: Path,
    identity: Mapping[str, Any],
    counts: Mapping[str, Any],
    card: Callable[[Path, Mapping[str, Any]], str],
) -> tuple[dict[str, Any], bool]:
    """Writes the release at `target` and returns its manifest, and whether it stood there already.

    `card` gives the README's text for the tables in a folder and the manifest without its files.
    `scratch` is a folder of the same file system that nothing else uses; what a killed build left there is removed.
    """
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    content: dict[str, str] = {}
    for shard in tables.shards:
        content.update(json.loads((shard / CONTENT).read_text(encoding="utf-8")))
        for folder in (path for path in shard.iterdir() if path.is_dir()):
            (scratch / folder.name).mkdir()
            for file in folder.iterdir():
                shutil.copyfile(file, scratch / folder.name / file.name)
    tasks = sorted(identity["recipe"]["tasks"])
    proved = proof.prove(scratch, tasks)
    if proof.broken(proved):
        raise DataError(f"the splits leak, so no release is written: {proof.sentence(proved)}")
    described: dict[str, Any] = {
        **identity,
        "counts": counts,
        "splits": proved,
        "tables": {name: {"content_sha256": digest} for name, digest in sorted(content.items())},
    }
    generators = {task["generator"] for task in identity["recipe"]["tasks"].values()}
    (scratch / quality.NAME).write_text(quality.text(generators), encoding="utf-8", newline="\n")
    (scratch / "README.md").write_text(card(scratch, described), encoding="utf-8", newline="\n")
    (scratch / "CHANGELOG.md").write_text(_changelog(described), encoding="utf-8", newline="\n")
    described["files"] = manifest.describe_files(scratch)
    for name, table in described["tables"].items():
        table["rows"] = sum(entry["rows"] for entry in described["files"] if entry["path"].startswith(f"{name}-"))
    text = manifest.sealed(described)
    if target.exists():
        hashes = {entry["path"]: entry["sha256"] for entry in described["files"]}
        if (target / manifest.NAME).read_bytes() != text.encode() or manifest.hashes(target) != hashes:
            raise DataError(f"{target}: was changed since it was built: run `radcurate verify {target}`")
        shutil.rmtree(scratch)
        return manifest.read(target), True
    (scratch / manifest.NAME).write_text(text, encoding="utf-8", newline="\n")
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(scratch, target)
    return manifest.read(target), False


def _changelog(described: Mapping[str, Any]) -> str:
    """This version's entry: what it was made of, how many records, and what changed since its parent."""
    lines = [f"# {described['name']}", "", f"## {described['version']}", ""]
    parent = described["parent"]
    if parent:
        lines.append(f"- Follows {parent['name']} {parent['version']} (manifest {parent['self_sha256'][:12]}…).")
    against = described["against"]
    if against:
        seal = against["self_sha256"][:12]
        lines.append(f"- Without the documents that {against['name']} {against['version']} holds (manifest {seal}…).")
    files = ", ".join(entry["name"] for entry in described["inputs"])
    limit = f", the first {described['limit']:,} inputs of each" if described["limit"] else ""
    lines.append(f"- Made by radcurate {described['code']['version']} from {files}{limit}.")
    before = parent["records"] if parent else {}
    for task, numbers in described["counts"]["records"].items():
        total = sum(numbers["kept"].values())
        change = f" ({total - before.get(task, 0):+,} against {parent['version']})" if parent else ""
        by_split = ", ".join(f"{numbers['kept'][split]:,} {split}" for split in SPLITS)
        lines.append(f"- `{task}`: {total:,} records{change}: {by_split}.")
    lines.extend(f"- `{task}`: no longer there." for task in sorted(before.keys() - described["counts"]["records"]))
    return "\n".join(lines) + "\n"
