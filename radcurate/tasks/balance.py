"""Stages `balance/<task>` and `level/<task>`: the recipe's `balance` holds in every split, what it cuts is audited.

In: the shards of `weigh`. Out: `cut.parquet` (`cuts.py` leaves those records out). The cuts of a split, in this order:

    answer_words.v1          answers with fewer or more words than `answer_words`
    records_per_document.v1  of one document (a record's first) more than `records_per_document`
    normal_share.v1          more records of normal studies than their share of the split, `normal_share`
    label_share.v1           of a label more than its share of the split, `most_share`
    label_spread.v1          of the commonest labels as many as stand further above the rarest than `label_spread`

Each of the last three changes the shares of the others, so they are repeated until all hold. Which records go is drawn
by the hash of their keys: the same whatever the shards, and nearly the same when a few records come or go. Training is
cut first; a validation or test record whose input a training record keeps counts in no share, as `compare` leaves it
out. Where a bound leaves nothing of a split (every record has the one label that may have half of them), nothing stays,
and the build says so. About 50 bytes a record are in memory.
"""

import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from radcurate.errors import DataError
from radcurate.splits import SPLITS
from radcurate.stages import Finished, Stage, Unit
from radcurate.tables import TableWriter, read_rows
from radcurate.tasks.cuts import CUT_SCHEMA, CUTS, cut_stage
from radcurate.tasks.weighing import WEIGHED

ANSWER_WORDS = "answer_words.v1"
RECORDS_PER_DOCUMENT = "records_per_document.v1"
NORMAL_SHARE = "normal_share.v1"
LABEL_SHARE = "label_share.v1"
LABEL_SPREAD = "label_spread.v1"
# What a stage's counts call a split that a bound left nothing of, and a label that is bounded and that no record has.
EMPTIED, UNSEEN = "emptied.", "unseen."
NOT_CUT = -1

Mask = npt.NDArray[np.bool_]
TYPES: Mapping[str, type[np.generic]] = {
    "split": np.int8,
    "lot": np.uint64,
    "document": np.uint64,
    "input": np.uint64,
    "words": np.int32,
    "normal": np.bool_,
}


def balance_stage(task: str, weighed: Finished, balance: Mapping[str, Any]) -> Stage:
    """Which records go; shares are of a whole split, so it is one unit."""
    units = (Unit(tuple(weighed.shards)),)
    parameters = {"task": task, "balance": dict(balance)}
    return Stage(f"balance/{task}", find_cuts, units, {"weigh": weighed.digest}, parameters)


def level_stage(task: str, derived: Finished, balance: Finished) -> Stage:
    """The shards of `derive` (or of `cap`) without them."""
    return cut_stage(f"level/{task}", derived, balance)


@dataclass(frozen=True)
class Weighed:
    """A row a record: its split (number in `SPLITS`), lot, hashes of document and input, words of the answer, whether
    its study is normal, for each label of `has` whether it has that, and its one label (number in `names`)."""

    split: npt.NDArray[np.int8]
    lot: npt.NDArray[np.uint64]
    document: npt.NDArray[np.uint64]
    input: npt.NDArray[np.uint64]
    words: npt.NDArray[np.int32]
    normal: Mask
    has: Mapping[str, Mask] = field(default_factory=dict)
    label: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    names: Sequence[str] = ()


@dataclass(frozen=True)
class Cut:
    """Records that go (their numbers), by which rule and why."""

    records: npt.NDArray[np.intp]
    rule: str
    reason: str


