"""The whole build, top to bottom: harvest → parse → clean → resolve → split → derive and compare each task → release.

    radcurate build openi --out releases --set sources.openi.path=NLMCXR_reports.tgz

In: a recipe and the files it names (the one site that is harvested here is the demo's own, on loopback). Out:
`<out>/<name>/<version>/`. Stages are kept in `<out>/.stages/`, so a build that was killed goes on from finished shards,
and a second one finds everything up to date.
"""

import fcntl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import radcurate
from radcurate import reviews
from radcurate.against import Against, earlier_release, seen_stage
from radcurate.cards.data_card import data_card
from radcurate.cleaning.clean import clean_shard
from radcurate.cleaning.near_stages import Earlier, run_near
from radcurate.cleaning.resolve import resolve_part, split_shard
from radcurate.environment import code_sha256, library_versions
from radcurate.errors import UsageError
from radcurate.harvest import harvest_stage, harvested, is_site
from radcurate.inputs import Given, Input, described, located, reviews_input
from radcurate.parse_stages import run_parse
from radcurate.recipe import Recipe
from radcurate.recipe_tasks import changed_unnoticed
from radcurate.release import manifest as manifests
from radcurate.release.counts import step_counts
from radcurate.release.shards import release_stage
from radcurate.release.writer import refuse_another, refuse_no_release, write_release
from radcurate.sources import SourceSpec
from radcurate.stages import STAGES, Engine, Finished, Stage, Unit, Watcher, run
from radcurate.task_stages import run_task
from radcurate.tasks.balance import EMPTIED, UNSEEN

# One shard for every 256 KiB of input keeps a worker's memory small; past 512 shards they grow instead.
BYTES_PER_SHARD = 256 * 1024
FEWEST_SHARDS, MOST_SHARDS = 4, 512


@dataclass(frozen=True)
class Built:
    """Where the release is, its manifest, and whether it stood there already."""

    folder: Path
    manifest: Mapping[str, Any]
    up_to_date: bool


class Teller(Watcher, Protocol):
    """A watcher that also hears what is decided on the way (where a file came from, say)."""

    def say(self, message: str) -> None:
        """One line."""


def build(
    recipe: Recipe,
    out: Path,
    engine: Engine,
    teller: Teller,
    *,
    limit: int | None = None,
    parent: Path | None = None,
    against: Path | None = None,
) -> Built:
    """Builds the release of `recipe` under `out`, without the documents that the release `against` holds.

    `limit` stops after so many inputs of each file. Raises `UsageError` where the version exists with other content,
    and `DataError` for inputs that cannot be read; then nothing is written.
    """
    target = out / recipe.name / recipe.version
    refuse_no_release(target)
    ancestor = _parent(parent)
    for warning in changed_unnoticed(manifests.read(parent)["recipe"], recipe.content) if parent else ():
        teller.say(warning)
    seen = earlier_release(against, recipe.rules) if against else None
    given = located([spec for spec in recipe.sources if not _is_site(spec)], teller.say)
    with _alone(out):
        work = out / STAGES
        stages = _Stages(work, engine, teller)
        crawled = [_crawled(spec, stages) for spec in recipe.sources if _is_site(spec)]
        known = described(sorted([*given, *crawled], key=lambda spec: spec.name))
        reviewed = reviews_input(recipe.reviews) if recipe.reviews else None
        identity = _identity(recipe, known, limit, ancestor, seen, reviewed)
        refuse_another(target, identity)
        finished = _documents(stages, recipe, known, limit, seen)
        compared = {}
        for task in recipe.tasks:
            compared[task.name] = run_task(stages.run, task, finished["split"], recipe.reviews, reviewed)
        _tell_balance(compared, teller)
        if recipe.reviews:
            _tell_verdicts(len(reviews.load(recipe.reviews)), [derived for derived, *_ in compared.values()], teller)
        counts = step_counts(finished, compared)
        tables = stages.run(release_stage(finished, compared))
        card = partial(data_card, labels=_label_readers(recipe))
        manifest, up_to_date = write_release(tables, target, work / "release.tmp", identity, counts, card)
    return Built(target, manifest, up_to_date)


def _is_site(spec: SourceSpec) -> bool:
    return any(is_site(path) for path in spec.paths)


def _crawled(spec: SourceSpec, stages: "_Stages") -> SourceSpec:
    """The source with the snapshot of the site that it names; the site is crawled where that was not done before."""
    return harvested(spec, stages.run(harvest_stage()))


def _identity(
    recipe: Recipe,
    known: Sequence[Given],
    limit: int | None,
    parent: Mapping[str, Any] | None,
    against: Against | None,
    reviewed: Input | None,
) -> dict[str, Any]:
    inputs = [item for source in known for item in source.inputs]
    return {
        "name": recipe.name,
        "version": recipe.version,
        "recipe": dict(recipe.content),
        "inputs": [asdict(item) for item in (*inputs, *([reviewed] if reviewed else []))],
        "permissions": [
            {"source": source.spec.name, **source.permission.kept()} for source in known if source.permission
        ],
        "limit": limit,
        "code": {"version": radcurate.__version__, "sha256": code_sha256()},
        "environment": library_versions(),
        "parent": parent,
        "against": against.told if against else None,
    }


