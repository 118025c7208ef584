"""A task draws from the other documents of the same split, source and licence, and from no others."""

import pytest

from radcurate.tasks.pool import Pool
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
