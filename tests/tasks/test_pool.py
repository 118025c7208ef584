"""A task draws from the documents of the same split, source and licence, and from no others."""

import pytest

from radcurate.tasks import pool as pools
from radcurate.tasks.pool import Neighbours, Pool, with_neighbours
from tests.shards import report, write_documents

OWN = report("r1", "Clear.", split="train")
OTHERS = [
    report("r2", "A mass.", split="train"),
    report("r3", "An effusion.", split="test"),
    report("r4", "Edema.", split="train", source="there"),
    report("r5", "A nodule.", split="train", licence="CC-BY-4.0"),
    report("r6", "Atelectasis.", split="train"),
]


def test_the_pool_is_the_other_documents_of_the_same_split_source_and_licence(tmp_path):
    shards = [
        write_documents(tmp_path / "0.parquet", [OWN, *OTHERS[:3]]),
        write_documents(tmp_path / "1.parquet", OTHERS[3:]),
    ]
    assert list(Pool(OWN, shards)) == [OTHERS[0], OTHERS[4]]
    assert list(Pool(OWN, shards[::-1])) == [OTHERS[4], OTHERS[0]]


@pytest.mark.parametrize("shards", [0, 1])
def test_a_pool_may_be_empty(tmp_path, shards):
    assert list(Pool(OWN, [write_documents(tmp_path / "0.parquet", [OWN])][:shards])) == []


def test_a_pool_can_be_read_again(tmp_path):
    pool = Pool(OWN, [write_documents(tmp_path / "0.parquet", OTHERS)])
    assert list(pool) == list(pool) != []


def test_neighbours_share_split_source_and_licence_and_are_ordered_by_id():
    rows = [one.row() for one in [*OTHERS[::-1], OWN]]
    found = dict(with_neighbours(rows))
    assert [one.document_id for one in found] == [row["document_id"] for row in rows]
    assert found[OWN].documents == (OWN, OTHERS[0], OTHERS[4])
    assert found[OWN] is found[OTHERS[4]]
    assert all(found[one].documents == (one,) for one in OTHERS[1:4])


def test_a_block_of_a_shard_is_in_memory_at_a_time(monkeypatch):
    monkeypatch.setattr(pools, "BLOCK", 2)
    read = []

    def rows():
        for one in (OWN, OTHERS[0], OTHERS[4]):
            read.append(one)
            yield one.row()

    left = with_neighbours(rows())
    assert next(left)[1].documents == (OWN, OTHERS[0])
    assert len(read) == 2
    assert [neighbours.documents for _, neighbours in left][-1] == (OTHERS[4],)


def test_what_a_task_makes_of_neighbours_is_made_once():
    calls = []

    def make(documents):
        calls.append(documents)
        return len(documents)

    neighbours = Neighbours([OTHERS[0], OWN])
    assert [neighbours.once(make), neighbours.once(make)] == [2, 2]
    assert calls == [(OWN, OTHERS[0])]
