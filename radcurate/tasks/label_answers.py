"""Answers that are lists of labels: lower-case names parted by `, `, or `none`, which is no label and never in F1.

In: a record and an answer. Out: its scores, and those of many answers. What the record's `uncertain` names is wrong
neither way.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from radcurate.tasks.scoring import averages, label_counts, label_f1

NONE = "none"


def written(names: Iterable[str]) -> str:
    """The labels as an answer."""
    return ", ".join(names) or NONE


def labels(output: str) -> list[str]:
    """The labels of an answer, `none` as one of them: what the balance of a release is counted in."""
    return output.split(", ")


def score(record: Mapping[str, Any], answer: str, known: Collection[str]) -> dict[str, float]:
    """Counts of labels right, extra and missed, of each label too; `exact`; an answer that is neither `none` nor a list
    of `known` labels is `malformed`."""
    given = [name for part in answer.lower().strip().rstrip(".").split(",") if (name := " ".join(part.split()))]
    wanted = set(labels(record["output"])) - {NONE}
    said = set(given) - {NONE}
    return {
        "malformed": float(not given or not said <= set(known) or (NONE in given and len(given) > 1)),
        "exact": float(bool(given) and said - set(record["uncertain"]) == wanted),
        **label_counts(wanted, said & set(known), record["uncertain"]),
        "false_positives": float(len(said - wanted - set(record["uncertain"]))),
    }


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """`exact` as a mean, micro and macro F1 over labels, and the F1 of each."""
    return {**averages(scores, ("exact",)), **label_f1(scores)}
