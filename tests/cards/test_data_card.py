"""The card of a release: every number is so, its YAML names what is there, and what may not be published says so."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy
import pandas
import pytest
import yaml

from radcurate import recipe as recipes
from radcurate.cards import data_card as module
from radcurate.records import RECORD_SCHEMA
from radcurate.release.manifest import read
from radcurate.shingles import best_jaccard, shingles
from radcurate.tasks import load
from tests.conftest import DEMO_TASKS as TASKS
from tests.golden_card import CARD
from tests.releases import build_trouble, copy_of, rewrite

SPLITS = ("train", "validation", "test")
# Rules that take out records which a task made.
FOR_THE_SPLITS = ("repeats_training_input.v1", "links_test_document.v1")


@pytest.fixture(scope="module")
def card(demo_release: Path) -> str:
    """The demo's card."""
    return (demo_release / "README.md").read_text(encoding="utf-8")


def _front(card: str) -> dict[str, Any]:
    """The card's YAML."""
    return yaml.safe_load(card.split("---\n")[1])


def _sections(card: str) -> dict[str, str]:
    """Text by heading, code blocks left out."""
    plain = re.sub(r"(?ms)^(`{3,})\w*\n.*?^\1$", "", card)
    parts = re.split(r"(?m)^#+ (.*)$", plain)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _tables(text: str) -> dict[str, list[list[str]]]:
    """The rows of each Markdown table, by the first cell of its head."""
    tables: dict[str, list[list[str]]] = {}
    name = None
    for line in text.splitlines():
        if not line.startswith("|"):
            name = None
            continue
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
        if name is None:
            name = cells[0]
            tables[name] = []
        elif not set(cells[0]) <= set("-: "):
            tables[name].append(cells)
    return tables


def _number(cell: str) -> int:
    return int(cell.replace(",", ""))


def _frame(release: Path, task: str, split: str = "*") -> pandas.DataFrame:
    return pandas.concat([pandas.read_parquet(path) for path in sorted((release / task).glob(f"{split}-*.parquet"))])


def _dropped(release: Path) -> pandas.DataFrame:
    return pandas.read_parquet(next((release / "audit").glob("dropped-*")))


# --- YAML -------------------------------------------------------------------------------------------------------------


def test_the_front_matter_has_what_the_hub_reads(card: str) -> None:
    front = _front(card)
    assert front["language"] == ["en"]
    assert front["license"] == "cc0-1.0"
    assert front["task_categories"] == ["text-generation"]
    assert front["size_categories"] == ["n<1K"]
    assert front["pretty_name"] == recipes.load(recipes.locate("demo")).title
    assert {"radiology", "medical", "instruction-tuning"} <= set(front["tags"])
    assert "dataset_info" not in front


def test_every_file_of_every_config_is_there(card: str, demo_release: Path) -> None:
    configs = _front(card)["configs"]
    assert [config["config_name"] for config in configs] == list(TASKS)
    for config in configs:
        assert [files["split"] for files in config["data_files"]] == list(SPLITS)
        named = [path for files in config["data_files"] for path in demo_release.glob(files["path"])]
        assert sorted(named) == sorted((demo_release / config["config_name"]).iterdir())


def test_configs_name_no_split_and_no_task_without_records(tmp_path: Path) -> None:
    reports = (
        {"id": "n1", "patient": "a", "findings": "Clear lungs, normal heart.", "impression": "", "tags": ["normal"]},
    )
    card = (build_trouble(tmp_path, reports=reports) / "README.md").read_text(encoding="utf-8")
    assert _front(card)["configs"] == [
        {"config_name": "tagging", "data_files": [{"split": "train", "path": "tagging/train-*.parquet"}]}
    ]
    assert '"tagging", split="train")' in card


@pytest.mark.parametrize(
    ("records", "size"),
    [
        (0, "n<1K"),
        (999, "n<1K"),
        (1_000, "1K<n<10K"),
        (99_999, "10K<n<100K"),
        (10**6, "1M<n<10M"),
        (10**7, "10M<n<100M"),
    ],
)
def test_the_size_category_is_that_of_the_hub(records: int, size: str) -> None:
    assert module.size_category(records) == size


