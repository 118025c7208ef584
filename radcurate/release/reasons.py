"""What flags, and the reasons why a record is not there, mean in words."""

from collections.abc import Mapping
from typing import Any

from radcurate.tasks import load
from radcurate.tasks.deriving import REPEATS_TRAINING_INPUT

# Flags that records of any task may carry.
FLAGS = {
    "answer_in_input": "the whole answer stands in the input, word for word",
    "cites_prior": "the answer compares with an earlier study, which the input does not hold",
    "not_in_input": "the answer says something that the input does not",
    "not_in_text": "what the report does not state was left out of the answer and stands in `uncertain`",
}
REPEATS = "a validation or test record whose input is that of a training record too"


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
    return {**refusals, **left_out, REPEATS_TRAINING_INPUT: REPEATS}
