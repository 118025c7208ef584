"""The whole build, top to bottom: harvest → parse → clean → resolve → split → derive and compare each task → release.

    radcurate build openi --out releases --set sources.openi.path=NLMCXR_reports.tgz

In: a recipe and the files it names (the one site that is harvested here is the demo's own, on loopback). Out:
`<out>/<name>/<version>/`. Stages are kept in `<out>/.stages/`, so a build that was killed goes on from finished shards,
and a second one finds everything up to date.
"""

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import radcurate
from radcurate import reviews, sources, tasks
from radcurate.cards.data_card import data_card
from radcurate.cleaning.clean import clean_shard
from radcurate.cleaning.resolve import resolve_part, split_shard
from radcurate.environment import code_sha256, library_versions
from radcurate.errors import UsageError
from radcurate.harvest import harvest_stage, harvested, is_site
from radcurate.inputs import Given, Input, described, located, reviews_input
from radcurate.recipe import Recipe
from radcurate.release import manifest as manifests
from radcurate.release import shards as release_shards
from radcurate.release.counts import step_counts, total
from radcurate.release.writer import refuse_another, refuse_no_release, write_release
from radcurate.sources import SourceSpec
from radcurate.sources.parse import parse_file
from radcurate.splits import SPLITS
from radcurate.stages import STAGES, Engine, Finished, Stage, Unit, Watcher, run
from radcurate.tasks.deriving import compare_shard, derive_shard

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
    recipe: Recipe, out: Path, engine: Engine, teller: Teller, *, limit: int | None = None, parent: Path | None = None
) -> Built:
    """Builds the release of `recipe` under `out`.

    `limit` stops after so many inputs of each file. Raises `UsageError` where the version exists with other content,
    and `DataError` for inputs that cannot be read; then nothing is written.
    """
    target = out / recipe.name / recipe.version
    refuse_no_release(target)
    ancestor = _parent(parent)
    given = located([spec for spec in recipe.sources if not _is_site(spec)], teller.say)
    with _alone(out):
        work = out / STAGES
        stages = _Stages(work, engine, teller)
        crawled = [_crawled(spec, stages) for spec in recipe.sources if _is_site(spec)]
        known = described(sorted([*given, *crawled], key=lambda spec: spec.name))
        reviewed = reviews_input(recipe.reviews) if recipe.reviews else None
        identity = _identity(recipe, known, limit, ancestor, reviewed)
        refuse_another(target, identity)
        finished = _documents(stages, recipe, known, limit)
        compared = {}
        for task in recipe.tasks:
            derived = stages.run(_derive(task.generator, task.leave_out, finished["split"], recipe.reviews, reviewed))
            compared[task.name] = (derived, stages.run(_compare(task.name, derived)))
        if recipe.reviews:
            _tell_verdicts(len(reviews.load(recipe.reviews)), [derived for derived, _ in compared.values()], teller)
        counts = step_counts(finished, compared)
        tables = stages.run(_release(finished, compared))
        manifest, up_to_date = write_release(tables, target, work / "release.tmp", identity, counts, data_card)
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


