"""The modality that a sub-heading of an article names, after `modality_names.toml`."""

import functools
import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

_JOIN = r"\s*(?:[/,&+]|\b(?:and|or|versus|vs)\b)\s*"
# A region, a phase, a part of the examination: `CT chest`, `MRI (1.5 T)`, `CT pulmonary angiography`.
_AFTER = r"(?:\s+\([^)]*\)|[\s-]+[\w/.-]+){0,4}"


class Modality(NamedTuple):
    """`key` names a slot (`ct`, `ct_mri`), `asked` stands in a question after "on"."""

    key: str
    asked: str


def modality_of(heading: str) -> Modality | None:
    """`X-ray` → `radiograph`, "plain radiographs"; `CT chest` → `ct`, "CT chest"; None for any other heading."""
    heading = " ".join(heading.split())
    match = _heading().fullmatch(heading)
    if not match or _other_matter().search(heading):
        return None
    named = [(found.group(), _key(found.group())) for found in _names().finditer(match["named"])]
    keys = list(dict.fromkeys(key for _, key in named))
    plain = len(keys) == 1 and re.fullmatch("|".join(_data()[keys[0]]["plain"]), heading, re.IGNORECASE)
    return Modality("_".join(keys), _data()[keys[0]]["asked"] if plain else lower_first(heading))


def ends_modality(heading: str) -> bool:
    """True for a sub-heading that stands beside a modality's, not under it."""
    return bool(_ends().fullmatch(heading)) or bool(_heading().fullmatch(heading))


def lower_first(text: str) -> str:
    """With a small first letter, unless the first word is an abbreviation."""
    first = text.split(" ", 1)[0]
    return text[0].lower() + text[1:] if first[1:].islower() else text


def _key(name: str) -> str:
    return next(
        key
        for key, entry in _data().items()
        if re.fullmatch("|".join((*entry["plain"], *entry["kinds"])), name, re.IGNORECASE)
    )


@functools.cache
def _file() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _data() -> dict[str, Any]:
    return dict(_file()["modalities"])


@functools.cache
def _names() -> re.Pattern[str]:
    """Any name of a modality, the longest first: `PET-CT` before `CT`."""
    names = [name for entry in _data().values() for name in (*entry["plain"], *entry["kinds"])]
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(names, key=len, reverse=True))})(?!\w)", re.IGNORECASE)


@functools.cache
def _heading() -> re.Pattern[str]:
    before = rf"(?:(?:{'|'.join(_file()['headings']['before'])})\s+)*"
    one = rf"{before}{_names().pattern}"
    return re.compile(rf"(?P<named>{one}(?:{_JOIN}{one})*){_AFTER}", re.IGNORECASE)


@functools.cache
def _other_matter() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_file()['headings']['other_matter'])})\b", re.IGNORECASE)


@functools.cache
def _ends() -> re.Pattern[str]:
    return re.compile("|".join(_file()["headings"]["ends"]), re.IGNORECASE)
