"""Real crawls on loopback: where they go, what they say of themselves, what they store, and what ends them."""

import gzip
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from scrapy.http import HtmlResponse, Request
from warcio.archiveiterator import ArchiveIterator

import radcurate
from radcurate.demo.site.answers import Site
from radcurate.demo.site.render import site
from radcurate.demo.site.server import serving
from radcurate.errors import DataError
from radcurate.harvest import SPIDERS, demo_served, harvest, served_at
from radcurate.spiders.crawl import Crawl
from radcurate.spiders.crawl_log import about
from radcurate.spiders.listings import Listing
from radcurate.spiders.radiopaedia import SECTIONS, SYSTEMS, ArticleSpider
from radcurate.spiders.snapshot import Answer, Damaged, answers, fingerprint, index
from radcurate.spiders.snapshot_writer import SnapshotWriter
from radcurate.spiders.storing import sent
from tests.spiders.recording import Recording, Reply, recorded

ADDRESS = site()["address"]
ALIASES = {f"/articles/{alias['slug']}" for alias in site()["aliases"]}
ARTICLES, CASES = SPIDERS


def paths(folder: Path) -> set[str]:
    """Paths of the stored articles and cases."""
    found = (urlsplit(url).path for url in index(folder))
    return {path for path in found if path.startswith(("/articles/", "/cases/")) and path.count("/") == 2}


def listings(folder: Path) -> list[dict[str, str]]:
    """What the stored listings were asked for."""
    found = (urlsplit(url) for url in index(folder))
    return [{key: values[0] for key, values in parse_qs(url.query).items()} for url in found if url.path == "/search"]


def hits(scope: str, demo: Site | None = None, **wanted: set[str]) -> set[str]:
    """Paths that the demo site lists for these `systems` and `sections`."""
    return {
        hit.path
        for hit in (demo or Site()).hits(scope)
        if all(set(getattr(hit, name)) & values for name, values in wanted.items())
    }


# --- the whole demo site, as a build crawls it -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(demo_release: Path) -> Path:
    """The snapshot that the demo's build crawled."""
    (folder,) = (demo_release.parents[1] / ".stages").glob("harvest-*/00000/demo-site")
    return folder


def test_without_a_choice_every_listing_is_followed_and_every_page_that_one_names_is_stored(whole):
    assert paths(whole) == (hits("articles") | hits("cases")) - ALIASES
    assert not [listing for listing in about(whole)[0]["listings"] if listing["complete"] is not True]
    asked = listings(whole)
    for scope, sections in (("articles", SECTIONS), ("cases", ())):
        own = [query for query in asked if query["scope"] == scope]
        assert {query["system"] for query in own if "system" in query} == set(SYSTEMS)
        assert {query["section"] for query in own if "section" in query} == set(sections)
        assert all(("system" in query) != ("section" in query) for query in own)


def test_what_is_stored_is_what_the_site_answered(whole):
    demo = Site()
    stored = list(answers(whole))
    assert [one for one in stored if isinstance(one, Damaged)] == []
    for answer in (one for one in stored if "/search?" not in one.url):
        target = answer.url.removeprefix(ADDRESS)
        expected = demo.answer(target)
        assert (answer.status, answer.body) == (expected.status, expected.body), target
        assert dict(answer.headers).items() >= {"Date": expected.headers["Date"]}.items()
        assert answer.retrieved == site()["clock"]


def test_no_page_is_asked_for_twice_though_many_listings_name_it(whole):
    asked = [url for kind, url in records(whole) if kind == "response"]
    robots = f"{ADDRESS}/robots.txt"
    assert asked.count(robots) == 1
    assert len(asked) == len(set(asked))


def test_robots_txt_is_asked_first_and_stored(whole):
    first = next(url for kind, url in records(whole) if kind == "response")
    assert first == f"{ADDRESS}/robots.txt"


def test_the_snapshot_tells_of_its_crawl_and_nothing_of_the_port(whole):
    (crawl,) = about(whole)
    told = ("file", "address", "spiders", "systems", "sections", "limit", "begun", "ended", "why", "unanswered")
    assert {name: crawl[name] for name in told} == {
        "file": "answers-00001.warc.gz",
        "address": ADDRESS,
        "spiders": list(SPIDERS),
        "systems": [],
        "sections": [],
        "limit": None,
        "begun": site()["clock"],
        "ended": site()["clock"],
        "why": "finished",
        "unanswered": [],
    }
    assert all(url.startswith(f"{ADDRESS}/") for _, url in records(whole))


