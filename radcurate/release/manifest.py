"""The manifest of a release: every file with its hash, what it was made of, and the counts in and out of every step.

It holds no path, no number of workers, no engine and no time, so the same build anywhere writes the same bytes. It ends
with `self_sha256`, the sha256 of the manifest without that key.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from radcurate import schemas
from radcurate.errors import DataError
from radcurate.stages import canonical_json
from radcurate.tables import count_rows, file_sha256

NAME = "manifest.json"
SELF = "self_sha256"
# What makes two releases of one name and version the same one.
IDENTITY = ("name", "version", "recipe", "inputs", "permissions", "limit", "code", "environment", "parent", "against")


def hashes(folder: Path) -> dict[str, str]:
    """The sha256 of every file in a release but the manifest, by path, sorted."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: file_sha256(path) for name, path in sorted(paths.items()) if name != NAME}


def describe_files(folder: Path) -> list[dict[str, Any]]:
    """Path, sha256, bytes and, of Parquet files, rows of each file in a release but the manifest, sorted by path."""
    described = []
    for name, sha256 in hashes(folder).items():
        path = folder / name
        entry: dict[str, Any] = {"path": name, "sha256": sha256, "bytes": path.stat().st_size}
        if path.suffix == ".parquet":
            entry["rows"] = count_rows(path)
        described.append(entry)
    return described


def sealed(content: Mapping[str, Any]) -> str:
    """The text of `manifest.json` for this content, with its `self_sha256` at the end."""
    body = canonical_json(dict(content))
    seal = hashlib.sha256(body.encode(errors="surrogatepass")).hexdigest()
    return body.removesuffix("\n}\n") + f',\n  "{SELF}": "{seal}"\n}}\n'


def read(release: Path) -> dict[str, Any]:
    """The manifest of the release in this folder; `DataError` where there is none, or a broken one."""
    path = release / NAME
    try:
        text = path.read_text(encoding="utf-8")
        manifest = json.loads(text)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DataError(_no_release(release)) from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: is damaged: {error}") from error
    if not isinstance(manifest, dict):
        raise DataError(f"{path}: is damaged: no JSON object")
    return manifest


def _no_release(folder: Path) -> str:
    """Why this folder is none; people often name the folder above it."""
    if not folder.exists():
        return f"{folder}: there is no such folder"
    within = [path.parent for depth in ("*", "*/*") for path in sorted(folder.glob(f"{depth}/{NAME}"))]
    return f"{folder}: is no release: it has no {NAME}" + (f"; did you mean {within[-1]}?" if within else "")


def faults(release: Path) -> list[str]:
    """What is wrong with the manifest itself: its seal, its form, its schema."""
    manifest = read(release)
    body = {key: value for key, value in manifest.items() if key != SELF}
    found = [
        f"{NAME}: breaks its schema at {'.'.join(map(str, fault.instance_path)) or 'the top'}: {fault.message}"
        for fault in schemas.validator("manifest").iter_errors(manifest)
    ]
    if (release / NAME).read_bytes() != sealed(body).encode(errors="surrogatepass"):
        found.append(f"{NAME}: its self_sha256 does not fit, or its bytes were changed")
    return found


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any], keys: Iterable[str] = IDENTITY) -> list[str]:
    """The identity keys in which two manifests differ."""
    return [key for key in keys if ours.get(key) != theirs.get(key)]