@pytest.mark.parametrize(
    ("licences", "front"),
    [
        ({"a": "CC0-1.0"}, {"license": "cc0-1.0"}),
        ({"a": "CC-BY-4.0"}, {"license": "cc-by-4.0"}),
        ({"a": "CC-BY-NC-SA-4.0"}, {"license": "cc-by-nc-sa-4.0"}),
        (
            {"a": "CC-BY-NC-ND-4.0"},
            {
                "license": "other",
                "license_name": "CC-BY-NC-ND-4.0",
                "license_link": "https://creativecommons.org/licenses/by-nc-nd/4.0/",
            },
        ),
        ({"a": "CC0-1.0", "b": "CC-BY-4.0"}, {"license": "other", "license_name": "CC-BY-4.0 and CC0-1.0"}),
        ({"a": "In-house | no: sharing"}, {"license": "other", "license_name": "In-house | no: sharing"}),
    ],
)
def test_the_licence_of_mixed_or_special_terms_is_other_with_a_name(
    tmp_path: Path, licences: dict[str, str], front: dict[str, str]
) -> None:
    card = (build_trouble(tmp_path, licences) / "README.md").read_text(encoding="utf-8")
    found = {key: value for key, value in _front(card).items() if key.startswith("license")}
    assert found == front


@pytest.mark.parametrize("title", ['Reports: "normal" & others', "# not a comment", "Röntgen <b>'s</b> | {{ recipe }}"])
def test_any_title_survives_the_front_matter(tmp_path: Path, title: str) -> None:
    card = (build_trouble(tmp_path, title=title.replace('"', '\\"')) / "README.md").read_text(encoding="utf-8")
    assert _front(card)["pretty_name"] == title
    assert f"# {title}\n" in card


# --- rights -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("licence", ["CC0-1.0", "CC-BY-NC-ND-4.0", "In-house only"])
def test_not_for_clinical_use_is_in_every_card(tmp_path: Path, licence: str) -> None:
    card = (build_trouble(tmp_path, {"a": licence}) / "README.md").read_text(encoding="utf-8")
    assert "**Not for clinical use.**" in card.split("\n## ")[0]


@pytest.mark.parametrize("licence", ["CC-BY-NC-ND-4.0", "CC-BY-ND-4.0", "In-house only"])
def test_the_card_of_a_restricted_collection_says_that_it_may_not_be_published(tmp_path: Path, licence: str) -> None:
    card = (build_trouble(tmp_path, {"a": licence}) / "README.md").read_text(encoding="utf-8")
    top = " ".join(card.split("\n## ")[0].split())
    assert (
        f"**May not be published.** 6 of 6 records, and the documents that they come from, are under {licence}" in top
    )
    (row,) = _tables(_sections(card)["Where the text comes from"])["source"]
    assert (row[2].startswith((licence, f"[{licence}]")), row[3]) == (True, "no")


def test_of_a_mixed_release_the_card_says_how_many_records_may_not_be_published(tmp_path: Path) -> None:
    release = build_trouble(tmp_path, {"a": "CC-BY-NC-ND-4.0", "b": "CC0-1.0"})
    card = (release / "README.md").read_text(encoding="utf-8")
    sources = Counter(source for task in ("impression", "tagging") for source in _frame(release, task).source)
    assert sources["a"]
    assert sources["b"]
    assert f"**May not be published.** {sources['a']} of {sources.total()} records" in card
    rows = _tables(_sections(card)["Where the text comes from"])["source"]
    assert [(row[0], row[3], row[4], row[5]) for row in rows] == [
        ("`a`", "no", "4", str(sources["a"])),
        ("`b`", "yes", "4", str(sources["b"])),
    ]


def test_the_card_of_free_text_does_not_say_so(card: str) -> None:
    assert "May not be published" not in card
    assert _tables(_sections(card)["Where the text comes from"])["source"][0][3] == "yes"


def test_a_restricted_text_is_not_shown_as_an_example(tmp_path: Path) -> None:
    closed = (build_trouble(tmp_path, {"a": "CC-BY-NC-ND-4.0"}) / "README.md").read_text(encoding="utf-8")
    assert "An example" not in closed
    assert "Cardiomegaly without failure." not in closed


