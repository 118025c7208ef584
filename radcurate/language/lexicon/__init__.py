"""The lexicon: what radiologists call findings, devices, places and changes, and what each counts as in a label set.

In: the tables of this folder (tab-separated, `#` begins a comment, `-` is empty, phrases as `patterns.py` reads them).
Out: `Lexicon.load()`, one frozen object a process. To add a word is to add it to a table: nothing else changes.
"""

import functools
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from radcurate.errors import DataError
from radcurate.language.lexicon.entries import (
    LAYERS,
    Adjective,
    Blocker,
    Entry,
    Finding,
    Label,
    Modifier,
    Normal,
    Place,
    Predicate,
    Subject,
)
from radcurate.language.lexicon.patterns import phrases

FOLDER = Path(__file__).parent
FINDINGS = ("lungs", "pleura", "heart_mediastinum", "bones_chest_wall", "abdomen_pelvis", "other_systems", "devices")


@dataclass(frozen=True)
class LabelSet:
    """A label set: its labels in order, the label for a report without findings, the kinds of finding that block it,
    the labels that do not; the findings that only words which name them deny; and what a mention counts as by the class
    of its cue: present, uncertain (nothing where none is named)."""

    labels: tuple[str, ...]
    no_finding: str | None
    blocked_by: tuple[str, ...]
    despite: tuple[str, ...]
    by_name_alone: frozenset[str]
    counts_as: Mapping[str, str]


@dataclass(frozen=True)
class Lexicon:
    """Findings, places and modifiers by name, every phrase with what it means (one entry a layer at most).

    `readings` says what a finding means at a place of another region: ("mass", "breast") is "breast mass".
    """

    findings: Mapping[str, Finding]
    places: Mapping[str, Place]
    phrases: Mapping[str, tuple[Entry, ...]]
    readings: Mapping[tuple[str, str], str]
    label_sets: Mapping[str, LabelSet]

    @staticmethod
    @functools.cache
    def load() -> "Lexicon":
        """The lexicon of this package, read once a process; a table that is wrong raises `DataError`."""
        findings = {finding.name: (finding, words) for finding, words in _findings()}
        places = {place.name: (place, words) for place, words in _places()}
        meanings: dict[str, tuple[Entry, ...]] = {}
        named: list[tuple[Entry, Iterable[str]]] = [
            *findings.values(),
            *places.values(),
            *_others(),
            *_adjectives(findings),
        ]
        for entry, words in named:
            alone = (entry,)
            for phrase in words:
                known = meanings.setdefault(phrase, alone)
                if known is not alone:
                    if any(LAYERS[type(other)] == LAYERS[type(entry)] for other in known):
                        raise DataError(f"lexicon: {phrase!r} names both {known[0].name!r} and {entry.name!r}")
                    meanings[phrase] = (*known, entry)
        lexicon = Lexicon(
            MappingProxyType({name: finding for name, (finding, _) in findings.items()}),
            MappingProxyType({name: place for name, (place, _) in places.items()}),
            MappingProxyType(meanings),
            MappingProxyType({(name, region): other for name, region, other in _rows("readings", 3)}),
            MappingProxyType(_label_sets()),
        )
        lexicon._refuse_unknown()
        return lexicon

    def reading(self, finding: Finding, region: str) -> Finding:
        """What `finding` means at a place of this region: itself, unless `readings.tsv` says otherwise."""
        return self.findings[self.readings.get((finding.name, region), finding.name)]

    def labels(self, finding: Finding, label_set: str, region: str | None = None) -> tuple[Label, ...]:
        """The labels that `finding` stands for in a set; `region` is that of its place, None where none is said."""
        return tuple(label for label in finding.labels[label_set] if region in (None, label.region) or not label.region)

    def _refuse_unknown(self) -> None:
        entries = {id(entry): entry for means in self.phrases.values() for entry in means}.values()
        denied = {name for entry in entries if isinstance(entry, Normal | Subject) for name in entry.denies}
        named = denied.union(*((name, other) for (name, _), other in self.readings.items()))
        if unknown := sorted(named - self.findings.keys()):
            raise DataError(f"lexicon: no finding is called {', '.join(map(repr, unknown))}")
        for name, label_set in self.label_sets.items():
            given = {label.name for finding in self.findings.values() for label in finding.labels[name]}
            if unknown := sorted(given - set(label_set.labels)):
                raise DataError(f"lexicon: {name} has no label {', '.join(map(repr, unknown))}")


