"""Text that was decoded wrongly: repaired where it can be told what was meant, else counted for `quality.py`.

ftfy knows which sequences only a wrong decoding gives, and undoes it.
"""

import re
from collections.abc import Iterator

from ftfy import fix_encoding
from ftfy.badness import badness

from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

_WORD = re.compile(r"[^ \t\r\n]+")
_LOST = "\ufffd"


def _mojibake(section: Section) -> Iterator[Edit]:
    """Decodes anew what was decoded wrongly (`MÃ©niÃ¨re`), word by word, where ftfy can tell what was meant."""
    if section.text.isascii():
        return
    for match in _WORD.finditer(section.text):
        word = match[0]
        if not word.isascii() and badness(word):
            meant = fix_encoding(word)
            if meant != word and _LOST not in meant:
                yield Edit(match.start(), match.end(), meant)


def damage(text: str) -> int:
    """How many places of a text are still damaged: replacement characters, and sequences that no one writes."""
    return 0 if text.isascii() else text.count(_LOST) + int(badness(text))


RULES = (
    TextRule(
        "mojibake.v1",
        _mojibake,
        (
            Example("MÃ©niÃ¨re disease", "Ménière disease"),
            Example("a 5â€“6 mm nodule, the patientâ€™s lung", "a 5–6 mm nodule, the patient’s lung"),
            Example("at 37 Â°C, 3 Ã— 4 mm, Â±2", "at 37 °C, 3 × 4 mm, ±2"),
            Example("BehÃ§et", "Behçet"),
            Example(
                "Ménière, Behçet, Sjögren, ±2 mm, 37 °C, ≥ 3 × 4", "Ménière, Behçet, Sjögren, ±2 mm, 37 °C, ≥ 3 × 4"
            ),
            Example("10⁹/L, H₂O, ¹⁸F, “water bottle” – T8–T9 …", "10⁹/L, H₂O, ¹⁸F, “water bottle” – T8–T9 …"),
        ),
    ),
)