def test_a_document_counts_for_the_licence_though_it_gave_no_record(tmp_path: Path) -> None:
    reports = (
        {"id": "n1", "patient": "a", "findings": "Clear lungs and normal heart.", "impression": None, "tags": []},
    )
    card = (build_trouble(tmp_path, {"a": "CC-BY-NC-ND-4.0"}, reports=reports) / "README.md").read_text(
        encoding="utf-8"
    )
    assert _front(card)["license_name"] == "CC-BY-NC-ND-4.0"
    assert "**May not be published.** 0 of 0 records" in card
    assert "No record was made." in _sections(card)["impression"]
    assert "configs" not in _front(card)
    assert "There are no records to load." in card


def test_a_release_without_documents_has_a_card_all_the_same(tmp_path: Path) -> None:
    reports = ({"id": "n1", "patient": "a", "findings": "", "impression": None, "tags": []},)
    card = (build_trouble(tmp_path, reports=reports) / "README.md").read_text(encoding="utf-8")
    assert _front(card)["license"] == "unknown"
    assert "Version 1.0.0: 0 records of 2 tasks from 0 documents" in card


def test_credit_and_authors_are_named(tmp_path: Path) -> None:
    more = 'credit = "Doe J, A | B, 2020"\nauthors = ["Jane Doe", "Ann Roe"]'
    card = (build_trouble(tmp_path, more=more) / "README.md").read_text(encoding="utf-8")
    section = _sections(card)["Where the text comes from"]
    assert "Credit for `ward`: Doe J, A | B, 2020\n" in section
    assert _tables(section)["source"][0][6] == "Ann Roe, Jane Doe"


def test_many_authors_are_counted(tmp_path: Path) -> None:
    more = f"authors = {json.dumps([f'Author {number}' for number in range(9)])}"
    card = (build_trouble(tmp_path, more=more) / "README.md").read_text(encoding="utf-8")
    assert _tables(_sections(card)["Where the text comes from"])["source"][0][6] == "9 authors, named in `documents/`"


def test_the_open_i_card_forbids_to_publish_and_credits_the_collection(openi_release: Path) -> None:
    card = (openi_release / "README.md").read_text(encoding="utf-8")
    front = _front(card)
    assert (front["license"], front["license_name"]) == ("other", "CC-BY-NC-ND-4.0")
    assert "**May not be published.**" in card
    assert "Demner-Fushman" in card
    assert "**not by patient**" in card
    assert "An example" not in card


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_the_opening_counts_records_tasks_and_documents(card: str, demo_release: Path) -> None:
    records = sum(len(_frame(demo_release, task)) for task in TASKS)
    documents = len(_frame(demo_release, "documents"))
    opening = (
        f"Version 1.0.0: {records:,} records of {len(TASKS)} tasks from {documents:,} documents, made by radcurate"
    )
    assert opening in card


def test_rows_of_each_kind_of_file(card: str, demo_release: Path) -> None:
    for files, rows, _ in _tables(_sections(card)["Load"])["files"]:
        frames = [
            pandas.read_parquet(path) for path in demo_release.glob(files.strip("`")) if path.suffix == ".parquet"
        ]
        assert rows == (f"{sum(map(len, frames)):,}" if frames else ""), files


def test_records_by_task_and_split(card: str, demo_release: Path) -> None:
    table = _tables(_sections(card)["Records"])["task"]
    assert [row[0] for row in table] == [f"`{task}`" for task in TASKS]
    documents = _frame(demo_release, "documents")
    dropped = _dropped(demo_release)
    for task, (_, generator, *numbers, all_records, used) in zip(TASKS, table, strict=True):
        assert [_number(number) for number in numbers] == [len(_frame(demo_release, task, split)) for split in SPLITS]
        frame = _frame(demo_release, task)
        assert _number(all_records) == len(frame)
        assert generator == f"`{frame.generator.unique().item()}`"
        later = dropped[dropped.id.str.startswith(f"{task}/") & dropped.rule.isin(FOR_THE_SPLITS)].locator
        seen = documents.kind.isin(load(generator.strip("`")).KINDS).sum()
        assert used == f"{len({*frame.document_ids.str[0], *later})} of {seen}"


def test_columns_are_those_of_a_record_in_their_order(card: str) -> None:
    cells = ", ".join(row[0] for row in _tables(_sections(card)["Records"])["column"])
    assert sorted(re.findall(r"`(\w+)`", cells)) == sorted(RECORD_SCHEMA.names)


