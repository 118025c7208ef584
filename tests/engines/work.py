"""What workers are given to do; a module of its own, so that a worker imports little."""

import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from radcurate.errors import DataError, UsageError


def square(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    number = int(parameters["number"])
    (output / "square.txt").write_text(f"{number * number}\n", encoding="utf-8")
    return {"square": number * number}


def tell_process(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    return {"process": os.getpid()}


def fail_on_two(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    if parameters["number"] == 2:
        raise DataError("reports.csv: row 2 is damaged")
    return square(inputs, output, parameters)


def be_killed_on_two(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    if parameters["number"] == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return square(inputs, output, parameters)


def allocate(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    return {"bytes": len(bytearray(b"x") * int(parameters["number"]))}


def work_until_killed(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    while True:
        sum(range(10_000))


def own_id(*arguments: object) -> tuple[int, tuple[object, ...]]:
    return os.getpid(), arguments


def refuse(name: str) -> None:
    raise UsageError(f"{name}: no such column")


def be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
