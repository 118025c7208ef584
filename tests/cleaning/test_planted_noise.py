"""What the site's templates put into its pages goes, all of it, and nothing else does."""

import pytest
from web_poet import HttpResponse

from radcurate.cleaning import chosen
from radcurate.cleaning.apply import clean_document
from radcurate.demo.site import render
from radcurate.demo.site.answers import Site
from radcurate.recipe import load, locate
from radcurate.sources import SourceSpec
from radcurate.sources.radiopaedia import PREFIX, article_document, case_document
from radcurate.spiders.pages.article import ArticlePage
from radcurate.spiders.pages.case import CasePage
from radcurate.spiders.pages.page import read_item
from radcurate.spiders.snapshot import Answer

SITE = Site()
RULES = chosen(load(locate("demo")).rules)
PAGES = [("articles", slug) for slug in SITE.articles] + [("cases", slug) for slug in SITE.cases]
SPEC = SourceSpec("site", PREFIX, (), {"licence": "CC0-1.0"})


def parsed(kind: str, slug: str, *, noisy: bool):
    """The document of a page as parsing hands it on."""
    text = SITE.articles[slug] if kind == "articles" else SITE.cases[slug]
    html = (render.article if kind == "articles" else render.case)(text, noisy=noisy).encode()
    address = f"https://demo.example/{kind}/{slug}"
    answer = Answer(address, 200, [], html, "0" * 64, "2026-01-15T12:00:00Z")
    response = HttpResponse(url=address, body=html, headers={"Content-Type": "text/html; charset=utf-8"})
    if kind == "articles":
        return article_document(read_item(ArticlePage(response)), answer, SPEC)
    return case_document(read_item(CasePage(response)), answer, SPEC)


@pytest.mark.parametrize(("kind", "slug"), PAGES)
def test_a_noisy_page_comes_out_as_the_page_without_noise(kind, slug):
    noisy, _, _ = clean_document(parsed(kind, slug, noisy=True), RULES)
    quiet, _, _ = clean_document(parsed(kind, slug, noisy=False), RULES)
    assert noisy.sections == quiet.sections


@pytest.mark.parametrize(("kind", "slug"), PAGES)
def test_a_page_without_noise_loses_nothing(kind, slug):
    document = parsed(kind, slug, noisy=False)
    cleaned, edits, drop = clean_document(document, RULES)
    assert (edits, drop) == ([], None)
    assert cleaned.sections == document.sections


@pytest.mark.parametrize("item", render.noise(), ids=lambda item: item["id"])
def test_each_kind_of_noise_is_taken_out_by_the_rule_that_its_list_names(item):
    kind, texts = ("cases", SITE.cases) if item["pages"] == "cases" else ("articles", SITE.articles)
    carrying = [slug for slug, text in texts.items() if any(p.id == item["id"] for p in render.planted(text, kind))]
    # Now and then another rule is first: what stands under the heading of the references goes with them.
    firing = [slug for slug in carrying if item["rule"] in rules_that_fire(parsed(kind, slug, noisy=True))]
    assert len(firing) * 2 > len(carrying) > 0


def rules_that_fire(document) -> set[str]:
    return {edit.rule for edit in clean_document(document, RULES)[1]}
