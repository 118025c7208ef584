"""Page objects of the MediaWiki API: what they read of an answer, and what they refuse."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_poet import HttpResponse

from radcurate.spiders.pages.items import Part
from radcurate.spiders.pages.mediawiki import FactsPage, MembersPage, WikiPage
from radcurate.spiders.pages.mediawiki_answers import ApiError, ApiPage
from radcurate.spiders.pages.mediawiki_article import ArticlePage
from radcurate.spiders.pages.mediawiki_items import Article, Member, Wiki
from radcurate.spiders.pages.page import PageError, read_item, selectors

ADDRESS = "https://wiki.test/w/api.php?action=query"
PAGES = (WikiPage, MembersPage, FactsPage, ArticlePage)


def page(kind: type[ApiPage], data: Any) -> Any:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return kind(HttpResponse(url=ADDRESS, body=body))


def article(html: str, **more: Any) -> Article:
    parse = {"title": "A", "pageid": 1, "revid": 2, "text": f'<div class="mw-parser-output">{html}</div>', **more}
    return read_item(page(ArticlePage, {"parse": parse}))


# --- answers that are none -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "the answer is no JSON"),
        (b"<!DOCTYPE html><title>Sorry</title>", "the answer is no JSON"),
        (b'{"batchcomplete": true, "query": {"gen', "the answer is no JSON"),
        (b"\xff\xfe\x00", "the answer is no JSON"),
        (b"[" * 100_000, "the answer is no JSON"),
        (b'{"parse": ' + b"9" * 5000 + b"}", "the answer is no JSON"),
        (b"[]", "the answer is JSON, but no object"),
        (b"null", "the answer is JSON, but no object"),
    ],
)
def test_an_answer_that_is_no_object_of_json_is_refused_with_its_address(kind, body, words):
    with pytest.raises(PageError, match=words) as refused:
        read_item(page(kind, body))
    assert ADDRESS in str(refused.value)


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.__name__)
def test_the_wikis_own_error_is_told_with_its_code(kind):
    with pytest.raises(ApiError, match=r"the wiki answered with the error `readonly`: 'Come back\.'") as refused:
        read_item(page(kind, {"error": {"code": "readonly", "info": "Come back."}}))
    assert refused.value.code == "readonly"


@pytest.mark.parametrize(
    ("words", "is_fatal"),
    [
        ("Unrecognized parameter: gcmtype.", True),
        ("This result was truncated because it would otherwise be larger than the limit of 12,582,912 bytes.", True),
        ("The parameter will be removed in some release.", False),
    ],
)
def test_a_warning_is_fatal_where_the_answer_is_another_than_the_one_asked_for(words, is_fatal):
    answer = {"warnings": {"main": {"warnings": words}}, "query": {"general": {"sitename": "W"}}}
    if is_fatal:
        with pytest.raises(PageError, match="the wiki warns of `main`"):
            read_item(page(WikiPage, answer))
    else:
        assert read_item(page(WikiPage, answer)).name == "W"


MEMBER = {"pageid": 1, "ns": 0, "title": "A", "lastrevid": 2}
FACTS = {
    "pageid": 1,
    "revisions": [{"revid": 2, "timestamp": "2024-05-17T23:59:59Z"}],
    "canonicalurl": "https://wiki.test/wiki/A",
    "contributors": [{"userid": 1, "name": "Ana"}],
}
PARSE = {"title": "A", "pageid": 1, "revid": 2, "text": '<div class="mw-parser-output"></div>', "categories": []}


@pytest.mark.parametrize(
    ("kind", "answer", "words"),
    [
        (WikiPage, {}, "name: nothing at `query.general.sitename`"),
        (WikiPage, {"query": {"general": {"sitename": " "}}}, "name: no text in"),
        (MembersPage, {"query": {"pages": "none"}}, "articles: no list at `query.pages`"),
        (MembersPage, {"query": {"pages": [{**MEMBER, "pageid": "1"}]}}, "articles: no number in '1'"),
        (MembersPage, {"query": {"pages": [{**MEMBER, "lastrevid": True}]}}, "articles: no number in 'True'"),
        (MembersPage, {"query": {"pages": [{**MEMBER, "lastrevid": 0}]}}, "articles: no number in '0'"),
        (MembersPage, {"query": {"pages": [{"ns": 14, "title": 5}]}}, "categories: no text in '5'"),
        (FactsPage, {"query": {}}, "page: nothing at `query.pages.0.pageid`"),
        (FactsPage, {"query": {"pages": [FACTS, FACTS]}}, "page: nothing"),
        (FactsPage, {"query": {"pages": [{**FACTS, "revisions": []}]}}, "revision: nothing"),
        (
            FactsPage,
            {"query": {"pages": [{**FACTS, "revisions": [{"revid": 2, "timestamp": "now"}]}]}},
            "revised: no time",
        ),
        (FactsPage, {"query": {"pages": [{**FACTS, "canonicalurl": "javascript:alert(1)"}]}}, "path: no address"),
        (FactsPage, {"query": {"pages": [{**FACTS, "contributors": {"name": "A"}}]}}, "contributors: no list"),
        (FactsPage, {"query": {"pages": [{**FACTS, "contributors": [{"userid": 1}]}]}}, "contributors: nothing"),
        (FactsPage, {"query": {"pages": [{**FACTS, "anoncontributors": "many"}]}}, "anonymous: no number"),
        (ArticlePage, {}, "page: nothing at `parse.pageid`"),
        (ArticlePage, {"parse": {**PARSE, "text": {"*": "<p>old form</p>"}}}, "body: no text in"),
        (ArticlePage, {"parse": {**PARSE, "text": "<p>no output of the parser</p>"}}, "body: nothing"),
        (ArticlePage, {"parse": {**PARSE, "categories": "A"}}, "categories: no list"),
        (ArticlePage, {"parse": {**PARSE, "text": "<b>" * 30_001}}, "tags, more than"),
    ],
)
def test_what_an_answer_lacks_is_told_by_field_and_place(kind, answer, words):
    with pytest.raises(PageError) as refused:
        read_item(page(kind, answer))
    assert words in str(refused.value)


@pytest.mark.parametrize("gone", [{"badrevids": {"2": {"revid": 2, "missing": True}}}, {"pages": [{"missing": True}]}])
def test_a_revision_that_the_wiki_does_not_have_is_told_like_its_own_error(gone):
    with pytest.raises(ApiError, match="no such revision any more") as refused:
        read_item(page(FactsPage, {"query": gone}))
    assert refused.value.code == "nosuchrevid"


KEYS = st.sampled_from(
    [
        *("query", "pages", "parse", "error", "warnings", "continue", "general", "rightsinfo", "sitename", "pageid"),
        *("ns", "title", "lastrevid", "missing", "revisions", "revid", "timestamp", "contributors", "name", "text"),
        *("categories", "category", "hidden", "canonicalurl", "anoncontributors", "code", "info", "badrevids"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.__name__)
@given(data=JSON)
def test_any_json_is_read_or_refused(kind, data):
    with contextlib.suppress(PageError):
        read_item(page(kind, data))


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.__name__)
def test_every_field_says_where_it_is_read(kind):
    assert all(selectors(kind).values())


# --- what is read ----------------------------------------------------------------------------------------------------


def test_a_wiki_with_its_licence_and_one_without():
    rights = {"url": "https://creativecommons.org/licenses/by/4.0/", "text": "CC BY 4.0"}
    told = {"query": {"general": {"sitename": " My\nwiki "}, "rightsinfo": rights}}
    assert read_item(page(WikiPage, told)) == Wiki("My wiki", rights["url"], rights["text"])
    told = {"query": {"general": {"sitename": "W"}, "rightsinfo": {"url": None, "text": ""}}}
    assert read_item(page(WikiPage, told)) == Wiki("W", "", "")


def test_a_list_tells_articles_categories_and_titles_of_no_article_and_leaves_other_pages_alone():
    pages = [
        MEMBER,
        {"ns": 0, "title": "Gone", "missing": True},
        {"pageid": 3, "ns": 14, "title": "Kategorie:Lunge: Bilder", "lastrevid": 4},
        {"ns": 14, "title": "Category:Undescribed", "missing": True},
        {"pageid": 5, "ns": 10, "title": "Template:Box", "lastrevid": 6},
        {"pageid": 7, "ns": 1, "title": "Talk:A", "lastrevid": 8},
    ]
    found = read_item(
        page(MembersPage, {"continue": {"gcmcontinue": "x", "continue": "-||"}, "query": {"pages": pages}})
    )
    assert found.articles == (Member(1, 2),)
    assert found.categories == ("Lunge: Bilder", "Undescribed")
    assert found.missing == ("Gone",)
    assert found.going_on == {"gcmcontinue": "x", "continue": "-||"}


def test_an_empty_list_is_one_that_ends():
    found = read_item(page(MembersPage, {"batchcomplete": True}))
    assert (found.articles, found.categories, found.missing, found.going_on) == ((), (), (), None)


def test_facts_of_a_revision():
    facts = {**FACTS, "canonicalurl": "https://wiki.test/index.php?title=A&x=1#top", "anoncontributors": 3}
    found = read_item(page(FactsPage, {"query": {"pages": [facts]}}))
    assert (found.page, found.revision, found.revised) == (1, 2, "2024-05-17")
    assert (found.contributors, found.anonymous, found.going_on, found.hidden) == (("Ana",), 3, None, False)
    assert found.path == "/index.php?title=A&x=1"


def test_a_hidden_text_is_told():
    revision = {**FACTS["revisions"][0], "texthidden": True}
    assert read_item(page(FactsPage, {"query": {"pages": [{**FACTS, "revisions": [revision]}]}})).hidden


def test_categories_in_which_a_wiki_keeps_house_are_left_out():
    categories = [
        {"sortkey": "", "category": "Lung_diseases"},
        {"sortkey": "", "category": "Stubs", "hidden": True},
        {"sortkey": "x", "category": "Lung_diseases", "hidden": False},
    ]
    assert article("", categories=categories).categories == ("Lung diseases",)


@pytest.mark.parametrize(
    "heading",
    [
        '<div class="mw-heading mw-heading2"><h2 id="CT">CT</h2><span class="mw-editsection">[edit]</span></div>',
        '<h2><span class="mw-headline">CT</span><span class="mw-editsection">[<a href="#">edit</a>]</span></h2>',
        "<h2>CT</h2>",
    ],
    ids=["since 2024", "before", "bare"],
)
def test_headings_of_every_age_are_read_without_their_links(heading):
    assert article(f"<p>One.</p>{heading}<p>Two.</p>").body == (Part("", "One."), Part("CT", "Two."))


def test_what_stands_around_an_article_is_read_apart_from_it():
    found = article(
        '<div class="hatnote">See also X.</div><table class="ambox metadata"><tr><td>Unsourced.</td></tr></table>'
        '<table class="infobox"><tr><th>ICD</th><td>J90</td></tr>'
        '<tr><td><div class="navbox">v t e</div></td></tr></table>'
        "<p>Text.</p><figure><img><figcaption>A film<sup>2</sup></figcaption></figure>"
        '<div class="navbox"><table class="navbox"><tr><td>Links</td></tr></table></div>'
    )
    assert found.body == (Part("", "Text."),)
    assert found.hatnotes == "See also X."
    assert found.notices == "Unsourced."
    assert found.infobox == "ICD | J90"
    assert found.captions == "A film\N{SUPERSCRIPT TWO}"
    assert found.navigation == "v t e\n\nLinks"


@pytest.mark.parametrize(
    "unseen",
    [
        '<div id="toc" class="toc"><h2>Contents</h2></div>',
        '<span class="noprint">[citation needed]</span>',
        "<style>.a{}</style>",
        '<span style="display: none;">HU</span>',
        '<span class="mw-cite-backlink">^</span>',
        "<math><semantics><annotation>{\\displaystyle x}</annotation></semantics></math>",
    ],
)
def test_what_serves_a_screen_is_no_text(unseen):
    assert article(f"<p>Text.</p>{unseen}").body == (Part("", "Text."),)


def test_marks_of_references_stay_for_cleaning_to_take_out():
    found = article('<p>Common.<sup class="reference"><a><span>[</span>12<span>]</span></a></sup> 10<sup>9</sup></p>')
    assert found.body == (Part("", "Common.[12] 10\N{SUPERSCRIPT NINE}"),)


def test_half_a_surrogate_pair_is_replaced():
    assert article("<p>a\ud800b</p>", title="\udfffA").body == (Part("", "a\N{REPLACEMENT CHARACTER}b"),)
