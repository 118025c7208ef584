"""Pages that were broken on purpose are parsed or refused with a reason, and no markup of theirs is in a document.

`python -m tests.spiders.hostile` prints what became of them. It runs here in a process of its own, which ends itself
where a page hangs; a failure says by which call the page is made again.
"""

import json
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_poet import HttpResponse

from radcurate.documents import Document
from radcurate.sources import Rejected
from radcurate.sources.radiopaedia import document
from radcurate.spiders.pages.page import read_item
from radcurate.spiders.snapshot import Answer
from tests.conftest import ROOT
from tests.sources.pages import article, case, study
from tests.spiders.hostile import ADDRESS, CLOCK, SPEC, Verdict, signs
from tests.spiders.mutators import PAGES, hostile_page, hostile_pages, mutators
from tests.spiders.test_oracle import readers

# An article and a case for each mutator; the slow test takes all pages.
EACH = 2
# No time that a page is tested by: only so that a hanging process does not hold up the suite for ever.
GIVE_UP = 1500


def verdicts_of(*arguments: str) -> list[Verdict]:
    """What the program says of every page."""
    command = [sys.executable, "-m", "tests.spiders.hostile", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=GIVE_UP)
    assert done.returncode == 0, done.stderr[-3000:]
    return [Verdict(**{**row, "signs": tuple(row["signs"])}) for row in map(json.loads, done.stdout.splitlines())]


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    return verdicts_of("--pages", str(EACH))


def told(verdicts: list[Verdict], what: str) -> str:
    """The first of these, one a line; '' where there are none."""
    return "\n".join(f"{verdict.name}: {getattr(verdict, what)}" for verdict in verdicts[:20])


def test_each_of_more_than_three_hundred_pages_comes_to_an_end(verdicts):
    made = [(page.mutator, page.path) for page in hostile_pages(EACH)]
    assert sorted((verdict.mutator, verdict.path) for verdict in verdicts) == sorted(made)
    assert len(made) > 400


def test_no_script_and_no_markup_is_in_any_document(verdicts):
    assert not told([verdict for verdict in verdicts if verdict.signs], "signs")


def test_a_page_is_refused_with_a_rule_and_a_reason(verdicts):
    rules = {"empty_answer.v1", "unreadable_page.v1", "damaged_record.v1"}
    refused = [verdict for verdict in verdicts if verdict.reason]
    assert {verdict.reason.partition(": ")[0] for verdict in refused} == rules
    assert not told([verdict for verdict in refused if len(verdict.reason.partition(": ")[2]) < 20], "reason")


def test_both_readings_are_equal_wherever_both_accept(verdicts):
    differ = [verdict for verdict in verdicts if verdict.oracle and not mutators()[verdict.mutator].differs]
    assert not told(differ, "oracle")


@pytest.mark.parametrize("then", ["unseen", "parsed", "refused"])
def test_what_must_come_of_a_page_comes_of_it(verdicts, then):
    assert not told(otherwise(verdicts, then), "reason")


def otherwise(verdicts: list[Verdict], then: str) -> list[Verdict]:
    """The pages of which something else came than hostile.toml says."""
    found = []
    for verdict in verdicts:
        mutator = mutators()[verdict.mutator]
        if mutator.then == then:
            refused = bool(verdict.reason) and mutator.why in verdict.reason
            if not {"unseen": verdict.unseen, "parsed": not verdict.reason, "refused": refused}[then]:
                found.append(verdict)
    return found


def test_pages_are_parsed_and_refused_in_numbers(verdicts):
    """That all were refused would satisfy most of these tests."""
    parsed = [verdict for verdict in verdicts if not verdict.reason]
    assert len(parsed) > len(verdicts) / 2
    assert len(verdicts) - len(parsed) > len(verdicts) / 4


def test_a_mutator_makes_the_same_page_in_every_process():
    script = "import sys; from tests.spiders.mutators import *; "
    script += "sys.stdout.buffer.write(hostile_page('noise', PAGES[0]).served.body)"
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, cwd=ROOT).stdout
    assert other == hostile_page("noise", PAGES[0]).served.body


@pytest.mark.slow
def test_every_mutator_on_every_page():
    found = verdicts_of()
    assert len(found) == len(mutators()) * len(PAGES)
    assert_as_it_must_be(found)
    # The heaviest of these alone is read otherwise.
    differ = {verdict.mutator for verdict in found if verdict.oracle} | {"entity_of_many_digits"}
    assert {name for name, mutator in mutators().items() if mutator.differs} == differ, "a reason has become needless"


