"""What is asked of a MediaWiki API (`action=query`, `action=parse`), and what a stored address once asked for.

Spider and source build addresses here alike, so that a revision's facts and its text find each other in a snapshot.
Forms and limits: https://www.mediawiki.org/wiki/API:Main_page (formatversion 2, MediaWiki 1.25 and newer).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

# "An appropriate non-aggressive value", https://www.mediawiki.org/wiki/Manual:Maxlag_parameter
MAXLAG = 5
# The most that any reader may ask for at once.
MOST_MEMBERS = 500
_ALWAYS = {"format": "json", "formatversion": "2", "maxlag": str(MAXLAG)}


@dataclass(frozen=True)
class Asked:
    """What an address asks the API `api` for: `site`, `listing`, `facts`, `contributors` (the rest of them) or `text`;
    `revision` is the id of the one that facts and text are of."""

    api: str
    what: str
    revision: int = 0


def site(api: str) -> str:
    """What the wiki says of itself and of its licence."""
    return _address(api, action="query", meta="siteinfo", siprop="general|rightsinfo")


def category(api: str, name: str) -> str:
    """The articles and subcategories of a category, redirects resolved, each article with its newest revision."""
    members = {"gcmtitle": f"Category:{name}", "gcmtype": "page|subcat", "gcmlimit": str(MOST_MEMBERS)}
    return _address(api, action="query", generator="categorymembers", prop="info", redirects="1", **members)


def everything(api: str) -> str:
    """Every article of the wiki that is no redirect, each with its newest revision."""
    pages = {"gapnamespace": "0", "gapfilterredir": "nonredirects", "gaplimit": str(MOST_MEMBERS)}
    return _address(api, action="query", generator="allpages", prop="info", **pages)


def facts(api: str, revision: int) -> str:
    """When the revision was made, its page's address and everybody who wrote the page but bots."""
    return _address(
        api,
        action="query",
        revids=str(revision),
        prop="revisions|contributors|info",
        rvprop="ids|timestamp",
        inprop="url",
        pcexcludegroup="bot",
        pclimit="max",
    )


def text(api: str, revision: int) -> str:
    """The revision as HTML, with its categories and without what only serves its readers' screens."""
    shown = {"disableeditsection": "1", "disabletoc": "1", "disablelimitreport": "1"}
    return _address(api, action="parse", oldid=str(revision), prop="text|categories|revid", **shown)


def continued(address: str, going_on: Mapping[str, str]) -> str:
    """The address of what follows an answer whose `continue` is `going_on`."""
    query = {**dict(parse_qsl(urlsplit(address).query)), **going_on}
    return urlsplit(address)._replace(query=urlencode(query)).geturl()


def asked(address: str) -> Asked | None:
    """What a stored address asked for; None for one that did not ask an API."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    api = parts._replace(query="", fragment="").geturl()
    if query.get("action") == "parse" and _is_number(query.get("oldid")):
        return Asked(api, "text", int(query["oldid"]))
    if query.get("action") != "query":
        return None
    if _is_number(query.get("revids")):
        return Asked(api, "contributors" if "continue" in query else "facts", int(query["revids"]))
    if query.get("meta") == "siteinfo":
        return Asked(api, "site")
    return Asked(api, "listing") if "generator" in query else None


def _address(api: str, **parameters: str) -> str:
    return f"{api}?{urlencode({**_ALWAYS, **parameters})}"


def _is_number(text: str | None) -> bool:
    return text is not None and text.isascii() and text.isdecimal() and len(text) <= 18
