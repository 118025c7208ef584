"""What a crawl remembers of addresses, on disk."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.spiders.on_disk import READ_AT_ONCE, NoSpaceError, OnDisk

ADDRESSES = st.text("ab/é", min_size=1, max_size=3)


@pytest.fixture
def disk() -> Iterator[OnDisk]:
    made = OnDisk()
    yield made
    made.close()


@given(st.lists(st.tuples(st.booleans(), ADDRESSES)))
def test_it_holds_what_a_set_and_a_dict_in_memory_hold(steps: list[tuple[bool, str]]):
    disk = OnDisk()
    ours, numbers = disk.addresses(), disk.by_address()
    theirs: dict[str, int] = {}
    for place, (is_added, address) in enumerate(steps):
        if is_added:
            ours.add(address)
            numbers[address] = theirs[address] = place
        else:
            ours.discard(address)
            numbers.pop(address, None)
            theirs.pop(address, None)
    assert set(ours) == theirs.keys()
    assert dict(numbers) == theirs
    assert len(ours) == len(numbers) == len(theirs)
    disk.close()


def test_addresses_come_in_their_order_however_many_and_may_change_meanwhile(disk: OnDisk):
    held = disk.by_address()
    for number in range(2 * READ_AT_ONCE + 1):
        held[f"{number:05d}"] = number
    seen = []
    for address in held:
        seen.append(address)
        held[address] = -1
        del held[address]
    assert seen == [f"{number:05d}" for number in range(2 * READ_AT_ONCE + 1)]
    assert len(held) == 0


def test_two_of_them_know_nothing_of_each_other(disk: OnDisk):
    one, other = disk.addresses(), disk.addresses()
    one.add("a")
    assert ("a" in one, "a" in other, len(other)) == (True, False, 0)


def test_a_missing_address_is_a_key_error(disk: OnDisk):
    held = disk.by_address()
    with pytest.raises(KeyError, match="nowhere"):
        held["nowhere"]
    with pytest.raises(KeyError, match="nowhere"):
        del held["nowhere"]


def test_where_nothing_more_can_be_written_it_says_where(disk: OnDisk):
    held = disk.addresses()
    disk.execute("PRAGMA max_page_count = 8")
    with pytest.raises(NoSpaceError, match="full") as caught:
        held |= {f"https://site.example/articles/{number}" for number in range(1_000)}
    assert caught.value.filename
