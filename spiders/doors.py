"""Closed doors: how a site says that it does not want to be read on. Any of them ends the crawl."""

from urllib.parse import unquote, urljoin, urlsplit

from scrapy.http import Response

from radcurate.spiders.challenge import named_guard

STATUSES = (401, 403, 406)
MOVED = (301, 302, 303, 307, 308)
# A part of the path to which pages are redirected that want an account; without what follows a dot (`login.php`).
SIGN_IN = frozenset(
    {"auth", "authenticate", "log-in", "log_in", "login", "signin", "sign-in", "sign_in", "special:userlogin", "sso"}
)


def closed_door(response: Response, guard: str | None) -> str | None:
    """Why the site does not want to be read on, or None; `guard` is whose challenge page it is by its content."""
    if response.status in STATUSES:
        return f"the site answered {response.status}"
    if response.status in MOVED and asks_to_sign_in(response):
        return "the site asks to sign in"
    headers = {
        name.decode("latin-1"): values[-1].decode("latin-1") for name, values in response.headers.items() if values
    }
    guard = named_guard(headers) or guard
    return f"the site answered with a challenge page ({guard})" if guard else None


def asks_to_sign_in(response: Response) -> bool:
    """True for a redirect to a page that asks for an account, on this site or another."""
    location = (response.headers.get("Location") or b"").decode("latin-1")
    try:
        path = urlsplit(urljoin(response.url, location)).path
    except ValueError:
        return False
    return any(part.partition(".")[0] in SIGN_IN for part in unquote(path).lower().split("/"))
