"""`max_repeats`: no more records of one input or output in a split than the recipe allows, the others audited."""

import json
from collections import Counter

import pytest

from radcurate import recipe as recipes
from radcurate.errors import UsageError
from radcurate.release import manifest as manifests
from radcurate.release.explain import explain
from radcurate.release.verify import verify
from radcurate.splits import SPLITS
from radcurate.tables import read_rows
from radcurate.tasks.cuts import cut_shard
from radcurate.tasks.repeats import MAX_REPEATS, find_repeats
from tests.conftest import build_here
from tests.invented import write_recipe, write_rows
from tests.shards import derived, report, rows

TASK = "impression.v2"
MADE = 60
OUTPUTS = ("Normal chest.", "normal  chest.", "Clear lungs.", "No acute disease.")


def documents(count=60):
    return [
        report(
            f"r{number}",
            f"The lungs are clear on film {number % 7} of this series, and the heart is of normal size.",
            OUTPUTS[number % 4],
            split=SPLITS[number % 3],
        )
        for number in range(count)
    ]


def capped(folder, shards, most, parts=2):
    """The folders of `cap` and the summed counts."""
    derive_folders, made = derived(folder, shards, TASK)
    assert made["records.made"] == MADE
    found, outputs = [], []
    counts: Counter = Counter()
    for part in range(parts):
        found.append(folder / f"repeats/{part}")
        found[-1].mkdir(parents=True)
        find_repeats(derive_folders, found[-1], {"part": part, "parts": parts, "most": most})
    for shard, own in enumerate(derive_folders):
        outputs.append(folder / f"cap/{shard}")
        outputs[-1].mkdir(parents=True)
        counts.update(cut_shard([own, *found], outputs[-1], {"shard": shard}))
    return outputs, counts


def shared(folders, column):
    """How many records of a split share a value of `column`, case and spacing aside."""
    splits = {row["record_id"]: row["split"] for row in rows(folders, "shingles")}
    found = rows(folders, "records")
    return Counter((splits[row["record_id"]], " ".join(row[column].lower().split())) for row in found)


@pytest.mark.parametrize("most", [{"output": 2}, {"input": 1}, {"input": 2, "output": 3}, {"output": 1000}])
def test_no_split_has_more_and_what_is_kept_and_left_out_is_all(tmp_path, most):
    folders, counts = capped(tmp_path, [documents()[:25], documents()[25:]], most)
    kept, dropped = rows(folders, "records"), rows(folders, "dropped")
    for column, number in most.items():
        assert max(shared(folders, column).values()) <= number
    assert len(kept) + len(dropped) == MADE
    assert counts["records.made"] == len(kept)
    assert counts[f"records.dropped.{MAX_REPEATS}"] == len(dropped)
    assert [row["record_id"] for row in kept] == [row["record_id"] for row in rows(folders, "shingles")]
    assert {(row["kind"], row["rule"]) for row in dropped} <= {("record", MAX_REPEATS)}
    assert bool(dropped) == (most != {"output": 1000})


def test_as_many_as_are_allowed_stay(tmp_path):
    folders, _ = capped(tmp_path, [documents()], {"output": 2})
    assert set(shared(folders, "output").values()) == {2}


def test_the_reason_tells_the_cap_and_the_split(tmp_path):
    folders, _ = capped(tmp_path, [documents()], {"output": 2})
    reasons = {row["reason"] for row in rows(folders, "dropped")}
    assert reasons == {f"more than 2 {split} records have this output" for split in SPLITS}
    assert {row["locator"] for row in rows(folders, "dropped")} <= {f"here:r{number}" for number in range(60)}


@pytest.mark.parametrize("parts", [1, 5])
def test_which_stay_depends_neither_on_shards_nor_on_parts_nor_on_order(tmp_path, parts):
    whole, _ = capped(tmp_path / "whole", [documents()], {"output": 2, "input": 3})
    shards = [documents()[::-1][number::3] for number in range(3)]
    other, _ = capped(tmp_path / "other", shards, {"output": 2, "input": 3}, parts)
    assert {row["record_id"] for row in rows(whole, "records")} == {row["record_id"] for row in rows(other, "records")}


def test_a_release_with_a_cap_verifies_and_explains_what_is_left_out(tmp_path):
    texts = ["The lungs are clear.", "No effusion or pneumothorax.", "The heart is of normal size."]
    reports = [
        {
            "id": f"i{number}",
            "patient": f"p{number}",
            "indication": "Cough.",
            "findings": f"{texts[number % 3]} Film {number}.",
            "impression": "Normal chest.",
            "tags": ["normal"],
        }
        for number in range(40)
    ]
    write_rows(tmp_path / "reports.jsonl", reports)
    recipe = write_recipe(tmp_path, ("impression",), "reports.jsonl")
    plain, _ = build_here(recipe, tmp_path / "plain")
    recipe.write_text(recipe.read_text(encoding="utf-8") + "max_repeats = {output = 3}\n", encoding="utf-8")
    capped_release, _ = build_here(recipe, tmp_path / "capped")
    assert verify(capped_release.folder) == []
    numbers = manifests.read(capped_release.folder)["counts"]["records"]["impression"]
    before = manifests.read(plain.folder)["counts"]["records"]["impression"]
    assert all(kept <= 3 for kept in numbers["kept"].values())
    assert numbers["kept"]["train"] == 3 < before["kept"]["train"]
    assert numbers["in"] == before["in"] == sum(numbers["kept"].values()) + sum(numbers["dropped"].values())
    assert numbers["documents_used"] == before["documents_used"]
    left_out = next(
        row
        for row in read_rows(next((capped_release.folder / "audit").glob("dropped-*")))
        if row["rule"] == MAX_REPEATS
    )
    (told,) = [row for row in explain(capped_release.folder, left_out["id"]).dropped if row["rule"] == MAX_REPEATS]
    assert told["reason"].endswith("records have this output")
    two_workers, _ = build_here(recipe, tmp_path / "two", workers=2)
    assert two_workers.manifest == capped_release.manifest
    kept = [
        row["input"]
        for split in SPLITS
        for path in (capped_release.folder / "impression").glob(f"{split}-*")
        for row in read_rows(path)
    ]
    assert len(kept) == sum(numbers["kept"].values())
    assert json.loads((capped_release.folder / "manifest.json").read_text())["recipe"]["tasks"]["impression"][
        "max_repeats"
    ] == {"output": 3}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("{output = 0}", "`tasks.impression.max_repeats.output` is wrong: 0 is less than the minimum of 1"),
        ("{}", "`tasks.impression.max_repeats` is wrong"),
        ("{outputs = 3}", "unknown key `tasks.impression.max_repeats.outputs`; nearest allowed: `output`"),
        ('{output = "3"}', "`tasks.impression.max_repeats.output` must be of type integer, is '3'"),
        ("3", "`tasks.impression.max_repeats` must be of type object, is 3"),
    ],
)
def test_a_wrong_cap_is_refused_with_its_key_and_what_is_allowed(value, message):
    with pytest.raises(UsageError) as caught:
        recipes.load(recipes.locate("demo"), [f"tasks.impression.max_repeats={value}"])
    assert message in str(caught.value)
