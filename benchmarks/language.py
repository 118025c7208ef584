"""What the language layer costs and how right it is, measured.

    .venv/bin/python -m benchmarks.language [MEASUREMENT]... [--rounds 5]

In: findings and impression of the Open-i reports where the archive is at hand (`make data`), else of the demo reports.
Out: tables on stdout. Each measurement is one function in `MEASUREMENTS`, and runs alone where it is named:

phrases     finding every phrase of the lexicon, from text to matches, beside spaCy's PhraseMatcher (its tokenising
            included). The two must find the same in every document before either is timed; see `refuse_unequal`.
            They take turns in every round; a ratio is the median over the rounds. Aim: 4 times PhraseMatcher.
observations
            sentences and observations of every report, beside spaCy's sentencizer and PhraseMatcher over the same
            phrases, which find words and bind nothing. Aim: 2,000 reports/s on one quiet core.
polarity    the set of `tests/language/sets/polarity.jsonl`, by category. Aim: 0.97 of all entries.
gold, development, devices, sides
                        labels, devices and sides against the codes of Open-i; see `label_gold.py`.
speed, memory           of labelling, beside medspaCy; see `label_speed.py`.
"""

import argparse
import platform
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

import spacy
from rich.console import Console
from rich.table import Table
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from benchmarks import label_gold, label_speed
from radcurate import recipe as recipes
from radcurate.documents import Document
from radcurate.language.lexicon import Lexicon
from radcurate.language.observations import observe
from radcurate.language.phrases import JOINTS, PhraseFinder, finder, flattened
from radcurate.language.sentences import sentences
from radcurate.sources import load, openi_archive
from tests.language.polarity import entries, slips

OPENI = (
    Path(__file__).parent.parent.parent / "shared/data/openi" / openi_archive.NAME,
    openi_archive.cache_folder() / openi_archive.NAME,
)


def reports() -> tuple[str, list[str]]:
    """The name of the collection, and findings and impression of each of its reports that has any."""
    archive = next((path for path in OPENI if path.is_file()), None)
    name = "openi" if archive else "demo"
    settings = (f"sources.openi.path={archive}",) if archive else ()
    texts = []
    for source in recipes.load(recipes.locate(name), settings, None).sources:
        for path in source.paths:
            for document in load(source.type).read(path, source):
                if isinstance(document, Document) and document.kind == "report":
                    texts.append(f"{document.text_of('findings')}\n\n{document.text_of('impression')}")
    return name, [text for text in texts if text.strip()]


def per_second(work: Callable[[str], object], texts: list[str]) -> float:
    """Texts/s of one pass, in processor time, which other work on the machine touches least."""
    start = time.process_time()
    for text in texts:
        work(text)
    return len(texts) / (time.process_time() - start)


class SpacyPhrases:
    """The same phrases with `PhraseMatcher(attr="LOWER")` on a blank English pipeline, which reads a text whose joints
    are blanks already (PhraseMatcher itself knows neither hyphens nor line breaks as such); see `joined`."""

    def __init__(self, phrases: list[str]) -> None:
        self.pipeline = spacy.blank("en")
        self.matcher = PhraseMatcher(self.pipeline.vocab, attr="LOWER")
        self.numbers: dict[int, int] = {}
        for number, phrase in enumerate(phrases):
            key = f"phrase {number}"
            self.matcher.add(key, [self.pipeline.make_doc(phrase.replace("'", " "))])
            self.numbers[self.pipeline.vocab.strings[key]] = number

    def matches(self, plain: str) -> tuple[Doc, list[tuple[int, int, int]]]:
        """Matches by the number of the key and the numbers of tokens."""
        doc = self.pipeline.make_doc(plain)
        return doc, self.matcher(doc)


def joined(text: str) -> tuple[str, Sequence[int]]:
    """`text` with one blank for each joint, as the phrase finder reads it, and the place of each of its characters."""
    places = flattened(text).places or range(len(text))
    return "".join(" " if text[place] in JOINTS else text[place] for place in places), places


def refuse_unequal(texts: list[str], ours: PhraseFinder, theirs: SpacyPhrases) -> tuple[int, int]:
    """Equal: of every document, all overlapping matches that begin and end where spaCy begins and ends a token are the
    same. Returns how many those are, and how many more we find: words that spaCy leaves joined ("clear/heart")."""
    equal = more = 0
    for text in texts:
        plain, places = joined(text)
        doc, matches = theirs.matches(plain)
        tokens = [(places[token.idx], places[token.idx + len(token) - 1] + 1) for token in doc]
        wanted = {(theirs.numbers[key], tokens[start][0], tokens[end - 1][1]) for key, start, end in matches}
        starts, ends = {start for start, _ in tokens}, {end for _, end in tokens}
        found = set(ours.occurrences(text))
        at_tokens = {(number, start, end) for number, start, end in found if start in starts and end in ends}
        if at_tokens != wanted:
            phrases = [ours.phrases[number] for number, _, _ in sorted(at_tokens ^ wanted)]
            raise SystemExit(f"not found by both: {phrases} in\n{text}")
        equal += len(wanted)
        more += len(found) - len(wanted)
    return equal, more


