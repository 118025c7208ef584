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


def label_counts(wanted: Collection[str], given: Collection[str], left_open: Collection[str] = ()) -> dict[str, float]:
    """`set_counts`, and for each label of either side `hit/…`, `extra/…` or `missed/…`."""
    hits, extra = set(wanted) & set(given), set(given) - set(wanted) - set(left_open)
    each = {f"hit/{name}": 1.0 for name in sorted(hits)}
    each |= {f"extra/{name}": 1.0 for name in sorted(extra)}
    each |= {f"missed/{name}": 1.0 for name in sorted(set(wanted) - set(given))}
    return {**set_counts(wanted, given, left_open), **each}


def label_f1(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """`micro_f1`, `macro_f1` over the labels that are in a reference or an answer, and `f1/…` of each of them; empty
    where there are none."""
    totals: dict[str, list[float]] = {}
    for score in scores:
        for key, value in score.items():
            kind, _, name = key.partition("/")
            if name:
                totals.setdefault(name, [0.0, 0.0, 0.0])[("hit", "extra", "missed").index(kind)] += value
    micro = micro_f1(scores)
    if micro is None:
        return {}
    each = {name: 2 * hit / (2 * hit + extra + missed) for name, (hit, extra, missed) in sorted(totals.items())}
    macro = sum(each.values()) / len(each) if each else 0.0
    return {"micro_f1": micro, "macro_f1": macro, **{f"f1/{name}": value for name, value in each.items()}}
