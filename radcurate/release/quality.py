"""How right the records of each task were where people or models read them: `quality.json` of a release.

In: the package's own `quality.json`, which `benchmarks/tasks.py` makes from `docs/reads.csv`. Out: of the tasks of a
release, by version, one entry a round of reading: `read`, `right`, `share`, its 95% `interval` (Wilson) and the
`corpora` that the records were drawn from. A task version that nobody has read has no entry.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

NAME = "quality.json"
_PACKAGED = Path(__file__).parent.parent / NAME


def measured(generators: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """The rounds of each task version, in their order; empty where none was read."""
    known = json.loads(_PACKAGED.read_text(encoding="utf-8"))
    return {generator: known.get(generator, []) for generator in sorted(generators)}


def text(generators: Iterable[str]) -> str:
    """The content of the file."""
    return json.dumps(measured(generators), indent=2) + "\n"
