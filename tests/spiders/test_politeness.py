"""What a site sees of a crawl: when requests arrive, what they say, and that they end where the site wants it."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

import radcurate
from radcurate.errors import DataError
from radcurate.harvest import SPIDERS, harvest
from radcurate.permission import load
from radcurate.sources import Rejected, SourceSpec
from radcurate.sources.radiopaedia import read
from radcurate.spiders.coding import MOST_BYTES
from radcurate.spiders.crawl import Crawl
from radcurate.spiders.crawl_log import about
from radcurate.spiders.snapshot import Answer, answers, index
from tests.spiders.recording import Recording, Reply, recorded
from tests.spiders.test_coding import bomb
from tests.spiders.test_crawl import listing
from tests.test_permission import GRANTED, written

ARTICLES, CASES = SPIDERS
PAGE = Reply(b"<h1>Page</h1>")
NAME = "radiology.test"
NAMES = ((NAME, "127.0.0.1"), ("other.test", "127.0.0.1"))
VALID = GRANTED.replace("2026-02-03", "2020-02-03").replace("2027-02-02", "2999-02-02")

Pages = dict[str, Reply | Callable[[Recording], Reply]]


def site(pages: Pages, robots: Reply | None = None) -> Callable[[Recording, str], Reply]:
    """A site with one listing that names these pages; robots.txt allows everything unless another is given."""

    def answer(recording: Recording, target: str) -> Reply:
        if target == "/robots.txt":
            return robots or Reply(b"User-agent: *\nDisallow:\n", headers={"Content-Type": "text/plain"})
        if target.startswith("/search") and target not in pages:
            return listing([page for page in pages if not page.startswith("/hidden")])
        found = pages.get(target, PAGE)
        return found if isinstance(found, Reply) else found(recording)

    return answer


def robots(text: str) -> Reply:
    return Reply(text.encode(), headers={"Content-Type": "text/plain"})


def crawled(folder: Path, recording: Recording, **options) -> None:
    plan = Crawl(folder, recording.address, recording.address, (ARTICLES,), ("Chest",), **options)
    harvest(plan)


def stopped(folder: Path, recording: Recording, **options) -> str:
    """Why the crawl stopped, the first of the lines that tell it."""
    with pytest.raises(DataError) as caught:
        crawled(folder, recording, **options)
    told = str(caught.value)
    assert "Traceback" not in told
    assert len(told.splitlines()) == 2
    (crawl,) = about(folder)
    assert told.splitlines()[0] == f"the crawl stopped: {crawl['why']}"
    return crawl["why"].replace(recording.address, "SITE")


def unanswered(folder: Path, recording: Recording) -> list[str]:
    return [url.removeprefix(recording.address) for url in about(folder)[0]["unanswered"]]


def paths(recording: Recording) -> list[str]:
    return [target.partition("?")[0] for target in recording.targets()]


# --- a real name, led to loopback ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def permitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recording, Path, list[str]]:
    """The recording of a site under a `.test` name that redirects to another name, the snapshot, and what was told."""
    folder, told = tmp_path_factory.mktemp("permitted"), list[str]()
    with recorded(lambda *asked: site({"/articles/moved": away(asked[0])})(*asked)) as there:
        served = there.address.replace("127.0.0.1", NAME)
        plan = Crawl(folder / "snapshot", served, served, (ARTICLES,), ("Chest",), resolve=NAMES)
        harvest(plan, load(written(folder, VALID)), told.append)
    return there, folder, told


def away(recording: Recording) -> Reply:
    return Reply(b"", 302, {"Location": recording.address.replace("127.0.0.1", "other.test") + "/articles/moved"})


def test_under_a_permission_a_real_host_is_crawled(permitted):
    there, folder, _ = permitted
    assert paths(there) == ["/robots.txt", "/search", "/articles/moved"]
    assert {url.split("/")[2].partition(":")[0] for url in index(folder / "snapshot")} == {NAME}


def test_a_real_host_has_five_seconds_between_requests(permitted):
    there, _, _ = permitted
    assert len(there.pauses()) == 2
    assert min(there.pauses()) >= 5.0


def test_another_name_is_not_asked_though_it_leads_to_the_same_place(permitted):
    there, folder, _ = permitted
    assert {headers["Host"].partition(":")[0] for _, headers, _ in there.requests} == {NAME}
    (moved,) = [answer for answer in answers(folder / "snapshot") if answer.url.endswith("/moved")]
    assert (moved.status, "other.test" in dict(moved.headers)["Location"]) == (302, True)


def test_every_request_names_project_version_and_contact_and_carries_nothing_else_of_us(permitted):
    there, _, _ = permitted
    for _, headers, _ in there.requests:
        assert headers["User-Agent"] == f"radcurate/{radcurate.__version__} (+lab@university.test)"
        assert set(headers) <= {"User-Agent", "Host", "Accept", "Accept-Encoding", "Connection"}


def test_the_permission_is_kept_byte_by_byte(permitted):
    _, folder, _ = permitted
    assert (folder / "snapshot/permission.toml").read_bytes() == (folder / "permission.toml").read_bytes()


def test_it_is_told_under_which_permission_and_at_what_pace(permitted):
    _, folder, told = permitted
    assert told == [
        f"{NAME}: crawled under {folder}/permission.toml (granted; hosts {NAME}; to download, derive; "
        "from 2020-02-03 until 2999-02-02; contact lab@university.test)\n"
        "One request at a time, 5 seconds or more after the answer before; longer where robots.txt or the site asks "
        "for it"
    ]


@pytest.mark.slow
def test_a_retry_a_redirect_and_the_next_run_keep_to_the_pause_too(tmp_path):
    def once_busy(recording: Recording) -> Reply:
        return Reply(b"", 503, {"Retry-After": "1"}) if len(recording.times("/articles/busy")) == 1 else PAGE

    pages: Pages = {"/articles/busy": once_busy, "/articles/old": Reply(b"", 301, {"Location": "/hidden/new"})}
    with recorded(site(pages)) as there:
        served = there.address.replace("127.0.0.1", NAME)
        plan = Crawl(tmp_path / "snapshot", served, served, (ARTICLES,), ("Chest",), resolve=NAMES)
        harvest(plan, load(written(tmp_path, VALID)))
        first = len(there.requests)
        harvest(plan, load(written(tmp_path, VALID)))
    assert sorted(paths(there)[:first]) == sorted(
        ["/robots.txt", "/search", "/articles/busy", "/articles/busy", "/articles/old", "/hidden/new"]
    )
    assert len(there.requests) > first
    assert min(there.pauses()) >= 5.0


# --- robots.txt ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "why", "asked"),
    [
        (500, "SITE/robots.txt answered 500, so nothing may be asked of the site", 3),
        (503, "SITE/robots.txt answered 503, so nothing may be asked of the site", 3),
        (429, "the site answered 429 again and again: SITE/robots.txt", 3),
        (401, "the site answered 401: SITE/robots.txt", 1),
        (403, "the site answered 403: SITE/robots.txt", 1),
    ],
)
def test_where_robots_txt_cannot_be_read_nothing_else_is_asked(tmp_path, status, why, asked):
    with recorded(site({}, Reply(b"", status))) as there:
        assert stopped(tmp_path / "snapshot", there) == why
        assert paths(there) == ["/robots.txt"] * asked
    assert [(entry.status, url) for url, entry in index(tmp_path / "snapshot").items()] == [
        (status, f"{there.address}/robots.txt")
    ]


def test_where_nobody_answers_at_all_the_crawl_stops_and_says_so(tmp_path):
    with recorded(lambda *_: Reply()) as closed:
        pass
    why = stopped(tmp_path / "snapshot", closed)
    assert why == "SITE/robots.txt cannot be read: it takes no connections"


def test_a_robots_txt_that_does_not_come_in_time_stops_the_crawl(tmp_path):
    never = threading.Event()

    def stalled(*_: object) -> Reply:
        never.wait(30)
        return Reply()

    with recorded(stalled) as there:
        why = stopped(tmp_path / "snapshot", there, timeout=0.5)
        assert paths(there) == ["/robots.txt"] * 3
        never.set()
    assert why == "SITE/robots.txt cannot be read: it did not answer in time"


@pytest.mark.parametrize("location", ["http://other.test/robots.txt", "/robots.txt"])
def test_a_robots_txt_that_leads_elsewhere_or_nowhere_stops_the_crawl(tmp_path, location):
    with recorded(site({}, Reply(b"", 301, {"Location": location}))) as there:
        assert stopped(tmp_path / "snapshot", there).startswith("SITE/robots.txt cannot be read: ")
        assert set(paths(there)) == {"/robots.txt"}
        assert len(there.requests) <= 6


@pytest.mark.parametrize("status", [404, 410])
def test_without_a_robots_txt_there_are_no_rules(tmp_path, status):
    with recorded(site({"/articles/a": PAGE}, Reply(b"", status))) as there:
        crawled(tmp_path / "snapshot", there)
        assert paths(there) == ["/robots.txt", "/search", "/articles/a"]


def test_the_rules_for_our_name_go_before_those_for_all(tmp_path):
    text = "User-agent: *\nDisallow: /\n\nUser-agent: radcurate\nDisallow: /articles/closed\n"
    with recorded(site({"/articles/closed": PAGE, "/articles/open": PAGE}, robots(text))) as there:
        crawled(tmp_path / "snapshot", there)
        assert paths(there) == ["/robots.txt", "/search", "/articles/open"]


def test_a_redirect_to_what_robots_txt_closes_is_not_followed(tmp_path):
    pages: Pages = {"/articles/a": Reply(b"", 302, {"Location": "/hidden/b"})}
    with recorded(site(pages, robots("User-agent: *\nDisallow: /hidden/\n"))) as there:
        crawled(tmp_path / "snapshot", there)
        assert paths(there) == ["/robots.txt", "/search", "/articles/a"]


def test_where_robots_txt_closes_all_that_was_asked_for_the_crawl_says_so(tmp_path):
    with recorded(site({}, robots("User-agent: *\nDisallow: /\n"))) as there:
        why = stopped(tmp_path / "snapshot", there)
        assert paths(there) == ["/robots.txt"]
    assert why == "robots.txt of SITE allows none of the pages that were asked for"


def test_a_robots_txt_of_any_size_is_read_as_far_as_is_due(tmp_path):
    text = "User-agent: *\nDisallow: /articles/closed\n" + "# filling\n" * 2_200_000
    assert len(text) > MOST_BYTES
    with recorded(site({"/articles/closed": PAGE, "/articles/open": PAGE}, robots(text))) as there:
        crawled(tmp_path / "snapshot", there)
        assert paths(there) == ["/robots.txt", "/search", "/articles/open"]


def test_two_spiders_of_a_run_ask_for_it_once(tmp_path):
    with recorded(site({"/articles/a": PAGE})) as there:
        harvest(Crawl(tmp_path / "snapshot", there.address, there.address, SPIDERS, ("Chest",)))
    assert paths(there)[0] == "/robots.txt"
    assert (paths(there).count("/robots.txt"), paths(there).count("/search")) == (1, 2)


def test_a_delay_that_is_asked_for_holds_from_the_last_answer_for_everything(tmp_path):
    def busy(recording: Recording) -> Reply:
        return Reply(b"", 503) if len(recording.times("/articles/busy")) < 2 else PAGE

    def slow(recording: Recording) -> Reply:
        time.sleep(0.4)
        return PAGE

    pages: Pages = {
        "/articles/slow": slow,
        "/articles/moved": Reply(b"", 301, {"Location": "/hidden/here"}),
        "/articles/busy": busy,
        "/articles/a": PAGE,
    }
    with recorded(site(pages, robots("User-agent: *\nCrawl-delay: 0.3\n"))) as there:
        crawled(tmp_path / "snapshot", there)
    asked = paths(there)
    assert sorted(asked) == sorted(["/robots.txt", "/search", *pages, "/hidden/here", "/articles/busy"])
    assert min(there.pauses()) >= 0.3
    assert [*there.pauses(), 1.0][asked.index("/articles/slow")] >= 0.7


@pytest.mark.parametrize("text", ["Crawl-delay: 86400", "Request-rate: 1/2h"])
def test_a_delay_that_nobody_can_keep_to_stops_the_crawl(tmp_path, text):
    with recorded(site({}, robots(f"User-agent: *\n{text}\n"))) as there:
        assert "seconds between requests, more than the 3,600 that a crawl can keep to" in stopped(
            tmp_path / "snapshot", there
        )
        assert paths(there) == ["/robots.txt"]


# --- a site that is busy or unwell -----------------------------------------------------------------------------------


def in_seconds(seconds: int) -> str:
    return str(seconds)


def at_a_date(seconds: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", [in_seconds, at_a_date])
def test_when_the_site_asks_to_wait_the_whole_crawl_waits(tmp_path, status, form):
    told: list[float] = []

    def busy(recording: Recording) -> Reply:
        if told:
            return PAGE
        told.append(time.monotonic())
        return Reply(b"", status, {"Retry-After": form(2)})

    pages: Pages = {"/articles/busy": busy, **{f"/articles/{number}": PAGE for number in range(3)}}
    # A tiny delay, so that one request is on its way when the site says it.
    with recorded(site(pages, robots("User-agent: *\nCrawl-delay: 0.01\n"))) as there:
        crawled(tmp_path / "snapshot", there)
    later = [when for _, _, when in there.requests if when > told[0]]
    assert paths(there).count("/articles/busy") == 2
    assert len(later) >= 1
    # A date has whole seconds, so up to one of the two is lost in writing it.
    assert min(later) - told[0] >= (2 if form is in_seconds else 1)


@pytest.mark.parametrize("status", [429, 503])
def test_a_site_that_asks_for_more_than_a_day_is_left_until_then(tmp_path, status):
    with recorded(site({"/articles/a": Reply(b"", status, {"Retry-After": "90000"})})) as there:
        why = stopped(tmp_path / "snapshot", there)
        assert paths(there).count("/articles/a") == 1
    until = datetime.now(UTC) + timedelta(seconds=90_000)
    assert why.startswith(f"the site answered {status} and asks to come back after {until:%Y-%m-%d} ")
    assert why.endswith(" UTC: SITE/articles/a")


def test_a_page_that_fails_for_good_is_left_and_the_crawl_goes_on(tmp_path):
    pages: Pages = {"/articles/broken": Reply(b"", 500), "/articles/a": PAGE, "/articles/b": PAGE}
    with recorded(site(pages)) as there:
        crawled(tmp_path / "snapshot", there)
        assert paths(there).count("/articles/broken") == 3
    assert unanswered(tmp_path / "snapshot", there) == ["/articles/broken"]
    assert {"/articles/a", "/articles/b"} < set(paths(there))


def test_a_page_that_does_not_come_in_time_is_left_and_the_crawl_goes_on(tmp_path):
    never = threading.Event()

    def stalled(recording: Recording) -> Reply:
        never.wait(30)
        return PAGE

    with recorded(site({"/articles/stalled": stalled, "/articles/a": PAGE})) as there:
        crawled(tmp_path / "snapshot", there, timeout=1)
        assert paths(there).count("/articles/stalled") == 3
        never.set()
    assert unanswered(tmp_path / "snapshot", there) == ["/articles/stalled"]
    assert f"{there.address}/articles/a" in index(tmp_path / "snapshot")


def test_a_site_where_everything_fails_is_left_alone(tmp_path):
    pages: Pages = {f"/articles/{number}": Reply(b"", 502) for number in range(40)}
    with recorded(site(pages, robots("User-agent: *\nCrawl-delay: 0.001\n"))) as there:
        why = stopped(tmp_path / "snapshot", there)
        assert len(there.requests) == 12
    assert why == "10 requests in a row failed, the last one: the site answered 502"


# --- where links lead ------------------------------------------------------------------------------------------------


def test_redirects_that_never_end_end_and_every_answer_of_them_is_kept(tmp_path):
    pages: Pages = {
        "/articles/round": Reply(b"", 302, {"Location": "/articles/about"}),
        "/articles/about": Reply(b"", 302, {"Location": "/articles/round"}),
        "/articles/itself": Reply(b"", 301, {"Location": "/articles/itself"}),
        "/articles/chain": Reply(b"", 302, {"Location": "/hidden/1"}),
        **{f"/hidden/{n}": Reply(b"", 302, {"Location": f"/hidden/{n + 1}"}) for n in range(1, 20)},
    }
    with recorded(site(pages)) as there:
        crawled(tmp_path / "snapshot", there)
    asked = paths(there)
    assert len(asked) < 20
    assert [path for path in asked if path.startswith("/hidden")] == [f"/hidden/{n}" for n in range(1, 6)]
    told = rejected(tmp_path / "snapshot")
    for page in ("round", "about", "itself", "chain"):
        assert told[f"{there.address}/articles/{page}"][0] == "http_status.v1"


def rejected(folder: Path) -> dict[str, tuple[str, str]]:
    """Rule and reason of what a build rejects, by its locator."""
    spec = SourceSpec("site", "radiopaedia", (folder,), {"licence": "CC0-1.0"})
    return {one.locator: (one.rule, one.reason) for one in read(folder, spec) if isinstance(one, Rejected)}


def test_listings_that_never_end_are_followed_so_deep_and_the_next_is_told(tmp_path):
    def endless(recording: Recording, target: str) -> Reply:
        if target == "/robots.txt":
            return Reply(b"", 404)
        number = len([path for path in paths(recording) if path == "/search"])
        return listing([f"/articles/{number}"], f"/search?page={number + 1}") if "/search" in target else PAGE

    with recorded(endless) as there:
        crawled(tmp_path / "snapshot", there, deepest=4)
        assert paths(there).count("/search") == 5
    assert "/search?page=6" in unanswered(tmp_path / "snapshot", there)


# --- answers that are too large, or that nobody asked for ------------------------------------------------------------

TOO_LARGE = ("page_too_large.v1", f"the page has more than {MOST_BYTES:,} bytes")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Recording, Path]]:
    """A crawl past pages that are too large, by themselves or once their coding is undone, and past other codings."""
    folder = tmp_path_factory.mktemp("large") / "snapshot"
    one = bomb(1)
    pages: Pages = {
        "/articles/plain": Reply(b"x" * (4 * MOST_BYTES)),
        "/articles/bomb": Reply(one, headers={"Content-Encoding": "gzip"}),
        "/articles/nested": Reply(gzip.compress(one), headers={"Content-Encoding": "gzip, gzip"}),
        "/articles/brotli": Reply(b"\x8b\x00\x80x\x03", headers={"Content-Encoding": "br"}),
        "/articles/zstandard": Reply(b"\x28\xb5\x2f\xfd", headers={"Content-Encoding": "zstd"}),
        "/articles/deflated": Reply(b"x\x9c\x03\x00\x00\x00\x00\x01", headers={"Content-Encoding": "deflate"}),
        "/articles/torn": Reply(gzip.compress(b"<h1>Page</h1>" * 1000)[:30], headers={"Content-Encoding": "gzip"}),
        "/articles/fits": Reply(b"<h1>Page</h1>".ljust(MOST_BYTES)),
        "/articles/small": PAGE,
    }
    with recorded(site(pages, robots("User-agent: *\nCrawl-delay: 0.001\n"))) as there:
        crawled(folder, there)
    return there, folder


def test_past_a_page_that_is_too_large_the_crawl_goes_on(large):
    there, folder = large
    assert about(folder)[0]["why"] == "finished"
    assert paths(there).count("/articles/small") == 1
    assert all(paths(there).count(path) == 1 for path in set(paths(there)))


def test_an_answer_that_is_too_large_is_not_heard_to_its_end(large):
    assert large[0].hung_up == ["/articles/plain"]


@pytest.mark.parametrize("page", ["plain", "bomb", "nested"])
def test_a_page_that_is_too_large_is_in_the_audit_with_its_reason(large, page):
    there, folder = large
    assert rejected(folder)[f"{there.address}/articles/{page}"] == TOO_LARGE


def test_of_a_page_that_is_too_large_the_beginning_is_stored_and_marked_as_warc_has_it(large):
    _, folder = large
    with (folder / "answers-00001.warc.gz").open("rb") as file:
        stored = {
            record.rec_headers.get_header("WARC-Target-URI").rpartition("/")[2]: (
                record.rec_headers.get_header("WARC-Truncated"),
                len(record.raw_stream.read()),
            )
            for record in ArchiveIterator(file)
            if record.rec_type == "response"
        }
    assert stored["plain"] == ("length", MOST_BYTES)
    assert stored["fits"] == (None, MOST_BYTES)
    # A bomb came whole: it is stored as it came, and never undone beyond the limit.
    assert stored["bomb"] == (None, len(bomb(1)))


def test_an_answer_in_a_coding_that_was_not_asked_for_is_told_and_rejected(large):
    there, folder = large
    assert unanswered(folder, there) == [f"/articles/{page}" for page in ("brotli", "deflated", "torn", "zstandard")]
    reasons = [reason for rule, reason in rejected(folder).values() if rule == "damaged_record.v1"]
    assert reasons == ["the answer's content coding cannot be undone"] * 4


def test_reading_never_holds_more_of_a_page_than_the_limit(large):
    _, folder = large
    assert max(len(answer.body) for answer in answers(folder) if isinstance(answer, Answer)) == MOST_BYTES
