"""How right the labels, devices and sides are, against the codes that people gave the Open-i reports.

Run by `benchmarks/language.py`. In: the Open-i archive and `findings_gold_dev.csv` beside it. The file is a look-up of
the MeSH heads in the same XML, so it is an index of each report and not a reading of its text or its images.

gold        ChestX-ray14 labels of findings and impression. The reports are parted by a hash of their id: errors are
            looked at in one half alone (development), the other is held apart.
development that half alone, by label: what to run while rules are written.
devices     device observations against the MeSH heads of devices; no rule is tuned on them.
sides       sides of observations against the sides in MeSH codes; no rule is tuned on them.
"""

import csv
import functools
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from radcurate.documents import Document
from radcurate.language.labels import Labelled, label_texts, names_of, observed
from radcurate.language.observations import Observation
from radcurate.sources import SourceSpec, load, openi_archive

SHARED = Path(__file__).parent.parent.parent / "shared/data"
GOLD = SHARED / "openi/findings_gold_dev.csv"
PLACES = (SHARED / "openi" / openi_archive.NAME, openi_archive.cache_folder() / openi_archive.NAME)
JUDGED = Path(__file__).with_suffix(".tsv")
LABEL_SET = "chestxray14"
# Hernia has no positive in the file and counts as missing.
NOT_SCORED = {"Hernia"}
FEWEST_POSITIVES = 20
SECTIONS = ("findings", "impression")

DEVICE_HEADS = ("Catheters, Indwelling", "Implanted Medical Device", "Medical Device", "Tube, Inserted", "Stents")
# Words of devices that MeSH codes under other heads (Surgical Instruments, Spinal Fusion, Foreign Bodies …).
OTHER_HEADS = (
    "clip", "wire", "suture", "staple", "fusion", "fixation", "hardware", "arthroplasty", "anchor", "plate", "cement",
    "breast implant", "marker", "jewelry", "bullet", "foreign body", "contrast", "plombage", "dental", "bar",
    "ecg leads",
)  # fmt: skip
SIDES = ("left", "right", "bilateral")
# MeSH heads with a side, and the words that the names of our findings for them hold.
SIDED_HEADS = {
    "Pulmonary Atelectasis": ("atelectasis", "collapse"),
    "Pleural Effusion": ("effusion", "fluid in the fissure"),
    "Pneumothorax": ("pneumothorax",),
    "Opacity": ("opacit", "airspace disease", "infiltrate", "density"),
    "Airspace Disease": ("airspace disease", "consolidation", "infiltrate"),
    "Infiltrate": ("infiltrate",),
    "Consolidation": ("consolidation",),
    "Pneumonia": ("pneumonia",),
    "Nodule": ("nodul",),
    "Mass": ("mass",),
    "Calcified Granuloma": ("granuloma",),
    "Granuloma": ("granuloma",),
    "Cicatrix": ("scar",),
    "Costophrenic Angle": ("blunting",),
    "Catheters, Indwelling": ("catheter", "port"),
    "Fractures, Bone": ("fracture",),
}


@functools.cache
def documents() -> dict[str, Document]:
    """The Open-i reports by number (`CXR1`), as parsed; ends the run where the archive is missing."""
    path = next((path for path in PLACES if path.is_file()), None)
    if path is None:
        raise SystemExit("the Open-i archive is not at hand: `make data` fetches it")
    items = load("openi").read(path, SourceSpec("openi", "openi", (path,), {}))
    return {one.document_id.removeprefix("openi:"): one for one in items if isinstance(one, Document)}


def texts_of(document: Document) -> dict[str, str]:
    """Findings and impression, those that are there."""
    return {name: text for name in SECTIONS if (text := document.text_of(name))}


def is_development(number: str) -> bool:
    """True for the half of the reports whose errors may be looked at."""
    return hashlib.sha256(number.encode()).digest()[-1] % 2 == 0


class Score(NamedTuple):
    """True positives, false positives, false negatives."""

    right: int
    extra: int
    missed: int

    @property
    def f1(self) -> float:
        """0 where there is nothing to find."""
        whole = 2 * self.right + self.extra + self.missed
        return 2 * self.right / whole if whole else 0.0


