"""datatrove as its example `minhash_deduplication.py` has it: four stages, each with the local executor, by files."""

import contextlib
import gzip
import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
)
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from datatrove.utils.typeshelper import Languages
from method import BANDS, ROWS, main


def stages(ids: Sequence[str], texts: Sequence[str]) -> Mapping[str, str | None]:
    """Signatures, buckets, clusters, filter; what the filter's exclusion writer gets is removed."""
    config = MinhashConfig(n_grams=5, num_buckets=BANDS, hashes_per_bucket=ROWS)
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        work = Path(folder)
        (work / "in").mkdir()
        with (work / "in/documents.jsonl").open("w", encoding="utf-8") as lines:
            lines.writelines(f"{json.dumps({'id': one, 'text': text})}\n" for one, text in zip(ids, texts, strict=True))
        reader = JsonlReader(str(work / "in"))
        signature = MinhashDedupSignature(str(work / "signatures"), config=config, language=Languages.english)
        bucket = MinhashDedupBuckets(str(work / "signatures"), str(work / "buckets"), config=config)
        cluster = MinhashDedupCluster(str(work / "buckets"), str(work / "remove"), config=config)
        excluded = JsonlWriter(str(work / "removed"))
        kept = JsonlWriter(str(work / "kept"))
        steps = [
            ([reader, signature], 1),
            ([bucket], BANDS),
            ([cluster], 1),
            ([reader, MinhashDedupFilter(str(work / "remove"), exclusion_writer=excluded), kept], 1),
        ]
        for number, (pipeline, tasks) in enumerate(steps):
            LocalPipelineExecutor(pipeline, tasks, workers=1, logging_dir=str(work / f"logs{number}")).run()
        files = (gzip.decompress(path.read_bytes()).splitlines() for path in sorted((work / "removed").rglob("*.gz")))
        removed = [json.loads(line)["id"] for lines in files for line in lines]
    return dict.fromkeys(removed)


if __name__ == "__main__":
    main(stages)
