"""`balance`: every bound holds in every split, what is cut is audited, and small edits change little."""

from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radcurate import recipe as recipes
from radcurate.errors import DataError, UsageError
from radcurate.release import manifest as manifests
from radcurate.release.explain import explain
from radcurate.release.reasons import LEFT_OUT_FOR_OTHERS
from radcurate.release.verify import verify
from radcurate.splits import SPLITS
from radcurate.tasks import TaskCode, balance, nli
from radcurate.tasks.cuts import cut_shard, lot
from radcurate.tasks.weighing import is_normal, weigh_shard
from tests.conftest import build_here
from tests.invented import write_recipe, write_rows
from tests.releases import rows_of
from tests.shards import derived, report, rows

RULES = {
    balance.ANSWER_WORDS, balance.RECORDS_PER_DOCUMENT, balance.NORMAL_SHARE, balance.LABEL_SHARE, balance.LABEL_SPREAD,
}  # fmt: skip

# --- the arithmetic, on any records ----------------------------------------------------------------------------------

LABELS = ("a", "b", "c")
RECORD = st.tuples(
    st.sampled_from(SPLITS),
    st.integers(0, 9),
    st.integers(0, 12),
    st.integers(1, 20),
    st.booleans(),
    st.sampled_from(LABELS),
)
SHARE = st.sampled_from([0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1, 1.0])
BOUNDS = st.fixed_dictionaries(
    {},
    optional={
        "answer_words": st.fixed_dictionaries({}, optional={"least": st.integers(1, 8), "most": st.integers(8, 20)}),
        "records_per_document": st.integers(1, 4),
        "normal_share": SHARE,
        "most_share": st.dictionaries(st.sampled_from((*LABELS, "none of them")), SHARE, min_size=1),
        "label_spread": SHARE,
    },
)


def weighed(records) -> balance.Weighed:
    """Rows of (split, document, input, words, normal, label), each with a key of its own."""
    splits, documents, inputs, words, normal, labels = zip(*(one[1:] for one in records), strict=True)
    lots = [int.from_bytes(lot("balance", str(one[0]))[:8], "big") for one in records]
    return balance.Weighed(
        np.array([SPLITS.index(split) for split in splits], np.int8),
        np.array(lots, np.uint64),
        np.array(documents, np.uint64),
        np.array(inputs, np.uint64),
        np.array(words, np.int32),
        np.array(normal, bool),
        {label: np.array([own == label for own in labels]) for label in (*LABELS, "none of them")},
        np.array([LABELS.index(label) for label in labels], np.int32),
        LABELS,
    )


def stand_after(records, bounds) -> tuple[dict[str, set[int]], dict[int, balance.Cut]]:
    """The records that stay, by split, and those that are cut; both by their keys."""
    table = weighed(records)
    stay, cut = {}, {}
    for split, stands in balance.standing(table, bounds):
        for one in balance.cuts(table, stands, split, bounds):
            for place in one.records:
                assert place not in cut
                cut[place] = one
        stay[split] = {records[place][0] for place in np.flatnonzero(stands)}
    return stay, {records[place][0]: one for place, one in cut.items()}


def numbered(records):
    return [(number, *record) for number, record in enumerate(records)]


def faults(records, bounds) -> list[str]:
    """The bounds that these records, all of one split, break."""
    found = []
    total = len(records)
    words = bounds.get("answer_words", {})
    if any(not words.get("least", 0) <= record[4] <= words.get("most", 99) for record in records):
        found.append("answer_words")
    documents = Counter(record[2] for record in records)
    if documents and max(documents.values()) > bounds.get("records_per_document", 99):
        found.append("records_per_document")
    if sum(record[5] for record in records) > Fraction(str(bounds.get("normal_share", 1))) * total:
        found.append("normal_share")
    labels = Counter(record[6] for record in records)
    found += [
        label for label, share in bounds.get("most_share", {}).items() if labels[label] > Fraction(str(share)) * total
    ]
    counts = [labels[label] for label in LABELS]
    if max(counts) - min(counts) > Fraction(str(bounds.get("label_spread", 1))) * total:
        found.append("label_spread")
    return found


