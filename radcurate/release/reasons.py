"""What a task says of its records: the meaning of flags and of the reasons why one is not there, and its labels."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from radcurate.records import FLAGS
from radcurate.reviews import RULE
from radcurate.tasks import load
from radcurate.tasks.deriving import LINKS_TEST_DOCUMENT, REPEATS_TRAINING_INPUT
from radcurate.tasks.repeats import MAX_REPEATS

LEFT_OUT_FOR_OTHERS = {
    MAX_REPEATS: "its input or its output is that of as many records of its split as the recipe's `max_repeats` allows",
    REPEATS_TRAINING_INPUT: "a validation or test record whose input is that of a training record too",
    LINKS_TEST_DOCUMENT: "a training record whose document names one of the test split as related",
    RULE: "a person rejected it; the audit says who and why",
}


def meanings(manifest: Mapping[str, Any], task: str) -> dict[str, str]:
    """Reasons that records of `task` may be missing for, with their meanings; those of the task's version that this
    code has, and none of a task that it does not know."""
    specification = manifest["recipe"]["tasks"].get(task, {})
    try:
        refusals = load(specification["generator"]).REFUSALS
    except (KeyError, ModuleNotFoundError):
        refusals = {}
    left_out = {
        flag: f"{FLAGS.get(flag, 'it carries this flag')}; the recipe leaves such records out"
        for flag in specification.get("leave_out", ())
    }
    return {**refusals, **left_out, **LEFT_OUT_FOR_OTHERS}


def label_reader(manifest: Mapping[str, Any], task: str) -> Callable[[str], Sequence[str]] | None:
    """How to read the labels in an answer of `task`, for a task whose answers are lists of them; else None."""
    try:
        module = load(manifest["recipe"]["tasks"][task]["generator"])
    except (KeyError, ModuleNotFoundError):
        return None
    return getattr(module, "labels", None)
