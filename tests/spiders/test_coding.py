"""Content codings are undone within limits: a bomb costs no more than the limit, and what is broken is said to be."""

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.spiders.coding import MOST_BYTES, MOST_CODINGS, MOST_MEMBERS, Decoded, decoded

PAGE = b"<h1>Page</h1>" * 100


def bomb(gigabytes: int) -> bytes:
    """Gzip that claims so many gigabytes of zeros: its blocks repeat one, and the checksum is never come to."""
    packer = zlib.compressobj(9, wbits=31)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(10_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * (gigabytes * 100)


@pytest.mark.parametrize("coding", ["", "identity", "Identity", " "])
def test_what_is_not_coded_stays(coding):
    assert decoded(PAGE, coding) == Decoded(PAGE, True)


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP", " gzip ", "identity, gzip"])
def test_gzip_is_undone(coding):
    assert decoded(gzip.compress(PAGE, mtime=0), coding) == Decoded(PAGE, True)


def test_codings_within_one_another_are_undone_up_to_a_number():
    body = PAGE
    for depth in range(1, MOST_CODINGS + 1):
        body = gzip.compress(body, mtime=0)
        assert decoded(body, ", ".join(["gzip"] * depth)) == Decoded(PAGE, True)
    assert decoded(gzip.compress(body, mtime=0), ", ".join(["gzip"] * (MOST_CODINGS + 1))) is None


def test_members_that_follow_one_another_are_all_read_and_what_is_none_is_left():
    assert decoded(gzip.compress(b"one ", mtime=0) + gzip.compress(b"two", mtime=0), "gzip") == Decoded(
        b"one two", True
    )
    assert decoded(gzip.compress(b"one", mtime=0) + b"\0\0\0", "gzip") == Decoded(b"one", True)


def test_there_is_an_end_to_members():
    assert decoded(gzip.compress(b"x", mtime=0) * MOST_MEMBERS, "gzip") == Decoded(b"x" * MOST_MEMBERS, True)
    assert decoded(gzip.compress(b"x", mtime=0) * (MOST_MEMBERS + 1), "gzip") is None


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip, br", "made up", "gzip;q=1"])
def test_any_other_coding_cannot_be_undone(coding):
    assert decoded(gzip.compress(PAGE, mtime=0), coding) is None


@pytest.mark.parametrize(
    "body", [b"no gzip", gzip.compress(PAGE, mtime=0)[:-9], b"\x1f\x8b", gzip.compress(PAGE, mtime=0)[:-4] + b"0000"]
)
def test_a_broken_body_cannot_be_undone(body):
    assert decoded(body, "gzip") is None


def test_of_a_body_that_was_cut_on_its_way_what_came_is_taken():
    found = decoded(gzip.compress(bytes(range(256)) * 500)[:700], "gzip", whole=False)
    assert found is not None
    assert not found.whole
    assert found.body
    assert (bytes(range(256)) * 500).startswith(found.body)


def test_the_limit_itself_is_not_too_large():
    assert decoded(bytes(1000), "", most=1000) == Decoded(bytes(1000), True)
    assert decoded(bytes(1001), "", most=1000) == Decoded(bytes(1000), False)
    assert decoded(gzip.compress(bytes(1000)), "gzip", most=1000) == Decoded(bytes(1000), True)
    assert decoded(gzip.compress(bytes(1001)), "gzip", most=1000) == Decoded(bytes(1000), False)


@pytest.mark.parametrize("times", [1, 2])
def test_ten_megabytes_that_claim_ten_gigabytes_cost_no_more_than_the_limit(times):
    body = bomb(10)
    assert len(body) > 9_000_000
    for _ in range(times - 1):
        body = gzip.compress(body, mtime=0)
    tracemalloc.start()
    try:
        found = decoded(body, ", ".join(["gzip"] * times))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == Decoded(bytes(MOST_BYTES), False)
    assert peak < 6 * MOST_BYTES


@given(st.binary(max_size=300), st.sampled_from(["gzip", "gzip, gzip", ""]), st.booleans(), st.integers(1, 200))
def test_whatever_comes_no_more_than_the_limit_comes_out(body, coding, whole, most):
    found = decoded(body, coding, whole, most)
    assert found is None or len(found.body) <= most


@given(st.binary(max_size=2000), st.integers(1, 3))
def test_what_was_coded_is_had_back(body, times):
    coded = body
    for _ in range(times):
        coded = gzip.compress(coded, mtime=0)
    assert decoded(coded, ",".join(["gzip"] * times)) == Decoded(body, True)