def gold_rows() -> dict[str, dict[str, bool]]:
    """The labels of the file by report."""
    if not GOLD.is_file():
        raise SystemExit(f"{GOLD.name} is not at hand")
    with GOLD.open(encoding="utf-8", newline="") as file:
        return {row["filename"]: {name: row[name] == "1" for name in scored()} for row in csv.DictReader(file)}


def scored() -> list[str]:
    """The labels that are scored."""
    return [name for name in names_of(LABEL_SET) if name not in NOT_SCORED and name != "No Finding"]


def scores(
    gold: Mapping[str, Mapping[str, bool]], ours: Mapping[str, Mapping[str, Labelled]], positive: Sequence[int]
) -> dict[str, Score]:
    """Each label's score where the values `positive` count as present."""
    made = {}
    for name in scored():
        pairs = Counter((gold[number][name], labels[name].value in positive) for number, labels in ours.items())
        made[name] = Score(pairs[True, True], pairs[False, True], pairs[True, False])
    return made


def micro(made: Iterable[Score]) -> float:
    """F1 over all labels together."""
    return Score(*map(sum, zip(*made, strict=True))).f1


def deciding(found: Labelled) -> str:
    """The class of the cue that gave a label its value."""
    return next(
        (_cue(piece.polarity, piece.cue) for piece in found.evidence if piece.value == found.value), "not mentioned"
    )


def _cue(polarity: str, cue: str) -> str:
    return "redacted" if polarity == "unknown" else cue


def gold(console: Console, rounds: int) -> None:
    """Labels against the file: totals of both halves, the rest of the half held apart only as far as it was judged."""
    rows = gold_rows()
    ours = _labelled(rows)
    halves = {
        "development": {number: found for number, found in ours.items() if is_development(number)},
        "held apart": {number: found for number, found in ours.items() if not is_development(number)},
        "all": ours,
    }
    _print_scores(console, rows, halves)
    _print_cues(console, rows, ours)
    for half in ("development", "held apart"):
        _print_disagreements(console, rows, half, halves[half])


def development(console: Console, rounds: int) -> None:
    """The half that may be looked at while rules are written, by label and by cue; nothing of the other is counted."""
    rows = {number: row for number, row in gold_rows().items() if is_development(number)}
    ours = _labelled(rows)
    _print_scores(console, rows, {"development": ours})
    table = Table("label, certain only", "right", "extra", "missed", "F1")
    for name, one in scores(rows, ours, (1,)).items():
        table.add_row(name, str(one.right), str(one.extra), str(one.missed), f"{one.f1:.2f}")
    console.print(table)
    _print_cues(console, rows, ours)
    _print_disagreements(console, rows, "development", ours)


Found = Mapping[str, Mapping[str, Labelled]]
"""The labels of each report, by its number."""


def _labelled(numbers: Iterable[str]) -> dict[str, dict[str, Labelled]]:
    return {number: label_texts(texts_of(documents()[number]), LABEL_SET) for number in numbers}


def _print_scores(console: Console, rows: Mapping[str, Mapping[str, bool]], halves: Mapping[str, Found]) -> None:
    large = [name for name in scored() if sum(row[name] for row in gold_rows().values()) >= FEWEST_POSITIVES]
    table = Table("reports", "number", "reading", "micro F1", f"macro F1 ({len(large)} labels of {FEWEST_POSITIVES}+)")
    for half, found in halves.items():
        for reading, positive in (("certain only", (1,)), ("uncertain as positive", (1, -1))):
            made = scores(rows, found, positive)
            macro = sum(made[name].f1 for name in large) / len(large)
            table.add_row(half, f"{len(found):,}", reading, f"{micro(made.values()):.3f}", f"{macro:.3f}")
    console.print(table)


def _print_cues(console: Console, rows: Mapping[str, Mapping[str, bool]], ours: Found) -> None:
    cues: dict[str, Counter[bool]] = {}
    for number, labels in ours.items():
        for name in scored():
            cues.setdefault(deciding(labels[name]), Counter())[rows[number][name]] += 1
    table = Table("cue class that decides", "gold 1", "gold 0")
    for cue, pairs in sorted(cues.items(), key=lambda item: -item[1][True]):
        table.add_row(cue, f"{pairs[True]:,}", f"{pairs[False]:,}")
    console.print(table)


