"""Nothing that a site says it has is missing, or the crawl says what: hit counts, sitemaps, aliases, studies."""

import gzip
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from radcurate.demo.site.answers import Site
from radcurate.demo.site.render import site
from radcurate.demo.site.server import serving
from radcurate.demo.site.texts import apart
from radcurate.harvest import SPIDERS, harvest
from radcurate.spiders.aliases import canonical_address
from radcurate.spiders.crawl import Crawl
from radcurate.spiders.crawl_log import about
from radcurate.spiders.listings import Listing
from radcurate.spiders.snapshot import contents, index
from tests.cli.running import run
from tests.spiders.recording import Recording, Reply, recorded

ARTICLES, CASES = SPIDERS
ADDRESS = site()["address"]


def pages(folder: Path) -> set[str]:
    found = (urlsplit(url).path for url in index(folder))
    return {path for path in found if path.startswith(("/articles/", "/cases/")) and path.count("/") == 2}


def listed(scope: str, demo: Site, system: str | None = None) -> set[str]:
    return {hit.path for hit in demo.hits(scope) if system is None or system in hit.systems}


def listings(folder: Path) -> dict[tuple[str, ...], dict]:
    last = about(folder)[-1]["listings"]
    return {(row["scope"], row.get("system") or row.get("section") or ""): row for row in last}


# --- hit counts and sitemaps -----------------------------------------------------------------------------------------


def test_what_capped_listings_leave_out_comes_from_the_sitemaps(tmp_path):
    demo = Site(most_pages=1)
    with serving(demo) as served:
        harvest(Crawl(tmp_path / "capped", served, ADDRESS, SPIDERS))
    with serving(Site()) as served:
        harvest(Crawl(tmp_path / "whole", served, ADDRESS, SPIDERS))
    assert pages(tmp_path / "capped") == pages(tmp_path / "whole")
    chest = listings(tmp_path / "capped")["cases", "Chest"]
    per_page, all_of_them = site()["cases_per_page"], len(listed("cases", demo, "Chest"))
    assert all_of_them > per_page
    assert {name: chest[name] for name in ("pages", "stated", "seen", "held", "complete", "why")} == {
        **{"pages": 1, "stated": all_of_them, "seen": per_page, "held": all_of_them},
        **{"complete": True, "why": None},
    }
    assert {row["address"] for row in about(tmp_path / "capped")[0]["sitemaps"]} == {
        f"{ADDRESS}/sitemap{name}.xml" for name in ("", "-articles_1", "-cases_1")
    }


def test_listings_that_name_all_that_they_state_need_no_sitemap(tmp_path):
    with serving(Site()) as served:
        harvest(Crawl(tmp_path, served, ADDRESS, (CASES,)))
    assert about(tmp_path)[0]["sitemaps"] == []
    assert {row["complete"] for row in listings(tmp_path).values()} == {True}
    assert not [url for url in index(tmp_path) if "sitemap" in url]


def test_pages_that_a_sitemap_adds_to_a_choice_are_kept_and_counted(tmp_path):
    demo = Site(most_pages=1)
    with serving(demo) as served:
        command = ("harvest", CASES, "--system", "Chest", "--base-url", served, "--snapshot", tmp_path)
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(site(), "address", served)
            done = run(*command)
    assert pages(tmp_path) == listed("cases", demo)
    strangers = len(listed("cases", demo)) - len(listed("cases", demo, "Chest"))
    assert about(tmp_path)[0]["counters"]["outside_choice"] == strangers > 0
    assert done.stderr == f"kept besides: {strangers:,} pages from sitemaps that are of no chosen system or section\n"
    assert listings(tmp_path)["cases", "Chest"]["complete"] is True


def capped(sitemaps: dict[str, Reply], robots: bytes = b"", count: str = "3 articles", following: bool = False):
    """A site whose listing names one article of three."""

    def answer(recording: Recording, target: str) -> Reply:
        path = urlsplit(target).path
        if path in sitemaps:
            given = sitemaps[path]
            return Reply(given.body.replace(b"SITE", recording.address.encode()), given.status, given.headers)
        if path == "/robots.txt":
            return Reply(robots.replace(b"SITE", recording.address.encode()), 200, {"Content-Type": "text/plain"})
        if path == "/search":
            link = '<a class="search-result search-result-article" href="/articles/a?lang=us">a</a>'
            further = '<div class="pagination"><a class="next_page" rel="next" href="/search?page=2">2</a></div>'
            counted = f'<div class="search-results-count">{count}</div>' if count else ""
            goes_on = following and "page=2" not in target
            return Reply(f"{counted}{link}{further if goes_on else ''}".encode(), 500 if "page=2" in target else 200)
        return Reply(b"<p>page</p>") if path.startswith("/articles/") else Reply(b"", 404)

    return recorded(answer)


