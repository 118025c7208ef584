"""Where the Open-i archive comes from when a recipe names no path: the cache, its publisher, the torchxrayvision wheel.

`python -m radcurate.sources.openi_archive` brings it into the cache (`make data`).
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path

from radcurate.errors import DataError, RadcurateError, one_line
from radcurate.sources.openi import ARCHIVE_SHA256, PUBLISHER_URL
from radcurate.tables import file_sha256

NAME = "NLMCXR_reports.tgz"
WHEEL = "torchxrayvision==1.5.7"
WHEEL_MEMBER = f"torchxrayvision/data/{NAME}"
TIMEOUT_SECONDS = 30

Say = Callable[[str], None]


def cache_folder() -> Path:
    """`$RADCURATE_CACHE`, else `radcurate` under `$XDG_CACHE_HOME` or `~/.cache`."""
    own = os.environ.get("RADCURATE_CACHE")
    return Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "radcurate"


def find(say: Say) -> Path:
    """The archive's path in the cache, fetched first where it is missing; `say` hears where it came from.

    Raises `DataError` where no place has it, or where what came has another sha256.
    """
    cached = cache_folder() / NAME
    if cached.is_file():
        if file_sha256(cached) == ARCHIVE_SHA256:
            say(f"Open-i reports: from the cache, {cached}")
            return cached
        say(f"Open-i reports: {cached} is damaged (another sha256) and is fetched anew")
    cached.parent.mkdir(parents=True, exist_ok=True)
    failures = []
    for place, fetch in ((PUBLISHER_URL, _from_publisher), (f"the {WHEEL} wheel", _from_wheel)):
        with tempfile.TemporaryDirectory(dir=cached.parent) as folder:
            try:
                fetched = fetch(Path(folder))
            except DataError as error:
                failures.append(f"{place}: {error}")
                continue
            if (digest := file_sha256(fetched)) != ARCHIVE_SHA256:
                failures.append(f"{place}: another sha256, {digest}")
                continue
            fetched.replace(cached)
        say(f"Open-i reports: from {place}, kept as {cached}")
        return cached
    raise DataError(
        f"Open-i reports: not found ({'; '.join(failures)})\n"
        "Fetch NLMCXR_reports.tgz yourself and name it: --set sources.openi.path=NLMCXR_reports.tgz"
    )


def differs(path: Path) -> bool:
    """True for an archive given by hand whose sha256 is not the published one."""
    return path.is_file() and file_sha256(path) != ARCHIVE_SHA256


def folder_sha256(folder: Path) -> str:
    """One digest for a folder of files: over the sorted names and the digests of their bytes."""
    lines = (
        f"{path.relative_to(folder).as_posix()} {file_sha256(path)}" for path in folder.rglob("*") if path.is_file()
    )
    return hashlib.sha256("\n".join(sorted(lines)).encode(errors="surrogateescape")).hexdigest()


def _from_publisher(folder: Path) -> Path:
    target = folder / NAME
    try:
        with urllib.request.urlopen(PUBLISHER_URL, timeout=TIMEOUT_SECONDS) as answer, target.open("wb") as file:
            shutil.copyfileobj(answer, file)
    except (OSError, HTTPException) as error:
        raise DataError(one_line(error) or type(error).__name__) from error
    return target


def _from_wheel(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), WHEEL]
    command.append("--disable-pip-version-check")  # its notice would hide the error
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise DataError(result.stderr.strip().splitlines()[-1] if result.stderr.strip() else "pip download failed")
    wheel = next(folder.glob("*.whl"), None)
    if wheel is None:
        raise DataError("pip download brought no wheel")
    try:
        with zipfile.ZipFile(wheel) as archive:
            return Path(archive.extract(WHEEL_MEMBER, folder))
    except (zipfile.BadZipFile, KeyError) as error:
        raise DataError(f"{wheel.name}: {error}") from error


if __name__ == "__main__":
    try:
        find(print)
    except RadcurateError as problem:
        sys.exit(str(problem))
