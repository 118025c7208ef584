"""What the site answers to a request: every page, listing, sitemap and trap, the same bytes each time."""

import functools
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from radcurate.demo.site.render import article, case, listing, site, study
from radcurate.demo.site.texts import Text, apart, read_all

ROBOTS = "User-agent: *\nDisallow: /users/\nSitemap: {address}/sitemap.xml\n"
HTML = "text/html; charset=utf-8"
# The listing that names the traps.
TRAP_SYSTEMS = ("Chest",)


@dataclass(frozen=True)
class Answer:
    """Status, body and headers of an answer."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hit:
    """What a listing says of a page."""

    path: str
    title: str
    systems: Sequence[str] = ()
    sections: Sequence[str] = ()
    certainty: str = ""


class Site:
    """The demo site. `linked` are paths of traps that its listings name besides those that always are; its listings
    end after `most_pages` pages, however many hits there are, and state their number unless `counted` is false."""

    def __init__(self, linked: Sequence[str] = (), most_pages: int | None = None, counted: bool = True) -> None:
        self._most_pages, self._counted = most_pages or site()["most_pages"], counted
        self.articles = {**read_all("articles"), **_variants()}
        self.cases = read_all("cases")
        self._studies = {
            f"/cases/{text.about['rid']}/studies/{text.study_id(number)}": (text, number)
            for text in self.cases.values()
            for number in apart(text)
        }
        self._traps = {trap["path"]: trap for trap in site()["traps"]}
        self._linked = {path for path, trap in self._traps.items() if trap["linked"] or path in linked}

    def answer(self, target: str, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to a request for `target` (path and query) with these headers."""
        answer = self._answer(target)
        return _not_modified(answer) if _still_holds(answer, headers or {}) else answer

    def _answer(self, target: str) -> Answer:
        address = urlsplit(target)
        kind, _, slug = address.path.removeprefix("/").partition("/")
        if address.path in self._traps:
            return _trap(self._traps[address.path])
        if kind == "articles" and slug in self.articles:
            return _page(article(self.articles[slug]), revised=self.articles[slug].about["revised"])
        if kind == "cases" and slug in self.cases:
            return _page(case(self.cases[slug]), revised=self.cases[slug].about["revised"])
        if address.path in self._studies:
            text, number = self._studies[address.path]
            return _page(study(text, number), revised=text.about["revised"])
        if address.path == "/search":
            return _page(self._listing(parse_qs(address.query)))
        if address.path == "/robots.txt":
            return _answer(200, ROBOTS.format(address=site()["address"]), "text/plain; charset=utf-8")
        if address.path.startswith("/sitemap"):
            return self._sitemap(address.path)
        return _page("<html><body><h1>Not found</h1></body></html>", 404)

    def hits(self, scope: str) -> list[Hit]:
        """Everything that listings of `articles` or `cases` name, by title."""
        texts = self.articles if scope == "articles" else self.cases
        found = [_hit(scope, text, slug) for slug, text in texts.items()]
        if scope == "articles":
            found += [Hit(path, self._traps[path]["title"], TRAP_SYSTEMS) for path in self._linked]
        return sorted(found, key=lambda hit: (hit.title.lower(), hit.path))

    def _listing(self, query: dict[str, list[str]]) -> str:
        scope = query.get("scope", ["articles"])[0]
        systems = query.get("system", []) + query.get("system[]", [])
        sections = query.get("section", [])
        found = [
            hit
            for hit in self.hits(scope)
            if (not systems or set(systems) & set(hit.systems)) and (not sections or set(sections) & set(hit.sections))
        ]
        number, size = int(query.get("page", ["1"])[0]), site()[f"{scope}_per_page"]
        goes_on = number * size < len(found) and number < self._most_pages
        following = f"/search?{urlencode({**query, 'page': number + 1}, doseq=True)}" if goes_on else None
        shown = found[(number - 1) * size : number * size]
        count = len(found) if self._counted else None
        hits = [(hit.path, hit.title, hit.certainty) for hit in shown]
        return listing(scope.removesuffix("s"), hits, following, count)

    def _sitemap(self, path: str) -> Answer:
        address = site()["address"]
        if path == "/sitemap.xml":
            places = [f"{address}/sitemap-{scope}_1.xml" for scope in ("articles", "cases")]
            return _xml("sitemapindex", "sitemap", places)
        scope = path.removeprefix("/sitemap-").removesuffix("_1.xml")
        if scope not in ("articles", "cases"):
            return _page("<html><body><h1>Not found</h1></body></html>", 404)
        return _xml("urlset", "url", [f"{address}{hit.path}" for hit in self.hits(scope)], self._revised())

    def _revised(self) -> dict[str, str]:
        """The day of the last revision of every page that states one, by address."""
        kinds = (("articles", self.articles), ("cases", self.cases))
        return {
            f"{site()['address']}/{kind}/{slug}": str(text.about["revised"])
            for kind, texts in kinds
            for slug, text in texts.items()
        }


