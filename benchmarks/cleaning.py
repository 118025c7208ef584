"""How well and how fast documents are cleaned, side by side with what others use, in one run.

    .venv/bin/python -m benchmarks.cleaning [--part near-duplicates|rules]... [--documents 50000] [--more 500000]

Parts:
- near-duplicates: radcurate, datasketch document by document and by `MinHash.generator`, rensa and datatrove on the
  same invented texts with planted near-duplicates (`benchmarks/duplicates/`): documents/s, peak memory, recall,
  precision; then radcurate alone on ten times as many. Goals: 50, 8 and 2 times the first three, recall 0.99 and more
  at the threshold, precision 1, at most 12 times as long for 10 times the documents, peak memory under 4 GB.
- rules: documents/s of each cleaning rule and its share of all cleaning, and memory (`benchmarks/rules.py`).
"""

import argparse
import platform

from rich.console import Console

from benchmarks.duplicates.measure import compare, grow
from benchmarks.rules import show_memory, show_rules

PARTS = ("near-duplicates", "rules")
WIDTH = 140


def main() -> None:
    """Runs the parts that are asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", action="append", choices=PARTS, help="only this one; repeatable")
    parser.add_argument("--documents", type=int, default=50_000)
    parser.add_argument("--more", type=int, default=500_000, help="the larger collection; 0: none")
    parser.add_argument("--slow", type=int, default=5_000, help="documents for datatrove")
    options = parser.parse_args()
    console = Console(highlight=False, soft_wrap=True, width=WIDTH)
    console.print(f"Python {platform.python_version()}")
    parts = options.part or PARTS
    if "near-duplicates" in parts:
        compare(console, options.documents, min(options.slow, options.documents))
        if options.more:
            grow(console, options.documents, options.more)
    if "rules" in parts:
        show_rules(console)
        show_memory(console)


if __name__ == "__main__":
    main()
