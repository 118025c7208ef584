"""Stages `sketch`, `candidates` and `near`: near-duplicates among the documents that `resolve` leaves.

`sketch` sketches each shard's articles and cases; `candidates` gathers, band by band, those that share a key; `near`
judges them in order of survival and writes its decisions, in the form of `resolve`'s. Documents of an earlier release
(`radcurate.against`) come as further folders of sketches: they are kept already.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from radcurate.cleaning.buckets import Buckets, Ranks
from radcurate.cleaning.candidates import ROW_BITS, candidates, write_buckets
from radcurate.cleaning.duplicates import EXACT_DUPLICATE, NEAR_DUPLICATE, NEAR_KINDS, length, near_text
from radcurate.cleaning.minhash import bands_for
from radcurate.cleaning.near_duplicates import near_duplicates
from radcurate.cleaning.resolve import DECISION_SCHEMA, SAME_TEXT
from radcurate.cleaning.sketches import SketchWriter, open_sketches
from radcurate.documents import Document, from_row
from radcurate.stages import Finished, Stage, Unit
from radcurate.tables import TableWriter, read_rows

SKETCHED_SCHEMA = pa.schema(
    [
        pa.field("document_id", pa.string(), nullable=False),
        pa.field("length", pa.int64(), nullable=False),
        pa.field("revised", pa.string()),
        pa.field("raw_sha256", pa.string(), nullable=False),
    ]
)
BATCH = 256
ORDER = (("length", "descending"), ("revised", "descending"), ("document_id", "ascending"), ("raw_sha256", "ascending"))

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Earlier:
    """An earlier release that counts as seen: its name with version, and the folders of the stage `seen`."""

    name: str
    folders: tuple[Path, ...]
    digest: str


def run_near(
    run: Callable[[Stage], Finished], threshold: float, clean: Finished, resolve: Finished, earlier: Earlier | None
) -> dict[str, Finished]:
    """Runs the three stages, the third on what the first two found; `earlier` is the release that counts as seen."""
    sketch = run(
        Stage(
            "sketch",
            sketch_shard,
            tuple(Unit((folder, *resolve.shards), {"shard": shard}) for shard, folder in enumerate(clean.shards)),
            {"clean": clean.digest, "resolve": resolve.digest},
            {"threshold": threshold},
        )
    )
    folders = (*sketch.shards, *(earlier.folders if earlier else ()))
    digests = {"sketch": sketch.digest, "seen": earlier.digest if earlier else ""}
    seen = len(earlier.folders) if earlier else 0
    bands = range(bands_for(threshold).bands)
    units = tuple(Unit(folders, {"band": band}) for band in bands)
    found = run(Stage("candidates", gather_band, units, digests, {"seen": seen}))
    parameters = {"threshold": threshold, "sketched": len(folders), "bands": len(bands), "seen": seen}
    near = run(
        Stage(
            "near",
            decide,
            (Unit((*folders, *found.shards, *resolve.shards)),),
            {**digests, "candidates": found.digest, "resolve": resolve.digest},
            {**parameters, "against": earlier.name if earlier else None},
        )
    )
    return {"sketch": sketch, "candidates": found, "near": near}


def sketch_shard(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`inputs` are the shard's folder of `clean` and all of `resolve`; `parameters`: shard, threshold."""
    cleaned, *resolved = inputs
    wanted = [("shard", "==", parameters["shard"])]
    decided = (
        row for folder in resolved for row in pq.read_table(folder / "decisions.parquet", filters=wanted).to_pylist()
    )
    gone = {row["document_id"] for row in decided if row["rule"]}
    rows = (row for row in read_rows(cleaned / "documents.parquet") if row["document_id"] not in gone)
    return {"documents.sketched": write_sketches(map(from_row, rows), output, parameters["threshold"])}


