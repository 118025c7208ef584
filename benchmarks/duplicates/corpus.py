"""A collection of invented radiology texts with near-duplicates planted at known similarity, always the same.

    write(Path("corpus.jsonl"), 50_000)

Out: JSON lines of `id`, `text` and `family`, longest text first, then by id: the order in which a survivor is chosen.
A family is a text and its variants (15% of all documents): words replaced, left out or put in so that the Jaccard
similarity of the word 5-shingles spreads from 0.5 to 1, and copies that differ in case and punctuation alone. A third
of the texts holds characters beyond ASCII. Texts are about 1,500 characters long.
"""

import json
import random
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

SEED = 20
PLANTED = 0.15
CHARACTERS = 1_500
SIMILAR_FROM = 0.5
COPIES = 0.1

SENTENCES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
SLOT = re.compile(r"\{(\w+)\}")


def shingles(text: str) -> set[str]:
    """The word 5-shingles of a text, told plainly: what every similarity of this benchmark is counted by."""
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[start : start + 5]) for start in range(max(1, len(words) - 4))}


def jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)


def documents(count: int) -> Iterator[dict[str, str]]:
    """So many documents, family by family."""
    rng = random.Random(f"{SEED}:{count}")
    made = family = 0
    while made < count:
        base = _text(rng)
        # With one family of variants among so many single texts, the variants are `PLANTED` of all documents.
        variants = rng.choice((1, 1, 2, 3)) if rng.random() < PLANTED / (1 - PLANTED) / 1.75 else 0
        for text in [base, *(_variant(rng, base) for _ in range(variants))][: count - made]:
            yield {"id": f"{rng.getrandbits(64):016x}", "text": text, "family": str(family)}
            made += 1
        family += 1


def _text(rng: random.Random) -> str:
    plain = rng.random() > 1 / 3
    sentences: list[str] = []
    while sum(map(len, sentences)) < CHARACTERS:
        sentence = SLOT.sub(lambda slot: _fill(rng, slot[1]), rng.choice(SENTENCES["sentences"]))
        if sentence.isascii() or not plain:
            sentences.append(sentence)
    return " ".join(sentences)


def _fill(rng: random.Random, slot: str) -> str:
    return str(rng.randint(2, 99)) if slot == "number" else rng.choice(SENTENCES["gaps"][slot])


def _variant(rng: random.Random, base: str) -> str:
    if rng.random() < COPIES:
        return rng.choice((base.upper(), base.replace(". ", ".\n"), base.replace(",", " –")))
    similarity = rng.uniform(SIMILAR_FROM, 1)
    words = base.split(" ")
    changes = max(1, round(len(words) * (1 - similarity) / (5 * (1 + similarity))))
    for place in sorted(rng.sample(range(len(words)), changes), reverse=True):
        kind = rng.random()
        word = _fill(rng, rng.choice(tuple(SENTENCES["gaps"]))).split(" ")[0]
        words[place : place + (kind < 0.9)] = [] if kind < 0.1 else [word]
    return " ".join(words)


def write(path: Path, count: int) -> None:
    """The collection as JSON lines, longest first."""
    lines = sorted((-len(document["text"]), document["id"], json.dumps(document)) for document in documents(count))
    path.write_text("".join(f"{line}\n" for _, _, line in lines), encoding="utf-8")