def _variants() -> dict[str, Text]:
    """Aliases and near-duplicates of articles, by slug."""
    texts = read_all("articles")
    found = {item["slug"]: texts[item["of"]] for item in site()["aliases"]}
    for item in site()["near_duplicates"]:
        original = texts[item["of"]]
        about = {**original.about, "rid": item["rid"], "title": item["title"]}
        found[item["slug"]] = Text(
            item["slug"], about, tuple(_changed(block, item["words"]) for block in original.blocks)
        )
    return found


def _changed(block: str, words: dict[str, str]) -> str:
    for old, new in words.items():
        block = block.replace(old, new)
    return block


def _hit(scope: str, text: Text, slug: str) -> Hit:
    certainty = text.about.get("certainty")
    return Hit(
        f"/{scope}/{slug}",
        text.title,
        text.about["systems"],
        text.about.get("sections", ()),
        f"Diagnosis {certainty}" if certainty else "",
    )


def _trap(trap: dict[str, Any]) -> Answer:
    headers = {"Location": trap["location"]} if "location" in trap else {}
    if "retry_after" in trap:
        headers["Retry-After"] = str(trap["retry_after"])
    return _answer(trap["status"], trap.get("html", ""), HTML, headers)


def _page(html: str, status: int = 200, revised: date | None = None) -> Answer:
    tag = f'"{hashlib.sha256(html.encode()).hexdigest()[:16]}"'
    headers = {"ETag": tag} if status == 200 else {}
    if revised:
        headers["Last-Modified"] = format_datetime(datetime.combine(revised, time(), UTC), usegmt=True)
    return _answer(status, html, HTML, headers)


def _still_holds(answer: Answer, headers: Mapping[str, str]) -> bool:
    """True where the asker has this answer already: by its tag, or where it names none by its date (RFC 9110, 13)."""
    asked = {name.lower(): value for name, value in headers.items()}
    if answer.status != 200 or "ETag" not in answer.headers:
        return False
    if "if-none-match" in asked:
        return answer.headers["ETag"] in asked["if-none-match"]
    since = asked.get("if-modified-since")
    return since is not None and since == answer.headers.get("Last-Modified")


def _not_modified(answer: Answer) -> Answer:
    kept = {name: value for name, value in answer.headers.items() if name in ("Date", "ETag", "Last-Modified")}
    return Answer(304, b"", kept)


def _xml(root: str, item: str, places: Sequence[str], revised: Mapping[str, str] | None = None) -> Answer:
    days = {place: f"<lastmod>{day}</lastmod>" for place, day in (revised or {}).items()}
    inner = "".join(f"<{item}><loc>{place}</loc>{days.get(place, '')}</{item}>" for place in places)
    text = f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</{root}>'
    return _answer(200, text, "application/xml; charset=utf-8")


def _answer(status: int, text: str, content_type: str, headers: dict[str, str] | None = None) -> Answer:
    fixed = {"Content-Type": content_type, "Date": _clock()}
    return Answer(status, text.encode(), {**fixed, **(headers or {})})


@functools.cache
def _clock() -> str:
    return format_datetime(datetime.fromisoformat(site()["clock"]), usegmt=True)


def every_path(demo: Site) -> Iterator[str]:
    """The path of every page of an article or a case, traps left out."""
    yield from (f"/articles/{slug}" for slug in demo.articles)
    yield from (f"/cases/{slug}" for slug in demo.cases)
