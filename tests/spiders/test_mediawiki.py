"""Real crawls of a loopback wiki: where they go, how they wait, and what ends them."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from scrapy.http import Request, Response

import radcurate
from radcurate import permission
from radcurate.errors import DataError, UsageError
from radcurate.harvest import harvest, site_of
from radcurate.spiders import mediawiki_api as api
from radcurate.spiders import registry, wikis
from radcurate.spiders.crawl import Crawl
from radcurate.spiders.crawl_log import about
from radcurate.spiders.later import MOST_TIMES
from radcurate.spiders.mediawiki import MediaWikiSpider
from radcurate.spiders.snapshot import index
from radcurate.spiders.snapshot_writer import SnapshotWriter
from tests.conftest import ROOT
from tests.spiders.invented_wiki import JSON, InventedWiki
from tests.spiders.recording import Recording, Reply, recorded
from tests.spiders.unpacked import members

WIKI = """\
address = "https://wiki.test"
api = "/w/api.php"
licence = "CC-BY-SA-4.0"
"""
RADIOLOGY = 'categories = ["Radiology"]\n'
NEWEST = {"Pleural effusion": 9340, "Pneumothorax": 9100, "Silhouette sign": 9055, "Distal radius fracture": 9210}
NEWEST["Hounsfield unit"] = 9330
LAGGED = (2, 9)


def crawl(folder: Path, served: InventedWiki, wiki: str = WIKI + RADIOLOGY + "depth = 2\n", **options) -> Recording:
    """Crawls the wiki into `folder/snapshot`; returns what was asked."""
    (folder / "wiki.toml").write_text(wiki, encoding="utf-8")
    with recorded(served.answer) as there:
        plan = Crawl(folder / "snapshot", there.address, "https://wiki.test", (str(folder / "wiki.toml"),), **options)
        try:
            harvest(plan)
        finally:
            served.asked = 0
        return there


def revisions(folder: Path, what: str) -> set[int]:
    """The revisions whose `text` or `facts` are stored."""
    asked = (api.asked(url) for url in index(folder / "snapshot"))
    return {one.revision for one in asked if one and one.what == what}


def queries(there: Recording, **wanted: str) -> list[dict[str, str]]:
    """Parameters of the requests that have these among theirs."""
    asked = [{key: value[-1] for key, value in parse_qs(urlsplit(t).query).items()} for t in there.targets()]
    return [query for query in asked if wanted.items() <= query.items()]


# --- where it goes ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Recording]:
    """A crawl of everything below Radiology, at a wiki that lagged twice; its folder, and what was asked."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, crawl(folder, InventedWiki(lagging=LAGGED))


def test_every_article_below_a_category_is_stored_once_with_text_and_facts_of_its_newest_revision(whole):
    folder, there = whole
    assert revisions(folder, "text") == revisions(folder, "facts") == set(NEWEST.values())
    # The categories hold one another, and an article is in two.
    assert len(there.targets()) == len(set(there.targets())) + len(LAGGED)
    assert about(folder / "snapshot")[0]["why"] == "finished"


@pytest.mark.parametrize(
    ("depth", "titles"),
    [
        (0, set()),
        (1, {"Pleural effusion", "Silhouette sign", "Distal radius fracture"}),
    ],
)
def test_subcategories_are_followed_as_deep_as_the_wiki_says(tmp_path, depth, titles):
    crawl(tmp_path, InventedWiki(), f"{WIKI}{RADIOLOGY}depth = {depth}\n")
    assert revisions(tmp_path, "text") == {NEWEST[title] for title in titles}


