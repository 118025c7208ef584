"""Chest reports put together from invented phrases by a seeded generator, for tests that need thousands."""

import json
import random
from pathlib import Path

from radcurate.tasks import available as tasks_of_this_release

# Finding, impression and tag that belong together; `{side}` is left or right. Of the retrocardiac opacity the tag says
# more than the text.
ABNORMAL = (
    (
        "Blunting of the {side} costophrenic angle is in keeping with a small effusion.",
        "Small {side} pleural effusion.",
        "Pleural Effusion/{side}/small",
    ),
    (
        "Linear opacities at the {side} base represent subsegmental atelectasis.",
        "{Side} basilar atelectasis.",
        "Pulmonary Atelectasis/base/{side}",
    ),
    (
        "A calcified nodule of {size} mm in the {side} upper lobe is a granuloma.",
        "Calcified granuloma of the {side} upper lobe, {size} mm.",
        "Calcified Granuloma/lung/upper lobe/{side}",
    ),
    (
        "The cardiac silhouette is enlarged, with a cardiothoracic ratio of 0.{ratio}.",
        "Cardiomegaly without overt edema.",
        "Cardiomegaly",
    ),
    (
        "Patchy airspace opacity projects over the {side} lower lobe.",
        "{Side} lower lobe pneumonia; follow-up in {weeks} weeks is advised.",
        "Pneumonia/lower lobe/{side}",
    ),
    (
        "Hazy retrocardiac opacity obscures the medial hemidiaphragm.",
        "Retrocardiac opacity, atelectasis or pneumonia.",
        "Opacity/lung/lower lobe/left",
    ),
    (
        "A thin pleural line at the {side} apex is {size} mm from the chest wall.",
        "{Side} apical pneumothorax of {size} mm.",
        "Pneumothorax/apex/{side}",
    ),
)
NORMAL = (
    "The trachea is midline.",
    "Mediastinal contours are unremarkable.",
    "The hila are normal.",
    "No pneumothorax on the {other} side.",
    "The {other} lung is clear.",
    "Osseous structures are intact.",
    "The {other} hemidiaphragm is sharply outlined.",
    "Degenerative changes of the thoracic spine are mild.",
)
INDICATIONS = (
    "Cough for {weeks} weeks.",
    "Chest pain.",
    "Fever, day {weeks}.",
    "Dyspnea on exertion.",
    "Preoperative.",
)


def invented_report(number: int, chance: random.Random) -> dict[str, object]:
    """One report as a row of a table; two reports in three of every patient are no patient's only one."""
    side, other = chance.sample(("left", "right"), 2)
    words = {
        "side": side,
        "Side": side.capitalize(),
        "other": other,
        "size": chance.randint(3, 29),
        "ratio": chance.randint(55, 64),
        "weeks": chance.randint(2, 9),
    }
    finding, impression, tag = (part.format(**words) for part in chance.choice(ABNORMAL))
    normal = [sentence.format(**words) for sentence in chance.sample(NORMAL, chance.randint(3, 6))]
    return {
        "id": f"r{number:06d}",
        "patient": f"p{number // 3:06d}",
        "indication": chance.choice(INDICATIONS).format(**words),
        "findings": " ".join([finding, *normal]),
        "impression": impression,
        "tags": [tag],
    }


def invented_rows(count: int, seed: int = 1) -> list[dict[str, object]]:
    """`count` reports; the same seed gives the same."""
    chance = random.Random(seed)
    return [invented_report(number, chance) for number in range(count)]


RECIPE = """\
name = "invented"
version = "1.0.0"
title = "Invented reports"
description = "Reports that a test made up."

[sources.invented]
type = "table"
path = {path}
licence = "CC0-1.0"

[sources.invented.columns]
id = "id"
group = "patient"
indication = "indication"
findings = "findings"
impression = "impression"
tags = "tags"

[cleaning]
rules = ["unicode_nfc.v1", "spaces.v1", "empty_document.v1", "exact_duplicate.v1"]

"""


def write_recipe(folder: Path, tasks: tuple[str, ...], *names: str) -> Path:
    """A recipe in `folder` on the JSONL files `names` beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    text = RECIPE.format(path=json.dumps(list(names)))
    for task in tasks:
        generator = next(known for known in tasks_of_this_release() if known.rpartition(".")[0] == task)
        text += f'[tasks.{task}]\ngenerator = "{generator}"\n\n'
    path = folder / "invented.toml"
    path.write_text(text, encoding="utf-8")
    return path


def write_rows(path: Path, rows: list[dict[str, object]]) -> None:
    """Rows as JSONL."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")


ALL_TASKS = ("impression", "section_extraction", "tagging")


def write_invented(folder: Path, count: int, *, tasks: tuple[str, ...] = ALL_TASKS, seed: int = 1) -> Path:
    """`reports.jsonl` with `count` reports and the recipe that reads it; returns the recipe's path."""
    write_rows(folder / "reports.jsonl", invented_rows(count, seed))
    return write_recipe(folder, tasks, "reports.jsonl")
