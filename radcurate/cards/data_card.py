"""The data card (README.md) of a release, from `data_cards/release.md.jinja`: every number in it is computed."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from radcurate import data_cards
from radcurate.licences import is_restricted, licence_url
from radcurate.records import FLAGS
from radcurate.release.overview import drawn
from radcurate.release.quality import measured
from radcurate.release.reasons import label_reader, meanings
from radcurate.release.statistics import NOT_STATED, document_statistics, most_common, task_statistics
from radcurate.sources import publishing
from radcurate.splits import SPLITS
from radcurate.tables import read_rows
from radcurate.tasks import load
from radcurate.tasks.task_files import what

LabelReader = Callable[[str], Sequence[str]]

# Hugging Face's size categories: the upper bound of each and its name.
SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)
CREDITED = ("document_id", "kind", "source", "title", "authors", "revised", "doi", "url", "licence")
MOST_ANSWERS = 5
MOST_LABELS = 10
MOST_AUTHORS = 8
# Articles and cases are credited one by one in the card, up to so many.
MOST_CREDITS = 200


def data_card(release: Path, manifest: Mapping[str, Any], labels: Mapping[str, LabelReader] | None = None) -> str:
    """The card of the release in this folder, whose manifest (without the files) is given; `labels` reads the labels of
    tasks from outside, by name."""
    template = Path(data_cards.__file__).parent / "release.md.jinja"
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters.update(thousands=_thousands, percent=_percent, counted=_counted, cell=_cell, fenced=_fenced)
    environment.filters["by_name"] = _by_name
    tasks = [_task(release, manifest, name, (labels or {}).get(name)) for name in sorted(manifest["recipe"]["tasks"])]
    documents = document_statistics(release)
    origins = _origins(manifest, documents, tasks)
    records = sum(task["records"] for task in tasks)
    licences = sorted({(origin["licence"], origin["licence_url"], origin["restricted"]) for origin in origins})
    return environment.from_string(template.read_text(encoding="utf-8")).render(
        manifest=manifest,
        recipe=manifest["recipe"],
        counts=manifest["counts"],
        proof=manifest["splits"],
        splits=SPLITS,
        tasks=tasks,
        loadable=[task for task in tasks if task["records"]],
        records=records,
        size=size_category(records),
        licences=licences,
        hub_licence=_hub_licence(licences),
        origins=origins,
        credits=_credits(release, origins),
        site=any(kind != "report" for kind in documents["kinds"]),
        closed=[origin for origin in origins if origin["restricted"]],
        restricted=sum(task["restricted"] for task in tasks),
        kinds=documents["kinds"],
        systems=documents["systems"],
        modalities=documents["modalities"],
        dropped=_dropped(manifest["counts"]),
        edits=sum(manifest["counts"]["edits"].values()),
    )


def size_category(records: int) -> str:
    """The Hub's size category."""
    return next((name for bound, name in SIZES if records < bound), "10M<n<100M")


def _thousands(number: int) -> str:
    return f"{number:,}"


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _counted(number: int, noun: str) -> str:
    """`1 document`, `2,000 documents`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _by_name(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    """Names and counts in alphabetical order, what is not stated last."""
    return sorted(counted.items(), key=lambda item: (item[0] == NOT_STATED, item[0].casefold(), item[0]))


def _cell(text: str) -> str:
    """Text that may stand in a cell of a Markdown table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def _fenced(text: str) -> str:
    """Text as a code block, whatever it holds."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _hub_licence(licences: Sequence[tuple[str, str | None, bool]]) -> str:
    """The Hub's identifier of the one licence of all text; `other` for mixed or special terms, `unknown` without text.

    A licence that forbids to publish what is derived counts as special: a record is not the text it was derived from.
    """
    if not licences:
        return "unknown"
    if len(licences) > 1:
        return "other"
    ((name, _, restricted),) = licences
    return "other" if restricted or licence_url(name) is None else name.lower()


def _origins(
    manifest: Mapping[str, Any], documents: Mapping[str, Any], tasks: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Where the text comes from: one entry for each source and licence."""
    return [
        {
            "source": source,
            "type": manifest["recipe"]["sources"][source]["type"],
            "credit": manifest["recipe"]["sources"][source].get("credit"),
            "publishes_splits": source in publishing(manifest),
            "licence": licence,
            "licence_url": licence_url(licence) or documents["licence_urls"].get(licence),
            "restricted": is_restricted(licence),
            "documents": number,
            "records": sum(task["origins"][source, licence] for task in tasks),
            "authors": _authors(documents["authors"].get(source, {})),
        }
        for (source, licence), number in sorted(documents["origins"].items())
    ]


def _credits(release: Path, origins: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Articles and cases that may be named in a public place, by title; none where they are too many."""
    closed = {(origin["source"], origin["licence"]) for origin in origins if origin["restricted"]}
    found = []
    for path in sorted((release / "documents").glob("documents-*.parquet")):
        for row in read_rows(path, CREDITED):
            if row["kind"] != "report" and (row["source"], row["licence"]) not in closed:
                found.append(row)
                if len(found) > MOST_CREDITS:
                    return []
    return sorted(found, key=lambda row: (row["title"].casefold(), row["document_id"]))


def _authors(names: Mapping[str, int]) -> str:
    """All names where they are few, else how to find them."""
    if len(names) > MOST_AUTHORS:
        return f"{len(names):,} authors, named in `documents/`"
    return ", ".join(sorted(names))


def _dropped(counts: Mapping[str, Any]) -> int:
    steps = (counts["inputs"], counts["documents"], *counts["records"].values())
    return sum(number for step in steps for number in step["dropped"].values())


def _task(release: Path, manifest: Mapping[str, Any], name: str, labels: LabelReader | None) -> dict[str, Any]:
    numbers = manifest["counts"]["records"][name]
    statistics = task_statistics(release, name, labels or label_reader(manifest, name))
    generator = manifest["recipe"]["tasks"][name]["generator"]
    outside = manifest["recipe"]["tasks"][name].get("outside")
    known = meanings(manifest, name)
    answers = most_common(statistics["answers"], MOST_ANSWERS, statistics["records"])
    return {
        **statistics,
        "name": name,
        "generator": generator,
        "outside": outside,
        "what": outside["what"] if outside else what(Path(load(generator).__file__)),
        "wordings": outside["wordings"] if outside else len(load(generator).INSTRUCTIONS),
        "kept": numbers["kept"],
        "splits": [split for split in SPLITS if numbers["kept"][split]],
        "considered": numbers["in"],
        "documents_used": numbers["documents_used"],
        "documents_seen": sum(numbers["documents_seen"].values()),
        "dropped": [(reason, count, known.get(reason, "")) for reason, count in sorted(numbers["dropped"].items())],
        "lengths": statistics["lengths"].to_dict("records"),
        "answers": [answer for answer in answers if answer[1] > 1],
        "labels": most_common(statistics["labels"], MOST_LABELS, statistics["records"]),
        "different_labels": len(statistics["labels"]),
        "different_answers": len(statistics["answers"]),
        "flags": [(flag, count, FLAGS.get(flag, "")) for flag, count in sorted(statistics["flags"].items())],
        "example": _example(release, name),
        "reads": measured([generator])[generator],
    }


def _example(release: Path, task: str) -> dict[str, Any] | None:
    """A record of the task, always the same one; None where there is none, or where it may not be published."""
    record = next((record for _, record in drawn(release, task, 1)), None)
    return None if record is None or record["restricted"] else record
