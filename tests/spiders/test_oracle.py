"""The page objects and the BeautifulSoup reading of tests/spiders/oracle.py say the same of every page."""

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_poet import HttpResponse

from radcurate.spiders.pages.article import ArticlePage
from radcurate.spiders.pages.case import CasePage
from radcurate.spiders.pages.listing import ListingPage
from radcurate.spiders.pages.page import PageError, read_item, selectors
from tests.spiders import oracle
from tests.spiders.bodies import bodies
from tests.spiders.test_pages import READ, REFUSED, name_of

READERS = {
    "articles": (ArticlePage, oracle.read_article),
    "cases": (CasePage, oracle.read_case),
    "search": (ListingPage, oracle.read_listing),
}
# No element is named y or z: what is written here never looks like a tag.
WILD = "yz1:|•. \n\t\xa0\u200b+-−–,;&<>"


def readers(url: str):
    return READERS[url.split("/")[3].partition("?")[0]]


def assert_same_reading(html: str, url: str) -> None:
    """Both readings of a page of the site are equal; its address says of what kind it is."""
    page_class, read = readers(url)
    item = read_item(page_class(HttpResponse(url, html.encode("utf-8"), encoding="utf-8")))
    expected = read(html, url)
    for field in dataclasses.fields(expected):
        got, other = getattr(item, field.name), getattr(expected, field.name)
        where = f"{field.name} at `{selectors(page_class)[field.name]}` on {url}"
        assert got == other, f"{where}\npage object: {got!r}\noracle:      {other!r}\n{html}"


def page_of(fixture) -> tuple[str, str]:
    info = json.loads((fixture.input_path / "HttpResponse-info.json").read_bytes())
    return (fixture.input_path / "HttpResponse-body.html").read_text(encoding="utf-8"), info["url"]


@pytest.mark.parametrize("fixture", READ, ids=name_of)
def test_both_readings_of_a_fixture_are_the_same(fixture):
    assert_same_reading(*page_of(fixture))


@pytest.mark.parametrize("fixture", READ, ids=name_of)
def test_the_oracle_reads_what_was_written_by_hand(fixture):
    html, url = page_of(fixture)
    read = readers(url)[1](html, url)
    assert json.loads(json.dumps(dataclasses.asdict(read))) == fixture.get_expected_output()


@pytest.mark.parametrize("fixture", REFUSED, ids=name_of)
def test_both_readings_refuse_the_same_pages(fixture):
    html, url = page_of(fixture)
    page_class, read = readers(url)
    with pytest.raises(PageError):
        read_item(page_class(HttpResponse(url, html.encode())))
    with pytest.raises((LookupError, ValueError)):
        read(html, url)


def test_readings_that_differ_name_field_selector_and_address(monkeypatch):
    html, url = page_of(READ[0])
    monkeypatch.setitem(READERS, "articles", (ArticlePage, oracle_with_another_title))
    with pytest.raises(AssertionError, match=r"^title at `h1.header-title` on https://site.example/articles/"):
        assert_same_reading(html, url)


def oracle_with_another_title(html: str, url: str):
    return dataclasses.replace(oracle.read_article(html, url), title="other words")


@settings(max_examples=300)
@given(bodies(WILD))
def test_both_read_any_body_of_an_article_alike(body):
    html = (
        '<!DOCTYPE html><html><body><h1 class="header-title">Any</h1><div class="row rid"><div class="col-sm-8">1</div>'
        f'</div><div class="body user-generated-content">{body.html}</div></body></html>'
    )
    assert_same_reading(html, "https://site.example/articles/any")


@settings(max_examples=100)
@given(bodies(WILD), bodies(WILD), st.booleans())
def test_both_read_any_case_alike(findings, discussion, old):
    study = 'class="case-viewer-2022"' if old else 'class="case-section case-study"'
    name = 'class="case-section"' if old else 'id="case-discussion"'
    html = (
        '<!DOCTYPE html><html><body><h1 class="header-title">Any</h1><div class="row rid"><div class="col-sm-8">1</div>'
        f'</div><div {study}><div class="sub-section study-findings body">{findings.html}</div></div>'
        f"<div {name}><h2>Case Discussion</h2>{discussion.html}</div></body></html>"
    )
    assert_same_reading(html, "https://site.example/cases/any-1")
