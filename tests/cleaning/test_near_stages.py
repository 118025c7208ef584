"""Stages `sketch`, `candidates` and `near`: near-duplicate articles and cases go, reports stay, whatever came first."""

import dataclasses
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cleaning.test_near_duplicates import plain, varied
from tests.shards import report, rows, split

RULES = ("spaces.v1", "empty_document.v1", "exact_duplicate.v1", "near_duplicate.v1")
NEAR = "near_duplicate.v1"
WORDS = [f"w{number}" for number in range(60)]
BASE = " ".join(WORDS)


def page(name, text, kind="article", **fields):
    return report(name, sections={"discussion": text}, kind=kind, **fields)


def near(folder, documents, *, threshold=0.8, shards=2, **options):
    """Splits of what is kept, and the rule, the kept id and the similarity of what is not."""
    folders = split(folder, [documents], shards, rules=options.pop("rules", RULES), threshold=threshold, **options)
    kept = {row["document_id"]: row["split"] for row in rows(folders, "documents")}
    dropped = {row["id"]: (row["rule"], row["kept_id"], row["similarity"]) for row in rows(folders, "dropped")}
    return kept, dropped


def changed(number, at=30):
    """The text with `number` words in a row replaced from word `at` on."""
    return " ".join([*WORDS[:at], *(f"x{place}" for place in range(number)), *WORDS[at + number :]])


def test_a_near_duplicate_goes_and_names_the_longer_one_and_how_alike_they_are(tmp_path):
    other = changed(2)
    kept, dropped = near(tmp_path, [page("short", other), page("long", BASE)])
    assert set(kept) == {"here:long"}
    assert dropped == {"here:short": (NEAR, "here:long", plain(BASE, other))}


def test_of_equal_length_the_newest_survives_then_the_first_id(tmp_path):
    pairs = [("2020-01-02", "2020-01-01"), ("2020-01-01", "2020"), ("2020-01-01", None), (None, "")]
    documents = []
    for family, (newer, older) in enumerate(pairs):
        words = [f"f{family}{word}" for word in WORDS]
        first, second = " ".join([*words[:10], "x", *words[11:]]), " ".join([*words[:-1], "x"])
        documents += [page(f"{family}b", second, revised=older), page(f"{family}z", first, revised=newer)]
    assert len({document.sections[0].text for document in documents}) == 8
    assert set(near(tmp_path, documents)[0]) == {"here:0z", "here:1z", "here:2z", "here:3b"}


def test_reports_are_never_near_duplicates(tmp_path):
    kept, dropped = near(tmp_path, [report(f"r{number}", changed(number % 2)) for number in range(6)])
    assert (len(kept), dropped) == (6, {})


def test_an_article_and_a_case_are_never_compared(tmp_path):
    kept, dropped = near(tmp_path, [page("a", BASE), page("c", BASE, kind="case"), page("d", changed(1), kind="case")])
    assert set(kept) == {"here:a", "here:c"}
    assert dropped["here:d"][1] == "here:c"


def test_a_page_on_two_sites_is_one(tmp_path):
    there = dataclasses.replace(page("b", BASE), source="there", document_id="there:b", group_id="there:b")
    kept, dropped = near(tmp_path, [page("a", BASE), there])
    assert (set(kept), dropped) == ({"here:a"}, {"there:b": (NEAR, "here:a", 1.0)})


def test_a_pair_under_the_threshold_stays(tmp_path):
    other = changed(9)
    documents = [page("a", BASE), page("b", other)]
    assert near(tmp_path / "over", documents, threshold=plain(BASE, other) + 0.001)[1] == {}
    assert near(tmp_path / "at", documents, threshold=plain(BASE, other))[1] != {}


def test_without_the_rule_nothing_goes(tmp_path):
    documents = [page("a", BASE), page("b", changed(1))]
    assert near(tmp_path, documents, threshold=None)[1] == {}


def test_a_copy_of_a_near_duplicate_follows_it_to_the_one_that_is_kept(tmp_path):
    other = changed(2)
    documents = [page("short1", other), page("short2", other.upper()), page("long", BASE)]
    kept, dropped = near(tmp_path, documents)
    assert set(kept) == {"here:long"}
    assert set(dropped.values()) == {(NEAR, "here:long", plain(BASE, other))}


def test_a_document_that_a_rule_drops_is_no_survivor(tmp_path):
    documents = [page("a", BASE, split="train", group="g"), page("b", "Another page.", split="test", group="g")]
    kept, dropped = near(tmp_path, [*documents, page("c", changed(1))])
    assert set(kept) == {"here:b", "here:c"}
    assert dropped == {"here:a": ("group_in_two_splits.v1", None, None)}


def test_odd_texts_are_kept_or_dropped_for_one_that_is_like_them(tmp_path):
    texts = [
        *("¿", "…", "---", "!?", "!!"),
        *("no " * 20_000, "no " * 30_000, "no " * 4),
        *("cyst", "Cyst.", "a cyst", "\u2028 é" * 9, "é " * 8, "中文 " * 6, "H₂O H₂O"),
    ]
    documents = [page(f"d{number:02d}", text) for number, text in enumerate(texts)]
    kept, dropped = near(tmp_path, documents)
    assert len(kept) + len(dropped) == len(documents)
    by_id = {document.document_id: document.sections[0].text for document in documents}
    for identity, (_, kept_id, similarity) in dropped.items():
        assert kept_id in kept
        assert similarity == plain(by_id[identity], by_id[kept_id]) >= 0.8
    assert set(dropped) == {"here:d05", "here:d08", "here:d12"}


