"""Which documents are one document twice, and which of them survives, whatever order they came in."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.cleaning.duplicates import exact_signature, groups, length, survivor_first
from tests.shards import report

ROWS = st.fixed_dictionaries(
    {
        "signature": st.sampled_from(["a", "b", "c"]),
        "length": st.integers(0, 3),
        "revised": st.sampled_from([None, "2019-12-31", "2020-01-01", "2020-01-10"]),
        "document_id": st.sampled_from(["x:1", "x:2", "x:10"]),
        "raw_sha256": st.sampled_from(["00", "01"]),
    }
)


def row(**fields):
    return {"signature": "a", "length": 1, "revised": None, "document_id": "x:1", "raw_sha256": "00", **fields}


@pytest.mark.parametrize(
    ("survivor", "other"),
    [
        (row(length=2), row(length=1, revised="2020-01-01")),
        (row(revised="2020-01-10", document_id="x:2"), row(revised="2020-01-01")),
        (row(revised="2019-12-31", document_id="x:2"), row(revised=None)),
        (row(document_id="x:1", raw_sha256="01"), row(document_id="x:2")),
        (row(raw_sha256="00"), row(raw_sha256="01")),
    ],
    ids=["longest", "newest", "dated before undated", "id", "hash"],
)
def test_the_survivor_is_the_longest_then_newest_then_by_id_then_by_hash(survivor, other):
    assert min(survivor, other, key=survivor_first) is survivor
    assert min(other, survivor, key=survivor_first) is survivor


@given(st.lists(ROWS, max_size=8), st.randoms())
def test_groups_and_survivors_do_not_depend_on_arrival(rows, random):
    assert groups(random.sample(rows, len(rows))) == groups(rows)


@given(st.lists(ROWS, max_size=8))
def test_every_group_has_two_or_more_with_one_signature(rows):
    found = groups(rows)
    assert all(len(members) > 1 and len({one["signature"] for one in members}) == 1 for members in found)
    singles = [one for one in rows if sum(other["signature"] == one["signature"] for other in rows) == 1]
    assert sum(map(len, found)) == len(rows) - len(singles)


def test_a_reports_copy_is_one_of_its_own_patient():
    one = report("r1", "The lungs are clear.", group="p1")
    assert exact_signature(one) == exact_signature(report("r2", "The lungs are clear.", group="p1"))
    assert exact_signature(one) != exact_signature(report("r2", "The lungs are clear.", group="p2"))


@pytest.mark.parametrize("kind", ["article", "case"])
def test_articles_and_cases_are_copies_wherever_their_text_is_the_same(kind):
    one, other = (report(name, sections={"discussion": "Thin-walled cyst."}, kind=kind) for name in ("a", "b"))
    assert one.group_id != other.group_id
    assert exact_signature(one) == exact_signature(other)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"findings": "the LUNGS  are\nclear."}, True),
        ({"findings": "The lungs are not clear."}, False),
        ({"findings": "", "impression": "The lungs are clear."}, False),
        ({"impression": "Normal."}, False),
    ],
)
def test_case_and_spacing_do_not_count_but_words_and_sections_do(change, same):
    texts = {"findings": "The lungs are clear.", **change}
    signature = exact_signature(report("r2", group="p1", **texts))
    assert (signature == exact_signature(report("r1", "The lungs are clear.", group="p1"))) is same


@pytest.mark.parametrize("field", [{"source": "there"}, {"kind": "case"}])
def test_a_copy_is_of_the_same_source_and_kind(field):
    one = report("r1", "The lungs are clear.")
    assert exact_signature(dataclasses.replace(one, **field)) != exact_signature(one)


def test_section_boundaries_cannot_be_confused():
    assert exact_signature(report("r1", sections={"a": "b c"})) != exact_signature(report("r1", sections={"a b": "c"}))


def test_length_is_of_all_sections():
    assert length(report("r1", "four", "fiver")) == 9