@pytest.mark.parametrize("order", [0, -1], ids=["first asked, first answered", "last asked, first answered"])
@pytest.mark.parametrize(("short", "long"), [("A", "B"), ("B", "A")])
def test_the_shortest_way_to_a_category_says_how_deep_it_is_followed_whatever_is_answered_first(
    tmp_path, short, long, order
):
    """At depth 3 the long way, over `long` and Far, ends at Shared, and the short one goes on to Units below it."""
    wiki = InventedWiki()
    wiki.about["categories"] = {
        "Radiology": [short, long],
        short: ["Shared"],
        long: ["Far"],
        "Far": ["Shared"],
        "Shared": ["Units"],
    }
    options = {
        "writer": SnapshotWriter(tmp_path, {}),
        "served": "https://wiki.test",
        "address": "https://wiki.test",
        "stopped": [],
    }
    asked_for = wikis.Wiki("https://wiki.test", "/w/api.php", "CC-BY-SA-4.0", ("Radiology",), 3)
    spider = MediaWikiSpider(wiki=asked_for, **options)
    waiting = list(spider.parse(_answered(wiki, Request(api.site("https://wiki.test/w/api.php")))))
    texts = set()
    while waiting:
        request = waiting.pop(order)
        asked = api.asked(request.url)
        if asked and asked.what == "listing":
            waiting += request.callback(_answered(wiki, request), **request.cb_kwargs)
        elif asked and asked.what == "text":
            texts.add(asked.revision)
    assert texts == {NEWEST["Hounsfield unit"]}


def _answered(wiki: InventedWiki, request: Request) -> Response:
    target = request.url.removeprefix("https://wiki.test")
    return Response(request.url, body=wiki.answer(Recording("https://wiki.test"), target).body)


def test_without_a_category_every_article_is_stored(tmp_path):
    there = crawl(tmp_path, InventedWiki(), WIKI)
    assert revisions(tmp_path, "text") == set(NEWEST.values())
    assert {query["generator"] for query in queries(there) if "generator" in query} == {"allpages"}


def test_contributors_are_followed_to_their_end(whole):
    _, there = whole
    parts = queries(there, revids=str(NEWEST["Pleural effusion"]))
    assert [query.get("pccontinue") for query in parts] == [None, "101|2", "101|4"]
    assert {query["pcexcludegroup"] for query in parts} == {"bot"}


def test_a_limit_counts_articles_and_each_is_whole(tmp_path):
    crawl(tmp_path, InventedWiki(), limit=3)
    assert revisions(tmp_path, "text") == revisions(tmp_path, "facts")
    assert len(revisions(tmp_path, "text")) == 3


def test_the_wiki_is_asked_politely_and_for_its_licence_before_anything_else(whole):
    _, there = whole
    assert there.targets()[0] == "/robots.txt"
    asked = queries(there)[1:]
    assert asked[0]["meta"] == "siteinfo"
    assert all(query.items() >= {"maxlag": "5", "format": "json", "formatversion": "2"}.items() for query in asked)
    agents = {headers["User-Agent"] for _, headers, _ in there.requests}
    assert len(agents) == 1
    assert agents.pop().startswith(f"radcurate/{radcurate.__version__}")
    assert not any("Cookie" in headers for _, headers, _ in there.requests)


def test_a_refresh_asks_for_a_new_revision_under_its_own_address_and_keeps_the_old_one(tmp_path):
    wiki = InventedWiki()
    crawl(tmp_path, wiki, clock="2026-01-15T12:00:00Z")
    wiki.about["articles"][1]["revisions"].append([9999, "2025-01-01T00:00:00Z"])
    crawl(tmp_path, wiki, clock="2026-02-15T12:00:00Z", refresh=True)
    assert revisions(tmp_path, "text") == revisions(tmp_path, "facts") == {*NEWEST.values(), 9999}


def test_a_crawl_that_ended_early_goes_on_without_asking_again(tmp_path):
    first = crawl(tmp_path, InventedWiki(), limit=2)
    second = crawl(tmp_path, InventedWiki())
    assert set(first.targets()) & set(second.targets()) == {"/robots.txt"}
    assert revisions(tmp_path, "text") == revisions(tmp_path, "facts") == set(NEWEST.values())


# --- how it waits ----------------------------------------------------------------------------------------------------


def test_a_wiki_that_lags_is_left_alone_for_as_long_as_it_says_and_asked_again(whole):
    _, there = whole
    again = [target for target in set(there.targets()) if len(there.times(target)) > 1]
    assert len(again) == len(LAGGED)
    for target in again:
        first, second = there.times(target)
        assert second - first >= 1
        # Nothing else was asked for meanwhile.
        assert not [when for _, _, when in there.requests if first < when < second]


def test_what_a_lagging_wiki_answers_is_never_stored_in_place_of_the_answer(whole):
    folder, _ = whole
    raw = b"".join(path.read_bytes() for path in (folder / "snapshot").glob("*.warc.gz"))
    stored = b"".join(members(raw))
    assert b"Invented Radiology Wiki" in stored
    assert b"seconds lagged" not in stored


