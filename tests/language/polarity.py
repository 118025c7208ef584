"""The polarity set, scored as its README says.

For `test_polarity_set.py` and `python -m benchmarks.language polarity`.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from radcurate.language.observations import Observation, observe

SET = Path(__file__).parent / "sets/polarity.jsonl"
SCORED = ("polarity", "cue", "side", "qualifier", "change", "device_status")


class Slip(NamedTuple):
    """What is wrong with one expected finding of an entry."""

    entry: str
    category: str
    text: str
    finding: str
    wrong: str


def entries() -> list[dict[str, Any]]:
    """Every entry of the set."""
    return [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]


def slips(entry: dict[str, Any]) -> Iterator[Slip]:
    """What is wrong in an entry: one slip for each expected finding that is not met in every key that it scores."""
    text = entry["text"]
    observations = observe(text, entry["section"])
    for expected in entry["expected"]:
        start = text.index(expected["text"])
        end = start + len(expected["text"])
        overlapping = [each for each in observations if each.start < end and start < each.end]
        wrong = _wrong(expected, overlapping)
        if wrong:
            yield Slip(entry["id"], entry["category"], text, expected["finding"], wrong)


def _wrong(expected: dict[str, Any], observations: Sequence[Observation]) -> str:
    if expected["polarity"] == "none":
        made = [f"{each.finding} {each.polarity}" for each in observations if each.polarity != "none"]
        return ", ".join(made)
    if not observations:
        return "no observation"
    # One observation must meet every key; sides may be told by two.
    sides = {each.side for each in observations}
    both = expected.get("side") == "bilateral" and sides >= {"left", "right"}
    keys = [key for key in SCORED if key in expected and not (key == "side" and both)]
    differing = [
        [f"{key}: {getattr(each, key)}, not {expected[key]}" for key in keys if getattr(each, key) != expected[key]]
        for each in observations
    ]
    return "; ".join(min(differing, key=len))
