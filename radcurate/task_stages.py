"""The stages of one task: `derive`, where the recipe caps repeats `repeats` and `cap`, where it bounds the balance
`weigh`, `balance` and `level`, and `compare`."""

from collections.abc import Callable
from pathlib import Path

from radcurate.inputs import Input
from radcurate.recipe_tasks import TaskSpec
from radcurate.stages import Finished, Stage, Unit
from radcurate.tasks.balance import balance_stage, level_stage
from radcurate.tasks.deriving import compare_shard, derive_shard
from radcurate.tasks.repeats import cap_stage, repeats_stage
from radcurate.tasks.weighing import weigh_stage


def run_task(
    run: Callable[[Stage], Finished], task: TaskSpec, split: Finished, verdicts: Path | None, reviewed: Input | None
) -> tuple[Finished, ...]:
    """Runs the stages of a task on the documents of `split`, `derive` first and `compare` last; `verdicts` is the file
    of people's reviews."""
    done = [run(_derive(task, split, verdicts, reviewed))]
    if task.max_repeats:
        done.append(run(repeats_stage(task.name, done[0], task.max_repeats)))
        done.append(run(cap_stage(task.name, *done)))
    if task.balance:
        derived = done[-1]
        weighed = run(weigh_stage(task.name, task.code, derived, split, task.balance))
        balance = run(balance_stage(task.name, weighed, task.balance))
        done += [weighed, balance, run(level_stage(task.name, derived, balance))]
    return *done, run(_compare(task.name, done[-1]))


def _derive(task: TaskSpec, split: Finished, verdicts: Path | None, reviewed: Input | None) -> Stage:
    folders = split.shards
    also = (*((verdicts,) if verdicts else ()), *task.code.files)
    shown = sum(split.counts.get(f"documents.kind.{kind}", 0) for kind in task.code.load().KINDS)
    return Stage(
        f"derive/{task.name}",
        derive_shard,
        tuple(Unit((folder, *folders, *also)) for folder in folders),
        {"split": split.digest, **({"reviews": reviewed.sha256} if reviewed else {})},
        {**task.code.parameters, "leave_out": sorted(task.leave_out), "reviewed": verdicts is not None},
        task.code.modules,
        total=shown,
    )


def _compare(task: str, derived: Finished) -> Stage:
    folders = derived.shards
    units = tuple(Unit((folder, *folders)) for folder in folders)
    made = derived.counts.get("records.made", 0)
    return Stage(f"compare/{task}", compare_shard, units, {"derive": derived.digest}, total=made)
