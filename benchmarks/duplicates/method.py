"""What every method's process does: read the collection, run, time it, and tell what it removed. Standard library only.

python METHOD.py corpus.jsonl result.json [--limit N]
"""

import argparse
import itertools
import json
import re
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

THRESHOLD = 0.8
PERMUTATIONS = 128
BANDS, ROWS = 21, 6

# Ids and texts in; out: each removed id with the id that is kept for it, where the method tells it.
Method = Callable[[Sequence[str], Sequence[str]], Mapping[str, str | None]]


def peak_bytes() -> int:
    """The largest resident size so far of this process alone (`ru_maxrss` of Linux counts its parent's too)."""
    status = Path("/proc/self/status")
    if status.is_file():
        return 1024 * int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1])  # type: ignore[index]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main(method: Method) -> None:
    """Runs the method on the collection that the command line names; reading it is not timed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    with options.corpus.open(encoding="utf-8") as lines:
        rows = map(json.loads, itertools.islice(lines, options.limit))
        pairs = [(row["id"], row["text"]) for row in rows]
    ids, texts = [one for one, _ in pairs], [text for _, text in pairs]
    del pairs
    before = peak_bytes()
    start, worked = time.perf_counter(), time.process_time()
    removed = dict(method(ids, texts))
    taken = {"seconds": time.perf_counter() - start, "worked": time.process_time() - worked}
    result = {"documents": len(ids), **taken, "peak": peak_bytes(), "before": before, "removed": removed}
    options.result.write_text(json.dumps(result), encoding="utf-8")
