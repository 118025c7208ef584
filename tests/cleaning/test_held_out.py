"""Noise on pages that were written after the rules, by readers who had not seen them (`heldout` and `heldout2`).

`python -m tests.cleaning.test_held_out [FOLDER ...]` measures, here nothing is asserted.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from radcurate.cleaning import chosen
from radcurate.cleaning.apply import clean_document
from radcurate.documents import Document
from radcurate.recipe import load, locate
from tests.cleaning import held_out_pages as held_out

RULES = chosen(load(locate("demo")).rules)


class Measured(NamedTuple):
    """Pieces of noise by kind, those of them left after cleaning, and good text that went: look-alikes and blocks."""

    there: Counter[str]
    left: Counter[str]
    lost: list[str]
    lost_blocks: list[str]


def cleaned(page: Path, html: str) -> Document:
    """The document of a page as the demo's rules leave it."""
    return clean_document(held_out.parsed(page, html), RULES)[0]


def left_and_lost(page: Path) -> Measured:
    html = page.read_text(encoding="utf-8")
    quiet = held_out.text(cleaned(page, held_out.without_noise(html)))
    there: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for number, kind in enumerate(held_out.kinds(html)):
        there[kind] += 1
        left[kind] += held_out.text(cleaned(page, held_out.with_one_piece(html, number))) != quiet
    whole = held_out.plain(held_out.text(cleaned(page, html)))
    lost = [keep for keep in held_out.keeps(html) if held_out.plain(keep) not in whole]
    parted = held_out.good_blocks(html)
    blocks = [" … ".join(parts) for parts in parted if any(held_out.plain(part) not in whole for part in parts)]
    return Measured(there, left, lost, blocks)


def measured(*folders: str) -> Measured:
    """All pages of these folders together."""
    total = Measured(Counter(), Counter(), [], [])
    for page in held_out.pages(*folders):
        own = left_and_lost(page)
        total.there.update(own.there)
        total.left.update(own.left)
        total.lost.extend(f"{page.stem}: {keep}" for keep in own.lost)
        total.lost_blocks.extend(f"{page.stem}: {block}" for block in own.lost_blocks)
    return total


if __name__ == "__main__":
    for folder in sys.argv[1:] or held_out.FOLDERS:
        found = measured(folder)
        print(folder)
        for kind, number in found.there.most_common():
            print(f"{kind:<12} {number:>4} pieces, {found.left[kind]:>3} left")
        share = found.left.total() / found.there.total()
        print(f"{'all':<12} {found.there.total():>4} pieces, {found.left.total():>3} left ({share:.1%})")
        print(f"{len(found.lost)} look-alikes lost: {found.lost}")
        print(f"{len(found.lost_blocks)} good blocks lost or changed: {found.lost_blocks}")