@settings(max_examples=200)
@given(st.lists(RECORD, min_size=1, max_size=120), BOUNDS)
def test_every_bound_holds_in_every_split_and_every_record_stays_or_is_cut_with_its_reason(drawn, bounds):
    records = numbered(drawn)
    stay, cut = stand_after(records, bounds)
    trained = {records[number][3] for number in stay["train"]}
    for split in SPLITS:
        own = {record[0] for record in records if record[1] == split}
        repeats = {number for number in own if split != "train" and records[number][3] in trained}
        gone = {number for number in own if number in cut}
        assert stay[split] | gone | repeats == own
        assert not stay[split] & (gone | repeats)
        assert faults([records[number] for number in sorted(stay[split])], bounds) == []
    assert {one.rule for one in cut.values()} <= RULES


@settings(max_examples=100)
@given(st.lists(RECORD, min_size=1, max_size=120), BOUNDS)
def test_what_is_balanced_stays_as_it_is(drawn, bounds):
    stay, _ = stand_after(numbered(drawn), bounds)
    kept = [record for record in numbered(drawn) if any(record[0] in numbers for numbers in stay.values())]
    if kept:
        again, cut = stand_after(kept, bounds)
        assert again == stay
        assert not cut


EACH = [{"most_share": {"a": 0.2}}, {"label_spread": 0.05}, {"normal_share": 0.3}, {"records_per_document": 2}]
MANY = [(number, "train", number % 97, number, 5, number % 3 > 0, "aaaabbc"[number % 7]) for number in range(700)]


@pytest.mark.parametrize("bounds", EACH)
def test_the_order_in_which_records_come_changes_nothing(bounds):
    assert stand_after(MANY[::-1], bounds)[0] == stand_after(MANY, bounds)[0]


def test_a_share_that_another_cut_breaks_is_cut_again():
    records = [
        (number, "train", number, number, 5, number < 50, "a" if 50 <= number < 90 else "b") for number in range(100)
    ]
    bounds = {"normal_share": 0.5, "most_share": {"a": 0.2}}
    assert faults(records, {"normal_share": 0.5}) == []
    stay, _ = stand_after(records, bounds)
    kept = [records[number] for number in stay["train"]]
    assert faults(kept, bounds) == []
    assert len(kept) > 20


@pytest.mark.parametrize("bounds", EACH)
def test_one_record_more_changes_the_choice_of_a_few_others_at_most(bounds):
    before = stand_after(MANY, bounds)[0]["train"]
    after = stand_after([*MANY, (700, "train", 4, 700, 5, False, "b")], bounds)[0]["train"]
    assert 100 < len(before) < 700
    assert len(before ^ after) <= 6


def test_no_more_is_cut_than_the_bound_asks_for():
    records = [(number, "train", number, number, 5, False, "a" if number < 60 else "b") for number in range(100)]
    stay, cut = stand_after(records, {"most_share": {"a": 0.2}})
    kept = [records[number] for number in stay["train"]]
    assert (sum(one[6] == "a" for one in kept), len(kept)) == (10, 50)
    assert {one.reason for one in cut.values()} == {"more than 0.2 of the train records have the label a"}
    stay, _ = stand_after(records, {"label_spread": 0.05})
    assert Counter(records[number][6] for number in stay["train"]) == {}
    level = [(number, "train", number, number, 5, False, LABELS[number % 3]) for number in range(90)]
    level += [(number, "train", number, number, 5, False, "a") for number in range(90, 130)]
    stay, _ = stand_after(level, {"label_spread": 0.05})
    assert Counter(level[number][6] for number in stay["train"]) == {"a": 34, "b": 30, "c": 30}


def test_held_out_records_that_leave_for_a_training_input_count_in_no_share():
    train = [(number, "train", number, number, 5, False, "a") for number in range(10)]
    test = [(10 + number, "test", 50 + number, number, 5, False, "b") for number in range(10)]
    test += [(20 + number, "test", 80 + number, 100 + number, 5, False, "b") for number in range(5)]
    test += [(30 + number, "test", 90 + number, 200 + number, 5, False, "a") for number in range(5)]
    stay, cut = stand_after([*train, *test], {"most_share": {"b": 0.5}})
    assert stay["test"] == {*range(20, 25), *range(30, 35)}
    assert not cut


# --- on records that a task makes ------------------------------------------------------------------------------------

NORMAL = "The lungs are clear. No pleural effusion."
ABNORMAL = "There is a small left pleural effusion and cardiomegaly."


