"""Source `mediawiki`: every revision of a snapshot is a document or is rejected with its reason."""

import json
from pathlib import Path

import pytest

from radcurate.documents import Document, Section
from radcurate.errors import UsageError
from radcurate.recipe import load, locate
from radcurate.release import manifest as manifests
from radcurate.sources import Rejected, SourceSpec
from radcurate.sources.mediawiki import check, read
from radcurate.spiders import mediawiki_api as api
from radcurate.spiders.snapshot import canonical, index
from tests.conftest import build_here
from tests.releases import rows_of
from tests.sources.pages import snapshot as snapshot_of_pages
from tests.sources.wiki_pages import API, CLOCK, wiki_snapshot
from tests.spiders.invented_wiki import JSON, InventedWiki
from tests.spiders.recording import Reply

SPEC = SourceSpec("wiki", "mediawiki", (), {"wiki": "invented", "licence": "CC-BY-SA-4.0"})
BY_SA = "https://creativecommons.org/licenses/by-sa/4.0/"
OPEN = """\
basis = "open-licence"
licence = "CC-BY-SA-4.0"
hosts = ["wiki.test"]
scopes = ["download", "derive", "train", "share"]
contact = "lab@university.test"
"""


def read_all(folder: Path, wiki: InventedWiki | None = None, *without: str, spec: SourceSpec = SPEC):
    """Documents by title, and the rejections."""
    found = list(read(wiki_snapshot(folder / "snapshot", wiki, without), spec))
    documents = {one.title: one for one in found if isinstance(one, Document)}
    return documents, [one for one in found if isinstance(one, Rejected)]


def replied(**data: object) -> Reply:
    return Reply(json.dumps(data).encode(), headers=JSON)


# --- what a document holds -------------------------------------------------------------------------------------------


def test_an_article_with_all_that_the_wiki_tells(tmp_path):
    documents, _ = read_all(tmp_path)
    stored = index(tmp_path / "snapshot")
    assert documents["Silhouette sign"] == Document(
        document_id="invented:article:103",
        source="wiki",
        kind="article",
        title="Silhouette sign",
        url="https://wiki.test/wiki/Silhouette_sign?oldid=9055",
        licence="CC-BY-SA-4.0",
        licence_url=BY_SA,
        authors=("B. Placeholder", "Demo Reader", "1 without an account"),
        revised="2022-09-09",
        retrieved=CLOCK,
        raw_sha256=stored[canonical(api.text(API, 9055))].sha256,
        group_id="invented:article:103",
        systems=("Chest",),
        tags=("Chest imaging",),
        sections=(
            Section(
                "introduction",
                "",
                "The silhouette sign is the loss of a border between structures of like density that touch, as when "
                "consolidation of the right middle lobe hides the right border of the heart.[1]",
            ),
            Section(
                "use",
                "Use",
                "Where a border is lost\n\nBorder | Part of the lung\nRight border of the heart | Middle lobe\n"
                "Left border of the heart | Lingula\nDiaphragm | Lower lobes",
            ),
        ),
    )


def test_sections_have_the_names_of_every_other_article_and_what_stands_around_has_its_own(tmp_path):
    documents, _ = read_all(tmp_path)
    assert [(section.name, section.heading) for section in documents["Pleural effusion"].sections] == [
        ("introduction", ""),
        ("etiology", "Causes"),
        ("clinical_presentation", "Signs and symptoms"),
        ("radiographic_features", "Imaging"),
        ("treatment", "Treatment"),
        ("see_also", "See also"),
        ("references", "References"),
        ("infobox", "Infobox"),
        ("captions", "Captions"),
        ("wiki_hatnotes", "Wiki hatnotes"),
        ("wiki_notices", "Wiki notices"),
        ("wiki_navigation", "Wiki navigation"),
    ]
    text = documents["Pleural effusion"].text_of
    assert text("infobox").endswith("Specialty | Respiratory medicine")
    assert text("captions") == "Frontal radiograph: blunting of the left costophrenic angle"
    assert "Frontal radiograph" not in text("radiographic_features")


