"""The data card (README.md) of a release, from `data_cards/release.md.jinja`: every number in it is computed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

from radcurate import data_cards
from radcurate.cards.statistics import most_common, task_statistics
from radcurate.licences import is_restricted, licence_url
from radcurate.release.proof import sentence
from radcurate.splits import SPLITS
from radcurate.tasks import load
from radcurate.tasks.deriving import REPEATS_TRAINING_INPUT

# Hugging Face's size categories: the upper bound of each and its name.
SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)
MOST_ANSWERS = 5


def data_card(release: Path, manifest: Mapping[str, Any]) -> str:
    """The card of the release in this folder, whose manifest (without the files) is given."""
    template = Path(data_cards.__file__).parent / "release.md.jinja"
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.filters["percent"] = lambda share: f"{share:.1%}"
    tasks = [_task(release, manifest, name) for name in sorted(manifest["recipe"]["tasks"])]
    records = sum(task["total"] for task in tasks)
    by_source = sorted({pair for task in tasks for pair in task["licences"]})
    licences = sorted({licence for _, licence in by_source})
    return environment.from_string(template.read_text(encoding="utf-8")).render(
        manifest=manifest,
        recipe=manifest["recipe"],
        counts=manifest["counts"],
        splits=SPLITS,
        tasks=tasks,
        records=records,
        size=next((name for bound, name in SIZES if records < bound), "10M<n<100M"),
        licences=[(name, licence_url(name)) for name in licences],
        origins=[
            (source, manifest["recipe"]["sources"][source], licence, licence_url(licence), is_restricted(licence))
            for source, licence in by_source
        ],
        hub_licence=_hub_licence(licences),
        restricted=sum(task["restricted"] for task in tasks),
        proof=sentence(manifest["splits"]),
    )


def _hub_licence(licences: list[str]) -> str:
    """The Hub's identifier of the one licence of all records; `other` for mixed or special terms."""
    return licences[0].lower() if len(licences) == 1 and licence_url(licences[0]) else "other"


def _task(release: Path, manifest: Mapping[str, Any], name: str) -> dict[str, Any]:
    numbers = manifest["counts"]["records"][name]
    statistics = task_statistics(release, name)
    generator = manifest["recipe"]["tasks"][name]["generator"]
    leave_out = manifest["recipe"]["tasks"][name].get("leave_out", ())
    meanings = {
        **load(generator).REFUSALS,
        **{flag: "records with this flag are left out by the recipe" for flag in leave_out},
        REPEATS_TRAINING_INPUT: "a validation or test record whose input a training record has too",
    }
    return {
        "name": name,
        "generator": generator,
        "kept": numbers["kept"],
        "total": sum(numbers["kept"].values()),
        "considered": numbers["in"],
        "documents_used": numbers["documents_used"],
        "documents_seen": numbers["documents_seen"],
        "dropped": [(reason, count, meanings.get(reason, "")) for reason, count in numbers["dropped"].items()],
        "lengths": statistics["lengths"].to_dict("records"),
        "answers": most_common(statistics["answers"], MOST_ANSWERS),
        "different_answers": len(statistics["answers"]),
        "flags": sorted(statistics["flags"].items()),
        "licences": statistics["licences"],
        "restricted": statistics["restricted"],
    }