def studies(count=90):
    return [
        report(
            f"r{number}",
            f"{ABNORMAL if number % 3 == 0 else NORMAL} Views: {number}.",
            "Normal chest." if number % 3 else "Small left pleural effusion.",
            split=SPLITS[number % 5 % 3],
        )
        for number in range(count)
    ]


def level(folder: Path, shards, generator: str, bounds):
    """The folders of `level` for documents given shard by shard, and the summed counts of `balance` and `level`."""
    derive_folders, _ = derived(folder, shards, generator)
    weigh_folders, outputs = [], []
    counts: Counter = Counter()
    told = {**TaskCode(generator).parameters, "normal": "normal_share" in bounds}
    for shard, own in enumerate(derive_folders):
        weigh_folders.append(folder / f"weigh/{shard}")
        weigh_folders[-1].mkdir(parents=True)
        weigh_shard([own, folder / f"documents-{shard}"], weigh_folders[-1], told)
    (folder / "balance").mkdir()
    found = balance.find_cuts(weigh_folders, folder / "balance", {"task": "task", "balance": bounds})
    counts.update(found)
    for shard, own in enumerate(derive_folders):
        outputs.append(folder / f"level/{shard}")
        outputs[-1].mkdir(parents=True)
        counts.update(cut_shard([own, folder / "balance"], outputs[-1], {"shard": shard}))
    return outputs, counts


def splits_of(folders) -> dict[str, str]:
    return {row["record_id"]: row["split"] for row in rows(folders, "shingles")}


def test_labels_are_those_of_the_task_and_every_cut_is_a_row_of_the_audit(tmp_path):
    shards = [studies()[:40], studies()[40:]]
    folders, counts = level(tmp_path, shards, "abnormality_labels.v3", {"most_share": {"no finding": 0.25}})
    before = rows([tmp_path / "derive/0", tmp_path / "derive/1"], "records")
    kept, dropped, splits = rows(folders, "records"), rows(folders, "dropped"), splits_of(folders)
    assert len(kept) + len(dropped) == len(before)
    assert counts["records.made"] == len(kept)
    assert counts[f"records.dropped.{balance.LABEL_SHARE}"] == len(dropped) > 20
    for split in SPLITS:
        outputs = [row["output"] for row in kept if splits[row["record_id"]] == split]
        assert 0 < outputs.count("no finding") <= 0.25 * len(outputs)
    assert {row["reason"] for row in dropped} == {
        f"more than 0.25 of the {split} records have the label no finding" for split in SPLITS
    }
    assert {row["rule"] for row in dropped} == {balance.LABEL_SHARE}
    assert [row["record_id"] for row in kept] == [row["record_id"] for row in rows(folders, "shingles")]


def test_normal_studies_are_bounded_by_what_their_reports_say(tmp_path):
    folders, _ = level(tmp_path, [studies()], "impression.v2", {"normal_share": 0.4})
    normal = {one.document_id for one in studies() if is_normal(one)}
    assert normal == {f"here:r{number}" for number in range(90) if number % 3}
    kept, splits = rows(folders, "records"), splits_of(folders)
    for split in SPLITS:
        own = [row for row in kept if splits[row["record_id"]] == split]
        share = sum(row["document_ids"][0] in normal for row in own) / len(own)
        assert 0.3 < share <= 0.4


@pytest.mark.parametrize(
    ("findings", "impression", "normal"),
    [
        ("The lungs are clear.", "Normal chest.", True),
        ("The heart is of normal size.", "", True),
        ("A pacemaker is in place. The lungs are clear.", "", True),
        ("Sternotomy wires. No effusion.", "", True),
        ("There is a small effusion.", "", False),
        ("Possible pneumonia.", "", False),
        ("The lungs are clear.", "Pneumonia cannot be excluded.", False),
        ("XXXX pneumothorax. The lungs are clear.", "", False),
        ("Two views were obtained.", "", False),
        ("", "", False),
    ],
)
def test_a_normal_study_says_something_and_no_finding(findings, impression, normal):
    document = report("x", findings, impression, sections={"indication": "Pneumonia."})
    assert is_normal(document) is normal


def test_no_article_is_a_normal_study():
    assert not is_normal(report("x", "The lungs are clear.", kind="article"))


