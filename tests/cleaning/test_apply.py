"""What rules propose is applied exactly, and the audit alone redoes it from the parsed text."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.cleaning.apply import Audited, clean_document, clean_section, replay
from radcurate.cleaning.rules import DocumentRule, Edit, TextRule
from radcurate.documents import Section
from tests.shards import report

# Parsed text is lower-case and replacements are upper-case, so that either can be told in the audit.
PARSED = st.text("abc \n\u0301é", max_size=12)
PLAN = st.lists(st.tuples(st.integers(0, 11), st.integers(1, 4), st.text("XY", max_size=4)), min_size=1, max_size=4)
PLANS = st.lists(PLAN, min_size=1, max_size=6)


class Once:
    """Proposes what its plan says, moved into the text, and of edits that overlap the first; then it is at rest."""

    def __init__(self, plan):
        self.plan = plan
        self.seen = []

    def __call__(self, section):
        edits, reached = [], 0
        size = len(section.text)
        plan = [] if self.seen or not size else sorted((start % size, *rest) for start, *rest in self.plan)
        for start, length, replacement in plan:
            if reached <= start:
                reached = min(size, start + length)
                edits.append(Edit(start, reached, replacement))
        self.seen.append((section.text, edits))
        return edits


def run(parsed: str, plans: list) -> tuple[str, list[Audited], list[Once]]:
    planned = [Once(plan) for plan in plans]
    rules = [TextRule(f"plan{number}.v1", once, ()) for number, once in enumerate(planned)]
    section, audit = clean_section(Section("findings", "FINDINGS", parsed), rules)
    return section.text, audit, planned


def spliced(text: str, edits: list[Edit]) -> str:
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text


def replaces(before: str, after: str, name: str = "swap.v1", kinds: tuple[str, ...] = ()) -> TextRule:
    def propose(section):
        start = section.text.find(before)
        return [Edit(start, start + len(before), after)] if start >= 0 else []

    return TextRule(name, propose, (), kinds)


@given(PARSED, PLANS)
def test_each_rule_gets_what_the_one_before_it_left(parsed, plans):
    clean, _, planned = run(parsed, plans)
    steps = [once.seen[0] for once in planned]
    texts = [text for text, _ in steps] + [clean]
    assert texts[0] == parsed
    assert texts[1:] == [spliced(text, edits) for text, edits in steps]


@given(PARSED, PLANS)
def test_the_audit_redoes_the_clean_text_from_the_parsed_one(parsed, plans):
    clean, audit, _ = run(parsed, plans)
    assert replay(parsed, audit) == clean
    assert replay(parsed, [asdict(edit) for edit in audit]) == clean


@given(PARSED, PLANS)
def test_audited_spans_are_in_the_parsed_text_and_a_later_one_holds_an_earlier_one_or_is_apart(parsed, plans):
    _, audit, _ = run(parsed, plans)
    assert all(0 <= edit.start < edit.end <= len(parsed) for edit in audit)
    for number, edit in enumerate(audit):
        for later in audit[number + 1 :]:
            apart = later.end <= edit.start or edit.end <= later.start
            assert apart or (later.start <= edit.start and edit.end <= later.end)


@given(PARSED, PLANS)
def test_the_audit_never_repeats_parsed_text(parsed, plans):
    _, audit, _ = run(parsed, plans)
    assert not set("".join(edit.replacement for edit in audit)) - set("XY")


def test_an_edit_across_an_earlier_replacement_covers_its_whole_span():
    rules = [replaces("effusion", "XY", "one.v1"), replaces("l X", "Z", "two.v1")]
    section, audit = clean_section(Section("findings", "FINDINGS", "small effusion left"), rules)
    assert section.text == "smalZY left"
    assert audit == [
        Audited("findings", 6, 14, "one.v1", "XY"),
        Audited("findings", 4, 14, "two.v1", "ZY"),
    ]


def test_an_edit_that_begins_within_an_earlier_replacement_covers_it_from_its_start():
    rules = [replaces("small", "XY", "one.v1"), replaces("Y eff", "Z", "two.v1")]
    section, audit = clean_section(Section("findings", "FINDINGS", "small effusion"), rules)
    assert section.text == "XZusion"
    assert audit[1] == Audited("findings", 0, 9, "two.v1", "XZ")


def test_replaying_leaves_out_an_edit_that_a_later_one_covers():
    edits = [Audited("findings", 2, 4, "one.v1", "X"), Audited("findings", 1, 5, "two.v1", "Y")]
    assert replay("abcdef", edits) == "aYf"
    assert replay("abcdef", edits[:1]) == "abXef"
    assert replay("abcdef", []) == "abcdef"


def test_two_edits_within_one_earlier_replacement_are_one_row():
    rules = [replaces("ab", "XYX", "one.v1"), TextRule("two.v1", Once([(0, 1, ""), (2, 1, "Y")]), ())]
    section, audit = clean_section(Section("findings", "FINDINGS", "ab"), rules)
    assert (section.text, audit[1:]) == ("YY", [Audited("findings", 0, 2, "two.v1", "YY")])


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(0, 3, ""), Edit(2, 4, "")],
        [Edit(1, 3, "x"), Edit(1, 3, "y")],
        [Edit(2, 2, "inserted")],
        [Edit(3, 2, "x")],
        [Edit(0, 9, "")],
        [Edit(-1, 1, "x")],
    ],
    ids=["overlapping", "twice the same span", "no character", "backwards", "past the end", "before the start"],
)
def test_edits_that_overlap_or_leave_the_text_are_refused(edits):
    with pytest.raises(ValueError, match="edits must be apart, within the text"):
        clean_section(Section("findings", "FINDINGS", "clear"), [TextRule("bad.v1", lambda _: edits, ())])


def test_an_edit_that_changes_nothing_is_no_edit():
    section, audit = clean_section(Section("findings", "FINDINGS", "clear"), [replaces("clear", "clear")])
    assert (section.text, audit) == ("clear", [])


def test_rules_that_undo_each_other_are_an_error_that_names_section_and_rule():
    rules = [replaces("a", "b", "one.v1"), replaces("b", "a", "two.v1")]
    with pytest.raises(RuntimeError, match=r"never come to rest on section 'findings': two\.v1"):
        clean_section(Section("findings", "FINDINGS", "a"), rules)


def test_a_rule_runs_again_for_what_a_later_rule_brought():
    rules = [replaces("xx", ""), replaces("-", "", "dash.v1")]
    assert clean_section(Section("findings", "FINDINGS", "a x-x"), rules)[0].text == "a "


@pytest.mark.parametrize(("kind", "text"), [("report", "no mass"), ("article", "a mass")])
def test_a_rule_works_on_the_kinds_it_is_for(kind, text):
    document = report("r1", "a mass", kind=kind)
    assert clean_document(document, [replaces("a ", "no ", kinds=("report",))])[0].text_of("findings") == text


def test_sections_left_empty_are_not_kept_but_their_edits_are():
    document, audit, drop = clean_document(report("r1", "...", "Normal."), [replaces("...", "")])
    assert [section.name for section in document.sections] == ["impression"]
    assert audit == [Audited("findings", 0, 3, "swap.v1", "")]
    assert drop is None


def test_a_document_is_judged_by_its_clean_text_and_the_first_reason_counts():
    judges = [
        DocumentRule("one.v1", lambda document: "holds a mark" if "..." in document.text_of("findings") else None, ()),
        DocumentRule("two.v1", lambda document: "too short", ()),
        DocumentRule("three.v1", lambda document: "never reached", ()),
    ]
    _, audit, drop = clean_document(report("r1", "a..."), [*judges, replaces("...", "")])
    assert drop == ("two.v1", "too short")
    assert len(audit) == 1


def test_a_document_keeps_all_but_its_text():
    document = report("r1", "a b", tags=("normal",), split="test")
    changed, _, _ = clean_document(document, [replaces("a ", "")])
    assert (changed.document_id, changed.tags, changed.split) == ("here:r1", ("normal",), "test")
    assert changed.section("findings") == Section("findings", "FINDINGS", "b")
