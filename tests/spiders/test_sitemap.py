"""Sitemaps are read as the protocol says, and what is none, or would do harm, is refused with its reason."""

import gzip

import pytest

from radcurate.spiders import sitemap
from radcurate.spiders.sitemap import MOST_ADDRESSES, MOST_BYTES, Place, Sitemap, SitemapError

NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urls(*items: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NAMESPACE}>{"".join(items)}</urlset>'.encode()


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_list_of_pages_gives_their_addresses_and_days(pack):
    body = urls(
        "<url><loc> https://site.example/articles/a </loc><lastmod>2026-01-31</lastmod></url>",
        "<url><lastmod>2026-01-31T23:30:00-05:00</lastmod><loc>https://site.example/cases/b</loc></url>",
        "<url><loc>https://site.example/c?x=1&amp;y=2</loc><lastmod>yesterday</lastmod></url>",
        "<url><lastmod>2026-01-01</lastmod></url>",
    )
    assert sitemap.read(pack(body)) == Sitemap(
        False,
        (
            Place("https://site.example/articles/a", "2026-01-31"),
            Place("https://site.example/cases/b", "2026-02-01"),  # its day in UTC
            Place("https://site.example/c?x=1&y=2", None),
        ),
    )


def test_an_index_gives_the_addresses_of_sitemaps():
    body = f"<sitemapindex {NAMESPACE}><sitemap><loc>https://site.example/s1.xml.gz</loc></sitemap></sitemapindex>"
    assert sitemap.read(body.encode()) == Sitemap(True, (Place("https://site.example/s1.xml.gz", None),))


def test_a_sitemap_without_a_namespace_is_read_too():
    assert sitemap.read(b"<urlset><url><loc>https://a.example/</loc></url></urlset>").places[0].revised is None


BOMB = b'<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>'
LEAK = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><urlset><url><loc>&a;</loc></url></urlset>'


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (BOMB, "declares a document type"),
        (LEAK, "declares a document type"),
        (b"<!DOCTYPE urlset><urlset/>", "declares a document type"),
        (gzip.compress(BOMB), "declares a document type"),
        (b"<html><body>Not found</body></html>", "its root is <html>"),
        (b"", "no XML"),
        (b"<urlset><url>", "no XML"),
        (b"\x1f\x8b\x08 broken", "cannot be unpacked"),
        (gzip.compress(bytes(MOST_BYTES + 1)), "unpacks to more than 52,428,800 bytes"),
        (urls(*["<url><loc>https://a.example/</loc></url>"] * (MOST_ADDRESSES + 1)), "more than 50,000 addresses"),
        (b'<?xml version="1.0" encoding="no-such"?><urlset/>', "no XML"),
    ],
    ids=[
        "entities",
        "outside",
        "type alone",
        "packed",
        "html",
        "empty",
        "unclosed",
        "broken",
        "gzip bomb",
        "too many",
        "charset",
    ],
)
def test_what_is_no_sitemap_or_a_dangerous_one_is_refused_with_its_reason(body, why):
    with pytest.raises(SitemapError, match=why):
        sitemap.read(body)