def test_which_stay_depends_neither_on_shards_nor_on_order(tmp_path):
    bounds = {"most_share": {"no finding": 0.25}, "answer_words": {"most": 3}}
    whole, _ = level(tmp_path / "whole", [studies()], "abnormality_labels.v3", bounds)
    shards = [studies()[::-1][number::3] for number in range(3)]
    other, _ = level(tmp_path / "other", shards, "abnormality_labels.v3", bounds)
    assert {row["record_id"] for row in rows(whole, "records")} == {row["record_id"] for row in rows(other, "records")}


def test_a_label_that_no_record_has_and_a_split_that_is_left_empty_are_told(tmp_path):
    documents = [report(f"r{number}", NORMAL, "Normal chest.", split="train") for number in range(6)]
    bounds = {"most_share": {"no finding": 0.5, "none": 0.5}}
    folders, counts = level(tmp_path, [documents], "abnormality_labels.v3", bounds)
    assert rows(folders, "records") == []
    assert len(rows(folders, "dropped")) == 6
    assert {name: count for name, count in counts.items() if name.startswith(("emptied", "unseen"))} == {
        "emptied.train": 1,
        "unseen.none": 1,
    }


def test_labels_that_stand_side_by_side_cannot_be_level(tmp_path):
    with pytest.raises(DataError, match=r"`tasks.task.balance.label_spread` .* has 2\nWhat to do: .*`most_share`"):
        level(tmp_path, [studies()], "abnormality_labels.v3", {"label_spread": 0.1})


# --- in a release ----------------------------------------------------------------------------------------------------


def rows_of_reports(count=60):
    return [
        {
            "id": f"i{number}",
            "patient": f"p{number}",
            "indication": "Cough.",
            "findings": f"{ABNORMAL if number % 4 == 0 else NORMAL} Film {number}.",
            "impression": "Small left effusion." if number % 4 == 0 else f"Normal chest, film {number}.",
            "tags": ["normal" if number % 4 else "Pleural Effusion/left"],
        }
        for number in range(count)
    ]


def test_a_release_with_bounds_verifies_explains_what_they_cut_and_is_the_same_with_more_workers(tmp_path):
    write_rows(tmp_path / "reports.jsonl", rows_of_reports())
    recipe = write_recipe(tmp_path, ("tagging",), "reports.jsonl")
    text = recipe.read_text(encoding="utf-8")
    recipe.write_text(text + "balance = {most_share = {normal = 0.5, nothing = 0.1}}\n", encoding="utf-8")
    built, heard = build_here(recipe, tmp_path / "out")
    assert verify(built.folder) == []
    manifest = manifests.read(built.folder)
    numbers = manifest["counts"]["records"]["tagging"]
    cut = numbers["dropped"][balance.LABEL_SHARE]
    assert numbers["in"] == sum(numbers["kept"].values()) + sum(numbers["dropped"].values())
    assert cut > 10
    for split in SPLITS:
        outputs = [row["output"] for row in rows_of(built.folder, f"tagging/{split}")]
        assert outputs.count("normal") <= 0.5 * len(outputs)
    left_out = next(row for row in rows_of(built.folder, "audit/dropped") if row["rule"] == balance.LABEL_SHARE)
    (told,) = [row for row in explain(built.folder, left_out["id"]).dropped if row["rule"] == balance.LABEL_SHARE]
    assert told["reason"].startswith("more than 0.5 of the ")
    card = (built.folder / "README.md").read_text(encoding="utf-8")
    assert f"| `{balance.LABEL_SHARE}` | {cut} | {LEFT_OUT_FOR_OTHERS[balance.LABEL_SHARE]} |" in card
    assert manifest["recipe"]["tasks"]["tagging"]["balance"] == {"most_share": {"normal": 0.5, "nothing": 0.1}}
    assert "bounds 'nothing', a label that no record has" in "\n".join(heard.lines)
    more, _ = build_here(recipe, tmp_path / "two", workers=2)
    assert more.manifest == built.manifest


# --- nli: level by default -------------------------------------------------------------------------------------------