FAMILIES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=16)


def family_documents(drawn, rng):
    """Articles and cases of four families, each with so many of its words changed."""
    return [
        page(
            f"d{number}",
            " ".join(varied(rng, [f"f{family}{word}" for word in WORDS], changes)),
            kind="case" if family == 3 else "article",
            revised=rng.choice([None, "2020-01-01", "2021-05-06"]),
        )
        for number, (family, changes) in enumerate(drawn)
    ]


@settings(max_examples=5)
@given(FAMILIES, st.integers(0, 99))
def test_kept_and_dropped_are_all_and_what_goes_is_like_what_stays_whatever_the_order(tmp_path_factory, drawn, seed):
    rng, folder = random.Random(seed), tmp_path_factory.mktemp("near")
    documents = family_documents(drawn, rng)
    kept, dropped = near(folder / "plain", documents)
    assert sorted([*kept, *dropped]) == sorted(document.document_id for document in documents)
    texts = {document.document_id: document.sections[0].text for document in documents}
    for identity, (_, kept_id, similarity) in dropped.items():
        assert kept_id in kept
        assert similarity == plain(texts[identity], texts[kept_id]) >= 0.8
    shuffled = rng.sample(documents, len(documents))
    assert near(folder / "shuffled", shuffled, shards=3) == (kept, dropped)
    remaining = [document for document in documents if document.document_id in kept]
    assert near(folder / "again", remaining)[1] == {}


def test_workers_leave_no_trace(tmp_path):
    documents = family_documents([(number % 3, number % 7) for number in range(40)], random.Random(4))
    one, two = (near(tmp_path / str(count), documents, shards=4, workers=count) for count in (1, 2))
    assert one == two
    assert len(one[1]) > 5


# --- an earlier release counts as seen -------------------------------------------------------------------------------


def reasons(folder):
    return {row["id"]: (row["rule"], row["kept_id"], row["reason"]) for row in rows(folder.glob("split-*"), "dropped")}


def test_what_an_earlier_release_holds_goes_though_it_be_longer_here(tmp_path):
    documents = [page("near", f"{BASE} and more"), page("exact", changed(20)), page("new", "A page of its own.")]
    seen = [page("old1", BASE), page("old2", changed(20).upper())]
    kept, dropped = near(tmp_path, documents, seen=seen)
    assert set(kept) == {"here:new"}
    assert reasons(tmp_path) == {
        "here:near": (NEAR, "here:old1", "nearly the same text as a document of old 1.0.0"),
        "here:exact": ("exact_duplicate.v1", "here:old2", "the same text as a document of old 1.0.0"),
    }
    assert dropped["here:near"][2] == plain(BASE, f"{BASE} and more")


def test_exact_duplicates_of_an_earlier_release_go_without_the_rule_for_near_ones(tmp_path):
    documents = [page("same", BASE), page("near", changed(1))]
    kept, dropped = near(tmp_path, documents, seen=[page("same", BASE)], threshold=None, rules=RULES[:-1])
    assert (set(kept), set(dropped)) == ({"here:near"}, {"here:same"})


def test_a_page_that_was_rewritten_since_is_new(tmp_path):
    assert near(tmp_path, [page("a", BASE)], seen=[page("a", changed(25))])[1] == {}


def test_a_report_is_seen_by_its_id_or_by_its_text_in_its_group(tmp_path):
    documents = [
        report("r1", "Clear, as ever.", group="p1"),
        report("r2", "The lungs are clear.", group="p1"),
        report("r3", "The lungs are clear.", group="p2"),
    ]
    seen = [report("r1", "Clear.", group="p1"), report("r9", "The lungs are clear.", group="p1")]
    kept, _ = near(tmp_path, documents, seen=seen)
    assert set(kept) == {"here:r3"}
    assert reasons(tmp_path) == {
        "here:r1": ("already_released.v1", "here:r1", "the report is in old 1.0.0"),
        "here:r2": ("exact_duplicate.v1", "here:r9", "the same text as a document of old 1.0.0"),
    }


def test_a_released_report_is_no_survivor_of_its_copies(tmp_path):
    documents = [report("a", "The lungs are clear.", group="p"), report("b", "The lungs are clear.", group="p")]
    kept, _ = near(tmp_path, documents, seen=[report("a", "No mass.", group="p")])
    assert set(kept) == {"here:b"}


def test_documents_of_one_text_all_go_for_the_earlier_one_and_none_for_another(tmp_path):
    documents = [page("a", changed(2)), page("b", changed(2)), page("c", BASE)]
    kept, dropped = near(tmp_path, documents, seen=[page("old", BASE)])
    assert kept == {}
    assert {kept_id for _, kept_id, _ in dropped.values()} == {"here:old"}
