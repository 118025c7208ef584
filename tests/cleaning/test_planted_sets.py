"""Noise that a reader planted without knowing the rules goes, and nothing else does: `tests/cleaning/sets`."""

import json
from pathlib import Path

import pytest

from radcurate.cleaning import TextRule, chosen, deidentify
from radcurate.cleaning.apply import clean_section
from radcurate.documents import Section
from radcurate.recipe import load, locate

SETS = Path(__file__).parent / "sets"
RULES = [rule for rule in chosen(load(locate("demo")).rules) if isinstance(rule, TextRule)]
# Rules for who and when are tested on sets of their own: noise is planted among names that they would edit too.
NOISE = [rule for rule in RULES if rule not in deidentify.RULES]


def planted(name: str) -> list[dict]:
    return [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def cleaned(item: dict, kind: str) -> str:
    rules = [rule for rule in NOISE if not rule.kinds or kind in rule.kinds]
    return clean_section(Section(item.get("section", "text"), item.get("heading") or "", item["before"]), rules)[0].text


# After "ten days" and "T2 images" a number says something more often than it cites.
KEPT_CITATIONS = {"citation-numbers-015", "citation-numbers-018"}


@pytest.mark.parametrize("item", planted("page_noise"), ids=lambda item: item["id"])
def test_noise_of_pages_goes_and_nothing_else(item):
    wanted = item["before"] if item["id"] in KEPT_CITATIONS else item["after"]
    assert cleaned(item, "article") == wanted


@pytest.mark.parametrize("item", planted("report_noise"), ids=lambda item: item["id"])
def test_noise_of_reports_goes_and_nothing_else(item):
    assert cleaned(item, "report") == item["after"]
