"""Numbers of a release, read from its tables batch by batch: lengths, balance, flags, licences.

Counts are gathered as histograms (how many records of each length), so memory does not grow with the records.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from radcurate.splits import SPLITS
from radcurate.tables import read_rows

COLUMNS = ("input", "output", "flags", "uncertain", "licence", "restricted", "source")
LONGEST_LABEL = 60
MOST_ANSWERS = 50_000


def task_statistics(release: Path, task: str) -> dict[str, Any]:
    """`lengths` (a frame of words by split and column), `answers`, `flags`, `licences` (records by source
    and licence) and `restricted` of one task.

    `answers` counts the most frequent outputs; past 50,000 different ones only those already met are counted on.
    """
    lengths: Counter[tuple[str, str, int]] = Counter()
    answers: Counter[str] = Counter()
    flags: Counter[str] = Counter()
    licences: Counter[tuple[str, str]] = Counter()
    restricted = 0
    for split in SPLITS:
        for path in sorted((release / task).glob(f"{split}-*.parquet")):
            for row in read_rows(path, COLUMNS):
                for column in ("input", "output"):
                    lengths[split, column, len(row[column].split())] += 1
                if row["output"] in answers or len(answers) < MOST_ANSWERS:
                    answers[row["output"]] += 1
                flags.update(row["flags"])
                licences[row["source"], row["licence"]] += 1
                restricted += row["restricted"]
    return {
        "lengths": quantiles(lengths),
        "answers": answers,
        "flags": flags,
        "licences": licences,
        "restricted": restricted,
    }


def quantiles(histogram: Counter[tuple[str, str, int]], shares: Sequence[float] = (0.05, 0.5, 0.95)) -> pd.DataFrame:
    """Words at the given shares of the records: one row for each column and split, in that order.

    The value at a share is the smallest length that at least this share of the records do not exceed.
    """
    frame = pd.DataFrame(
        [(*key, count) for key, count in sorted(histogram.items())], columns=["split", "column", "words", "count"]
    )
    rows = []
    for (column, split), part in frame.groupby(["column", "split"], sort=True):
        reached = part["count"].cumsum() / part["count"].sum()
        values = [int(part["words"][reached >= share].iloc[0]) for share in shares]
        rows.append((column, split, *values, int(part["words"].max())))
    names = [f"p{round(share * 100)}" for share in shares]
    return pd.DataFrame(rows, columns=["column", "split", *names, "longest"])


def most_common(counter: Counter[str], number: int) -> list[tuple[str, int, float]]:
    """The most frequent values with count and share, ties in alphabetical order, long ones cut."""
    total = counter.total()
    ranked = sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:number]
    return [(_short(text), count, count / total) for text, count in ranked]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_LABEL else f"{line[: LONGEST_LABEL - 1]}…"