def _print_disagreements(console: Console, rows: Mapping[str, Mapping[str, bool]], half: str, found: Found) -> None:
    """Those of a half, sorted by whose they are as judged; of the half held apart, those named before any rule."""
    judged = {}
    if JUDGED.is_file():
        lines = JUDGED.read_text(encoding="utf-8").splitlines()
        judged = {
            tuple(line.split("\t")[:2]): line.split("\t")[2] for line in lines if line and not line.startswith("#")
        }
    whose: dict[str, list[str]] = {}
    for number, labels in found.items():
        for name in scored():
            if rows[number][name] != (labels[name].value == 1):
                whose.setdefault(judged.get((number, name), "not judged"), []).append(f"{number} {name}")
    table = Table(f"{half}: whose disagreement", "number", "which")
    for owner, pairs in sorted(whose.items()):
        table.add_row(owner, str(len(pairs)), ", ".join(sorted(pairs)) if owner != "not judged" else "not opened")
    console.print(table)


def observations_of(document: Document) -> Iterator[Observation]:
    """What is observed in findings and impression and is not denied or of another time."""
    for text in texts_of(document).values():
        for _, one in observed(text):
            if one.polarity in ("present", "uncertain", "unknown"):
                yield one


def devices(console: Console, rounds: int) -> None:
    """Reports with a device against those that are coded with one."""
    pairs: Counter[tuple[bool, bool]] = Counter()
    by_head: dict[str, Counter[bool]] = {head: Counter() for head in DEVICE_HEADS}
    for document in documents().values():
        heads = {tag.split("/")[0] for tag in document.tags} & set(DEVICE_HEADS)
        found = any(
            one.kind == "device" and not any(word in one.finding for word in OTHER_HEADS)
            for one in observations_of(document)
        )
        pairs[bool(heads), found] += 1
        for head in heads:
            by_head[head][found] += 1
    score = Score(pairs[True, True], pairs[False, True], pairs[True, False])
    coded, ours = score.right + score.missed, score.right + score.extra
    console.print(
        f"devices: {coded} reports are coded with a device, {ours} have one by our observations: "
        f"recall {score.right / coded:.3f}, precision {score.right / ours:.3f}, F1 {score.f1:.3f}"
    )
    table = Table("MeSH head", "coded reports", "with a device by our observations")
    for head, seen in by_head.items():
        table.add_row(head, str(seen.total()), f"{seen[True] / seen.total():.3f}")
    console.print(table)


def sides(console: Console, rounds: int) -> None:
    """Sides in codes against sides of observations: of the whole report, and of the finding that is coded."""
    reports = asked = told = 0
    codes: Counter[str] = Counter()
    for document in documents().values():
        coded = {side for tag in document.tags for side in tag.split("/")[1:] if side in SIDES}
        if not coded:
            continue
        reports += 1
        seen = list(observations_of(document))
        ours = _sides(one.side for one in seen)
        asked += len(_sides(coded))
        told += len(_sides(coded) & ours)
        for tag in document.tags:
            head, *qualifiers = tag.split("/")
            side = _sides(side for side in qualifiers if side in SIDES)
            if side and head in SIDED_HEADS:
                of_head = [one for one in seen if any(word in one.finding for word in SIDED_HEADS[head])]
                found = _sides(one.side for one in of_head)
                codes[
                    "finding not seen"
                    if not of_head
                    else "no side"
                    if not found
                    else "agrees"
                    if side <= found
                    else "other side"
                ] += 1
    console.print(
        f"sides: {reports:,} reports have a side in their codes; of {asked:,} sides (bilateral is both) {told:,} "
        f"({told / asked:.3f}) are that of an observation"
    )
    table = Table("codes of a finding with a side", "number", "share")
    for what, number in codes.most_common():
        table.add_row(what, f"{number:,}", f"{number / codes.total():.3f}")
    console.print(table)


def _sides(given: Iterable[str | None]) -> set[str]:
    return {one for side in given if side for one in (("left", "right") if side == "bilateral" else (side,))}
