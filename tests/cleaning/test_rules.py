"""Every rule does what the examples beside it say, and leaves alone what they say must survive."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.cleaning import RULE_IDS, RULES, CollectionRule, DocumentRule, KeyedRule, TextRule, chosen, deidentify
from radcurate.cleaning.apply import clean_document, clean_section
from radcurate.documents import Section
from tests.shards import report

SHOWN = [rule.example() if isinstance(rule, KeyedRule) else rule for rule in RULES]
TEXT_RULES = [rule for rule in SHOWN if isinstance(rule, TextRule)]
DOCUMENT_RULES = [rule for rule in RULES if isinstance(rule, DocumentRule)]
EXAMPLES = [(rule, example) for rule in TEXT_RULES for example in rule.examples]

# Pieces that the rules look for, so that arbitrary text often holds them side by side.
PIECES = st.sampled_from(
    [
        *("FINDINGS:", "findings :", "Signed by", "Dictated and signed by", "Electronically signed by:", "Dr.", "M.D."),
        *(
            "Nurse",
            "Drs.",
            "Ana Roy",
            "de la Cruz",
            "and",
            "ROY, ANA",
            "Patient:",
            "MRN",
            "DOB",
            "92F",
            "aged 95",
            "MD",
        ),
        *("3/14", "03/14/2019", "since", "May", "7", "the 3rd of", "20190314", "020 7946 0812", "x@y.example", "St."),
        *("12 Old Road", "Royal Hospital", "www.a.example/b", "1.2.840.10008.5.1.4", "sign", "Kerley B", "-", "'s"),
        *("J.R.", "XXXX", "___", "no effusion", "Clear", "T2", "10⁹", ".", " .", "...", ",", ":", "(", "1."),
        *(" ", "  ", "\n", "\n\n\n", "\r\n", "\r", "\t", "\x0c", "\x1c", "\x85", "\u2028", "\u2000", "\u00a0"),
        *("\u200b", "\ufeff", "\u00ad", "\x00", "e\u0301", "\u0301", "o\u0308", "\u212b", "\ud800", "\udfff"),
    ]
)
ANY_TEXT = st.one_of(
    st.text(st.characters(exclude_categories=())), st.lists(PIECES, max_size=30).map("".join), st.text(" \t\n\r\u2003")
)


def applied(rule: TextRule, text: str, heading: str = "FINDINGS") -> str:
    return clean_section(Section("findings", heading, text), [rule])[0].text


@pytest.mark.parametrize(
    ("rule", "example"), EXAMPLES, ids=[f"{rule.id}-{number}" for number, (rule, _) in enumerate(EXAMPLES)]
)
def test_an_example_comes_out_as_it_is_written_beside_its_rule(rule, example):
    assert applied(rule, example.before, example.heading) == example.after


@pytest.mark.parametrize("rule", TEXT_RULES, ids=lambda rule: rule.id)
def test_a_rule_has_examples_of_what_it_changes_and_of_what_survives(rule):
    assert any(example.before != example.after for example in rule.examples)
    assert any(example.before == example.after for example in rule.examples)


@pytest.mark.parametrize(
    ("rule", "judged"),
    [(rule, judged) for rule in DOCUMENT_RULES for judged in rule.examples],
    ids=lambda value: value.id if isinstance(value, DocumentRule) else None,
)
def test_a_document_is_judged_as_it_is_written_beside_its_rule(rule, judged):
    reason = rule.judge(report("a1", sections={"discussion": judged.text}, kind=judged.kind))
    assert (judged.reason in reason) if judged.reason else (reason is None), reason


@pytest.mark.parametrize("rule", DOCUMENT_RULES, ids=lambda rule: rule.id)
def test_a_rule_that_drops_has_examples_of_what_goes_and_of_what_stays(rule):
    assert {judged.reason is None for judged in rule.examples} == {True, False}


@pytest.mark.parametrize("rule", DOCUMENT_RULES, ids=lambda rule: rule.id)
@given(text=ANY_TEXT)
def test_any_text_is_judged_and_a_reason_is_one_short_line(rule, text):
    reason = rule.judge(report("a1", sections={"discussion": text}, kind="article"))
    assert reason is None or (reason and len(reason.splitlines()) == 1 and len(reason) < 200)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_id_carries_a_version_and_is_used_once(rule):
    assert re.fullmatch(r"[a-z_]+\.v\d+", rule.id)
    assert RULE_IDS.count(rule.id) == 1


def test_rules_are_chosen_in_the_order_of_the_recipe():
    assert [rule.id for rule in chosen(("stray_stop.v1", "spaces.v1"))] == ["stray_stop.v1", "spaces.v1"]


@pytest.mark.parametrize("rule", TEXT_RULES, ids=lambda rule: rule.id)
@given(text=ANY_TEXT)
def test_a_rule_changes_nothing_by_itself_and_proposes_edits_that_lie_apart(rule, text):
    section = Section("findings", "FINDINGS", text)
    edits = sorted(rule.propose(section), key=lambda edit: edit.start)
    assert section.text == text
    ends = [0, *(edit.end for edit in edits)]
    assert all(before <= edit.start < edit.end for before, edit in zip(ends, edits, strict=False))
    assert ends[-1] <= len(text)


@pytest.mark.parametrize("rule", TEXT_RULES, ids=lambda rule: rule.id)
@given(text=ANY_TEXT)
def test_a_rule_run_twice_gives_what_it_gave_once(rule, text):
    once = applied(rule, text)
    assert applied(rule, once) == once


@given(text=ANY_TEXT)
def test_all_rules_together_come_to_rest_on_any_text(text):
    once, _ = clean_section(Section("findings", "FINDINGS", text), TEXT_RULES)
    again, edits = clean_section(once, TEXT_RULES)
    assert (again, edits) == (once, [])


@given(texts=st.lists(ANY_TEXT, max_size=4), seed=st.integers(0, 9))
def test_the_order_of_documents_changes_none_of_them(texts, seed):
    documents = [report(f"r{number}", "text", sections={"comparison": text}) for number, text in enumerate(texts)]
    shuffled = random.Random(seed).sample(documents, len(documents))
    assert {one.document_id: clean_document(one, RULES) for one in documents} == {
        one.document_id: clean_document(one, RULES) for one in shuffled
    }


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u2003\t\r\n", "\ufeff\u200b", "\x00"])
def test_a_document_of_blanks_alone_is_dropped_as_empty(text):
    blank = report("r1", sections={"comparison": text or " "})
    document, _, drop = clean_document(blank, RULES)
    assert document.sections == ()
    assert drop == ("empty_document.v1", "no section holds any text")


@pytest.mark.parametrize(
    "text",
    [
        *("10⁹/L", "Tc-99m bone scan", "T2 fracture", "H₂O", "Figure 8 sign", "Hampton hump", "3 × 4 mm at 37 °C"),
        *("½ of the hemithorax", "Ménière", "A 3.5 cm mass. No nodes.", "CT ratio 12/33"),
        *("Kerley B-lines", "S1Q3T3", "T8–T9", "±2 mm", "≥ 3 cm", "SpO₂ 92%", "… and so on", "“water bottle” heart"),
        *("The sign of the silhouette: absent.", "XXXX represents", "___ year old", "No focal consolidation, effusion"),
    ],
)
def test_what_a_radiologist_wrote_survives_all_rules(text):
    assert clean_section(Section("findings", "FINDINGS", text), TEXT_RULES) == (
        Section("findings", "FINDINGS", text),
        [],
    )


def test_kinds_of_rules_are_told_apart():
    assert {rule.id for rule in DOCUMENT_RULES} == {
        *("empty_document.v1", "too_little_text.v1", "encoding_damage.v1", "not_english.v1", "mixed_languages.v1"),
        *("mostly_references.v1", "mostly_tables.v1", "stub.v1", "repetitive_text.v1", "gibberish.v1"),
    }
    assert {rule.id for rule in RULES if isinstance(rule, CollectionRule)} == {"exact_duplicate.v1"}


@pytest.mark.parametrize(
    "text", ["DISCUSSION: Clear.", "Clear. .", "no mass,\nno effusion", "Clear.\nSigned by Jane Doe, M.D."]
)
def test_a_rule_for_reports_leaves_an_article_alone(text):
    rules = [rule for rule in RULES if rule not in deidentify.RULES]
    article = report("a1", sections={"discussion": text}, kind="article")
    assert clean_document(article, rules)[0].text_of("discussion") == text
    assert clean_document(report("r1", sections={"discussion": text}), rules)[0].text_of("discussion") != text
