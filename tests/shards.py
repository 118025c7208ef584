"""Reports written for one test, and the stages from `clean` to `compare` run on them without a build."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from radcurate import schemas
from radcurate.against import seen_file
from radcurate.cleaning.clean import clean_shard
from radcurate.cleaning.near_stages import Earlier, run_near
from radcurate.cleaning.resolve import resolve_part, split_shard
from radcurate.documents import DOCUMENT_SCHEMA, Document, Section, bucket
from radcurate.engines.local import LocalEngine
from radcurate.sources.parse import documents_file
from radcurate.stages import Done, Finished, Stage, run
from radcurate.tables import TableWriter, read_rows
from radcurate.tasks.deriving import compare_shard, derive_shard


class Silent:
    """A watcher that says nothing."""

    def stage_started(self, stage: Stage, done: int) -> None:
        pass

    def shard_done(self, stage: Stage, done: Done) -> None:
        pass

    def stage_finished(self, stage: Stage, finished: Finished, up_to_date: bool) -> None:
        pass


RULES = ("spaces.v1", "empty_document.v1", "exact_duplicate.v1")


def report(name: str, findings: str = "", impression: str = "", *, group: str | None = None, **fields: Any) -> Document:
    """A report of the source `here`; `sections` (name → text) are put before findings and impression."""
    texts = dict(fields.pop("sections", {}))
    texts.update({part: text for part, text in (("findings", findings), ("impression", impression)) if text})
    sections = tuple(Section(part, part.upper(), text) for part, text in texts.items())
    given = {
        "document_id": f"here:{name}",
        "source": "here",
        "kind": "report",
        "licence": "CC0-1.0",
        "raw_sha256": hashlib.sha256(repr((name, texts, sorted(fields.items()))).encode()).hexdigest(),
        "group_id": f"here:{group or name}",
    }
    return Document(sections=sections, **{**given, **fields})


def write_documents(path: Path, documents: Iterable[Document]) -> Path:
    """The documents as one Parquet file, as the stages write it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with TableWriter(path, DOCUMENT_SCHEMA, schemas.validator("document")) as table:
        for document in documents:
            table.write(document.row())
    return path


def cleaned(
    folder: Path, arrivals: Sequence[Sequence[Document]], rules: Sequence[str] = RULES, shards: int = 2
) -> tuple[list[Path], list[dict[str, int]]]:
    """Each of `arrivals` is what one file held, in its order; gives the folders and counts of `clean`."""
    parsed = []
    for number, documents in enumerate(arrivals):
        parsed.append(folder / f"parse-{number}")
        for shard in range(shards):
            own = [document for document in documents if bucket(document.document_id, shards) == shard]
            write_documents(parsed[-1] / documents_file(shard), own)
    outputs, counts = [], []
    for shard in range(shards):
        outputs.append(folder / f"clean/{shard}")
        outputs[-1].mkdir(parents=True)
        counts.append(clean_shard(parsed, outputs[-1], {"shard": shard, "shards": shards, "rules": list(rules)}))
    return outputs, counts


def split(
    folder: Path,
    arrivals: Sequence[Sequence[Document]],
    shards: int = 2,
    *,
    rules: Sequence[str] = RULES,
    threshold: float | None = None,
    seen: Sequence[Document] | None = None,
    workers: int = 1,
) -> list[Path]:
    """From what files held to the folders of the stage `split`.

    With `threshold` near-duplicates go; `seen` are the documents of an earlier release, `old 1.0.0`.
    """
    clean_folders, _ = cleaned(folder, arrivals, rules, shards)
    earlier = None
    if seen is not None:
        (folder / "seen").mkdir()
        path = write_documents(folder / "seen.parquet", seen)
        seen_file([path], folder / "seen", {"rules": list(rules), "threshold": threshold, "shards": shards})
        earlier = Earlier("old 1.0.0", (folder / "seen",), "")
    resolved, outputs = [], []
    for part in range(shards):
        resolved.append(folder / f"resolve/{part}")
        resolved[-1].mkdir(parents=True)
        signed = [*clean_folders, *(earlier.folders if earlier else ())]
        resolve_part(signed, resolved[-1], {"bucket": part, "against": earlier.name if earlier else None})
    if threshold is not None:
        clean, resolve = (Finished(folder / name, {}, "") for name in ("clean", "resolve"))
        with LocalEngine(workers) as engine:
            found = run_near(lambda stage: run(stage, folder, engine, Silent()), threshold, clean, resolve, earlier)
        resolved.extend(found["near"].shards)
    for shard in range(shards):
        outputs.append(folder / f"split-{shard}")
        outputs[-1].mkdir()
        split_shard([clean_folders[shard], *resolved], outputs[-1], {"shard": shard})
    return outputs


def derived(
    folder: Path, shards: Sequence[Sequence[Document]], generator: str, leave_out: Sequence[str] = ()
) -> tuple[list[Path], dict[str, int]]:
    """The folders of `derive` for documents that have their split, given shard by shard, and the summed counts."""
    sources = [folder / f"documents-{number}" for number in range(len(shards))]
    for source, documents in zip(sources, shards, strict=True):
        write_documents(source / "documents.parquet", documents)
    parameters = {"generator": generator, "leave_out": list(leave_out), "reviewed": False}
    return _each(folder / "derive", sources, derive_shard, parameters)


def compared(folder: Path, derive_folders: Sequence[Path]) -> tuple[list[Path], dict[str, int]]:
    """The folders of `compare` for those of `derive`, and the summed counts."""
    return _each(folder / "compare", derive_folders, compare_shard, {})


def _each(folder: Path, sources: Sequence[Path], stage: Any, parameters: Any) -> tuple[list[Path], dict[str, int]]:
    outputs: list[Path] = []
    summed: dict[str, int] = {}
    for number, source in enumerate(sources):
        outputs.append(folder / str(number))
        outputs[-1].mkdir(parents=True)
        for name, count in stage([source, *sources], outputs[-1], parameters).items():
            summed[name] = summed.get(name, 0) + count
    return outputs, summed


def rows(folders: Iterable[Path], name: str) -> list[dict[str, Any]]:
    """The rows of the table of that name in all folders."""
    return [row for folder in folders for row in read_rows(folder / f"{name}.parquet")]
