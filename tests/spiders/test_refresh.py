"""`--refresh` asks again only for what may have changed, and keeps what was there before."""

from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from radcurate.errors import DataError
from radcurate.harvest import SPIDERS, harvest
from radcurate.spiders.crawl import Crawl
from radcurate.spiders.crawl_log import about
from radcurate.spiders.replay import is_before
from radcurate.spiders.snapshot import answer_of, answers, fingerprint, index, revisions
from tests.spiders.recording import Recording, Reply, recorded

FIRST, SECOND, THIRD = "2026-01-15T12:00:00Z", "2026-03-15T12:00:00Z", "2026-05-15T12:00:00Z"
NAMES = ("tagged", "dated", "plain", "changed", "mapped", "revised", "second-slug")


class Changing:
    """A site of which some pages have a tag, some a date, some nothing, and one changes; `there` keeps the requests."""

    def __init__(self) -> None:
        self.version = 1

    def answer(self, recording: Recording, target: str) -> Reply:
        headers = recording.requests[-1][1]
        path = target.partition("?")[0]
        if path == "/robots.txt":
            return Reply(b"", headers={"Content-Type": "text/plain"})
        if path == "/sitemap.xml":
            days = {"mapped": "2026-01-02", "revised": "2026-03-01" if self.version > 1 else "2026-01-02"}
            items = (
                f"<url><loc>{recording.address}/articles/{name}</loc><lastmod>{day}</lastmod></url>"
                for name, day in days.items()
            )
            return Reply(f"<urlset>{''.join(items)}</urlset>".encode())
        if path == "/search":
            links = (
                f'<a class="search-result search-result-article" href="/articles/{name}?lang=us">x</a>'
                for name in NAMES
            )
            return Reply("".join(links).encode())
        name = path.removeprefix("/articles/")
        rid = NAMES.index("tagged" if name == "second-slug" else name) + 1
        link = '<link rel="canonical" href="/articles/tagged">' if name == "second-slug" else ""
        row = f'<div class="citation-info"><div class="col-sm-3">rID:</div><div class="col-sm-8">{rid}</div></div>'
        text = f"<head>{link}</head>{row}<p>{name}, version {self.version if name == 'changed' else 1}</p>"
        validators = {
            "tagged": {"ETag": '"t1"'},
            "dated": {"Last-Modified": "Wed, 14 Jan 2026 08:00:00 GMT"},
            "changed": {"ETag": f'"c{self.version}"'},
        }.get(name, {})
        if headers.get("If-None-Match") == validators.get("ETag", "none"):
            return Reply(b"", 304, validators)
        if headers.get("If-Modified-Since") == validators.get("Last-Modified", "none"):
            return Reply(b"", 304, validators)
        return Reply(text.encode(), headers=dict(validators))


def asked_of(there: Recording, since: int) -> dict[str, dict[str, str]]:
    """The conditions of every request for an article."""
    conditions = ("If-None-Match", "If-Modified-Since")
    return {
        target.removeprefix("/articles/").partition("?")[0]: {n: headers[n] for n in conditions if n in headers}
        for target, headers, _ in there.requests[since:]
        if target.startswith("/articles/")
    }


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory):
    """The snapshot after a crawl and a refresh with a change between; the site's address, what the refresh asked."""
    folder, own = tmp_path_factory.mktemp("refreshed") / "snapshot", Changing()
    with recorded(own.answer) as there:
        harvest(Crawl(folder, there.address, there.address, SPIDERS[:1], ("Chest",), clock=FIRST))
        before, first = len(there.requests), fingerprint(index(folder))
        own.version = 2
        harvest(Crawl(folder, there.address, there.address, SPIDERS[:1], ("Chest",), clock=SECOND, refresh=True))
        yield folder, there.address, asked_of(there, before), there.targets()[before:], first


def types(folder: Path, file: str) -> dict[str, tuple[str, str | None]]:
    """Kind and profile of the answer's record by article, in one file."""
    found = {}
    with (folder / file).open("rb") as stream:
        for record in ArchiveIterator(stream):
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            if record.rec_type in ("response", "revisit") and "/articles/" in url:
                profile = record.rec_headers.get_header("WARC-Profile")
                name = url.rpartition("/")[2].partition("?")[0]
                found[name] = (record.rec_type, profile.rpartition("/")[2] if profile else None)
    return found


