"""Signatures are datasketch's, to the bit; bands are cut so that pairs at the threshold are found."""

import random

import datasketch
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.cleaning import minhash
from radcurate.cleaning.minhash import Bands, band_keys, bands_for, hash_for_datasketch, signatures
from radcurate.shingles import bulk_shingles
from tests.invented import invented_rows
from tests.test_shingles import runs

REPORTS = [" ".join(str(row[name]) for name in ("indication", "findings", "impression")) for row in invented_rows(60)]
TEXTS = [*REPORTS, "Ménière's disease: a 5–10 mm β-lesion, H₂O-like; 37 °C. " * 3, "Normal chest.", "one", "no " * 9]


def theirs(text: str, permutations: int = 128) -> list[int]:
    """The signature that datasketch gives with our hash function, shingle by shingle."""
    sketch = datasketch.MinHash(permutations, seed=1, scheme="affine32", hashfunc=hash_for_datasketch)
    for run in runs(text):
        sketch.update(run.encode("utf-8"))
    return [int(value) for value in sketch.hashvalues]


def test_signatures_are_bit_equal_to_those_of_datasketch():
    found = signatures(*bulk_shingles(TEXTS))
    assert found.dtype == np.uint32
    assert found.tolist() == [theirs(text) for text in TEXTS]


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",))).filter(runs), min_size=1, max_size=4))
def test_signatures_of_any_text_are_bit_equal_to_those_of_datasketch(texts):
    assert signatures(*bulk_shingles(texts)).tolist() == [theirs(text) for text in texts]


def test_fewer_permutations_are_the_first_ones():
    hashes, sizes = bulk_shingles(TEXTS)
    assert np.array_equal(signatures(hashes, sizes, 126), signatures(hashes, sizes)[:, :126])


@pytest.mark.parametrize("block", [1, 50, 1000])
def test_blocks_leave_no_trace(monkeypatch, block):
    whole = signatures(*bulk_shingles(TEXTS))
    monkeypatch.setattr(minhash, "BLOCK", block)
    assert np.array_equal(signatures(*bulk_shingles(TEXTS)), whole)


@pytest.mark.parametrize("threshold", [0.5, 0.55, 0.7, 0.8, 0.9, 0.97, 1.0])
def test_a_pair_at_the_threshold_is_missed_in_one_of_a_hundred_cases_at_most(threshold):
    cut = bands_for(threshold)
    assert cut.bands * cut.rows <= 128
    assert cut.chance(threshold) >= 0.99


def test_the_default_threshold_gives_21_bands_of_6_rows():
    assert bands_for(0.8) == Bands(21, 6)


def test_the_chance_of_a_shared_band_is_what_pairs_of_known_similarity_show():
    """300 pairs at a Jaccard similarity of 0.6, cut into bands that find about half of them."""
    cut, pairs, rng = Bands(12, 5), 300, np.random.default_rng(5)
    shared = [rng.integers(0, 2**64, 60, np.uint64) for _ in range(pairs)]
    sets = [np.concatenate([own, rng.integers(0, 2**64, 20, np.uint64)]) for own in shared for _ in range(2)]
    sizes = np.full(2 * pairs, 80)
    keys = band_keys(signatures(np.concatenate(sets), sizes), cut, np.zeros(2 * pairs, np.uint64))
    found = (keys[::2] == keys[1::2]).any(axis=1).mean()
    assert found == pytest.approx(cut.chance(0.6), abs=0.1)


def test_keys_are_equal_where_a_band_is_and_nowhere_else():
    rng = random.Random(3)
    found = np.array([[rng.randrange(3) for _ in range(8)] for _ in range(200)], np.uint32)
    keys = band_keys(found, Bands(4, 2), np.zeros(200, np.uint64))
    bands = [(band, *found[row, 2 * band : 2 * band + 2].tolist()) for row in range(200) for band in range(4)]
    together: dict[int, set] = {}
    for key, band in zip(keys.ravel().tolist(), bands, strict=True):
        together.setdefault(key, set()).add(band)
    assert all(len(of) == 1 for of in together.values())
    assert len(together) == len(set(bands))


def test_documents_of_different_salts_share_no_key():
    found = signatures(*bulk_shingles(["The scaphoid is often broken."] * 2))
    one, other = band_keys(found, bands_for(0.8), np.array([0, 1], np.uint64))
    assert not set(one.tolist()) & set(other.tolist())