def test_nli_is_level_by_default_and_a_recipe_may_say_otherwise():
    told = [recipes.load(recipes.locate("demo"), ["tasks.nli.generator=nli.v2", *sets]) for sets in ([], [NO_BOUND])]
    bounds = [next(task.balance for task in one.tasks if task.name == "nli") for one in told]
    assert bounds == [{"label_spread": 0.05}, {"label_spread": 1}]
    assert told[0].content["tasks"]["nli"]["balance"] == {"label_spread": 0.05}


NO_BOUND = "tasks.nli.balance.label_spread=1"


def spreads(labels: dict[str, Counter]) -> dict[str, float]:
    """Of each split how far the shares of the three labels lie apart."""
    return {
        split: (max(counts[label] for label in nli.LABELS) - min(counts[label] for label in nli.LABELS))
        / counts.total()
        for split, counts in labels.items()
        if counts.total()
    }


def labels_by_split(release: Path) -> dict[str, Counter]:
    return {split: Counter(row["output"] for row in rows_of(release, f"nli/{split}")) for split in SPLITS}


def test_nli_of_the_demo_is_level_in_every_split(tmp_path):
    built, _ = build_here("demo", tmp_path, "tasks={nli = {generator = 'nli.v2'}}")
    labels = labels_by_split(built.folder)
    assert labels["train"].total() > 0
    assert all(spread <= nli.BALANCE["label_spread"] for spread in spreads(labels).values()), labels


@pytest.mark.slow
def test_nli_of_open_i_is_level_in_every_split(openi_reports, tmp_path):
    path = f"sources.openi.path={openi_reports}"
    built, _ = build_here("openi", tmp_path, path, "tasks={nli = {generator = 'nli.v2'}}", workers=2)
    labels = labels_by_split(built.folder)
    assert min(counts.total() for counts in labels.values()) > 100
    assert all(spread <= nli.BALANCE["label_spread"] for spread in spreads(labels).values()), labels


def test_what_the_comparison_with_training_takes_out_of_a_label_is_levelled(tmp_path):
    """Held-out contradictions that repeat training inputs leave, and the other labels follow."""
    pairs = {"entailment": "a", "neutral": "b", "contradiction": "c"}
    assert set(pairs) == set(nli.LABELS)
    train = [(number, "train", number, number, 1, False, LABELS[number % 3]) for number in range(60)]
    test = [
        (100 + number, "test", 100 + number, number if number % 3 == 2 and number < 45 else 500 + number, 1, False,
         LABELS[number % 3]) for number in range(60)
    ]  # fmt: skip
    stay, _ = stand_after([*train, *test], nli.BALANCE)
    counts = Counter(LABELS[number % 3] for number in stay["test"])
    assert max(counts.values()) - min(counts.values()) <= 0.05 * counts.total()
    assert counts["c"] == 5


# --- recipes that are wrong ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "value", "message"),
    [
        ("tagging", "{most_shares = {a = 1}}", "unknown key `{key}.most_shares`; nearest allowed: `most_share`"),
        ("tagging", "{most_share = {a = 1.5}}", "`{key}.most_share.a` is wrong: 1.5 is greater than the maximum of 1"),
        ("tagging", "{most_share = {}}", "`{key}.most_share` is wrong"),
        ("tagging", "{normal_share = '0.2'}", "`{key}.normal_share` must be of type number, is '0.2'"),
        ("tagging", "{records_per_document = 0}", "`{key}.records_per_document` is wrong: 0 is less than the minimum"),
        ("tagging", "{answer_words = {}}", "`{key}.answer_words` is wrong"),
        (
            "tagging",
            "{answer_words = {least = 9, most = 3}}",
            "`{key}.answer_words` has a `least` of 9 over its `most`",
        ),
        ("tagging", "3", "`{key}` must be of type object, is 3"),
        ("impression", "{most_share = {a = 1}}", "`{key}.most_share` bounds labels, and the answers of impression.v2"),
        ("impression", "{label_spread = 1}", "`{key}.label_spread` bounds labels, and the answers of impression.v2"),
        ("knowledge_qa", "{normal_share = 1}", "`{key}.normal_share` bounds reports of normal studies, and knowledge_"),
    ],
)
def test_a_wrong_bound_is_refused_with_its_key_and_what_is_allowed(task, value, message):
    with pytest.raises(UsageError) as caught:
        recipes.load(recipes.locate("demo"), [f"tasks.{task}.balance={value}"])
    assert message.replace("{key}", f"tasks.{task}.balance") in str(caught.value)
