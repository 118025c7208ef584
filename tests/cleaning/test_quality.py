"""A document that holds too little to learn from is dropped with its reason, any other is kept."""

import dataclasses

import pytest

from radcurate.cleaning import DocumentRule, chosen
from radcurate.cleaning.apply import clean_document
from radcurate.cleaning.quality import RULES
from radcurate.documents import Section
from radcurate.recipe import load, locate
from radcurate.sources import SourceSpec, openi
from tests.shards import report

EMPTY = RULES[0]


@pytest.mark.parametrize("sections", [(), (Section("findings", "FINDINGS", ""),)])
def test_a_document_without_text_is_dropped_with_its_reason(sections):
    assert EMPTY.judge(dataclasses.replace(report("r1"), sections=sections)) == "no section holds any text"


@pytest.mark.parametrize("name", ["comparison", "findings", "impression"])
def test_one_section_of_text_keeps_a_document(name):
    assert EMPTY.judge(report("r1", sections={name: "None."})) is None


def test_no_rule_but_that_of_empty_documents_drops_a_published_report(openi_reports):
    rules = chosen(load(locate("openi"), [f"sources.openi.path={openi_reports}"]).rules)
    judging = [rule for rule in rules if isinstance(rule, DocumentRule)]
    assert len(judging) > 5
    dropped = [
        drop
        for document in openi.read(openi_reports, SourceSpec("openi", "openi", (), {}))
        for drop in [clean_document(document, rules)[2]]
        if drop
    ]
    assert dropped == [("empty_document.v1", "no section holds any text")] * 28


WORD = "effusion " * 200_000


@pytest.mark.parametrize(
    "text", [WORD, WORD.replace(" ", ""), "." * 2_000_000, "\u00e9\u00c3" * 500_000, "a | b\n" * 300_000]
)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_enormous_text_is_judged(rule, text):
    reason = rule.judge(report("a1", sections={"discussion": text}, kind="article"))
    assert reason is None or len(reason) < 200
