"""Which split a group is in: the published one where the collection has one, else a hash of the group, nothing else."""

import hashlib

SPLITS = ("train", "validation", "test")

# Published names of the splits, as collections write them.
ALIASES = {
    "train": "train",
    "training": "train",
    "validate": "validation",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
}

TEST_SHARE = 0.1
VALIDATION_SHARE = 0.1


def split_of(group_id: str) -> str:
    """test, validation or train, with shares 0.1, 0.1 and 0.8 of all groups."""
    place = int.from_bytes(hashlib.sha256(f"split:{group_id}".encode()).digest()[:8], "big") / 2**64
    if place < TEST_SHARE:
        return "test"
    return "validation" if place < TEST_SHARE + VALIDATION_SHARE else "train"


def strictest(splits: set[str]) -> str:
    """Of splits that a collection gives to one group, the one that protects most: test, then validation."""
    return max(splits, key=SPLITS.index)
