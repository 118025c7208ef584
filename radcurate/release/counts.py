"""Counts in and out of every step, gathered from the stages for the manifest and the card."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from radcurate.splits import SPLITS
from radcurate.stages import Finished


def step_counts(finished: Mapping[str, Finished], compared: Mapping[str, Sequence[Finished]]) -> dict[str, Any]:
    """Counts in and out of every step, for manifest and card; `compared` are each task's stages, `derive` first and
    `compare` last."""
    parse, clean, split = (finished[name].counts for name in ("parse", "clean", "split"))
    documents_dropped = {**_under(clean, "documents.dropped."), **_under(split, "documents.dropped.")}
    documents = split.get("documents.kept", 0)
    return {
        "inputs": {
            "in": parse.get("inputs.in", 0),
            "kept": parse.get("inputs.kept", 0),
            "dropped": _under(parse, "inputs.dropped."),
        },
        "documents": {"in": clean.get("documents.in", 0), "kept": documents, "dropped": documents_dropped},
        "documents_by_split": {name: split.get(f"documents.split.{name}", 0) for name in SPLITS},
        "groups_are_documents": split.get("documents.own_group", 0) == documents,
        "edits": _edits([clean, *(stages[0].counts for stages in compared.values())]),
        "redaction_marks": split.get("redaction_marks", 0),
        "records": {
            task: {
                "in": stages[0].counts.get("records.in", 0),
                "kept": {name: stages[-1].counts.get(f"records.kept.{name}", 0) for name in SPLITS},
                "dropped": {
                    reason: number
                    for stage in stages
                    for reason, number in _under(stage.counts, "records.dropped.").items()
                },
                "documents_seen": _under(stages[0].counts, "documents.seen."),
                "documents_used": stages[0].counts.get("documents.used", 0),
            }
            for task, stages in compared.items()
        },
    }


def _edits(stages: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Edits by rule: of cleaning, and of people who corrected records."""
    found: Counter[str] = Counter()
    for counts in stages:
        found.update(_under(counts, "edits."))
    return dict(found)


def _under(counts: Mapping[str, int], prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): number for name, number in counts.items() if name.startswith(prefix)}


def total(counts: Mapping[str, int], part: str) -> int:
    """The sum of all counts whose name holds `part`: `.dropped.`, `edits.`."""
    return sum(number for name, number in counts.items() if part in name)
