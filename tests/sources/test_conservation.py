"""Nothing of a body disappears: what a page shows is in its document, and what a document lost is in the audit."""

import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString

from radcurate.cleaning import chosen
from radcurate.cleaning.apply import clean_document, replay
from radcurate.demo.site.answers import Site
from radcurate.documents import Document
from radcurate.recipe import load, locate
from radcurate.sources import SourceSpec
from radcurate.sources.radiopaedia import PREFIX, document
from radcurate.spiders.snapshot import Answer

SITE = Site()
ADDRESS = "https://demo.example"
PAGES = [("articles", slug) for slug in SITE.articles] + [("cases", slug) for slug in SITE.cases]
SPEC = SourceSpec("site", PREFIX, (), {"licence": "CC0-1.0"})
DEMO_RULES = chosen(load(locate("demo")).rules)
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉₊₋−", "0123456789+-0123456789+--")
# The marks that reading puts before items, between cells and after the headings within a text.
MARKS = re.compile(r"[•◦▪|:]|(?m:^\d+\. )")


def html(kind: str, slug: str) -> bytes:
    return SITE.answer(f"/{kind}/{slug}").body


def parsed(kind: str, slug: str) -> Document:
    answer = Answer(
        f"{ADDRESS}/{kind}/{slug}",
        200,
        [("Content-Type", "text/html; charset=utf-8")],
        html(kind, slug),
        "0" * 64,
        "2026-01-15T12:00:00Z",
    )
    found = document(answer, kind, SPEC)
    assert isinstance(found, Document), found
    return found


def shown(nodes: list[Tag]) -> Iterator[str]:
    """Every piece of text that a reader sees there, in its order."""
    for node in nodes:
        for string in node.find_all(string=True):
            hidden = any(tag.name in ("script", "style") or "hidden" in tag.get("class", []) for tag in string.parents)
            if isinstance(string, NavigableString) and not isinstance(string, PreformattedString) and not hidden:
                yield str(string)


def visible(kind: str, slug: str) -> str:
    soup = BeautifulSoup(html(kind, slug), "lxml")
    if kind == "articles":
        return "".join(shown(soup.select("div.user-generated-content")))
    studies = [part for study in soup.select(".case-study, .case-viewer-2022") for part in study_parts(study)]
    discussion = soup.select("#case-discussion") or [
        section for section in soup.select(".case-section") if section.get_text().startswith("Case Discussion")
    ]
    for section in discussion:
        section.h2.decompose()
    presentation = soup.select("#case-patient-presentation p, #case-patient-presentation li")
    return "".join(shown([*presentation, *studies, *discussion, *soup.select(".diagnostic-certainty-title")]))


def study_parts(study: Tag) -> list[Tag]:
    """Title and findings; a study without findings is none of a document's sections."""
    findings = study.select(".study-findings")
    return [*study.select(".study-desc h2"), *findings] if findings else []


def written(found: Document) -> str:
    """All headings that a page printed, and all texts, in their order."""
    own = {"presentation": "", "discussion": "", "diagnostic_certainty": ""} if found.kind == "case" else {}
    lines = []
    for section in found.sections:
        heading = own.get(section.name, section.heading)
        lines += [heading] * (heading != section.text) + [section.text]
    return "\n".join(lines)


def characters(text: str, without: re.Pattern[str]) -> str:
    """The text without white space and marks, raised and lowered numbers as plain ones."""
    return re.sub(r"\s", "", without.sub("", text.translate(RAISED)))


@pytest.mark.parametrize(("kind", "slug"), PAGES)
def test_every_character_that_a_body_shows_is_in_the_document_in_its_order(kind, slug):
    found = characters(written(parsed(kind, slug)), MARKS)
    assert found == characters(visible(kind, slug), MARKS)
    assert len(found) > 200


@pytest.mark.parametrize(("kind", "slug"), PAGES)
def test_the_clean_text_is_the_parsed_text_with_the_audited_edits_and_nothing_else(kind, slug):
    before = parsed(kind, slug)
    after, edits, drop = clean_document(before, DEMO_RULES)
    assert drop is None
    assert {edit.section for edit in edits} <= {section.name for section in before.sections}
    for section in before.sections:
        own = [edit for edit in edits if edit.section == section.name]
        assert replay(section.text, own) == after.text_of(section.name)
        assert all(0 <= edit.start <= edit.end <= len(section.text) for edit in own)
    kept = [section.name for section in before.sections if after.text_of(section.name)]
    assert [section.name for section in after.sections] == kept


def test_every_edit_of_the_site_names_a_rule_of_the_recipe_and_each_of_the_noise_rules_was_needed():
    fired = {edit.rule for kind, slug in PAGES for edit in clean_document(parsed(kind, slug), DEMO_RULES)[1]}
    assert fired <= {rule.id for rule in DEMO_RULES}
    assert len(fired) >= 10