@pytest.mark.parametrize("task", TASKS)
def test_lengths_of_a_task(card: str, demo_release: Path, task: str) -> None:
    table = _tables(_sections(card)[task])["words of"]
    assert [(row[0], row[1]) for row in table] == [
        (column, split) for column in ("input", "output") for split in SPLITS
    ]
    for column, split, *numbers in table:
        words = [len(text.split()) for text in _frame(demo_release, task, split)[column]]
        expected = [*numpy.quantile(words, [0.05, 0.5, 0.95], method="inverted_cdf"), max(words)]
        assert [_number(number) for number in numbers] == expected


@pytest.mark.parametrize("task", TASKS)
def test_balance_and_flags_of_a_task(card: str, demo_release: Path, task: str) -> None:
    section, frame = _sections(card)[task], _frame(demo_release, task)
    counted = Counter(frame.output)
    assert f"{len(counted)} different answers in {len(frame)} records." in section
    table = _tables(section).get("commonest answers", [])
    expected = [number for _, number in counted.most_common(5) if number > 1]
    assert [_number(row[1]) for row in table] == expected
    assert ("No answer comes twice." in section) == (not expected)
    for answer, number, share in table:
        assert share == f"{_number(number) / len(frame):.1%}"
        assert any(
            " ".join(text.split()).startswith(answer.rstrip("…")) and counted[text] == _number(number)
            for text in counted
        )
    if task == "tagging":
        heads = Counter(head for output in frame.output for head in {t.split("/")[0] for t in output.split(", ")})
        labels = {row[0]: _number(row[1]) for row in _tables(section)["commonest labels"]}
        assert list(labels.values()) == [number for _, number in heads.most_common(10)]
        assert labels == {label: heads[label] for label in labels}
    flags = {row[0].strip("`"): _number(row[1]) for row in _tables(section).get("flag", [])}
    assert flags == Counter(flag for flags in frame["flags"] for flag in flags)


@pytest.mark.parametrize("task", TASKS)
def test_what_a_task_left_out_by_reason_each_with_its_meaning(card: str, demo_release: Path, task: str) -> None:
    section, dropped = _sections(card)[task], _dropped(demo_release)
    own = dropped[(dropped.kind == "record") & dropped.id.str.startswith(f"{task}/")]
    reasons = Counter(own.reason.where(own.rule.str.startswith(f"{task}."), own.rule))
    table = _tables(section)["reason"]
    assert {row[0].strip("`"): _number(row[1]) for row in table} == reasons
    assert all(row[2] for row in table)
    assert f"Of {len(own) + len(_frame(demo_release, task))} possible records these are not there:" in section


@pytest.mark.parametrize("task", TASKS)
def test_the_example_of_a_task_is_a_record_of_it(card: str, demo_release: Path, task: str) -> None:
    part = card.split(f"\n### {task}\n")[1].split("\n## ")[0].split("\n### ")[0]
    key = re.search(r"An example, `(.*)`:", part)[1]
    frame = _frame(demo_release, task).set_index("record_key")
    user, assistant = (message["content"] for message in frame.messages[key])
    assert re.findall(r"(?ms)^```text\n(.*?)\n```$", part) == [user, assistant]


def test_splits_and_how_near_they_come(card: str, demo_release: Path) -> None:
    section = _sections(card)["Splits"]
    documents = _frame(demo_release, "documents")
    groups = documents.groupby("split").group_id.nunique()
    by_split = ", ".join(f"{groups[split]} {split}" for split in SPLITS)
    assert f"{documents.group_id.nunique()} groups ({by_split}), 0 in two splits." in section
    tested = set(documents[documents.split == "test"].url.dropna())
    linking = {page.document_id for page in documents.itertuples() if tested & set(page.links)}
    linked = sum(_frame(demo_release, task, "train").document_ids.str[0].isin(linking).sum() for task in TASKS)
    assert (
        f"names one of the test split as related (a case and its article) is left out: {linked} are there." in section
    )
    for name, *numbers in _tables(section)["task"]:
        task = name.strip("`")
        held_out = pandas.concat([_frame(demo_release, task, split) for split in ("validation", "test")])
        training = _frame(demo_release, task, "train")
        best = best_jaccard([shingles(text) for text in held_out.input], [shingles(text) for text in training.input])
        equal = held_out.input.str.lower().str.split().isin(training.input.str.lower().str.split().tolist()).sum()
        near = [(best < 0.5).sum(), ((best >= 0.5) & (best < 0.8)).sum(), (best >= 0.8).sum()]
        assert [_number(number) for number in numbers] == [len(held_out), equal, *near]


