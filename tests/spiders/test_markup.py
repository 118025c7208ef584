"""What shows markup as text is told from text that compares."""

import pytest
from selectolax.lexbor import LexborHTMLParser
from web_poet import HttpResponse

from radcurate.spiders.pages.article import ArticlePage
from radcurate.spiders.pages.case import CasePage
from radcurate.spiders.pages.markup import markup_in
from radcurate.spiders.pages.page import PageError, read_item
from radcurate.spiders.pages.text import TextError, blocks
from tests.sources.pages import article, case, names, study


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a <b>mass</b>", "<b>"),
        ("end</p>", "</p"),
        ("<br />", "<br />"),
        ("<BR/>", "<BR/>"),
        ("<a href='x'", "<a href="),
        ("<a\nhref = x>", "<a\nhref ="),
        ("<p/onclick=x", "<p/onclick="),
        ("<script", "<script"),
        ("<script src", "<script"),
        ("<img x", "<img"),
        ("&lt;b&gt;", "&lt;b&gt;"),
        ("&amp;amp;lt;/b", "&amp;amp;lt;/b"),
        ("&lt;script", "&lt;script"),
        ("<!-- x", "<!--"),
        ("<!DOCTYPE x", "<!DOCTYPE"),
        ("<![CDATA[x", "<![CDATA"),
        ("<?xml x", "<?xml"),
        ("x]]>", "]]>"),
        ('div class="row">x', 's="row">'),
        ("h4 id='x' >x", "d='x' >"),
    ],
)
def test_markup_is_found(text, found):
    assert markup_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        *("5 < 7", "<5 mm", "p<0.05", "HU<-10", "a<b", "a <b and c> d", "<i.e. small>", "<3", "x < b > y", "< p>"),
        *("TR>2000 ms", "TE/TR>5", "a --> b", "<-- a", "[[1]] > 2", "&lt; 5", "AT&amp;T", "<sclerotic>"),
        *("<scripted>", "<b-line>", "<table 3", '5" > 4"', "a = 'x'", "T1 = T2 > T3", "<bread>", ""),
    ],
)
def test_text_that_compares_is_text(text):
    assert markup_in(text) == ""


def body(html: str):
    return LexborHTMLParser(f'<!DOCTYPE html><div id="body">{html}</div>', scripting=True).css_first("#body")


@pytest.mark.parametrize(
    "html",
    [
        "<p>&lt;script&gt;x()&lt;/script&gt;</p>",
        "<p><b>&lt;</b>scr<i>ipt</i> x</p>",
        "<p>&lt;<!-- -->b&gt;</p>",
        "<p>a <\0b>mass</p>",  # parsers leave the null out, and a tag remains
        "<ul><li>&lt;li&gt;</ul>",
        "<table><tr><td>&lt;<td>x<tr><td>&lt;b&gt;</table>",
        "<h4>&lt;b&gt;</h4>",
        "<![CDATA[<p>]]>",
        "<svg><desc><![CDATA[<b>x]]></desc></svg>",
        "<xmp>x</xmp>",
        "<plaintext>x",
    ],
)
def test_a_body_that_shows_markup_is_refused(html):
    with pytest.raises(TextError, match=r"^markup shown as text, "):
        blocks(body(html))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        (names("tags", ["&lt;b&gt;mass"]), "tags"),
        (names("systems", ["Chest&lt;br&gt;"]), "systems"),
        ('<div class="author-info"><a>A. &amp;lt;script</a></div>', "authors"),
    ],
)
def test_a_page_whose_names_show_markup_is_refused_with_the_field(more, field):
    with pytest.raises(PageError, match=f"^{field}: markup shown as text, .* on https://site.example/articles/a$"):
        read_item(ArticlePage(HttpResponse("https://site.example/articles/a", article("<p>x</p>", more=more).encode())))


@pytest.mark.parametrize(
    ("html", "field"),
    [
        (case(study("<p>x</p>"), title="Very long " * 60), "title"),
        (case(study("<p>x</p>"), more=names("tags", ["tag " * 200])), "tags"),
        (case(study("<p>x</p>", title="film " * 200)), "studies"),
        (case(study("<p>x</p>", modality="CT " * 200)), "studies"),
        (case(study("<p>x</p>"), more=f'<div class="diagnostic-certainty-title">{"certain " * 90}</div>'), "certainty"),
    ],
)
def test_a_name_that_swallowed_what_follows_is_refused(html, field):
    with pytest.raises(PageError, match=f"^{field}: .* characters, more than 500, at "):
        read_item(CasePage(HttpResponse("https://site.example/cases/a", html.encode())))


def test_nothing_is_read_from_within_a_noscript():
    """To a browser with scripts its content is text, and so ends at the first end tag, be it in an attribute."""
    html = article("<p>One<noscript><div class='author-info'><a>Nobody</a></div></noscript></p>")
    item = read_item(ArticlePage(HttpResponse("https://site.example/articles/a", html.encode())))
    assert (item.authors, item.body[0].text) == ((), "One")
