"""What the site answers to a request: every page, listing, sitemap and trap, the same bytes each time."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from radcurate.demo.site.render import article, case, listing, site
from radcurate.demo.site.texts import Text, read_all

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
    """The demo site. `linked` are paths of traps that its listings name besides those that always are."""

    def __init__(self, linked: Sequence[str] = ()) -> None:
        self.articles = {**read_all("articles"), **_variants()}
        self.cases = read_all("cases")
        self._traps = {trap["path"]: trap for trap in site()["traps"]}
        self._linked = {path for path, trap in self._traps.items() if trap["linked"] or path in linked}

    def answer(self, target: str) -> Answer:
        """The answer to a request for `target` (path and query)."""
        address = urlsplit(target)
        kind, _, slug = address.path.removeprefix("/").partition("/")
        if address.path in self._traps:
            return _trap(self._traps[address.path])
        if kind == "articles" and slug in self.articles:
            return _page(article(self.articles[slug]))
        if kind == "cases" and slug in self.cases:
            return _page(case(self.cases[slug]))
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
        found = [_hit(scope, text) for text in texts.values()]
        if scope == "articles":
            aliases = {item["slug"]: self.articles[item["of"]] for item in site()["aliases"]}
            found += [_hit(scope, text, slug) for slug, text in aliases.items()]
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
        following = (
            f"/search?{urlencode({**query, 'page': number + 1}, doseq=True)}" if number * size < len(found) else None
        )
        shown = found[(number - 1) * size : number * size]
        return listing(scope.removesuffix("s"), [(hit.path, hit.title, hit.certainty) for hit in shown], following)

    def _sitemap(self, path: str) -> Answer:
        address = site()["address"]
        if path == "/sitemap.xml":
            places = [f"{address}/sitemap-{scope}_1.xml" for scope in ("articles", "cases")]
            return _xml("sitemapindex", "sitemap", places)
        scope = path.removeprefix("/sitemap-").removesuffix("_1.xml")
        if scope not in ("articles", "cases"):
            return _page("<html><body><h1>Not found</h1></body></html>", 404)
        return _xml("urlset", "url", [f"{address}{hit.path}" for hit in self.hits(scope)])


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


def _hit(scope: str, text: Text, slug: str | None = None) -> Hit:
    certainty = text.about.get("certainty")
    return Hit(
        f"/{scope}/{slug or text.slug}",
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


def _page(html: str, status: int = 200) -> Answer:
    return _answer(status, html, HTML)


def _xml(root: str, item: str, places: Sequence[str]) -> Answer:
    inner = "".join(f"<{item}><loc>{place}</loc></{item}>" for place in places)
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