def _rows(table: str, columns: int) -> Iterator[tuple[str, ...]]:
    """The rows of a table, each of exactly so many columns, `-` read as empty."""
    for number, line in enumerate((FOLDER / f"{table}.tsv").read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            cells = tuple("" if cell == "-" else cell for cell in line.split("\t"))
            if len(cells) != columns:
                raise DataError(f"lexicon/{table}.tsv, line {number}: {len(cells)} columns, expected {columns}")
            yield cells


@functools.cache
def _groups(table: str) -> Mapping[str, str]:
    return {name: group for name, group in _rows(table, 2)}


def _words(*patterns: str) -> list[str]:
    return phrases(";".join(patterns), _groups("macros"), _groups("spellings"))


def _names(cell: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in cell.split(";") if name.strip())


def _findings() -> Iterator[tuple[Finding, list[str]]]:
    for table in FINDINGS:
        for name, kind, region, oidm_id, code, source, chexpert, chestxray14, words in _rows(table, 9):
            labels = {"chexpert": _labels(chexpert), "chestxray14": _labels(chestxray14)}
            finding = Finding(name, kind, region, oidm_id or None, code or None, source, MappingProxyType(labels))
            yield finding, _words(name, words)


def _labels(cell: str) -> tuple[Label, ...]:
    """`Edema`, `Mass@lung`, `Cardiomegaly?`."""
    parted = (name.removesuffix("?").partition("@") for name in _names(cell))
    uncertain = (name.endswith("?") for name in _names(cell))
    return tuple(Label(name, region or None, maybe) for (name, _, region), maybe in zip(parted, uncertain, strict=True))


def _places() -> Iterator[tuple[Place, list[str]]]:
    for name, kind, region, side, words in _rows("anatomy", 5):
        yield Place(name, kind, region, side or None), _words(name, words)


def _others() -> Iterator[tuple[Entry, Iterable[str]]]:
    for name, kind, words in _rows("modifiers", 3):
        yield Modifier(name, kind), _words(name, words)
    for reason, words in _rows("blockers", 2):
        yield Blocker(reason), _words(words)
    for name, denies, words in _rows("statements", 3):
        yield Normal(name, _names(denies)), _words(name, words)
    predicates = {}
    for kind, plain, more in _rows("predicates", 3):
        predicates[kind] = plain
        yield Predicate(kind), _words(plain, more)
    for name, denies, kinds, words in _rows("normal", 4):
        yield Subject(name, _names(denies), _names(kinds)), _words(words)
        if denies:
            subject, said = (
                words.replace(";", "|"),
                "|".join(predicates[kind] for kind in _names(kinds)).replace(";", "|"),
            )
            yield (
                Normal(name, _names(denies)),
                _words(f"({subject})( is| are| appears|) ({said})", f"({said}) ({subject})"),
            )


def _adjectives(findings: Mapping[str, tuple[Finding, list[str]]]) -> Iterator[tuple[Adjective, Iterable[str]]]:
    """Each adjective with the finding that it names of each subject; a finding that is not known raises `DataError`."""
    said: dict[str, dict[str, Finding]] = {}
    for subject, finding, words in _rows("adjectives", 3):
        if finding not in findings:
            raise DataError(f"lexicon: no finding is called {finding!r}")
        for word in _words(words):
            said.setdefault(word, {})[subject] = findings[finding][0]
    for word, by_subject in said.items():
        yield Adjective(word, MappingProxyType(by_subject)), (word,)


def _label_sets() -> dict[str, LabelSet]:
    data = tomllib.loads((FOLDER / "label_sets.toml").read_text(encoding="utf-8"))
    return {
        name: LabelSet(
            tuple(entry["labels"]),
            entry.get("no_finding"),
            tuple(entry.get("blocked_by", ())),
            tuple(entry.get("despite", ())),
            frozenset(entry.get("by_name_alone", ())),
            MappingProxyType(entry["counts_as"]),
        )
        for name, entry in data.items()
    }