def test_everybody_who_wrote_the_article_is_an_author_from_however_many_answers(tmp_path):
    documents, _ = read_all(tmp_path)
    names = ("Ana Roy", "B. Placeholder", "Čapek", "Demo Reader", "Écho", "12 without an account")
    assert documents["Pleural effusion"].authors == names


def test_categories_give_tags_and_by_their_words_systems(tmp_path):
    documents, _ = read_all(tmp_path)
    assert {title: one.systems for title, one in documents.items()} == {
        "Pleural effusion": ("Chest",),
        "Pneumothorax": ("Chest",),
        "Silhouette sign": ("Chest",),
        "Distal radius fracture": ("Musculoskeletal",),
        "Hounsfield unit": (),
    }
    assert documents["Pleural effusion"].tags == ("Pleural disease", "Chest imaging")


@pytest.mark.parametrize(
    ("canonicalurl", "url"),
    [
        ("https://wiki.test/index.php?title=A", "https://wiki.test/index.php?title=A&oldid=9055"),
        # What a wiki says of its host counts for nothing: permissions are given for the host that was asked.
        ("http://127.0.0.1/wiki/A", "https://wiki.test/wiki/A?oldid=9055"),
    ],
)
def test_the_address_names_the_revision_on_the_host_that_was_asked(tmp_path, canonicalurl, url):
    page = {
        "pageid": 103,
        "revisions": [{"revid": 9055, "timestamp": "2022-09-09T09:09:09Z"}],
        "canonicalurl": canonicalurl,
    }
    wiki = InventedWiki({"revids=9055": [replied(query={"pages": [page]})]})
    assert read_all(tmp_path, wiki)[0]["Silhouette sign"].url == url


@pytest.mark.parametrize(
    ("rights", "licence", "url"),
    [
        (
            "https://creativecommons.org/licenses/by/4.0/deed.en",
            "CC-BY-4.0",
            "https://creativecommons.org/licenses/by/4.0/",
        ),
        ("", "CC-BY-SA-4.0", BY_SA),
        ("https://wiki.test/Rules", "https://wiki.test/Rules", "https://wiki.test/Rules"),
    ],
)
def test_the_licence_is_the_one_that_the_wiki_states_else_the_recipes(tmp_path, rights, licence, url):
    wiki = InventedWiki()
    wiki.about["rights"] = rights
    document = read_all(tmp_path, wiki)[0]["Pneumothorax"]
    assert (document.licence, document.licence_url) == (licence, url)


# --- what is rejected, and why ---------------------------------------------------------------------------------------


def test_of_an_article_the_newest_revision_counts_and_a_title_without_an_article_is_told(tmp_path):
    documents, rejected = read_all(tmp_path)
    assert documents["Pleural effusion"].url.endswith("oldid=9340")
    assert [(one.rule, one.reason) for one in rejected] == [
        ("missing_page.v1", "the wiki lists 'Deleted article', but has no such article"),
        ("older_revision.v1", "the snapshot holds a newer revision of this article"),
    ]
    assert rejected[1].locator == canonical(api.text(API, 9001))


HIDDEN = {"code": "permissiondenied", "info": "You don't have permission to view deleted text."}
GONE = {"code": "nosuchrevid", "info": "There is no revision with ID 9340."}