def test_sources_files_and_kinds(card: str, demo_release: Path) -> None:
    tables = _tables(_sections(card)["Where the text comes from"])
    documents = _frame(demo_release, "documents")
    records = pandas.concat([_frame(demo_release, task) for task in TASKS])
    people = documents[documents.source == "site"].authors.explode().nunique()
    authors = {"demo": "The radcurate developers", "site": f"{people} authors, named in `documents/`"}
    assert [(row[0], row[4], row[5], row[6]) for row in tables["source"]] == [
        (f"`{name}`", str((documents.source == name).sum()), str((records.source == name).sum()), authors[name])
        for name in ("demo", "site")
    ]
    entries = read(demo_release)["inputs"]
    assert [entry["name"] for entry in entries] == ["reports.jsonl", "demo-site"]
    assert tables["file"] == [
        [entry["name"], f"`{entry['source']}`", f"{entry['bytes']:,}", f"`{entry['sha256'][:16]}…`"]
        for entry in entries
    ]
    modalities = Counter(name for value in documents.modality.dropna() for name in value.split(", "))
    systems = Counter(name for names in documents.systems for name in names)
    unstated = f"not stated {documents.modality.isna().sum()}"
    assert tables["documents by"] == [
        ["kind", _in_order(Counter(documents.kind))],
        ["modality", f"{_in_order(modalities)}, {unstated}"],
        ["system", _in_order(systems)],
    ]


