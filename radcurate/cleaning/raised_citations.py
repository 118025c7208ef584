"""The rule for citation numbers that are raised: Unicode superscripts, as page objects write them (docs/harvest.md)."""

import re
from collections.abc import Iterator

from radcurate.cleaning.rules import PAGES, Edit, Example, TextRule
from radcurate.documents import Section

_NUMBER = "[⁰¹²³⁴⁵⁶⁷⁸⁹]+"
# Looked for from the first of the blanks before it alone: a long run of blanks is read once.
_RAISED = re.compile(
    rf"(?<![^\S\n])[^\S\n]*{_NUMBER}(?:[^\S\n]*[,;–—⁺⁻-][^\S\n]*{_NUMBER})*"
    r"(?:[,;]?[^\S\n]*(?=[.:;,](?!\d))|[,;](?=\s*\Z))?"  # a raised comma, or a blank before the stop
)
# What parted raised numbers, left alone.
_SEPARATOR = re.compile(r"[,;](?=\.(?![.\d]))")
_POWER_OF_TEN = re.compile(r"(?<![\d.,])10\Z")
_UNIT = re.compile(r"(?:(?<=[\s\d/·.(])|\A)(?:[cdkmnµμ]?m|s|kg|g|[mdk]?[Ll]|m?Gy)\Z")
# A small letter alone, other than the article, is a variable.
_SYMBOL = re.compile(r"(?<![^\W\d_])[RIχb-z]\Z")
_NUCLIDE = re.compile(r"ᵐ?(?:C|N|O|F|P|Cr|Co|Cu|Fe|Ga|H|I|In|Kr|Lu|Ra|Rb|Sm|Sr|Tc|Tl|Xe|Y|Zr)\b")


def _citation_number(section: Section) -> Iterator[Edit]:
    """Takes out numbers that point to references; powers of ten, units, ions, nuclides and symbols keep theirs."""
    text = section.text
    found = [match.span() for match in _RAISED.finditer(text) if not _is_measure(text, match)]
    reached = 0
    for start, end in sorted(found + [match.span() for match in _SEPARATOR.finditer(text)]):
        if start >= reached:
            yield Edit(start, end, "")
            reached = end


def _is_measure(text: str, match: re.Match[str]) -> bool:
    number = match.group().strip().rstrip(",;")
    before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 3]
    attached = match.group()[0] == number[0]
    if after[:1] in ("⁺", "⁻"):
        return not after[1:2].isdigit()  # Ca²⁺, not ⁶⁺⁷
    if number.isdigit() and _NUCLIDE.match(after):
        return not attached or not before or not before[-1].isalpha()  # ¹⁸F
    if not attached or not before:
        return False
    if before.endswith("⁻"):
        return True  # 10⁻⁶, min⁻¹
    if not {",", ";"} & set(number) and _POWER_OF_TEN.search(before):
        return True
    return number in ("²", "³") and bool(_UNIT.search(before) or _SYMBOL.search(before))


RULES = (
    TextRule(
        "citation_number.v2",
        _citation_number,
        (
            Example("It is common¹. It is round ²,³.", "It is common. It is round.", ""),
            Example("In 2010³ and in 40%⁴⁻⁶ of men¹², type 2⁵.", "In 2010 and in 40% of men, type 2.", ""),
            Example("It is common⁶⁺⁷. It is round²,³,. It is flat ⁴ .", "It is common. It is round. It is flat.", ""),
            Example("10⁹/L, 10⁻⁶, 4 cm², kg/m², 30 mm³, s⁻¹", "10⁹/L, 10⁻⁶, 4 cm², kg/m², 30 mm³, s⁻¹", ""),
            Example(
                "¹⁸F-FDG, ¹³¹I, ⁹⁹ᵐTc, Tc-99m, Ca²⁺, H₂O, T2, R²", "¹⁸F-FDG, ¹³¹I, ⁹⁹ᵐTc, Tc-99m, Ca²⁺, H₂O, T2, R²", ""
            ),
            Example("A gradient of 4v² at a grade b lesion³.", "A gradient of 4v² at a grade b lesion.", ""),
            Example("Uptake of ¹⁸F-FDG³ and ⁶⁸Ga.", "Uptake of ¹⁸F-FDG and ⁶⁸Ga.", ""),
        ),
        PAGES,
    ),
)