def phrases(console: Console, rounds: int) -> None:
    """The phrase finder beside PhraseMatcher."""
    start = time.process_time()
    lexicon = Lexicon.load()
    read = time.process_time()
    ours = PhraseFinder(lexicon.phrases)
    built = time.process_time()
    console.print(f"the lexicon is read in {(read - start) * 1000:.0f} ms, the automaton built in", end=" ")
    console.print(f"{(built - read) * 1000:.0f} ms (processor time): {len(ours.phrases):,} phrases")
    name, texts = reports()
    plain = [joined(text)[0] for text in texts]
    theirs = SpacyPhrases(list(ours.phrases))
    equal, more = refuse_unequal(texts, ours, theirs)
    console.print(f"{len(texts):,} reports of {name}: {equal:,} matches found by both, {more:,} more inside tokens")
    works: dict[str, tuple[Callable[[str], object], list[str]]] = {
        "every match (PhraseFinder.occurrences)": (ours.occurrences, texts),
        "those that count (PhraseFinder.find)": (ours.find, texts),
        "PhraseMatcher and its tokenizer": (theirs.matches, plain),
    }
    speeds: dict[str, list[float]] = {work: [] for work in works}
    for _ in range(rounds):
        for work, (function, inputs) in works.items():
            speeds[work].append(per_second(function, inputs))
    table = Table("phrases", "reports/s", "times PhraseMatcher")
    for work, values in speeds.items():
        pairs = zip(values, speeds["PhraseMatcher and its tokenizer"], strict=True)
        ratio = statistics.median(own / other for own, other in pairs)
        table.add_row(work, f"{statistics.median(values):,.0f}", f"{ratio:.1f}")
    console.print(table)


def speed(console: Console, rounds: int) -> None:
    """Labelling, by step and beside medspaCy."""
    name, texts = reports()
    label_speed.speed(console, rounds, texts, name)


def memory(console: Console, rounds: int) -> None:
    """What labelling a table takes."""
    label_speed.memory(console, reports()[1])


def observations(console: Console, rounds: int) -> None:
    """Reading reports beside a spaCy pipeline that only finds sentences and phrases."""
    name, texts = reports()
    theirs = SpacyPhrases(list(finder().phrases))
    theirs.pipeline.add_pipe("sentencizer")
    plain = [joined(text)[0] for text in texts]
    works: dict[str, tuple[Callable[[str], object], list[str]]] = {
        "observations (observe)": (observe, texts),
        "sentences alone": (sentences, texts),
        "spaCy: sentencizer": (theirs.pipeline, plain),
        "spaCy: sentencizer and PhraseMatcher": (lambda text: theirs.matcher(theirs.pipeline(text)), plain),
    }
    observe(texts[0])
    speeds: dict[str, list[float]] = {work: [] for work in works}
    for _ in range(rounds):
        for work, (function, inputs) in works.items():
            speeds[work].append(per_second(function, inputs))
    characters = sum(map(len, texts)) / len(texts)
    console.print(f"{len(texts):,} reports of {name}, findings and impression, {characters:.0f} characters each")
    table = Table("reading", "reports/s", "best round", "times sentencizer and PhraseMatcher")
    for work, values in speeds.items():
        pairs = zip(values, speeds["spaCy: sentencizer and PhraseMatcher"], strict=True)
        ratio = statistics.median(own / other for own, other in pairs)
        table.add_row(work, f"{statistics.median(values):,.0f}", f"{max(values):,.0f}", f"{ratio:.2f}")
    console.print(table)


def polarity(console: Console, rounds: int) -> None:
    """How much of the polarity set holds."""
    everything = entries()
    wrong = [slip for entry in everything for slip in slips(entry)]
    failing = {slip.entry: slip.category for slip in wrong}
    table = Table("category", "entries", "right", "rate")
    sizes = Counter(entry["category"] for entry in everything)
    for category, size in sizes.items():
        right = size - sum(other == category for other in failing.values())
        table.add_row(category, str(size), str(right), f"{right / size:.3f}")
    right = len(everything) - len(failing)
    table.add_row("all", str(len(everything)), str(right), f"{right / len(everything):.3f}")
    console.print(table)
    findings = sum(len(entry["expected"]) for entry in everything)
    console.print(f"of {findings} findings {findings - len(wrong)} right: {1 - len(wrong) / findings:.3f}")
    for slip in wrong:
        console.print(f"{slip.entry}  {slip.text!r}  {slip.finding}: {slip.wrong}", markup=False, highlight=False)


MEASUREMENTS: dict[str, Callable[[Console, int], None]] = {
    "phrases": phrases,
    "observations": observations,
    "polarity": polarity,
    "gold": label_gold.gold,
    "development": label_gold.development,
    "devices": label_gold.devices,
    "sides": label_gold.sides,
    "speed": speed,
    "memory": memory,
}


def main() -> None:
    """Runs the measurements asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measurements", nargs="*", choices=[*MEASUREMENTS, []], metavar="MEASUREMENT")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    console = Console()
    console.print(f"Python {platform.python_version()}, spaCy {metadata.version('spacy')}, {asked.rounds} rounds")
    for name in asked.measurements or MEASUREMENTS:
        MEASUREMENTS[name](console, asked.rounds)


if __name__ == "__main__":
    main()
