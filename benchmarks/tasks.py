"""How right the records of a task are: drawn, read one by one by someone who has not seen rule or answer, and counted.

    .venv/bin/python -m benchmarks.tasks draw RELEASE --task nli --number 60 --round 1 --out FOLDER
    .venv/bin/python -m benchmarks.tasks reveal FOLDER
    .venv/bin/python -m benchmarks.tasks add FOLDER --reader NAME
    .venv/bin/python -m benchmarks.tasks rates [--write]

`draw` takes records by a hash of the manifest's seal, the round and the record: half of them as they come, half of
them class by class of the cues in their evidence, so that rare ways of speaking are read too. It writes `sheet.jsonl`
(instruction and input, nothing else), `key.jsonl` (answer and evidence) and `answers.csv`, whose column `own_answer`
the reader fills in first. `reveal` then prints each record with both answers and its evidence, and refuses while an own
answer is missing. The reader fills in `verdict` (right, wrong, doubtful) and `cause`, and `add` puts the rows into
`docs/reads.csv`, which holds no text of any collection. `rates` prints the share that was right by task version and
round, with Wilson intervals; doubtful counts as wrong. `--write` puts it into `radcurate/quality.json`, which goes into
every release with the task.
"""

import argparse
import csv
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from scipy.stats import binomtest

from radcurate.language.observations import observe
from radcurate.release import manifest as manifests
from radcurate.tables import read_rows

ROOT = Path(__file__).parent.parent
READS = ROOT / "docs/reads.csv"
QUALITY = ROOT / "radcurate/quality.json"
COLUMNS = ("record_id", "task", "release", "round", "reader", "verdict", "cause")
ANSWERS = ("number", "own_answer", "verdict", "cause")
VERDICTS = ("right", "wrong", "doubtful")
UNREAD = "plain text"

Row = dict[str, Any]


