"""Cleaning's promise: no edit of a rule that a bundled recipe names changes what a text says of its findings.

Each rule's edits of a section are compared by the observations before and after, as sets of what is said (a repeated
sentence may go, and offsets move). Where they differ, the edits are tried one by one, to name rule and span.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import radcurate.demo
from radcurate import recipe as recipes
from radcurate.cleaning import chosen
from radcurate.cleaning.rules import Edit, TextRule
from radcurate.demo.site.answers import Site
from radcurate.documents import Document, Section
from radcurate.language.observations import observe
from radcurate.sources import SourceSpec, load, radiopaedia
from radcurate.spiders.snapshot import Answer

RECIPES = ("demo", "openi", "mimic_cxr", "chexpert_plus")
MOST_ROUNDS = 5
# These take out what is no statement of the document: the titles of other works. They run, and are not compared.
OTHER_WORKS = ("references.v2", "reference_list.v2")


def text_rules(recipe: str) -> list[TextRule]:
    """The rules of a bundled recipe that edit text, in its order."""
    rules = chosen(recipes.load(recipes.locate(recipe)).rules)
    return [rule for rule in rules if isinstance(rule, TextRule)]


def said(text: str) -> set[tuple[object, ...]]:
    """What a text says of findings that are of these images."""
    return {
        (one.finding, one.polarity, one.side, one.qualifier, one.change, one.device_status, one.places)
        for one in observe(text)
        if one.polarity != "none"
    }


def applied(text: str, edits: Iterable[Edit]) -> str:
    for edit in sorted(edits, key=lambda edit: -edit.start):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text


def changes(section: Section, rules: Iterable[TextRule]) -> Iterator[str]:
    """Every edit that changes what the section says: rule, span, and what came or went."""
    for _ in range(MOST_ROUNDS):
        before = section.text
        for rule in rules:
            edits = [edit for edit in rule.propose(section) if section.text[edit.start : edit.end] != edit.replacement]
            if not edits:
                continue
            after = applied(section.text, edits)
            old = said(section.text) if rule.id not in OTHER_WORKS else set()
            if rule.id not in OTHER_WORKS and said(after) != old:
                for edit in edits:
                    if differs := old ^ said(applied(section.text, [edit])):
                        words = section.text[edit.start : edit.end]
                        yield f"{rule.id} at {edit.start}-{edit.end} {words[:80]!r}: {sorted(map(str, differs))[:4]}"
            section = replace(section, text=after)
        if section.text == before:
            return


def broken(documents: Iterable[Document], rules: list[TextRule]) -> list[str]:
    """Every change that these rules make to what the documents say, with the document and its section."""
    return [
        f"{document.document_id} {section.name}: {change}"
        for document in documents
        for section in document.sections
        for change in changes(section, [rule for rule in rules if not rule.kinds or document.kind in rule.kinds])
    ]


def openi(path: Path) -> list[Document]:
    items = load("openi").read(path, SourceSpec("openi", "openi", (path,), {}))
    return [one for one in items if isinstance(one, Document)]


def demo_reports() -> Iterator[Document]:
    for line in (Path(radcurate.demo.__file__).parent / "reports.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        sections = tuple(Section(name, name.upper(), row[name]) for name in ("findings", "impression") if name in row)
        yield Document(f"demo:{row['id']}", "demo", "report", "CC0-1.0", "0" * 64, row["patient"], sections)


def demo_pages() -> Iterator[Document]:
    """Every article and case of the demo site, as parsed."""
    site = Site()
    for scope, texts in (("articles", site.articles), ("cases", site.cases)):
        for slug in texts:
            path = f"/{scope}/{slug}"
            answer = Answer(
                f"https://demo.radcurate.example{path}",
                200,
                (),
                site.answer(path).body,
                "0" * 64,
                "2026-01-15T12:00:00Z",
            )
            item = radiopaedia.document(answer, scope, SourceSpec("site", "radiopaedia", (), {"licence": "CC0-1.0"}))
            if isinstance(item, Document):
                yield item


def test_an_edit_that_changes_an_observation_is_named_with_its_rule_and_span():
    def propose(section):
        at = section.text.find("No ")
        return [Edit(at, at + 3, "")] if at >= 0 else []

    section = Section("findings", "FINDINGS", "Clear. No effusion.")
    (told,) = changes(section, [TextRule("careless.v1", propose, ())])
    assert told.startswith("careless.v1 at 7-10 'No '")


@pytest.mark.parametrize("recipe", RECIPES)
def test_no_rule_of_a_bundled_recipe_changes_what_a_demo_report_says(recipe):
    assert broken(demo_reports(), text_rules(recipe)) == []


def test_no_rule_of_the_demo_recipe_changes_what_a_demo_page_says():
    assert broken(demo_pages(), text_rules("demo")) == []


def test_no_rule_of_the_recipe_openi_changes_what_its_reports_say(openi_reports):
    assert broken(openi(openi_reports)[::8], text_rules("openi")) == []


@pytest.mark.slow
def test_no_rule_of_any_recipe_changes_what_any_openi_report_says(openi_reports):
    documents = openi(openi_reports)
    assert [change for recipe in RECIPES for change in broken(documents, text_rules(recipe))] == []
