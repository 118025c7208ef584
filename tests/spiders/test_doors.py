"""Which answers say that a site does not want to be read on: by status, by redirect, by what a guard's page shows."""

import pytest
from scrapy.http import HtmlResponse, Response

from radcurate.spiders import doors
from radcurate.spiders.challenge import LARGEST, challenge

ADDRESS = "http://radiology.test"
SHORT = "The hyoid is a U-shaped bone of the neck. It hangs from the styloid processes by ligaments. " * 6


def response(status: int = 200, body: bytes = b"<h1>Page</h1>", **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HtmlResponse(f"{ADDRESS}/articles/a", status=status, headers=named, body=body)


def closed_door(came: Response) -> str | None:
    return doors.closed_door(came, challenge(came.body))


def page(title: str = "", body: str = "", head: str = "") -> bytes:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


MOMENT = page("Just a moment...", "<noscript>Enable JavaScript and cookies to continue</noscript>")
CHALLENGES = {
    "Cloudflare, title": (MOMENT, "Cloudflare"),
    "Cloudflare, ellipsis": (page("Just a moment…"), "Cloudflare"),
    "Cloudflare, capitals": (b"<TITLE>\n  Attention Required! | Cloudflare</TITLE>", "Cloudflare"),
    "Cloudflare, in another language": (
        page("Einen Moment bitte", "<script>window._cf_chl_opt={cvId:'3'};</script>"),
        "Cloudflare",
    ),
    "Turnstile": (page("radiology.test", '<form><div class="cf-turnstile"></div></form>'), "Cloudflare"),
    "DataDome": (
        page("radiology.test", "<script>var dd={'rt':'c'}</script><script src='https://ct.captcha-delivery.com/c.js'>"),
        "DataDome",
    ),
    "PerimeterX, title": (page("Access to this page has been denied."), "PerimeterX"),
    "PerimeterX, button": (page("radiology.test", '<div id="px-captcha">Press &amp; hold</div>'), "PerimeterX"),
    "Incapsula": (page("", "Request unsuccessful. Incapsula incident ID: 100-200"), "Incapsula"),
    "Imperva": (page("Pardon Our Interruption", "<p>Something made us think you are a bot.</p>"), "Imperva"),
    "AWS WAF": (page("Human Verification", "<script>window.gokuProps = {}</script>"), "AWS WAF"),
    "Akamai": (page("Access Denied", "https://errors.edgesuite.net/18.2"), "Akamai"),
    "Sucuri": (page("Sucuri WebSite Firewall - Access Denied"), "Sucuri"),
    "hCaptcha": (page("One more step", '<div class="h-captcha" data-sitekey="x"></div>'), "hCaptcha"),
    "reCAPTCHA": (page("radiology.test", '<p>Solve this.</p><div class="g-recaptcha"></div>'), "reCAPTCHA"),
    "access denied": (page("Access Denied", "<h1>Access Denied</h1>"), "its guard is not named"),
    "robot check": (page("Are you a robot?", "<p>Tick the box.</p>"), "its guard is not named"),
    "checking": (page("Checking your browser before accessing radiology.test"), "its guard is not named"),
}


@pytest.mark.parametrize("name", CHALLENGES)
def test_a_challenge_page_is_known_whatever_its_status(name):
    body, guard = CHALLENGES[name]
    for status in (200, 202, 404, 503):
        assert closed_door(response(status, body)) == f"the site answered with a challenge page ({guard})"
    assert challenge(body) == guard


PAGES = {
    "page": page("Hyoid", "<h1>Hyoid</h1>"),
    "the words in its text": page("Hyoid", "<p>Just a moment... Access denied. Attention Required! | Cloudflare</p>"),
    "the words begin its title": page("Just a moment arm | Radiology Reference Article", "<p>Text</p>"),
    "access denied is part of its title": page("Vascular access denied: complications | Reference", "<p>Text</p>"),
    "a moment in a long page": page("Just a moment...", f"<p>{SHORT * 5}</p>"),
    "a comment form with a widget": page("Hyoid", f'<p>{SHORT}</p><form><div class="g-recaptcha"></div></form>'),
    "a form with Turnstile": page("Hyoid", f'<p>{SHORT}</p><form><div class="cf-turnstile"></div></form>'),
    "Cloudflare's script in an ordinary page": page(
        "Hyoid", "<p>Text</p>", "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"
    ),
    "guards' scripts that watch ordinary pages": page(
        "Hyoid", "<p>Text</p>", "<script>window._pxAppId='PX1'</script><script src='https://js.datadome.co/tags.js'>"
    ),
    "an article on guards": page("Captchas", f"<p>{SHORT * 5} window._cf_chl_opt, captcha-delivery.com/</p>"),
    "no title": b"<p>Text</p>",
    "a title that does not end": b"<title>" + b"x" * 10_000,
    "nothing": b"",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_no_challenge_whatever_words_and_scripts_it_holds(name):
    assert challenge(PAGES[name]) is None
    assert closed_door(response(200, PAGES[name])) is None


@pytest.mark.parametrize(
    ("header", "value", "guard"),
    [
        ("cf-mitigated", "challenge", "Cloudflare"),
        ("CF-Mitigated", "Challenge", "Cloudflare"),
        ("x-amzn-waf-action", "captcha", "AWS WAF"),
        ("x-amzn-waf-action", "challenge", "AWS WAF"),
    ],
)
def test_a_guard_that_says_so_in_a_header_is_believed(header, value, guard):
    assert closed_door(response(202, **{header: value})) == f"the site answered with a challenge page ({guard})"


def test_other_headers_of_a_guard_are_no_sign():
    assert closed_door(response(200, **{"server": "cloudflare", "cf-ray": "1", "x-cdn": "Incapsula"})) is None


@pytest.mark.parametrize(
    "filling", [b"<script>", b"<", b"<title>", b"</", b"<title><", b"<!--", b"<noscript <template "]
)
def test_no_markup_makes_the_look_long(filling):
    """Not timed: were the work to grow with the square of the size, the suite would not end."""
    body = b"window._cf_chl_opt " + filling * ((LARGEST - 100) // len(filling))
    assert len(body) < LARGEST
    # Markup alone is no text, an angle bracket alone is.
    assert challenge(body) == (None if filling in (b"<", b"</", b"<title><", b"<!--") else "Cloudflare")


def test_a_page_larger_than_any_challenge_is_not_looked_at():
    assert challenge(MOMENT + b" " * (LARGEST - len(MOMENT)))
    assert not challenge(MOMENT + b" " * LARGEST)


@pytest.mark.parametrize("status", [401, 403, 406])
def test_a_door_is_closed_by_status(status):
    assert closed_door(response(status)) == f"the site answered {status}"


@pytest.mark.parametrize("status", [200, 204, 304, 400, 404, 410, 429, 500, 503])
def test_other_statuses_close_no_door(status):
    assert closed_door(response(status)) is None


@pytest.mark.parametrize(
    "location",
    [
        "/users/sign_in",
        f"{ADDRESS}/users/sign_in?to=/articles/a",
        "../login",
        "/Account/Login.aspx?ReturnUrl=%2f",
        "https://accounts.elsewhere.test/signin/v2",
        "https://sso.elsewhere.test/auth/realms/x",
        "/wiki/Special:UserLogin",
        "/wiki/Special%3AUserLogin",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_where_one_signs_in_closes_the_door(status, location):
    assert closed_door(response(status, Location=location)) == "the site asks to sign in"


@pytest.mark.parametrize(
    "location", ["/articles/b", "/articles/log-in-sign", "/?next=/login", "/authors/login-smith", "http://[broken", ""]
)
def test_another_redirect_does_not(location):
    assert closed_door(response(302, Location=location)) is None


def test_a_page_that_links_to_where_one_signs_in_does_not():
    assert closed_door(response(200, b"<title>Hyoid</title><a href='/users/sign_in'>Log in</a>")) is None