def _in_order(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {counted[name]}" for name in sorted(counted, key=str.lower))


def test_every_article_and_case_is_credited_and_no_report(card: str, demo_release: Path) -> None:
    section = _sections(card)["Where the text comes from"]
    documents = _frame(demo_release, "documents")
    pages = documents[documents.kind != "report"]
    rows = _tables(section)["title"]
    assert f"Articles and cases ({len(pages)}) and whom they are by" in section
    assert sorted(rows) == sorted(
        [
            " ".join(page.title.split()),
            f"`{page.document_id}`",
            ", ".join(page.authors),
            page.revised,
            page.licence,
            f"https://doi.org/{page.doi}" if page.doi else page.url,
        ]
        for page in pages.itertuples()
    )
    assert [row[0].lower() for row in rows] == sorted(row[0].lower() for row in rows)


def _made_again(release: Path) -> str:
    return module.data_card(release, read(release))


def test_past_so_many_articles_and_cases_none_is_credited_by_name(
    demo_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = (_frame(demo_release, "documents").kind != "report").sum()
    monkeypatch.setattr(module, "MOST_CREDITS", pages)
    assert "Articles and cases" in _made_again(demo_release)
    monkeypatch.setattr(module, "MOST_CREDITS", pages - 1)
    card = _made_again(demo_release)
    assert "Articles and cases" not in card
    assert "Every record leads, by its `document_ids`, to what it was derived from" in card


def test_titles_of_a_restricted_site_are_not_published(demo_release: Path, tmp_path: Path) -> None:
    release = copy_of(demo_release, tmp_path)
    closed = {"licence": "CC-BY-NC-ND-4.0"}
    rewrite(
        release,
        "documents/documents",
        lambda rows: [{**row, **closed} if row["kind"] == "case" else row for row in rows],
    )
    rows = _tables(_sections(_made_again(release))["Where the text comes from"])["title"]
    assert {row[1].split(":")[1] for row in rows} == {"article"}


def test_a_source_of_two_licences_has_a_row_for_each_and_is_described_once(demo_release: Path, tmp_path: Path) -> None:
    release = copy_of(demo_release, tmp_path)
    rewrite(
        release,
        "documents/documents",
        lambda rows: [{**row, "licence": "CC-BY-4.0"} if row["kind"] == "case" else row for row in rows],
    )
    card = _made_again(release)
    rows = _tables(_sections(card)["Where the text comes from"])["source"]
    assert [row[0] for row in rows] == ["`demo`", "`site`", "`site`"]
    assert card.count("- `site`: the hash of the group's id") == 1


def test_reports_alone_have_no_word_on_articles_and_cases(tmp_path: Path) -> None:
    card = (build_trouble(tmp_path) / "README.md").read_text(encoding="utf-8")
    for text in ("Articles and cases", "a case and its article", "snapshot", "of several systems"):
        assert text not in card


def test_steps_edits_and_redaction_marks(card: str, demo_release: Path) -> None:
    section = _sections(card)["What was done to it"]
    documents, dropped = _frame(demo_release, "documents"), _dropped(demo_release)
    edits = pandas.read_parquet(next((demo_release / "audit").glob("edited-*")))
    gone = {kind: Counter(dropped[dropped.kind == kind].rule) for kind in ("input", "document")}
    came = len(documents) + gone["document"].total()
    expected = {
        "inputs": (came + gone["input"].total(), came, gone["input"]),
        "documents": (came, len(documents), gone["document"]),
    }
    for step, into, kept, names in _tables(section)["step"]:
        rules = Counter({rule: _number(number) for rule, number in re.findall(r"`(\S+)` ([\d,]*\d)", names)})
        assert (_number(into), _number(kept), rules) == expected[step]
    by_rule = ", ".join(f"`{rule}` {number:,}" for rule, number in sorted(Counter(edits.rule).items()))
    assert f"Cleaning made {len(edits):,} edits ({by_rule})." in section
    texts = [part["text"] for parts in documents.sections for part in parts]
    marks = sum(text.count(mark) for text in texts for mark in ("XXXX", "___"))
    assert f"were kept: {marks}." in section


def test_a_published_split_is_told_apart_from_a_hashed_one(tmp_path: Path, card: str) -> None:
    assert "- `demo`: the hash of the group's id" in card
    reports = (
        {"id": "s1", "set": "dev", "findings": "Clear lungs, normal heart size.", "impression": "Normal.", "tags": []},
    )
    published = build_trouble(tmp_path, reports=reports, columns='split = "set"') / "README.md"
    assert "- `ward`: the split that the collection publishes" in published.read_text(encoding="utf-8")


def test_it_says_where_patients_are_not_named(tmp_path: Path, card: str) -> None:
    unnamed = (build_trouble(tmp_path, columns="") / "README.md").read_text(encoding="utf-8")
    assert "the splits are safe by study, **not by patient**" in unnamed
    assert "not by patient" not in (build_trouble(tmp_path, name="named") / "README.md").read_text(encoding="utf-8")
    assert "safe by study" not in card
    assert "Cases do not name their patients" in card
    assert "safe by case, **not by patient**" in card


# --- form -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["demo", "trouble", "empty"])
def test_no_gaps_and_no_rough_edges(demo_release: Path, tmp_path: Path, what: str) -> None:
    empty = {"reports": ({"id": "n1", "patient": "a", "findings": "", "impression": None, "tags": []},)}
    release = demo_release if what == "demo" else build_trouble(tmp_path, **(empty if what == "empty" else {}))
    text = (release / "README.md").read_text(encoding="utf-8")
    assert "\n\n\n" not in text
    assert text.endswith(".\n")
    assert [line for line in text.splitlines() if line != line.rstrip()] == []
    assert not re.search(r"\b(nan|Undefined|\{\{|\}\}|%\})", text)
    # In an example "Comparison: None" is a report's own word.
    assert not re.search(r"\bNone\b", re.sub(r"(?ms)^(`{3,}).*?^\1$", "", text))
    assert not re.search(r"(?<![\d,])1 (records|documents|tasks|groups|edits|wordings|inputs)\b", text)
    for table in re.findall(r"(?m)(?:^\|.*\n)+", text):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1, table


def test_text_that_holds_a_fence_does_not_end_its_block() -> None:
    assert module._fenced("a\n```\nb") == "````text\na\n```\nb\n````"


def test_the_committed_card_is_that_of_the_demo_built_now(card: str) -> None:
    message = "data_cards/demo.md is old: run `python -m tests.golden_card`"
    assert CARD.read_text(encoding="utf-8") == card, message