def draw(release: Path, task: str, number: int, round_: int, out: Path) -> int:
    """Writes the sheet, the key and the empty answers of one draw, and returns how many records it has."""
    manifest = manifests.read(release)
    records = [row for path in sorted((release / task).glob("*.parquet")) for row in read_rows(path)]
    seed = f"{manifest['self_sha256']} {round_}"
    records.sort(key=lambda record: hashlib.sha256(f"{seed} {record['record_id']}".encode()).digest())
    texts = _texts(release, {name for record in records for name in record["document_ids"]})
    chosen = _chosen(records, texts, number)
    out.mkdir(parents=True, exist_ok=True)
    name = f"{manifest['name']} {manifest['version']} {manifest['self_sha256'][:12]}"
    with (out / "sheet.jsonl").open("w", encoding="utf-8") as sheet, (out / "key.jsonl").open("w") as key:
        for place, record in enumerate(chosen, 1):
            shown = {"number": place, "instruction": record["instruction"], "input": record["input"]}
            sheet.write(json.dumps(shown, ensure_ascii=False) + "\n")
            kept = ("record_id", "generator", "output", "uncertain", "flags", "rule")
            evidence = [_shown(texts, piece) for piece in record["evidence"]]
            key.write(
                json.dumps(
                    {
                        "number": place,
                        "release": name,
                        "round": round_,
                        **{column: record[column] for column in kept},
                        "evidence": evidence,
                    }
                )
                + "\n"
            )
    with (out / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(ANSWERS)
        writer.writerows([place, "", "", ""] for place in range(1, len(chosen) + 1))
    return len(chosen)


def _texts(release: Path, wanted: set[str]) -> dict[tuple[str, str], str]:
    """The text of every section of these documents."""
    return {
        (row["document_id"], section["name"]): section["text"]
        for path in sorted((release / "documents").glob("*.parquet"))
        for row in read_rows(path, ["document_id", "sections"])
        if row["document_id"] in wanted
        for section in row["sections"]
    }


def _shown(texts: dict[tuple[str, str], str], piece: Row) -> str:
    """A piece of evidence as its document, its section and its words; of a field, the field's name alone."""
    words = texts.get((piece["document_id"], piece["section"]), "")[piece["start"] : piece["end"]]
    return f"{piece['document_id']} {piece['section']}: {words}"


def _chosen(records: Sequence[Row], texts: dict[tuple[str, str], str], number: int) -> list[Row]:
    """Half of the draw in the order of the records, the rest taken from one class of cue after the other."""
    chosen = list(records[: number // 2])
    taken = {record["record_id"] for record in chosen}
    classes: dict[str, list[Row]] = defaultdict(list)
    for record in records:
        if record["record_id"] not in taken:
            for name in _cues(record, texts):
                classes[name].append(record)
    while len(chosen) < min(number, len(records)):
        for name in sorted(classes):
            waiting = (record for record in classes[name] if record["record_id"] not in taken)
            record = next(waiting, None)
            if record is not None and len(chosen) < number:
                chosen.append(record)
                taken.add(record["record_id"])
    return chosen


def _cues(record: Row, texts: dict[tuple[str, str], str]) -> set[str]:
    """The classes of cue in a record's evidence."""
    pieces = [
        texts.get((piece["document_id"], piece["section"]), "")[piece["start"] : piece["end"]]
        for piece in record["evidence"]
    ]
    return {one.cue for piece in pieces for one in observe(piece)} or {UNREAD}


def reveal(folder: Path) -> Iterator[str]:
    """Each record with the reader's own answer and the task's; raises `SystemExit` while one was not answered."""
    answers = {int(row["number"]): row for row in _csv(folder / "answers.csv")}
    missing = [number for number, row in answers.items() if not row["own_answer"].strip()]
    if missing:
        raise SystemExit(f"{folder / 'answers.csv'}: own_answer is missing for {missing}: answer before you look")
    keys = _jsonl(folder / "key.jsonl")
    for shown, key in zip(_jsonl(folder / "sheet.jsonl"), keys, strict=True):
        own = answers[key["number"]]["own_answer"]
        evidence = "\n".join(key["evidence"])
        yield (
            f"=== {key['number']} {shown['instruction']}\n{shown['input']}\n--- own answer: {own}\n"
            f"--- answer: {key['output']}\n--- uncertain: {', '.join(key['uncertain']) or 'none'}\n"
            f"--- evidence:\n{evidence}\n"
        )


def add(folder: Path, reader: str) -> int:
    """Puts the verdicts of a draw into `docs/reads.csv`; raises `SystemExit` where one is missing or unknown."""
    keys = {key["number"]: key for key in _jsonl(folder / "key.jsonl")}
    rows = [*_csv(READS)] if READS.is_file() else []
    known = {(row["record_id"], row["task"], row["round"], row["reader"]) for row in rows}
    added = 0
    for answer in _csv(folder / "answers.csv"):
        key = keys[int(answer["number"])]
        verdict = answer["verdict"].strip().lower()
        if verdict not in VERDICTS:
            raise SystemExit(f"{folder / 'answers.csv'}: number {answer['number']}: verdict is one of {VERDICTS}")
        row = {
            "record_id": key["record_id"],
            "task": key["generator"],
            "release": key["release"],
            "round": str(key["round"]),
            "reader": reader,
            "verdict": verdict,
            "cause": " ".join(answer["cause"].split()),
        }
        if (row["record_id"], row["task"], row["round"], row["reader"]) not in known:
            rows.append(row)
            added += 1
    with READS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return added


def rates() -> dict[str, list[dict[str, Any]]]:
    """By task version, for each round: how many records were read and right, that share, and its 95% interval."""
    counted: dict[str, dict[int, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    corpora: dict[tuple[str, int], set[str]] = defaultdict(set)
    for row in _csv(READS):
        round_ = int(row["round"])
        counted[row["task"]][round_][row["verdict"]] += 1
        corpora[row["task"], round_].add(row["release"].split()[0])
    found: dict[str, list[dict[str, Any]]] = {}
    for task, rounds in sorted(counted.items()):
        found[task] = []
        for round_, verdicts in sorted(rounds.items()):
            read, right = verdicts.total(), verdicts["right"]
            low, high = binomtest(right, read).proportion_ci(method="wilson")
            found[task].append(
                {
                    "round": round_,
                    "read": read,
                    "right": right,
                    "share": round(right / read, 4),
                    "interval": [round(low, 4), round(high, 4)],
                    "corpora": sorted(corpora[task, round_]),
                }
            )
    return found


def quality_text() -> str:
    """`radcurate/quality.json`, from `docs/reads.csv`."""
    return json.dumps(rates(), indent=2, sort_keys=True) + "\n"


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _jsonl(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    description, _, _ = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(description=description)
    commands = parser.add_subparsers(dest="command", required=True)
    drawing = commands.add_parser("draw", help="draw records of a release to read")
    drawing.add_argument("release", type=Path)
    drawing.add_argument("--task", required=True)
    drawing.add_argument("--number", type=int, default=60)
    drawing.add_argument("--round", type=int, default=1)
    drawing.add_argument("--out", type=Path, required=True)
    revealing = commands.add_parser("reveal", help="print each record with both answers")
    revealing.add_argument("folder", type=Path)
    adding = commands.add_parser("add", help="put the verdicts into docs/reads.csv")
    adding.add_argument("folder", type=Path)
    adding.add_argument("--reader", required=True)
    rating = commands.add_parser("rates", help="print the rates")
    rating.add_argument("--write", action="store_true", help="into radcurate/quality.json too")
    given = parser.parse_args()
    if given.command == "draw":
        print(f"{draw(given.release, given.task, given.number, given.round, given.out)} records in {given.out}")
    elif given.command == "reveal":
        print("\n".join(reveal(given.folder)))
    elif given.command == "add":
        print(f"{add(given.folder, given.reader)} rows added to {READS.name}")
    else:
        for task, rounds in rates().items():
            for one in rounds:
                low, high = one["interval"]
                corpora = ", ".join(one["corpora"])
                print(
                    f"{task:<24} round {one['round']}  {one['right']:>3} of {one['read']:>3} right  "
                    f"{one['share']:.1%} ({low:.1%} to {high:.1%})  {corpora}"
                )
        if given.write:
            QUALITY.write_text(quality_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
