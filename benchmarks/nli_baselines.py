"""How far the task `nli` can be answered without reading premise and hypothesis against each other.

    .venv/bin/python -m benchmarks.nli_baselines [--set sources.openi.path=NLMCXR_reports.tgz] [--release FOLDER]

In: a release with the task (else the bundled recipe `openi` is built with it). Out: the accuracy on the test split of
three models, each a logistic regression that was trained on the train split, beside chance (the share of the commonest
label), each with a Wilson interval; and for each rule the share that the best of them gets right, worst first. Aim:
none is more than 5 points above chance. Needs the extra `bench` (scikit-learn).

hypothesis      TF-IDF of the words and pairs of words of the hypothesis; the premise is not seen
overlap         the shares of common words: of all words, of the premise's, of the hypothesis's
negation        how many words of negation premise, hypothesis and both have, each number a class of its own
"""

import argparse
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from scipy.stats import binomtest
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from benchmarks.build import Stopwatch
from radcurate import recipe as recipes
from radcurate.build import build
from radcurate.engines.local import LocalEngine, usable_cores
from radcurate.tables import read_rows
from radcurate.tasks.triple_search import NEGATIONS

TASK = '[tasks.nli]\ngenerator = "nli.v2"\n'
_WORD = re.compile(r"[a-z0-9]+")
Row = dict[str, Any]


def texts(row: Row) -> tuple[str, str]:
    """Premise and hypothesis of a record."""
    premise, hypothesis = row["input"].split("\n")
    return premise.removeprefix("Premise: "), hypothesis.removeprefix("Hypothesis: ")


def hypothesis_only(row: Row) -> str:
    """What the first model sees."""
    return texts(row)[1]


def overlap(row: Row) -> dict[str, float]:
    """What the second sees."""
    one, other = (set(_WORD.findall(text.lower())) for text in texts(row))
    common = len(one & other)
    return {"all": common / len(one | other), "premise": common / len(one), "hypothesis": common / len(other)}


def negation(row: Row) -> dict[str, str]:
    """What the third sees."""
    counts = [sum(word in NEGATIONS for word in _WORD.findall(text.lower())) for text in texts(row)]
    return {"premise": str(counts[0]), "hypothesis": str(counts[1]), "both": str(sum(counts)), "each": str(counts)}


BASELINES: dict[str, tuple[Callable[[Row], Any], Callable[[], Any]]] = {
    "hypothesis": (hypothesis_only, lambda: TfidfVectorizer(ngram_range=(1, 2))),
    "overlap": (overlap, DictVectorizer),
    "negation": (negation, DictVectorizer),
}


def guesses(train: Sequence[Row], test: Sequence[Row]) -> dict[str, list[str]]:
    """The answers of each model to the test records."""
    answers = {}
    for name, (seen, vectorizer) in BASELINES.items():
        model = make_pipeline(vectorizer(), LogisticRegression(max_iter=1000))
        model.fit([seen(row) for row in train], [row["output"] for row in train])
        answers[name] = list(model.predict([seen(row) for row in test]))
    return answers


def show(console: Console, rows: dict[str, list[Row]]) -> None:
    """The tables."""
    train, test = rows["train"], rows["test"]
    for split, each in rows.items():
        console.print(f"{split}: {len(each):,} records, {dict(sorted(Counter(row['output'] for row in each).items()))}")
    answers = guesses(train, test)
    chance = max(Counter(row["output"] for row in test).values()) / len(test)
    table = Table("baseline", "accuracy on test", "95% interval", "points above chance")
    table.add_row("chance", f"{chance:.3f}", "", "")
    for name, given in answers.items():
        hits = sum(row["output"] == answer for row, answer in zip(test, given, strict=True))
        low, high = binomtest(hits, len(test)).proportion_ci(method="wilson")
        share = hits / len(test)
        table.add_row(name, f"{share:.3f}", f"{low:.3f} to {high:.3f}", f"{100 * (share - chance):+.1f}")
    console.print(table)
    right: dict[str, Counter[str]] = defaultdict(Counter)
    for number, row in enumerate(test):
        phenomenon = f"{row['output']} {row['rule']}"
        right[phenomenon]["records"] += 1
        for name, given in answers.items():
            right[phenomenon][name] += given[number] == row["output"]
    table = Table("rule, worst predicted first", "test records", *BASELINES)
    for phenomenon, counts in sorted(
        right.items(), key=lambda each: (max(each[1][name] for name in BASELINES) / each[1]["records"], each[0])
    ):
        shares = (f"{counts[name] / counts['records']:.2f}" for name in BASELINES)
        table.add_row(phenomenon, str(counts["records"]), *shares)
    console.print(table)


def released(folder: Path) -> dict[str, list[Row]]:
    """The records of the task by split."""
    return {
        split: [row for path in sorted((folder / "nli").glob(f"{split}-*.parquet")) for row in read_rows(path)]
        for split in ("train", "validation", "test")
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--release", type=Path)
    options = parser.parse_args()
    console = Console(highlight=False)
    if options.release:
        show(console, released(options.release))
        return
    with tempfile.TemporaryDirectory() as folder, LocalEngine(usable_cores()) as engine:
        path = Path(folder) / "openi.toml"
        text = recipes.locate("openi").read_text(encoding="utf-8")
        path.write_text(text[: text.index("[tasks.")] + TASK, encoding="utf-8")
        watch = Stopwatch()
        built = build(recipes.load(path, options.settings), Path(folder) / "out", engine, watch)
        for stage in ("derive/nli", "compare/nli"):
            console.print(f"{stage}: {watch.seconds[stage]:.1f} s")
            for name, count in sorted(watch.counts[stage].items()):
                if name.startswith(("records", "documents")):
                    console.print(f"  {name}: {count:,}")
        show(console, released(built.folder))


if __name__ == "__main__":
    main()
