"""Titles of cases: the diagnosis that one names, or why it names none.

In: a published title and the text of the case. Out: the diagnosis, which is the title without words on how well it is
shown (`— classic`, `(CT)`), or a reason among `REFUSALS`. The words are data: `case_titles.toml`.
"""

import functools
import re
import tomllib
from pathlib import Path
from typing import Any

REFUSALS = {
    "no_title": "the case has no title",
    "title_is_no_diagnosis": (
        "the title is a normal study or variant, a sign, a bare finding, a number, a riddle, anatomy, a modality, a "
        "procedure or a device"
    ),
    "title_after_treatment": "the title says that the disease was treated or operated on: the study need not show it",
    "title_hedges": "the title itself says how certain it is, which may be another word than the published one",
    "abbreviation_unexplained": "the title holds an abbreviation that neither it nor the case writes out",
}

_ABBREVIATION = re.compile(r"(?<![\w-])[A-Z][A-Za-z]{0,2}[A-Z0-9]{1,5}(?:-\d+)?s?(?![\w-])")


def fault_of(title: str | None, text: str) -> str | None:
    """Why the title gives no diagnosis, or None; `text` is that of the whole case, where abbreviations may be told."""
    plain = " ".join((title or "").split())
    if not plain:
        return "no_title"
    operated = _any("treated", "operated", plain) and not _any("treated", "complications", plain)
    if operated or _any("treated", "patterns", plain):
        return "title_after_treatment"
    if _any("hedged", "patterns", plain):
        return "title_hedges"
    if is_no_diagnosis(plain) or is_no_diagnosis(diagnosis_of(plain)):
        return "title_is_no_diagnosis"
    unknown = [name for name in abbreviations(diagnosis_of(plain)) if not is_explained(name, f"{plain}\n{text}")]
    return "abbreviation_unexplained" if unknown else None


def diagnosis_of(title: str) -> str:
    """The title without its modifiers: `Situs inversus — classic` → `Situs inversus`."""
    plain = " ".join(title.split())
    while (shorter := _without_modifier(plain)) != plain:
        plain = shorter
    return plain if plain == title or plain[:1].isupper() else plain[:1].upper() + plain[1:]


def _without_modifier(title: str) -> str:
    for where in ("after", "before"):
        for pattern in _patterns("modifiers", where):
            title = pattern.sub("", title, count=1).strip() or title
    return title


def is_no_diagnosis(title: str) -> bool:
    """True for `Normal chest radiograph`, `Case 2`, `Apple core sign`, `Azygos lobe`, `Pacemaker`."""
    return _any("no_diagnosis", "patterns", title)


def abbreviations(title: str) -> list[str]:
    """The abbreviations of a title that need to be told: neither known ones nor numerals, letters and levels."""
    data = _data()["abbreviations"]
    found = [match.group().removesuffix("s") for match in _ABBREVIATION.finditer(title)]
    other = re.compile("|".join(data["no_abbreviation"]))
    return [name for name in found if name.partition("-")[0] not in data["known"] and not other.fullmatch(name)]


def is_explained(name: str, text: str) -> bool:
    """True where `text` writes the abbreviation out beside it: `deep vein thrombosis (DVT)`, `DVT (deep vein …)`."""
    for match in re.finditer(rf"(?<!\w){re.escape(name)}s?(?!\w)", text):
        if text[: match.start()].endswith("(") and _spells_at_its_end(text[: match.start() - 1], name):
            return True
        after = re.match(r"\s*\(([^()]+)\)", text[match.end() :])
        if after and _spells_at_its_end(after[1], name):
            return True
    return False


def _spells_at_its_end(text: str, name: str) -> bool:
    """True where the letters of `name` stand in the last words of the sentence in their order, the first at the start
    of a word: `hepatocellular carcinoma` spells HCC."""
    letters = [letter for letter in name.lower() if letter.isalpha()]
    words = re.split(r"[.\n]", text.lower())[-1].split()[-min(len(letters) + 5, 2 * len(letters)) :]
    place = len(line := " ".join(words))
    for number, letter in reversed(list(enumerate(letters))):
        place = line.rfind(letter, 0, place)
        while number == 0 and place > 0 and line[place - 1].isalnum():
            place = line.rfind(letter, 0, place)
        if place < 0:
            return False
    return True


def _any(table: str, name: str, title: str) -> bool:
    return any(pattern.search(title) for pattern in _patterns(table, name))


@functools.cache
def _patterns(table: str, name: str) -> list[re.Pattern[str]]:
    return [re.compile(pattern, re.IGNORECASE) for pattern in _data()[table][name]]


@functools.cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
