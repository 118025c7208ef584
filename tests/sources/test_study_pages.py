"""Studies that a case only links to join its document; whatever they cannot give is told with its reason."""

import hashlib
from pathlib import Path

import pytest

from radcurate.documents import Document, Section
from radcurate.sources import Rejected, SourceSpec
from radcurate.sources.radiopaedia import read
from radcurate.spiders.snapshot import index
from tests.sources.pages import ADDRESS, case, snapshot, study

SPEC = SourceSpec("site", "radiopaedia", (), {"licence": "CC-BY-4.0"})
LINKS = '<a href="/cases/88/studies/2?lang=us">MRI</a> <a href="/cases/88/studies/3">CT</a>'
FIRST = study("<p>Broken.</p>", "Frontal film", "X-ray")
MRI = study("<p>Bruised marrow.</p>", "Wrist", "MRI")
CT = study("<p>Two fragments.</p>", "Follow-up", "CT")
PAGES = {
    "/cases/a?lang=us": case(FIRST, LINKS, rest='<div id="case-discussion"><p>Common.</p></div>'),
    "/cases/88/studies/2?lang=us": case(MRI),
    "/cases/88/studies/3": case(CT),
}


def read_all(tmp_path: Path, pages) -> list[Document | Rejected]:
    return list(read(snapshot(tmp_path / "snapshot", pages), SPEC))


def test_studies_of_their_own_pages_follow_those_that_the_case_shows(tmp_path):
    (document,) = read_all(tmp_path, PAGES)
    assert document.sections == (
        Section("findings", "Frontal film", "Broken.", "X-ray"),
        Section("findings_2", "Wrist", "Bruised marrow.", "MRI"),
        Section("findings_3", "Follow-up", "Two fragments.", "CT"),
        Section("discussion", "Discussion", "Common."),
    )
    assert document.modality == "X-ray, MRI, CT"
    assert document.url == f"{ADDRESS}/cases/a"


def test_the_digest_is_over_all_pages_in_their_order(tmp_path):
    (document,) = read_all(tmp_path, PAGES)
    held = index(tmp_path / "snapshot")
    digests = [held[f"{ADDRESS}{path}"].sha256 for path in PAGES]
    assert document.raw_sha256 == hashlib.sha256("\n".join(digests).encode()).hexdigest()


def test_the_digest_of_a_case_that_links_to_no_study_is_that_of_its_page(tmp_path):
    (document,) = read_all(tmp_path, {"/cases/a": case(FIRST)})
    assert document.raw_sha256 == index(tmp_path / "snapshot")[f"{ADDRESS}/cases/a"].sha256


@pytest.mark.parametrize(
    ("answer", "rule", "why"),
    [
        (None, "missing_study.v1", "it was not fetched"),
        (404, "unreadable_page.v1", "the site answered 404"),
        (b"", "unreadable_page.v1", "no whole page"),
        (case(MRI, rid=99), "unreadable_page.v1", "a study of case 99 and not of 88"),
        ("<p>nothing</p>", "unreadable_page.v1", "rid: nothing at"),
    ],
    ids=["not fetched", "404", "empty", "of another case", "no rID"],
)
def test_a_study_that_cannot_be_read_is_told_and_costs_no_other(tmp_path, answer, rule, why):
    pages = {path: html for path, html in PAGES.items() if "/studies/2" not in path}
    if answer is not None:
        pages["/cases/88/studies/2?lang=us"] = answer
    document, rejected = read_all(tmp_path, pages)
    assert [section.text for section in document.sections] == ["Broken.", "Two fragments.", "Common."]
    assert (rejected.locator, rejected.rule) == (f"{ADDRESS}/cases/88/studies/2?lang=us", rule)
    assert why in rejected.reason


def test_a_study_without_its_case_is_told(tmp_path):
    (rejected,) = read_all(tmp_path, {"/cases/88/studies/3": case(CT)})
    assert (rejected.locator, rejected.rule) == (f"{ADDRESS}/cases/88/studies/3", "study_without_case.v1")


def test_a_noted_alias_is_told_and_makes_no_document(tmp_path):
    from radcurate.spiders.snapshot_writer import SnapshotWriter

    folder = snapshot(tmp_path / "snapshot", {"/cases/a": case(FIRST), "/cases/b": case(FIRST)})
    writer = SnapshotWriter(folder, {})
    writer.note_alias(f"{ADDRESS}/cases/b", f"{ADDRESS}/cases/a")
    writer.close("finished")
    document, rejected = read(folder, SPEC)
    assert (document.url, rejected.locator) == (f"{ADDRESS}/cases/a", f"{ADDRESS}/cases/b")
    assert (rejected.rule, rejected.reason) == ("alias.v1", f"a second address of {ADDRESS}/cases/a")