def records(folder: Path) -> list[tuple[str, str]]:
    """Type and address of every stored record in their order."""
    with (folder / "answers-00001.warc.gz").open("rb") as file:
        found = [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI")) for record in ArchiveIterator(file)
        ]
    return [(kind, url) for kind, url in found if kind != "warcinfo"]


# --- by system and section -------------------------------------------------------------------------------------------

CHOSEN_SYSTEMS, CHOSEN_SECTIONS = {"Chest", "Vascular"}, {"Pathology", "Signs"}


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[set[str]]]:
    """Two crawls into one folder, articles of two systems and sections, then cases of a system; and what each added."""
    folder = tmp_path_factory.mktemp("chosen") / "snapshot"
    added: list[set[str]] = []
    for spider, systems, sections in (
        (ARTICLES, sorted(CHOSEN_SYSTEMS), sorted(CHOSEN_SECTIONS)),
        (CASES, ["Chest"], []),
    ):
        before = set(index(folder)) if folder.exists() else set()
        with demo_served() as (served, address, clock):
            harvest(Crawl(folder, served, address, (spider,), tuple(systems), tuple(sections), clock=clock))
        added.append(set(index(folder)) - before)
    return folder, added


def test_systems_and_sections_are_asked_for_in_every_combination_and_nothing_else_is(chosen):
    asked = [query for query in listings(chosen[0]) if query["scope"] == "articles"]
    assert {(query["system"], query["section"]) for query in asked} == {
        (system, section) for system in CHOSEN_SYSTEMS for section in CHOSEN_SECTIONS
    }
    assert all(query["lang"] == "us" and query["sort"] == "title" for query in asked)


def test_pages_of_the_systems_and_sections_come_and_no_others(chosen):
    expected = hits("articles", systems=CHOSEN_SYSTEMS, sections=CHOSEN_SECTIONS)
    assert {path for path in paths(chosen[0]) if path.startswith("/articles/")} == expected - ALIASES


