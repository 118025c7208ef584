"""Numbers of a release, read from its tables batch by batch: lengths, balance, flags, origins.

Counts are gathered as histograms (how many records of each length), so memory does not grow with the records.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from radcurate.splits import SPLITS
from radcurate.tables import read_rows

COLUMNS = ("input", "output", "flags", "licence", "restricted", "source")
DOCUMENT_COLUMNS = ("source", "licence", "licence_url", "authors", "kind", "systems", "modality")
NOT_STATED = "not stated"
LONGEST_LABEL = 60
# How many different values of one kind are counted; those met later are not.
MOST_VALUES = 50_000


def task_statistics(
    release: Path, task: str, labels_of: Callable[[str], Sequence[str]] | None = None
) -> dict[str, Any]:
    """Of one task: `records`, `lengths` (a frame of words by column and split), `answers` and `all_answers`, `labels`,
    `flags`, `origins` (records by source and licence) and `restricted`.

    `labels` counts what `labels_of` finds in an output, of a task whose answers are lists. `answers` counts outputs;
    past 50,000 different ones only those already met are counted on, and `all_answers` is false.
    """
    lengths: Counter[tuple[str, str, int]] = Counter()
    answers: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    flags: Counter[str] = Counter()
    origins: Counter[tuple[str, str]] = Counter()
    records = restricted = 0
    for split in SPLITS:
        for path in sorted((release / task).glob(f"{split}-*.parquet")):
            for row in read_rows(path, COLUMNS):
                records += 1
                for column in ("input", "output"):
                    lengths[split, column, len(row[column].split())] += 1
                _count(answers, row["output"])
                for label in labels_of(row["output"]) if labels_of else ():
                    _count(labels, label)
                flags.update(row["flags"])
                origins[row["source"], row["licence"]] += 1
                restricted += row["restricted"]
    return {
        "records": records,
        "lengths": quantiles(lengths),
        "answers": answers,
        "all_answers": answers.total() == records,
        "labels": labels,
        "flags": flags,
        "origins": origins,
        "restricted": restricted,
    }


def document_statistics(release: Path) -> dict[str, Any]:
    """Of all documents: `origins` (documents by source and licence), `licence_urls` by licence, `authors` by source,
    `kinds`, `systems` and `modalities` (a case may have several), each with how many documents there are."""
    origins: Counter[tuple[str, str]] = Counter()
    licence_urls: dict[str, str] = {}
    authors: dict[str, Counter[str]] = {}
    described: dict[str, Counter[str]] = {name: Counter() for name in ("kinds", "systems", "modalities")}
    for path in sorted((release / "documents").glob("documents-*.parquet")):
        for row in read_rows(path, DOCUMENT_COLUMNS):
            origins[row["source"], row["licence"]] += 1
            if row["licence_url"]:
                licence_urls.setdefault(row["licence"], row["licence_url"])
            for author in row["authors"]:
                _count(authors.setdefault(row["source"], Counter()), author)
            described["kinds"][row["kind"]] += 1
            described["systems"].update(row["systems"])
            described["modalities"].update((row["modality"] or NOT_STATED).split(", "))
    return {"origins": origins, "licence_urls": licence_urls, "authors": authors, **described}


def _count(counter: Counter[str], value: str) -> None:
    if value in counter or len(counter) < MOST_VALUES:
        counter[value] += 1


def quantiles(histogram: Counter[tuple[str, str, int]], shares: Sequence[float] = (0.05, 0.5, 0.95)) -> pd.DataFrame:
    """Words at the given shares of the records: one row for each column and split, in that order.

    The value at a share is the smallest length that at least this share of the records do not exceed.
    """
    frame = pd.DataFrame(
        [(*key, count) for key, count in sorted(histogram.items())], columns=["split", "column", "words", "count"]
    )
    parts = {key: part for key, part in frame.groupby(["column", "split"])}
    rows = []
    for column, split in sorted(parts, key=lambda key: (key[0], SPLITS.index(key[1]))):
        part = parts[column, split]
        reached = part["count"].cumsum() / part["count"].sum()
        values = [int(part["words"][reached >= share].iloc[0]) for share in shares]
        rows.append((column, split, *values, int(part["words"].max())))
    names = [f"p{round(share * 100)}" for share in shares]
    return pd.DataFrame(rows, columns=["column", "split", *names, "longest"])


def most_common(counter: Counter[str], number: int, total: int) -> list[tuple[str, int, float]]:
    """The most frequent values with count and share of `total`, ties in alphabetical order, long ones cut."""
    ranked = sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:number]
    return [(_short(text), count, count / total) for text, count in ranked]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_LABEL else f"{line[: LONGEST_LABEL - 1]}…"
