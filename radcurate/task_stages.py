"""The stages of one task: `derive`, where the recipe caps repeats `repeats` and `cap`, and `compare`."""

from collections.abc import Callable
from pathlib import Path

from radcurate import tasks
from radcurate.inputs import Input
from radcurate.recipe import TaskSpec
from radcurate.stages import Finished, Stage, Unit
from radcurate.tasks.deriving import compare_shard, derive_shard
from radcurate.tasks.repeats import cap_stage, repeats_stage


def run_task(
    run: Callable[[Stage], Finished], task: TaskSpec, split: Finished, verdicts: Path | None, reviewed: Input | None
) -> tuple[Finished, ...]:
    """Runs the stages of a task on the documents of `split`, `derive` first and `compare` last; `verdicts` is the file
    of people's reviews."""
    done = [run(_derive(task, split, verdicts, reviewed))]
    if task.max_repeats:
        done.append(run(repeats_stage(task.name, done[0], task.max_repeats)))
        done.append(run(cap_stage(task.name, *done)))
    return *done, run(_compare(task.name, done[-1]))


def _derive(task: TaskSpec, split: Finished, verdicts: Path | None, reviewed: Input | None) -> Stage:
    folders = split.shards
    also = (verdicts,) if verdicts else ()
    shown = sum(split.counts.get(f"documents.kind.{kind}", 0) for kind in tasks.load(task.generator).KINDS)
    return Stage(
        f"derive/{task.name}",
        derive_shard,
        tuple(Unit((folder, *folders, *also)) for folder in folders),
        {"split": split.digest, **({"reviews": reviewed.sha256} if reviewed else {})},
        {"generator": task.generator, "leave_out": sorted(task.leave_out), "reviewed": verdicts is not None},
        (tasks.module_name(task.generator),),
        total=shown,
    )


def _compare(task: str, derived: Finished) -> Stage:
    folders = derived.shards
    units = tuple(Unit((folder, *folders)) for folder in folders)
    made = derived.counts.get("records.made", 0)
    return Stage(f"compare/{task}", compare_shard, units, {"derive": derived.digest}, total=made)