def find_cuts(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`inputs` are the folders of `weigh`; `parameters`: task, balance (as in the recipe). Writes `cut.parquet`.

    Raises `DataError` where labels are to be level and a record has more or fewer than one.
    """
    balance = parameters["balance"]
    weighed = read_weighed(inputs, parameters["task"], balance)
    made: list[Cut] = []
    cut_by = np.full(weighed.split.size, NOT_CUT, np.int32)
    counts: dict[str, int] = {}
    for split, stands in standing(weighed, balance):
        for cut in cuts(weighed, stands, split, balance):
            cut_by[cut.records] = len(made)
            made.append(cut)
            if not stands.any():
                counts[f"{EMPTIED}{split}"] = 1
    seen = {name for name, mask in weighed.has.items() if mask.any()}
    counts.update({f"{UNSEEN}{label}": 1 for label in balance.get("most_share", {}) if label not in seen})
    numbers = iter(cut_by.tolist())
    with TableWriter(output / CUTS, CUT_SCHEMA) as table:
        for shard, folder in enumerate(inputs):
            for row in read_rows(folder / WEIGHED, ["record_id"]):
                number = next(numbers)
                if number != NOT_CUT:
                    why = {"rule": made[number].rule, "reason": made[number].reason}
                    table.write({"shard": shard, "record_id": row["record_id"], **why})
        return {"cut": table.rows, **counts}


def read_weighed(folders: Sequence[Path], task: str, balance: Mapping[str, Any]) -> Weighed:
    """The rows of all shards in their order."""
    columns: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in TYPES}
    has: dict[str, list[Mask]] = {label: [] for label in balance.get("most_share", {})}
    label: list[npt.NDArray[np.int32]] = []
    names: dict[str, int] = {}
    for folder in folders:
        table = pq.read_table(folder / WEIGHED)
        for name, parts in columns.items():
            values = map(SPLITS.index, table[name].to_pylist()) if name == "split" else table[name].to_pylist()
            parts.append(np.array(list(values), TYPES[name]))
        every = table["labels"].to_pylist()
        for wanted, masks in has.items():
            masks.append(np.array([wanted in labels for labels in every], bool))
        if "label_spread" in balance:
            for record_id, labels in zip(table["record_id"].to_pylist(), every, strict=True):
                if len(labels) != 1:
                    raise DataError(
                        f"`tasks.{task}.balance.label_spread` levels labels of which a record has one, and "
                        f"{record_id} has {len(labels)}\nWhat to do: bound each label with `most_share` instead"
                    )
            label.append(np.array([names.setdefault(labels[0], len(names)) for labels in every], np.int32))
    joined = {name: np.concatenate(parts) for name, parts in columns.items()}
    return Weighed(
        **joined,
        has={name: np.concatenate(masks) for name, masks in has.items()},
        label=np.concatenate(label) if label else np.zeros(0, np.int32),
        names=tuple(names),
    )


def standing(weighed: Weighed, balance: Mapping[str, Any]) -> Iterator[tuple[str, Mask]]:
    """Split by split, training first, the records that count in its shares; the caller cuts them before it goes on."""
    trained = np.zeros(0, np.uint64)
    for number, split in enumerate(SPLITS):
        stands = weighed.split == number
        if split == "train":
            yield split, stands
            trained = weighed.input[stands]
        else:
            yield split, stands & ~np.isin(weighed.input, trained)


def cuts(weighed: Weighed, stands: Mask, split: str, balance: Mapping[str, Any]) -> Iterator[Cut]:
    """The cuts of a split, in the order of the module's docstring; each is taken out of `stands`."""
    words = balance.get("answer_words", {})
    if "least" in words:
        short = np.flatnonzero(stands & (weighed.words < words["least"]))
        yield from _taken(stands, short, ANSWER_WORDS, f"its answer has fewer than {words['least']} words")
    if "most" in words:
        long = np.flatnonzero(stands & (weighed.words > words["most"]))
        yield from _taken(stands, long, ANSWER_WORDS, f"its answer has more than {words['most']} words")
    if "records_per_document" in balance:
        most = balance["records_per_document"]
        reason = f"more than {most} records of its document"
        yield from _taken(stands, _surplus(weighed, stands, most), RECORDS_PER_DOCUMENT, reason)
    while found := list(_share_cuts(weighed, stands, split, balance)):
        yield from found


def _share_cuts(weighed: Weighed, stands: Mask, split: str, balance: Mapping[str, Any]) -> Iterator[Cut]:
    """The cuts of one round of the bounds on shares; none where all hold."""
    if "normal_share" in balance:
        share = balance["normal_share"]
        reason = f"more than {share} of the {split} records are of normal studies"
        yield from _taken(stands, _over_share(weighed, stands, weighed.normal, share), NORMAL_SHARE, reason)
    for label, share in sorted(balance.get("most_share", {}).items()):
        reason = f"more than {share} of the {split} records have the label {label}"
        yield from _taken(stands, _over_share(weighed, stands, weighed.has[label], share), LABEL_SHARE, reason)
    if "label_spread" in balance:
        spread = balance["label_spread"]
        reason = f"the {split} shares of the labels lie more than {spread} apart"
        yield from _taken(stands, _above_the_rarest(weighed, stands, spread), LABEL_SPREAD, reason)


def _taken(stands: Mask, records: npt.NDArray[np.intp], rule: str, reason: str) -> Iterator[Cut]:
    """Takes the records out of those that stand, and says so where there are any."""
    if records.size:
        stands[records] = False
        yield Cut(records, rule, reason)


def _last(weighed: Weighed, records: npt.NDArray[np.intp], most: int) -> npt.NDArray[np.intp]:
    """All but the `most` of these records that have the lowest lots."""
    return records[np.argsort(weighed.lot[records], kind="stable")][most:]


def _surplus(weighed: Weighed, stands: Mask, most: int) -> npt.NDArray[np.intp]:
    """The records of each document beyond its first `most`."""
    records = np.flatnonzero(stands)
    records = records[np.lexsort((weighed.lot[records], weighed.document[records]))]
    documents = weighed.document[records]
    begins = np.flatnonzero(np.append(True, documents[1:] != documents[:-1]))
    lengths = np.diff(np.append(begins, records.size))
    place = np.arange(records.size) - np.repeat(begins, lengths)
    return records[place >= most]


def _over_share(weighed: Weighed, stands: Mask, has: Mask, share: float) -> npt.NDArray[np.intp]:
    """Those with the mark beyond their share of all that stay: of n others, share / (1 - share) times n may stay."""
    if share >= 1:
        return np.zeros(0, np.intp)
    exact = Fraction(str(share))
    others = int((stands & ~has).sum())
    return _last(weighed, np.flatnonzero(stands & has), int(exact * others / (1 - exact)))


def _above_the_rarest(weighed: Weighed, stands: Mask, spread: float) -> npt.NDArray[np.intp]:
    """Of each label those beyond the greatest number that is near enough to that of the rarest one.

    Labels are all that the task's records have in any split: one that is missing here is the rarest.
    """
    counts = [int(count) for count in np.bincount(weighed.label[stands], minlength=len(weighed.names))]
    if not counts:
        return np.zeros(0, np.intp)
    rarest, exact = min(counts), Fraction(str(spread))

    def is_too_far(most: int) -> bool:
        return most - rarest > exact * sum(min(count, most) for count in counts)

    # With each step up the distance grows more than what it may be, from some number on: there is one border.
    most = bisect.bisect_left(range(rarest, max(counts) + 1), True, key=is_too_far) + rarest - 1
    gone = [
        _last(weighed, np.flatnonzero(stands & (weighed.label == label)), most)
        for label, count in enumerate(counts)
        if count > most
    ]
    return np.concatenate(gone) if gone else np.zeros(0, np.intp)