def test_a_wiki_that_only_lags_is_given_up_and_the_crawl_says_so(tmp_path):
    wiki = InventedWiki(lagging=tuple(range(2, 3 + MOST_TIMES)))
    wiki.wait = 0
    with pytest.raises(DataError, match=f"asked {MOST_TIMES} times to be asked later: https://wiki.test/w/api.php"):
        crawl(tmp_path, wiki)


# --- what ends it ----------------------------------------------------------------------------------------------------


def test_a_wiki_of_another_licence_is_asked_for_nothing_else(tmp_path):
    wiki = InventedWiki()
    wiki.about["rights"] = "https://creativecommons.org/licenses/by-nc/4.0/"
    with pytest.raises(DataError, match=r"Wiki states the licence CC-BY-NC-4.0, where CC-BY-SA-4.0 was expected: http"):
        crawl(tmp_path, wiki)
    assert {one.what for url in index(tmp_path / "snapshot") if (one := api.asked(url))} == {"site"}


def replied(**data: object) -> Reply:
    return Reply(json.dumps(data).encode(), headers=JSON)


@pytest.mark.parametrize(
    ("target", "reply", "words"),
    [
        ("siteinfo", Reply(b"<!DOCTYPE html><title>Sorry</title>"), "the answer is no JSON"),
        (
            "categorymembers",
            replied(error={"code": "readapidenied", "info": "You need read permission."}),
            "the wiki answered with the error `readapidenied`: 'You need read permission.'",
        ),
    ],
)
def test_a_list_that_cannot_be_read_ends_the_crawl_with_its_reason_and_address(tmp_path, target, reply, words):
    with pytest.raises(DataError) as stopped:
        crawl(tmp_path, InventedWiki({target: [reply]}))
    assert words in str(stopped.value)
    assert "https://wiki.test/w/api.php?" in str(stopped.value)


def test_a_category_that_the_wiki_does_not_know_ends_the_crawl(tmp_path):
    with pytest.raises(DataError, match="the wiki knows no category 'Radiolgy', or nothing is in it"):
        crawl(tmp_path, InventedWiki(), WIKI + 'categories = ["Radiolgy"]\n')


def test_robots_txt_that_closes_the_api_ends_the_crawl_before_its_first_request(tmp_path):
    closed = Reply(b"User-agent: *\nDisallow: /w/\n", headers={"Content-Type": "text/plain"})
    wiki = InventedWiki()
    wiki.robots = closed
    (tmp_path / "wiki.toml").write_text(WIKI, encoding="utf-8")
    with recorded(wiki.answer) as there:
        with pytest.raises(DataError, match=r"robots\.txt"):
            harvest(Crawl(tmp_path / "snapshot", there.address, "https://wiki.test", (str(tmp_path / "wiki.toml"),)))
        assert there.targets() == ["/robots.txt"]


def test_a_list_that_is_not_answered_ends_the_crawl(tmp_path):
    with pytest.raises(DataError, match=r"https://wiki\.test/w/api\.php\?.*categorymembers"):
        crawl(tmp_path, InventedWiki({"categorymembers": [Reply(b"no", 404)]}))


def test_an_article_that_is_gone_meanwhile_ends_nothing(tmp_path):
    gone = replied(error={"code": "nosuchrevid", "info": "There is no revision with ID 9100."})
    crawl(tmp_path, InventedWiki({"oldid=9100": [gone], "revids=9100": [Reply(b"<html>")]}))
    assert revisions(tmp_path, "text") == set(NEWEST.values())


# --- which wikis -----------------------------------------------------------------------------------------------------


def test_the_presets_name_radlines_and_wikipedias_radiology(tmp_path):
    presets = wikis.presets()
    assert {name: (wiki.address, wiki.licence) for name, wiki in presets.items()} == {
        "radlines": ("https://radlines.org", "CC-BY-4.0"),
        "wikipedia-radiology": ("https://en.wikipedia.org", "CC-BY-SA-4.0"),
    }
    assert presets["wikipedia-radiology"].categories == ("Radiology",)
    for name in presets:
        with site_of(name, None) as (served, address, _):
            assert served == address == presets[name].address


