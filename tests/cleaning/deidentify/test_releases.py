"""In a built release no identifier that was taken out stands anywhere; over Open-i every edit was read."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks.deidentify import RULES, rows
from radcurate.cleaning.apply import clean_document
from radcurate.cleaning.deidentify.eponyms import is_eponym
from radcurate.documents import Document, Section, redaction_marks
from radcurate.recipe import BUNDLED, load, locate
from radcurate.sources import SourceSpec, openi
from tests.conftest import build_here

IDS = [rule.id for rule in RULES]
# Each read: "02/010/XXXX", "11/7/ XXXX" and "6/8 XXXX", dates whose year the publisher took out.
OPENI = {
    ("openi:CXR1448", "findings", "date.v2", "[date]"),
    ("openi:CXR366", "comparison", "date.v2", "[date]"),
    ("openi:CXR3820", "comparison", "date.v2", "[date]"),
}


@pytest.fixture(scope="module")
def planted_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    sections = ("indication", "technique", "comparison", "findings", "impression", "addendum")
    with (folder / "planted.jsonl").open("w", encoding="utf-8") as file:
        for row in rows("identifiers"):
            report = {**dict.fromkeys(sections, ""), "findings": "The lungs are clear.", "impression": "Normal chest."}
            section = row["section"] if row["section"] in sections else "findings"
            file.write(json.dumps({"id": row["id"], **report, section: row["text"]}) + "\n")
    columns = ", ".join(f'{name} = "{name}"' for name in ("id", *sections))
    recipe = folder / "planted.toml"
    recipe.write_text(
        f"""name = "planted"
version = "1.0.0"
title = "Planted identifiers"
[sources.planted]
type = "table"
path = "planted.jsonl"
licence = "CC0-1.0"
columns = {{ {columns} }}
[cleaning]
rules = {json.dumps(IDS)}
[tasks.impression]
generator = "impression.v2"
[tasks.section_extraction]
generator = "section_extraction.v3"
""",
        encoding="utf-8",
    )
    return build_here(recipe, folder / "out")[0].folder


def everything(release: Path) -> str:
    tables = [json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False) for path in release.rglob("*.parquet")]
    pages = [path.read_text(encoding="utf-8") for suffix in ("json", "md") for path in release.rglob(f"*.{suffix}")]
    return "\n".join([*tables, *pages])


def test_no_removed_identifier_stands_in_any_table_page_or_manifest_of_a_release(planted_release):
    text = everything(planted_release)
    articles = {"article", "case"}
    planted = [
        span["text"]
        for row in rows("identifiers")
        if row["kind"] not in articles
        for span in row["spans"]
        # Short ones and eponyms may stand elsewhere, in another meaning.
        if len(span["text"]) > 4 and not is_eponym(span["text"])
    ]
    assert len(planted) > 400
    assert [identifier for identifier in planted if json.dumps(identifier, ensure_ascii=False)[1:-1] in text] == []


def test_the_audit_of_a_release_holds_a_row_for_each_edit_and_nothing_of_what_it_took(planted_release):
    edits = [
        row for path in (planted_release / "audit").glob("edited-*.parquet") for row in pq.read_table(path).to_pylist()
    ]
    assert len(edits) >= 600
    assert {edit["rule"] for edit in edits} <= set(IDS)
    marks = {"[name]", "[date]", "[phone]", "[email]", "[url]", "[address]", "[place]", "[number]", "90+"}
    # A number's label loses its full stop with it, and a blank takes the place of that: "No. 123".
    assert {edit["replacement"] for edit in edits if not edit["replacement"].isdigit()} == {*marks, " [number]"}
    assert all(len(edit["replacement"]) == 4 for edit in edits if edit["replacement"].isdigit())


def test_over_all_reports_of_openi_only_what_was_read_is_edited(openi_reports):
    spec = SourceSpec("openi", "openi", (openi_reports,), {})
    found = set()
    for document in openi.read(openi_reports, spec):
        assert isinstance(document, Document)
        cleaned, edits, _ = clean_document(document, RULES)
        found |= {(document.document_id, edit.section, edit.rule, edit.replacement) for edit in edits}
        assert redaction_marks(cleaned.row()) == redaction_marks(document.row())
    assert found == OPENI


@pytest.mark.parametrize("recipe", sorted(path.stem for path in BUNDLED.glob("*.toml")))
def test_bundled_recipes_run_every_rule_of_deidentification_in_its_order_after_signatures_and_courtesy_lines(recipe):
    rules = load(locate(recipe)).rules
    mine = [rule for rule in rules if rule in IDS]
    wanted = [rule for rule in IDS if rule != "credited_name.v2" or "courtesy_line.v2" in rules]
    assert mine == wanted
    for earlier in ("courtesy_line.v2", "signature_line.v1", "wrapped_line.v1"):
        assert earlier not in rules or rules.index(earlier) < rules.index(mine[0])


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["Dr. ", "Smith ", "SMITH, ", "a", "1", "1-", "May 1 ", "XXXX ", "…", "\ud800", "\n", "MRN 1"]
)
def test_ten_megabytes_of_one_thing_come_to_rest(text):
    section = Section("comparison", "COMPARISON", text * (10 * 1024 * 1024 // len(text)))
    for rule in RULES:
        assert all(edit.end <= len(section.text) for edit in rule.propose(section))
