"""A plain medspaCy pipeline, timed: run by `benchmarks/label_speed.py` in an environment of its own.

In, on stdin: JSON with `texts` and `phrases` (of findings, lower case) and `rounds`. Out, on stdout: JSON with the
versions and, for each pipeline, texts/s of processor time in every round.
"""

import json
import sys
import time
from importlib import metadata

import medspacy
from loguru import logger
from medspacy.target_matcher import TargetRule

# PyRuSH tells its log every sentence of every report.
logger.remove()


def pipeline(sentences: str) -> object:
    """Sentences by PyRuSH, as `medspacy.load()` has it, or by spaCy's sentencizer; then targets and context."""
    if sentences == "PyRuSH":
        return medspacy.load()
    made = medspacy.load(medspacy_enable=["medspacy_target_matcher", "medspacy_context"])
    made.add_pipe("sentencizer", first=True)
    return made


def main() -> None:
    """Reads, times and prints."""
    asked = json.load(sys.stdin)
    speeds = {}
    for sentences in ("PyRuSH", "sentencizer"):
        made = pipeline(sentences)
        made.get_pipe("medspacy_target_matcher").add([TargetRule(phrase, "FINDING") for phrase in asked["phrases"]])
        made("No pleural effusion.")
        speeds[sentences] = []
        for _ in range(asked["rounds"]):
            start = time.process_time()
            for text in asked["texts"]:
                made(text)
            speeds[sentences].append(len(asked["texts"]) / (time.process_time() - start))
    versions = {name: metadata.version(name) for name in ("medspacy", "spacy")}
    json.dump({"versions": versions, "speeds": speeds}, sys.stdout)


if __name__ == "__main__":
    main()