def test_a_listing_is_followed_page_by_page_to_its_end(chosen):
    expected = hits("cases", systems={"Chest"})
    assert {path for path in paths(chosen[0]) if path.startswith("/cases/")} == expected
    pages = sorted(int(query["page"]) for query in listings(chosen[0]) if query["scope"] == "cases")
    assert pages == list(range(1, -(-len(expected) // site()["cases_per_page"]) + 1))
    assert len(pages) > 1


def test_a_second_crawl_adds_a_file_and_an_entry_to_the_same_snapshot(chosen):
    folder, (first, second) = chosen
    assert [(crawl["file"], crawl["spiders"], crawl["systems"]) for crawl in about(folder)] == [
        ("answers-00001.warc.gz", [ARTICLES], sorted(CHOSEN_SYSTEMS)),
        ("answers-00002.warc.gz", [CASES], ["Chest"]),
    ]
    assert {urlsplit(url).path.split("/")[1] for url in first} == {"robots.txt", "search", "articles"}
    assert {urlsplit(url).path.split("/")[1] for url in second} == {"search", "cases"}


def test_pages_of_two_crawls_have_the_same_digests(chosen, whole):
    one, other = ({url: entry.sha256 for url, entry in index(folder).items()} for folder in (chosen[0], whole))
    both = {url for url in one.keys() & other.keys() if "/search?" not in url}
    assert len(both) >= 20
    assert {url: one[url] for url in both} == {url: other[url] for url in both}


# --- a site that watches ---------------------------------------------------------------------------------------------

LISTED = (
    "/articles/plain?lang=us",
    "/articles/private/one?lang=us",
    "/articles/coded?lang=us",
    "/articles/renamed?lang=us",
    "/articles/moved-away?lang=us",
    "/articles/busy?lang=us",
    "/articles/shaky?lang=us",
    "/articles/plain?lang=us#again",
)
CODED = gzip.compress(b"<h1>Coded</h1>", mtime=0)


def listing(links, following: str = "") -> Reply:
    lines = "".join(f'<a class="search-result search-result-article" href="{link}">x</a>' for link in links)
    further = f'<div class="pagination"><a class="next_page" rel="next" href="{following}">Next</a></div>'
    return Reply((lines + (further if following else "")).encode())


def reply(elsewhere: str, recording: Recording, target: str) -> Reply:
    """Every answer sets a cookie."""
    answer = plain_reply(elsewhere, recording, target)
    answer.headers["Set-Cookie"] = "session=1; Path=/"
    return answer


def plain_reply(elsewhere: str, recording: Recording, target: str) -> Reply:
    if target == "/robots.txt":
        return Reply(b"User-agent: *\nDisallow: /articles/private\n", headers={"Content-Type": "text/plain"})
    if target.startswith("/search"):
        if "page=2" in target:
            return listing(["/articles/last?lang=us"], f"{elsewhere}/search?page=3")
        return listing([*LISTED, f"{elsewhere}/articles/theirs"], "/search?page=2")
    if target.startswith("/articles/coded"):
        return Reply(CODED, headers={"Content-Encoding": "gzip"})
    if target.startswith("/articles/renamed?"):
        return Reply(b"", 301, {"Location": "/articles/renamed-to?lang=us"})
    if target.startswith("/articles/moved-away"):
        return Reply(b"", 302, {"Location": f"{elsewhere}/articles/away"})
    if target.startswith("/articles/busy") and len(recording.times(target)) == 1:
        return Reply(b"", 429, {"Retry-After": "1"})
    if target.startswith("/articles/shaky") and len(recording.times(target)) < 3:
        return Reply(b"", 503)
    return Reply(b"<h1>Page</h1>")


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recording, Recording, Path]:
    """The recordings of a crawled site and of another to which it leads (and which is the proxy), and the snapshot."""
    folder = tmp_path_factory.mktemp("watched") / "snapshot"
    with (
        recorded(lambda *_: Reply(b"theirs")) as other,
        recorded(lambda *asked: reply(other.address, *asked)) as own,
        pytest.MonkeyPatch.context() as environment,
        served_at(f"{own.address}/") as (served, address, clock),
    ):
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            environment.setenv(name, other.address)
        for name in ("no_proxy", "NO_PROXY"):
            environment.delenv(name, raising=False)
        harvest(Crawl(folder, served, address, (ARTICLES,), ("Chest",), clock=clock))
    return own, other, folder


def test_a_page_that_robots_txt_closes_is_not_asked_for(watched):
    own, _, _ = watched
    assert own.targets()[0] == "/robots.txt"
    assert not [target for target in own.targets() if target.startswith("/articles/private")]
    assert "/articles/plain?lang=us" in own.targets()


def test_no_other_site_is_asked_whatever_links_redirects_and_the_proxy_of_the_environment_say(watched):
    own, other, folder = watched
    assert other.targets() == []
    assert all(url.startswith(own.address) for url in index(folder))


def test_the_redirect_to_another_site_is_stored_as_it_came(watched):
    _, other, folder = watched
    (answer,) = [one for one in answers(folder) if "moved-away" in one.url]
    assert (answer.status, dict(answer.headers)["Location"]) == (302, f"{other.address}/articles/away")


def test_a_redirect_within_the_site_is_followed_and_both_answers_are_stored(watched):
    _, _, folder = watched
    found = {urlsplit(answer.url).path: answer.status for answer in answers(folder)}
    assert (found["/articles/renamed"], found["/articles/renamed-to"]) == (301, 200)


def test_every_request_says_honestly_who_asks_and_carries_no_cookie(watched):
    own, _, _ = watched
    for _, headers, _ in own.requests:
        assert headers["User-Agent"] == f"radcurate/{radcurate.__version__}"
        assert headers["Accept-Encoding"] == "gzip"
        assert not {"Cookie", "Referer", "Authorization"} & set(headers)


def test_the_stored_request_has_the_headers_that_were_sent(watched):
    own, _, folder = watched
    with (folder / "answers-00001.warc.gz").open("rb") as file:
        stored = {
            record.rec_headers.get_header("WARC-Target-URI"): dict(record.http_headers.headers)
            for record in ArchiveIterator(file)
            if record.rec_type == "request"
        }
    target = "/articles/plain?lang=us"
    headers = next(headers for asked, headers, _ in own.requests if asked == target)
    assert stored[own.address + target] == headers


def test_a_page_that_is_named_twice_is_asked_for_once(watched):
    assert watched[0].targets().count("/articles/plain?lang=us") == 1


def test_the_next_listing_is_followed_where_it_is_of_the_site(watched):
    own, _, folder = watched
    assert "/search?page=2" in own.targets()
    assert f"{own.address}/articles/last?lang=us" in index(folder)


def test_a_coded_answer_is_stored_in_its_coding(watched):
    own, _, folder = watched
    url = f"{own.address}/articles/coded?lang=us"
    with (folder / "answers-00001.warc.gz").open("rb") as file:
        bodies = {
            record.rec_headers.get_header("WARC-Target-URI"): record.raw_stream.read()
            for record in ArchiveIterator(file)
            if record.rec_type == "response"
        }
    assert bodies[url] == CODED
    assert next(answer for answer in answers(folder) if answer.url == url).body == b"<h1>Coded</h1>"


def test_a_busy_site_is_left_alone_for_as_long_as_it_asks_and_then_asked_again(watched):
    own, _, folder = watched
    first, second = own.times("/articles/busy?lang=us")
    assert second - first >= 1
    assert index(folder)[f"{own.address}/articles/busy?lang=us"].status == 200


def test_an_answer_that_fails_is_asked_for_again_and_the_one_that_came_counts(watched):
    own, _, folder = watched
    assert len(own.times("/articles/shaky?lang=us")) == 3
    assert index(folder)[f"{own.address}/articles/shaky?lang=us"].status == 200


def test_a_site_that_is_served_elsewhere_is_stored_under_its_own_address_without_a_last_slash(watched):
    own, _, folder = watched
    assert about(folder)[0]["address"] == own.address


# --- what ends a crawl -----------------------------------------------------------------------------------------------

STOPPING = {
    "/articles/challenge": "the site answered with a challenge page (Cloudflare)",
    "/articles/members-only": "the site asks to sign in",
    "/articles/not-acceptable": "the site answered 406",
    "/articles/too-many-requests": "the site answered 429 again and again",
}


def test_the_traps_that_are_not_linked_are_those_that_stop_a_crawl():
    assert {trap["path"] for trap in site()["traps"] if not trap["linked"]} == set(STOPPING)


@pytest.mark.parametrize("trap", STOPPING)
def test_a_closed_door_ends_the_crawl_with_its_reason_and_what_came_is_kept(tmp_path, trap):
    folder = tmp_path / "snapshot"
    with serving(Site([trap])) as served, pytest.raises(DataError) as stopped:
        harvest(Crawl(folder, served, ADDRESS, SPIDERS, ("Chest",)))
    why = f"{STOPPING[trap]}: {ADDRESS}{trap}?lang=us"
    stored = index(folder)
    kept = f"{len(stored)} answers are kept in {folder}: the same command again fetches what is missing"
    assert str(stopped.value) == f"the crawl stopped: {why}\n{kept}"
    assert [(crawl["why"], bool(crawl["ended"])) for crawl in about(folder)] == [(why, True)]
    assert f"{ADDRESS}{trap}?lang=us" in stored
    assert [query["scope"] for query in listings(folder)] == ["articles"] * len(listings(folder)) != []
    assert not [url for url in stored if "sign_in" in url or "/cases/" in url]
    demo = Site([trap])
    for answer in answers(folder):
        assert isinstance(answer, Answer)
        assert answer.body == demo.answer(answer.url.removeprefix(ADDRESS)).body


def test_a_request_is_written_down_as_it_goes_over_the_wire():
    request = Request("http://127.0.0.1:8000/search?scope=cases&page=1", headers={"User-Agent": "radcurate/0"})
    assert sent(request) == (
        b"GET /search?scope=cases&page=1 HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nUser-Agent: radcurate/0\r\n\r\n"
    )


@pytest.mark.slow
def test_two_crawls_of_the_demo_site_have_one_fingerprint(whole, tmp_path):
    """The order of the answers differs from crawl to crawl, since several are on their way at once."""
    with demo_served() as (served, address, clock):
        counts = harvest(Crawl(tmp_path / "again", served, address, SPIDERS, clock=clock))
    assert fingerprint(index(tmp_path / "again")) == fingerprint(index(whole))
    assert list(answers(tmp_path / "again")) == list(answers(whole))
    assert counts == {"200": len(index(whole)) - 1, "404": 1}


# --- where a spider goes ----------------------------------------------------------------------------------------------

SERVED = "http://127.0.0.1:8000"


def followed(spider: ArticleSpider, links: list[str], following: str = "") -> list[str]:
    """Where the spider goes from a listing with these links."""
    page = listing(links, following)
    answer = HtmlResponse(f"{SERVED}/search?x=1", body=page.body)
    return [one.url.removeprefix(SERVED) for one in spider.parse(answer, Listing("articles", {}))]


def spider(folder: Path, limit: int | None = None) -> ArticleSpider:
    writer = SnapshotWriter(folder, {})
    return ArticleSpider(writer=writer, served=SERVED, address=ADDRESS, stopped=[], limit=limit)


def test_a_limit_counts_pages_and_neither_links_to_one_page_nor_to_other_sites(tmp_path):
    limited = spider(tmp_path, 3)
    assert followed(limited, ["/articles/a", "/articles/b", "/articles/a"], "/search?x=2") == [
        "/articles/a",
        "/articles/b",
        "/search?x=2",
    ]
    assert followed(limited, ["/articles/b", "http://127.0.0.1:80/x", "/articles/c", "/articles/d"], "/search?x=3") == [
        "/articles/c"
    ]
    assert followed(limited, ["/articles/e"], "/search?x=4") == []


def test_without_a_limit_every_page_and_every_next_listing_is_followed_once(tmp_path):
    free = spider(tmp_path)
    assert len(followed(free, [f"/articles/{number}" for number in range(300)], "/search?x=2")) == 301
    assert followed(free, ["/articles/7", "/articles/new"]) == ["/articles/new"]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (f"{SERVED}/articles/a?lang=us", f"{ADDRESS}/articles/a?lang=us"),
        (f"{SERVED}0/articles/a", f"{SERVED}0/articles/a"),
        ("https://else.example/articles/a", "https://else.example/articles/a"),
    ],
)
def test_the_address_of_a_page_is_that_of_the_site_and_that_of_another_site_stays(tmp_path, url, address):
    assert spider(tmp_path).address_of(url) == address