def _parent(release: Path | None) -> dict[str, Any] | None:
    if release is None:
        return None
    manifest = manifests.read(release)
    records = {task: sum(numbers["kept"].values()) for task, numbers in manifest["counts"]["records"].items()}
    return {**{key: manifest[key] for key in ("name", "version", manifests.SELF)}, "records": records}


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Holds the output folder's lock, which the system frees however the process ends."""
    (out / STAGES).mkdir(parents=True, exist_ok=True)
    with (out / STAGES / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(f"{out}: another build is running there; wait for it, or give another --out") from error
        yield


@dataclass(frozen=True)
class _Stages:
    """Runs stages one after the other in one work folder."""

    work: Path
    engine: Engine
    watcher: Watcher

    def run(self, stage: Stage) -> Finished:
        return run(stage, self.work, self.engine, self.watcher)


def shard_count(size: int) -> int:
    """In how many shards documents are worked on that come from so many bytes of input."""
    return min(MOST_SHARDS, FEWEST_SHARDS + size // BYTES_PER_SHARD)


def _documents(
    stages: _Stages, recipe: Recipe, known: Sequence[Given], limit: int | None, against: Against | None
) -> dict[str, Finished]:
    """The finished stages from `parse` to `split`."""
    size = sum(item.bytes for source in known for item in source.inputs)
    count = shard_count(size)
    parse = run_parse(stages.run, known, count, limit)
    shards = range(count)
    clean = stages.run(
        Stage(
            "clean",
            clean_shard,
            tuple(Unit(tuple(parse.shards), {"shard": shard}) for shard in shards),
            {"parse": parse.digest},
            {"rules": list(recipe.rules), "shards": count, "deidentify": recipe.deidentify},
            total=parse.counts.get("inputs.kept", 0),
        )
    )
    earlier = _earlier(stages, recipe, against, count) if against else None
    resolve = stages.run(
        Stage(
            "resolve",
            resolve_part,
            tuple(Unit((*clean.shards, *(earlier.folders if earlier else ())), {"bucket": shard}) for shard in shards),
            {"clean": clean.digest, "seen": earlier.digest if earlier else ""},
            {"against": earlier.name if earlier else None},
        )
    )
    threshold = recipe.near_threshold
    near = {} if threshold is None else run_near(stages.run, threshold, clean, resolve, earlier)
    decided = (*resolve.shards, *(near["near"].shards if near else ()))
    split = stages.run(
        Stage(
            "split",
            split_shard,
            tuple(Unit((clean.shards[shard], *decided), {"shard": shard}) for shard in shards),
            {"clean": clean.digest, "resolve": resolve.digest, "near": near["near"].digest if near else ""},
            total=clean.counts.get("documents.clean", 0),
        )
    )
    return {"parse": parse, "clean": clean, "resolve": resolve, **near, "split": split}


def _earlier(stages: _Stages, recipe: Recipe, against: Against, shards: int) -> Earlier:
    seen = stages.run(seen_stage(against, recipe.rules, recipe.near_threshold, shards))
    return Earlier(f"{against.name} {against.version}", tuple(seen.shards), seen.digest)


def _label_readers(recipe: Recipe) -> dict[str, Callable[[str], Sequence[str]]]:
    """How to read the labels of tasks from outside, whose files nobody finds by the manifest."""
    tasks = {task.name: task.code.load() for task in recipe.tasks if task.file}
    return {name: task.labels for name, task in tasks.items() if hasattr(task, "labels")}


def _tell_balance(compared: Mapping[str, Sequence[Finished]], teller: Teller) -> None:
    """Says which bounds left nothing of a split, and which labels are bounded that no record has."""
    for task, stages in compared.items():
        for name in sorted(name for stage in stages for name in stage.counts):
            if name.startswith(EMPTIED):
                split = name.removeprefix(EMPTIED)
                teller.say(f"warning: `tasks.{task}.balance` leaves no {split} record: the audit says which bound")
            elif name.startswith(UNSEEN):
                label = name.removeprefix(UNSEEN)
                teller.say(f"warning: `tasks.{task}.balance.most_share` bounds {label!r}, a label that no record has")


def _tell_verdicts(given: int, derived: Sequence[Finished], teller: Teller) -> None:
    """Says how many verdicts of people were applied, and which kind was not."""
    applied = sum(stage.counts.get("verdicts.applied", 0) for stage in derived)
    outdated = sum(stage.counts.get("verdicts.outdated", 0) for stage in derived)
    lost = given - applied - outdated
    teller.say(
        f"reviews: {applied:,} of {given:,} verdicts applied; {outdated:,} on an answer that is another by now, "
        f"{lost:,} on records that are not made (any more)"
    )
