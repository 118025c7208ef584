"""A loopback wiki that speaks the MediaWiki API as https://www.mediawiki.org/wiki/API documents it (formatversion 2).

It answers what radcurate asks for and little else: `meta=siteinfo`, the generators `categorymembers` and `allpages`
with `prop=info`, `prop=revisions|contributors|info` of a revision, and `action=parse` of one; all in small parts.
"""

import copy
import json
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from tests.spiders.recording import Recording, Reply

FOLDER = Path(__file__).parent / "wiki"
API = "/w/api.php"
JSON = {"Content-Type": "application/json; charset=utf-8"}
# Fewer than anybody asks for: a server may always answer with less than the limit.
PER_LIST, PER_CONTRIBUTORS = 2, 2
KNOWN = {
    *("action", "format", "formatversion", "maxlag", "meta", "siprop", "generator", "prop", "redirects", "continue"),
    *("gcmtitle", "gcmtype", "gcmlimit", "gcmcontinue", "gapnamespace", "gapfilterredir", "gaplimit", "gapcontinue"),
    *("revids", "rvprop", "inprop", "pcexcludegroup", "pclimit", "pccontinue"),
    *("oldid", "disableeditsection", "disabletoc", "disablelimitreport"),
}


class InventedWiki:
    """The wiki of `wiki/wiki.toml`; `instead` gives the replies to some targets (the nth request of each), `lagging`
    says which requests of the API (counted from 1) meet a lagging server."""

    def __init__(self, instead: dict[str, list[Reply]] | None = None, lagging: tuple[int, ...] = ()) -> None:
        self.about: dict[str, Any] = tomllib.loads((FOLDER / "wiki.toml").read_text(encoding="utf-8"))
        self.instead = copy.deepcopy(instead or {})
        self.lagging, self.wait = lagging, 1
        self.asked = 0
        self.robots = Reply(b"User-agent: *\nDisallow: /private/\n", headers={"Content-Type": "text/plain"})

    def answer(self, recording: Recording, target: str) -> Reply:
        """What `recorded` serves."""
        address = urlsplit(target)
        if address.path == "/robots.txt":
            return self.robots
        if address.path != API:
            return Reply(b"no such page", 404)
        query = {key: values[-1] for key, values in parse_qs(address.query).items()}
        for fragment, replies in self.instead.items():
            if replies and all(word in target for word in fragment.split()):
                return replies.pop(0)
        self.asked += 1
        if self.asked in self.lagging and "maxlag" in query:
            return _lag(self.wait)
        return self.reply(query, recording.address)

    def reply(self, query: dict[str, str], server: str) -> Reply:
        if query.get("format") != "json" or query.get("formatversion") != "2":
            return Reply(b"<!DOCTYPE html><title>MediaWiki API help</title>")
        warnings = {}
        if unknown := set(query) - KNOWN:
            words = f"Unrecognized parameters: {', '.join(sorted(unknown))}."
            warnings = {"warnings": {"main": {"warnings": words}}}
        if query["action"] == "parse":
            return _json({**warnings, **self._parse(int(query["oldid"]))})
        if query["action"] != "query":
            return _error("badvalue", f'Unrecognized value for parameter "action": {query["action"]}.')
        if query.get("meta") == "siteinfo":
            return _json({**warnings, "batchcomplete": True, "query": self._site(server)})
        if "generator" in query:
            return _json({**warnings, **self._listing(query)})
        return _json({**warnings, **self._facts(query, server)})

    def _site(self, server: str) -> dict[str, Any]:
        general = {"mainpage": "Main Page", "base": f"{server}/wiki/Main_Page", "sitename": self.about["name"]}
        rights = {"url": self.about["rights"], "text": self.about["rights_text"]}
        return {"general": {**general, "generator": "MediaWiki 1.43.0", "lang": "en"}, "rightsinfo": rights}

    def _listing(self, query: dict[str, str]) -> dict[str, Any]:
        if query["generator"] == "allpages":
            titles = sorted(article["title"] for article in self.about["articles"])
            key = "gapcontinue"
        else:
            name = query["gcmtitle"].partition(":")[2]
            key = "gcmcontinue"
            own = [article["title"] for article in self.about["articles"] if name in article["categories"]]
            own += self.about["listed"].get(name, [])
            below = [f"Category:{one}" for one in self.about["categories"].get(name, [])]
            titles = sorted(own) + sorted(below)
        start = int(query.get(key, "0").rpartition("|")[2])
        part = titles[start : start + PER_LIST]
        if not part:
            return {"batchcomplete": True}
        redirects = [{"from": title, "to": to} for title in part if (to := self.about["redirects"].get(title))]
        if "redirects" in query:
            part = list(dict.fromkeys(self.about["redirects"].get(title, title) for title in part))
        found: dict[str, Any] = {"query": {"pages": [self._page(title) for title in part]}}
        if redirects and "redirects" in query:
            found["query"]["redirects"] = redirects
        if start + PER_LIST < len(titles):
            found["continue"] = {key: f"page|abc|{start + PER_LIST}", "continue": f"{key}||"}
        else:
            found["batchcomplete"] = True
        return found

    def _page(self, title: str) -> dict[str, Any]:
        if title.startswith("Category:"):
            return {"pageid": 500 + len(title), "ns": 14, "title": title, "lastrevid": 1, "length": 0}
        article = next((one for one in self.about["articles"] if one["title"] == title), None)
        if article is None:
            return {"ns": 0, "title": title, "missing": True, "contentmodel": "wikitext"}
        newest = article["revisions"][-1][0]
        facts = {"contentmodel": "wikitext", "pagelanguage": "en", "touched": "2024-06-01T00:00:00Z", "length": 1}
        return {"pageid": article["page"], "ns": 0, "title": title, **facts, "lastrevid": newest}

    def _of(self, revision: int) -> tuple[dict[str, Any], str] | None:
        for article in self.about["articles"]:
            for number, stamp in article["revisions"]:
                if number == revision:
                    return article, stamp
        return None

    def _facts(self, query: dict[str, str], server: str) -> dict[str, Any]:
        revision = int(query["revids"])
        found = self._of(revision)
        if found is None:
            bad = {str(revision): {"revid": revision, "missing": True}}
            return {"batchcomplete": True, "query": {"badrevids": bad}}
        article, stamp = found
        path = quote(article["title"].replace(" ", "_"))
        page: dict[str, Any] = {"pageid": article["page"], "ns": 0, "title": article["title"]}
        start = int(query.get("pccontinue", "0|0").rpartition("|")[2])
        names = article["contributors"]
        page["contributors"] = [
            {"userid": 70 + number, "name": name} for number, name in enumerate(names[start : start + PER_CONTRIBUTORS])
        ]
        # What is complete is not told again in the parts that follow.
        if "continue" not in query:
            page["revisions"] = [{"revid": revision, "parentid": 0, "timestamp": stamp}]
            page["anoncontributors"] = article.get("anonymous", 0)
            page["canonicalurl"] = page["fullurl"] = f"{server}/wiki/{path}"
            page["lastrevid"] = article["revisions"][-1][0]
        told: dict[str, Any] = {"query": {"pages": [page]}}
        if start + PER_CONTRIBUTORS < len(names):
            going_on = f"{article['page']}|{start + PER_CONTRIBUTORS}"
            told["continue"] = {"pccontinue": going_on, "continue": "||revisions|info"}
        else:
            told["batchcomplete"] = True
        return told

    def _parse(self, revision: int) -> dict[str, Any]:
        found = self._of(revision)
        if found is None:
            return {"error": {"code": "nosuchrevid", "info": f"There is no revision with ID {revision}."}}
        article = found[0]
        categories = [{"sortkey": "", "category": name.replace(" ", "_")} for name in article["categories"]]
        hidden = [
            {"sortkey": "", "category": name.replace(" ", "_"), "hidden": True}
            for name in article.get("hidden_categories", ())
        ]
        return {
            "parse": {
                "title": article["title"],
                "pageid": article["page"],
                "revid": revision,
                "text": (FOLDER / article["file"]).read_text(encoding="utf-8"),
                "categories": categories + hidden,
            }
        }


def _json(data: dict[str, Any]) -> Reply:
    return Reply(json.dumps(data).encode(), headers=JSON)


def _error(code: str, info: str) -> Reply:
    told = {"error": {"code": code, "info": info, "docref": "See the API's own help."}, "servedby": "test"}
    return Reply(json.dumps(told).encode(), headers={**JSON, "MediaWiki-API-Error": code})


def _lag(seconds: int) -> Reply:
    told = {"error": {"code": "maxlag", "info": "Waiting for 10.0.0.1: 7.2 seconds lagged.", "host": "10.0.0.1"}}
    headers = {**JSON, "Retry-After": str(seconds), "X-Database-Lag": "7"}
    return Reply(json.dumps(told).encode(), headers=headers)