MAP = b"<urlset>%s</urlset>" % b"".join(b"<url><loc>SITE/articles/%s</loc></url>" % name for name in (b"a", b"b", b"c"))


def crawled(folder: Path, there: Recording, *more: str):
    return run("harvest", ARTICLES, "--system", "Chest", "--base-url", there.address, "--snapshot", folder, *more)


def test_sitemaps_that_robots_txt_names_are_used_packed_ones_too(tmp_path):
    packed = Reply(gzip.compress(MAP.replace(b"SITE", b"%s")), headers={"Content-Type": "application/gzip"})

    def answer(recording: Recording, target: str) -> Reply:
        here = recording.address.encode()
        if target == "/robots.txt":
            return Reply(b"Sitemap: %s/maps/all.xml.gz\nSitemap: https://other.example/x.xml\n" % here)
        if target == "/maps/all.xml.gz":
            return Reply(gzip.compress(MAP.replace(b"SITE", here)), headers=packed.headers)
        if target.startswith("/search"):
            return Reply(b'<p class="search-results-count">3 articles</p>')
        return Reply(b"<p>page</p>") if target.startswith("/articles/") else Reply(b"", 404)

    with recorded(answer) as there:
        assert crawled(tmp_path, there).returncode == 0
        assert "/sitemap.xml" not in there.targets()
    assert pages(tmp_path) == {"/articles/a", "/articles/b", "/articles/c"}


@pytest.mark.parametrize(
    ("sitemaps", "words"),
    [
        ({}, "no sitemap: SITE/sitemap.xml: it answered 404"),
        (
            {"/sitemap.xml": Reply(b'<!DOCTYPE x [<!ENTITY a "b">]><urlset/>')},
            "no sitemap: SITE/sitemap.xml: it declares a document type or entities",
        ),
        ({"/sitemap.xml": Reply(b"<html></html>")}, "no sitemap: SITE/sitemap.xml: its root is <html>"),
    ],
    ids=["none", "bomb", "page"],
)
def test_without_a_sitemap_the_crawl_goes_on_and_says_what_is_missing(tmp_path, sitemaps, words):
    with capped(sitemaps) as there:
        done = crawled(tmp_path, there)
    assert done.returncode == 0
    assert "not complete: articles, Chest: named 1 of 3; it stopped after 1 pages\n" in done.stderr
    assert words.replace("SITE", there.address) in done.stderr
    row = listings(tmp_path)["articles", "Chest"]
    assert (row["stated"], row["seen"], row["complete"]) == (3, 1, False)
    assert pages(tmp_path) == {"/articles/a"}


def test_a_listing_that_breaks_off_is_filled_up(tmp_path):
    with capped({"/sitemap.xml": Reply(MAP)}, count="", following=True) as there:
        done = crawled(tmp_path, there)
    assert pages(tmp_path) == {"/articles/a", "/articles/b", "/articles/c"}
    assert "not complete: articles, Chest: named 1; its page 2 answered 500\n" in done.stderr


def test_a_short_listing_without_a_count_is_not_checked_and_asks_no_sitemap(tmp_path):
    with capped({"/sitemap.xml": Reply(MAP)}, count="") as there:
        done = crawled(tmp_path, there)
        assert "/sitemap.xml" not in there.targets()
    assert done.stderr == "not checked: 1 listings state no number of hits; what they named was fetched\n"
    assert listings(tmp_path)["articles", "Chest"]["complete"] is None


def test_a_limit_is_a_sample_and_asks_no_sitemap(tmp_path):
    with capped({"/sitemap.xml": Reply(MAP)}) as there:
        done = crawled(tmp_path, there, "--limit", "1")
        assert "/sitemap.xml" not in there.targets()
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("stated", "named", "pages_seen", "ended", "complete", "short"),
    [
        (3, 3, 1, True, True, False),
        (3, 4, 1, True, True, False),
        (3, 2, 1, True, False, True),
        (0, 0, 1, True, True, False),
        (None, 200, 9, True, None, False),
        (None, 200, 10, True, False, True),
        (None, 20, 1, False, False, True),
        (None, 0, 0, False, False, True),
    ],
)
def test_a_listing_is_complete_by_its_own_count_and_suspect_where_caps_are(
    stated, named, pages_seen, ended, complete, short
):
    listing = Listing("cases", {}, stated, {str(number) for number in range(named)}, set(), pages_seen, ended)
    assert (listing.is_complete, listing.is_short) == (complete, short)
    assert bool(listing.why) is (complete is not True)