def test_requests_carry_the_validators_that_the_site_gave(refreshed):
    _, _, asked, _, _ = refreshed
    assert asked == {
        "tagged": {"If-None-Match": '"t1"'},
        "dated": {"If-Modified-Since": "Wed, 14 Jan 2026 08:00:00 GMT"},
        "changed": {"If-None-Match": '"c1"'},
        "plain": {},
        "revised": {},
    }


def test_a_page_that_the_sitemap_says_is_older_and_an_alias_are_not_asked_for(refreshed):
    _, _, asked, _, _ = refreshed
    assert not {"mapped", "second-slug"} & set(asked)


def test_robots_txt_the_sitemap_and_listings_are_asked_for_again(refreshed):
    *_, targets, _ = refreshed
    assert targets[:2] == ["/robots.txt", "/sitemap.xml"]
    assert [target for target in targets if target.startswith("/search")]


def test_what_has_not_changed_is_stored_as_a_revisit_and_what_has_in_full(refreshed):
    folder, *_ = refreshed
    assert types(folder, "answers-00002.warc.gz") == {
        "tagged": ("revisit", "server-not-modified"),
        "dated": ("revisit", "server-not-modified"),
        "plain": ("revisit", "identical-payload-digest"),
        "revised": ("revisit", "identical-payload-digest"),
        "changed": ("response", None),
    }


def test_the_new_revision_counts_and_the_old_one_can_still_be_read(refreshed):
    folder, address, _, _, first = refreshed
    url = f"{address}/articles/changed?lang=us"
    old, new = revisions(folder, url)
    assert [answer_of(folder, entry).body[-16:-4] for entry in (old, new)] == [b"d, version 1", b"d, version 2"]
    assert (old.retrieved, new.retrieved) == (FIRST, SECOND)
    assert index(folder)[url] == new
    assert fingerprint(index(folder)) != first
    assert len(revisions(folder, f"{address}/articles/plain?lang=us")) == 1


def test_what_has_not_changed_keeps_the_day_on_which_it_was_retrieved(refreshed):
    folder, address, *_ = refreshed
    dates = {answer.url.rpartition("/")[2].partition("?")[0]: answer.retrieved for answer in answers(folder)}
    assert {name: dates[name] for name in ("tagged", "plain", "changed")} == {
        **{"tagged": FIRST, "plain": FIRST},
        "changed": SECOND,
    }
    assert index(folder)[f"{address}/articles/plain?lang=us"].checked == SECOND


def test_the_log_tells_of_the_refresh(refreshed):
    folder, *_ = refreshed
    first, second = about(folder)
    assert (first["refresh"], second["refresh"], second["why"]) == (False, True, "finished")
    assert second["counters"]["answers"]["304"] == 2


def test_a_refresh_that_was_stopped_goes_on_where_it_was(tmp_path):
    """What it checked before it was stopped is not asked for again, and after it is finished everything is."""
    own, doors = Changing(), {"closed": ""}

    def answer(recording: Recording, target: str) -> Reply:
        if doors["closed"] and target.startswith(f"/articles/{doors['closed']}"):
            return Reply(b"", 403)
        return own.answer(recording, target)

    def plan(clock: str, refresh: bool = True) -> Crawl:
        return Crawl(tmp_path, there.address, there.address, SPIDERS[:1], ("Chest",), clock=clock, refresh=refresh)

    with recorded(answer) as there:
        harvest(plan(FIRST, refresh=False))
        doors["closed"] = "changed"
        before = len(there.requests)
        with pytest.raises(DataError, match="the site answered 403"):
            harvest(plan(SECOND))
        checked = {name for name in asked_of(there, before) if _checked(tmp_path, there, name) == SECOND}
        doors["closed"], own.version, before = "", 2, len(there.requests)
        harvest(plan(THIRD))
        again = set(asked_of(there, before))
        assert not again & checked
        assert "changed" in again
        assert again | checked == {"tagged", "dated", "plain", "changed"}


def _checked(folder: Path, there: Recording, name: str) -> str:
    return index(folder)[f"{there.address}/articles/{name}?lang=us"].checked if name != "second-slug" else ""


@pytest.mark.parametrize(
    ("revised", "checked", "expected"),
    [
        ("2026-01-10", "2026-01-15T12:00:00Z", True),
        ("2026-01-13", "2026-01-15T00:00:00Z", True),
        ("2026-01-14", "2026-01-15T12:00:00Z", False),
        ("2026-01-15", "2026-01-15T12:00:00Z", False),
        ("2026-02-01", "2026-01-15T12:00:00Z", False),
    ],
)
def test_a_day_of_revision_counts_only_where_no_time_zone_makes_it_later(revised, checked, expected):
    assert is_before(revised, checked) is expected