@pytest.mark.slow
def test_the_longest_pages_are_read_or_refused_too():
    found = verdicts_of("--heavy", "--pages", "2")
    assert len(found) == 2 * len(mutators(heavy=True))
    assert_as_it_must_be(found)


def assert_as_it_must_be(found: list[Verdict]) -> None:
    for then in ("unseen", "parsed", "refused"):
        assert not told(otherwise(found, then), "reason")
    assert not told([verdict for verdict in found if verdict.signs], "signs")
    assert not told([one for one in found if one.oracle and not mutators()[one.mutator].differs], "oracle")


# --- pages that Hypothesis makes up ----------------------------------------------------------------------------------

HEADERS = st.sampled_from(
    [
        "",
        "text/html",
        *(f"text/html; charset={name}" for name in ("utf-8", "latin1", "utf-16", "gbk", "utf-7", "x", "")),
    ]
)
KINDS = st.sampled_from(["articles", "cases"])
# No <select>: to html5lib 1.1 hardly anything may stand in it, to the standard of today anything.
OPENED = [
    *("b", "i", "a", "p", "div", "h4", "ul", "ol", "li", "table", "tr", "td", "caption", "sup", "form", "span hidden"),
    *("svg", "math", "svg><title", "svg><desc", "math><mi", "button", "nobr", "script", "style"),
    *(
        "textarea",
        "iframe",
        "body",
        "html",
        "br",
        "img alt='<b>'",
        "font color=red",
        "dl",
        "dd",
        "dt",
        "h4 class=hidden",
    ),
    *('div class="body user-generated-content"', 'h1 class="header-title"', 'div id="case-discussion"'),
]
TAGS = st.sampled_from(OPENED).map("<{}>".format) | st.sampled_from(OPENED).map(lambda tag: f"</{tag.split()[0]}>")
PIECES = st.sampled_from(
    [
        "<!-- ",
        " -->",
        "<![CDATA[",
        "]]>",
        "&amp;",
        "&lt;",
        "&gt;",
        "&#x3c;",
        "&nbsp",
        "\0",
        " ",
        "\n",
        "<",
        ">",
        "1",
        "mass",
    ]
)
# Where html5lib 1.1 errs, as hostile.toml tells of its mutators: end tags in foreign content close what they may not.
ERRS = re.compile(r"<(?:svg|math).*</", re.DOTALL)
SOUP = st.lists(TAGS | TAGS | PIECES, max_size=25).map("".join)


def found_in(kind: str, body: bytes, content_type: str = "text/html; charset=utf-8") -> Document | Rejected:
    headers = (("Content-Type", content_type),) if content_type else ()
    return document(Answer(f"{ADDRESS}/{kind}/any", 200, headers, body, "0" * 64, CLOCK), kind, SPEC)


def page_with(kind: str, html: str) -> str:
    return article(html) if kind == "articles" else case(study(html))


@settings(max_examples=300)
@given(KINDS, st.binary(max_size=300), HEADERS)
def test_any_bytes_are_a_page_that_is_refused(kind, body, content_type):
    found = found_in(kind, body, content_type)
    assert isinstance(found, Rejected)
    assert found.reason


@settings(max_examples=300)
@given(KINDS, st.binary(max_size=60), HEADERS)
def test_any_bytes_in_a_page_leave_no_markup_in_its_document(kind, inner, content_type):
    page = page_with(kind, "<p>HERE</p>").encode().replace(b"HERE", inner)
    found = found_in(kind, page, content_type)
    assert found.reason if isinstance(found, Rejected) else not list(signs(found))


@settings(max_examples=400)
@given(KINDS, SOUP)
def test_any_soup_of_tags_leaves_no_markup_in_a_document_and_both_read_it_alike(kind, soup):
    html = page_with(kind, soup)
    found = found_in(kind, html.encode())
    if isinstance(found, Rejected):
        assert found.reason
        return
    assert not list(signs(found))
    if ERRS.search(soup):
        return
    url = f"{ADDRESS}/{kind}/any"
    page_class, read = readers(url)
    assert read_item(page_class(HttpResponse(url, html.encode(), encoding="utf-8"))) == read(html, url, "html5lib")
