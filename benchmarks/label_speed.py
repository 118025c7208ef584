"""How fast reports are labelled, where the time goes, beside a plain medspaCy pipeline, and what memory it takes.

Run by `benchmarks/language.py`. In: findings and impression of the Open-i reports (else of the demo reports). Times are
processor time of one process, which other work on the machine touches least; the two pipelines take turns in rounds.

speed       reports/s of `label_texts`, by step, and of medspaCy 1.3.1 (sentences, the same phrases as targets, context)
            in an environment that is made under the cache folder. Aim: 2,000 reports/s, or 3 times medspaCy.
memory      the peak of `radcurate label` for the reports once and eight times over.
"""

import csv
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from radcurate import label_table
from radcurate.engines.local import in_own_process, peak_memory
from radcurate.language.context import cue_finder
from radcurate.language.labels import label_texts, observed
from radcurate.language.lexicon import Lexicon
from radcurate.language.lexicon.entries import Finding
from radcurate.language.observations import observe
from radcurate.language.phrases import finder
from radcurate.language.reading import mentions
from radcurate.language.report_parts import parts
from radcurate.language.sentences import sentences
from radcurate.sources import openi_archive

MEDSPACY = ("medspacy==1.3.1", "setuptools<81")
LABEL_SET = "chexpert"
MEDSPACY_TEXTS = 400
TIMES_OVER = (1, 8)


def per_second(work: Callable[[str], object], texts: Sequence[str]) -> float:
    """Texts/s of one pass, in processor time."""
    start = time.process_time()
    for text in texts:
        work(text)
    return len(texts) / (time.process_time() - start)


def speed(console: Console, rounds: int, texts: Sequence[str], name: str) -> None:
    """Ours by step and beside medspaCy."""
    steps: dict[str, Callable[[str], object]] = {
        "headings": lambda text: list(parts(text)),
        "sentences": sentences,
        "phrases of the lexicon": finder().find,
        "cues": cue_finder().find,
        "mentions (those three, and the sweep)": mentions,
        "observations": observe,
        "the same, under headings that count": lambda text: list(observed(text)),
        "labels": lambda text: label_texts({"text": text}, LABEL_SET),
    }
    for step in steps.values():
        step(texts[0])
    made: dict[str, list[float]] = {step: [] for step in steps}
    for _ in range(rounds):
        for step, work in steps.items():
            made[step].append(per_second(work, texts))
    table = Table(f"{len(texts):,} reports of {name}", "reports/s", "µs a report")
    for step, values in made.items():
        median = statistics.median(values)
        table.add_row(step, f"{median:,.0f}", f"{1e6 / median:,.0f}")
    console.print(table)
    theirs = medspacy_speeds(console, texts[:MEDSPACY_TEXTS])
    if theirs is None:
        return
    table = Table(f"the first {MEDSPACY_TEXTS} of them", "reports/s", "ours beside it, in turns")
    for sentences_by, pairs in theirs.items():
        ratio = statistics.median(own / other for own, other in pairs)
        table.add_row(
            f"medspaCy, sentences by {sentences_by}",
            f"{statistics.median(other for _, other in pairs):,.0f}",
            f"{ratio:.1f} times",
        )
    console.print(table)


def medspacy_speeds(console: Console, texts: Sequence[str]) -> dict[str, list[tuple[float, float]]] | None:
    """Pairs of our speed and medspaCy's, taken one after the other; None where it cannot be installed."""
    python = openi_archive.cache_folder() / "medspacy" / "bin/python"
    try:
        if not python.is_file():
            subprocess.run([sys.executable, "-m", "venv", str(python.parent.parent)], check=True)
            subprocess.run(
                [python, "-m", "pip", "install", "--quiet", *MEDSPACY], check=True, capture_output=True, text=True
            )
        subprocess.run([python, "-c", "import medspacy"], check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        console.print(f"medspaCy cannot be installed here: {(error.stderr or str(error)).strip().splitlines()[-1]}")
        return None
    phrases = [
        phrase for phrase, entries in Lexicon.load().phrases.items() if any(isinstance(one, Finding) for one in entries)
    ]
    pairs: dict[str, list[tuple[float, float]]] = {}
    for _ in range(2):
        own = per_second(lambda text: label_texts({"text": text}, LABEL_SET), texts)
        asked = json.dumps({"texts": list(texts), "phrases": phrases, "rounds": 1})
        script = Path(__file__).with_name("medspacy_pipeline.py")
        done = subprocess.run([python, script], input=asked, capture_output=True, text=True, check=True)
        told = json.loads(done.stdout)
        for sentences_by, values in told["speeds"].items():
            pairs.setdefault(sentences_by, []).extend((own, value) for value in values)
    console.print(
        f"medspaCy {told['versions']['medspacy']} on spaCy {told['versions']['spacy']}, {len(phrases):,} phrases"
    )
    return pairs


def memory(console: Console, texts: Sequence[str]) -> None:
    """The peak of labelling a table, by its length."""
    table = Table("rows", "peak memory (MB)")
    with tempfile.TemporaryDirectory() as folder:
        for times in TIMES_OVER:
            path = Path(folder) / "in.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                rows = csv.writer(file)
                rows.writerow(["report"])
                rows.writerows([text] for _ in range(times) for text in texts)
            peak = in_own_process(_peak, path, Path(folder) / "out.csv")
            table.add_row(f"{times * len(texts):,}", f"{peak / 1e6:,.0f}")
    console.print(table)


def _peak(path: Path, out: Path) -> int:
    job = label_table.job(path, ("report",), LABEL_SET, {}, spans=True)
    label_table.label_table(job, label_table.scan(job.table), out, workers=1)
    return peak_memory()
