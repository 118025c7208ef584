"""What a task says of its records: the meaning of flags and of the reasons why one is not there, and its labels."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from radcurate.records import FLAGS
from radcurate.reviews import RULE
from radcurate.tasks import Task, balance, load
from radcurate.tasks.deriving import LINKS_TEST_DOCUMENT, REPEATS_TRAINING_INPUT
from radcurate.tasks.repeats import MAX_REPEATS

LEFT_OUT_FOR_OTHERS = {
    MAX_REPEATS: "its input or its output is that of as many records of its split as the recipe's `max_repeats` allows",
    balance.ANSWER_WORDS: "its answer has fewer or more words than the recipe's `answer_words` allows",
    balance.RECORDS_PER_DOCUMENT: "its document gives as many others as the recipe's `records_per_document` allows",
    balance.NORMAL_SHARE: "its study is normal, and others fill the recipe's `normal_share` of its split",
    balance.LABEL_SHARE: "its label has in others as much of its split as the recipe's `most_share` allows",
    balance.LABEL_SPREAD: "its label is commoner in its split than the bound `label_spread` allows",
    REPEATS_TRAINING_INPUT: "a validation or test record whose input is that of a training record too",
    LINKS_TEST_DOCUMENT: "a training record whose document names one of the test split as related",
    RULE: "a person rejected it; the audit says who and why",
}


def code_of(manifest: Mapping[str, Any], task: str) -> Task | None:
    """The code of `task` that is at hand: a bundled task; of one from outside none, a manifest tells no path."""
    specification = manifest["recipe"]["tasks"].get(task, {})
    if "outside" in specification or "generator" not in specification:
        return None
    try:
        return load(specification["generator"])
    except ModuleNotFoundError:
        return None


def meanings(manifest: Mapping[str, Any], task: str) -> dict[str, str]:
    """Reasons that records of `task` may be missing for, with their meanings; those of the task's version that this
    code has (of a task from outside those that the manifest tells), and none of a task that it does not know."""
    specification = manifest["recipe"]["tasks"].get(task, {})
    code = code_of(manifest, task)
    refusals = code.REFUSALS if code else specification.get("outside", {}).get("refusals", {})
    left_out = {
        flag: f"{FLAGS.get(flag, 'it carries this flag')}; the recipe leaves such records out"
        for flag in specification.get("leave_out", ())
    }
    return {**refusals, **left_out, **LEFT_OUT_FOR_OTHERS}


def label_reader(manifest: Mapping[str, Any], task: str) -> Callable[[str], Sequence[str]] | None:
    """How to read the labels in an answer of `task`, for a task whose answers are lists of them; else None."""
    return getattr(code_of(manifest, task), "labels", None)