@pytest.mark.parametrize(
    ("target", "reply", "rule", "words"),
    [
        ("oldid=9340", replied(error=GONE), "missing_page.v1", "`nosuchrevid`"),
        ("oldid=9340", replied(error=HIDDEN), "hidden_revision.v1", "`permissiondenied`"),
        (
            "oldid=9340",
            replied(error={"code": "internal_api_error_X", "info": "x"}),
            "api_error.v1",
            "`internal_api_error_X`",
        ),
        ("revids=9340", replied(query={"badrevids": {"9340": {"revid": 9340}}}), "missing_page.v1", "no such revision"),
        ("oldid=9340", Reply(b'{"parse": {"title": "Pl'), "unreadable_page.v1", "no JSON"),
        ("oldid=9340", Reply(b"<!DOCTYPE html><p>Sorry"), "unreadable_page.v1", "no JSON"),
        ("oldid=9340", Reply(b"", 500), "http_status.v1", "answered 500"),
        ("oldid=9340", Reply(b""), "empty_answer.v1", "with nothing"),
        ("oldid=9340", Reply(b'"' + b"x" * 20_000_001 + b'"'), "page_too_large.v1", "more than 20,000,000 bytes"),
        ("oldid=9340", Reply(b"<title>Just a moment...</title>"), "challenge_page.v1", "challenge page"),
        (
            "oldid=9340",
            replied(parse={"title": "A", "pageid": 7, "revid": 9340, "text": '<div class="mw-parser-output"></div>'}),
            "unreadable_page.v1",
            "not of one page",
        ),
        (
            "oldid=9340",
            replied(warnings={"result": {"warnings": "This result was truncated because it would be larger than …"}}),
            "unreadable_page.v1",
            "truncated",
        ),
        ("revids=9340 pccontinue=101%7C2", Reply(b"{}"), "unreadable_page.v1", "page: nothing"),
        ("revids=9340 pccontinue=101%7C2", Reply(b"", 503), "http_status.v1", "answered 503"),
    ],
)
def test_a_newest_revision_that_cannot_be_read_is_rejected_and_no_older_one_stands_in(
    tmp_path, target, reply, rule, words
):
    documents, rejected = read_all(tmp_path, InventedWiki({target: [reply]}))
    assert "Pleural effusion" not in documents
    found = next(one for one in rejected if "9340" in one.locator)
    assert (found.rule, words in found.reason) == (rule, True), found
    assert [one.rule for one in rejected if "9001" in one.locator] == ["older_revision.v1"]


@pytest.mark.parametrize("without", ["oldid=9340", "revids=9340", "pccontinue=101%7C4"])
def test_a_revision_whose_answers_are_not_all_there_is_rejected_for_the_missing_one(tmp_path, without):
    documents, rejected = read_all(tmp_path, None, without)
    assert "Pleural effusion" not in documents
    (found,) = [one for one in rejected if one.rule == "not_answered.v1"]
    assert without in found.locator


def test_contributors_that_lead_back_to_themselves_are_rejected(tmp_path):
    again = {"continue": {"pccontinue": "101|2", "continue": "||revisions|info"}, "query": {"pages": [{"pageid": 101}]}}
    wiki = InventedWiki({"revids=9340 pccontinue=101%7C2": [replied(**again)]})
    _, rejected = read_all(tmp_path, wiki)
    assert "leads back to itself" in next(one.reason for one in rejected if "9340" in one.locator)


def test_damage_is_rejected_with_its_place_and_the_rest_is_read(tmp_path):
    folder = wiki_snapshot(tmp_path / "snapshot")
    path = folder / "answers-00001.warc.gz"
    place = index(folder)[canonical(api.text(API, 9340))].offset
    whole = bytearray(path.read_bytes())
    whole[place + 400] ^= 0x10
    path.write_bytes(whole)
    found = list(read(folder, SPEC))
    rejected = {one.rule: one.locator for one in found if isinstance(one, Rejected)}
    assert rejected["damaged_record.v1"] == f"answers-00001.warc.gz:{place}"
    assert rejected["not_answered.v1"] == canonical(api.text(API, 9340))
    assert len([one for one in found if isinstance(one, Document)]) == 4


def test_every_revision_is_a_document_or_a_rejection(tmp_path):
    documents, rejected = read_all(tmp_path)
    revisions = {one.revision for url in index(tmp_path / "snapshot") if (one := api.asked(url)) and one.revision}
    assert len(documents) + len(rejected) - 1 == len(revisions)  # one title had no article


# --- snapshots that are refused whole --------------------------------------------------------------------------------


