"""Measures that several tasks share."""

import re
from collections.abc import Collection, Mapping, Sequence

from rapidfuzz.distance import LCSseq

_TOKEN = re.compile(r"[a-z0-9]+")


def rouge_l(reference: str, answer: str) -> float:
    """ROUGE-L F1 (Lin 2004, beta 1) over lower-case words and numbers; 0 where either side has none."""
    wanted, given = _TOKEN.findall(reference.lower()), _TOKEN.findall(answer.lower())
    if not wanted or not given:
        return 0.0
    common = LCSseq.similarity(wanted, given)
    return 2 * common / (len(wanted) + len(given))


def same_words(reference: str, answer: str) -> float:
    """1.0 where both say the same but for spacing, else 0.0."""
    return float(reference.split() == answer.split())


def set_counts(wanted: Collection[str], given: Collection[str], left_open: Collection[str] = ()) -> dict[str, float]:
    """True positives, false positives and false negatives; what is `left_open` is wrong neither way."""
    hits, extra = set(wanted) & set(given), set(given) - set(wanted) - set(left_open)
    return {
        "true_positives": float(len(hits)),
        "false_positives": float(len(extra)),
        "false_negatives": float(len(set(wanted) - set(given))),
    }


def micro_f1(scores: Sequence[Mapping[str, float]]) -> float | None:
    """F1 over summed counts; None where there was nothing to find and nothing was said."""
    hits, extra, missed = (
        sum(score[name] for score in scores) for name in ("true_positives", "false_positives", "false_negatives")
    )
    return 2 * hits / (2 * hits + extra + missed) if hits + extra + missed else None


def averages(scores: Sequence[Mapping[str, float]], names: Sequence[str]) -> dict[str, float]:
    """The mean of each named value, with `answers` (how many) and `malformed` (how many; they score 0)."""
    means = {name: sum(score[name] for score in scores) / len(scores) for name in names} if scores else {}
    return {"answers": float(len(scores)), "malformed": sum(score["malformed"] for score in scores), **means}