# --- aliases ---------------------------------------------------------------------------------------------------------


def test_one_rid_counts_once(tmp_path):
    (alias,) = site()["aliases"]
    own, other = (f"{ADDRESS}/articles/{alias[name]}?lang=us" for name in ("of", "slug"))
    with serving(Site()) as served:
        harvest(Crawl(tmp_path, served, ADDRESS, (ARTICLES,), ("Chest",)))
    held = contents(tmp_path)
    assert held.aliases == {other: own}
    assert own in index(tmp_path)
    assert other not in index(tmp_path)
    assert about(tmp_path)[-1]["counters"]["aliases"] == 1


def test_a_redirect_to_a_page_that_is_stored_asks_for_it_once(tmp_path):
    def answer(recording: Recording, target: str) -> Reply:
        if target.startswith("/search"):
            links = ("/articles/old?lang=us", "/articles/new?lang=us")
            return Reply(
                "".join(f'<a class="search-result search-result-article" href="{to}">x</a>' for to in links).encode()
            )
        if target.startswith("/articles/old"):
            return Reply(b"", 301, {"Location": "/articles/new?lang=us"})
        return Reply(b"<p>page</p>") if target.startswith("/articles/new") else Reply(b"", 404)

    with recorded(answer) as there:
        for _ in range(2):
            harvest(Crawl(tmp_path, there.address, there.address, (ARTICLES,), ("Chest",)))
        assert there.targets().count("/articles/old?lang=us") == 1
        assert there.targets().count("/articles/new?lang=us") <= 2  # both may be on their way at once


def linked(to: str, before: str = "") -> bytes:
    return f'<html><head>{before}<link rel="canonical" href="{to}"></head></html>'.encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (linked("https://site.example/articles/b"), "https://site.example/articles/b?lang=us"),
        (linked("/articles/b?utm=1"), "https://site.example/articles/b?lang=us"),
        (b"<link href=/articles/b rel=canonical>", "https://site.example/articles/b?lang=us"),
        (linked("/articles/a"), None),
        (linked("/cases/b"), None),
        (linked("/"), None),
        (linked("https://other.example/articles/b"), None),
        (linked("http://[broken"), None),
        (linked("/articles/b", before=" " * 70_000), None),
        (b'<link rel="stylesheet" href="/articles/b">', None),
        (b"", None),
    ],
)
def test_a_canonical_link_names_an_alias_only_of_the_same_kind_on_the_same_site(body, expected):
    assert canonical_address("https://site.example/articles/a?lang=us", body) == expected


def test_a_canonical_link_to_a_page_of_another_rid_makes_no_alias(tmp_path):
    def answer(recording: Recording, target: str) -> Reply:
        if target.startswith("/search"):
            links = ("/articles/a?lang=us", "/articles/b?lang=us")
            return Reply(
                "".join(f'<a class="search-result search-result-article" href="{to}">x</a>' for to in links).encode()
            )
        rid = 1 if target.startswith("/articles/a") else 2
        row = f'<div class="citation-info"><div class="col-sm-3">rID:</div><div class="col-sm-8">{rid}</div></div>'
        return Reply(linked("/articles/a") + row.encode()) if "/articles/" in target else Reply(b"", 404)

    with recorded(answer) as there:
        harvest(Crawl(tmp_path, there.address, there.address, (ARTICLES,), ("Chest",)))
    assert contents(tmp_path).aliases == {}
    assert pages(tmp_path) == {"/articles/a", "/articles/b"}


# --- studies ---------------------------------------------------------------------------------------------------------


def test_studies_with_pages_of_their_own_are_fetched_for_every_case_and_no_limit_counts_them(tmp_path):
    demo = Site()
    wanted = {
        f"/cases/{text.about['rid']}/studies/{text.study_id(number)}"
        for text in demo.cases.values()
        for number in apart(text)
    }
    assert len(wanted) == 4
    with serving(demo) as served:
        harvest(Crawl(tmp_path, served, ADDRESS, (CASES,)))
    assert {urlsplit(url).path for url in index(tmp_path) if "/studies/" in url} == wanted
