"""The demo site keeps what its README says, and serves what real sites serve."""

import itertools
import re
from collections import Counter

import pytest

from radcurate.demo.site.answers import Site
from radcurate.demo.site.render import MOST_CITATIONS, noise, planted, site
from radcurate.demo.site.texts import case_parts, read_all
from radcurate.spiders.radiopaedia import SECTIONS, SYSTEMS

ARTICLES, CASES = read_all("articles"), read_all("cases")
LARGEST_SHARE = 0.40
MODALITIES = {
    *("X-ray", "CT", "MRI", "Ultrasound", "Mammography", "Nuclear medicine", "Fluoroscopy", "DSA (angiography)"),
    "PET-CT",
}
# Cases that are there for a task to refuse: normal studies, signs, studies without text or without a modality.
NO_PLAIN_CASE = 16


def words(text) -> list[str]:
    return re.findall(r"[a-z0-9]+", re.sub(r"<[^>]+>", " ", " ".join(text.blocks)).lower())


def shingles(text) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[start : start + 5]) for start in range(len(found) - 4)}


def studies():
    return [study for text in CASES.values() for study in case_parts(text).studies]


def test_there_are_45_articles_of_150_to_400_words_over_15_systems():
    assert len(ARTICLES) >= 45
    assert {slug: len(words(text)) for slug, text in ARTICLES.items() if not 150 <= len(words(text)) <= 400} == {}
    assert len({system for text in ARTICLES.values() for system in text.about["systems"]}) >= 15


def test_there_are_45_plain_cases_over_8_modalities():
    assert len(CASES) - NO_PLAIN_CASE >= 45
    assert {study.modality for study in studies() if study.modality} == MODALITIES


def test_a_third_of_the_articles_belong_to_two_systems():
    assert sum(len(text.about["systems"]) > 1 for text in ARTICLES.values()) * 3 >= len(ARTICLES)


@pytest.mark.parametrize(
    ("what", "pattern", "fewest"),
    [
        ("nested lists", r"<li>[^<]*(?:<(?!/li|ul)[^>]*>[^<]*)*<ul>", 15),
        ("tables", r"<table>", 10),
        ("figure captions", r"<figcaption>", 12),
        ("raised numbers that are none of references", r"<sup>", 5),
        ("lowered numbers", r"<sub>", 2),
        ("sub-headings", r"<h5>", 15),
        ("truths that hinge on a word", r"\b(?:unless|except|however)\b", 8),
    ],
)
def test_articles_hold_what_real_ones_hold(what, pattern, fewest):
    assert sum(bool(re.search(pattern, " ".join(text.blocks), re.I)) for text in ARTICLES.values()) >= fewest, what


def test_cases_hold_what_real_ones_hold():
    assert sum(len(case_parts(text).studies) > 1 for text in CASES.values()) * 3 >= len(CASES)
    assert sum(not study.findings for study in studies()) >= 4
    assert sum(not study.modality for study in studies()) >= 4
    assert {text.about["certainty"] for text in CASES.values()} == {
        *("certain", "almost certain", "probable", "possible", "not applicable")
    }


@pytest.mark.parametrize("texts", [ARTICLES, CASES], ids=["articles", "cases"])
def test_both_markups_are_there_and_every_system_and_section_has_its_name(texts):
    assert Counter(text.about["markup"] for text in texts.values()).keys() == {"new", "old"}
    assert {system for text in texts.values() for system in text.about["systems"]} <= set(SYSTEMS)
    assert {name for text in texts.values() for name in text.about.get("sections", ())} <= set(SECTIONS)


def test_no_two_texts_share_over_40_percent_of_their_shingles():
    cut = {text.about["rid"]: shingles(text) for text in (*ARTICLES.values(), *CASES.values())}
    assert len(cut) == len(ARTICLES) + len(CASES)
    close = [
        (one, other)
        for one, other in itertools.combinations(cut, 2)
        if len(cut[one] & cut[other]) > LARGEST_SHARE * min(len(cut[one]), len(cut[other]))
    ]
    assert close == []


def test_no_age_is_over_89():
    ages = [re.match(r"(\d+) years?", text.about.get("age", "")) for text in CASES.values()]
    assert all(int(age[1]) <= 89 for age in ages if age)


def test_every_item_of_the_noise_list_stands_on_some_page():
    pages = [(text, "articles") for text in ARTICLES.values()] + [(text, "cases") for text in CASES.values()]
    counted = Counter(piece.id for text, kind in pages for piece in planted(text, kind))
    assert set(counted) == {item["id"] for item in noise()}
    assert counted["citation-number"] <= MOST_CITATIONS * len(ARTICLES)


def test_the_texts_themselves_hold_none_of_the_noise():
    patterns = r"courtesy of|on this page|revision history|\bquiz\b|promoted|\[\d+\]|&nbsp;|\u00a0|\u200b"
    whole = {slug: " ".join(text.blocks) for slug, text in (*ARTICLES.items(), *CASES.items())}
    assert {slug: found[0] for slug, text in whole.items() if (found := re.search(patterns, text, re.I))} == {}


def test_a_page_is_the_same_each_time_and_two_slugs_may_be_one_article():
    (alias,) = site()["aliases"]
    page = Site().answer(f"/articles/{alias['slug']}")
    assert page == Site().answer(f"/articles/{alias['slug']}?lang=us")
    assert page.body == Site().answer(f"/articles/{alias['of']}").body
    assert page.headers["Date"] == "Thu, 15 Jan 2026 12:00:00 GMT"


def test_near_duplicates_differ_from_their_article_in_a_few_words():
    demo = Site()
    for item in site()["near_duplicates"]:
        one, other = shingles(demo.articles[item["of"]]), shingles(demo.articles[item["slug"]])
        assert 0.8 <= len(one & other) / len(one | other) < 1


def test_listings_lead_page_by_page_to_everything_of_a_system():
    demo = Site()
    seen: list[str] = []
    target = "/search?lang=us&scope=cases&system=Chest&sort=title&page=1"
    while target:
        html = demo.answer(target).body.decode()
        seen += re.findall(r'class="search-result search-result-case" href="/cases/([^"?]+)', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        target = following[1].replace("&amp;", "&") if following else ""
    assert sorted(seen) == sorted(slug for slug, text in CASES.items() if "Chest" in text.about["systems"])
    assert len(seen) > site()["cases_per_page"]


def test_traps_that_stop_a_crawl_are_listed_only_where_they_are_asked_for():
    stopping = [trap["path"] for trap in site()["traps"] if not trap["linked"]]
    assert len(stopping) == 4
    assert not {hit.path for hit in Site().hits("articles")} & set(stopping)
    assert {hit.path for hit in Site(stopping).hits("articles")} >= set(stopping)


def test_sitemaps_name_every_listed_page():
    sitemap = Site().answer("/sitemap-articles_1.xml").body.decode()
    assert sitemap.count("<loc>") == len(Site().hits("articles"))
    assert Site().answer("/sitemap-images_1.xml").status == 404
    assert "sitemap-cases_1.xml" in Site().answer("/sitemap.xml").body.decode()
