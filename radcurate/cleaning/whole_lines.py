"""Rules whose patterns must match a whole line or a whole sentence, or nothing is taken out."""

import re
from collections.abc import Iterator

from radcurate.cleaning.rules import Edit
from radcurate.cleaning.units import lines, sentences, without


def matching(text: str, needs: re.Pattern[str], whole: re.Pattern[str]) -> Iterator[Edit]:
    """Takes out lines that `whole` matches, then such sentences on other lines; a text without `needs` is not read."""
    if not needs.search(text):
        return
    gone = [unit for unit in lines(text) if whole.fullmatch(unit.text) or whole.fullmatch(unit.raw)]
    spans = [(unit.start, unit.end) for unit in gone]
    for unit in sentences(text):
        on_such_a_line = any(start <= unit.start and unit.end <= end for start, end in spans)
        if not on_such_a_line and whole.fullmatch(unit.text):
            gone.append(unit)
    yield from without(text, sorted(gone, key=lambda unit: unit.start))