def write_sketches(documents: Iterable[Document], output: Path, threshold: float) -> int:
    """Writes the sketches of these documents' articles and cases, and what ranks them; returns how many those are."""
    with (
        SketchWriter(output, bands_for(threshold)) as sketches,
        TableWriter(output / "sketched.parquet", SKETCHED_SCHEMA) as table,
    ):
        waiting: list[tuple[str, int]] = []
        for document in documents:
            text = near_text(document)
            if text is None:
                continue
            waiting.append((text, NEAR_KINDS.index(document.kind)))
            table.write(
                {
                    "document_id": document.document_id,
                    "length": length(document),
                    "revised": document.revised or None,
                    "raw_sha256": document.raw_sha256,
                }
            )
            if len(waiting) == BATCH:
                sketches.add(*zip(*waiting, strict=True))
                waiting = []
        if waiting:
            sketches.add(*zip(*waiting, strict=True))
        return table.rows


def gather_band(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`inputs` are the folders of sketches, the last `seen` of them an earlier release's; `parameters`: band, seen."""
    return {"entries": write_buckets(inputs, output, parameters["band"], parameters["seen"])}


def decide(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`inputs` are the folders of sketches, of `candidates` and of `resolve`; `parameters`: how many of the first two
    there are (sketched, bands), how many of the first are of an earlier release (seen), its name (against), threshold.

    Writes `decisions.parquet`. An exact duplicate of a document that goes follows it.
    """
    sketched, found = inputs[: parameters["sketched"]], inputs[parameters["sketched"] :][: parameters["bands"]]
    resolved = inputs[parameters["sketched"] + parameters["bands"] :]
    first_seen = len(sketched) - parameters["seen"]
    numbers = candidates(found)
    shards, rows = (numbers >> ROW_BITS).astype(np.intp), (numbers & np.uint64(2**32 - 1)).astype(np.intp)
    table = _ranking(sketched, shards, rows, first_seen)
    order = pc.sort_indices(table, sort_keys=[("new", "ascending"), *ORDER]).to_numpy()
    ranks = np.empty(len(order), np.intp)
    ranks[order] = np.arange(len(order))
    identities = table["document_id"].take(order)
    shards, rows = shards[order], rows[order]
    buckets = Buckets(found, lambda members: ranks[np.searchsorted(numbers, members)], output)
    seen = int((shards >= first_seen).sum())
    gone: dict[str, Row] = {}
    with TableWriter(output / "decisions.parquet", DECISION_SCHEMA) as decisions:
        for near in near_duplicates(buckets, open_sketches(sketched, shards, rows), parameters["threshold"], seen):
            of = f"a document of {parameters['against']}" if near.kept < seen else "the document that is kept"
            decision = {
                **dict.fromkeys(DECISION_SCHEMA.names),
                "shard": int(shards[near.rank]),
                "document_id": identities[near.rank].as_py(),
                "rule": NEAR_DUPLICATE,
                "reason": f"nearly the same text as {of}",
                "kept_id": identities[near.kept].as_py(),
                "similarity": near.similarity,
            }
            gone[decision["document_id"]] = decision
            decisions.write(decision)
        for row in _followers(resolved, gone):
            decisions.write({**gone[row["kept_id"]], "shard": row["shard"], "document_id": row["document_id"]})
        return {"documents.near": decisions.rows}


def _ranking(folders: Sequence[Path], shards: Ranks, rows: Ranks, first_seen: int) -> pa.Table:
    """What ranks the documents of these shards (sorted) and rows."""
    parts = [SKETCHED_SCHEMA.empty_table()]
    parts.extend(
        pq.read_table(folders[shard] / "sketched.parquet").take(rows[shards == shard])
        for shard in np.unique(shards).tolist()
    )
    return pa.concat_tables(parts).append_column("new", pa.array(shards < first_seen))


def _followers(folders: Sequence[Path], gone: Mapping[str, Row]) -> Iterator[Row]:
    """Decisions of `resolve` that name a document that is gone as the kept one."""
    names = pa.array(gone, pa.string())
    for folder in folders:
        table = pq.read_table(folder / "decisions.parquet")
        named = pc.and_(
            pc.is_in(table["kept_id"], names),
            pc.and_(pc.equal(table["rule"], EXACT_DUPLICATE), pc.equal(table["reason"], SAME_TEXT)),
        )
        yield from table.filter(named).to_pylist()