# --- the process that crawls -----------------------------------------------------------------------------------------

LOOKING = """
import os
from pathlib import Path

import scrapy

from radcurate.spiders.site import SiteSpider


class Looking(SiteSpider):
    name = "looking"

    def rounds(self):
        yield [scrapy.Request(f"{self.served}/articles/a", self.look)]

    def look(self, response):
        own = {os.readlink(file.path) for file in os.scandir("/proc/self/fd") if os.path.lexists(file.path)}
        rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()]
        listening = [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in own]
        Path(__file__).with_name("listening").write_text(str(listening))
"""
FAILING = """
from radcurate.spiders.site import SiteSpider


class Failing(SiteSpider):
    name = "failing"

    def __init__(self, **options):
        raise RuntimeError("no map of the site")
"""


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the system does not tell open files in /proc")
def test_a_crawl_listens_at_no_port_of_its_own(tmp_path):
    spider = tmp_path / "looking.py"
    spider.write_text(LOOKING)
    with recorded(lambda target, *_: Reply(b"User-agent: *" if target == "/robots.txt" else b"<h1>Page</h1>")) as there:
        harvest(Crawl(tmp_path / "snapshot", there.address, there.address, (str(spider),)))
    assert (tmp_path / "listening").read_text() == "[]"


def test_a_crawl_that_fails_says_why_and_not_that_it_was_interrupted(tmp_path):
    spider = tmp_path / "failing.py"
    spider.write_text(FAILING)
    with pytest.raises(DataError, match=r"the crawl stopped: .*failing\.py failed: RuntimeError: no map of the site"):
        harvest(Crawl(tmp_path / "snapshot", "http://127.0.0.1:9", "http://127.0.0.1:9", (str(spider),)))
    (crawl,) = about(tmp_path / "snapshot")
    assert crawl["why"] == f"{spider} failed: RuntimeError: no map of the site"