def _documents(stages: _Stages, recipe: Recipe, known: Sequence[Given], limit: int | None) -> dict[str, Finished]:
    """The finished stages from `parse` to `split`."""
    size = sum(item.bytes for source in known for item in source.inputs)
    count = min(MOST_SHARDS, FEWEST_SHARDS + size // BYTES_PER_SHARD)
    parse = stages.run(_parse(known, count, limit))
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
    resolve = stages.run(
        Stage(
            "resolve",
            resolve_part,
            tuple(Unit(tuple(clean.shards), {"bucket": shard}) for shard in shards),
            {"clean": clean.digest},
        )
    )
    split = stages.run(
        Stage(
            "split",
            split_shard,
            tuple(Unit((clean.shards[shard], *resolve.shards), {"shard": shard}) for shard in shards),
            {"clean": clean.digest, "resolve": resolve.digest},
            total=clean.counts.get("documents.clean", 0),
        )
    )
    return {"parse": parse, "clean": clean, "resolve": resolve, "split": split}


def _parse(known: Sequence[Given], shards: int, limit: int | None) -> Stage:
    specs = [source.spec for source in known]
    units = tuple(Unit((path,), {"file": path.name, "source": _told(spec)}) for spec in specs for path in spec.paths)
    return Stage(
        "parse",
        parse_file,
        units,
        {f"{item.source}/{item.name}": item.sha256 for source in known for item in source.inputs},
        {"shards": shards, "limit": limit},
        tuple(sorted({sources.module_name(spec.type) for spec in specs})),
    )


def _told(spec: SourceSpec) -> dict[str, Any]:
    """What a worker is told of a source: nothing that differs from machine to machine but the places it must read."""
    options = {key: value for key, value in spec.options.items() if key != "permission"}
    return {"name": spec.name, "type": spec.type, "options": options, "permission": spec.permission}


def _derive(
    generator: str, leave_out: Sequence[str], split: Finished, verdicts: Path | None, reviewed: Input | None
) -> Stage:
    folders = split.shards
    also = (verdicts,) if verdicts else ()
    shown = sum(split.counts.get(f"documents.kind.{kind}", 0) for kind in tasks.load(generator).KINDS)
    return Stage(
        f"derive/{generator.rpartition('.')[0]}",
        derive_shard,
        tuple(Unit((folder, *folders, *also)) for folder in folders),
        {"split": split.digest, **({"reviews": reviewed.sha256} if reviewed else {})},
        {"generator": generator, "leave_out": sorted(leave_out), "reviewed": verdicts is not None},
        (tasks.module_name(generator),),
        total=shown,
    )


def _tell_verdicts(given: int, derived: Sequence[Finished], teller: Teller) -> None:
    """Says how many verdicts of people were applied, and which kind was not."""
    applied = sum(stage.counts.get("verdicts.applied", 0) for stage in derived)
    outdated = sum(stage.counts.get("verdicts.outdated", 0) for stage in derived)
    lost = given - applied - outdated
    teller.say(
        f"reviews: {applied:,} of {given:,} verdicts applied; {outdated:,} on an answer that is another by now, "
        f"{lost:,} on records that are not made (any more)"
    )


def _compare(task: str, derived: Finished) -> Stage:
    folders = derived.shards
    units = tuple(Unit((folder, *folders)) for folder in folders)
    made = derived.counts.get("records.made", 0)
    return Stage(f"compare/{task}", compare_shard, units, {"derive": derived.digest}, total=made)


def _release(finished: Mapping[str, Finished], compared: Mapping[str, tuple[Finished, Finished]]) -> Stage:
    """One unit a folder of the release; they differ in function, so a parameter says which one a unit runs."""
    audited = [*finished.values(), *(stage for pair in compared.values() for stage in pair)]
    dropped = sum(total(stage.counts, ".dropped.") for stage in audited)
    edited = sum(total(stage.counts, "edits.") for stage in audited)
    split = finished["split"]
    units = [
        Unit(tuple(split.shards), {"table": "documents", "rows": split.counts.get("documents.kept", 0)}),
        Unit(
            tuple(folder for stage in audited for folder in stage.shards),
            {"table": "audit", "dropped": dropped, "edited": edited},
        ),
    ]
    for task, (_, stage) in compared.items():
        rows = {name: stage.counts.get(f"records.kept.{name}", 0) for name in SPLITS}
        units.append(Unit(tuple(stage.shards), {"table": "records", "task": task, **rows}))
    digests = {name: stage.digest for name, stage in finished.items()}
    digests.update(
        {
            f"{stage}/{task}": pair[n].digest
            for task, pair in compared.items()
            for n, stage in enumerate(("derive", "compare"))
        }
    )
    return Stage("release", release_shards.write_folder, tuple(units), digests)
