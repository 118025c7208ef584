"""Every fixture page gives what was written by hand from docs/harvest.md, field by field, or the error it must."""

import dataclasses
import json
import pickle
import shutil
from pathlib import Path

import pytest
from web_poet.pages import get_item_cls
from web_poet.serialization import load_class
from web_poet.testing.exceptions import FieldMissing, FieldValueIncorrect
from web_poet.testing.fixture import Fixture

from radcurate.spiders.pages.article import ArticlePage
from radcurate.spiders.pages.case import CasePage
from radcurate.spiders.pages.listing import ListingPage
from radcurate.spiders.pages.page import PageError, read_item, selectors

FOLDER = Path(__file__).parent / "fixtures"
FIXTURES = [Fixture(path) for path in sorted(FOLDER.glob("*/*"))]
READ = [fixture for fixture in FIXTURES if fixture.output_path.exists()]
REFUSED = [fixture for fixture in FIXTURES if fixture.exception_path.exists()]


def page_class(fixture: Fixture) -> type:
    return load_class(fixture.path.parent.name)


def name_of(value: object) -> str | None:
    return f"{page_class(value).__name__}-{value.test_name}" if isinstance(value, Fixture) else None


def assert_field(fixture: Fixture, field: str) -> None:
    """The field is as expected; else an error that names it, the page and the selector."""
    cls = page_class(fixture)
    try:
        fixture.assert_field_correct(field, cls)
    except (FieldValueIncorrect, FieldMissing) as error:
        got, expected = error.args if len(error.args) == 2 else ("nothing", fixture.get_expected_output()[field])
        url = json.loads((fixture.input_path / "HttpResponse-info.json").read_bytes())["url"]
        raise AssertionError(
            f"{field} of {cls.__name__} at `{selectors(cls).get(field)}` is not as expected\n"
            f"page: fixture {fixture.test_name}, {url}\nexpected: {expected!r}\ngot:      {got!r}"
        ) from None


# --- the pages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fixture", "field"),
    [(fixture, field) for fixture in READ for field in fixture.get_expected_output_fields()],
    ids=name_of,
)
def test_a_field_is_what_its_page_shows(fixture, field):
    assert_field(fixture, field)


@pytest.mark.parametrize("fixture", READ, ids=name_of)
def test_a_fixture_expects_every_field_of_its_item(fixture):
    item = get_item_cls(page_class(fixture), default=None)
    assert set(fixture.get_expected_output()) == {field.name for field in dataclasses.fields(item)}


@pytest.mark.parametrize("fixture", READ, ids=name_of)
def test_a_page_is_read_alike_at_once_and_by_web_poet(fixture):
    item = read_item(fixture.get_page(page_class(fixture)))
    assert dataclasses.asdict(item) == fixture.get_output(page_class(fixture))


@pytest.mark.parametrize("fixture", REFUSED, ids=name_of)
def test_a_page_that_lacks_what_it_needs_is_refused_by_field_selector_and_address(fixture):
    fixture.assert_toitem_exception(page_class(fixture))
    with pytest.raises(PageError) as caught:
        read_item(fixture.get_page(page_class(fixture)))
    error = caught.value
    assert str(error) == str(fixture.get_expected_exception())
    assert error.selector == selectors(page_class(fixture))[error.field]
    assert str(error).startswith(f"{error.field}: ")
    assert f"`{error.selector}` on https://site.example/" in str(error)


@pytest.mark.parametrize("cls", [ArticlePage, CasePage, ListingPage])
def test_every_field_has_a_selector_and_a_fixture_that_states_it(cls):
    item = get_item_cls(cls, default=None)
    assert set(selectors(cls)) == {field.name for field in dataclasses.fields(item)}
    outputs = [fixture.get_expected_output() for fixture in READ if page_class(fixture) is cls]
    for field in selectors(cls):
        values = [json.dumps(output[field]) for output in outputs]
        assert len(set(values)) > 1, f"no two fixtures differ in {field}"


# --- what a failure says --------------------------------------------------------------------------------------------


@pytest.fixture
def copied(tmp_path):
    """A fixture of an article, whose expected output a test may change."""
    source = FOLDER / "radcurate.spiders.pages.article.ArticlePage" / "new-markup"
    return Fixture(shutil.copytree(source, tmp_path / source.parent.name / source.name))


@pytest.mark.parametrize(
    ("field", "shown", "selector"),
    [
        ("title", "Pneumothorax of the adult", "h1.header-title"),
        ("revised", "2025-02-03", ".citation-info, #citation-info: row Last revised"),
        ("body", "Epidemiology", "div.body.user-generated-content; div.user-generated-content"),
    ],
)
def test_a_field_that_fails_names_field_page_and_selector(copied, field, shown, selector):
    assert_field(copied, field)
    output = json.loads(copied.output_path.read_bytes())
    output[field] = "something else"
    copied.output_path.write_text(json.dumps(output), encoding="utf-8")
    with pytest.raises(AssertionError) as caught:
        assert_field(Fixture(copied.path), field)
    message = str(caught.value)
    assert message.startswith(f"{field} of ArticlePage at `{selector}`")
    assert "fixture new-markup, https://site.example/articles/pneumothorax?lang=us" in message
    assert "expected: 'something else'" in message
    assert shown in message.partition("got: ")[2]


def test_a_field_that_the_page_object_lost_is_named_too(copied):
    output = json.loads(copied.output_path.read_bytes())
    copied.output_path.write_text(json.dumps(output | {"lost": 1}), encoding="utf-8")
    with pytest.raises(AssertionError, match=r"lost of ArticlePage .*(\n.*)*got: +'nothing'"):
        assert_field(Fixture(copied.path), "lost")


def test_a_page_whose_markup_has_changed_is_refused_with_the_address(copied):
    body = copied.input_path / "HttpResponse-body.html"
    body.write_text(body.read_text(encoding="utf-8").replace("header-title", "heading"), encoding="utf-8")
    with pytest.raises(PageError, match=r"^title: nothing at `h1.header-title` on https://site.example/articles/pneu"):
        assert_field(Fixture(copied.path), "rid")


def test_an_error_keeps_field_and_selector_on_its_way_from_another_process():
    error = pickle.loads(pickle.dumps(PageError("rid: nothing", "rid", ".row.rid")))
    assert (str(error), error.field, error.selector) == ("rid: nothing", "rid", ".row.rid")


def test_the_fixtures_run_once_and_as_these_tests_alone(pytestconfig):
    assert not pytestconfig.pluginmanager.has_plugin("web-poet")
