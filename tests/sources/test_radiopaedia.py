"""Source `radiopaedia`: every stored article or case is a document or is rejected with its reason."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.cleaning.duplicates import DUPLICATE_ID
from radcurate.documents import Document, Patient, Section
from radcurate.errors import UsageError
from radcurate.licences import is_restricted
from radcurate.sources import Described, Rejected, SourceSpec
from radcurate.sources.radiopaedia import check, described, read, section_name
from radcurate.spiders.snapshot import fingerprint, index
from radcurate.tables import read_rows
from tests.shards import cleaned
from tests.sources.pages import ADDRESS, CLOCK, article, case, names, patient, snapshot, study

SPEC = SourceSpec("site", "radiopaedia", (), {"licence": "CC-BY-4.0"})
TEXT = "<p>The distal radius is broken.</p>"


def read_all(folder: Path, pages: dict, spec: SourceSpec = SPEC) -> list[Document | Rejected]:
    return list(read(snapshot(folder / "snapshot", pages), spec))


def one(folder: Path, html: object, path: str = "/articles/colles-fracture?lang=us", **options) -> Document:
    (document,) = read_all(folder, {path: html}, SourceSpec("site", "radiopaedia", (), {**SPEC.options, **options}))
    assert isinstance(document, Document), document
    return document


def one_case(folder: Path, *studies: str, **options) -> Document:
    return one(folder, case(*studies, **options), "/cases/colles-fracture-1?lang=us")


# --- what is rejected, and why ---------------------------------------------------------------------------------------

NO_BODY = '<h1 class="header-title">Title</h1>' + article("", rid=7).split("</h1>")[1].replace("user-generated", "")
CHALLENGE = "<html><head><title>Just a moment...</title></head><body>Checking your browser.</body></html>"


@pytest.mark.parametrize(
    ("answer", "rule", "words"),
    [
        (404, "http_status.v1", ["the site answered 404"]),
        (301, "http_status.v1", ["the site answered 301"]),
        ((500, (), CHALLENGE.encode()), "http_status.v1", ["the site answered 500"]),
        (b"", "empty_answer.v1", ["answered with nothing"]),
        (b" \r\n\t ", "empty_answer.v1", ["answered with nothing"]),
        (CHALLENGE, "challenge_page.v1", ["challenge page came instead"]),
        (article(TEXT, title=""), "unreadable_page.v1", ["title: nothing", "h1.header-title"]),
        (article(TEXT, rid=""), "unreadable_page.v1", ["rid: nothing", "row rID"]),
        (article(TEXT, rid="77a"), "unreadable_page.v1", ["rid: no number in '77a'"]),
        (NO_BODY, "unreadable_page.v1", ["body: nothing", "div.body.user-generated-content"]),
        (article(TEXT, Last_revised="lately"), "unreadable_page.v1", ["revised: no date in 'lately'"]),
        (article(TEXT, DOI="pending"), "unreadable_page.v1", ["doi: no DOI in 'pending'"]),
        ("<html><body>Service unavailable</body></html>", "unreadable_page.v1", ["title: nothing"]),
        (b"%PDF-1.7\x00\xff\xfe", "unreadable_page.v1", ["title: nothing"]),
    ],
)
def test_an_answer_that_is_no_page_is_rejected_with_rule_and_reason(tmp_path, answer, rule, words):
    path = "/articles/colles-fracture?lang=us"
    (rejected,) = read_all(tmp_path, {path: answer})
    assert isinstance(rejected, Rejected)
    assert (rejected.locator, rejected.rule) == (ADDRESS + path, rule)
    assert all(word in rejected.reason for word in words), rejected.reason
    assert ADDRESS in rejected.reason or rule != "unreadable_page.v1"


def test_a_case_that_states_two_numbers_is_rejected(tmp_path):
    html = case(study(TEXT), more='<div class="hidden data">{"caseId": 99}</div>')
    (rejected,) = read_all(tmp_path, {"/cases/a": html})
    assert (rejected.rule, "two numbers, 88 and 99" in rejected.reason) == ("unreadable_page.v1", True)


def test_a_damaged_record_is_rejected_with_its_place(tmp_path):
    folder = snapshot(tmp_path / "snapshot", {"/articles/a": article(TEXT), "/articles/b": article(TEXT, rid=78)})
    path = folder / "answers-00001.warc.gz"
    whole = bytearray(path.read_bytes())
    whole[600] ^= 0x10
    path.write_bytes(whole)
    rejected, document = read(folder, SPEC)
    assert (rejected.locator.partition(":")[0], rejected.rule) == (path.name, "damaged_record.v1")
    assert document.document_id == "radiopaedia:article:78"


@pytest.mark.parametrize(
    "path",
    [
        "/robots.txt",
        "/sitemap.xml",
        "/sitemap-articles_1.xml",
        "/search?scope=articles&page=1",
        "/articles",
        "/articles/",
        "/users/articles",
        "/",
    ],
)
@pytest.mark.parametrize("answer", [404, b"", article(TEXT)], ids=["404", "empty", "page"])
def test_what_only_led_the_way_is_no_input(tmp_path, path, answer):
    assert read_all(tmp_path, {path: answer}) == []


ANSWERS = st.sampled_from([404, b"", CHALLENGE, article(TEXT), case(study(TEXT)), article("", title=""), b"\xff\x00<"])
PATHS = st.sampled_from(["/articles/a", "/articles/b?lang=us", "/cases/c", "/cases/d", "/search?x=1", "/robots.txt"])


@given(st.dictionaries(PATHS, ANSWERS, max_size=6))
def test_every_address_of_an_article_or_a_case_gives_one_document_or_rejection(tmp_path_factory, pages):
    found = read_all(tmp_path_factory.mktemp("any"), pages)
    addressed = [path for path in pages if path.startswith(("/articles/", "/cases/"))]
    places = [one.locator if isinstance(one, Rejected) else one.url for one in found]
    assert sorted(place.partition("?")[0] for place in places) == sorted(
        ADDRESS + path.partition("?")[0] for path in addressed
    )


def test_a_folder_that_is_no_snapshot_is_refused(tmp_path):
    with pytest.raises(UsageError, match="is no snapshot"):
        check(tmp_path, SPEC)
    check(snapshot(tmp_path / "snapshot", {}), SPEC)


def test_a_snapshot_is_described_by_its_fingerprint_and_the_bytes_of_the_answers_that_count(tmp_path):
    folder = snapshot(tmp_path / "snapshot", {"/articles/a": b"12345", "/robots.txt": b"123"})
    snapshot(folder, {"/articles/a": b"12345"})
    assert described(folder) == Described(fingerprint(index(folder)), 8, frozenset({"site.example"}))


# --- what a document holds -------------------------------------------------------------------------------------------


def test_an_article_with_all_that_a_page_may_state(tmp_path):
    html = article(
        "<p>Also a dinner-fork fracture.</p><h4>Epidemiology</h4><p>Common.</p>",
        more=names("systems", ["Musculoskeletal", "Trauma"])
        + names("tags", ["wrist"])
        + '<div class="author-info">By <a href="#">A. Sample</a> and <a href="#">B. Placeholder</a></div>',
        DOI="https://doi.org/10.5555/colles-77",
        Created="3 Feb 2011, A. Sample",
        Last_revised="17 Mar 2024",
    )
    document = one(tmp_path, html)
    digest = next(iter(index(tmp_path / "snapshot").values())).sha256
    assert document == Document(
        document_id="radiopaedia:article:77",
        source="site",
        kind="article",
        title="Colles fracture",
        url=f"{ADDRESS}/articles/colles-fracture",
        licence="CC-BY-4.0",
        licence_url="https://creativecommons.org/licenses/by/4.0/",
        authors=("A. Sample", "B. Placeholder"),
        revised="2024-03-17",
        retrieved=CLOCK,
        raw_sha256=digest,
        group_id="radiopaedia:article:77",
        systems=("Musculoskeletal", "Trauma"),
        tags=("wrist",),
        doi="10.5555/colles-77",
        sections=(
            Section("introduction", "", "Also a dinner-fork fracture."),
            Section("epidemiology", "Epidemiology", "Common."),
        ),
    )


def test_a_case_with_a_section_for_each_of_its_parts_and_studies(tmp_path):
    document = one_case(
        tmp_path,
        study("<p>Broken.</p>", "Frontal film", "X-ray"),
        study("<p>Impacted.</p>", "", "CT"),
        study("", "Without a report", "MRI"),
        study("<p>Healed.</p>", "Six weeks later", "X-ray"),
        more='<div class="diagnostic-certainty-title">Diagnosis certain</div>'
        '<div id="case-patient-presentation"><h2>Presentation</h2><p>Fell on the hand.</p></div>'
        + patient(Age="60 years", Gender="Female"),
        rest='<div id="case-discussion"><h2>Case Discussion</h2><p>A common fracture.</p></div>',
    )
    assert document.sections == (
        Section("presentation", "Presentation", "Fell on the hand."),
        Section("findings", "Frontal film", "Broken.", "X-ray"),
        Section("findings_2", "Findings", "Impacted.", "CT"),
        Section("findings_3", "Six weeks later", "Healed.", "X-ray"),
        Section("discussion", "Discussion", "A common fracture."),
        Section("diagnostic_certainty", "Diagnostic certainty", "Diagnosis certain"),
    )
    assert (document.document_id, document.group_id) == ("radiopaedia:case:88",) * 2
    assert document.modality == "X-ray, CT, MRI"
    assert document.patient == Patient("60 years", "Female")


def test_a_case_that_states_nothing_but_its_title_has_neither_patient_nor_modality_nor_links(tmp_path):
    document = one_case(tmp_path)
    assert (document.sections, document.patient, document.modality, document.links) == ((), None, None, ())


@pytest.mark.parametrize(
    ("label", "value", "expected"),
    [("Age", "3 months", Patient("3 months", None)), ("Gender", "Male", Patient(None, "Male"))],
)
def test_age_or_sex_alone_is_kept_as_published(tmp_path, label, value, expected):
    assert one_case(tmp_path, more=patient(**{label: value})).patient == expected


def test_the_day_of_creation_stands_in_where_no_revision_is_stated(tmp_path):
    assert one(tmp_path, article(TEXT, Created="2011-02-03")).revised == "2011-02-03"


def test_links_are_whole_addresses_without_query_as_other_documents_have_them(tmp_path):
    links = [
        "/articles/colles-fracture?lang=us",
        "/articles/m\u00e9ni\u00e8re",
        "/cases/x",
        "https://else.example/articles/a",
    ]
    items = "".join(f'<li><a href="{link}">x</a></li>' for link in [*links, links[0]])
    pages = {
        "/cases/a?lang=us": case(rest=f'<div id="case-related-articles"><ul>{items}</ul></div>'),
        "/articles/colles-fracture?lang=us": article(TEXT, rid=1),
        "/articles/m\u00e9ni\u00e8re?lang=us": article(TEXT, rid=2),
    }
    *articles, linking = sorted(read_all(tmp_path, pages), key=lambda document: document.kind)
    assert linking.links == (f"{ADDRESS}/articles/colles-fracture", f"{ADDRESS}/articles/m%C3%A9ni%C3%A8re")
    assert {document.url for document in articles} == set(linking.links)


# --- the licence -----------------------------------------------------------------------------------------------------

BY_SA = "https://creativecommons.org/licenses/by-sa/4.0/"


@pytest.mark.parametrize(
    ("mark", "licence", "url"),
    [
        (f'<a rel="license" href="{BY_SA}">x</a>', "CC-BY-SA-4.0", BY_SA),
        (
            f'<link rel="license" href="{BY_SA.replace("https", "http")}">',
            "CC-BY-SA-4.0",
            BY_SA.replace("https", "http"),
        ),
        ('<a rel="license" href="https://site.example/licence">x</a>',) + ("https://site.example/licence",) * 2,
        ("", "CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    ],
    ids=["page", "page, http", "page, one that is not listed", "recipe"],
)
def test_the_licence_that_the_page_names_comes_before_that_of_the_recipe(tmp_path, mark, licence, url):
    document = one(tmp_path, article(TEXT, more=mark))
    assert (document.licence, document.licence_url) == (licence, url)
    assert is_restricted(document.licence) == ("site.example" in licence)


def test_an_address_of_the_licence_in_the_recipe_is_taken_where_the_page_names_none(tmp_path):
    document = one(tmp_path, article(TEXT), licence="house rules", licence_url="https://site.example/rules")
    assert (document.licence, document.licence_url) == ("house rules", "https://site.example/rules")


# --- sections --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("", "introduction"),
        ("Epidemiology", "epidemiology"),
        ("Clinical  Presentation:", "clinical_presentation"),
        ("RADIOGRAPHIC FEATURES", "radiographic_features"),
        ("Imaging findings", "radiographic_features"),
        ("Aetiology", "etiology"),
        ("Treatment & prognosis", "treatment_and_prognosis"),
        ("Differential", "differential_diagnosis"),
        ("See also", "see_also"),
        ("Stage II / III (modified)", "stage_ii_iii_modified"),
        ("?!", "section"),
    ],
)
def test_a_heading_gives_the_standard_name_or_a_slug_of_itself(heading, name):
    assert section_name(heading) == name


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["Pathology", "Pathology"], ["pathology", "pathology_2"]),
        (["Causes", "Aetiology", "Etiology"], ["etiology", "etiology_2", "etiology_3"]),
        (["Stage", "Stage 2", "Stage"], ["stage", "stage_2", "stage_3"]),
        (["Stage 2", "Stage", "Stage"], ["stage_2", "stage", "stage_3"]),
        (["?", "!"], ["section", "section_2"]),
    ],
)
def test_sections_of_one_name_are_numbered_and_no_name_comes_twice(tmp_path, headings, expected):
    body = "".join(f"<h4>{heading}</h4><p>Text {number}.</p>" for number, heading in enumerate(headings))
    sections = one(tmp_path, article(body)).sections
    assert [section.name for section in sections] == expected
    assert [section.heading for section in sections] == headings
    assert [section.text for section in sections] == [f"Text {number}." for number in range(len(headings))]


def test_a_heading_without_text_keeps_its_words_for_cleaning_to_judge(tmp_path):
    assert one(tmp_path, article("<h4>Related articles</h4>")).sections == (
        Section("related_articles", "Related articles", "Related articles"),
    )


# --- bytes that are not as they should be ----------------------------------------------------------------------------

GERMAN = "<p>Ménière’s disease – 5 µm</p>"


@pytest.mark.parametrize(
    ("headers", "meta"),
    [
        ((("Content-Type", "text/html; charset=windows-1252"),), ""),
        ((("content-type", "text/html; charset=ISO-8859-1"),), ""),
        ((("Content-Type", "text/html"),), '<meta charset="windows-1252">'),
        ((), ""),
    ],
    ids=["header", "header named in lower case, as Latin-1", "meta", "nothing said"],
)
def test_a_page_in_windows_1252_is_read_in_it(tmp_path, headers, meta):
    body = (meta + article(GERMAN, title="Ménière")).encode("windows-1252")
    document = one(tmp_path, (200, headers, body))
    assert (document.title, document.sections[0].text) == ("Ménière", "Ménière’s disease – 5 µm")


def test_a_byte_that_the_charset_does_not_know_is_replaced_and_the_rest_is_read(tmp_path):
    body = article("<p>Before \N{BULLET} after.</p>").encode().replace("\N{BULLET}".encode(), b"\xff")
    assert one(tmp_path, body).sections[0].text == "Before \N{REPLACEMENT CHARACTER} after."


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>One<p>Two", "One\n\nTwo"),
        ("<ul><li>One<li>Two", "• One\n• Two"),
        ("<p>One</div></section><p>Two", "One"),
        ("<p>5 < 7 & 9 > 8 &alpha; &amp;lt;</p>", "5 < 7 & 9 > 8 α &lt;"),
        ("<b><i>One</b> two</i>", "One two"),
        ("<p>One</p><script>if (a < b) { '<p>' }</script><!-- <p>no</p> --><style>p{}</style>", "One"),
    ],
    ids=["paragraphs", "items", "a body that is closed early", "signs and entities", "crossed tags", "unseen things"],
)
def test_broken_markup_is_read_as_a_browser_reads_it(tmp_path, body, text):
    (section,) = one(tmp_path, article(body)).sections
    assert section.text == text


def test_a_page_that_breaks_off_within_its_body_is_read_up_to_there(tmp_path):
    html = article("<p>One</p><p>Two and")
    assert one(tmp_path, html[: html.index(" and")]).sections[0].text == "One\n\nTwo"


# --- one rID under two slugs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_one_number_under_two_slugs_gives_one_document_and_the_same_in_any_order(tmp_path, order):
    """Byte for byte the same page: only its address tells one from the other."""
    slugs = ["/articles/colles-fracture?lang=us", "/articles/colles?lang=us"]
    found = read_all(tmp_path, {slugs[number]: article(TEXT) for number in order})
    assert [document.document_id for document in found] == ["radiopaedia:article:77"] * 2
    survivors, counts = cleaned(tmp_path, [[found[number]] for number in order])
    (row,) = [row for folder in survivors for row in read_rows(folder / "documents.parquet")]
    assert row["url"] == f"{ADDRESS}/articles/colles"
    (dropped,) = [row for folder in survivors for row in read_rows(folder / "dropped.parquet")]
    assert (dropped["rule"], dropped["kept_id"]) == (DUPLICATE_ID, row["document_id"])
    assert sum(count.get("documents.in", 0) for count in counts) == 2


@pytest.mark.parametrize("arrivals", [(0, 1), (1, 0)])
def test_the_same_page_retrieved_twice_survives_as_the_first_of_them_in_any_order(tmp_path, arrivals):
    """Two snapshots of one site in a recipe."""
    found = [one(tmp_path / str(number), article(TEXT)) for number in (0, 1)]
    later = Document(**{**vars(found[1]), "retrieved": "2026-03-01T00:00:00Z"})
    folders, _ = cleaned(tmp_path, [[[found[0], later][number]] for number in arrivals])
    assert [row["retrieved"] for folder in folders for row in read_rows(folder / "documents.parquet")] == [CLOCK]