@pytest.mark.parametrize("name", ["radlines", "wikipedia-radiology"])
def test_a_preset_brings_no_permission(tmp_path, name):
    with (
        site_of(name, None) as (served, address, clock),
        pytest.raises(UsageError, match=r"needs a recorded permission.*\n.*--explain-permission"),
    ):
        harvest(Crawl(tmp_path / "snapshot", served, address, (name,), clock=clock))
    assert not (tmp_path / "snapshot").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('address = "https://wiki.test/w"\napi = "/w/api.php"\nlicence = "CC0-1.0"\n', "`address` is wrong"),
        (WIKI.replace("/w/api.php", "api.php"), "`api` is wrong"),
        (WIKI + 'category = "Radiology"\n', "unknown key `category`; nearest allowed: `categories`"),
        (WIKI + "depth = -1\n", "`depth` is wrong"),
        ('address = "https://wiki.test"\napi = "/api.php"\n', "missing key `licence`"),
    ],
)
def test_a_file_of_a_wiki_is_checked_by_file_and_key(tmp_path, text, words):
    path = tmp_path / "wiki.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        registry.spider(str(path))
    assert str(path) in str(refused.value)
    assert words in str(refused.value)


def test_systems_are_for_sites_that_have_some(tmp_path):
    with pytest.raises(UsageError, match="radlines: takes no --system and no --section"):
        harvest(Crawl(tmp_path / "snapshot", "http://127.0.0.1:9", "http://127.0.0.1:9", ("radlines",), ("Chest",)))


def blocks_of(kind: str) -> dict[str, str]:
    """The TOML blocks of docs/harvest.md that begin with these words, by what follows."""
    page = (ROOT / "docs/harvest.md").read_text(encoding="utf-8")
    found = re.findall(rf"```toml{kind}([^\n]*)\n(.*?)```", page, re.DOTALL)
    return {name or text: text for name, text in found}


def test_the_permissions_in_the_documentation_cover_the_hosts_of_the_presets(tmp_path):
    found = blocks_of(" permission for ")
    assert set(found) == set(wikis.presets())
    for name, wiki in wikis.presets().items():
        path = tmp_path / f"{name}.toml"
        path.write_text(found[name], encoding="utf-8")
        given = permission.load(path)
        for scope in permission.SCOPES:
            permission.demand([urlsplit(wiki.address).hostname or ""], scope, given)
        assert given.licence == wiki.licence


def test_the_wiki_in_the_documentation_is_one_that_loads(tmp_path):
    (text,) = [text for text in blocks_of("").values() if "my_wiki.toml" in text]
    (tmp_path / "my_wiki.toml").write_text(text, encoding="utf-8")
    assert wikis.load(tmp_path / "my_wiki.toml") == wikis.Wiki(
        "https://wiki.example", "/w/api.php", "CC-BY-SA-4.0", ("Radiology",), 2
    )


# --- addresses -------------------------------------------------------------------------------------------------------

API = "https://wiki.test/w/api.php"


@pytest.mark.parametrize(
    ("address", "what"),
    [
        (api.site(API), api.Asked(API, "site")),
        (api.category(API, "Bone | joint & more"), api.Asked(API, "listing")),
        (api.everything(API), api.Asked(API, "listing")),
        (api.facts(API, 12), api.Asked(API, "facts", 12)),
        (api.text(API, 12), api.Asked(API, "text", 12)),
        (
            api.continued(api.facts(API, 12), {"pccontinue": "1|2", "continue": "||info"}),
            api.Asked(API, "contributors", 12),
        ),
        (f"{API}?action=parse&oldid=x", None),
        (f"{API}?action=parse&oldid={'9' * 5000}", None),
        ("https://wiki.test/robots.txt", None),
    ],
)
def test_an_address_tells_what_it_asked_for(address, what):
    assert api.asked(address) == what


def test_what_follows_is_asked_for_with_all_that_was_asked_before():
    first = api.category(API, "A")
    second = api.continued(first, {"gcmcontinue": "page|1|2", "continue": "gcmcontinue||"})
    third = api.continued(second, {"gcmcontinue": "page|3|4", "continue": "gcmcontinue||"})
    before, after = (dict(parse_qs(urlsplit(url).query)) for url in (first, third))
    assert after == {**before, "gcmcontinue": ["page|3|4"], "continue": ["gcmcontinue||"]}
