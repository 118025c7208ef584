"""Near-duplicates: what is kept and what goes is what a plain walk through all documents gives, however they lie."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radcurate.cleaning import buckets as lying
from radcurate.cleaning import candidates as gathering
from radcurate.cleaning import near_duplicates as deciding
from radcurate.cleaning import similarity
from radcurate.cleaning.buckets import Buckets
from radcurate.cleaning.candidates import MEMBERS, SIZES, candidates, write_buckets
from radcurate.cleaning.minhash import bands_for
from radcurate.cleaning.near_duplicates import near_duplicates
from radcurate.cleaning.similarity import jaccard
from radcurate.cleaning.sketches import SketchWriter, open_sketches
from tests.test_shingles import runs

THRESHOLD = 0.6


def plain(one: str, other: str) -> float:
    """The Jaccard similarity, in sets of words."""
    left, right = set(runs(one)), set(runs(other))
    return len(left & right) / len(left | right)


def walk(texts, threshold, seen=0, together=lambda one, other: True):
    """The rule, told plainly: each document in turn is kept unless a kept one is like it; the most alike is named."""
    kept, gone = list(range(seen)), {}
    for number in range(seen, len(texts)):
        alike = [(plain(texts[number], texts[other]), -other) for other in kept if together(number, other)]
        alike = [pair for pair in alike if pair[0] >= threshold]
        if alike:
            gone[number] = (-max(alike)[1], max(alike)[0])
        else:
            kept.append(number)
    return gone


def sketched(folder, texts, threshold):
    folder.mkdir(parents=True, exist_ok=True)
    with SketchWriter(folder, bands_for(threshold)) as writer:
        for start in range(0, len(texts), 5):
            batch = texts[start : start + 5]
            writer.add(batch, [0] * len(batch))
    return folder


def bucketed(folder, buckets):
    """A folder of buckets, each a list of documents."""
    folder.mkdir(parents=True, exist_ok=True)
    np.array([member for bucket in buckets for member in bucket], np.uint64).tofile(folder / MEMBERS)
    np.save(folder / SIZES, np.array([len(bucket) for bucket in buckets], np.int64))
    return folder


def decided(folder, texts, buckets, threshold=THRESHOLD, seen=0):
    """What goes of `texts`, in order of survival, given their buckets in two folders."""
    sketches = sketched(folder / "sketch", texts, threshold)
    folders = [bucketed(folder / f"band{half}", buckets[half::2]) for half in range(2)]
    numbers = np.arange(len(texts))
    opened = open_sketches([sketches], np.zeros(len(texts), np.intp), numbers)
    index = Buckets(folders, lambda members: members.astype(np.intp), folder)
    return {near.rank: (near.kept, near.similarity) for near in near_duplicates(index, opened, threshold, seen)}


WORDS = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=9)
CHAINS = st.tuples(st.integers(0, 4), st.integers(5, 14)).map(lambda ends: [f"w{n}" for n in range(ends[0], sum(ends))])
DOCUMENTS = st.lists(st.one_of(WORDS, CHAINS).map(" ".join), min_size=1, max_size=14)


@settings(max_examples=60)
@given(DOCUMENTS, st.integers(0, 3), st.sampled_from([(1, 1), (3, 2), (8192, 1 << 20)]))
def test_what_goes_is_what_a_plain_walk_gives_whatever_the_blocks(tmp_path_factory, texts, seen, sizes):
    folder, seen = tmp_path_factory.mktemp("near"), min(seen, len(texts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deciding, "BLOCK", sizes[0])
        patch.setattr(deciding, "PAIRS", sizes[1])
        patch.setattr(lying, "PAIRS", sizes[1])
        found = decided(folder, texts, [range(len(texts))], seen=seen)
    assert found == walk(texts, THRESHOLD, seen)


@settings(max_examples=40)
@given(DOCUMENTS, st.data())
def test_only_documents_that_share_a_bucket_are_compared(tmp_path_factory, texts, data):
    members = st.sets(st.integers(0, len(texts) - 1), min_size=1).map(sorted)
    buckets = data.draw(st.lists(members, min_size=1, max_size=6))

    def together(one, other):
        return any(one in bucket and other in bucket for bucket in buckets)

    found = decided(tmp_path_factory.mktemp("near"), texts, buckets)
    assert found == walk(texts, THRESHOLD, 0, together)


def test_a_chain_takes_none_for_the_sake_of_one_that_it_is_not_like(tmp_path):
    chain = [" ".join(f"w{number}" for number in range(start, start + 24)) for start in (0, 4, 8)]
    assert plain(chain[0], chain[1]) == plain(chain[1], chain[2]) >= THRESHOLD > plain(chain[0], chain[2])
    assert decided(tmp_path, chain, [range(3)]) == {1: (0, plain(chain[0], chain[1]))}
    other = [chain[1], chain[0], chain[2]]
    assert set(decided(tmp_path / "middle first", other, [range(3)])) == {1, 2}


def test_along_a_chain_every_other_one_stays_and_takes_the_next(tmp_path):
    chain = [" ".join(f"w{number}" for number in range(4 * place, 4 * place + 24)) for place in range(6)]
    similarity = plain(chain[0], chain[1])
    found = decided(tmp_path, chain, [range(6)])
    assert found == walk(chain, THRESHOLD) == {1: (0, similarity), 3: (2, similarity), 5: (4, similarity)}


def test_of_several_kept_ones_the_most_similar_is_named_and_of_equals_the_first(tmp_path):
    base = [f"w{number}" for number in range(40)]
    left, right = base[:30], base[10:]
    texts = [" ".join(part) for part in (left, right, base[4:34], base[3:33], base[5:35])]
    found = decided(tmp_path, texts, [range(5)], threshold=0.5)
    assert found == walk(texts, 0.5)
    assert (found[2][0], found[3][0], found[4][0]) == (0, 0, 0)
    assert plain(texts[4], texts[0]) == plain(texts[4], texts[1])


def test_a_threshold_that_is_met_exactly_counts(tmp_path):
    words = [f"w{number}" for number in range(12)]
    texts = [" ".join(words), " ".join(words[:-2])]
    assert plain(*texts) == 0.75
    assert decided(tmp_path / "met", texts, [[0, 1]], threshold=0.75) == {1: (0, 0.75)}
    assert decided(tmp_path / "missed", texts, [[0, 1]], threshold=0.7500001) == {}


@settings(max_examples=30)
@given(DOCUMENTS, st.sampled_from([1, 40, 1 << 22]))
def test_similarities_are_those_of_sets_of_words(tmp_path_factory, texts, values):
    folder = sketched(tmp_path_factory.mktemp("pairs"), texts, THRESHOLD)
    sketches = open_sketches([folder], np.zeros(len(texts), np.intp), np.arange(len(texts)))
    left, right = np.triu_indices(len(texts), 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similarity, "VALUES", values)
        found = jaccard(sketches, left, right, 0.0)
    assert found.tolist() == [plain(texts[one], texts[other]) for one, other in zip(left, right, strict=True)]


# --- from texts to candidates ----------------------------------------------------------------------------------------


def varied(rng, words, changes):
    """The words with so many places changed."""
    places = set(rng.sample(range(len(words)), changes))
    return [f"x{rng.random()}" if place in places else word for place, word in enumerate(words)]


def corpus(rng, families=12, size=120):
    texts = []
    for family in range(families):
        words = [f"{family}v{rng.randrange(500)}" for _ in range(size)]
        texts += [" ".join(varied(rng, words, changes)) for changes in (0, 0, 1, 2, 3, 9)]
    return texts


def found_in(folder, shards, threshold, seen=0):
    folders = [sketched(folder / f"sketch{n}", texts, threshold) for n, texts in enumerate(shards)]
    bands = []
    for band in range(bands_for(threshold).bands):
        bands.append(folder / f"band{band}")
        bands[-1].mkdir()
        write_buckets(folders, bands[-1], band, seen)
    return folders, bands


def pairs_of(bands):
    found = set()
    for band in bands:
        members = np.fromfile(band / MEMBERS, np.uint64).tolist()
        for size in np.load(band / SIZES).tolist():
            own, members = members[:size], members[size:]
            found |= {(one, other) for one in own for other in own if one < other}
    return found


@pytest.mark.parametrize("entries", [7, 1 << 22])
def test_every_pair_well_over_the_threshold_shares_a_bucket_whatever_shard_it_is_in(tmp_path, monkeypatch, entries):
    monkeypatch.setattr(gathering, "ENTRIES", entries)
    texts = corpus(random.Random(1))
    shards = [texts[0::3], texts[1::3], [], texts[2::3]]
    numbered = [(shard << 32 | row, text) for shard, own in enumerate(shards) for row, text in enumerate(own)]
    _, bands = found_in(tmp_path, shards, THRESHOLD)
    found = pairs_of(bands)
    alike = {
        (min(one, other), max(one, other))
        for place, (one, left) in enumerate(numbered)
        for other, right in numbered[:place]
        if plain(left, right) >= 0.85
    }
    assert len(alike) > 30
    assert alike <= found
    assert set(candidates(bands).tolist()) == {document for pair in found for document in pair}


def test_documents_of_an_earlier_release_are_not_compared_with_one_another(tmp_path):
    same = ["The scaphoid is broken more often than any other bone of the wrist."]
    _, bands = found_in(tmp_path, [["Another text altogether."], same, same], THRESHOLD, seen=2)
    assert pairs_of(bands) == set()
    _, bands = found_in(tmp_path / "new", [same, same, same], THRESHOLD, seen=2)
    assert len(pairs_of(bands)) == 3


def test_documents_without_a_word_are_never_candidates(tmp_path):
    _, bands = found_in(tmp_path, [["…", "", "---"], ["!?"]], THRESHOLD)
    assert candidates(bands).tolist() == []


def test_a_thousand_versions_of_one_page_cost_about_as_many_comparisons(tmp_path, monkeypatch):
    rng = random.Random(2)
    words = [f"v{number}" for number in range(60)]
    texts = [" ".join(varied(rng, words, 1)) for _ in range(1000)]
    compared = []

    def counting(sketches, left, right, threshold):
        compared.append(len(left))
        return jaccard(sketches, left, right, threshold)

    monkeypatch.setattr(deciding, "jaccard", counting)
    monkeypatch.setattr(deciding, "PAIRS", 2000)
    found = decided(tmp_path, texts, [range(1000)])
    assert found == walk(texts, THRESHOLD)
    assert set(found) == set(range(1, 1000))
    assert sum(compared) < 20_000