def test_a_snapshot_of_a_wiki_under_another_licence_is_refused(tmp_path):
    spec = SourceSpec("wiki", "mediawiki", (), {"wiki": "invented", "licence": "CC-BY-4.0"})
    with pytest.raises(
        UsageError, match=r"Wiki states the licence CC-BY-SA-4.0, where CC-BY-4.0 was expected by the recipe"
    ):
        check(wiki_snapshot(tmp_path / "snapshot"), spec)


def test_a_snapshot_that_holds_no_wiki_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"holds no answer of a wiki that tells its licence.*\n.*radcurate harvest"):
        check(snapshot_of_pages(tmp_path / "snapshot", {"/articles/a": "<html>"}), SPEC)
    with pytest.raises(UsageError, match="is no snapshot"):
        check(tmp_path, SPEC)


@pytest.mark.parametrize("name", ["radlines", "wikipedia_radiology"])
def test_a_bundled_recipe_of_a_wiki_says_that_it_is_harvested_first(tmp_path, name):
    with pytest.raises(UsageError, match=r"a build asks no wiki: `radcurate harvest` .*\n.*path=snapshots/radlines"):
        build_here(name, tmp_path)


# --- a build ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the bundled recipe for Wikipedia, from a snapshot of the invented wiki."""
    folder = tmp_path_factory.mktemp("wiki")
    snapshot = wiki_snapshot(folder / "snapshot")
    (snapshot / "permission.toml").write_text(OPEN, encoding="utf-8")
    return build_here("wikipedia_radiology", folder / "out", f"sources.wikipedia.path={snapshot}")[0].folder


def records(release: Path, task: str) -> list[dict]:
    return [row for split in ("train", "validation", "test") for row in rows_of(release, f"{task}/{split}")]


def test_a_build_makes_records_that_keep_licence_and_revision(built):
    found = records(built, "knowledge_qa") + records(built, "tagging")
    assert {row["document_ids"][0] for row in found} >= {"wikipedia:article:101", "wikipedia:article:102"}
    assert {(row["licence"], row["restricted"]) for row in found} == {("CC-BY-SA-4.0", False)}
    assert all("oldid=" in row["url"] and row["permission"] for row in found)


def test_the_text_of_records_is_the_articles_and_nothing_around_it(built):
    outputs = " ".join(row["output"] for row in records(built, "knowledge_qa"))
    assert "blunted once about 200 ml have gathered" in outputs
    documents = rows_of(built, "documents/documents")
    text = " ".join(section["text"] for row in documents for section in row["sections"])
    for noise in ("[1]", "[note 1]", "pericardial effusion", "more references", "Empyema", "Placeholder A.", "edit"):
        assert noise not in text + outputs


def test_what_cleaning_took_out_of_an_article_is_in_the_audit(built):
    edits = [row for row in rows_of(built, "audit/edited") if row["document_id"] == "wikipedia:article:101"]
    assert {row["rule"] for row in edits} >= {
        "wiki_furniture.v1",
        "references.v2",
        "link_section.v1",
        "reference_mark.v1",
    }
    inputs = manifests.read(built)["counts"]["inputs"]
    assert inputs["in"] == inputs["kept"] + sum(inputs["dropped"].values())
    assert inputs["dropped"] == {"missing_page.v1": 1, "older_revision.v1": 1}


def test_the_card_credits_the_contributors_of_each_article(built):
    card = (built / "README.md").read_text(encoding="utf-8")
    assert "Ana Roy, B. Placeholder, Čapek, Demo Reader, Écho, 12 without an account" in card
    assert "https://wiki.test/wiki/Pleural_effusion?oldid=9340" in card
    assert "CC-BY-SA-4.0" in card


def test_the_rules_of_the_recipe_are_those_that_exist():
    for name in ("radlines", "wikipedia_radiology"):
        assert {"wiki_furniture.v1", "reference_mark.v1"} <= set(load(locate(name)).rules)
