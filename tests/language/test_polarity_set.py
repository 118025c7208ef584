"""At least 97 of 100 entries hold of the set that was written before the rules, by a reader who had not seen them."""

from collections import Counter

import pytest

from tests.language.polarity import entries, slips

# Known to fail, each for a reason; one that is mended leaves this list.
KNOWN = {
    "alternatives-027": "a place goes to the last finding, here the one that is denied",
    "alternatives-032": "an apposition between two findings and their place",
    "device_removed-038": "sheath alone is no device of the lexicon",
    "negation_after-017": "PE is not in the lexicon: it stands for too many things",
    "negation_after-021": "'change: none' is read as a denial of the mass",
    "run_on-022": "failure alone is not in the lexicon",
    "spelling-024": "anemia is not in the lexicon",
}
ENTRIES = entries()


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry["id"] for entry in ENTRIES])
def test_an_entry_is_met_unless_it_is_known_to_fail(entry):
    found = list(slips(entry))
    assert bool(found) is (entry["id"] in KNOWN), found


def test_the_set_is_met_to_97_of_100():
    assert len(KNOWN) / len(ENTRIES) <= 0.03


def test_no_category_is_worse_than_nine_of_ten():
    size = Counter(entry["category"] for entry in ENTRIES)
    failing = Counter(known.rpartition("-")[0] for known in KNOWN)
    assert all(failing[category] <= size[category] / 10 for category in size)
