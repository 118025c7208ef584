"""How a free text on a chest film agrees with a reference: its findings, and each kind of error that matters apart.

In: a reference, an answer, and what the answer was written from (the input of a record, under headings or not). Out:
values of one answer (`compared`) and of many (`summarised`). They stand on the observations of a lexicon of chest
reports, so they are valid there alone (`said_findings.is_chest`), and elsewhere no task gives them.

An observation is a finding and its polarity; a positive finding one that is present or uncertain. Errors are counted
where neither the reference nor the input has what the answer says:
    side_errors      findings with a side that is told of them nowhere
    negation_errors  findings that are affirmed where they are denied, or denied where they are affirmed
    number_errors    measures and numbers that stand nowhere ("1.2 cm" is "12 mm")
    invented_prior   1.0 where only the answer compares with an earlier study
"""

import functools
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from radcurate.language.conflicts import conflicts
from radcurate.language.cues import cites_prior
from radcurate.language.labels import observed
from radcurate.language.observations import ABSENT, PRESENT, UNCERTAIN, Observation
from radcurate.language.relations import ancestors
from radcurate.language.report_parts import parts
from radcurate.tasks.report_support import sides_of

ERRORS = ("side_errors", "negation_errors", "number_errors", "invented_prior")
# Kinds of observation that make a report abnormal; devices, variants and states after operations do not.
ABNORMAL = ("finding", "diagnosis")
POSITIVE = (PRESENT, UNCERTAIN)

_ITEM = re.compile(r"(?:^|(?<=[.:;!?\n])[ \t]*)\(?\d{1,2}[.)](?=\s)", re.MULTILINE)
_MEASURE = re.compile(
    r"(?<![\w.])(?P<values>\.?\d[\d.]*(?:\s?(?:x|by|to|-|–|×)\s?\.?\d[\d.]*)*)[\s-]?(?P<unit>mm|cm|millimet\w+|centimet\w+)\b",
    re.IGNORECASE,
)
_VALUE = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_LEVEL = re.compile(r"\b[CTLS]-?(\d{1,2})\b")
_PLAIN = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(?:st|nd|rd|th|%)?(?![\w])")
_WORD = re.compile(r"[a-z]+")


def compared(reference: str, answer: str, given: str = "") -> dict[str, float]:
    """The values of one answer; `given` is what it was written from."""
    wanted, said, known = list(_observations(reference)), list(_observations(answer)), list(_observations(given))
    return {
        **_counts("observation", _observed(wanted), _observed(said)),
        **_counts("positive", _positive(wanted), _positive(said)),
        "abnormal": float(bool(_positive(wanted))),
        "side_errors": float(_side_errors(said, (*wanted, *known))),
        "negation_errors": float(_negation_errors(said, (*wanted, *known))),
        "number_errors": float(len(numbers(answer) - numbers(reference) - numbers(given))),
        "invented_prior": float(cites_prior(answer) and not cites_prior(reference) and not _tells_prior(given)),
    }


def _observations(text: str) -> Iterable[Observation]:
    """What is said of these images under the headings that count."""
    return (one for _, one in observed(text) if one.polarity in (PRESENT, ABSENT, UNCERTAIN))


def _observed(observations: Iterable[Observation]) -> set[tuple[str, str]]:
    return {(one.finding, one.polarity) for one in observations}


def _positive(observations: Iterable[Observation]) -> set[str]:
    return {one.finding for one in observations if one.polarity in POSITIVE and one.kind in ABNORMAL}


def _counts(what: str, wanted: Collection[Any], said: Collection[Any]) -> dict[str, float]:
    ours, theirs = set(wanted), set(said)
    return {
        f"{what}_hits": float(len(ours & theirs)),
        f"{what}_extra": float(len(theirs - ours)),
        f"{what}_missed": float(len(ours - theirs)),
    }


def _side_errors(said: Sequence[Observation], known: Iterable[Observation]) -> int:
    sides: dict[str, set[str]] = {}
    for one in known:
        if one.polarity in POSITIVE:
            for name in (one.finding, *ancestors(one.finding)):
                sides.setdefault(name, set()).update(sides_of(one))
    wrong = {
        one.finding
        for one in said
        if one.polarity in POSITIVE and one.finding in sides and not sides_of(one) <= sides[one.finding]
    }
    return len(wrong)


def _negation_errors(said: Sequence[Observation], known: Sequence[Observation]) -> int:
    wrong = {
        one.finding
        for one in said
        for other in known
        if any(found.reason in ("polarity", "acuteness") for found in conflicts((one, other)))
    }
    return len(wrong)


def _tells_prior(given: str) -> bool:
    """True where what is said of the images compares; the name of the comparison alone does not."""
    return any(part.counts and cites_prior(given[part.start : part.end]) for part in parts(given))


def numbers(text: str) -> set[str]:
    """The numbers of a text: measures in mm, levels of the spine, and the rest; numbers of lists left out."""
    text = _ITEM.sub(" ", text)
    found: set[str] = set()
    for measure in _MEASURE.finditer(text):
        scale = 10 if measure["unit"].lower().startswith("c") else 1
        found |= {f"{_plain(value[0], scale)} mm" for value in _VALUE.finditer(measure["values"])}
    text = _MEASURE.sub(" ", text)
    found |= {level[0].replace("-", "").lower() for level in _LEVEL.finditer(text)}
    text = _LEVEL.sub(" ", text)
    found |= {_plain(number[1]) for number in _PLAIN.finditer(text)}
    return found | {_words()[word[0]] for word in _WORD.finditer(text.lower()) if word[0] in _words()}


def _plain(value: str, scale: int = 1) -> str:
    """ "1.20" and "1.2" are one number."""
    return f"{(Decimal(value) * scale).normalize():f}"


@functools.cache
def _words() -> dict[str, str]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return dict(data["numbers"])


def summarised(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Over the answers that have these values: precision, recall and F1 of observations, F1 of positive findings, the
    share of answers with an error of each kind; the same of abnormal reports alone as `abnormal_…`, with `chest_share`
    and `abnormal_share` of all answers. Empty where no answer has them."""
    valid = [score for score in scores if "abnormal" in score]
    abnormal = [score for score in valid if score["abnormal"]]
    if not valid:
        return {}
    found = _ratios("observation", valid)
    found |= {name: value for name, value in _ratios("positive", valid).items() if name.endswith("f1")}
    found |= _error_shares(valid)
    found["chest_share"] = len(valid) / len(scores)
    found["abnormal_share"] = len(abnormal) / len(scores)
    if abnormal:
        of_abnormal = {**_ratios("positive", abnormal), **_error_shares(abnormal), **_rouge(abnormal)}
        found |= {f"abnormal_{name}": value for name, value in of_abnormal.items()}
    return found


def _ratios(what: str, scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Over summed counts; a ratio of nothing is left out."""
    hits, extra, missed = (sum(score[f"{what}_{kind}"] for score in scores) for kind in ("hits", "extra", "missed"))
    ratios = {
        f"{what}_precision": (hits, hits + extra),
        f"{what}_recall": (hits, hits + missed),
        f"{what}_f1": (2 * hits, 2 * hits + extra + missed),
    }
    return {name: above / below for name, (above, below) in ratios.items() if below}


def _error_shares(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: sum(score[name] > 0 for score in scores) / len(scores) for name in ERRORS}


def _rouge(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {"rouge_l": sum(score.get("rouge_l", 0.0) for score in scores) / len(scores)}
