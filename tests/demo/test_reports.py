"""The demo corpus keeps what its README says."""

import itertools
import json
import re
from pathlib import Path

import pytest

import radcurate.demo

FOLDER = Path(radcurate.demo.__file__).parent
REPORTS = [json.loads(line) for line in (FOLDER / "reports.jsonl").read_text(encoding="utf-8").splitlines()]
REPEATS = json.loads((FOLDER / "repeats.json").read_text(encoding="utf-8"))
SECTIONS = ("indication", "technique", "comparison", "findings", "impression", "addendum")
LARGEST_SHARE = 0.40


def shingles(report: dict) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", " ".join(report.get(name, "") for name in SECTIONS).lower())
    return {tuple(words[start : start + 5]) for start in range(len(words) - 4)}


def texts(name: str) -> list[str]:
    return [report[name] for report in REPORTS if name in report]


def whole(report: dict) -> str:
    return " ".join(report.get(name, "") for name in SECTIONS)


def test_there_are_120_reports_with_ids_of_their_own():
    assert len(REPORTS) == len({report["id"] for report in REPORTS}) == 120


def test_no_two_reports_share_over_40_percent_of_their_shingles_but_the_listed_repeats():
    cut = {report["id"]: shingles(report) for report in REPORTS}
    close = {
        (one, other)
        for one, other in itertools.combinations(cut, 2)
        if len(cut[one] & cut[other]) > LARGEST_SHARE * min(len(cut[one]), len(cut[other]))
    }
    assert close == {(original, repeat) for repeat, original in REPEATS.items()}


@pytest.mark.parametrize(
    ("what", "cue", "fewest"),
    [
        ("priors", r"\bunchanged\b|\binterval\b|\bstable\b|\bcompared\b|\bnew\b|\bresolved\b|\bprevious", 25),
        ("devices", r"\btube\b|\bcatheter\b|\bpacemaker\b|\bPICC\b|\bdrain\b|\bline\b|\bICD\b|\bwires?\b", 20),
        ("hedges", r"\bmay\b|\bprobabl|\bsuspicious\b|\bcannot\b|\blikely\b|\bpossibl|\bsuggest", 30),
        ("redaction marks", r"XXXX|___", 24),
        ("signatures", r"[Ss]igned by|[Dd]ictated by", 6),
        ("notifications", r"telephone|phone|discussed with|notified|called|communicated", 6),
    ],
)
def test_the_corpus_holds_what_real_reports_hold(what, cue, fewest):
    assert sum(bool(re.search(cue, whole(report))) for report in REPORTS) >= fewest, what


def test_some_reports_have_no_impression_some_no_findings_and_some_an_addendum():
    assert len(REPORTS) - len(texts("impression")) >= 10
    assert len(REPORTS) - len(texts("findings")) >= 4
    assert len(texts("addendum")) >= 4


def test_normal_and_abnormal_films_are_both_there():
    normal = sum(report.get("tags") == ["normal"] for report in REPORTS)
    assert 20 <= normal <= 60


def test_no_age_is_over_89():
    assert all(
        int(re.match(r"\d+", report["age"])[0]) <= 89 for report in REPORTS if re.match(r"\d+", report.get("age", ""))
    )
