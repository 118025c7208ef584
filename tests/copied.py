"""A copy of the package, as a wheel would install it, that a test may change."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import radcurate
from radcurate import data_cards, schemas, spiders


def copy_package(folder: Path) -> Path:
    """The package as a wheel would install it, in `folder`, where it may be changed."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(radcurate.__file__).parent, folder / "radcurate", ignore=ignored)
    for package in (data_cards, schemas, spiders):
        name = package.__name__.rpartition(".")[2]
        if not (folder / "radcurate" / name).exists():
            shutil.copytree(Path(package.__file__).parent, folder / "radcurate" / name, ignore=ignored)
    return folder


def run_copy(folder: Path, *arguments: object, **options) -> subprocess.CompletedProcess[str]:
    """Runs Python on the copy in `folder` instead of the package that is installed."""
    environ = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environ, **options)
